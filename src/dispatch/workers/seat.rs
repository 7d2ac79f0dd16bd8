//! The balancer's record of a worker.

use std::collections::HashSet;
use std::sync::Arc;

use super::key_queue::KeyQueue;
use crate::dispatch::Mailbox;
use crate::kind::HandlerNumber;

/// The number of the main thread, which is treated as a worker once there are others.
pub(super) const MAIN: u32 = 0;

/// Called once a worker that is being drained runs no calls.
pub(super) type OnDrained = Box<dyn FnOnce() + Send>;

/// A worker and its load.
pub(super) struct Seat {
    pub number: u32,
    pub mailbox: Arc<Mailbox>,
    pub max_in_flight: usize,
    pub handlers: HashSet<HandlerNumber>,
    pub phase: Phase,
    /// The calls that wait for it.
    pub queue: KeyQueue,
    /// How many it has started.
    pub in_flight: usize,
    /// How many it has completed.
    pub completed: u64,
}

/// Whether a worker gets calls.
pub(super) enum Phase {
    /// It gets no calls yet.
    Starting,
    Ready,
    /// It gets no further calls. The function is called once it runs none.
    Draining(Option<OnDrained>),
}

impl Seat {
    pub(super) fn new(number: u32, mailbox: Arc<Mailbox>, max_in_flight: usize) -> Self {
        Seat {
            number,
            mailbox,
            max_in_flight,
            handlers: HashSet::new(),
            phase: Phase::Starting,
            queue: KeyQueue::default(),
            in_flight: 0,
            completed: 0,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready)
    }

    /// Whether it accepts calls of a handler.
    pub(super) fn accepts(&self, handler: HandlerNumber) -> bool {
        self.is_ready() && self.handlers.contains(&handler)
    }

    /// The number of its calls that are waiting or running.
    pub(super) fn load(&self) -> usize {
        self.queue.len() + self.in_flight
    }

    /// How many calls it may start now.
    pub(super) fn capacity(&self) -> usize {
        if self.is_ready() { self.max_in_flight.saturating_sub(self.in_flight) } else { 0 }
    }

    /// The function to call, once, if it is being drained and runs no calls.
    pub(super) fn drained(&mut self) -> Option<OnDrained> {
        match &mut self.phase {
            Phase::Draining(on_drained) if self.in_flight == 0 => on_drained.take(),
            _ => None,
        }
    }
}
