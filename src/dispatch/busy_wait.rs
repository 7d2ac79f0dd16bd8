//! Polls for events without parking the thread, while that pays off.
//!
//! With few calls in flight, an I/O thread is idle for some microseconds between two events, and parking costs more
//! than that: waking the thread takes a system call of another thread and, on virtual machines, an interrupt of an idle
//! processor. With many calls in flight there is always something to do.

use std::time::{Duration, Instant};

/// The longest wait for one event.
const MAX_WAIT: Duration = Duration::from_micros(50);

/// The most calls in flight with which the thread polls; with more it is parked.
const MAX_IN_FLIGHT: usize = 16;

/// The most waits that are skipped after some that did not pay off.
const MAX_SKIPPED: u32 = 1024;

/// The progress of calls, which a wait observes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// The number of calls that have begun or were completed.
    pub(super) events: u32,
    pub(super) in_flight: usize,
    /// Whether calls are collected that have to be flushed.
    pub(super) is_unflushed: bool,
}

/// Polls or parks, depending on which waits have paid off lately.
#[derive(Debug, Default)]
pub(super) struct BusyWait {
    completions: Odds,
    requests: Odds,
}

impl BusyWait {
    /// Waits as long as events follow each other quickly, and nothing has to be flushed.
    pub(super) async fn run(&mut self, mut look: impl FnMut() -> Progress) {
        let mut seen = look();
        while !seen.is_unflushed && seen.in_flight <= MAX_IN_FLIGHT {
            let odds = if seen.in_flight > 0 { &mut self.completions } else { &mut self.requests };
            if !odds.allow() {
                return;
            }
            let begun = Instant::now();
            let events = seen.events;
            while seen.events == events && begun.elapsed() < MAX_WAIT {
                // With no other task to run, this polls the sockets without parking.
                tokio::task::yield_now().await;
                seen = look();
            }
            odds.learn(seen.events != events);
        }
    }
}

/// Decides whether a kind of wait is worth another attempt.
#[derive(Debug, Default)]
struct Odds {
    penalty: u32,
    skipped: u32,
}

impl Odds {
    fn allow(&mut self) -> bool {
        self.skipped += 1;
        self.skipped > self.penalty
    }

    fn learn(&mut self, has_paid: bool) {
        self.skipped = 0;
        self.penalty = if has_paid { self.penalty / 4 } else { (self.penalty * 2 + 1).min(MAX_SKIPPED) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_does_not_pay_is_tried_less_and_less() {
        let mut odds = Odds::default();
        let mut tries = 0;
        for _ in 0..10_000 {
            if odds.allow() {
                tries += 1;
                odds.learn(false);
            }
        }
        assert!(tries < 25, "{tries}");
    }

    #[test]
    fn a_wait_that_pays_again_is_soon_taken_each_time() {
        let mut odds = Odds { penalty: MAX_SKIPPED, skipped: MAX_SKIPPED };
        for _ in 0..6 {
            while !odds.allow() {}
            odds.learn(true);
        }
        assert!(odds.allow());
    }
}
