//! Bodies and files on their way to a worker: each in a task of its own, no faster than the worker gives credit.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;

use crate::dispatch::{ChunkReader, Form, Signal};
use crate::error::RequestError;
use crate::workers::json_lines::MessageId;

/// How many bytes of a body, a file or a stream may be sent before there is any credit.
pub(super) const INITIAL_CREDIT: i64 = 64 * 1024;

/// The most bytes in a line.
const MAX_CHUNK_BYTES: usize = 48 * 1024;

/// The most chunks of a worker that wait to be written, whatever credit it gives.
const MAX_WAITING_CHUNKS: usize = 8;

/// What other tasks and threads have for a link.
pub(super) enum Arrival {
    /// A piece of a body or file.
    Chunk {
        of: Transfer,
        data: Bytes,
        /// Makes room for another once this is written.
        _room: OwnedSemaphorePermit,
    },
    /// The end of one; the code and message of the error if it broke off.
    End { of: Transfer, error: Option<(String, String)> },
    /// Parts of a call's files have begun.
    Parts { call: MessageId },
    /// The reader of a call's stream has room again, or is gone.
    Reader { call: MessageId, signal: Signal },
}

/// Which body or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) call: MessageId,
    pub(super) file: Option<Arc<str>>,
}

/// The bodies and files of one worker's calls.
pub(super) struct Uploads {
    of_calls: HashMap<MessageId, CallUploads>,
    room: Arc<Semaphore>,
    arrivals: mpsc::UnboundedSender<Arrival>,
}

#[derive(Default)]
struct CallUploads {
    transfers: Vec<(Option<Arc<str>>, Sending)>,
    form: Option<Arc<Form>>,
}

struct Sending {
    credit: Arc<Credit>,
    task: AbortHandle,
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Uploads {
    /// Nothing is sent yet; what comes goes into `arrivals`.
    pub(super) fn new(arrivals: mpsc::UnboundedSender<Arrival>) -> Self {
        Uploads { of_calls: HashMap::new(), room: Arc::new(Semaphore::new(MAX_WAITING_CHUNKS)), arrivals }
    }

    /// Sends the body of a call.
    pub(super) fn send_body(&mut self, call: MessageId, body: ChunkReader) {
        self.send(Transfer { call, file: None }, body, None);
    }

    /// Sends files of a form.
    pub(super) fn send_files(
        &mut self,
        call: MessageId,
        form: &Arc<Form>,
        files: impl IntoIterator<Item = (String, ChunkReader)>,
    ) {
        for (file, body) in files {
            self.send(Transfer { call, file: Some(file.into()) }, body, Some(Arc::clone(form)));
        }
        self.of_calls.entry(call).or_default().form = Some(Arc::clone(form));
    }

    fn send(&mut self, of: Transfer, body: ChunkReader, form: Option<Arc<Form>>) {
        let credit = Arc::new(Credit::default());
        let sender = Sender {
            of: of.clone(),
            credit: Arc::clone(&credit),
            room: Arc::clone(&self.room),
            arrivals: self.arrivals.clone(),
        };
        let task = tokio::spawn(sender.run(body, form)).abort_handle();
        self.of_calls.entry(of.call).or_default().transfers.push((of.file, Sending { credit, task }));
    }

    /// Whether a body or file is still wanted.
    pub(super) fn is_open(&self, of: &Transfer) -> bool {
        let of_call = self.of_calls.get(&of.call);
        of_call.is_some_and(|uploads| uploads.transfers.iter().any(|(file, _)| *file == of.file))
    }

    /// The form of a call whose files are being sent.
    pub(super) fn form(&self, call: MessageId) -> Option<&Arc<Form>> {
        self.of_calls.get(&call)?.form.as_ref()
    }

    /// Lets more of a body or file be sent.
    pub(super) fn add_credit(&self, call: MessageId, file: Option<&str>, bytes: u64) {
        let transfers = self.of_calls.get(&call).map(|uploads| uploads.transfers.as_slice());
        for (of, sending) in transfers.unwrap_or_default() {
            if of.as_deref() == file {
                sending.credit.add(bytes);
            }
        }
    }

    /// Does not read on in a body or file.
    pub(super) fn skip(&mut self, call: MessageId, file: Option<&str>) {
        if let Some(uploads) = self.of_calls.get_mut(&call) {
            uploads.transfers.retain(|(of, _)| of.as_deref() != file);
        }
    }

    /// Does not read on in anything of a call.
    pub(super) fn end(&mut self, call: MessageId) {
        self.of_calls.remove(&call);
    }
}

/// How many bytes may be sent.
struct Credit {
    bytes: AtomicI64,
    added: Notify,
}

impl Default for Credit {
    fn default() -> Self {
        Credit { bytes: AtomicI64::new(INITIAL_CREDIT), added: Notify::new() }
    }
}

impl Credit {
    fn add(&self, bytes: u64) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        // What a worker cannot mean is as good as no limit.
        let _ = self.bytes.fetch_update(Relaxed, Relaxed, |credit| Some(credit.saturating_add(bytes)));
        self.added.notify_one();
    }

    /// Waits until some is left, and takes as much as a chunk needs: the last one may go over it.
    async fn take(&self, bytes: usize) {
        while self.bytes.load(Relaxed) <= 0 {
            self.added.notified().await;
        }
        self.bytes.fetch_sub(bytes as i64, Relaxed);
    }
}

struct Sender {
    of: Transfer,
    credit: Arc<Credit>,
    room: Arc<Semaphore>,
    arrivals: mpsc::UnboundedSender<Arrival>,
}

impl Sender {
    async fn run(self, mut body: ChunkReader, form: Option<Arc<Form>>) {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                self.end(Some(why_broken(form.as_deref())));
                return;
            };
            let mut data = frame.into_data().unwrap_or_default();
            while !data.is_empty() {
                let piece = data.split_to(data.len().min(MAX_CHUNK_BYTES));
                self.credit.take(piece.len()).await;
                let Ok(room) = Arc::clone(&self.room).acquire_owned().await else { return };
                let chunk = Arrival::Chunk { of: self.of.clone(), data: piece, _room: room };
                // The link outlives its tasks.
                let _ = self.arrivals.send(chunk);
            }
        }
        self.end(None);
    }

    fn end(&self, error: Option<(String, String)>) {
        let _ = self.arrivals.send(Arrival::End { of: self.of.clone(), error });
    }
}

/// Code and message of the error with which a body broke off.
fn why_broken(form: Option<&Form>) -> (String, String) {
    match form.and_then(Form::failure) {
        None | Some(RequestError::Aborted) => {
            ("ECONNRESET".to_owned(), "The client has left before the end of the body".to_owned())
        }
        Some(RequestError::MissingFilePart { id }) => {
            ("MISSING_FILE_PART".to_owned(), format!("Missing file part for id {id}"))
        }
        Some(error) => (error.code().to_owned(), error.to_string()),
    }
}
