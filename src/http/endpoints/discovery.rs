//! The list of ids that can be reached.

use http::StatusCode;

use super::handler::refresh_exposure;
use crate::envelope;
use crate::error::RequestError;
use crate::exposure::Exposure;
use crate::http::exchange::{Exchange, Rendered};
use crate::http::response;
use crate::kind::Kind;

pub(super) async fn list<B>(exchange: &Exchange<B>) -> Result<Rendered, RequestError> {
    refresh_exposure(exchange).await?;
    let registry = &exchange.pipeline.registry;
    let tasks = registry.reachable(Kind::Task);
    let events = registry.reachable(Kind::Event);
    let enabled = registry.with_exposure(Exposure::enabled);
    Ok(Rendered::Decorated(response::json(StatusCode::OK, envelope::discovery(enabled, &tasks, &events))))
}
