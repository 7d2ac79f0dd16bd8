//! Routes completions to I/O threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lock::Mutex;

use super::{CompletionQueue, Key, Outcome, Ticket};

/// Outcomes by the I/O thread that waits for them.
#[derive(Debug, PartialEq)]
pub struct Completed<O = Outcome>(BTreeMap<usize, Vec<(Ticket, O)>>);

impl<O> Default for Completed<O> {
    fn default() -> Self {
        Completed(BTreeMap::new())
    }
}

impl<O> Completed<O> {
    /// Adds the outcome of a call.
    pub fn add(&mut self, key: Key, outcome: O) {
        self.0.entry(key.io_thread).or_default().push((key.ticket, outcome));
    }

    /// Drops the outcomes of calls for which `keep` is false.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(Key) -> bool) {
        for (&io_thread, outcomes) in &mut self.0 {
            outcomes.retain(|(ticket, _)| keep(Key::of_call(io_thread, *ticket)));
        }
    }
}

/// Delivers completions, from any thread, to the I/O threads that wait for them.
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
    /// Connects the queue of an I/O thread.
    pub fn connect(&self, io_thread: usize, queue: Arc<CompletionQueue<O>>) {
        self.queues.lock().insert(io_thread, queue);
    }

    /// Drops later completions, since no I/O thread waits for them.
    pub fn disconnect(&self) {
        self.queues.lock().clear();
    }

    /// Delivers completions, and wakes each I/O thread that gets some once.
    pub fn deliver(&self, completed: Completed<O>) {
        let queues = self.queues.lock();
        for (io_thread, completed) in completed.0 {
            if let Some(queue) = queues.get(&io_thread) {
                queue.deliver(completed);
            }
        }
    }
}
