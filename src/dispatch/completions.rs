//! Delivers outcomes from any thread to the I/O thread that waits for them.

use std::sync::Arc;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::{Outcome, Ticket};

/// Collects outcomes for one I/O thread, which is woken once for many.
#[derive(Debug)]
pub struct CompletionQueue<O = Outcome> {
    completed: Mutex<Vec<(Ticket, O)>>,
    pub(super) waker: AtomicWaker,
}

impl<O> Default for CompletionQueue<O> {
    fn default() -> Self {
        CompletionQueue { completed: Mutex::default(), waker: AtomicWaker::new() }
    }
}

impl<O> CompletionQueue<O> {
    /// Adds completions and wakes the I/O thread once.
    pub fn deliver(&self, completed: impl IntoIterator<Item = (Ticket, O)>) {
        self.completed.lock().extend(completed);
        self.waker.wake();
    }

    /// Swaps the collected completions with `into`, which is empty.
    pub(super) fn take(&self, into: &mut Vec<(Ticket, O)>) {
        std::mem::swap(&mut *self.completed.lock(), into);
    }
}

/// Completes one call, from any thread. If it is dropped before, the call fails.
#[derive(Debug)]
pub struct Responder {
    completions: Arc<CompletionQueue>,
    ticket: Option<Ticket>,
}

impl Responder {
    /// The responder of the call that `ticket` identifies.
    pub fn new(completions: Arc<CompletionQueue>, ticket: Ticket) -> Self {
        Responder { completions, ticket: Some(ticket) }
    }

    /// Completes the call.
    pub fn send(mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            self.completions.deliver([(ticket, outcome)]);
        }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.completions.deliver([(ticket, Outcome::Failed)]);
        }
    }
}
