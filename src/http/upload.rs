//! A body that is read as it arrives, beside its call.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use tokio::sync::{Notify, oneshot};

use super::accompanied::Incoming;
use super::body::discarded;
use super::closing::Closing;
use crate::dispatch::{ChunkReader, ChunkWriter, Written, chunks};

/// The client of a body that is streamed.
pub(super) struct Uploader {
    broke_off: Option<oneshot::Receiver<()>>,
    left: bool,
}

impl Uploader {
    /// Waits until the client has left with its body unfinished; for ever, if it does not. hyper keeps such a
    /// request until it is answered.
    pub(super) async fn left(&mut self) {
        poll_fn(|cx| self.poll_left(cx)).await
    }
}

impl Incoming for Uploader {
    fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(broke_off) = &mut self.broke_off
            && let Poll::Ready(word) = Pin::new(broke_off).poll(cx)
        {
            self.broke_off = None;
            self.left = word.is_ok();
        }
        if self.left { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Lets a body be read as it arrives, no faster than it is read. What is left when the reader goes is
/// discarded.
pub(super) fn stream<B>(body: Option<B>, timeout: Duration, closing: Arc<Closing>) -> (ChunkReader, Uploader)
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
{
    let told = Arc::new(Notify::new());
    let (writer, reader) = chunks({
        let told = Arc::clone(&told);
        move |_| told.notify_one()
    });
    let (tell, broke_off) = oneshot::channel();
    if let Some(body) = body {
        tokio::spawn(async move {
            match pass_on(body, writer, &told).await {
                End::Complete => return,
                // The stream breaks off with the connection.
                End::BrokenOff => {}
                End::Unread(mut body) => {
                    if discarded(&mut body, timeout, &closing).await {
                        return;
                    }
                }
            }
            // Nobody may wait for the answer any more.
            let _ = tell.send(());
        });
    } else {
        writer.finish();
    }
    (reader, Uploader { broke_off: Some(broke_off), left: false })
}

/// How a body ended.
enum End<B> {
    Complete,
    BrokenOff,
    /// Nobody wants the rest of it.
    Unread(B),
}

async fn pass_on<B>(mut body: B, writer: ChunkWriter, told: &Notify) -> End<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut room = true;
    loop {
        tokio::select! {
            frame = body.frame(), if room => match frame {
                None => {
                    writer.finish();
                    return End::Complete;
                }
                Some(Err(_)) => return End::BrokenOff,
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    room = writer.write(data) == Written::Open;
                }
            },
            () = told.notified() => room = true,
        }
        if writer.is_gone() {
            return End::Unread(body);
        }
    }
}
