//! The request bodies that JavaScript reads as they arrive.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http_body::Body;

use super::handles::Handles;
use crate::dispatch::{ChunkReader, Mailbox};

/// A body that has not been read to its end.
pub(super) struct OpenBody {
    reader: ChunkReader,
    waker: Waker,
}

/// The outcome of a read.
pub(super) enum Read {
    Chunk(Bytes),
    /// Nothing has arrived; a record follows when something has.
    Pending,
    End,
    Broken,
}

impl Handles {
    /// Adds a body, and returns its number.
    pub(super) fn open_body(&mut self, reader: ChunkReader) -> u32 {
        let mailbox = Arc::clone(&self.mailbox);
        self.insert_body(|number| {
            let waker = Waker::from(Arc::new(Readable { number, mailbox }));
            OpenBody { reader, waker }
        })
    }

    pub(super) fn read_body(&mut self, number: u32) -> Read {
        let Some(OpenBody { reader, waker }) = self.body(number) else { return Read::End };
        let read = match Pin::new(reader).poll_frame(&mut Context::from_waker(waker)) {
            Poll::Pending => return Read::Pending,
            Poll::Ready(Some(Ok(frame))) => return Read::Chunk(frame.into_data().unwrap_or_default()),
            Poll::Ready(Some(Err(_))) => Read::Broken,
            Poll::Ready(None) => Read::End,
        };
        self.close(number);
        read
    }
}

struct Readable {
    number: u32,
    mailbox: Arc<Mailbox>,
}

impl Wake for Readable {
    fn wake(self: Arc<Self>) {
        self.mailbox.readable(self.number);
    }
}
