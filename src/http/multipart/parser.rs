//! The syntax of a form, parsed by multer.
//!
//! multer reads as much of its source as it can before it parses, does not bound the heads of parts, and accepts the
//! first boundary anywhere. So it gets its bytes through a slot: from the first boundary on, one piece at a time, and
//! no more than a head may have.

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

/// The largest head of a part, as in busboy, and in Node for requests. Also bounds what precedes the first boundary.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The most bytes that are parsed at once.
const PIECE_BYTES: usize = 64 * 1024;

/// An event of the parser.
#[derive(Debug)]
pub(super) enum Event {
    /// A part has begun, with these headers.
    Part(HeaderMap),
    /// Bytes of the part.
    Data(Bytes),
    /// The part has ended.
    PartEnd,
    /// The form has ended.
    End,
}

/// Parses a form incrementally.
pub(super) struct Parser {
    form: Multipart<'static>,
    part: Option<Field<'static>>,
    slot: Arc<Mutex<Slot>>,
    /// What precedes the first boundary, until that has arrived.
    preamble: Option<Preamble>,
    /// The bytes that were fed and are not parsed yet.
    fed: Bytes,
    /// The bytes given to multer since the last part ended.
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

    /// Adds bytes, once [`Parser::next`] has asked for more.
    pub(super) fn feed(&mut self, bytes: Bytes) {
        debug_assert!(self.fed.is_empty(), "what was fed before is looked at first");
        self.fed = bytes;
    }

    /// Ends the input.
    pub(super) fn end(&mut self) {
        lock(&self.slot).is_ended = true;
    }

    /// The next event; `None` if that takes more bytes.
    ///
    /// # Errors
    /// `InvalidMultipart`, until the form has ended.
    pub(super) fn next(&mut self) -> Result<Option<Event>, RequestError> {
        let is_ended = lock(&self.slot).is_ended;
        if let Some(preamble) = &mut self.preamble {
            match preamble.skip(std::mem::take(&mut self.fed))? {
                Some(rest) => {
                    self.fed = rest;
                    self.preamble = None;
                }
                None if is_ended => return Err(RequestError::InvalidMultipart),
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
                Poll::Pending if is_ended => return Err(RequestError::InvalidMultipart),
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

/// The size of the headers in bytes, line breaks included.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

/// Skips what precedes the first boundary.
struct Preamble {
    bytes: BytesMut,
    boundary: Vec<u8>,
}

impl Preamble {
    fn new(boundary: &str) -> Self {
        // A boundary begins a line, as the start of the form does.
        Preamble { bytes: BytesMut::from("\r\n"), boundary: format!("\r\n--{boundary}").into_bytes() }
    }

    /// The bytes from the first boundary on, once that has arrived.
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
    is_ended: bool,
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock()
}

/// The source of multer. Wakes nothing, since the parser polls again after it has filled the slot.
struct Source(Arc<Mutex<Slot>>);

impl Stream for Source {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut slot = lock(&self.0);
        match slot.piece.take() {
            Some(piece) => Poll::Ready(Some(Ok(piece))),
            None if slot.is_ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}
