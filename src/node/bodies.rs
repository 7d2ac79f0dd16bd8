//! The request bodies that JavaScript reads as they arrive, by number. They belong to its thread.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http_body::Body;

use super::mailbox::Mailbox;
use crate::dispatch::ChunkReader;

/// Numbers stay below this, so that they are small integers in V8.
const NUMBERS: u32 = 1 << 30;

/// The bodies that were not read to their end yet.
#[derive(Default)]
pub(super) struct Bodies {
    last: u32,
    open: HashMap<u32, (ChunkReader, Waker)>,
}

/// What there is to read.
pub(super) enum Read {
    Chunk(Bytes),
    /// Nothing yet: a record will say when there is.
    Pending,
    End,
    Broken,
}

impl Bodies {
    /// Takes a body in and gives its number, which is never 0.
    pub(super) fn open(&mut self, body: ChunkReader, mailbox: &Arc<Mailbox>) -> u32 {
        self.last = self.last % (NUMBERS - 1) + 1;
        let readable = Readable { number: self.last, mailbox: Arc::clone(mailbox) };
        self.open.insert(self.last, (body, Waker::from(Arc::new(readable))));
        self.last
    }

    pub(super) fn read(&mut self, number: u32) -> Read {
        let Some((body, waker)) = self.open.get_mut(&number) else { return Read::End };
        let read = match Pin::new(body).poll_frame(&mut Context::from_waker(waker)) {
            Poll::Pending => return Read::Pending,
            Poll::Ready(Some(Ok(frame))) => return Read::Chunk(frame.into_data().unwrap_or_default()),
            Poll::Ready(Some(Err(_))) => Read::Broken,
            Poll::Ready(None) => Read::End,
        };
        self.open.remove(&number);
        read
    }

    /// Nobody reads the body any more.
    pub(super) fn close(&mut self, number: u32) {
        self.open.remove(&number);
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
