//! What an I/O thread hands over at the end of its turn.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Batch, Key, Mailbox};
use crate::dispatch::CancelReason;

/// Past this many bytes of input a batch is handed over before the turn ends. V8 puts longer strings on
/// pages of their own, and getting those from the system costs more than the crossing does.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Past this many bytes of heads a batch is handed over, too: a call that runs for long keeps the heads that
/// crossed with its own.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Collects what one I/O thread hands over. Its lock is that thread's alone.
pub struct Outbox {
    mailbox: Arc<Mailbox>,
    batch: Mutex<Batch>,
}

impl Outbox {
    /// Nothing is collected yet; what will be goes into `mailbox`.
    pub fn new(mailbox: Arc<Mailbox>) -> Self {
        Outbox { mailbox, batch: Mutex::default() }
    }

    /// Adds what a function pushes; a batch that is large enough goes on at once.
    pub fn add(&self, push: impl FnOnce(&mut Batch)) {
        let mut batch = self.batch.lock();
        push(&mut batch);
        if batch.is_full() || batch.texts().len() >= MAX_TEXT_BYTES || batch.heads().len() >= MAX_HEAD_BYTES {
            self.hand_over(&mut batch);
        }
    }

    /// Says that the outcome of a call is not wanted any more.
    pub fn cancel(&self, key: Key, reason: CancelReason) {
        // The call itself goes first: it must be in the mailbox before its cancellation.
        self.flush();
        self.mailbox.cancel(key, reason);
    }

    /// Hands over what was collected.
    pub fn flush(&self) {
        self.hand_over(&mut self.batch.lock());
    }

    fn hand_over(&self, batch: &mut Batch) {
        if !batch.records.is_empty() {
            self.mailbox.post(std::mem::take(batch));
        }
    }
}
