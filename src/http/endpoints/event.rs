//! Emits an event.

use axum::BoxError;
use bytes::Bytes;
use http_body::Body;

use super::handler::{call, deadline, resolve};
use crate::config::JsonForwarding;
use crate::dispatch::{Input, Operation};
use crate::error::RequestError;
use crate::http::body::{document, of_event};
use crate::http::exchange::{Exchange, Rendered};
use crate::http::render::render;
use crate::kind::Kind;
use crate::registry::HandlerEntry;

pub(super) async fn emit<B>(exchange: &mut Exchange<B>) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let entry = resolve(exchange, Kind::Event).await?;
    // The body comes last: a client that may not call must not make the server read it.
    let text = exchange.body.read(exchange.pipeline.limits.max_json_bytes).await?;
    let (operation, input) = read(&text, &entry, exchange.pipeline.forwarding)?;
    let pending = call(exchange, &entry, operation, input)?;
    render(pending.with_deadline(deadline(exchange, &entry)).await?, &entry)
}

/// The payload, and whether it is wanted back.
fn read<'a>(
    text: &'a [u8],
    entry: &HandlerEntry,
    forwarding: JsonForwarding,
) -> Result<(Operation, Input<'a>), RequestError> {
    if let Some(document) = document(text, forwarding)? {
        return Ok((Operation::Event, Input::Document(document)));
    }
    match of_event(text)? {
        (_, true) if entry.options.parallel => {
            Err(RequestError::ParallelEventReturn { id: entry.handler.id.to_string() })
        }
        (payload, true) => Ok((Operation::EventWithResult, payload)),
        (payload, false) => Ok((Operation::Event, payload)),
    }
}
