//! A response that is sent while its request still comes in. Where the request breaks off, so does the response:
//! hyper notices that a client has left by what it fails to write alone.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Watches a request that still comes in.
pub(in crate::http) trait DisconnectWatch: Unpin + Send + 'static {
    /// Ready when the request has broken off, and from then on; never otherwise.
    fn poll_disconnected(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// The request of a response that was under way has broken off.
#[derive(Debug, thiserror::Error)]
#[error("the request broke off")]
struct RequestBrokeOff;

/// Breaks the response off once its request does.
pub(in crate::http) fn end_with_request(response: Response, request: impl DisconnectWatch) -> Response {
    response.map(|body| body::Body::new(DuplexBody { body, request }))
}

struct DuplexBody<W> {
    body: body::Body,
    request: W,
}

impl<W: DisconnectWatch> Body for DuplexBody<W> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.request.poll_disconnected(cx).is_ready() {
            // What makes the response learns of it now.
            self.body = body::Body::empty();
            return Poll::Ready(Some(Err(RequestBrokeOff.into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
