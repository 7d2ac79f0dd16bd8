//! What an I/O thread hands over at the end of its turn.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::batch::{Batch, Key};
use super::mailbox::Mailbox;
use crate::dispatch::{Abandoned, Call, Dispatcher, Refusal, Ticket};
use crate::policy::Permit;

/// Past this many bytes of input a batch is handed over before the turn ends. V8 puts longer strings on
/// pages of their own, and getting those from the system costs more than the crossing does.
const LARGE: usize = 64 * 1024;

/// Past this many bytes of heads likewise: a call that runs for long keeps the heads that crossed with its own.
const LARGE_HEADS: usize = 16 * 1024;

/// Collects the calls of one I/O thread. Its lock is that thread's alone.
pub(super) struct Outbox {
    thread: u32,
    mailbox: Arc<Mailbox>,
    batch: Mutex<Batch>,
}

impl Outbox {
    pub(super) fn new(thread: u32, mailbox: Arc<Mailbox>) -> Self {
        Outbox { thread, mailbox, batch: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, push: impl FnOnce(&mut Batch)) {
        let mut batch = self.lock();
        push(&mut batch);
        if batch.is_full() || batch.texts.len() >= LARGE || batch.heads.len() >= LARGE_HEADS {
            self.hand_over(&mut batch);
        }
    }

    fn hand_over(&self, batch: &mut Batch) {
        if !batch.records.is_empty() {
            self.mailbox.post(std::mem::take(batch));
        }
    }
}

impl Dispatcher for Outbox {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>) {
        self.add(|batch| batch.push_call(Key { thread: self.thread, ticket }, call, permit));
    }

    fn report(&self, refusal: &Refusal<'_>, permit: Permit<'_>) {
        self.add(|batch| batch.push_refusal(refusal, permit));
    }

    fn abandon(&self, ticket: Ticket, why: Abandoned) {
        // What was collected first: a call must be in the mailbox before the word that it is not wanted.
        self.flush();
        self.mailbox.abandon(Key { thread: self.thread, ticket }, why);
    }

    fn flush(&self) {
        self.hand_over(&mut self.lock());
    }
}
