//! The syntax of a form: multer, fed by hand.
//!
//! multer reads its source as far as it can before it looks at it, keeps heads of parts without a bound, and
//! takes a boundary for the first one wherever it stands. So it gets its bytes from a slot, from the first
//! boundary on, a piece at a time, and no more of them than a head may have.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;
use http::HeaderMap;
use memchr::memmem;
use multer::{Field, Multipart};
use parking_lot::{Mutex, MutexGuard};

use crate::error::RequestError;

/// The longest head of a part; that of busboy, and of Node for requests. It bounds what stands before the
/// first boundary, too.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The most bytes of a part that are looked at in one go.
const PIECE_BYTES: usize = 64 * 1024;

/// What comes next in a form.
#[derive(Debug)]
pub(super) enum Event {
    /// A part begins, with these headers.
    Part(HeaderMap),
    /// Bytes of the part.
    Data(Bytes),
    /// The part is over.
    PartEnd,
    /// The form is over.
    End,
}

/// Takes a form apart as it is fed.
pub(super) struct Parser {
    form: Multipart<'static>,
    part: Option<Field<'static>>,
    slot: Arc<Mutex<Slot>>,
    /// What stands before the first boundary, until that is there.
    preamble: Option<Preamble>,
    /// What was fed and not looked at yet.
    fed: Bytes,
    /// How much was given since the last part ended.
    head_bytes: usize,
    is_over: bool,
}

impl Parser {
    pub(super) fn new(boundary: &str) -> Self {
        let slot = Arc::new(Mutex::default());
        let form = Multipart::new(Source(Arc::clone(&slot)), boundary);
        let preamble = Some(Preamble::new(boundary));
        Parser { form, part: None, slot, preamble, fed: Bytes::new(), head_bytes: 0, is_over: false }
    }

    /// Adds bytes; the last ones were looked at when [`Parser::next`] has said that it needs more.
    pub(super) fn feed(&mut self, bytes: Bytes) {
        debug_assert!(self.fed.is_empty(), "what was fed before is looked at first");
        self.fed = bytes;
    }

    /// Nothing follows.
    pub(super) fn end(&mut self) {
        lock(&self.slot).ended = true;
    }

    /// What comes next, or nothing if that takes more bytes.
    ///
    /// # Errors
    /// `InvalidMultipart`, as long as the form is not over.
    pub(super) fn next(&mut self) -> Result<Option<Event>, RequestError> {
        let ended = lock(&self.slot).ended;
        if let Some(preamble) = &mut self.preamble {
            match preamble.skip(std::mem::take(&mut self.fed))? {
                Some(rest) => {
                    self.fed = rest;
                    self.preamble = None;
                }
                None if ended => return Err(RequestError::InvalidMultipart),
                None => return Ok(None),
            }
        }
        loop {
            let polled = match &mut self.part {
                Some(part) => poll_data(part),
                None if self.is_over => return Ok(Some(Event::End)),
                None => self.poll_part(),
            };
            match polled {
                Poll::Ready(Err(_)) => return Err(RequestError::InvalidMultipart),
                Poll::Ready(Ok(Event::Part(headers))) if size(&headers) > MAX_HEAD_BYTES => {
                    return Err(RequestError::InvalidMultipart);
                }
                Poll::Ready(Ok(event)) => return Ok(Some(self.note(event))),
                Poll::Pending if ended => return Err(RequestError::InvalidMultipart),
                Poll::Pending if self.fed.is_empty() => return Ok(None),
                Poll::Pending => self.give()?,
            }
        }
    }

    fn poll_part(&mut self) -> Poll<multer::Result<Event>> {
        self.form.poll_next_field(&mut Context::from_waker(Waker::noop())).map_ok(|part| match part {
            None => Event::End,
            Some(part) => {
                let headers = part.headers().clone();
                self.part = Some(part);
                Event::Part(headers)
            }
        })
    }

    fn note(&mut self, event: Event) -> Event {
        match event {
            Event::PartEnd => {
                self.part = None;
                self.head_bytes = 0;
            }
            Event::End => self.is_over = true,
            Event::Part(_) | Event::Data(_) => {}
        }
        event
    }

    /// Gives multer the next piece.
    fn give(&mut self) -> Result<(), RequestError> {
        let most = match self.part {
            Some(_) => PIECE_BYTES,
            None => MAX_HEAD_BYTES - self.head_bytes,
        };
        let piece = self.fed.split_to(most.min(self.fed.len()));
        if piece.is_empty() {
            return Err(RequestError::InvalidMultipart);
        }
        if self.part.is_none() {
            self.head_bytes += piece.len();
        }
        lock(&self.slot).piece = Some(piece);
        Ok(())
    }
}

/// How many bytes the headers took, line breaks included.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

/// What stands before the first boundary, which is skipped.
struct Preamble {
    bytes: BytesMut,
    boundary: Vec<u8>,
}

impl Preamble {
    fn new(boundary: &str) -> Self {
        // A boundary begins a line; the form begins one, too.
        Preamble { bytes: BytesMut::from("\r\n"), boundary: format!("\r\n--{boundary}").into_bytes() }
    }

    /// What follows from the first boundary on, once that is there.
    fn skip(&mut self, fed: Bytes) -> Result<Option<Bytes>, RequestError> {
        self.bytes.extend_from_slice(&fed);
        let found = memmem::find(&self.bytes, &self.boundary);
        if found.unwrap_or(self.bytes.len()) > MAX_HEAD_BYTES {
            return Err(RequestError::InvalidMultipart);
        }
        Ok(found.map(|at| {
            self.bytes.advance(at + "\r\n".len());
            std::mem::take(&mut self.bytes).freeze()
        }))
    }
}

fn poll_data(part: &mut Field<'static>) -> Poll<multer::Result<Event>> {
    Pin::new(part).poll_next(&mut Context::from_waker(Waker::noop())).map(|data| match data {
        None => Ok(Event::PartEnd),
        Some(data) => data.map(Event::Data),
    })
}

#[derive(Default)]
struct Slot {
    piece: Option<Bytes>,
    ended: bool,
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock()
}

/// What multer reads from. It wakes nothing: what fills the slot asks again.
struct Source(Arc<Mutex<Slot>>);

impl Stream for Source {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut slot = lock(&self.0);
        match slot.piece.take() {
            Some(piece) => Poll::Ready(Some(Ok(piece))),
            None if slot.ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}
