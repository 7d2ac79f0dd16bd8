//! An answer that is sent while its request still comes in. Where the request breaks off, so does the answer:
//! hyper notices that a client has left by what it fails to write alone.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A request that still comes in.
pub(super) trait Incoming: Unpin + Send + 'static {
    /// Ready when the client has left with the request unfinished, and from then on; never otherwise.
    fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// The client has left.
#[derive(Debug, thiserror::Error)]
#[error("the request broke off")]
struct RequestBrokeOff;

/// Lets a request go with its answer.
pub(super) fn accompany(response: Response, request: impl Incoming) -> Response {
    response.map(|body| body::Body::new(Accompanied { body, request }))
}

struct Accompanied<R> {
    body: body::Body,
    request: R,
}

impl<R: Incoming> Body for Accompanied<R> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.request.poll_left(cx).is_ready() {
            // Whoever makes the answer learns now.
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
