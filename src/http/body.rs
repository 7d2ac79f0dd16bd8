//! Reading request bodies: whole and bounded, or to nowhere.

use std::error::Error;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::BoxError;
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http::HeaderMap;
use http::header::EXPECT;
use http_body::Body;
use http_body_util::BodyExt;

use super::closing::Closing;
use super::upload::{self, Uploader};
use crate::dispatch::ChunkReader;
use crate::error::RequestError;

/// The body of a request, from the end of its head until it is read, taken, or left.
pub(super) struct RequestBody<B> {
    body: Option<B>,
    /// The client sends it only after `100 Continue`, which hyper says when reading begins.
    awaited: bool,
}

impl<B> RequestBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    pub(super) fn new(body: B, headers: &HeaderMap) -> Self {
        RequestBody { body: Some(body), awaited: headers.contains_key(EXPECT) }
    }

    /// Whether nothing comes behind the head.
    pub(super) fn is_empty(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// `PayloadTooLarge` over `limit` bytes, at once where the length is announced; `BodyTimeout` after
    /// `timeout`; `Aborted` if the body breaks off, `InvalidJson` if its framing is broken.
    pub(super) async fn read(&mut self, limit: usize, timeout: Duration) -> Result<Bytes, RequestError> {
        let Some(body) = self.body.as_mut() else { return Ok(Bytes::new()) };
        if body.size_hint().lower() > limit as u64 {
            return Err(RequestError::PayloadTooLarge);
        }
        self.awaited = false;
        let mut reading = pin!(read_frames(body, limit));
        // Most bodies came with their head: they need no timer.
        if let Poll::Ready(read) = futures_util::poll!(reading.as_mut()) {
            return read;
        }
        tokio::time::timeout(timeout, reading).await.unwrap_or(Err(RequestError::BodyTimeout))
    }

    /// Gives the body away, unless somebody has it.
    pub(super) fn take(&mut self) -> Option<B> {
        self.body.take()
    }

    /// Lets the body be read as it arrives, no faster than it is read.
    pub(super) fn stream(&mut self, timeout: Duration, closing: Arc<Closing>) -> (ChunkReader, Uploader) {
        upload::stream(self.body.take(), timeout, closing)
    }

    /// Leaves what was not read; false if the connection cannot go on, because nobody knows whether the
    /// client will still send what it was not asked for.
    pub(super) fn leave(self, timeout: Duration, closing: Arc<Closing>) -> bool {
        match self.body {
            Some(body) if self.awaited => body.is_end_stream(),
            Some(body) => {
                discard(body, timeout, closing);
                true
            }
            None => true,
        }
    }
}

async fn read_frames<B>(body: &mut B, limit: usize) -> Result<Bytes, RequestError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| broken(error.into(), RequestError::InvalidJson))?.into_data()
        else {
            continue;
        };
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

/// A body whose framing cannot be read is `malformed`; any other error is the end of the connection.
pub(super) fn broken(error: BoxError, malformed: RequestError) -> RequestError {
    const MALFORMED: [io::ErrorKind; 3] =
        [io::ErrorKind::InvalidInput, io::ErrorKind::InvalidData, io::ErrorKind::Other];
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|io| MALFORMED.contains(&io.kind())) {
            return malformed;
        }
        cause = error.source();
    }
    RequestError::Aborted
}

/// Reads what is left of a body to nowhere, so that a client that is still writing gets to read its
/// answer: closing a socket with unread bytes resets it, and the reset overtakes the answer.
///
/// Nobody waits for it: once the server closes, it ends, and the connection with it.
pub(super) fn discard<B>(mut body: B, timeout: Duration, closing: Arc<Closing>)
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
{
    // Most bodies are here already: they need no task.
    if body.is_end_stream() || drain(&mut body).now_or_never().is_some() {
        return;
    }
    tokio::spawn(async move { discarded(&mut body, timeout, &closing).await });
}

/// The same, for who waits for it; false if the client broke off.
pub(super) async fn discarded<B>(body: &mut B, timeout: Duration, closing: &Closing) -> bool
where
    B: Body<Data = Bytes> + Unpin,
{
    tokio::select! {
        complete = drain(body) => complete,
        () = tokio::time::sleep(timeout) => true,
        () = closing.wait() => true,
    }
}

/// Reads to the end; false if there is none.
async fn drain<B: Body<Data = Bytes> + Unpin>(body: &mut B) -> bool {
    loop {
        match body.frame().await {
            Some(Ok(_)) => {}
            Some(Err(_)) => return false,
            None => return true,
        }
    }
}
