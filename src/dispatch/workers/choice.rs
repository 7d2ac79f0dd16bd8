//! Which worker gets a call, and which helps another.

use super::seat::Seat;
use super::state::State;
use crate::config::MainThread;
use crate::kind::HandlerNumber;

/// With more workers than this, a call goes to the better of two that are chosen at random: comparing all of them would
/// cost more than it balances.
const MAX_COMPARED: usize = 4;

/// The main thread's place among the seats.
const MAIN: usize = 0;

impl State {
    /// The place of the worker that gets a call of a handler: the one with the least to do.
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

    /// Whether some worker gets calls of a handler.
    pub(super) fn has_worker(&self, handler: HandlerNumber) -> bool {
        let skipped = usize::from(self.main_thread == MainThread::Never);
        self.seats[skipped..].iter().any(|seat| seat.accepts(handler))
    }

    /// The places of the workers that accept calls of a handler, beginning anywhere.
    fn accepting(&self, start: u64, handler: HandlerNumber) -> impl Iterator<Item = usize> {
        let workers = self.seats.len() - 1;
        let start = (start % workers.max(1) as u64) as usize;
        (0..workers)
            .map(move |offset| 1 + (start + offset) % workers)
            .filter(move |&place| self.seats[place].accepts(handler))
    }

    /// The places of those from which a worker may take calls that wait, the one with the most first.
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

    /// A worker that has nothing to do, and could take calls that wait for another.
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

    /// Whether there is something to take for a worker that has just completed calls.
    pub(super) fn has_more(&self, place: usize) -> bool {
        let seat = &self.seats[place];
        seat.capacity() > 0 && (seat.queue.len() > 0 || !self.victims(place).is_empty())
    }

    /// The next number of a xorshift generator: choices need no better one.
    fn next_random(&mut self) -> u64 {
        let mut random = self.random;
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        self.random = random;
        random
    }
}
