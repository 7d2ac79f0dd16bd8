//! A worker as those see it who start its calls.

use std::sync::Arc;
use std::time::Duration;

use super::Balancer;
use crate::dispatch::{Batch, Completed, Key, Mailbox};

/// Takes calls and completes them: the main thread, a worker thread, or the link to a process.
///
/// Its mailbox has the doorbell, and the records that concern calls which it has started. All that there is to do comes by
/// [`Worker::take`], calls too, until that returns `None`; from then on the doorbell rings when there is more.
pub struct Worker {
    number: u32,
    mailbox: Arc<Mailbox>,
    balancer: Arc<Balancer>,
}

impl Worker {
    pub(super) fn new(number: u32, mailbox: Arc<Mailbox>, balancer: Arc<Balancer>) -> Self {
        Worker { number, mailbox, balancer }
    }

    /// Its number, which no other worker of the server ever has. The main thread's is 0.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its mailbox.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    pub(super) fn balancer(&self) -> &Arc<Balancer> {
        &self.balancer
    }

    /// The next records. Calls among them are started: each is to be completed once, also if it is cancelled meanwhile.
    /// It starts no more than it may run at a time.
    pub fn take(&self) -> Option<Batch> {
        self.balancer.take(self)
    }

    /// Completes calls. Outcomes of calls that this worker does not run are dropped, and their keys returned.
    pub fn complete(&self, completed: Completed) -> Vec<Key> {
        self.balancer.complete(self, completed)
    }

    /// What it has done and does; `None` once it is lost.
    pub fn usage(&self) -> Option<Usage> {
        self.balancer.usage(self)
    }
}

/// What a worker has done and does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many calls it has completed.
    pub completed: u64,
    /// How many it runs.
    pub in_flight: usize,
    /// How many wait for it.
    pub waiting: usize,
    /// How long ago the first of those that it runs was told that its deadline has passed; 0 if none was.
    pub overdue: Duration,
}
