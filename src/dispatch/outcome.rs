//! The outcomes of calls.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::ChunkReader;

/// How a call ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// A result, as JSON text.
    Result(Bytes),
    /// A stream of bytes.
    StreamingResponse(Box<StreamingResponse>),
    /// A response that the handler has written itself.
    RawResponse(Box<RawResponse>),
    /// Success without a result.
    Done,
    /// A typed error: its status, and the JSON text of `error`.
    Error(StatusCode, Bytes),
    /// A whole document, including the envelope, that an application's serializer has written.
    Document(StatusCode, Bytes),
    /// A failure that is not disclosed to the client.
    Failed,
    /// The input cannot be used, so that the handler was not run.
    InvalidInput(InvalidInput),
    /// The handler was removed before the call could start.
    HandlerRemoved,
    /// The worker that ran it has ended.
    WorkerLost,
    /// No worker with its handler was available in time.
    NoWorker,
}

/// A response whose body is a stream.
#[derive(Debug, PartialEq)]
pub struct StreamingResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers of the handler. Those that the server sets are ignored.
    pub headers: HeaderMap,
    /// The body.
    pub body: ChunkReader,
}

/// A response that a handler has written itself.
#[derive(Debug, PartialEq)]
pub struct RawResponse {
    /// Status, headers and body.
    pub response: StreamingResponse,
    /// The reason phrase.
    pub reason: Bytes,
    /// Whether the server adds its headers.
    pub decorate: bool,
    /// Whether the connection is closed after it.
    pub close: bool,
}

/// Why an input cannot be used, if the backend finds that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidInput {
    /// It is not JSON.
    Json,
    /// The manifest of a form is not JSON.
    Manifest,
    /// The manifest of a form is empty.
    NoManifest,
    /// The manifest of a form names more files than a form may have.
    TooManyFiles,
    /// A document asks for the payload of a parallel event.
    ParallelReturn,
}

/// Why a call is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// The client has left.
    ClientLeft,
    /// The deadline of the call has passed.
    DeadlinePassed,
}
