//! What a client gets of an outcome.

use axum::response::Response;
use http::StatusCode;

use super::response;
use crate::dispatch::{InvalidInput, Outcome, RawResponse};
use crate::envelope;
use crate::error::RequestError;
use crate::hooks::Decision;
use crate::kind::HandlerRef;
use crate::registry::HandlerEntry;

/// An answer, and whose headers it carries.
pub(super) enum Answer {
    /// The server adds its own to it.
    Ours(Response),
    /// It goes out as the handler wrote it.
    Written(Response),
}

impl Answer {
    /// Changes the response, whosever headers it carries.
    pub(super) fn map(self, change: impl FnOnce(Response) -> Response) -> Self {
        match self {
            Answer::Ours(response) => Answer::Ours(change(response)),
            Answer::Written(response) => Answer::Written(change(response)),
        }
    }
}

/// What the client gets of the outcome of a call.
pub(super) fn answer(outcome: Outcome, entry: &HandlerEntry) -> Result<Answer, RequestError> {
    let HandlerRef { kind, id, .. } = &entry.handler;
    Ok(Answer::Ours(match outcome {
        Outcome::Result(text) => response::result(text),
        Outcome::StreamingResponse(streaming) => response::stream(*streaming)?,
        Outcome::Done => response::json(StatusCode::OK, envelope::done()),
        Outcome::Error(status, text) => response::json(status, envelope::application_error(&text)),
        Outcome::Document(status, text) => response::json(status, text),
        Outcome::RawResponse(raw) => return raw_response(*raw),
        Outcome::HandlerRemoved => return Err(RequestError::handler_not_found(*kind, id)),
        Outcome::InvalidInput(reason) => return Err(invalid_input(reason, id)),
        Outcome::Failed => return Err(RequestError::Internal),
    }))
}

/// What the client gets of a request that the host answers.
pub(super) fn decided(decision: Decision) -> Result<Answer, RequestError> {
    match decision {
        Decision::Response(raw) => raw_response(*raw),
        _ => Err(RequestError::Internal),
    }
}

fn raw_response(raw: RawResponse) -> Result<Answer, RequestError> {
    let decorate = raw.decorate;
    let response = response::written(raw)?;
    Ok(if decorate { Answer::Ours(response) } else { Answer::Written(response) })
}

/// What the client gets where the input could not be used.
pub(super) fn invalid_input(reason: InvalidInput, id: &str) -> RequestError {
    match reason {
        InvalidInput::Json => RequestError::InvalidJson,
        InvalidInput::Manifest => RequestError::InvalidManifest,
        InvalidInput::NoManifest => RequestError::MissingManifest,
        InvalidInput::TooManyFiles => RequestError::TooManyFiles,
        InvalidInput::ParallelReturn => RequestError::ParallelEventReturn { id: id.to_owned() },
    }
}
