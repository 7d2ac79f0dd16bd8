//! A stream that reports what moves through it, lets nothing through that is no HTTP/1.1, and shows hyper targets that
//! it reads as Node does.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;
use super::framing::{Checked, Framing, NOT_HTTP};
use crate::server::stream::Stream;

/// A stream, with bytes that were read from it before and are to be read again first.
pub(super) struct Socket {
    stream: Stream,
    unread: Bytes,
    framing: Framing,
    activity: Arc<Activity>,
}

impl Socket {
    pub(super) fn new(stream: Stream, unread: Bytes, framing: Framing, activity: Arc<Activity>) -> Self {
        Socket { stream, unread, framing, activity }
    }

    pub(super) fn into_parts(self) -> (Stream, Framing) {
        (self.stream, self.framing)
    }

    /// Keeps back all from the first byte that cannot stand where it does: hyper answers 400 to what it gets
    /// instead, once the responses before it are written.
    fn check(&mut self, into: &mut ReadBuf<'_>, before: usize) {
        let (message, messages) = (self.framing.message(), self.framing.messages());
        if let Checked::Malformed { at, stand_in } = self.framing.check(&mut into.filled_mut()[before..]) {
            into.filled_mut()[before + at] = stand_in;
            into.set_filled(before + at + 1);
            self.unread = Bytes::from_static(NOT_HTTP);
        }
        // Line breaks between requests are no progress.
        if message.is_some() || self.framing.messages() != messages {
            self.activity.read(&self.framing);
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.unread.is_empty() {
            let length = self.unread.len().min(into.remaining());
            into.put_slice(&self.unread[..length]);
            self.unread.advance(length);
            return Poll::Ready(Ok(()));
        }
        if self.framing.is_malformed() {
            return Poll::Ready(Ok(()));
        }
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        if into.filled().len() > before {
            self.check(into, before);
        } else if self.framing.message().is_none() && self.activity.half_close(self.framing.messages()) {
            // hyper takes the end for a client that has left. It asks again once its responses are written.
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl Socket {
    fn report<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(_) => self.activity.wrote(),
            Poll::Pending => self.activity.blocked(),
        }
        written
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.report(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.report(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper calls this only when its own buffer is empty: nothing is left to write then.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.activity.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
