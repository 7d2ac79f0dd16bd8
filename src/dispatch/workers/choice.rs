//! Chooses the worker for a call, and the calls that an idle worker takes over.

use super::seat::Seat;
use super::state::State;
use crate::config::MainThread;
use crate::kind::HandlerNumber;

/// With more workers than this, only two random ones are compared, since comparing all would cost more than a better
/// choice gains.
const MAX_COMPARED: usize = 4;

/// The index of the main thread's seat.
const MAIN: usize = 0;

impl State {
    /// The index of the worker that gets a call of a handler: the one with the fewest calls.
    pub(super) fn choose(&mut self, handler: HandlerNumber) -> Option<usize> {
        let random = self.next_random();
        let workers = self.seats.len() - 1;
        let mut least = None;
        let mut compare = |place: usize| {
            let load = self.seats[place].load();
            if least.is_none_or(|(_, other)| load < other) {
                least = Some((place, load));
            }
        };
        if workers <= MAX_COMPARED {
            self.accepting(random, handler).for_each(&mut compare);
        } else {
            for start in [random, random >> 32] {
                self.accepting(start, handler).take(1).for_each(&mut compare);
            }
        }
        let has_main = self.seats[MAIN].accepts(handler);
        match self.main_thread {
            MainThread::Share if has_main => compare(MAIN),
            MainThread::Fallback if has_main && least.is_none() => return Some(MAIN),
            _ => {}
        }
        least.map(|(place, _)| place)
    }

    /// Whether any worker accepts calls of a handler.
    pub(super) fn has_worker(&self, handler: HandlerNumber) -> bool {
        let skipped = usize::from(self.main_thread == MainThread::Never);
        self.seats[skipped..].iter().any(|seat| seat.accepts(handler))
    }

    /// The indexes of the workers that accept calls of a handler, from `start` on and around.
    fn accepting(&self, start: u64, handler: HandlerNumber) -> impl Iterator<Item = usize> {
        let workers = self.seats.len() - 1;
        let start = (start % workers.max(1) as u64) as usize;
        (0..workers)
            .map(move |offset| 1 + (start + offset) % workers)
            .filter(move |&place| self.seats[place].accepts(handler))
    }

    /// The indexes of the workers whose waiting calls another one may take, longest queue first.
    pub(super) fn victims(&self, thief: usize) -> Vec<usize> {
        if thief == MAIN && self.main_thread != MainThread::Share {
            return Vec::new();
        }
        let is_victim = |&place: &usize| place != thief && self.may_steal(thief, place);
        let mut victims: Vec<_> = (0..self.seats.len()).filter(is_victim).collect();
        victims.sort_unstable_by_key(|&place| std::cmp::Reverse(self.seats[place].queue.len()));
        victims
    }

    fn may_steal(&self, thief: usize, victim: usize) -> bool {
        let (thief, victim) = (&self.seats[thief], &self.seats[victim]);
        victim.queue.len() > 0 && !thief.handlers.is_disjoint(&victim.handlers)
    }

    /// An idle worker that could take waiting calls of another.
    pub(super) fn idle_helper(&self) -> Option<&Seat> {
        let is_idle = |&place: &usize| {
            let seat = &self.seats[place];
            seat.queue.len() == 0
                && seat.capacity() > 0
                && !self.victims(place).is_empty()
                && seat.mailbox.is_quiet()
        };
        (0..self.seats.len()).find(is_idle).map(|place| &self.seats[place])
    }

    /// Whether a worker that has just completed calls may take further ones.
    pub(super) fn has_more(&self, place: usize) -> bool {
        let seat = &self.seats[place];
        seat.capacity() > 0 && (seat.queue.len() > 0 || !self.victims(place).is_empty())
    }

    /// The next number of a xorshift generator, which is good enough for these choices.
    fn next_random(&mut self) -> u64 {
        let mut random = self.random;
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        self.random = random;
        random
    }
}
