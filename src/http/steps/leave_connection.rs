//! Decides whether a connection can be used again after a response.

use std::convert::Infallible;

use axum::BoxError;
use axum::response::Response;
use bytes::Bytes;
use http_body::Body;

use super::Next;
use crate::http::exchange::{Exchange, Rendered};
use crate::http::response::close_after;

/// Discards what was not read of the request, and adds `connection: close` if the connection cannot be used again.
pub(in crate::http) async fn leave_connection<B, S>(
    exchange: Box<Exchange<B>>,
    mut next: S,
) -> Result<Response, Infallible>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    S: Next<B>,
{
    let Ok((Rendered::Decorated(mut response) | Rendered::Raw(mut response), exchange)) =
        next.call(exchange).await;
    let Exchange { body, pipeline, .. } = *exchange;
    let is_clean = body.leave();
    if !is_clean || pipeline.shutdown.has_begun() {
        close_after(&mut response);
    }
    Ok(response)
}
