//! One request on its way through the pipeline.

use std::sync::Arc;

use axum::BoxError;
use axum::response::Response;
use bytes::Bytes;
use http::Request;
use http_body::Body;

use super::Pipeline;
use super::body::RequestBody;
use super::endpoint::{self, Endpoint, Id};
use super::steps::request_id;
use crate::dispatch::{Ends, Head};

/// A request, its endpoint, and its pipeline. Boxed, since each step's future holds what it was given: moving all of it
/// that often would cost more than the allocation.
pub(super) struct Exchange<B> {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) head: Head,
    pub(super) body: RequestBody<B>,
    pub(super) endpoint: Endpoint,
    id: Id,
}

/// A response, with the exchange for the steps further out.
pub(super) type Reply<B> = (Rendered, Box<Exchange<B>>);

/// A response, and whether the server adds its headers.
pub(super) enum Rendered {
    /// The server adds its headers.
    Decorated(Response),
    /// It is sent as the handler wrote it.
    Raw(Response),
}

impl Rendered {
    /// Changes the response of either kind.
    pub(super) fn map(self, change: impl FnOnce(Response) -> Response) -> Self {
        match self {
            Rendered::Decorated(response) => Rendered::Decorated(change(response)),
            Rendered::Raw(response) => Rendered::Raw(change(response)),
        }
    }
}

impl<B> Exchange<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    pub(super) fn open(pipeline: Arc<Pipeline>, request: Request<B>, ends: Ends) -> Box<Self> {
        let (parts, body) = request.into_parts();
        let body = RequestBody::new(body, &parts.headers, &pipeline.bodies);
        let request_id = request_id::of(&parts.headers);
        let head = Head { parts, request_id, ends };
        let (endpoint, id) = endpoint::locate(&pipeline.base_path, &head.parts.method, head.path());
        Box::new(Exchange { pipeline, head, body, endpoint, id })
    }
}

impl<B> Exchange<B> {
    /// The id of the task or event that is called.
    pub(super) fn id(&self) -> &str {
        self.id.within(self.head.path())
    }
}
