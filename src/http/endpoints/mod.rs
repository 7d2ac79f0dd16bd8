//! What each endpoint does.

mod discovery;
mod event;
mod fallback;
mod handler;
mod preflight;
mod task;

use std::convert::Infallible;
use std::future::Future;

use axum::BoxError;
use axum::response::IntoResponse;
use bytes::Bytes;
use http_body::Body;

use super::body::{Uploader, end_with_request};
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Rendered, Reply};
use super::steps::authenticate;
use crate::error::RequestError;
use crate::kind::Kind;

/// Responds at the endpoint of the request.
pub(super) async fn respond<B>(mut exchange: Box<Exchange<B>>) -> Result<Reply<B>, Infallible>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let rendered = enter(&mut exchange).await;
    Ok((rendered.unwrap_or_else(|error| Rendered::Decorated(error.into_response())), exchange))
}

/// The checks of all endpoints, in the order of what they cost and what they disclose.
async fn enter<B>(exchange: &mut Exchange<B>) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let endpoint = exchange.endpoint;
    let rules = endpoint.rules();
    // An endpoint that is off is hidden before authentication, so that nothing discloses it.
    if !is_on(exchange) {
        return Err(RequestError::NotFound);
    }
    if rules.method.as_ref().is_some_and(|method| *method != exchange.head.parts.method) {
        return Err(RequestError::MethodNotAllowed);
    }
    // Before the id is looked up: a client that may not call must not learn which ids exist.
    if rules.is_authenticated {
        authenticate(&exchange.pipeline, &exchange.head).await?;
    }
    match endpoint {
        Endpoint::Handler(Kind::Task) => task::run(exchange).await,
        Endpoint::Handler(Kind::Event) => event::emit(exchange).await,
        Endpoint::Discovery => discovery::list(exchange).await,
        Endpoint::Preflight => Ok(preflight::grant()),
        // Boxed, so that its state does not enlarge the future of every call.
        Endpoint::Outside => Box::pin(fallback::pass_on(exchange)).await,
        Endpoint::Nowhere => Err(RequestError::NotFound),
    }
}

fn is_on<B>(exchange: &Exchange<B>) -> bool {
    match exchange.endpoint {
        Endpoint::Handler(_) | Endpoint::Preflight => true,
        Endpoint::Discovery => exchange.pipeline.has_discovery,
        Endpoint::Outside => exchange.pipeline.has_fallback,
        Endpoint::Nowhere => false,
    }
}

/// Waits for an outcome while the body of the request is still arriving. Fails if the client leaves before the end of
/// its body.
async fn beside_upload<O>(
    mut uploader: Uploader,
    pending: impl Future<Output = Result<O, RequestError>>,
    render: impl FnOnce(O) -> Result<Rendered, RequestError>,
) -> Result<Rendered, RequestError> {
    let outcome = tokio::select! {
        biased;
        outcome = pending => outcome?,
        error = uploader.failed() => return Err(error),
    };
    Ok(render(outcome)?.map(|response| end_with_request(response, uploader)))
}
