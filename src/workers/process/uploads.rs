//! Sends bodies and files to a worker, each in a task of its own, as far as the worker has given credit.

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

/// The credit with which each body, file and stream begins, in bytes.
pub(super) const INITIAL_CREDIT: i64 = 64 * 1024;

/// The most bytes in one message.
const MAX_CHUNK_BYTES: usize = 48 * 1024;

/// The most chunks that wait to be written to a worker, however much credit it has given.
const MAX_WAITING_CHUNKS: usize = 8;

/// News from other tasks and threads for a link.
pub(super) enum Arrival {
    /// A piece of a body or file.
    Chunk {
        of: Transfer,
        data: Bytes,
        /// Dropped when the chunk is written, which makes room for another.
        _room: OwnedSemaphorePermit,
    },
    /// The end of a body or file, with the code and message of the error if it broke off.
    End { of: Transfer, error: Option<(String, String)> },
    /// Parts with files of a call have begun.
    Parts { call: MessageId },
    /// A signal of the connection to which the stream of a call is sent.
    Reader { call: MessageId, signal: Signal },
}

/// Identifies the body of a call, or one of its files.
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
    /// There are no uploads yet. Their chunks will go into `arrivals`.
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

    /// Whether a body or file is being sent, and has neither ended nor been skipped.
    pub(super) fn is_open(&self, of: &Transfer) -> bool {
        let of_call = self.of_calls.get(&of.call);
        of_call.is_some_and(|uploads| uploads.transfers.iter().any(|(file, _)| *file == of.file))
    }

    /// The form of a call whose files are being sent.
    pub(super) fn form(&self, call: MessageId) -> Option<&Arc<Form>> {
        self.of_calls.get(&call)?.form.as_ref()
    }

    /// Allows more bytes of a body or file to be sent.
    pub(super) fn add_credit(&self, call: MessageId, file: Option<&str>, bytes: u64) {
        let transfers = self.of_calls.get(&call).map(|uploads| uploads.transfers.as_slice());
        for (of, sending) in transfers.unwrap_or_default() {
            if of.as_deref() == file {
                sending.credit.add(bytes);
            }
        }
    }

    /// Stops sending a body or file.
    pub(super) fn skip(&mut self, call: MessageId, file: Option<&str>) {
        if let Some(uploads) = self.of_calls.get_mut(&call) {
            uploads.transfers.retain(|(of, _)| of.as_deref() != file);
        }
    }

    /// Stops sending the body and all files of a call.
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
        // Credit that overflows is treated as unlimited.
        let _ = self.bytes.fetch_update(Relaxed, Relaxed, |credit| Some(credit.saturating_add(bytes)));
        self.added.notify_one();
    }

    /// Waits until there is any credit, and takes that of a chunk, which may exceed the rest.
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
                // Fails only after the link has ended.
                let _ = self.arrivals.send(chunk);
            }
        }
        self.end(None);
    }

    fn end(&self, error: Option<(String, String)>) {
        let _ = self.arrivals.send(Arrival::End { of: self.of.clone(), error });
    }
}

/// The code and message of the error with which a body broke off.
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
