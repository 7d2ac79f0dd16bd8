//! Passes requests outside of the base path to the host.

use axum::BoxError;
use bytes::Bytes;
use http_body::Body;

use super::beside_upload;
use crate::dispatch::Upload;
use crate::error::RequestError;
use crate::http::exchange::{Exchange, Rendered};
use crate::http::render::render_decision;

pub(super) async fn pass_on<B>(exchange: &mut Exchange<B>) -> Result<Rendered, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let hooks = &exchange.pipeline.hooks;
    if exchange.body.is_empty() {
        return render_decision(hooks.fallback(&exchange.head, None)?.await);
    }
    let (reader, uploader) = exchange.body.stream();
    let upload = Upload::new(reader);
    let pending = hooks.fallback(&exchange.head, Some(&upload))?;
    beside_upload(uploader, pending.with_deadline(None), render_decision).await
}
