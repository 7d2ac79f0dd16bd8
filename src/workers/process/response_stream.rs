//! A streamed response on its way from a worker to the connection.

use bytes::Bytes;

use super::uploads::INITIAL_CREDIT;
use crate::dispatch::{ChunkWriter, WriteResult};

/// Credit is given in portions of this size, at least.
const CREDIT_PORTION: usize = 16 * 1024;

/// The body of a streamed response that has begun.
pub(super) struct ResponseStream {
    writer: ChunkWriter,
    /// How many bytes the worker may send before the next credit.
    allowed: i64,
    /// How many bytes were received since the last credit.
    taken: usize,
    /// Whether the connection has to be waited for.
    is_full: bool,
    /// How many bytes follow, if there is a content-length.
    remaining: Option<u64>,
}

/// Why a stream cannot go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The client has left.
    Closed,
    /// The worker has sent more than it may.
    OverCredit,
    /// The stream is longer than its content-length.
    OverLength,
}

/// A stream is shorter than its content-length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shorter;

impl ResponseStream {
    pub(super) fn new(writer: ChunkWriter, length: Option<u64>) -> Self {
        ResponseStream { writer, allowed: INITIAL_CREDIT, taken: 0, is_full: false, remaining: length }
    }

    /// Adds a chunk, and returns the further credit of the worker, which may be 0. A chunk may exceed the rest of the
    /// credit.
    pub(super) fn write(&mut self, data: Bytes) -> Result<usize, Broken> {
        if self.allowed <= 0 {
            return Err(Broken::OverCredit);
        }
        if let Some(remaining) = &mut self.remaining {
            *remaining = remaining.checked_sub(data.len() as u64).ok_or(Broken::OverLength)?;
        }
        self.allowed -= data.len() as i64;
        self.taken += data.len();
        match self.writer.write(data) {
            WriteResult::Closed => return Err(Broken::Closed),
            WriteResult::Full => self.is_full = true,
            WriteResult::Open => {}
        }
        Ok(self.credit())
    }

    /// The connection accepts more again. Returns the further credit of the worker.
    pub(super) fn make_room(&mut self) -> usize {
        self.is_full = false;
        self.credit()
    }

    fn credit(&mut self) -> usize {
        if self.is_full || self.taken < CREDIT_PORTION {
            return 0;
        }
        self.allowed += self.taken as i64;
        std::mem::take(&mut self.taken)
    }

    /// Ends the stream, which breaks off if it is too short.
    pub(super) fn finish(self) -> Result<(), Shorter> {
        if self.remaining.is_some_and(|remaining| remaining > 0) {
            return Err(Shorter);
        }
        self.writer.finish();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    use super::*;
    use crate::dispatch::{ChunkReader, byte_channel};

    fn stream(length: Option<u64>) -> (ResponseStream, ChunkReader) {
        let (writer, reader) = byte_channel(|_| {});
        (ResponseStream::new(writer, length), reader)
    }

    fn bytes(length: usize) -> Bytes {
        Bytes::from(vec![b'x'; length])
    }

    #[test]
    fn credit_is_given_back_in_portions_while_there_is_room() {
        let (mut stream, _reader) = stream(None);
        assert_eq!(stream.write(bytes(CREDIT_PORTION - 1)), Ok(0));
        assert_eq!(stream.write(bytes(1)), Ok(CREDIT_PORTION));
        // The channel is full now.
        assert_eq!(stream.write(bytes(64 * 1024)), Ok(0));
        assert_eq!(stream.write(bytes(1)), Err(Broken::OverCredit));
        assert_eq!(stream.make_room(), 64 * 1024);
        assert_eq!(stream.write(bytes(1)), Ok(0));
    }

    #[test]
    fn a_stream_has_the_length_that_its_head_says() {
        let (mut long, _reader) = stream(Some(2));
        assert_eq!(long.write(bytes(3)), Err(Broken::OverLength));
        for (length, is_whole) in [(2, true), (3, false)] {
            let (mut stream, reader) = stream(Some(length));
            assert_eq!(stream.write(bytes(2)), Ok(0));
            assert_eq!(stream.finish().is_ok(), is_whole);
            assert_eq!(reader.collect().now_or_never().unwrap().is_ok(), is_whole);
        }
    }

    #[test]
    fn a_client_that_has_left_ends_the_stream() {
        let (mut stream, reader) = stream(None);
        drop(reader);
        assert_eq!(stream.write(bytes(1)), Err(Broken::Closed));
    }
}
