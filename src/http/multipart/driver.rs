//! Reads a form: up to its manifest, and then to its end while the call runs.

use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::sync::watch;

use super::CallPhase;
use super::limit_counter::LimitCounter;
use super::parser::{Event, Parser};
use super::part::Part;
use super::part_router::{MAX_BUFFERED_BYTES, PartRouter, Step};
use crate::dispatch::{Expectation, FilePart};
use crate::error::RequestError;
use crate::http::body::{PacedBody, request_error};
use crate::policy::Held;

/// Reads one form.
pub(super) struct Driver<B> {
    body: PacedBody<B>,
    parser: Parser,
    counter: LimitCounter,
    router: PartRouter,
    /// Whether the current part is a file that a manifest may name.
    is_in_file: bool,
    is_over: bool,
}

impl<B> Driver<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    pub(super) fn new(body: PacedBody<B>, held: Held, parser: Parser, counter: LimitCounter) -> Self {
        let router = PartRouter::new(held);
        Driver { body, parser, counter, router, is_in_file: false, is_over: false }
    }

    /// The rest of the body. Files that are not complete fail.
    pub(super) fn into_body(self) -> PacedBody<B> {
        self.body
    }

    /// Reads up to the manifest.
    ///
    /// # Errors
    /// All of a form's but `MissingFilePart`; `BodyTimeout` if the client is too slow, `Overloaded` if all bodies
    /// together hold too much, and those of a body that breaks off.
    pub(super) async fn manifest(&mut self) -> Result<String, RequestError> {
        loop {
            if let Some(event) = self.next()? {
                if let Step::Manifest(text) = self.take(event)? {
                    return Ok(text);
                }
                if self.is_over {
                    return Err(RequestError::MissingManifest);
                }
            } else {
                let frame = self.body.frame().await;
                self.feed(frame)?;
            }
        }
    }

    /// Reads what has arrived with the manifest, without waiting, up to the bytes that can be buffered: small forms are
    /// complete before their call begins.
    ///
    /// # Errors
    /// Those of [`Driver::manifest`].
    pub(super) fn read_ahead(&mut self) -> Result<(), RequestError> {
        while !self.is_over && self.router.buffered_bytes() < MAX_BUFFERED_BYTES {
            if let Some(event) = self.next()? {
                self.take(event)?;
            } else {
                let Some(frame) = self.body.try_frame() else { break };
                self.feed(frame)?;
            }
        }
        Ok(())
    }

    /// The parts of files that have begun so far.
    pub(super) fn begun_parts(&self) -> Vec<FilePart> {
        self.router.begun_parts()
    }

    /// Reads to the end of the form, as fast as its files are read. Once the call is over, the reader of a file may
    /// stall for `stall_timeout`.
    ///
    /// # Errors
    /// Those of [`Driver::manifest`], and `MissingFilePart`.
    pub(super) async fn run(
        &mut self,
        expectation: Expectation,
        stall_timeout: Duration,
        mut phase: watch::Receiver<CallPhase>,
    ) -> Result<(), RequestError> {
        if self.router.hand_over(expectation) {
            self.router.wait_for_room(stall_timeout, &mut phase).await;
        }
        while !self.is_over {
            if let Some(event) = self.next()? {
                if let Step::Full = self.take(event)? {
                    self.router.wait_for_room(stall_timeout, &mut phase).await;
                }
            } else {
                let frame = self.body.frame().await;
                self.feed(frame)?;
            }
        }
        match self.router.missing() {
            Some(id) => Err(RequestError::MissingFilePart { id: id.to_owned() }),
            None => Ok(()),
        }
    }

    fn next(&mut self) -> Result<Option<Event>, RequestError> {
        self.parser.next().map_err(|error| if self.is_in_file { RequestError::BrokenFile } else { error })
    }

    fn feed(&mut self, frame: Option<Result<Frame<Bytes>, BoxError>>) -> Result<(), RequestError> {
        match frame {
            None => self.parser.end(),
            Some(Ok(frame)) => self.parser.feed(frame.into_data().unwrap_or_default()),
            Some(Err(error)) => return Err(request_error(error, RequestError::InvalidMultipart)),
        }
        Ok(())
    }

    fn take(&mut self, event: Event) -> Result<Step, RequestError> {
        match event {
            Event::Part(headers) => {
                let part = Part::read(&headers);
                self.counter.begin(&part, headers.len())?;
                self.is_in_file = matches!(part, Part::File(_));
                self.router.open(part);
            }
            Event::Data(bytes) => {
                self.counter.grow(bytes.len())?;
                return self.router.write(bytes);
            }
            Event::PartEnd => {
                self.is_in_file = false;
                let step = self.router.close()?;
                self.counter.finish()?;
                return Ok(step);
            }
            Event::End => self.is_over = true,
        }
        Ok(Step::Onward)
    }
}
