//! The streams that JavaScript writes, by number. They belong to its thread.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::mailbox::Mailbox;
use crate::dispatch::{ChunkReader, ChunkWriter, Written, chunks};

/// Numbers stay below this, so that they are small integers in V8.
const NUMBERS: u32 = 1 << 30;

/// The streams that are not finished yet.
#[derive(Default)]
pub(super) struct Streams {
    last: u32,
    open: HashMap<u32, Stream>,
}

struct Stream {
    writer: ChunkWriter,
    /// Until the answer takes it.
    reader: Option<ChunkReader>,
}

impl Streams {
    /// Makes a stream; what its writer should know comes as records with its number.
    pub(super) fn open(&mut self, mailbox: &Arc<Mailbox>) -> u32 {
        self.last = (self.last + 1) % NUMBERS;
        let number = self.last;
        let mailbox = Arc::clone(mailbox);
        let (writer, reader) = chunks(move |signal| mailbox.signal(number, signal));
        self.open.insert(number, Stream { writer, reader: Some(reader) });
        number
    }

    /// The end that the answer sends from.
    pub(super) fn take_reader(&mut self, number: u32) -> Option<ChunkReader> {
        self.open.get_mut(&number)?.reader.take()
    }

    pub(super) fn write(&mut self, number: u32, chunk: &[u8]) -> Written {
        let written = self
            .open
            .get(&number)
            .map_or(Written::Gone, |stream| stream.writer.write(Bytes::copy_from_slice(chunk)));
        if written == Written::Gone {
            self.open.remove(&number);
        }
        written
    }

    /// Ends a stream, as it should or in the middle.
    pub(super) fn end(&mut self, number: u32, complete: bool) {
        if let Some(stream) = self.open.remove(&number)
            && complete
        {
            stream.writer.finish();
        }
    }
}
