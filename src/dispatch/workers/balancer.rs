//! The calls of a server on their way to workers and back. `membership.rs` has the workers that come and go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::dispatch::lock::Mutex;
use tokio::runtime::Handle;

use super::call_state::{Cancelled, Placed};
use super::dispatcher::BalancerDispatcher;
use super::seat::MAIN;
use super::state::State;
use super::{Usage, Worker};
use crate::config::{MainThread, Workers};
use crate::dispatch::mailbox::SingleCall;
use crate::dispatch::{
    Backend, Batch, CancelReason, Completed, CompletionQueue, CompletionRouter, Dispatcher, Key, Mailbox,
    Outbox, Outcome,
};
use crate::panic;

/// Distributes the calls of a server to its workers and its main thread.
pub struct Balancer {
    config: Workers,
    main: Arc<Mailbox>,
    /// Whether calls wait here. Until a worker is added, they go directly to the mailbox of the main thread.
    pub(super) is_active: AtomicBool,
    pub(super) state: Mutex<State>,
    pub(super) outcomes: CompletionRouter,
    io_threads: Mutex<BTreeMap<usize, IoThread>>,
}

#[derive(Default)]
struct IoThread {
    /// For records that go directly to the main thread.
    outbox: Option<Arc<Outbox>>,
    /// Runs the timers of parked calls.
    runtime: Option<Handle>,
}

impl Balancer {
    /// Creates a balancer without workers. The main thread takes its calls from `main`.
    pub fn new(config: Workers, main: Arc<Mailbox>) -> Arc<Self> {
        Arc::new(Balancer {
            is_active: AtomicBool::new(config.main_thread == MainThread::Never),
            state: Mutex::new(State::new(config.main_thread, Arc::clone(&main))),
            outcomes: CompletionRouter::default(),
            io_threads: Mutex::default(),
            config,
            main,
        })
    }

    /// The main thread, as a worker.
    pub fn main(self: &Arc<Self>) -> Worker {
        Worker::new(MAIN, Arc::clone(&self.main), Arc::clone(self))
    }

    /// The outbox of an I/O thread for calls and questions to the main thread.
    pub fn outbox(&self, io_thread: usize) -> Arc<Outbox> {
        let mut io_threads = self.io_threads.lock();
        let outbox = &mut io_threads.entry(io_thread).or_default().outbox;
        Arc::clone(outbox.get_or_insert_with(|| Arc::new(Outbox::new(Arc::clone(&self.main)))))
    }

    /// Drops all calls, whose outcomes are no longer waited for.
    pub fn disconnect(&self) {
        self.outcomes.disconnect();
        self.io_threads.lock().clear();
        let calls = self.state.lock().clear();
        drop(calls);
    }

    pub(super) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Relaxed)
    }

    /// Places calls that an I/O thread has collected.
    pub(super) fn place(self: &Arc<Self>, calls: Vec<SingleCall>) {
        let mut placed = Placed::default();
        let mut state = self.state.lock();
        for call in calls {
            state.add(call, &mut placed);
        }
        drop(state);
        self.follow_up(placed);
    }

    /// Cancels a call, in whichever state it is. Returns whether the balancer knows it.
    pub(super) fn cancel(&self, key: Key, reason: CancelReason) -> bool {
        let cancelled = self.state.lock().cancel(key, reason);
        match cancelled {
            Cancelled::Forgotten(waiting) => drop(waiting),
            Cancelled::Running(mailbox) => mailbox.cancel(key, reason),
            Cancelled::Unknown => return false,
        }
        true
    }

    pub(super) fn take(&self, worker: &Worker) -> Option<Batch> {
        if !self.is_active() {
            return worker.mailbox().take();
        }
        if let Some(batch) = worker.mailbox().take_ringing() {
            return Some(batch);
        }
        let mut state = self.state.lock();
        let calls = state.start(worker.number());
        if calls.is_empty() {
            // Under the lock, so that a call that is placed later rings again.
            return worker.mailbox().take();
        }
        drop(state);
        let mut batch = Batch::default();
        calls.into_iter().for_each(|call| batch.push_single(call));
        Some(batch)
    }

    pub(super) fn complete(&self, worker: &Worker, mut completed: Completed) -> Vec<Key> {
        if !self.is_active() {
            self.outcomes.deliver(completed);
            return Vec::new();
        }
        let mut state = self.state.lock();
        let mut unknown = Vec::new();
        let place = state.find(worker.number());
        completed.retain(|key| {
            let is_its = place.is_some_and(|place| state.complete(place, key));
            // The main thread may run calls from before there were workers.
            let passes = is_its || worker.number() == MAIN;
            if !passes {
                unknown.push(key);
            }
            passes
        });
        let drained = place.and_then(|place| state.seats[place].drained());
        let has_more = place.is_some_and(|place| state.has_more(place));
        drop(state);
        self.outcomes.deliver(completed);
        if let Some(on_drained) = drained {
            on_drained();
        }
        if has_more {
            worker.mailbox().ring();
        }
        unknown
    }

    pub(super) fn usage(&self, worker: &Worker) -> Option<Usage> {
        let state = self.state.lock();
        let seat = &state.seats[state.find(worker.number())?];
        let overdue = state.overdue_since(worker.number()).map(|since| since.elapsed());
        Some(Usage {
            completed: seat.completed,
            in_flight: seat.in_flight,
            waiting: seat.queue.len(),
            overdue: overdue.unwrap_or_default(),
        })
    }

    /// Wakes the workers to which calls were given, and starts the timer of parked calls.
    pub(super) fn follow_up(self: &Arc<Self>, placed: Placed) {
        let mut is_busy = false;
        for mailbox in &placed.mailboxes {
            is_busy |= !mailbox.ring();
        }
        if is_busy {
            // A worker has not taken everything since its doorbell rang. An idle one may help it.
            let helper = self.state.lock().idle_helper().map(|seat| Arc::clone(&seat.mailbox));
            helper.map(|mailbox| mailbox.ring());
        }
        if !placed.parked.is_empty() {
            self.expire_later(placed.parked);
        }
    }

    /// Fails calls that are still parked after `acquireTimeoutMs`.
    fn expire_later(self: &Arc<Self>, keys: Vec<Key>) {
        let runtime = keys.first().and_then(|key| self.runtime(key.io_thread));
        let Some(runtime) = runtime else { return };
        let (balancer, timeout) = (Arc::downgrade(self), self.config.acquire_timeout);
        let _runtime = runtime.enter();
        panic::spawn(async move {
            tokio::time::sleep(timeout).await;
            if let Some(balancer) = balancer.upgrade() {
                balancer.expire(&keys);
            }
        });
    }

    /// Fails the calls that are still parked.
    pub(super) fn expire(&self, keys: &[Key]) {
        let mut expired = Completed::default();
        for key in keys {
            let waiting = self.state.lock().expire(*key);
            if waiting.is_some() {
                expired.add(*key, Outcome::NoWorker);
            }
        }
        self.outcomes.deliver(expired);
    }

    fn runtime(&self, io_thread: usize) -> Option<Handle> {
        let io_threads = self.io_threads.lock();
        io_threads.get(&io_thread).and_then(|thread| thread.runtime.clone())
    }
}

impl Backend for Balancer {
    fn connect(self: Arc<Self>, io_thread: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher> {
        self.outcomes.connect(io_thread, completions);
        let outbox = self.outbox(io_thread);
        self.io_threads.lock().entry(io_thread).or_default().runtime = Handle::try_current().ok();
        Arc::new(BalancerDispatcher::new(io_thread, self, outbox))
    }
}
