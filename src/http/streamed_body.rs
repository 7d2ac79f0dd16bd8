//! The body of a streamed response.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::dispatch::{BrokenOff, ChunkReader};

/// The chunks of a response. If they fail, the error is returned one poll after the last chunk, since hyper drops
/// unsent bytes when a body fails, and sends them while it is pending. If nothing was written, the error is returned at
/// once, and the connection is cut without a head.
pub(super) struct StreamedBody {
    chunks: ChunkReader,
    has_begun: bool,
    broken: Option<BrokenOff>,
}

impl StreamedBody {
    pub(super) fn new(chunks: ChunkReader) -> Self {
        StreamedBody { chunks, has_begun: false, broken: None }
    }
}

impl Body for StreamedBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        match Pin::new(&mut self.chunks).poll_frame(cx) {
            Poll::Ready(Some(Err(error))) if self.has_begun => {
                self.broken = Some(error);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            other => {
                self.has_begun |= matches!(other, Poll::Ready(Some(Ok(_))));
                other
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.chunks.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::byte_channel;
    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    #[test]
    fn what_was_written_is_sent_before_the_break_is_told() {
        let (writer, reader) = byte_channel(|_| {});
        writer.write("a".into());
        drop(writer);
        let mut body = StreamedBody::new(reader);
        assert_eq!(body.frame().now_or_never().unwrap().unwrap().unwrap().into_data().unwrap(), "a");
        assert!(body.frame().now_or_never().is_none());
        assert!(body.frame().now_or_never().unwrap().unwrap().is_err());
    }

    #[test]
    fn a_break_before_the_first_chunk_is_told_at_once() {
        let (writer, reader) = byte_channel(|_| {});
        drop(writer);
        let mut body = StreamedBody::new(reader);
        assert!(body.frame().now_or_never().unwrap().unwrap().is_err());
    }
}
