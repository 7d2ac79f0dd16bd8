//! Waiting without parking the thread, while that pays.
//!
//! With few calls in flight an I/O thread has nothing to do between two events that are some microseconds apart, and
//! parking costs more than that: waking it takes a system call of the other thread and, on virtual machines, an
//! interrupt of an idle processor. With many in flight there is always something to do.

use std::time::{Duration, Instant};

/// How long a wait for one event may be.
const MAX_WAIT: Duration = Duration::from_micros(50);

/// With more calls than this in flight the thread is parked.
const MAX_IN_FLIGHT: usize = 16;

/// How many waits are left out, at the most, after some that did not pay.
const MAX_SKIPPED: u32 = 1024;

/// What is waited for, as it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// How many calls have begun or were completed.
    pub(super) events: u32,
    pub(super) in_flight: usize,
    /// Whether there is something to hand over.
    pub(super) is_unflushed: bool,
}

/// Decides by what lately paid.
#[derive(Debug, Default)]
pub(super) struct BusyWait {
    completions: Odds,
    requests: Odds,
}

impl BusyWait {
    /// Waits for as long as events follow each other quickly, and nothing is to be handed over.
    pub(super) async fn run(&mut self, look: impl Fn() -> Progress) {
        let mut seen = look();
        while !seen.is_unflushed && seen.in_flight <= MAX_IN_FLIGHT {
            let odds = if seen.in_flight > 0 { &mut self.completions } else { &mut self.requests };
            if !odds.allow() {
                return;
            }
            let begun = Instant::now();
            let events = seen.events;
            while seen.events == events && begun.elapsed() < MAX_WAIT {
                // With nothing else to run this looks at the sockets, and does not park.
                tokio::task::yield_now().await;
                seen = look();
            }
            odds.learn(seen.events != events);
        }
    }
}

/// Whether one kind of wait is worth another try.
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
