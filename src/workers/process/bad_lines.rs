//! Counts violations of the protocol.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A worker that writes this many bad lines within [`WINDOW`] is ended.
pub(super) const MAX_BAD_LINES: usize = 3;

const WINDOW: Duration = Duration::from_secs(1);

/// The times of the last bad lines of a worker.
#[derive(Debug, Default)]
pub(super) struct BadLines(VecDeque<Instant>);

impl BadLines {
    /// Counts one. Returns whether there are too many now.
    pub(super) fn add(&mut self, now: Instant) -> bool {
        self.0.push_back(now);
        if self.0.len() > MAX_BAD_LINES {
            self.0.pop_front();
        }
        self.0.len() == MAX_BAD_LINES && now.duration_since(self.0[0]) < WINDOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_within_a_second_are_too_many() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        for (times, expected) in [
            (&[0, 1, 2][..], &[false, false, true][..]),
            (&[0, 500, 999], &[false, false, true]),
            (&[0, 500, 1000], &[false, false, false]),
            (&[0, 500, 1000, 1499], &[false, false, false, true]),
        ] {
            let mut bad = BadLines::default();
            let found: Vec<_> = times.iter().map(|&ms| bad.add(after(ms))).collect();
            assert_eq!(found, expected, "{times:?}");
        }
    }
}
