//! Reads a form: to its manifest, and then, beside the call, to its end.

use std::time::Duration;

use axum::BoxError;
use bytes::{Bytes, BytesMut};
use encoding_rs::Encoding;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::sync::watch;

use super::CallPhase;
use super::limit_counter::LimitCounter;
use super::parser::{Event, Parser};
use super::part::Part;
use crate::dispatch::{Expectation, ExpectedFile, FilePart, WriteResult};
use crate::error::RequestError;
use crate::http::body::{PacedBody, request_error};
use crate::policy::Held;

/// How much of files is kept that comes before the call can want it: before the manifest, or together with it.
const MAX_BUFFERED_BYTES: usize = 64 * 1024;

/// Reads one form.
pub(super) struct Driver<B> {
    body: PacedBody<B>,
    /// For what is kept of the form.
    held: Held,
    parser: Parser,
    counter: LimitCounter,
    has_manifest: bool,
    files: Files,
    sink: Sink,
    /// Whether the part that is read is a file that a manifest may name.
    is_in_file: bool,
    is_over: bool,
}

/// Where files go.
enum Files {
    /// Which are wanted is not known yet.
    Buffered { files: Vec<Buffered>, bytes: usize },
    /// These are wanted, and no other.
    Expected(Expectation),
}

impl Files {
    fn buffered_bytes(&self) -> usize {
        match self {
            Files::Buffered { bytes, .. } => *bytes,
            Files::Expected(_) => 0,
        }
    }
}

/// A file that came before the call could want it.
struct Buffered {
    part: FilePart,
    bytes: BytesMut,
    complete: bool,
}

/// Where the bytes of the part go that is read.
enum Sink {
    Nowhere,
    Manifest(Option<&'static Encoding>, BytesMut),
    /// Into the last of the files that are kept.
    Buffered,
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
    pub(super) fn new(body: PacedBody<B>, held: Held, parser: Parser, counter: LimitCounter) -> Self {
        let files = Files::Buffered { files: Vec::new(), bytes: 0 };
        Driver {
            body,
            held,
            parser,
            counter,
            has_manifest: false,
            files,
            sink: Sink::Nowhere,
            is_in_file: false,
            is_over: false,
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
    /// Those of [`Driver::manifest`].
    pub(super) fn read_ahead(&mut self) -> Result<(), RequestError> {
        while !self.is_over && self.files.buffered_bytes() < MAX_BUFFERED_BYTES {
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
        match &self.files {
            Files::Buffered { files, .. } => files.iter().map(|file| file.part.clone()).collect(),
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
        mut phase: watch::Receiver<CallPhase>,
    ) -> Result<(), RequestError> {
        if self.hand_over(expectation) {
            self.wait_for_room(patience, &mut phase).await;
        }
        while !self.is_over {
            if let Some(event) = self.next()? {
                if let Step::Full = self.take(event)? {
                    self.wait_for_room(patience, &mut phase).await;
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
            Files::Buffered { .. } => Ok(()),
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
                self.sink = self.open(part);
            }
            Event::Data(bytes) => {
                self.counter.grow(bytes.len())?;
                return self.write(bytes);
            }
            Event::PartEnd => {
                self.is_in_file = false;
                let step = self.close()?;
                self.counter.finish()?;
                return Ok(step);
            }
            Event::End => {
                self.is_over = true;
                return Ok(Step::Over);
            }
        }
        Ok(Step::Onward)
    }

    fn open(&mut self, part: Part) -> Sink {
        match (part, &mut self.files) {
            (Part::Manifest(charset), _) => Sink::Manifest(charset, BytesMut::new()),
            (Part::File(part), Files::Buffered { files, .. }) => {
                // Of two files with one id the first counts.
                if files.iter().any(|file| file.part.id == part.id) {
                    return Sink::Nowhere;
                }
                files.push(Buffered { part, bytes: BytesMut::new(), complete: false });
                Sink::Buffered
            }
            (Part::File(part), Files::Expected(expected)) => {
                expected.begin(&part).map_or(Sink::Nowhere, Sink::File)
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
            (Sink::Buffered, Files::Buffered { files, bytes }) => {
                self.held.grow(data.len())?;
                if let Some(file) = files.last_mut() {
                    file.bytes.extend_from_slice(&data);
                }
                *bytes += data.len();
                if *bytes > MAX_BUFFERED_BYTES && !self.has_manifest {
                    return Err(RequestError::InvalidMultipart);
                }
            }
            (Sink::File(file), _) => match file.body.write(data) {
                WriteResult::Open => {}
                WriteResult::Full => return Ok(Step::Full),
                WriteResult::Closed => self.sink = Sink::Nowhere,
            },
            (Sink::Nowhere | Sink::Buffered, _) => {}
        }
        Ok(Step::Onward)
    }

    fn close(&mut self) -> Result<Step, RequestError> {
        match (std::mem::replace(&mut self.sink, Sink::Nowhere), &mut self.files) {
            (Sink::Manifest(charset, text), _) => return self.read_manifest(charset, &text),
            (Sink::Buffered, Files::Buffered { files, .. }) => {
                if let Some(file) = files.last_mut() {
                    file.complete = true;
                }
            }
            (Sink::File(file), _) => file.body.finish(),
            (Sink::Nowhere | Sink::Buffered, _) => {}
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
        if std::mem::replace(&mut self.has_manifest, true) {
            // Behind a JSON text only white space may follow.
            let blank = text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            return if blank { Ok(Step::Onward) } else { Err(RequestError::InvalidManifest) };
        }
        if text.is_empty() {
            Err(RequestError::MissingManifest)
        } else {
            Ok(Step::Manifest(text.into_owned()))
        }
    }

    /// Hands the files that were kept to the call; true if the one that is still read has enough.
    fn hand_over(&mut self, mut expected: Expectation) -> bool {
        let mut full = false;
        if let Files::Buffered { files, .. } = &mut self.files {
            let reading = matches!(self.sink, Sink::Buffered);
            self.sink =
                if reading { Sink::Nowhere } else { std::mem::replace(&mut self.sink, Sink::Nowhere) };
            for Buffered { part, bytes, complete } in files.drain(..) {
                let Some(file) = expected.take(&part.id) else { continue };
                let written =
                    if bytes.is_empty() { WriteResult::Open } else { file.body.write(bytes.freeze()) };
                if complete {
                    file.body.finish();
                } else {
                    full = written == WriteResult::Full;
                    self.sink = Sink::File(file);
                }
            }
        }
        self.held.shrink(self.files.buffered_bytes());
        self.files = Files::Expected(expected);
        full
    }

    /// Waits until the file that is read may have more, or its reader has gone.
    async fn wait_for_room(&mut self, patience: Duration, phase: &mut watch::Receiver<CallPhase>) {
        let Sink::File(file) = &self.sink else { return };
        let notified = file.notified.notified();
        let stalled = async {
            // The call is over, too, once its phase is dropped.
            let _ = phase.wait_for(|phase| *phase != CallPhase::Running).await;
            tokio::time::sleep(patience).await;
        };
        tokio::select! {
            () = notified => {}
            () = stalled => self.sink = Sink::Nowhere,
        }
    }
}
