//! The messages from a worker to the server.

use bytes::Bytes;

use super::fault::{Fault, Problem, excerpt};
use super::{MessageId, Ready, StreamHead, WorkerError, base64};
use crate::json;

/// A message of a worker.
#[derive(Debug, PartialEq)]
pub enum WorkerMessage {
    /// The worker accepts calls.
    Ready(Ready),
    /// A call has succeeded, or a ping has arrived.
    Done {
        /// The id of the call or ping.
        id: MessageId,
        /// The JSON text of the result, if there is one.
        result: Option<Bytes>,
    },
    /// A call, or its streamed response, has failed.
    Failed {
        /// The id of the call.
        id: MessageId,
        /// The error.
        error: WorkerError,
    },
    /// The streamed response of a call has begun.
    Stream {
        /// The id of the call.
        id: MessageId,
        /// Status and headers of the response.
        head: StreamHead,
    },
    /// Bytes of a streamed response.
    Chunk {
        /// The id of the call.
        id: MessageId,
        /// The bytes.
        data: Bytes,
    },
    /// The end of a streamed response.
    End {
        /// The id of the call.
        id: MessageId,
        /// Whether it is complete.
        is_complete: bool,
    },
    /// More bytes of the body of a call, or of a file, may be sent.
    Credit {
        /// The id of the call.
        id: MessageId,
        /// The id of the file; `None` for the body.
        file: Option<String>,
        /// The number of further bytes.
        bytes: u64,
    },
    /// The rest of the body of a call, or of a file, is not needed.
    Skip {
        /// The id of the call.
        id: MessageId,
        /// The id of the file; `None` for the body.
        file: Option<String>,
    },
}

/// The members of messages, the most frequent first.
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
    /// Parses a line.
    ///
    /// # Errors
    /// The line is not a message of the protocol.
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

    /// Parses a message with a type.
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

/// The id in the beginning of a line.
pub(super) fn id_of(text: &str) -> Option<MessageId> {
    let mut found = [None];
    // Ignores errors, since the line may be incomplete or malformed after its id.
    let _ = json::find_members(text, &["id"], &mut found);
    found[0].and_then(parse_id)
}

fn parse_id(raw: &str) -> Option<MessageId> {
    raw.parse().ok()
}

#[cfg(test)]
mod tests;
