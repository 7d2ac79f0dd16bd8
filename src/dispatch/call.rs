//! Calls of handlers.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;

use super::{ChunkReader, Form, Target};
use crate::kind::HandlerRef;

/// A call, borrowed from its request.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The operation.
    pub operation: Operation,
    /// The handler.
    pub handler: &'a HandlerRef,
    /// The input.
    pub input: Input<'a>,
    /// The head of the request.
    pub head: &'a Head,
    /// Its timeout.
    pub timeout: Option<Duration>,
    /// Whether it may be tried on another worker if its worker is lost.
    pub is_idempotent: bool,
}

/// The operation of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Run a task.
    Task,
    /// Emit an event.
    Event,
    /// Emit an event and return its payload.
    EventWithResult,
}

/// The input of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// No input.
    None,
    /// A valid JSON text.
    Json(&'a str),
    /// A valid whole document that may hold typed records. The backend finds the input in it.
    Document(&'a str),
    /// A body that is read as it arrives.
    Stream(&'a Upload),
    /// A multipart form whose files are read as they arrive.
    Form {
        /// The text of the manifest, which has the input. It need not be JSON.
        manifest: &'a str,
        /// The files.
        form: &'a Arc<Form>,
    },
}

impl Input<'_> {
    /// The bytes of text that are held while the call waits.
    pub fn held_bytes(&self) -> usize {
        match self {
            Input::Json(text) | Input::Document(text) | Input::Form { manifest: text, .. } => text.len(),
            Input::None | Input::Stream(_) => 0,
        }
    }
}

/// The body of a request, until the backend takes it.
#[derive(Debug)]
pub struct Upload(Mutex<Option<ChunkReader>>);

impl PartialEq for Upload {
    /// Whether both are the same upload.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Upload {
    /// An upload that can be taken.
    pub fn new(body: ChunkReader) -> Self {
        Upload(Mutex::new(Some(body)))
    }

    /// Takes the body, once.
    pub fn take(&self) -> Option<ChunkReader> {
        self.0.lock().take()
    }
}

/// The head of a request.
#[derive(Debug)]
pub struct Head {
    /// Method, target and headers; but see [`Head::target`].
    pub parts: Parts,
    /// The id that the request was sent with, or a generated one.
    pub request_id: HeaderValue,
    /// The ends of its connection.
    pub ends: Ends,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The address of the client.
    pub remote: SocketAddr,
    /// The local address, which is that of the listener unless it listens on all addresses.
    pub local: SocketAddr,
}

impl Head {
    /// The headers of the request.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The target as it was sent.
    pub fn target(&self) -> Cow<'_, str> {
        let uri = &self.parts.uri;
        match (self.replaced_target(), uri.scheme(), uri.path_and_query()) {
            (Some(target), ..) => target.as_str().into(),
            (None, None, Some(target)) => target.as_str().into(),
            _ => uri.to_string().into(),
        }
    }

    /// The path of the target. It may begin with `//` and the authority if the target is a URL.
    pub fn path(&self) -> &str {
        self.replaced_target().map_or_else(|| self.parts.uri.path(), Target::path)
    }

    /// The authority in the target, if it is a URL.
    pub fn authority(&self) -> Option<&str> {
        match self.replaced_target() {
            Some(target) => target.authority(),
            None => self.parts.uri.authority().map(Authority::as_str),
        }
    }

    /// The target, if `parts.uri` is not what was sent.
    fn replaced_target(&self) -> Option<&Target> {
        self.parts.extensions.get()
    }
}
