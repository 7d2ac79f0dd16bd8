//! The states of a call, and the follow-ups of a change.

use std::sync::Arc;
use std::time::Instant;

use crate::dispatch::mailbox::SingleCall;
use crate::dispatch::{Key, Mailbox};
use crate::kind::HandlerNumber;

/// The state of a call.
pub(super) enum Place {
    /// No worker has its handler.
    Parked(Waiting),
    /// It waits for the worker with this number.
    Waiting(u32, Waiting),
    /// It runs on the worker with this number.
    Started(u32, Started),
}

/// A call that has not started.
pub(super) struct Waiting {
    pub call: SingleCall,
    /// Whether it had been started on a worker that was lost.
    pub is_retry: bool,
}

impl Waiting {
    pub(super) fn handler(&self) -> HandlerNumber {
        self.call.queued.handler.number
    }
}

/// A running call.
pub(super) struct Started {
    /// A copy of the call, if it may be tried on another worker.
    pub again: Option<SingleCall>,
    /// When the call was cancelled because its deadline had passed.
    pub overdue_since: Option<Instant>,
}

/// The follow-up of calls that were placed, to be done without the lock.
#[derive(Default)]
pub(super) struct Placed {
    /// The mailboxes to ring, of workers to which calls were given.
    pub mailboxes: Vec<Arc<Mailbox>>,
    /// Calls that were parked, and have to expire.
    pub parked: Vec<Key>,
}

/// The state of a call that was cancelled.
pub(super) enum Cancelled {
    /// It had not started, and was removed.
    Forgotten(Waiting),
    /// It is running. Its worker has to be told, through this mailbox.
    Running(Arc<Mailbox>),
    /// It is completed, or was never here.
    Unknown,
}
