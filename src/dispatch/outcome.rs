//! What calls come to.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::ChunkReader;

/// How a call ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// With the JSON text of a result.
    Result(Bytes),
    /// With a stream of bytes.
    StreamingResponse(Box<StreamingResponse>),
    /// With a response that the handler wrote itself.
    RawResponse(Box<RawResponse>),
    /// Without a result.
    Done,
    /// With a typed application error: its status, and the JSON text of `error`.
    Error(StatusCode, Bytes),
    /// With a whole document, envelope and all, that an application's serializer wrote.
    Document(StatusCode, Bytes),
    /// With a failure that the client learns nothing about.
    Failed,
    /// The handler was not run: the input cannot be used.
    InvalidInput(InvalidInput),
    /// The handler was removed before the call could start.
    HandlerRemoved,
    /// The worker that ran it has ended.
    WorkerLost,
    /// No worker that has its handler was there in time.
    NoWorker,
}

/// A response whose body comes as it is made.
#[derive(Debug, PartialEq)]
pub struct StreamingResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers that the handler wants; those that are the server's own to decide are left out.
    pub headers: HeaderMap,
    /// The body.
    pub body: ChunkReader,
}

/// A response that a handler wrote itself.
#[derive(Debug, PartialEq)]
pub struct RawResponse {
    /// Status, headers and body.
    pub response: StreamingResponse,
    /// The reason phrase.
    pub reason: Bytes,
    /// Whether the server's own headers go on top, or the response goes out as it is.
    pub decorate: bool,
    /// Whether the connection ends with it.
    pub close: bool,
}

/// Why an input cannot be used, where the wire could not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidInput {
    /// It was no JSON after all.
    Json,
    /// The manifest of a form was no JSON.
    Manifest,
    /// The manifest of a form held nothing.
    NoManifest,
    /// The manifest of a form names more files than a form may hold.
    TooManyFiles,
    /// A document asks for the payload of a parallel event.
    ParallelReturn,
}

/// Why a call is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// The client went away.
    ClientLeft,
    /// The handler's deadline passed.
    DeadlinePassed,
}
