//! Workers come and go: how each is added, gets handlers, is drained and lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::call_state::Placed;
use super::seat::{Phase, Seat};
use super::state::State;
use super::{Balancer, Worker};
use crate::dispatch::{Completed, Mailbox, Outcome};
use crate::kind::HandlerNumber;

impl Balancer {
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
}
