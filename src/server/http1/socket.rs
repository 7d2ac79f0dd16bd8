//! A stream that reports its activity, passes only well-framed HTTP/1.1 on, and replaces targets that hyper reads
//! differently from Node.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;
use super::framing::{Checked, Framing, NOT_HTTP};
use crate::server::stream::Stream;

/// Buffers up to this total size are joined before they are written, since a vectored write costs the system more than
/// copying so few bytes.
const MAX_JOINED_BYTES: usize = 1024;

/// A stream, with bytes that were read before and are returned first.
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

    /// Replaces everything from the first malformed byte on by bytes to which hyper responds with 400, once the
    /// responses before it are written.
    fn check(&mut self, into: &mut ReadBuf<'_>, before: usize) {
        let (message, messages) = (self.framing.message(), self.framing.messages());
        if let Checked::Malformed { at, stand_in } = self.framing.check(&mut into.filled_mut()[before..]) {
            into.filled_mut()[before + at] = stand_in;
            into.set_filled(before + at + 1);
            self.unread = Bytes::from_static(NOT_HTTP);
        }
        // Line breaks between requests do not count as progress.
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
            // hyper would take the end for a client that has left. It reads again once its responses are written.
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
        let stream = Pin::new(&mut self.stream);
        let written = match join(buffers, &mut [0; MAX_JOINED_BYTES]) {
            Some(joined) => stream.poll_write(cx, joined),
            None => stream.poll_write_vectored(cx, buffers),
        };
        self.report(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper calls this only when its own buffer is empty, so that nothing is left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.activity.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Copies small buffers into one. `None` if they are too large, or one already.
fn join<'a>(buffers: &[io::IoSlice<'_>], into: &'a mut [u8; MAX_JOINED_BYTES]) -> Option<&'a [u8]> {
    let length = buffers.iter().map(|buffer| buffer.len()).sum();
    if buffers.len() < 2 || length > MAX_JOINED_BYTES {
        return None;
    }
    let mut rest = &mut into[..];
    for buffer in buffers {
        let (target, behind) = rest.split_at_mut(buffer.len());
        target.copy_from_slice(buffer);
        rest = behind;
    }
    Some(&into[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_buffers_are_joined_and_none_of_their_bytes_is_lost() {
        let large = [7; MAX_JOINED_BYTES];
        let join = |buffers: &[&[u8]]| {
            let buffers: Vec<_> = buffers.iter().map(|buffer| io::IoSlice::new(buffer)).collect();
            join(&buffers, &mut [0; MAX_JOINED_BYTES]).map(<[u8]>::to_vec)
        };
        assert_eq!(join(&[b"head", b"", b"body"]), Some(b"headbody".to_vec()));
        assert_eq!(join(&[&large[1..], b"7"]), Some([&large[1..], b"7"].concat()));
        assert_eq!(join(&[&large, b"7"]), None);
        assert_eq!(join(&[b"alone"]), None);
        assert_eq!(join(&[]), None);
    }
}
