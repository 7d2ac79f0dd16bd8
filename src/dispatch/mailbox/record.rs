//! What stands in a batch, beside the texts.

use std::sync::Arc;

use http::StatusCode;

use crate::dispatch::{Call, CancelReason, ChunkReader, Form, Input, Operation, Signal, Ticket};
use crate::kind::HandlerRef;

/// Which call, or which question to a hook, of which I/O thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The number of the I/O thread.
    pub io_thread: usize,
    /// Whether it is a question to a hook; the tickets of questions are not those of calls.
    pub is_hook: bool,
    /// What the I/O thread knows it by.
    pub ticket: Ticket,
}

impl Key {
    /// The key of a call.
    pub fn of_call(io_thread: usize, ticket: Ticket) -> Self {
        Key { io_thread, is_hook: false, ticket }
    }

    /// The key of a question to a hook.
    pub fn of_hook(io_thread: usize, ticket: Ticket) -> Self {
        Key { io_thread, is_hook: true, ticket }
    }
}

/// What a hook is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether a request may pass.
    Validate,
    /// Which origin a response may name.
    Origin,
    /// To look again at what is exposed.
    Exposure,
    /// The response to a request outside of the base path.
    Fallback,
}

/// One entry of a batch, with the lengths of its texts.
#[derive(Debug)]
pub struct Record {
    /// What it says.
    pub message: Message,
    /// The length of its text in UTF-16 units, as JavaScript counts. The I/O thread counts them: it has more time
    /// than the side that takes.
    pub text_units: usize,
    pub(super) text_bytes: usize,
    /// The length of its head in bytes, each of which is a character.
    pub head_bytes: usize,
}

impl Record {
    /// The call or question that can still be skipped, if it is one.
    pub fn key(&self) -> Option<Key> {
        match &self.message {
            Message::Call(call) => Some(call.key),
            Message::Question { key, .. } => Some(*key),
            _ => None,
        }
    }
}

/// What a record says.
#[derive(Debug)]
pub enum Message {
    /// A call is to be run. Its text is the input; it has a head.
    Call(QueuedCall),
    /// A hook is asked. It has a head.
    Question {
        /// The question's key.
        key: Key,
        /// What is asked.
        question: Question,
        /// The body of the request, which is read as it arrives.
        body: Option<ChunkReader>,
    },
    /// The outcome of a call that was taken, or of a question, is not wanted any more.
    Cancelled {
        /// Whose.
        key: Key,
        /// Why.
        reason: CancelReason,
    },
    /// A request was rejected. Its text is the code of the error; it has a head.
    Rejection(StatusCode),
    /// The writer of the stream that has this number should know something.
    Stream(u32, Signal),
    /// There is something to read of the body that has this number.
    Readable(u32),
    /// The part of a file has begun, of the form that has this number.
    File(u32),
    /// Something has become of the server. Its text is JSON.
    Notice,
}

/// A call that waits to be started.
#[derive(Debug)]
pub struct QueuedCall {
    /// Its key.
    pub key: Key,
    /// What is to be done.
    pub operation: Operation,
    /// By which handler.
    pub handler: HandlerRef,
    /// What its text is, and what comes beside it.
    pub input: QueuedInput,
}

/// An input without its text. Dropped with a call that is skipped, a body is not read any more.
#[derive(Debug)]
pub enum QueuedInput {
    /// The text is JSON, or empty where nothing was sent.
    Json,
    /// The text is a whole document, which the side that runs the call finds the input in.
    Document,
    /// The text is empty; the input is a body that is read as it arrives.
    Stream(Option<ChunkReader>),
    /// The text is the manifest of a form whose files are read as they arrive.
    Form(Arc<Form>),
}

impl QueuedCall {
    /// The call to be queued, and its text.
    pub(super) fn of<'a>(key: Key, call: &Call<'a>) -> (Self, &'a str) {
        let (input, text) = match call.input {
            Input::None => (QueuedInput::Json, ""),
            Input::Json(text) => (QueuedInput::Json, text),
            Input::Document(text) => (QueuedInput::Document, text),
            Input::Stream(upload) => (QueuedInput::Stream(upload.take()), ""),
            Input::Form { manifest, form } => (QueuedInput::Form(Arc::clone(form)), manifest),
        };
        (QueuedCall { key, operation: call.operation, handler: call.handler.clone(), input }, text)
    }
}
