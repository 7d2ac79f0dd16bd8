//! The seam between the wire and whoever does the work.
//!
//! The pipeline hands a [`Call`] to a [`Dispatcher`] and waits at its [`Desk`]; whoever did the work
//! puts the [`Outcome`] into the desk's [`Returns`]. The bridge to JavaScript is one implementation, a
//! closure in a test another. Nothing on this side knows that JavaScript exists.

mod chunks;
mod desk;
mod form;
mod returns;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

pub use chunks::{BrokenOff, ChunkReader, ChunkWriter, Signal, Written, chunks};
pub use desk::{Desk, Pending};
pub use form::{Arrival, Expectation, ExpectedFile, Form, FormSource, TooManyFiles};
pub use returns::{Reply, Returns};

use crate::error::RequestError;
use crate::policy::Permit;
use crate::registry::HandlerId;

/// Starts work on calls, on behalf of a whole server.
pub trait Backend: Send + Sync + 'static {
    /// Makes the dispatcher of one I/O thread; outcomes of its calls go into `returns`.
    fn connect(self: Arc<Self>, returns: Arc<Returns>) -> Arc<dyn Dispatcher>;
}

/// Takes the calls of one I/O thread. Each accepted call is answered exactly once, or abandoned.
pub trait Dispatcher: Send + Sync {
    /// Takes a call. It borrows the request: what outlives this function is copied. The permit is kept for as
    /// long as the call waits to be started.
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>);

    /// Nobody waits for this call any more: do not start it; if it runs, tell it why.
    fn abandon(&self, ticket: Ticket, why: Abandoned);

    /// A request was refused before it could become a call: whoever keeps the log may want to know. The permit
    /// is kept for as long as the report waits.
    fn report(&self, _refusal: &Refusal<'_>, _permit: Permit<'_>) {}

    /// The I/O thread has done what it could for now: hand on the calls collected since the last time.
    fn flush(&self) {}
}

/// How many bits the slot of a ticket has at the most: the rest of 32 are free for the number of an I/O thread.
pub const SLOT_BITS: u32 = 24;

/// Identifies a call to the desk that issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The desk's slot, used again after the call; below 2^[`SLOT_BITS`].
    pub slot: u32,
    /// Tells the calls of one slot apart; below 2^30, so that it is a small integer in V8.
    pub generation: u32,
}

/// Why nobody waits for a call any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// The client went away.
    ClientLeft,
    /// The handler's deadline passed.
    DeadlinePassed,
}

/// What is asked of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Run a task.
    Task(HandlerId),
    /// Emit an event.
    Event(HandlerId),
    /// Emit an event and give its payload back.
    EventWithResult(HandlerId),
    /// Ask the host's validators whether the request may pass.
    Validate,
    /// Ask the host's origin rule which origin the answer names.
    Origin,
    /// Ask the host to look again at what it exposes.
    Expose,
    /// Answer a request that is none of the tunnel's.
    Fallback,
}

/// The input of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// Nothing was sent.
    None,
    /// A JSON text whose syntax is right.
    Json(&'a str),
    /// A whole document whose syntax is right, and which may hold typed records: whoever runs the call finds
    /// the input in it.
    Document(&'a str),
    /// A body that is read as it arrives.
    Stream(&'a Upload),
    /// A multipart form whose files are read as they arrive.
    Form {
        /// The text that holds the input. It may be no JSON.
        manifest: &'a str,
        /// The files.
        form: &'a Arc<Form>,
    },
}

impl Input<'_> {
    /// How many bytes of text are held for as long as the call waits.
    pub fn held_bytes(&self) -> usize {
        match self {
            Input::Json(text) | Input::Document(text) | Input::Form { manifest: text, .. } => text.len(),
            Input::None | Input::Stream(_) => 0,
        }
    }
}

/// A request's body, until whoever runs the call takes it.
#[derive(Debug)]
pub struct Upload(Mutex<Option<ChunkReader>>);

impl PartialEq for Upload {
    /// The same upload.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Upload {
    /// An upload that was not taken yet.
    pub fn new(body: ChunkReader) -> Self {
        Upload(Mutex::new(Some(body)))
    }

    /// The body, once.
    pub fn take(&self) -> Option<ChunkReader> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// One call, borrowed from the request that makes it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// What is asked.
    pub purpose: Purpose,
    /// With what input.
    pub input: Input<'a>,
    /// By which request.
    pub head: &'a Head,
}

/// A request that was not allowed to call.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// The request.
    pub head: &'a Head,
    /// How it was answered.
    pub error: &'a RequestError,
}

/// A request's head, as handlers may see it.
#[derive(Debug)]
pub struct Head {
    /// Method, target and headers.
    pub parts: Parts,
    /// The request's own id, or the one made for it.
    pub request_id: http::HeaderValue,
    /// Where the connection comes from.
    pub remote: SocketAddr,
}

impl Head {
    /// The headers of the request.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }
}

/// An answer whose body comes as it is made.
#[derive(Debug, PartialEq)]
pub struct Streamed {
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers that the handler wants; those that are the server's own to decide are left out.
    pub headers: HeaderMap,
    /// The body.
    pub body: ChunkReader,
}

/// An answer that a handler wrote itself.
#[derive(Debug, PartialEq)]
pub struct WrittenAnswer {
    /// Status, headers and body.
    pub answer: Streamed,
    /// The reason phrase.
    pub reason: Bytes,
    /// Whether the server's own headers go on top, or the answer goes out as it is.
    pub decorate: bool,
    /// Whether the connection ends with it.
    pub close: bool,
}

/// Why an input cannot be used, where the wire could not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
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

/// How a call ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// With the JSON text of a result.
    Result(Bytes),
    /// With a stream of bytes.
    Stream(Box<Streamed>),
    /// With an answer that the handler wrote itself.
    Written(Box<WrittenAnswer>),
    /// Without a result.
    Done,
    /// With a typed application error: its status, and the JSON text of `error`.
    Error(StatusCode, Bytes),
    /// With a whole document, envelope and all, that an application's serializer wrote.
    Document(StatusCode, Bytes),
    /// With a failure that the client learns nothing about.
    Failed,
    /// The handler was not run: the input cannot be used.
    Unusable(Unusable),
    /// The handler was taken away before the call could start.
    Gone,
    /// A validator's answer.
    Verdict(bool),
    /// The origin that the answer may name, if any.
    Origin(Option<Bytes>),
}
