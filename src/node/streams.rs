//! The streams that JavaScript writes, by number. They belong to its thread.

use std::collections::HashMap;
use std::sync::Arc;

use super::mailbox::Mailbox;
use super::pool::Pool;
use crate::dispatch::{ChunkReader, ChunkWriter, Written, chunks};

/// Numbers stay below this, so that they are small integers in V8.
const NUMBERS: u32 = 1 << 30;

/// The streams that are not finished yet.
#[derive(Default)]
pub(super) struct Streams {
    last: u32,
    open: HashMap<u32, Stream>,
    pool: Pool,
}

struct Stream {
    /// Until it ends.
    writer: Option<ChunkWriter>,
    /// Until the answer takes it, which may be after the end.
    reader: Option<ChunkReader>,
}

impl Streams {
    /// Makes a stream; what its writer should know comes as records with its number.
    pub(super) fn open(&mut self, mailbox: &Arc<Mailbox>) -> u32 {
        self.last = (self.last + 1) % NUMBERS;
        let number = self.last;
        let mailbox = Arc::clone(mailbox);
        let (writer, reader) = chunks(move |signal| mailbox.signal(number, signal));
        self.open.insert(number, Stream { writer: Some(writer), reader: Some(reader) });
        number
    }

    /// The end that the answer sends from.
    pub(super) fn take_reader(&mut self, number: u32) -> Option<ChunkReader> {
        let stream = self.open.get_mut(&number)?;
        let reader = stream.reader.take();
        if stream.writer.is_none() {
            self.open.remove(&number);
        }
        reader
    }

    pub(super) fn write(&mut self, number: u32, chunk: &[u8]) -> Written {
        let Some(writer) = self.open.get(&number).and_then(|stream| stream.writer.as_ref()) else {
            return Written::Gone;
        };
        let written = writer.write(self.pool.copy(chunk));
        if written == Written::Gone {
            self.open.remove(&number);
        }
        written
    }

    /// Ends a stream, as it should or in the middle.
    pub(super) fn end(&mut self, number: u32, complete: bool) {
        let Some(stream) = self.open.get_mut(&number) else { return };
        if let Some(writer) = stream.writer.take()
            && complete
        {
            writer.finish();
        }
        if stream.reader.is_none() {
            self.open.remove(&number);
        }
    }

    /// Forgets a stream in the middle.
    pub(super) fn cut(&mut self, number: u32) {
        self.open.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    #[test]
    fn an_answer_takes_a_stream_that_has_ended_already() {
        let mailbox = Arc::new(Mailbox::default());
        let mut streams = Streams::default();
        for complete in [true, false] {
            let number = streams.open(&mailbox);
            assert_eq!(streams.write(number, b"all"), Written::Open);
            streams.end(number, complete);
            assert_eq!(streams.write(number, b"more"), Written::Gone);
            let whole = streams.take_reader(number).unwrap().collect().now_or_never().unwrap();
            assert_eq!(whole.ok().map(|body| body.to_bytes()), complete.then(|| "all".into()));
            assert!(streams.open.is_empty());
        }
    }

    #[test]
    fn a_stream_is_forgotten_at_its_end() {
        let mailbox = Arc::new(Mailbox::default());
        let mut streams = Streams::default();
        let number = streams.open(&mailbox);
        let _reader = streams.take_reader(number).unwrap();
        streams.end(number, true);
        assert!(streams.open.is_empty() && streams.take_reader(number).is_none());
    }
}
