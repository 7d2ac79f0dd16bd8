//! Where calls wait for the JavaScript thread.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::batch::{Batch, Key};
use super::doorbell::Doorbell;
use super::outbox::Outbox;
use crate::dispatch::{Abandoned, Backend, Dispatcher, Overloaded, Returns};

/// The most refusals that wait to be logged: a flood of them must not take the room of calls.
const MOST_REFUSALS: usize = 256;

/// The queue between the I/O threads and one JavaScript thread.
pub(super) struct Mailbox {
    capacity: usize,
    /// Calls that were admitted and not taken yet.
    waiting: AtomicUsize,
    /// Refusals likewise.
    refusals: AtomicUsize,
    inner: Mutex<Inner>,
    threads: Mutex<Vec<Arc<Returns>>>,
}

#[derive(Default)]
struct Inner {
    batches: VecDeque<Batch>,
    /// How many batches were put in, and how many were taken.
    posted: u64,
    taken: u64,
    /// Calls that nobody waits for any more, and that the JavaScript thread does not know of yet.
    abandoned: HashMap<Key, Abandoned>,
    /// The same calls in order, each with the number of batches posted before: once those are taken, the
    /// call is no longer in the queue, so it runs.
    abandoned_after: VecDeque<(u64, Key)>,
    /// Whether the JavaScript thread knows that there is something to take.
    rung: bool,
    doorbell: Option<Arc<Doorbell>>,
}

impl Mailbox {
    /// A mailbox in which at most `capacity` calls wait.
    pub(super) fn new(capacity: usize) -> Self {
        Mailbox {
            capacity,
            waiting: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            inner: Mutex::default(),
            threads: Mutex::default(),
        }
    }

    /// Hangs up the doorbell; without one, posts wait in silence.
    pub(super) fn hang(&self, doorbell: Doorbell) {
        self.lock().doorbell = Some(Arc::new(doorbell));
    }

    /// Takes the doorbell down.
    pub(super) fn unhang(&self) -> Option<Arc<Doorbell>> {
        let mut inner = self.lock();
        inner.rung = false;
        inner.doorbell.take()
    }

    /// Lets a function look at the doorbell, if one hangs.
    pub(super) fn with_doorbell<T>(&self, look: impl FnOnce(&Doorbell) -> T) -> Option<T> {
        self.lock().doorbell.as_deref().map(look)
    }

    /// Makes room for one more call.
    pub(super) fn admit(&self) -> Result<(), Overloaded> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.capacity {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Overloaded);
        }
        Ok(())
    }

    /// Makes room for the word of one more refusal; false if so many wait that this one goes unlogged.
    pub(super) fn admit_refusal(&self) -> bool {
        let fits = self.refusals.fetch_add(1, Ordering::Relaxed) < MOST_REFUSALS;
        if !fits {
            self.refusals.fetch_sub(1, Ordering::Relaxed);
        }
        fits
    }

    /// Puts records in and rings, if it is not ringing yet.
    pub(super) fn post(&self, batch: Batch) {
        let mut inner = self.lock();
        inner.batches.push_back(batch);
        inner.posted += 1;
        ring(inner);
    }

    /// Notes that nobody waits for a call any more.
    pub(super) fn abandon(&self, key: Key, why: Abandoned) {
        let mut inner = self.lock();
        let posted = inner.posted;
        inner.abandoned.insert(key, why);
        inner.abandoned_after.push_back((posted, key));
        ring(inner);
    }

    /// The next records for the JavaScript thread, without the calls that nobody waits for; a call that runs
    /// already and is not waited for is told so by a record of its own. `None` ends the ringing.
    pub(super) fn take(&self) -> Option<Batch> {
        let mut inner = self.lock();
        loop {
            if let Some(abandoned) = inner.take_abandoned() {
                return Some(abandoned);
            }
            let Some(mut batch) = inner.batches.pop_front() else {
                inner.rung = false;
                return None;
            };
            inner.taken += 1;
            self.waiting.fetch_sub(batch.calls(), Ordering::Relaxed);
            self.refusals.fetch_sub(batch.refusals(), Ordering::Relaxed);
            if !inner.abandoned.is_empty() {
                batch.skip(|key| inner.abandoned.remove(key).is_some());
            }
            if !batch.records.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Brings outcomes to the I/O thread that waits for them.
    pub(super) fn returns(&self, thread: u32) -> Option<Arc<Returns>> {
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.get(thread as usize).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rings unless it is ringing. The lock is given back before: the JavaScript thread wants it at once.
fn ring(mut inner: MutexGuard<'_, Inner>) {
    if inner.rung {
        return;
    }
    if let Some(doorbell) = inner.doorbell.clone() {
        inner.rung = true;
        drop(inner);
        doorbell.ring();
    }
}

impl Inner {
    /// Records for abandoned calls that are no longer in the queue.
    fn take_abandoned(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        while let (false, Some(&(posted, key))) = (batch.is_full(), self.abandoned_after.front()) {
            if posted > self.taken {
                break;
            }
            self.abandoned_after.pop_front();
            if let Some(why) = self.abandoned.remove(&key) {
                batch.push_abandoned(key, why);
            }
        }
        (!batch.records.is_empty()).then_some(batch)
    }
}

impl Backend for Mailbox {
    fn connect(self: Arc<Self>, returns: Arc<Returns>) -> Arc<dyn Dispatcher> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(returns);
        let thread = threads.len() as u32 - 1;
        drop(threads);
        Arc::new(Outbox::new(thread, self))
    }
}
