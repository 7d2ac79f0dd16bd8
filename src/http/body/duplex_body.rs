//! A response that is sent while its request is still arriving. It ends with an error when the request breaks off, since
//! hyper itself notices a client that has left only when a write fails.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Watches a request that is still arriving.
pub(in crate::http) trait DisconnectWatch: Unpin + Send + 'static {
    /// Ready once the request has broken off.
    fn poll_disconnected(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// The request has broken off during its response.
#[derive(Debug, thiserror::Error)]
#[error("the request broke off")]
struct RequestBrokeOff;

/// Ends the response with an error once its request breaks off.
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
            // Dropped now, so that the writer of the response learns of it.
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
