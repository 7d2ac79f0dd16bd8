//! Multipart forms: an input in the field `__manifest`, and the files that it names.
//!
//! A form is read up to its manifest. Then its call begins, and the rest is read while it runs, no faster than the call
//! reads the files. The response waits for the end of the form, since it may be malformed up to there.

mod driver;
mod limit_counter;
mod parameters;
mod parser;
mod part;
mod part_router;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body::Body;
use tokio::sync::{oneshot, watch};

use super::body::{DisconnectWatch, RequestBody, drain_in_background};
use crate::config::MultipartLimits;
use crate::dispatch::{Form, FormSource};
use crate::error::RequestError;
use crate::panic;

use driver::Driver;
use limit_counter::LimitCounter;
use parameters::Parameterized;
use parser::Parser;

/// A form whose manifest has arrived. The rest is read until this is dropped.
pub(super) struct OpenForm {
    /// The text of the manifest.
    pub(super) manifest: String,
    /// The form as the backend sees it.
    pub(super) form: Arc<Form>,
    /// The rest of the form.
    pub(super) rest: RemainingForm,
}

/// The phase of the call of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallPhase {
    /// The handler may still ask for its files.
    Running,
    /// It has an outcome; a file that is being read may be read on.
    Over,
    /// Its outcome is no longer waited for.
    Cancelled,
}

/// Reads a form up to its manifest, and the rest in the background.
///
/// # Errors
/// `InvalidMultipart` and the other errors of a form; `BodyTimeout` if the client is too slow; `Overloaded` if all
/// bodies together hold too much; `Aborted` if the body breaks off.
pub(super) async fn receive<B>(
    body: &mut RequestBody<B>,
    headers: &HeaderMap,
    limits: &MultipartLimits,
) -> Result<OpenForm, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let parser = Parser::new(&boundary(headers).ok_or(RequestError::InvalidMultipart)?);
    let policy = Arc::clone(body.policy());
    let body = body.take().ok_or(RequestError::InvalidMultipart)?;
    let mut driver = Driver::new(body, policy.held(), parser, LimitCounter::new(limits.clone()));
    let manifest = match driver.manifest().await {
        Ok(manifest) => manifest,
        Err(error) => {
            drain_in_background(driver.into_body(), &policy);
            return Err(error);
        }
    };
    let ahead = driver.read_ahead();
    let (form, source) = Form::new(driver.begun_parts(), limits.max_files);
    let (phase, phases) = watch::channel(CallPhase::Running);
    let (ended, end) = oneshot::channel();
    panic::spawn(async move {
        let mut source = source;
        let outcome = tokio::select! {
            outcome = finish(&mut driver, ahead, &mut source, policy.timeout(), phases.clone()) => outcome,
            () = cancelled(phases) => Err(RequestError::Aborted),
        };
        if let Err(error) = &outcome {
            source.fail(error.clone());
        }
        // Fails files that are not complete; their readers look the reason up.
        let body = driver.into_body();
        // The receiver may be gone.
        let _ = ended.send(outcome);
        drain_in_background(body, &policy);
    });
    Ok(OpenForm {
        manifest,
        form: Arc::new(form),
        rest: RemainingForm { phase, end, ended: None, is_responding: false },
    })
}

async fn finish<B>(
    driver: &mut Driver<B>,
    ahead: Result<(), RequestError>,
    source: &mut FormSource,
    stall_timeout: Duration,
    phase: watch::Receiver<CallPhase>,
) -> Result<(), RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    ahead?;
    let expectation = source.expectation().await;
    driver.run(expectation, stall_timeout, phase).await
}

async fn cancelled(mut phase: watch::Receiver<CallPhase>) {
    if phase.wait_for(|phase| *phase == CallPhase::Cancelled).await.is_err() {
        // The sender is gone: the call can no longer be cancelled.
        std::future::pending().await
    }
}

/// The boundary of a form, if the content type is that of one.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = Parameterized::read(headers.get(CONTENT_TYPE)?.as_bytes())?;
    let boundary = std::str::from_utf8(kind.get("boundary")?).ok()?;
    (kind.value == "multipart/form-data" && !boundary.is_empty()).then(|| boundary.to_owned())
}

/// A form after its manifest. If it is dropped while the call runs, reading ends.
pub(super) struct RemainingForm {
    phase: watch::Sender<CallPhase>,
    end: oneshot::Receiver<Result<(), RequestError>>,
    ended: Option<Result<(), RequestError>>,
    is_responding: bool,
}

impl RemainingForm {
    /// Waits for the end of the form, once the call has an outcome.
    ///
    /// # Errors
    /// The form is malformed, or breaks a limit.
    pub(super) async fn end(mut self) -> Result<(), RequestError> {
        self.phase.send_replace(CallPhase::Over);
        self.wait().await
    }

    /// Waits until the client leaves before the end of the form. Never ends if it does not. hyper keeps the request of
    /// a client that has left, so it has to be watched.
    pub(super) async fn client_left(&mut self) {
        if self.wait().await != Err(RequestError::Aborted) {
            std::future::pending().await
        }
    }

    async fn wait(&mut self) -> Result<(), RequestError> {
        if let Some(ended) = &self.ended {
            return ended.clone();
        }
        let ended = (&mut self.end).await.unwrap_or(Err(RequestError::Aborted));
        self.ended.insert(ended).clone()
    }

    /// Marks the call as over once this is dropped with its response, rather than as cancelled.
    pub(super) fn responding(mut self) -> Self {
        self.is_responding = true;
        self
    }
}

impl DisconnectWatch for RemainingForm {
    fn poll_disconnected(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended.is_none()
            && let Poll::Ready(ended) = Pin::new(&mut self.end).poll(cx)
        {
            self.ended = Some(ended.unwrap_or(Err(RequestError::Aborted)));
        }
        match self.ended {
            Some(Err(RequestError::Aborted | RequestError::BodyTimeout)) => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }
}

impl Drop for RemainingForm {
    fn drop(&mut self) {
        let end = if self.is_responding { CallPhase::Over } else { CallPhase::Cancelled };
        self.phase.send_if_modified(|phase| {
            let running = *phase == CallPhase::Running;
            if running {
                *phase = end;
            }
            running
        });
    }
}
