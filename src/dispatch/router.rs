//! Completions by I/O thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{CompletionQueue, Key, Outcome, Ticket};

/// What calls came to, sorted by the I/O thread that waits for it.
#[derive(Debug, PartialEq)]
pub struct Completed<O = Outcome>(BTreeMap<usize, Vec<(Ticket, O)>>);

impl<O> Default for Completed<O> {
    fn default() -> Self {
        Completed(BTreeMap::new())
    }
}

impl<O> Completed<O> {
    /// Adds what became of a call.
    pub fn add(&mut self, key: Key, outcome: O) {
        self.0.entry(key.io_thread).or_default().push((key.ticket, outcome));
    }
}

/// Gives completions, from any thread, to the I/O threads that wait for them.
#[derive(Debug)]
pub struct CompletionRouter<O = Outcome> {
    queues: Mutex<BTreeMap<usize, Arc<CompletionQueue<O>>>>,
}

impl<O> Default for CompletionRouter<O> {
    fn default() -> Self {
        CompletionRouter { queues: Mutex::default() }
    }
}

impl<O> CompletionRouter<O> {
    /// What belongs to an I/O thread goes into this queue from here on.
    pub fn connect(&self, io_thread: usize, queue: Arc<CompletionQueue<O>>) {
        self.queues.lock().insert(io_thread, queue);
    }

    /// Nothing that comes is waited for any more.
    pub fn disconnect(&self) {
        self.queues.lock().clear();
    }

    /// Delivers completions; each I/O thread that has some is woken once.
    pub fn deliver(&self, completed: Completed<O>) {
        let queues = self.queues.lock();
        for (io_thread, completed) in completed.0 {
            if let Some(queue) = queues.get(&io_thread) {
                queue.deliver(completed);
            }
        }
    }
}
