//! The state of each call and each worker.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::call_state::{Cancelled, Place, Placed, Started, Waiting};
use super::key_queue::{Found, KeyQueue};
use super::seat::{MAIN, OnDrained, Phase, Seat};
use crate::config::MainThread;
use crate::dispatch::mailbox::SingleCall;
use crate::dispatch::{CancelReason, Key, MAX_RECORDS, Mailbox};

/// How many waiting calls of another worker are searched for calls that an idle worker has a handler for.
const MAX_SEARCHED: usize = 128;

/// The workers of a server and their calls.
pub(super) struct State {
    pub main_thread: MainThread,
    pub last_number: u32,
    /// The first is that of the main thread.
    pub seats: Vec<Seat>,
    calls: HashMap<Key, Place>,
    parked: KeyQueue,
    pub random: u64,
}

impl State {
    /// Creates a state without calls or workers, except for the main thread.
    pub(super) fn new(main_thread: MainThread, mailbox: Arc<Mailbox>) -> Self {
        let mut main = Seat::new(MAIN, mailbox, usize::MAX);
        main.phase = Phase::Ready;
        State {
            main_thread,
            last_number: MAIN,
            seats: vec![main],
            calls: HashMap::new(),
            parked: KeyQueue::default(),
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// The index of a worker's seat; `None` if it is lost.
    pub(super) fn find(&self, worker: u32) -> Option<usize> {
        self.seats.iter().position(|seat| seat.number == worker)
    }

    /// Places a new call.
    pub(super) fn add(&mut self, call: SingleCall, placed: &mut Placed) {
        self.place(Waiting { call, is_retry: false }, placed);
    }

    fn place(&mut self, waiting: Waiting, placed: &mut Placed) {
        let key = waiting.call.queued.key;
        let place = if let Some(place) = self.choose(waiting.handler()) {
            let seat = &mut self.seats[place];
            seat.queue.push(key);
            if !placed.mailboxes.iter().any(|mailbox| Arc::ptr_eq(mailbox, &seat.mailbox)) {
                placed.mailboxes.push(Arc::clone(&seat.mailbox));
            }
            Place::Waiting(seat.number, waiting)
        } else {
            self.parked.push(key);
            placed.parked.push(key);
            Place::Parked(waiting)
        };
        self.calls.insert(key, place);
    }

    /// Places calls again after they were removed from a queue.
    fn place_again(&mut self, keys: Vec<Key>, placed: &mut Placed) {
        for key in keys {
            if let Some(Place::Parked(waiting) | Place::Waiting(_, waiting)) = self.calls.remove(&key) {
                self.place(waiting, placed);
            }
        }
    }

    /// Places parked calls, as far as there are workers for them now.
    pub(super) fn unpark(&mut self, placed: &mut Placed) {
        let mut parked = std::mem::take(&mut self.parked);
        let ready = parked.take(usize::MAX, usize::MAX, |key| match self.calls.get(key) {
            Some(Place::Parked(waiting)) if self.has_worker(waiting.handler()) => Found::Taken,
            Some(Place::Parked(_)) => Found::Kept,
            _ => Found::Stale,
        });
        self.parked = parked;
        self.place_again(ready, placed);
    }

    /// Starts up to [`MAX_RECORDS`] calls on a worker: its waiting calls or, if there are none, half of another
    /// worker's. Starts none if the worker is not ready or is at its limit.
    pub(super) fn start(&mut self, worker: u32) -> Vec<SingleCall> {
        let Some(place) = self.find(worker) else { return Vec::new() };
        let count = self.seats[place].capacity().min(MAX_RECORDS);
        if count == 0 {
            return Vec::new();
        }
        let mut keys =
            self.dequeue(place, count, usize::MAX, |seat, waiting| seat.accepts(waiting.handler()));
        if keys.is_empty() {
            keys = self.steal(place, count);
        }
        self.seats[place].in_flight += keys.len();
        keys.into_iter().filter_map(|key| self.start_one(worker, key)).collect()
    }

    fn steal(&mut self, thief: usize, count: usize) -> Vec<Key> {
        for victim in self.victims(thief) {
            let handlers = std::mem::take(&mut self.seats[thief].handlers);
            let half = self.seats[victim].queue.len().div_ceil(2);
            let accepts = |_: &Seat, waiting: &Waiting| handlers.contains(&waiting.handler());
            let keys = self.dequeue(victim, count.min(half), MAX_SEARCHED, accepts);
            self.seats[thief].handlers = handlers;
            if !keys.is_empty() {
                return keys;
            }
        }
        Vec::new()
    }

    fn start_one(&mut self, worker: u32, key: Key) -> Option<SingleCall> {
        let Some(Place::Waiting(_, Waiting { call, is_retry })) = self.calls.remove(&key) else {
            return None;
        };
        let again = if call.queued.is_idempotent && !is_retry { call.copy() } else { None };
        self.calls.insert(key, Place::Started(worker, Started { again, overdue_since: None }));
        Some(call)
    }

    /// Removes calls from the queue of a worker for which `accepts` is true.
    fn dequeue(
        &mut self,
        place: usize,
        count: usize,
        searched: usize,
        accepts: impl Fn(&Seat, &Waiting) -> bool,
    ) -> Vec<Key> {
        let mut queue = std::mem::take(&mut self.seats[place].queue);
        let seat = &self.seats[place];
        let keys = queue.take(count, searched, |key| match self.calls.get(key) {
            Some(Place::Waiting(number, waiting)) if *number == seat.number => {
                if accepts(seat, waiting) {
                    Found::Taken
                } else {
                    Found::Kept
                }
            }
            _ => Found::Stale,
        });
        self.seats[place].queue = queue;
        keys
    }

    /// Counts a call as completed. Returns false if the worker does not run it.
    pub(super) fn complete(&mut self, place: usize, key: Key) -> bool {
        let seat = &mut self.seats[place];
        let is_its =
            matches!(self.calls.get(&key), Some(Place::Started(number, _)) if *number == seat.number);
        if is_its {
            self.calls.remove(&key);
            seat.in_flight -= 1;
            seat.completed += 1;
        }
        is_its
    }

    /// Cancels a call whose outcome is no longer needed.
    pub(super) fn cancel(&mut self, key: Key, reason: CancelReason) -> Cancelled {
        let State { seats, calls, parked, .. } = self;
        match calls.remove(&key) {
            None => Cancelled::Unknown,
            Some(Place::Parked(waiting)) => {
                parked.forget(|key| matches!(calls.get(key), Some(Place::Parked(_))));
                Cancelled::Forgotten(waiting)
            }
            Some(Place::Waiting(worker, waiting)) => {
                if let Some(seat) = seats.iter_mut().find(|seat| seat.number == worker) {
                    seat.queue.forget(
                        |key| matches!(calls.get(key), Some(Place::Waiting(number, _)) if *number == worker),
                    );
                }
                Cancelled::Forgotten(waiting)
            }
            Some(Place::Started(worker, _)) => {
                let overdue_since = (reason == CancelReason::DeadlinePassed).then(Instant::now);
                calls.insert(key, Place::Started(worker, Started { again: None, overdue_since }));
                let seat = seats.iter().find(|seat| seat.number == worker);
                seat.map_or(Cancelled::Unknown, |seat| Cancelled::Running(Arc::clone(&seat.mailbox)))
            }
        }
    }

    /// Removes a call if it is still parked.
    pub(super) fn expire(&mut self, key: Key) -> Option<Waiting> {
        let is_parked = matches!(self.calls.get(&key), Some(Place::Parked(_)));
        match is_parked.then(|| self.cancel(key, CancelReason::DeadlinePassed)) {
            Some(Cancelled::Forgotten(waiting)) => Some(waiting),
            _ => None,
        }
    }

    /// Places the waiting calls that a worker no longer accepts again.
    pub(super) fn redistribute(&mut self, place: usize, placed: &mut Placed) {
        let refuses = |seat: &Seat, waiting: &Waiting| !seat.accepts(waiting.handler());
        let keys = self.dequeue(place, usize::MAX, usize::MAX, refuses);
        self.place_again(keys, placed);
    }

    /// Removes a worker. Its waiting calls, and those running ones that may be tried again, are placed again. Returns
    /// the keys of its other running calls.
    pub(super) fn lose(&mut self, place: usize, placed: &mut Placed) -> (Vec<Key>, Option<OnDrained>) {
        let seat = &mut self.seats[place];
        if seat.is_ready() {
            seat.phase = Phase::Draining(None);
        }
        let worker = seat.number;
        self.redistribute(place, placed);
        let mut seat = self.seats.remove(place);
        seat.in_flight = 0;
        let mut failed = Vec::new();
        for key in self.started(worker) {
            match self.calls.remove(&key) {
                Some(Place::Started(_, Started { again: Some(call), .. })) => {
                    self.place(Waiting { call, is_retry: true }, placed);
                }
                _ => failed.push(key),
            }
        }
        (failed, seat.drained())
    }

    fn started(&self, worker: u32) -> Vec<Key> {
        let is_its = |place: &Place| matches!(place, Place::Started(number, _) if *number == worker);
        self.calls.iter().filter(|(_, place)| is_its(place)).map(|(key, _)| *key).collect()
    }

    /// When the first of a worker's overdue calls was cancelled.
    pub(super) fn overdue_since(&self, worker: u32) -> Option<Instant> {
        let overdue = self.calls.values().filter_map(|place| match place {
            Place::Started(number, started) if *number == worker => started.overdue_since,
            _ => None,
        });
        overdue.min()
    }

    /// Removes all calls.
    pub(super) fn clear(&mut self) -> impl Sized + use<> {
        self.parked.clear();
        for seat in &mut self.seats {
            seat.queue.clear();
            seat.in_flight = 0;
        }
        std::mem::take(&mut self.calls)
    }
}
