//! Collects what an I/O thread posts at the end of its turn.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Batch, Key, Mailbox};
use crate::dispatch::CancelReason;

/// With more bytes of input than this, a batch is posted before the turn ends. V8 allocates longer strings in
/// large-object space, which costs more than another batch.
pub(in crate::dispatch) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// With more bytes of heads than this, a batch is posted, too, since a call that runs for long keeps the heads of its
/// whole batch alive.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Collects what one I/O thread posts. Only that thread takes its lock.
pub struct Outbox {
    mailbox: Arc<Mailbox>,
    batch: Mutex<Batch>,
}

impl Outbox {
    /// An empty outbox, which posts into `mailbox`.
    pub fn new(mailbox: Arc<Mailbox>) -> Self {
        Outbox { mailbox, batch: Mutex::default() }
    }

    /// Adds what a function pushes, and posts a batch that is large enough.
    pub fn add(&self, push: impl FnOnce(&mut Batch)) {
        let mut batch = self.batch.lock();
        push(&mut batch);
        if batch.is_full() || batch.texts().len() >= MAX_TEXT_BYTES || batch.heads().len() >= MAX_HEAD_BYTES {
            self.hand_over(&mut batch);
        }
    }

    /// Cancels a call.
    pub fn cancel(&self, key: Key, reason: CancelReason) {
        // The call itself must be in the mailbox before its cancellation.
        self.flush();
        self.mailbox.cancel(key, reason);
    }

    /// Posts what was collected.
    pub fn flush(&self) {
        self.hand_over(&mut self.batch.lock());
    }

    fn hand_over(&self, batch: &mut Batch) {
        if !batch.records.is_empty() {
            let next = batch.empty_alike(MAX_TEXT_BYTES);
            self.mailbox.post(std::mem::replace(batch, next));
        }
    }
}
