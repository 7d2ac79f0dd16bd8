//! What wraps every response.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::NeverError;
use http_body::Body;
use tower::{Layer, Service, ServiceBuilder, service_fn};

use super::endpoints;
use super::exchange::Exchange;
use super::steps;

/// Takes a request through all steps. Each is a function that gets the exchange and what stands behind it; none of
/// them allocates, and the list costs nothing to make.
pub(super) async fn serve<B>(exchange: Exchange<B>) -> Response
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let mut stack = ServiceBuilder::new()
        // Outermost: a bug in any other step is a 500 of this request, and costs no other.
        .layer(around(steps::catch_panic))
        // Behind every response, whatever made it: it says whether the connection can go on.
        .layer(around(steps::leave_connection))
        // Around CORS, which may take as long as the host does to decide.
        .layer(around(steps::add_request_id))
        // Around all that may reject: a browser must be able to read why.
        .layer(around(steps::add_cors))
        // Before any endpoint, the preflight too: where nothing is configured, only this machine may ask.
        .layer(around(steps::require_local))
        .service(service_fn(endpoints::respond));
    let Ok(response) = stack.call(exchange).await;
    response
}

/// A layer that is an asynchronous function of a request and the service within.
fn around<F>(step: F) -> Around<F> {
    Around(step)
}

struct Around<F>(F);

impl<F: Clone, S> Layer<S> for Around<F> {
    type Service = Step<F, S>;

    fn layer(&self, inner: S) -> Step<F, S> {
        Step { step: self.0.clone(), inner }
    }
}

#[derive(Clone)]
struct Step<F, S> {
    step: F,
    inner: S,
}

impl<F, S, R, T> Service<R> for Step<F, S>
where
    F: Fn(R, S) -> T,
    S: Clone,
    T: Future,
{
    type Response = T::Output;
    type Error = Infallible;
    type Future = NeverError<T>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        (self.step)(request, self.inner.clone()).never_error()
    }
}
