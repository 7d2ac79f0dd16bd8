//! A multipart form, between its connection and the backend that runs its call.
//!
//! The call starts with the manifest. The backend expects the files that the manifest names, and gets a body for each,
//! which the reader of the form fills when the part of the file arrives.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use super::byte_channel::{ChunkReader, ChunkWriter, byte_channel};
use crate::error::RequestError;

/// A form whose manifest has arrived, as the backend sees it.
pub struct Form {
    begun: BegunParts,
    max_files: usize,
    expect: Mutex<Option<oneshot::Sender<Expectation>>>,
    failure: Arc<OnceLock<RequestError>>,
}

/// The end of a form that its reader has.
pub struct FormSource {
    expectation: oneshot::Receiver<Expectation>,
    failure: Arc<OnceLock<RequestError>>,
}

/// The metadata of a file in the headers of its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// The id by which a manifest names the file.
    pub id: String,
    /// The file name.
    pub name: Option<String>,
    /// The media type.
    pub media_type: String,
}

/// More files are expected than a form may have.
#[derive(Debug, PartialEq, Eq)]
pub struct TooManyFiles;

/// The parts of files that have begun, until they are taken. Each is added before the first byte of the file is written
/// to its body, so that a reader that has got a byte finds the part here.
type BegunParts = Arc<Mutex<Vec<FilePart>>>;

type OnPart = Box<dyn Fn() + Send>;

impl Form {
    /// A form with at most `max_files` expected files. The parts in `begun` have begun already.
    pub fn new(begun: Vec<FilePart>, max_files: usize) -> (Self, FormSource) {
        let (expect, expectation) = oneshot::channel();
        let failure = Arc::new(OnceLock::new());
        let source = FormSource { expectation, failure: Arc::clone(&failure) };
        let begun = Arc::new(Mutex::new(begun));
        (Form { begun, max_files, expect: Mutex::new(Some(expect)), failure }, source)
    }

    /// Takes the parts of files that have begun: those that arrived before the call, and with `on_part` those of
    /// expected files.
    pub fn take_begun_parts(&self) -> Vec<FilePart> {
        std::mem::take(&mut self.begun.lock())
    }

    /// Sets, once, which files are expected, and returns a body for each. `on_part` is called, from another thread,
    /// when the part of one begins, before the first byte of the file is in its body.
    ///
    /// # Errors
    /// [`TooManyFiles`], in which case no file is expected.
    pub fn expect(
        &self,
        ids: Vec<String>,
        on_part: Option<OnPart>,
    ) -> Result<Vec<ChunkReader>, TooManyFiles> {
        if ids.len() > self.max_files {
            return Err(TooManyFiles);
        }
        let (files, bodies) = ids.into_iter().map(ExpectedFile::new).unzip();
        if let Some(expect) = self.expect.lock().take() {
            // If the form is no longer read, the bodies fail.
            let on_part = on_part.map(|tell| (Arc::clone(&self.begun), tell));
            let _ = expect.send(Expectation { files, on_part });
        }
        Ok(bodies)
    }

    /// The greatest number of files that can be expected.
    pub fn max_files(&self) -> usize {
        self.max_files
    }

    /// The error of a form that has failed.
    pub fn failure(&self) -> Option<&RequestError> {
        self.failure.get()
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form")
    }
}

impl PartialEq for Form {
    /// Whether both are the same form.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl FormSource {
    /// Waits for the backend to set the expected files; none are expected if it does not.
    pub async fn expectation(&mut self) -> Expectation {
        (&mut self.expectation).await.unwrap_or_default()
    }

    /// Sets the error of the form.
    pub fn fail(&self, error: RequestError) {
        // The first error counts.
        let _ = self.failure.set(error);
    }
}

/// The expected files that have not arrived. If it is dropped, their bodies fail.
#[derive(Default)]
pub struct Expectation {
    files: Vec<ExpectedFile>,
    on_part: Option<(BegunParts, OnPart)>,
}

impl Expectation {
    /// Takes an expected file that has not arrived before.
    pub fn take(&mut self, id: &str) -> Option<ExpectedFile> {
        let index = self.files.iter().position(|file| file.id == id)?;
        Some(self.files.remove(index))
    }

    /// Takes the file of a part that begins, after the part is reported to the backend.
    pub fn begin(&mut self, part: &FilePart) -> Option<ExpectedFile> {
        let file = self.take(&part.id)?;
        if let Some((begun, tell)) = &self.on_part {
            begun.lock().push(part.clone());
            tell();
        }
        Some(file)
    }

    /// The first file that has not arrived.
    pub fn missing(&self) -> Option<&str> {
        self.files.first().map(|file| file.id.as_str())
    }
}

/// An expected file.
pub struct ExpectedFile {
    id: String,
    /// The writer of its body.
    pub body: ChunkWriter,
    /// Notified when the body has room again, or its reader is gone.
    pub notified: Arc<Notify>,
}

impl ExpectedFile {
    fn new(id: String) -> (Self, ChunkReader) {
        let notified = Arc::new(Notify::new());
        let (body, reader) = byte_channel({
            let notified = Arc::clone(&notified);
            move |_| notified.notify_one()
        });
        (ExpectedFile { id, body, notified }, reader)
    }
}
