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
    // The body comes last: a client that may not call must not make the server read it.
    match content(&exchange.head) {
        Content::Json => run_json(exchange, &entry).await,
        // Boxed, so that their state does not enlarge the future of every JSON call.
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

/// Runs a task once the manifest of its form has arrived. A response that is not streamed waits for the end of the
/// form, which may yet turn out to be malformed.
async fn run_multipart<B>(exchange: &mut Exchange<B>, entry: &HandlerEntry) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let limits = &exchange.pipeline.limits.multipart;
    let received = multipart::receive(&mut exchange.body, exchange.head.headers(), limits).await?;
    let OpenForm { manifest, form, mut rest } = received;
    let pending = call(exchange, entry, Operation::Task, Input::Form { manifest: &manifest, form: &form })?;
    // The call has copied what it needs of them.
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

/// The content of a task's body.
enum Content {
    Json,
    Octets,
    Multipart,
}

/// A task's body is JSON whatever its type, except for the two types that are handled otherwise. Recognised as in
/// nodeExposure.
fn content(head: &Head) -> Content {
    let Some(kind) = head.headers().get(CONTENT_TYPE) else { return Content::Json };
    // The fast path: how most clients write it.
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
