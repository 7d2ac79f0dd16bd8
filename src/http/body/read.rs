//! Reads a body whole, and maps errors of bodies.

use std::error::Error;
use std::io;

use axum::BoxError;
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

use super::BodyPolicy;
use super::pace::{PacedBody, TooSlow};
use crate::error::RequestError;
use crate::policy::Held;

/// Collects the frames of a body. While it waits for the next one, the bytes that it holds count against the limit of
/// the server; those of a body that came with its head never do.
pub(super) async fn read_whole<B>(
    body: &mut PacedBody<B>,
    limit: usize,
    policy: &BodyPolicy,
) -> Result<Bytes, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let mut held: Option<Held> = None;
    let mut counted = 0;
    loop {
        let frame = match body.try_frame() {
            Some(frame) => frame,
            None => {
                let bytes = first.len() + rest.len();
                held.get_or_insert_with(|| policy.held()).grow(bytes - counted)?;
                counted = bytes;
                body.frame().await
            }
        };
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| request_error(error, RequestError::InvalidJson))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit {
            return Err(RequestError::PayloadTooLarge);
        }
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                rest.reserve((body.size_hint().lower() as usize).min(limit) + first.len() + data.len());
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}

/// Maps the error of a body: `malformed` if its framing cannot be read, else `BodyTimeout` or `Aborted`.
pub(in crate::http) fn request_error(error: BoxError, malformed: RequestError) -> RequestError {
    const MALFORMED: [io::ErrorKind; 3] =
        [io::ErrorKind::InvalidInput, io::ErrorKind::InvalidData, io::ErrorKind::Other];
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return RequestError::BodyTimeout;
        }
        if error.downcast_ref::<io::Error>().is_some_and(|io| MALFORMED.contains(&io.kind())) {
            return malformed;
        }
        cause = error.source();
    }
    RequestError::Aborted
}
