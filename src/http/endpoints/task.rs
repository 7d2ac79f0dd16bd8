//! Runs a task.

use axum::BoxError;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http_body::Body;

use super::beside_upload;
use super::handler::{call, deadline, resolve};
use crate::dispatch::{Head, Input, Operation, Outcome, Upload};
use crate::error::RequestError;
use crate::http::body::{document, end_with_request, of_task};
use crate::http::exchange::{Exchange, Rendered};
use crate::http::multipart::{self, OpenForm};
use crate::http::render::render;
use crate::kind::Kind;
use crate::registry::HandlerEntry;

pub(super) async fn run<B>(exchange: &mut Exchange<B>) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let entry = resolve(exchange, Kind::Task).await?;
    // The body comes last: without the right to call, no client makes the server read.
    match content(&exchange.head) {
        Content::Json => run_json(exchange, &entry).await,
        // Boxed: what only they hold would be moved with every JSON call as well.
        Content::Octets => Box::pin(run_octets(exchange, &entry)).await,
        Content::Multipart => Box::pin(run_multipart(exchange, &entry)).await,
    }
}

async fn run_json<B>(exchange: &mut Exchange<B>, entry: &HandlerEntry) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let text = exchange.body.read(exchange.pipeline.limits.max_json_bytes).await?;
    let input = match document(&text, exchange.pipeline.forwarding)? {
        Some(document) => Input::Document(document),
        None => of_task(&text)?,
    };
    let pending = call(exchange, entry, Operation::Task, input)?;
    render(pending.with_deadline(deadline(exchange, entry)).await?, entry)
}

async fn run_octets<B>(exchange: &mut Exchange<B>, entry: &HandlerEntry) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let (reader, uploader) = exchange.body.stream();
    let upload = Upload::new(reader);
    let pending = call(exchange, entry, Operation::Task, Input::Stream(&upload))?;
    let pending = pending.with_deadline(deadline(exchange, entry));
    beside_upload(uploader, pending, |outcome| render(outcome, entry)).await
}

/// Runs a task whose form has come in as far as its manifest. A response that is not on its way at once waits for the
/// end of the form, which may yet turn out to be none.
async fn run_multipart<B>(exchange: &mut Exchange<B>, entry: &HandlerEntry) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let limits = &exchange.pipeline.limits.multipart;
    let received = multipart::receive(&mut exchange.body, exchange.head.headers(), limits).await?;
    let OpenForm { manifest, form, mut rest } = received;
    let pending = call(exchange, entry, Operation::Task, Input::Form { manifest: &manifest, form: &form })?;
    // The call has what it needs of them.
    drop((manifest, form));
    let outcome = tokio::select! {
        biased;
        outcome = pending.with_deadline(deadline(exchange, entry)) => outcome?,
        () = rest.client_left() => return Err(RequestError::Aborted),
    };
    match outcome {
        Outcome::InvalidInput(_) | Outcome::HandlerRemoved => render(outcome, entry),
        Outcome::StreamingResponse(_) | Outcome::RawResponse(_) => {
            let rendered = render(outcome, entry)?;
            Ok(rendered.map(|response| end_with_request(response, rest.responding())))
        }
        outcome => {
            rest.end().await?;
            render(outcome, entry)
        }
    }
}

/// What the body of a task is.
enum Content {
    Json,
    Octets,
    Multipart,
}

/// A task's body is JSON, whatever its type says, but for the two types that are known to be something else;
/// recognised as nodeExposure does it.
fn content(head: &Head) -> Content {
    let Some(kind) = head.headers().get(CONTENT_TYPE) else { return Content::Json };
    // As most clients write it.
    if kind == "application/json" || kind == "application/json; charset=utf-8" {
        return Content::Json;
    }
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    let octets = kind.strip_prefix("application/octet-stream");
    if kind.contains("multipart/form-data") {
        Content::Multipart
    } else if octets.is_some_and(|rest| rest.is_empty() || rest.starts_with(';')) {
        Content::Octets
    } else {
        Content::Json
    }
}
