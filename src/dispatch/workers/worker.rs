//! The interface of the code that runs the calls of a worker.

use std::sync::Arc;
use std::time::Duration;

use super::Balancer;
use crate::dispatch::{Batch, Completed, Key, Mailbox};

/// The main thread, a worker thread, or the connection to a worker process.
///
/// Everything it has to do is returned by [`Worker::take`]. Once that has returned `None`, the doorbell of its mailbox
/// rings when there is more.
pub struct Worker {
    number: u32,
    mailbox: Arc<Mailbox>,
    balancer: Arc<Balancer>,
}

impl Worker {
    pub(super) fn new(number: u32, mailbox: Arc<Mailbox>, balancer: Arc<Balancer>) -> Self {
        Worker { number, mailbox, balancer }
    }

    /// Its number, which is never reused in its server. That of the main thread is 0.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The mailbox with its doorbell and the records about its running calls.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    pub(super) fn balancer(&self) -> &Arc<Balancer> {
        &self.balancer
    }

    /// Takes the next records, and starts the calls among them, within the worker's limit. Each call has to be
    /// completed once, even if it is cancelled.
    pub fn take(&self) -> Option<Batch> {
        self.balancer.take(self)
    }

    /// Completes calls. Outcomes of calls that this worker does not run are dropped, and their keys returned.
    pub fn complete(&self, completed: Completed) -> Vec<Key> {
        self.balancer.complete(self, completed)
    }

    /// Its load and its numbers of calls; `None` once it is lost.
    pub fn usage(&self) -> Option<Usage> {
        self.balancer.usage(self)
    }
}

/// The load of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The number of calls that it has completed.
    pub completed: u64,
    /// The number of its running calls.
    pub in_flight: usize,
    /// The number of its waiting calls.
    pub waiting: usize,
    /// The time since the first of its running calls was cancelled because of its deadline; 0 if there is none.
    pub overdue: Duration,
}
