//! A multipart form between the connection that it comes from and the backend that runs its call.
//!
//! The call starts with the manifest. The backend says which files the manifest names, and gets a body for each; the
//! reader of the form fills them one by one, as their parts arrive.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use super::byte_channel::{ChunkReader, ChunkWriter, byte_channel};
use crate::error::RequestError;

/// A form whose manifest has come in, as the backend sees it.
pub struct Form {
    begun: BegunParts,
    max_files: usize,
    expect: Mutex<Option<oneshot::Sender<Expectation>>>,
    failure: Arc<OnceLock<RequestError>>,
}

/// The other end of a form, for its reader.
pub struct FormSource {
    expectation: oneshot::Receiver<Expectation>,
    failure: Arc<OnceLock<RequestError>>,
}

/// A part that carries a file, as its own headers describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// The id by which the manifest may name the file.
    pub id: String,
    /// The file name.
    pub name: Option<String>,
    /// The media type.
    pub media_type: String,
}

/// More files are expected than a form may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct TooManyFiles;

/// The parts of files that have begun, until they are taken. Each is added before the first of its bytes goes into
/// the file's body: what reads a body, and takes these next, knows the part.
type BegunParts = Arc<Mutex<Vec<FilePart>>>;

type OnPart = Box<dyn Fn() + Send>;

impl Form {
    /// A form in which at most `max_files` can be expected, and of which some files have `begun`.
    pub fn new(begun: Vec<FilePart>, max_files: usize) -> (Self, FormSource) {
        let (expect, expectation) = oneshot::channel();
        let failure = Arc::new(OnceLock::new());
        let source = FormSource { expectation, failure: Arc::clone(&failure) };
        let begun = Arc::new(Mutex::new(begun));
        (Form { begun, max_files, expect: Mutex::new(Some(expect)), failure }, source)
    }

    /// The parts of files that have begun and were not taken yet: those that came before the call, and with an
    /// `on_part` those of the expected files.
    pub fn take_begun_parts(&self) -> Vec<FilePart> {
        std::mem::take(&mut self.begun.lock())
    }

    /// Says once which files are wanted, and gives a body for each; `on_part` is called when the part of one
    /// begins, from another thread, and before the first byte of the file is in its body.
    ///
    /// # Errors
    /// [`TooManyFiles`]; nothing is expected then.
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
            // Where the form is not read any more, the bodies break off.
            let on_part = on_part.map(|tell| (Arc::clone(&self.begun), tell));
            let _ = expect.send(Expectation { files, on_part });
        }
        Ok(bodies)
    }

    /// Why the form broke off, if it did.
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
    /// Whether both are one form.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl FormSource {
    /// Waits for the word which files are wanted; none are, where that does not come.
    pub async fn expectation(&mut self) -> Expectation {
        (&mut self.expectation).await.unwrap_or_default()
    }

    /// Lets it be known why the form breaks off.
    pub fn fail(&self, error: RequestError) {
        // The first reason counts.
        let _ = self.failure.set(error);
    }
}

/// The files that are wanted of a form and have not come yet. Dropped, their bodies break off.
#[derive(Default)]
pub struct Expectation {
    files: Vec<ExpectedFile>,
    on_part: Option<(BegunParts, OnPart)>,
}

impl Expectation {
    /// The file that a part carries, if it is wanted and did not come before.
    pub fn take(&mut self, id: &str) -> Option<ExpectedFile> {
        let index = self.files.iter().position(|file| file.id == id)?;
        Some(self.files.remove(index))
    }

    /// Takes the file that a part carries which begins now, and lets the backend know of the part first.
    pub fn begin(&mut self, part: &FilePart) -> Option<ExpectedFile> {
        let file = self.take(&part.id)?;
        if let Some((begun, tell)) = &self.on_part {
            begun.lock().push(part.clone());
            tell();
        }
        Some(file)
    }

    /// The first file that did not come.
    pub fn missing(&self) -> Option<&str> {
        self.files.first().map(|file| file.id.as_str())
    }
}

/// A file that is wanted.
pub struct ExpectedFile {
    id: String,
    /// Its bytes go here.
    pub body: ChunkWriter,
    /// Notified when there is room in the body again, and when its reader has gone.
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
