//! The body of a request: read whole, streamed while its call runs, taken by a form, or discarded.
//!
//! In all cases it has to arrive at the rate that [`pace`] requires, and the bytes that are held until it is complete
//! count against the limit of the server.

mod drain;
mod duplex_body;
mod input;
mod pace;
mod read;
mod typed_values;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use http::HeaderMap;
use http::header::EXPECT;
use http_body::Body;

use crate::config::Limits;
use crate::dispatch::ChunkReader;
use crate::error::RequestError;
use crate::policy::{Admission, Held};
use crate::shutdown::Shutdown;

pub(super) use drain::drain_in_background;
pub(super) use duplex_body::{DisconnectWatch, end_with_request};
pub(super) use input::{document, of_event, of_task};
pub(super) use pace::PacedBody;
pub(super) use read::request_error;
pub(super) use upload::Uploader;

/// How the bodies of a server are read.
#[derive(Debug)]
pub(super) struct BodyPolicy {
    timeout: Duration,
    min_bytes_per_second: u64,
    admission: Arc<Admission>,
    shutdown: Arc<Shutdown>,
}

impl BodyPolicy {
    /// The policy of `limits`. Bytes of incomplete bodies count against `admission`; draining ends once `shutdown` has
    /// begun.
    pub(super) fn new(limits: &Limits, admission: Arc<Admission>, shutdown: Arc<Shutdown>) -> Arc<Self> {
        Arc::new(BodyPolicy {
            timeout: limits.body_timeout,
            min_bytes_per_second: limits.min_body_bytes_per_second,
            admission,
            shutdown,
        })
    }

    /// How long a client, or a reader whose call is over, may be inactive.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Accounts for the bytes of an incomplete body.
    pub(super) fn held(&self) -> Held {
        self.admission.hold_body()
    }
}

/// The body of a request, from the end of its head until it is read, taken, or discarded.
pub(super) struct RequestBody<B> {
    body: Option<PacedBody<B>>,
    policy: Arc<BodyPolicy>,
    /// Whether the client sends it only after `100 Continue`, which hyper sends when reading begins.
    awaits_continue: bool,
}

impl<B> RequestBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    pub(super) fn new(body: B, headers: &HeaderMap, policy: &Arc<BodyPolicy>) -> Self {
        let body = PacedBody::new(body, policy.timeout, policy.min_bytes_per_second);
        let policy = Arc::clone(policy);
        RequestBody { body: Some(body), policy, awaits_continue: headers.contains_key(EXPECT) }
    }

    /// Whether the request has no body.
    pub(super) fn is_empty(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// `PayloadTooLarge` over `limit` bytes, at once where the length is announced; `BodyTimeout` if it is too slow;
    /// `Overloaded` if all bodies together hold too much; `Aborted` if the body breaks off, `InvalidJson` if its
    /// framing is malformed.
    pub(super) async fn read(&mut self, limit: usize) -> Result<Bytes, RequestError> {
        let Some(body) = self.body.as_mut() else { return Ok(Bytes::new()) };
        if body.size_hint().lower() > limit as u64 {
            return Err(RequestError::PayloadTooLarge);
        }
        self.awaits_continue = false;
        read::read_whole(body, limit, &self.policy).await
    }

    /// Takes the body, once.
    pub(super) fn take(&mut self) -> Option<PacedBody<B>> {
        self.body.take()
    }

    /// The policy under which the body is read.
    pub(super) fn policy(&self) -> &Arc<BodyPolicy> {
        &self.policy
    }

    /// Streams the body to a reader, no faster than it is read.
    pub(super) fn stream(&mut self) -> (ChunkReader, Uploader) {
        upload::stream(self.body.take(), Arc::clone(&self.policy))
    }

    /// Discards what was not read. Returns false if the connection cannot be used again, because the client may or may
    /// not send the body that it was not asked for.
    pub(super) fn leave(self) -> bool {
        match self.body {
            Some(body) if self.awaits_continue => body.is_end_stream(),
            Some(body) => {
                drain_in_background(body, &self.policy);
                true
            }
            None => true,
        }
    }
}
