//! The streams that JavaScript writes.

use std::sync::Arc;

use super::handles::Handles;
use crate::dispatch::{ChunkReader, ChunkWriter, WriteResult, byte_channel};

/// An open stream.
pub(super) struct OpenStream {
    /// Until it ends.
    writer: Option<ChunkWriter>,
    /// Until the response takes it, which may be after the end.
    reader: Option<ChunkReader>,
}

impl Handles {
    /// Opens a stream. Its signals come as records with its number.
    pub(super) fn open_stream(&mut self) -> u32 {
        let mailbox = Arc::clone(&self.mailbox);
        self.insert_stream(|number| {
            let (writer, reader) = byte_channel(move |signal| mailbox.signal(number, signal));
            OpenStream { writer: Some(writer), reader: Some(reader) }
        })
    }

    /// Takes the end of a stream that the response reads.
    pub(super) fn take_reader(&mut self, number: u32) -> Option<ChunkReader> {
        let stream = self.stream(number)?;
        let reader = stream.reader.take();
        if stream.writer.is_none() {
            self.close(number);
        }
        reader
    }

    pub(super) fn write_stream(&mut self, number: u32, chunk: &[u8]) -> WriteResult {
        let chunk = self.pool.copy(chunk);
        let Some(writer) = self.stream(number).and_then(|stream| stream.writer.as_ref()) else {
            return WriteResult::Closed;
        };
        let written = writer.write(chunk);
        if written == WriteResult::Closed {
            self.close(number);
        }
        written
    }

    /// Ends a stream; if it is not complete, its reader fails.
    pub(super) fn end_stream(&mut self, number: u32, complete: bool) {
        let Some(stream) = self.stream(number) else { return };
        if let Some(writer) = stream.writer.take()
            && complete
        {
            writer.finish();
        }
        if stream.reader.is_none() {
            self.close(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    #[test]
    fn a_response_takes_a_stream_that_has_ended_already() {
        let mut handles = Handles::new(Arc::default());
        for complete in [true, false] {
            let number = handles.open_stream();
            assert_eq!(handles.write_stream(number, b"all"), WriteResult::Open);
            handles.end_stream(number, complete);
            assert_eq!(handles.write_stream(number, b"more"), WriteResult::Closed);
            let whole = handles.take_reader(number).unwrap().collect().now_or_never().unwrap();
            assert_eq!(whole.ok().map(|body| body.to_bytes()), complete.then(|| "all".into()));
            assert!(handles.is_empty());
        }
    }

    #[test]
    fn a_stream_is_forgotten_at_its_end() {
        let mut handles = Handles::new(Arc::default());
        let number = handles.open_stream();
        let _reader = handles.take_reader(number).unwrap();
        handles.end_stream(number, true);
        assert!(handles.is_empty() && handles.take_reader(number).is_none());
    }
}
