//! The records of a batch.

use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;

use crate::dispatch::{Call, CancelReason, ChunkReader, Form, Input, Operation, Signal, Ticket};
use crate::kind::HandlerRef;

/// Identifies a call, or a question to a hook, of an I/O thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The number of the I/O thread.
    pub io_thread: usize,
    /// Whether it is a question to a hook, whose tickets are separate from those of calls.
    pub is_hook: bool,
    /// Its ticket in the I/O thread.
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

/// The questions to hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether a request is accepted.
    Validate,
    /// Which origin a response allows.
    Origin,
    /// Refreshes what is exposed.
    Exposure,
    /// The response to a request outside of the base path.
    Fallback,
}

/// One entry of a batch, with the lengths of its texts.
#[derive(Debug)]
pub struct Record {
    /// The message.
    pub message: Message,
    /// The length of its text in UTF-16 units, as in JavaScript. Counted by the I/O thread, which is less busy than the
    /// receiver.
    pub text_units: usize,
    pub(super) text_bytes: usize,
    /// The length of its head, in Latin-1 bytes.
    pub head_bytes: usize,
}

impl Record {
    /// The key of a call or question that can be skipped.
    pub fn key(&self) -> Option<Key> {
        match &self.message {
            Message::Call(call) => Some(call.key),
            Message::Question { key, .. } => Some(*key),
            _ => None,
        }
    }
}

/// The message of a record.
#[derive(Debug)]
pub enum Message {
    /// A call to run. Its text is the input; it has a head.
    Call(QueuedCall),
    /// A question to a hook. It has a head.
    Question {
        /// The key of the question.
        key: Key,
        /// The question.
        question: Question,
        /// The body of the request, as a stream.
        body: Option<ChunkReader>,
    },
    /// The outcome of a call or question that was taken is no longer needed.
    Cancelled {
        /// Its key.
        key: Key,
        /// The reason.
        reason: CancelReason,
    },
    /// A request was rejected. Its text is the code of the error; it has a head.
    Rejection(StatusCode),
    /// A signal to the writer of the stream with this number.
    Stream(u32, Signal),
    /// The body with this number is readable.
    Readable(u32),
    /// The part of a file has begun, in the form with this number.
    File(u32),
    /// A notice of the server. Its text is JSON.
    Notice,
}

/// A call that waits to be started.
#[derive(Debug)]
pub struct QueuedCall {
    /// Its key.
    pub key: Key,
    /// The operation.
    pub operation: Operation,
    /// The handler.
    pub handler: HandlerRef,
    /// The kind of its input, and what is not text of it.
    pub input: QueuedInput,
    /// Its deadline. Set only for calls of workers.
    pub deadline: Option<Instant>,
    /// Whether it may be tried on another worker if its worker is lost.
    pub is_idempotent: bool,
}

/// An input without its text. Dropping it with a skipped call discards the body.
#[derive(Debug)]
pub enum QueuedInput {
    /// The text is JSON, or empty without an input.
    Json,
    /// The text is a whole document, in which the receiver finds the input.
    Document,
    /// The text is empty; the input is a body, as a stream.
    Stream(Option<ChunkReader>),
    /// The text is the manifest of a form, whose files are streams.
    Form(Arc<Form>),
}

impl QueuedCall {
    /// The call, and its text.
    pub(super) fn of<'a>(key: Key, call: &Call<'a>) -> (Self, &'a str) {
        let (input, text) = match call.input {
            Input::None => (QueuedInput::Json, ""),
            Input::Json(text) => (QueuedInput::Json, text),
            Input::Document(text) => (QueuedInput::Document, text),
            Input::Stream(upload) => (QueuedInput::Stream(upload.take()), ""),
            Input::Form { manifest, form } => (QueuedInput::Form(Arc::clone(form)), manifest),
        };
        let Call { operation, handler, is_idempotent, .. } = *call;
        let handler = handler.clone();
        (QueuedCall { key, operation, handler, input, deadline: None, is_idempotent }, text)
    }

    /// A copy for a second attempt; `None` if the call has a body that can only be read once.
    pub(super) fn copy(&self) -> Option<Self> {
        let input = match self.input {
            QueuedInput::Json => QueuedInput::Json,
            QueuedInput::Document => QueuedInput::Document,
            QueuedInput::Stream(_) | QueuedInput::Form(_) => return None,
        };
        let QueuedCall { key, operation, ref handler, deadline, is_idempotent, .. } = *self;
        Some(QueuedCall { key, operation, handler: handler.clone(), input, deadline, is_idempotent })
    }
}
