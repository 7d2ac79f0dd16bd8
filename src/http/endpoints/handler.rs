//! Finds and calls handlers, for tasks and events.

use std::sync::Arc;
use std::time::Duration;

use crate::dispatch::{Call, Dispatcher, Input, Operation, Outcome, PendingCall};
use crate::error::RequestError;
use crate::exposure::Exposure;
use crate::http::exchange::Exchange;
use crate::kind::Kind;
use crate::registry::HandlerEntry;

/// The handler of a request. The host is asked again, if what it exposes may have changed, before a request is
/// rejected.
///
/// # Errors
/// `…NotExposed`, `ExposureNotEnabled`, `…NotFound`, and those of asking the host.
pub(super) async fn resolve<B>(
    exchange: &Exchange<B>,
    kind: Kind,
) -> Result<Arc<HandlerEntry>, RequestError> {
    let registry = &exchange.pipeline.registry;
    match registry.resolve(kind, exchange.id()) {
        Err(_) if !registry.with_exposure(Exposure::is_final) => {
            refresh_exposure(exchange).await?;
            registry.resolve(kind, exchange.id())
        }
        resolved => resolved,
    }
}

/// Has the host refresh what it exposes, if that may have changed.
///
/// # Errors
/// Those of asking the host.
pub(super) async fn refresh_exposure<B>(exchange: &Exchange<B>) -> Result<(), RequestError> {
    let pipeline = &exchange.pipeline;
    if pipeline.registry.with_exposure(Exposure::is_final) {
        return Ok(());
    }
    pipeline.hooks.refresh_exposure(&exchange.head, pipeline.limits.handler_timeout).await
}

/// Dispatches a call.
///
/// # Errors
/// `Overloaded`.
pub(super) fn call<B>(
    exchange: &Exchange<B>,
    entry: &HandlerEntry,
    operation: Operation,
    input: Input<'_>,
) -> Result<PendingCall<dyn Dispatcher, Outcome>, RequestError> {
    let call = Call {
        operation,
        handler: &entry.handler,
        input,
        head: &exchange.head,
        timeout: deadline(exchange, entry),
        is_idempotent: entry.options.idempotent,
    };
    Ok(exchange.pipeline.calls.call(&call)?)
}

/// How long a handler may take.
pub(super) fn deadline<B>(exchange: &Exchange<B>, entry: &HandlerEntry) -> Option<Duration> {
    entry.options.timeout.or(exchange.pipeline.limits.handler_timeout)
}
