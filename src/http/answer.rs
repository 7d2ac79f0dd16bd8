//! What a client gets of an outcome.

use axum::response::Response;
use http::StatusCode;

use super::response;
use crate::dispatch::{Outcome, Unusable};
use crate::envelope;
use crate::error::RequestError;

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

/// What the client gets of an outcome; `gone` says what if the handler was taken away.
pub(super) fn answer(outcome: Outcome, gone: impl FnOnce() -> RequestError) -> Result<Answer, RequestError> {
    Ok(Answer::Ours(match outcome {
        Outcome::Result(text) => response::result(text),
        Outcome::Stream(streamed) => response::stream(*streamed)?,
        Outcome::Done => response::json(StatusCode::OK, envelope::done()),
        Outcome::Error(status, text) => response::json(status, envelope::application_error(&text)),
        Outcome::Document(status, text) => response::json(status, text),
        Outcome::Written(written) => {
            let decorate = written.decorate;
            let response = response::written(*written)?;
            return Ok(if decorate { Answer::Ours(response) } else { Answer::Written(response) });
        }
        Outcome::Gone => return Err(gone()),
        Outcome::Failed | Outcome::Unusable(_) | Outcome::Verdict(_) | Outcome::Origin(_) => {
            return Err(RequestError::Internal);
        }
    }))
}

/// What the client gets where the input could not be used.
pub(super) fn unusable(why: Unusable, id: &str) -> RequestError {
    match why {
        Unusable::Json => RequestError::InvalidJson,
        Unusable::Manifest => RequestError::InvalidManifest,
        Unusable::NoManifest => RequestError::MissingManifest,
        Unusable::TooManyFiles => RequestError::TooManyFiles,
        Unusable::ParallelReturn => RequestError::ParallelEventReturn { id: id.to_owned() },
    }
}
