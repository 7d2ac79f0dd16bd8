//! Takes the parts of a form to where they are wanted.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use encoding_rs::Encoding;
use tokio::sync::watch;

use super::CallPhase;
use super::part::Part;
use crate::dispatch::{Expectation, ExpectedFile, FilePart, WriteResult};
use crate::error::RequestError;
use crate::policy::Held;

/// How much of files is kept that comes before the call can want it: before the manifest, or together with it.
pub(super) const MAX_BUFFERED_BYTES: usize = 64 * 1024;

/// Where the parts of one form go: its manifest to the call, files to memory until the call wants them, and then to
/// their readers.
pub(super) struct PartRouter {
    /// For what is kept of the form.
    held: Held,
    has_manifest: bool,
    files: Files,
    sink: Sink,
}

/// Where files go.
enum Files {
    /// Which are wanted is not known yet.
    Buffered { files: Vec<Buffered>, bytes: usize },
    /// These are wanted, and no other.
    Expected(Expectation),
}

/// A file that came before the call could want it.
struct Buffered {
    part: FilePart,
    bytes: BytesMut,
    is_complete: bool,
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
pub(super) enum Step {
    Onward,
    /// This is the manifest.
    Manifest(String),
    /// The file has enough for now.
    Full,
}

impl PartRouter {
    pub(super) fn new(held: Held) -> Self {
        let files = Files::Buffered { files: Vec::new(), bytes: 0 };
        PartRouter { held, has_manifest: false, files, sink: Sink::Nowhere }
    }

    /// How many bytes of files wait for the call to want them.
    pub(super) fn buffered_bytes(&self) -> usize {
        match &self.files {
            Files::Buffered { bytes, .. } => *bytes,
            Files::Expected(_) => 0,
        }
    }

    /// The parts of files that came so far.
    pub(super) fn begun_parts(&self) -> Vec<FilePart> {
        match &self.files {
            Files::Buffered { files, .. } => files.iter().map(|file| file.part.clone()).collect(),
            Files::Expected(_) => Vec::new(),
        }
    }

    /// The first file that is wanted and has not come.
    pub(super) fn missing(&self) -> Option<&str> {
        match &self.files {
            Files::Expected(expected) => expected.missing(),
            Files::Buffered { .. } => None,
        }
    }

    /// A part has begun.
    pub(super) fn open(&mut self, part: Part) {
        self.sink = self.sink_of(part);
    }

    fn sink_of(&mut self, part: Part) -> Sink {
        match (part, &mut self.files) {
            (Part::Manifest(charset), _) => Sink::Manifest(charset, BytesMut::new()),
            (Part::File(part), Files::Buffered { files, .. }) => {
                // Of two files with one id the first counts.
                if files.iter().any(|file| file.part.id == part.id) {
                    return Sink::Nowhere;
                }
                files.push(Buffered { part, bytes: BytesMut::new(), is_complete: false });
                Sink::Buffered
            }
            (Part::File(part), Files::Expected(expected)) => {
                expected.begin(&part).map_or(Sink::Nowhere, Sink::File)
            }
            (Part::Field(_) | Part::OtherFile | Part::Unknown, _) => Sink::Nowhere,
        }
    }

    /// Bytes of the part have come.
    ///
    /// # Errors
    /// `Overloaded` if too much is held of all bodies together; `InvalidMultipart` if the files before the manifest
    /// are too large.
    pub(super) fn write(&mut self, data: Bytes) -> Result<Step, RequestError> {
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

    /// The part is complete.
    ///
    /// # Errors
    /// Those of a manifest.
    pub(super) fn close(&mut self) -> Result<Step, RequestError> {
        match (std::mem::replace(&mut self.sink, Sink::Nowhere), &mut self.files) {
            (Sink::Manifest(charset, text), _) => return self.read_manifest(charset, &text),
            (Sink::Buffered, Files::Buffered { files, .. }) => {
                if let Some(file) = files.last_mut() {
                    file.is_complete = true;
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
    pub(super) fn hand_over(&mut self, mut expected: Expectation) -> bool {
        let mut full = false;
        if let Files::Buffered { files, .. } = &mut self.files {
            let reading = matches!(self.sink, Sink::Buffered);
            self.sink =
                if reading { Sink::Nowhere } else { std::mem::replace(&mut self.sink, Sink::Nowhere) };
            for Buffered { part, bytes, is_complete } in files.drain(..) {
                let Some(file) = expected.take(&part.id) else { continue };
                let written =
                    if bytes.is_empty() { WriteResult::Open } else { file.body.write(bytes.freeze()) };
                if is_complete {
                    file.body.finish();
                } else {
                    full = written == WriteResult::Full;
                    self.sink = Sink::File(file);
                }
            }
        }
        let kept = self.buffered_bytes();
        self.held.shrink(kept);
        self.files = Files::Expected(expected);
        full
    }

    /// Waits until the file that is read may have more, or its reader has gone.
    pub(super) async fn wait_for_room(&mut self, patience: Duration, phase: &mut watch::Receiver<CallPhase>) {
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
