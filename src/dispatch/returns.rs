//! The way back: outcomes from any thread to the I/O thread that waits for them.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::task::AtomicWaker;

use super::{Outcome, Ticket};

/// Collects outcomes for one I/O thread, which is woken once for many.
#[derive(Debug, Default)]
pub struct Returns {
    outcomes: Mutex<Vec<(Ticket, Outcome)>>,
    pub(super) waker: AtomicWaker,
}

impl Returns {
    /// Adds outcomes and wakes the I/O thread once.
    pub fn deliver(&self, outcomes: impl IntoIterator<Item = (Ticket, Outcome)>) {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).extend(outcomes);
        self.waker.wake();
    }

    /// Swaps what has come in with the empty `into`.
    pub(super) fn take(&self, into: &mut Vec<(Ticket, Outcome)>) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *outcomes, into);
    }
}

/// Answers one call from wherever the work was done; dropped unanswered, the call fails.
#[derive(Debug)]
pub struct Reply {
    returns: Arc<Returns>,
    ticket: Option<Ticket>,
}

impl Reply {
    /// The reply to `ticket`.
    pub fn new(returns: Arc<Returns>, ticket: Ticket) -> Self {
        Reply { returns, ticket: Some(ticket) }
    }

    /// Answers the call.
    pub fn send(mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            self.returns.deliver([(ticket, outcome)]);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.returns.deliver([(ticket, Outcome::Failed)]);
        }
    }
}
