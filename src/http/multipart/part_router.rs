//! Routes the parts of a form to the call and to the readers of files.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use encoding_rs::Encoding;
use tokio::sync::watch;

use super::CallPhase;
use super::part::Part;
use crate::dispatch::{Expectation, ExpectedFile, FilePart, WriteResult};
use crate::error::RequestError;
use crate::policy::Held;

/// How many bytes of files are buffered before the call can ask for them: before the manifest, or together with it.
pub(super) const MAX_BUFFERED_BYTES: usize = 64 * 1024;

/// Routes the manifest to the call, and files to memory until the call has asked for them, then to their readers.
pub(super) struct PartRouter {
    /// Accounts for what is buffered.
    held: Held,
    has_manifest: bool,
    files: Files,
    sink: Sink,
}

/// Where files go.
enum Files {
    /// The call has not asked for files yet.
    Buffered { files: Vec<Buffered>, bytes: usize },
    /// The call has asked for these.
    Expected(Expectation),
}

/// A file that arrived before the call could ask for it.
struct Buffered {
    part: FilePart,
    bytes: BytesMut,
    is_complete: bool,
}

/// Where the bytes of the current part go.
enum Sink {
    Nowhere,
    Manifest(Option<&'static Encoding>, BytesMut),
    /// The last of the buffered files.
    Buffered,
    File(ExpectedFile),
}

/// How reading goes on after an event.
pub(super) enum Step {
    Onward,
    /// The manifest is complete.
    Manifest(String),
    /// The file cannot take more for now.
    Full,
}

impl PartRouter {
    pub(super) fn new(held: Held) -> Self {
        let files = Files::Buffered { files: Vec::new(), bytes: 0 };
        PartRouter { held, has_manifest: false, files, sink: Sink::Nowhere }
    }

    /// The bytes of buffered files.
    pub(super) fn buffered_bytes(&self) -> usize {
        match &self.files {
            Files::Buffered { bytes, .. } => *bytes,
            Files::Expected(_) => 0,
        }
    }

    /// The parts of the buffered files.
    pub(super) fn begun_parts(&self) -> Vec<FilePart> {
        match &self.files {
            Files::Buffered { files, .. } => files.iter().map(|file| file.part.clone()).collect(),
            Files::Expected(_) => Vec::new(),
        }
    }

    /// The first file that was asked for and has not arrived.
    pub(super) fn missing(&self) -> Option<&str> {
        match &self.files {
            Files::Expected(expected) => expected.missing(),
            Files::Buffered { .. } => None,
        }
    }

    /// Begins a part.
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

    /// Writes bytes of the part.
    ///
    /// # Errors
    /// `Overloaded` if all bodies together hold too much; `InvalidMultipart` if the files before the manifest are too
    /// large.
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

    /// Ends the part.
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
            // Only white space may follow a JSON text.
            let is_blank = text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            return if is_blank { Ok(Step::Onward) } else { Err(RequestError::InvalidManifest) };
        }
        if text.is_empty() {
            Err(RequestError::MissingManifest)
        } else {
            Ok(Step::Manifest(text.into_owned()))
        }
    }

    /// Passes the buffered files to the call. Returns true if the current one cannot take more for now.
    pub(super) fn hand_over(&mut self, mut expected: Expectation) -> bool {
        let mut is_full = false;
        if let Files::Buffered { files, .. } = &mut self.files {
            let is_reading = matches!(self.sink, Sink::Buffered);
            self.sink =
                if is_reading { Sink::Nowhere } else { std::mem::replace(&mut self.sink, Sink::Nowhere) };
            for Buffered { part, bytes, is_complete } in files.drain(..) {
                let Some(file) = expected.take(&part.id) else { continue };
                let written =
                    if bytes.is_empty() { WriteResult::Open } else { file.body.write(bytes.freeze()) };
                if is_complete {
                    file.body.finish();
                } else {
                    is_full = written == WriteResult::Full;
                    self.sink = Sink::File(file);
                }
            }
        }
        let kept = self.buffered_bytes();
        self.held.shrink(kept);
        self.files = Files::Expected(expected);
        is_full
    }

    /// Waits until the current file can take more, or its reader is gone or has stalled.
    pub(super) async fn wait_for_room(
        &mut self,
        stall_timeout: Duration,
        phase: &mut watch::Receiver<CallPhase>,
    ) {
        let Sink::File(file) = &self.sink else { return };
        let notified = file.notified.notified();
        let stalled = async {
            // The call is over, too, once its phase is dropped.
            let _ = phase.wait_for(|phase| *phase != CallPhase::Running).await;
            tokio::time::sleep(stall_timeout).await;
        };
        tokio::select! {
            () = notified => {}
            () = stalled => self.sink = Sink::Nowhere,
        }
    }
}
