//! The interface for I/O threads, for workers, and for the code that starts and ends workers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::dispatch::lock::Mutex;
use tokio::runtime::Handle;

use super::dispatcher::BalancerDispatcher;
use super::seat::{MAIN, Phase, Seat};
use super::state::{Cancelled, Placed, State};
use super::{Usage, Worker};
use crate::config::{MainThread, Workers};
use crate::dispatch::mailbox::SingleCall;
use crate::dispatch::{
    Backend, Batch, CancelReason, Completed, CompletionQueue, CompletionRouter, Dispatcher, Key, Mailbox,
    Outbox, Outcome,
};
use crate::kind::HandlerNumber;
use crate::panic;

/// Distributes the calls of a server to its workers and its main thread.
pub struct Balancer {
    config: Workers,
    main: Arc<Mailbox>,
    /// Whether calls wait here. Until a worker is added, they go directly to the mailbox of the main thread.
    is_active: AtomicBool,
    state: Mutex<State>,
    outcomes: CompletionRouter,
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

    /// Adds a worker that runs up to `max_in_flight` calls at a time. It gets none before [`Balancer::ready`].
    pub fn add_worker(self: &Arc<Self>, max_in_flight: usize) -> Arc<Worker> {
        let mailbox = Arc::<Mailbox>::default();
        let mut state = self.state.lock();
        state.last_number += 1;
        let number = state.last_number;
        state.seats.push(Seat::new(number, Arc::clone(&mailbox), max_in_flight));
        drop(state);
        self.is_active.store(true, Ordering::Relaxed);
        Arc::new(Worker::new(number, mailbox, Arc::clone(self)))
    }

    /// Adds a handler to a worker.
    pub fn add_handler(&self, worker: &Worker, handler: HandlerNumber) {
        self.change(worker, |state, place, placed| {
            state.seats[place].handlers.insert(handler);
            state.unpark(placed);
        });
    }

    /// Removes a handler from a worker. Its waiting calls go to other workers.
    pub fn remove_handler(&self, worker: &Worker, handler: HandlerNumber) {
        self.change(worker, |state, place, placed| {
            state.seats[place].handlers.remove(&handler);
            state.redistribute(place, placed);
        });
    }

    /// A worker runs at most `max_in_flight` calls at a time, or fewer if it did before.
    pub fn limit(&self, worker: &Worker, max_in_flight: usize) {
        self.change(worker, |state, place, _| {
            let seat = &mut state.seats[place];
            seat.max_in_flight = seat.max_in_flight.min(max_in_flight);
        });
    }

    /// A worker gets calls from here on.
    pub fn ready(&self, worker: &Worker) {
        self.change(worker, |state, place, placed| {
            if matches!(state.seats[place].phase, Phase::Starting) {
                state.seats[place].phase = Phase::Ready;
            }
            state.unpark(placed);
        });
        // It may take calls that wait for other workers.
        worker.mailbox().ring();
    }

    /// Gives a worker no further calls. Its waiting calls go to other workers. `on_drained` is called once its running
    /// calls are completed, on the thread that completes the last one. Does nothing if the worker is already being
    /// drained, or is lost.
    pub fn drain(&self, worker: &Worker, on_drained: impl FnOnce() + Send + 'static) {
        let mut drained = None;
        self.change(worker, |state, place, placed| {
            if matches!(state.seats[place].phase, Phase::Draining(_)) {
                return;
            }
            state.seats[place].phase = Phase::Draining(Some(Box::new(on_drained)));
            state.redistribute(place, placed);
            drained = state.seats[place].drained();
        });
        if let Some(on_drained) = drained {
            on_drained();
        }
    }

    /// Removes a worker that has ended. Its waiting calls go to other workers. Its running calls fail, except for
    /// idempotent ones, which are tried on another worker once. Does nothing if the worker is lost already.
    pub fn lost(&self, worker: &Worker) {
        let mut failed = Completed::default();
        let mut drained = None;
        self.change(worker, |state, place, placed| {
            let (keys, on_drained) = state.lose(place, placed);
            keys.into_iter().for_each(|key| failed.add(key, Outcome::WorkerLost));
            drained = on_drained;
        });
        self.outcomes.deliver(failed);
        if let Some(on_drained) = drained {
            on_drained();
        }
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

    /// Changes the state of a worker, unless it is lost, and follows up on the calls that this has placed.
    fn change(&self, worker: &Worker, change: impl FnOnce(&mut State, usize, &mut Placed)) {
        let mut placed = Placed::default();
        let mut state = self.state.lock();
        if let Some(place) = state.find(worker.number()) {
            change(&mut state, place, &mut placed);
        }
        drop(state);
        worker.balancer().follow_up(placed);
    }

    /// Wakes the workers to which calls were given, and starts the timer of parked calls.
    fn follow_up(self: &Arc<Self>, placed: Placed) {
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
