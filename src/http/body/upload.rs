//! A body that is streamed while its call runs.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;

use super::drain::drain;
use super::duplex_body::DisconnectWatch;
use super::read::request_error;
use super::{BodyPolicy, PacedBody};
use crate::dispatch::{ChunkReader, ChunkWriter, WriteResult, byte_channel};
use crate::error::RequestError;
use crate::panic;

/// Reports the failure of a body that is streamed.
pub(in crate::http) struct Uploader {
    failure: oneshot::Receiver<RequestError>,
    /// The outcome, once known; the inner `None` if the body did not fail.
    failed: Option<Option<RequestError>>,
}

impl Uploader {
    /// Waits until the body breaks off, and returns the reason. Never ends if it does not. hyper keeps the request of a
    /// client that has left, so it has to be watched.
    pub(in crate::http) async fn failed(&mut self) -> RequestError {
        poll_fn(|cx| self.poll_failed(cx)).await
    }

    fn poll_failed(&mut self, cx: &mut Context<'_>) -> Poll<RequestError> {
        if self.failed.is_none()
            && let Poll::Ready(failure) = Pin::new(&mut self.failure).poll(cx)
        {
            self.failed = Some(failure.ok());
        }
        match &self.failed {
            Some(Some(error)) => Poll::Ready(error.clone()),
            Some(None) | None => Poll::Pending,
        }
    }
}

impl DisconnectWatch for Uploader {
    fn poll_disconnected(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_failed(cx).map(drop)
    }
}

/// Streams a body to a reader, no faster than it is read. What is left when the reader is dropped is drained.
pub(super) fn stream<B>(body: Option<PacedBody<B>>, policy: Arc<BodyPolicy>) -> (ChunkReader, Uploader)
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let writable = Arc::new(Notify::new());
    let (writer, reader) = byte_channel({
        let writable = Arc::clone(&writable);
        move |_| writable.notify_one()
    });
    let (fail, failure) = oneshot::channel();
    if let Some(body) = body {
        panic::spawn(async move {
            let error = match pass_on(body, writer, &writable).await {
                End::Complete => return,
                // The reader's stream fails, too.
                End::Failed(error) => error,
                End::Unread(mut body) => {
                    if drain(&mut body, &policy).await {
                        return;
                    }
                    RequestError::Aborted
                }
            };
            // The response may be complete already.
            let _ = fail.send(error);
        });
    } else {
        writer.finish();
    }
    (reader, Uploader { failure, failed: None })
}

/// How a body ended.
enum End<B> {
    Complete,
    Failed(RequestError),
    /// The reader was dropped before the end.
    Unread(B),
}

async fn pass_on<B>(mut body: PacedBody<B>, writer: ChunkWriter, writable: &Notify) -> End<PacedBody<B>>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    let mut room = true;
    let mut is_unflushed = false;
    loop {
        tokio::select! {
            biased;
            frame = body.frame(), if room => match frame {
                None => {
                    writer.finish();
                    return End::Complete;
                }
                Some(Err(error)) => return End::Failed(request_error(error, RequestError::Aborted)),
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    room = writer.write_unflushed(data) == WriteResult::Open;
                    is_unflushed = room;
                }
            },
            // Polled again once the connection had a turn: what it has read by then is added first.
            () = yield_now(), if is_unflushed => {
                writer.flush();
                is_unflushed = false;
            }
            () = writable.notified() => room = true,
        }
        if writer.is_closed() {
            return End::Unread(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::policy::Admission;
    use http_body::{Frame, SizeHint};
    use std::convert::Infallible;
    use std::time::Duration;

    /// A body whose chunks are ready one turn after each other, as those of hyper are; then it stalls.
    struct Arriving {
        left: usize,
        is_due: bool,
    }

    impl Body for Arriving {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.is_due = !self.is_due;
            if self.left == 0 {
                return Poll::Pending;
            }
            if self.is_due {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.left -= 1;
            Poll::Ready(Some(Ok(Frame::data("a".into()))))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::default()
        }
    }

    #[tokio::test]
    async fn a_reader_is_woken_once_for_all_chunks_that_are_ready() {
        let admission = Admission::new(1, usize::MAX);
        let policy = BodyPolicy::new(&Limits::default(), admission, Arc::default());
        let body = PacedBody::new(Arriving { left: 9, is_due: false }, Duration::from_secs(3600), 0);
        let (mut reader, _uploader) = stream(Some(body), policy);
        // In a task of its own, which runs as soon as it is woken.
        let reading = tokio::spawn(async move {
            let (mut chunks, mut found) = (0, Vec::new());
            poll_fn(|cx| {
                while Pin::new(&mut reader).poll_frame(cx).is_ready() {
                    chunks += 1;
                }
                found.push(chunks);
                if chunks == 9 { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            found
        });
        let found = tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap().unwrap();
        assert_eq!(found, [0, 9]);
    }
}
