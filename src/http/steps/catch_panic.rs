//! The boundary at which a panic of the pipeline ends.

use std::convert::Infallible;

use axum::response::{IntoResponse, Response};
use tower::Service;

use crate::error::RequestError;
use crate::http::exchange::Exchange;
use crate::panic;

/// Turns a panic further in into a 500, and reports it.
pub(in crate::http) async fn catch_panic<B, S>(exchange: Exchange<B>, mut next: S) -> Response
where
    S: Service<Exchange<B>, Response = Response, Error = Infallible>,
{
    match panic::catch_future(next.call(exchange)).await {
        Ok(Ok(response)) => response,
        Err(panic) => {
            panic::report(panic);
            RequestError::Internal.into_response()
        }
    }
}
