//! Carries calls to another thread, many at a time.
//!
//! An [`Outbox`] for each I/O thread collects the calls of a turn into a [`Batch`]; the [`Mailbox`] holds batches until
//! the receiver takes them. Its [`Doorbell`] reports that there are batches to take, and does not ring again before all
//! were taken. JavaScript is one receiver, a thread in a test another.
//!
//! A record is a call, or something else that has to be in order with the calls: questions to hooks, notices, and
//! signals of streams and bodies, by the numbers that the receiver has assigned.

mod batch;
mod head;
mod outbox;
mod record;
mod single_call;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::lock::{Mutex, MutexGuard};

pub use batch::{Batch, MAX_RECORDS};
pub(super) use outbox::MAX_TEXT_BYTES;
pub use outbox::Outbox;
pub use record::{Key, Message, Question, QueuedCall, QueuedInput, Record};
pub(super) use single_call::SingleCall;

use super::{CancelReason, Signal};

/// Wakes the receiver of a mailbox.
pub trait Doorbell: Send + Sync {
    /// Reports, from any thread, that there are batches to take. Does nothing once the receiver is gone.
    fn ring(&self);
}

/// The queue between the I/O threads and one receiver.
#[derive(Default)]
pub struct Mailbox {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    batches: VecDeque<Batch>,
    /// The number of batches that were posted, and that were taken.
    posted: u64,
    taken: u64,
    /// Cancelled calls, until the receiver knows that they are.
    cancelled: HashMap<Key, CancelReason>,
    /// These calls in order, each with the number of batches that were posted before. Once those are taken, the call is
    /// no longer in the queue, so it runs.
    cancelled_after: VecDeque<(u64, Key)>,
    /// Whether the receiver knows that there are batches to take.
    notified: bool,
    doorbell: Option<Arc<dyn Doorbell>>,
}

impl Mailbox {
    /// Attaches the doorbell. Without one, records wait.
    pub fn attach(&self, doorbell: Arc<dyn Doorbell>) {
        let mut inner = self.lock();
        inner.doorbell = Some(doorbell);
        inner.notified = false;
        if !inner.batches.is_empty() {
            ring(inner);
        }
    }

    /// Detaches the doorbell.
    pub fn detach(&self) {
        let mut inner = self.lock();
        inner.notified = false;
        let doorbell = inner.doorbell.take();
        drop(inner);
        // Dropped without the lock.
        drop(doorbell);
    }

    /// Posts records, and rings unless it is ringing.
    pub fn post(&self, batch: Batch) {
        let mut inner = self.lock();
        inner.batches.push_back(batch);
        inner.posted += 1;
        ring(inner);
    }

    /// Posts a signal to the writer of a stream.
    pub fn signal(&self, stream: u32, signal: Signal) {
        let mut batch = Batch::default();
        batch.push_stream(stream, signal);
        self.post(batch);
    }

    /// Posts that a body is readable.
    pub fn readable(&self, body: u32) {
        let mut batch = Batch::default();
        batch.push_readable(body);
        self.post(batch);
    }

    /// Posts that the part of a file of a form has begun.
    pub fn file(&self, form: u32) {
        let mut batch = Batch::default();
        batch.push_file(form);
        self.post(batch);
    }

    /// Cancels a call.
    pub fn cancel(&self, key: Key, reason: CancelReason) {
        let mut inner = self.lock();
        let posted = inner.posted;
        inner.cancelled.insert(key, reason);
        inner.cancelled_after.push_back((posted, key));
        ring(inner);
    }

    /// Rings for calls that wait in the balancer, unless it is ringing. Returns whether it has rung.
    pub fn ring(&self) -> bool {
        ring(self.lock())
    }

    /// Whether all records were taken and none was posted since.
    pub fn is_quiet(&self) -> bool {
        !self.lock().notified
    }

    /// Takes the next records, without cancelled calls. A call that already runs when it is cancelled gets a record of
    /// its own. After `None` the doorbell rings again.
    pub fn take(&self) -> Option<Batch> {
        let mut inner = self.lock();
        let taken = inner.take();
        inner.notified &= taken.is_some();
        taken
    }

    /// Takes the next records as [`Mailbox::take`] does, but after `None` the doorbell does not ring again.
    pub(super) fn take_ringing(&self) -> Option<Batch> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }
}

/// Rings unless it is ringing, after it has released the lock, which the receiver takes at once.
fn ring(mut inner: MutexGuard<'_, Inner>) -> bool {
    if inner.notified {
        return false;
    }
    let Some(doorbell) = inner.doorbell.clone() else { return false };
    inner.notified = true;
    drop(inner);
    doorbell.ring();
    true
}

impl Inner {
    fn take(&mut self) -> Option<Batch> {
        loop {
            if let Some(cancelled) = self.take_cancelled() {
                return Some(cancelled);
            }
            let mut batch = self.batches.pop_front()?;
            self.taken += 1;
            if !self.cancelled.is_empty() {
                batch.skip(|key| self.cancelled.remove(&key).is_some());
            }
            if !batch.records.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Takes records for cancelled calls that are no longer in the queue.
    fn take_cancelled(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        while let (false, Some(&(posted, key))) = (batch.is_full(), self.cancelled_after.front()) {
            if posted > self.taken {
                break;
            }
            self.cancelled_after.pop_front();
            if let Some(reason) = self.cancelled.remove(&key) {
                batch.push_cancelled(key, reason);
            }
        }
        (!batch.records.is_empty()).then_some(batch)
    }
}
