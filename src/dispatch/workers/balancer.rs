//! The entrance for I/O threads, workers, and those who start and end workers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
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

/// Shares the calls of a server between its workers and its main thread.
pub struct Balancer {
    config: Workers,
    main: Arc<Mailbox>,
    /// Whether calls wait here. Until there is a worker, they go into the mailbox of the main thread at once.
    is_active: AtomicBool,
    state: Mutex<State>,
    outcomes: CompletionRouter,
    io_threads: Mutex<BTreeMap<usize, IoThread>>,
}

#[derive(Default)]
struct IoThread {
    /// What goes to the main thread at once.
    outbox: Option<Arc<Outbox>>,
    /// Runs the timers of parked calls.
    runtime: Option<Handle>,
}

impl Balancer {
    /// A balancer without workers, whose main thread takes from `main`.
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

    /// The main thread.
    pub fn main(self: &Arc<Self>) -> Worker {
        Worker::new(MAIN, Arc::clone(&self.main), Arc::clone(self))
    }

    /// Adds a worker, which runs at most `max_in_flight` calls at a time, and gets none before it is ready.
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

    /// A worker has a handler from here on.
    pub fn add_handler(&self, worker: &Worker, handler: HandlerNumber) {
        self.change(worker, |state, place, placed| {
            state.seats[place].handlers.insert(handler);
            state.unpark(placed);
        });
    }

    /// A worker has a handler no longer. What waits for it there goes to others.
    pub fn remove_handler(&self, worker: &Worker, handler: HandlerNumber) {
        self.change(worker, |state, place, placed| {
            state.seats[place].handlers.remove(&handler);
            state.redistribute(place, placed);
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
        // It may take what waits for others.
        worker.mailbox().ring();
    }

    /// Gives a worker no more calls. What waits for it goes to others; `on_drained` is called once it runs nothing, from
    /// the thread on which that comes about. Does nothing for a worker that is lost, or drained already.
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

    /// A worker is gone. What waits for it goes to others. What it ran fails, or goes to others too if it may run once
    /// more. Does nothing for a worker that is lost already.
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

    /// What an I/O thread hands to the main thread, be it calls or questions.
    pub fn outbox(&self, io_thread: usize) -> Arc<Outbox> {
        let mut io_threads = self.io_threads.lock();
        let outbox = &mut io_threads.entry(io_thread).or_default().outbox;
        Arc::clone(outbox.get_or_insert_with(|| Arc::new(Outbox::new(Arc::clone(&self.main)))))
    }

    /// Forgets all calls: their outcomes are not waited for any more.
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

    /// Passes a cancellation on to wherever the call is. Returns whether it was here.
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
            // Under the lock: a call that is placed later rings again.
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
            // The main thread still has calls that came before there were workers.
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

    /// Changes something about a worker that is not lost, and does what follows from it.
    fn change(&self, worker: &Worker, change: impl FnOnce(&mut State, usize, &mut Placed)) {
        let mut placed = Placed::default();
        let mut state = self.state.lock();
        if let Some(place) = state.find(worker.number()) {
            change(&mut state, place, &mut placed);
        }
        drop(state);
        worker.balancer().follow_up(placed);
    }

    /// Wakes the workers for which calls wait, and lets those expire for which there is none.
    fn follow_up(self: &Arc<Self>, placed: Placed) {
        let mut is_busy = false;
        for mailbox in &placed.mailboxes {
            is_busy |= !mailbox.ring();
        }
        if is_busy {
            // Its doorbell had rung before, and it has not taken everything since: another may have time.
            let helper = self.state.lock().idle_helper().map(|seat| Arc::clone(&seat.mailbox));
            helper.map(|mailbox| mailbox.ring());
        }
        if !placed.parked.is_empty() {
            self.expire_later(placed.parked);
        }
    }

    /// Fails calls that are still parked when the time is over.
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

    /// Fails those of the calls that are still parked.
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
