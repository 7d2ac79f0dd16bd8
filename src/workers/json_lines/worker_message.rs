//! What a worker says.

use bytes::Bytes;

use super::fault::{Fault, Problem, excerpt};
use super::{MessageId, Ready, StreamHead, WorkerError, base64};
use crate::json;

/// One message of a worker.
#[derive(Debug, PartialEq)]
pub enum WorkerMessage {
    /// It can take calls.
    Ready(Ready),
    /// A call has ended well, or a ping has arrived.
    Done {
        /// Which.
        id: MessageId,
        /// The JSON text of the result, if there is one.
        result: Option<Bytes>,
    },
    /// A call has failed, or the stream that it ended with.
    Failed {
        /// Which.
        id: MessageId,
        /// How.
        error: WorkerError,
    },
    /// A call ends with a stream of bytes, which begins.
    Stream {
        /// Which.
        id: MessageId,
        /// Status and headers of the response.
        head: StreamHead,
    },
    /// A piece of such a stream.
    Chunk {
        /// Of which call.
        id: MessageId,
        /// Its bytes.
        data: Bytes,
    },
    /// The end of such a stream.
    End {
        /// Of which call.
        id: MessageId,
        /// Whether it is complete.
        is_complete: bool,
    },
    /// More of a call's body, or of one of its files, may be sent.
    Credit {
        /// Of which call.
        id: MessageId,
        /// Of which file, unless it is the body.
        file: Option<String>,
        /// How many bytes more.
        bytes: u64,
    },
    /// The rest of a call's body, or of one of its files, is not wanted.
    Skip {
        /// Of which call.
        id: MessageId,
        /// Of which file, unless it is the body.
        file: Option<String>,
    },
}

/// The members that messages have; the first are those of most.
const NAMES: [&str; 10] = ["id", "ok", "result", "error", "chunk", "stream", "end", "type", "bytes", "file"];

/// The members of a line, as raw JSON texts.
struct Members<'a> {
    id: Option<&'a str>,
    ok: Option<&'a str>,
    result: Option<&'a str>,
    error: Option<&'a str>,
    chunk: Option<&'a str>,
    stream: Option<&'a str>,
    end: Option<&'a str>,
    kind: Option<&'a str>,
    bytes: Option<&'a str>,
    file: Option<&'a str>,
}

impl WorkerMessage {
    /// Tells what a line says.
    ///
    /// # Errors
    /// It is no message of the protocol.
    pub fn read(line: &Bytes) -> Result<Self, Fault> {
        let text = std::str::from_utf8(line).map_err(|_| Fault::not_utf8(line))?;
        let mut found = [None; NAMES.len()];
        if let Err(error) = json::find_members(text, &NAMES, &mut found) {
            let problem = Problem::NotAnObject { excerpt: excerpt(text), reason: error.to_string() };
            return Err(Fault { id: found[0].and_then(parse_id), problem });
        }
        let [id, ok, result, error, chunk, stream, end, kind, bytes, file] = found;
        Members { id, ok, result, error, chunk, stream, end, kind, bytes, file }.read(line, text)
    }
}

impl Members<'_> {
    fn read(self, line: &Bytes, text: &str) -> Result<WorkerMessage, Fault> {
        let id = self.id.and_then(parse_id);
        let invalid = |received: &str, expected| Fault::invalid(id, received, expected);
        if self.ok.is_none() && self.kind.is_some() {
            return self.read_typed(text);
        }
        let Some(id) = id else {
            return Err(invalid(self.id.unwrap_or(text), "the `id` of a call, as it was sent"));
        };
        match self {
            Members { ok: Some("true"), chunk: None, stream: None, end: None, result, .. } => {
                Ok(WorkerMessage::Done { id, result: result.map(|text| line.slice_ref(text.as_bytes())) })
            }
            Members { ok: Some("false"), chunk: None, stream: None, end: None, error, .. } => {
                let error =
                    WorkerError::read(error).map_err(|(received, expected)| invalid(&received, expected))?;
                Ok(WorkerMessage::Failed { id, error })
            }
            Members { ok: None, chunk: Some(data), stream: None, end: None, .. } => {
                let data = base64::decode(data).ok_or_else(|| invalid(data, "a `chunk` in base64"))?;
                Ok(WorkerMessage::Chunk { id, data })
            }
            Members { ok: None, chunk: None, stream: Some(head), end: None, .. } => {
                let head = StreamHead::read(head)
                    .ok_or_else(|| invalid(head, "a `stream` of `status`, `contentType` and `headers`"))?;
                Ok(WorkerMessage::Stream { id, head })
            }
            Members { ok: None, chunk: None, stream: None, end: Some("true" | "false"), .. } => {
                Ok(WorkerMessage::End { id, is_complete: self.end == Some("true") })
            }
            _ => Err(invalid(text, "one of: `ok` true or false, `stream`, `chunk`, `end` true or false")),
        }
    }

    /// A message that has a type.
    fn read_typed(self, text: &str) -> Result<WorkerMessage, Fault> {
        let id = self.id.and_then(parse_id);
        let invalid = |received: &str, expected| Fault::invalid(id, received, expected);
        if self.kind == Some("\"ready\"") {
            return Ready::read(text).map(WorkerMessage::Ready);
        }
        let bytes = self.bytes.map(str::parse);
        let file = self.file.map(serde_json::from_str).transpose();
        match (self.kind, id, file, bytes) {
            (Some("\"credit\""), Some(id), Ok(file), Some(Ok(bytes))) => {
                Ok(WorkerMessage::Credit { id, file, bytes })
            }
            (Some("\"credit\""), ..) => Err(invalid(text, "the `id` of a call, and `bytes`")),
            (Some("\"skip\""), Some(id), Ok(file), _) => Ok(WorkerMessage::Skip { id, file }),
            (Some("\"skip\""), ..) => Err(invalid(text, "the `id` of a call")),
            (kind, ..) => Err(invalid(kind.unwrap_or_default(), "a `type` of: ready, credit, skip")),
        }
    }
}

/// The id in what there is of a line.
pub(super) fn id_of(text: &str) -> Option<MessageId> {
    let mut found = [None];
    // That the line goes on, or is wrong further behind, does not matter here.
    let _ = json::find_members(text, &["id"], &mut found);
    found[0].and_then(parse_id)
}

fn parse_id(raw: &str) -> Option<MessageId> {
    raw.parse().ok()
}

#[cfg(test)]
mod tests;
