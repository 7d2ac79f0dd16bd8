//! The layers around every response.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::Either;
use http::Request;
use http_body::Body;
use tower::{Layer, Service, ServiceBuilder, service_fn};

use super::exchange::Exchange;
use super::{Pipeline, ResponseBody, endpoints, steps};
use crate::dispatch::Ends;
use crate::error::RequestError;
use crate::panic::{self, Panic};

/// Serves a request through all layers. Steps are functions of the exchange, which is allocated once, and of the
/// service behind them, so that the stack costs nothing to build. The exchange is opened before the future is polled:
/// the future, which is moved, does not hold the request as well.
pub(super) fn serve<B>(
    pipeline: Arc<Pipeline>,
    request: Request<B>,
    ends: Ends,
) -> impl Future<Output = Response<ResponseBody>> + use<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let mut stack = ServiceBuilder::new()
        // Around every response, wherever it was made: decides whether the connection can be used again.
        .layer(around(steps::leave_connection))
        // Around CORS, which may wait for the host.
        .layer(around(steps::add_request_id))
        // Around everything that may reject a request: a browser must be able to read why.
        .layer(around(steps::add_cors))
        // Before any endpoint, the preflight included: without configuration, only this machine may call.
        .layer(around(steps::require_local))
        .service(service_fn(endpoints::respond));
    // Around everything: a bug in any of it is a 500 of this request, and affects no other.
    let responding = match panic::catch(|| stack.call(Exchange::open(pipeline, request, ends))) {
        Ok(response) => Either::Left(panic::catch_future(response)),
        Err(panic) => Either::Right(ready(Err(panic))),
    };
    responding.map(|caught| caught.map_or_else(respond_to_panic, |Ok(response)| response))
}

fn respond_to_panic(panic: Panic) -> Response {
    panic::report(panic);
    RequestError::Internal.into_response()
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

impl<F, S, R, T, U> Service<R> for Step<F, S>
where
    F: Fn(R, S) -> T,
    S: Clone,
    T: Future<Output = Result<U, Infallible>>,
{
    type Response = U;
    type Error = Infallible;
    type Future = T;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        (self.step)(request, self.inner.clone())
    }
}
