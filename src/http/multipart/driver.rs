//! Reads a form: to its manifest, and then, beside the call, to its end.

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
    /// Whether the part that is read is a file that a manifest may name.
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

    /// What is left of the body; files that are not complete break off.
    pub(super) fn into_body(self) -> PacedBody<B> {
        self.body
    }

    /// Reads on to the manifest.
    ///
    /// # Errors
    /// All of a form's but `MissingFilePart`; `BodyTimeout` if the client is too slow, `Overloaded` if too much is
    /// held of all bodies together, and those of a body that breaks off.
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

    /// Takes what came together with the manifest, without waiting and no more than can be kept: small forms
    /// are whole before their call begins.
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

    /// The parts of files that came so far.
    pub(super) fn begun_parts(&self) -> Vec<FilePart> {
        self.router.begun_parts()
    }

    /// Reads on to the end of the form, as fast as its files are read. Once the call is over, what still reads a
    /// file may stall for `patience`.
    ///
    /// # Errors
    /// Those of [`Driver::manifest`], and `MissingFilePart`.
    pub(super) async fn run(
        &mut self,
        expectation: Expectation,
        patience: Duration,
        mut phase: watch::Receiver<CallPhase>,
    ) -> Result<(), RequestError> {
        if self.router.hand_over(expectation) {
            self.router.wait_for_room(patience, &mut phase).await;
        }
        while !self.is_over {
            if let Some(event) = self.next()? {
                if let Step::Full = self.take(event)? {
                    self.router.wait_for_room(patience, &mut phase).await;
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
