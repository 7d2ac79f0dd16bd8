//! Reads a form: to its manifest, and then, beside the call, to its end.

use std::time::Duration;

use axum::BoxError;
use bytes::{Bytes, BytesMut};
use encoding_rs::Encoding;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::sync::watch;

use super::Course;
use super::parser::{Event, Parser};
use super::part::Part;
use super::tally::Tally;
use crate::dispatch::{Arrival, Expectation, ExpectedFile, Written};
use crate::error::RequestError;
use crate::http::body::{PacedBody, request_error};
use crate::policy::Held;

/// As much of files is kept as comes before anybody can want it: before the manifest, or together with it.
const MOST_AHEAD_BYTES: usize = 64 * 1024;

/// Reads one form.
pub(super) struct Driver<B> {
    body: PacedBody<B>,
    /// For what is kept of the form.
    held: Held,
    parser: Parser,
    tally: Tally,
    manifest_read: bool,
    files: Files,
    sink: Sink,
    /// Whether the part that is read is a file that a manifest may name.
    in_file: bool,
    over: bool,
}

/// Where files go.
enum Files {
    /// It is not known yet which are wanted.
    Ahead { files: Vec<Ahead>, bytes: usize },
    /// These are wanted, and no other.
    Expected(Expectation),
}

impl Files {
    fn bytes_ahead(&self) -> usize {
        match self {
            Files::Ahead { bytes, .. } => *bytes,
            Files::Expected(_) => 0,
        }
    }
}

/// A file that came before anybody could want it.
struct Ahead {
    arrival: Arrival,
    bytes: BytesMut,
    complete: bool,
}

/// Where the bytes of the part go that is read.
enum Sink {
    Nowhere,
    Manifest(Option<&'static Encoding>, BytesMut),
    /// Into the last of the files that are kept.
    Ahead,
    File(ExpectedFile),
}

/// What an event comes to.
enum Step {
    Onward,
    /// This is the manifest.
    Manifest(String),
    /// The file has enough for now.
    Full,
    /// The form is over.
    Over,
}

impl<B> Driver<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    pub(super) fn new(body: PacedBody<B>, held: Held, parser: Parser, tally: Tally) -> Self {
        let files = Files::Ahead { files: Vec::new(), bytes: 0 };
        Driver {
            body,
            held,
            parser,
            tally,
            manifest_read: false,
            files,
            sink: Sink::Nowhere,
            in_file: false,
            over: false,
        }
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
                match self.take(event)? {
                    Step::Manifest(text) => return Ok(text),
                    Step::Over => return Err(RequestError::MissingManifest),
                    Step::Onward | Step::Full => {}
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
    /// As above.
    pub(super) fn read_ahead(&mut self) -> Result<(), RequestError> {
        while !self.over && self.files.bytes_ahead() < MOST_AHEAD_BYTES {
            if let Some(event) = self.next()? {
                self.take(event)?;
            } else {
                let Some(frame) = self.body.try_frame() else { break };
                self.feed(frame)?;
            }
        }
        Ok(())
    }

    /// The files that came so far.
    pub(super) fn arrived(&self) -> Vec<Arrival> {
        match &self.files {
            Files::Ahead { files, .. } => files.iter().map(|file| file.arrival.clone()).collect(),
            Files::Expected(_) => Vec::new(),
        }
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
        mut course: watch::Receiver<Course>,
    ) -> Result<(), RequestError> {
        if self.hand_over(expectation) {
            self.wait_for_room(patience, &mut course).await;
        }
        while !self.over {
            if let Some(event) = self.next()? {
                if let Step::Full = self.take(event)? {
                    self.wait_for_room(patience, &mut course).await;
                }
            } else {
                let frame = self.body.frame().await;
                self.feed(frame)?;
            }
        }
        match &self.files {
            Files::Expected(expected) => expected
                .missing()
                .map_or(Ok(()), |id| Err(RequestError::MissingFilePart { id: id.to_owned() })),
            Files::Ahead { .. } => Ok(()),
        }
    }

    fn next(&mut self) -> Result<Option<Event>, RequestError> {
        self.parser.next().map_err(|error| if self.in_file { RequestError::BrokenFile } else { error })
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
                self.tally.begin(&part, headers.len())?;
                self.in_file = matches!(part, Part::File(_));
                self.sink = self.open(part);
            }
            Event::Data(bytes) => {
                self.tally.grow(bytes.len())?;
                return self.write(bytes);
            }
            Event::PartEnd => {
                self.in_file = false;
                let step = self.close()?;
                self.tally.finish()?;
                return Ok(step);
            }
            Event::End => {
                self.over = true;
                return Ok(Step::Over);
            }
        }
        Ok(Step::Onward)
    }

    fn open(&mut self, part: Part) -> Sink {
        match (part, &mut self.files) {
            (Part::Manifest(charset), _) => Sink::Manifest(charset, BytesMut::new()),
            (Part::File(arrival), Files::Ahead { files, .. }) => {
                // Of two files with one id the first counts.
                if files.iter().any(|file| file.arrival.id == arrival.id) {
                    return Sink::Nowhere;
                }
                files.push(Ahead { arrival, bytes: BytesMut::new(), complete: false });
                Sink::Ahead
            }
            (Part::File(arrival), Files::Expected(expected)) => {
                expected.arrive(&arrival).map_or(Sink::Nowhere, Sink::File)
            }
            (Part::Field(_) | Part::OtherFile | Part::Unknown, _) => Sink::Nowhere,
        }
    }

    fn write(&mut self, data: Bytes) -> Result<Step, RequestError> {
        match (&mut self.sink, &mut self.files) {
            (Sink::Manifest(_, text), _) => {
                self.held.grow(data.len())?;
                text.extend_from_slice(&data);
            }
            (Sink::Ahead, Files::Ahead { files, bytes }) => {
                self.held.grow(data.len())?;
                if let Some(file) = files.last_mut() {
                    file.bytes.extend_from_slice(&data);
                }
                *bytes += data.len();
                if *bytes > MOST_AHEAD_BYTES && !self.manifest_read {
                    return Err(RequestError::InvalidMultipart);
                }
            }
            (Sink::File(file), _) => match file.body.write(data) {
                Written::Open => {}
                Written::Full => return Ok(Step::Full),
                Written::Gone => self.sink = Sink::Nowhere,
            },
            (Sink::Nowhere | Sink::Ahead, _) => {}
        }
        Ok(Step::Onward)
    }

    fn close(&mut self) -> Result<Step, RequestError> {
        match (std::mem::replace(&mut self.sink, Sink::Nowhere), &mut self.files) {
            (Sink::Manifest(charset, text), _) => return self.read_manifest(charset, &text),
            (Sink::Ahead, Files::Ahead { files, .. }) => {
                if let Some(file) = files.last_mut() {
                    file.complete = true;
                }
            }
            (Sink::File(file), _) => file.body.finish(),
            (Sink::Nowhere | Sink::Ahead, _) => {}
        }
        Ok(Step::Onward)
    }

    fn read_manifest(
        &mut self,
        charset: Option<&'static Encoding>,
        bytes: &[u8],
    ) -> Result<Step, RequestError> {
        self.held.shrink(bytes.len());
        let charset = charset.ok_or(RequestError::InvalidManifest)?;
        let text = charset.decode_without_bom_handling(bytes).0;
        if std::mem::replace(&mut self.manifest_read, true) {
            // Whatever follows a JSON text makes it none, but for white space.
            let blank = text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            return if blank { Ok(Step::Onward) } else { Err(RequestError::InvalidManifest) };
        }
        if text.is_empty() {
            Err(RequestError::MissingManifest)
        } else {
            Ok(Step::Manifest(text.into_owned()))
        }
    }

    /// Hands the files that were kept to whoever wants them; true if the one that is still read has enough.
    fn hand_over(&mut self, mut expected: Expectation) -> bool {
        let mut full = false;
        if let Files::Ahead { files, .. } = &mut self.files {
            let reading = matches!(self.sink, Sink::Ahead);
            self.sink =
                if reading { Sink::Nowhere } else { std::mem::replace(&mut self.sink, Sink::Nowhere) };
            for Ahead { arrival, bytes, complete } in files.drain(..) {
                let Some(file) = expected.take(&arrival.id) else { continue };
                let written = if bytes.is_empty() { Written::Open } else { file.body.write(bytes.freeze()) };
                if complete {
                    file.body.finish();
                } else {
                    full = written == Written::Full;
                    self.sink = Sink::File(file);
                }
            }
        }
        self.held.shrink(self.files.bytes_ahead());
        self.files = Files::Expected(expected);
        full
    }

    /// Waits until the file that is read may have more, or nobody reads it any more.
    async fn wait_for_room(&mut self, patience: Duration, course: &mut watch::Receiver<Course>) {
        let Sink::File(file) = &self.sink else { return };
        let told = file.told.notified();
        let stalled = async {
            // Dropped, it is over as well.
            let _ = course.wait_for(|course| *course != Course::Running).await;
            tokio::time::sleep(patience).await;
        };
        tokio::select! {
            () = told => {}
            () = stalled => self.sink = Sink::Nowhere,
        }
    }
}
