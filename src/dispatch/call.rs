//! What is asked of the handlers.

use std::net::SocketAddr;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;

use super::{ChunkReader, Form};
use crate::kind::HandlerRef;

/// One call, borrowed from the request that makes it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// What is to be done.
    pub operation: Operation,
    /// By which handler.
    pub handler: &'a HandlerRef,
    /// With what input.
    pub input: Input<'a>,
    /// For which request.
    pub head: &'a Head,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Run a task.
    Task,
    /// Emit an event.
    Event,
    /// Emit an event and give its payload back.
    EventWithResult,
}

/// The input of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// Nothing was sent.
    None,
    /// A JSON text whose syntax is right.
    Json(&'a str),
    /// A whole document whose syntax is right, and which may hold typed records: the side that runs the call finds
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

/// A request's body, until the side that runs the call takes it.
#[derive(Debug)]
pub struct Upload(Mutex<Option<ChunkReader>>);

impl PartialEq for Upload {
    /// Whether both are one upload.
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
        self.0.lock().take()
    }
}

/// A request's head, as handlers may see it.
#[derive(Debug)]
pub struct Head {
    /// Method, target and headers.
    pub parts: Parts,
    /// The request's own id, or the one made for it.
    pub request_id: HeaderValue,
    /// The connection that it came by.
    pub ends: Ends,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// Where the connection comes from.
    pub remote: SocketAddr,
    /// The address of this machine that it was made to, which is that of the listener unless it listens on all.
    pub local: SocketAddr,
}

impl Head {
    /// The headers of the request.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }
}
