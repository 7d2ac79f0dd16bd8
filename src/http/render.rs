//! Makes responses of the outcomes of calls and the decisions of hooks.

use http::StatusCode;

use super::exchange::Rendered;
use super::response;
use crate::dispatch::{InvalidInput, Outcome, RawResponse};
use crate::envelope;
use crate::error::RequestError;
use crate::hooks::Decision;
use crate::kind::HandlerRef;
use crate::registry::HandlerEntry;

/// The response to a call.
pub(super) fn render(outcome: Outcome, entry: &HandlerEntry) -> Result<Rendered, RequestError> {
    let HandlerRef { kind, id, .. } = &entry.handler;
    Ok(Rendered::Decorated(match outcome {
        Outcome::Result(text) => response::result(text),
        Outcome::StreamingResponse(streaming) => response::streaming(*streaming)?,
        Outcome::Done => response::json(StatusCode::OK, envelope::done()),
        Outcome::Error(status, text) => response::json(status, envelope::application_error(&text)),
        Outcome::Document(status, text) => response::json(status, text),
        Outcome::RawResponse(raw) => return raw_response(*raw),
        Outcome::HandlerRemoved => return Err(RequestError::handler_not_found(*kind, id)),
        Outcome::InvalidInput(reason) => return Err(invalid_input(reason, id)),
        Outcome::Failed => return Err(RequestError::Internal),
        Outcome::WorkerLost => return Err(RequestError::WorkerLost),
        Outcome::NoWorker => return Err(RequestError::NoWorker),
    }))
}

/// The response to a request that the host has handled.
pub(super) fn render_decision(decision: Decision) -> Result<Rendered, RequestError> {
    match decision {
        Decision::Response(raw) => raw_response(*raw),
        _ => Err(RequestError::Internal),
    }
}

fn raw_response(raw: RawResponse) -> Result<Rendered, RequestError> {
    let decorate = raw.decorate;
    let response = response::raw(raw)?;
    Ok(if decorate { Rendered::Decorated(response) } else { Rendered::Raw(response) })
}

/// The error for an input that cannot be used.
fn invalid_input(reason: InvalidInput, id: &str) -> RequestError {
    match reason {
        InvalidInput::Json => RequestError::InvalidJson,
        InvalidInput::Manifest => RequestError::InvalidManifest,
        InvalidInput::NoManifest => RequestError::MissingManifest,
        InvalidInput::TooManyFiles => RequestError::TooManyFiles,
        InvalidInput::ParallelReturn => RequestError::ParallelEventReturn { id: id.to_owned() },
    }
}
