//! The messages from the server to a worker.

use std::io::Write;

use super::{MessageId, base64, single_line};
use crate::dispatch::CancelReason;

/// A message to a worker.
#[derive(Clone, Copy, Debug)]
pub enum ServerMessage<'a> {
    /// Run a task.
    Task {
        /// The id of the call.
        id: MessageId,
        /// The id of the task.
        task: &'a str,
        /// The JSON text of its input, if it has one.
        input: Option<&'a str>,
        /// Details, for workers that support them.
        details: CallDetails<'a>,
    },
    /// Handle an event.
    Event {
        /// The id of the call.
        id: MessageId,
        /// The id of the event.
        event: &'a str,
        /// The JSON text of its payload, if it has one.
        payload: Option<&'a str>,
        /// Whether the client wants the payload back, as the result.
        return_payload: bool,
        /// Details, for workers that support them.
        details: CallDetails<'a>,
    },
    /// Respond to a ping.
    Ping {
        /// The id of the ping.
        id: MessageId,
    },
    /// The outcome of a call is no longer needed.
    Cancel {
        /// The id of the call.
        id: MessageId,
        /// The reason.
        reason: CancelReason,
    },
    /// Finish the calls that run, and exit.
    Shutdown,
    /// Bytes of the body of a call, or of a file.
    Chunk {
        /// The body or file.
        of: TransferId<'a>,
        /// The bytes.
        data: &'a [u8],
    },
    /// The part of a file has begun.
    File {
        /// The file.
        of: TransferId<'a>,
        /// The name in the part, if any.
        name: Option<&'a str>,
        /// The media type of the part.
        content_type: &'a str,
    },
    /// The end of the body of a call, or of a file.
    End {
        /// The body or file.
        of: TransferId<'a>,
        /// The reason, if it has ended early.
        broken: Option<Break<'a>>,
    },
    /// More bytes of a streamed response may be sent.
    Credit {
        /// The id of the call.
        id: MessageId,
        /// The number of further bytes.
        bytes: usize,
    },
}

/// Details of the request of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallDetails<'a> {
    /// The id of the request.
    pub request_id: Option<&'a str>,
    /// The time until its deadline, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// The JSON text of an object with the method, path, headers and client of the request.
    pub context: Option<&'a str>,
    /// Whether the input may contain keys that can pollute a prototype in JavaScript.
    pub has_unsafe_keys: bool,
    /// Whether the body follows in chunks.
    pub has_body: bool,
    /// The ids of the files that follow.
    pub files: &'a [String],
}

/// The error of a body or file that has ended early.
#[derive(Clone, Copy, Debug)]
pub struct Break<'a> {
    /// The code of the error.
    pub code: &'a str,
    /// The message of the error.
    pub message: &'a str,
}

/// Identifies the body of a call, or one of its files.
#[derive(Clone, Copy, Debug)]
pub struct TransferId<'a> {
    /// The id of the call.
    pub call: MessageId,
    /// The id of the file in the manifest; `None` for the body.
    pub file: Option<&'a str>,
}

impl ServerMessage<'_> {
    /// Appends the message as a line.
    pub fn write(&self, into: &mut Vec<u8>) {
        match *self {
            ServerMessage::Task { id, task, input, ref details } => {
                begin(into, "task", id);
                string(into, "taskId", task);
                text(into, "input", input);
                details.write(into);
            }
            ServerMessage::Event { id, event, payload, return_payload, ref details } => {
                begin(into, "event", id);
                string(into, "eventId", event);
                text(into, "payload", payload);
                if return_payload {
                    text(into, "returnPayload", Some("true"));
                }
                details.write(into);
            }
            ServerMessage::Ping { id } => begin(into, "ping", id),
            ServerMessage::Cancel { id, reason } => {
                begin(into, "cancel", id);
                string(into, "reason", name_of(reason));
            }
            ServerMessage::Shutdown => into.extend_from_slice(b"{\"type\":\"shutdown\""),
            ServerMessage::Chunk { of, data } => {
                of.begin(into, "chunk");
                into.extend_from_slice(b",\"data\":\"");
                base64::encode(data, into);
                into.push(b'"');
            }
            ServerMessage::File { of, name, content_type } => {
                of.begin(into, "file");
                if let Some(name) = name {
                    string(into, "name", name);
                }
                string(into, "contentType", content_type);
            }
            ServerMessage::End { of, broken } => {
                of.begin(into, "end");
                if let Some(Break { code, message }) = broken {
                    into.extend_from_slice(b",\"error\":{\"code\":");
                    single_line::append_string(code, into);
                    string(into, "message", message);
                    into.push(b'}');
                }
            }
            ServerMessage::Credit { id, bytes } => {
                begin(into, "credit", id);
                number(into, "bytes", bytes as u64);
            }
        }
        into.extend_from_slice(b"}\n");
    }
}

impl CallDetails<'_> {
    fn write(&self, into: &mut Vec<u8>) {
        if let Some(id) = self.request_id {
            string(into, "requestId", id);
        }
        if let Some(deadline) = self.deadline_ms {
            number(into, "deadlineMs", deadline);
        }
        text(into, "context", self.context);
        if self.has_unsafe_keys {
            text(into, "unsafeKeys", Some("true"));
        }
        if self.has_body {
            text(into, "body", Some("true"));
        }
        if let Some((first, others)) = self.files.split_first() {
            name(into, "files");
            into.push(b'[');
            single_line::append_string(first, into);
            for file in others {
                into.push(b',');
                single_line::append_string(file, into);
            }
            into.push(b']');
        }
    }
}

impl TransferId<'_> {
    fn begin(self, into: &mut Vec<u8>, kind: &str) {
        begin(into, kind, self.call);
        if let Some(file) = self.file {
            string(into, "file", file);
        }
    }
}

fn name_of(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::ClientLeft => "client-left",
        CancelReason::DeadlinePassed => "deadline",
    }
}

fn begin(into: &mut Vec<u8>, kind: &str, id: MessageId) {
    into.extend_from_slice(b"{\"type\":\"");
    into.extend_from_slice(kind.as_bytes());
    into.push(b'"');
    number(into, "id", id);
}

fn name(into: &mut Vec<u8>, name: &str) {
    into.extend_from_slice(b",\"");
    into.extend_from_slice(name.as_bytes());
    into.extend_from_slice(b"\":");
}

fn string(into: &mut Vec<u8>, member: &str, value: &str) {
    name(into, member);
    single_line::append_string(value, into);
}

fn number(into: &mut Vec<u8>, member: &str, value: u64) {
    name(into, member);
    write!(into, "{value}").expect("a Vec takes all that is written");
}

fn text(into: &mut Vec<u8>, member: &str, value: Option<&str>) {
    if let Some(value) = value {
        name(into, member);
        single_line::append(value, into);
    }
}

#[cfg(test)]
mod tests;
