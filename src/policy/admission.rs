//! How much a server admits before it is overloaded: waiting calls, and bytes held for requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::error::RequestError;

/// The most rejected requests that wait to be reported, so that a flood of them does not displace calls.
const MAX_REPORTS: usize = 256;

/// The server has admitted as much as it may.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("overloaded")]
pub struct Overloaded;

impl From<Overloaded> for RequestError {
    fn from(_: Overloaded) -> Self {
        RequestError::Overloaded
    }
}

/// Bounds the calls that wait for the handlers of a server, and the bytes of bodies and inputs that are held for them,
/// over all of its I/O threads.
///
/// An admission ends when its [`Permit`], or the [`Held`] that has taken it over, is dropped.
#[derive(Debug)]
pub struct Admission {
    max_calls: usize,
    max_bytes: usize,
    calls: AtomicUsize,
    bytes: AtomicUsize,
    reports: AtomicUsize,
}

impl Admission {
    /// Admits at most `max_calls`, and about `max_bytes`.
    pub fn new(max_calls: usize, max_bytes: usize) -> Arc<Self> {
        Arc::new(Admission {
            max_calls,
            max_bytes,
            calls: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            reports: AtomicUsize::new(0),
        })
    }

    /// Admits a call with that many bytes of input.
    ///
    /// # Errors
    /// [`Overloaded`] if as many calls wait, or as many bytes are held, as may.
    pub fn admit_call(self: &Arc<Self>, bytes: usize) -> Result<Permit<'_>, Overloaded> {
        self.add_bytes(bytes)?;
        if !raise(&self.calls, 1, self.max_calls) {
            self.bytes.fetch_sub(bytes, Relaxed);
            return Err(Overloaded);
        }
        Ok(Permit { admission: self, amount: Amount { calls: 1, bytes, reports: 0 } })
    }

    /// Admits the report of a rejected request; `None` if too many wait.
    pub fn admit_report(self: &Arc<Self>) -> Option<Permit<'_>> {
        let admitted = raise(&self.reports, 1, MAX_REPORTS);
        admitted.then(|| Permit { admission: self, amount: Amount { reports: 1, ..Amount::default() } })
    }

    /// An account, at first empty, for the bytes of a body that arrives in pieces.
    pub fn hold_body(self: &Arc<Self>) -> Held {
        Held { admission: Some(Arc::clone(self)), amount: Amount::default() }
    }

    /// Admits a number of bytes that exceeds the bound by itself while fewer are held, since the limit of bodies has
    /// admitted them.
    fn add_bytes(&self, bytes: usize) -> Result<(), Overloaded> {
        if raise(&self.bytes, bytes, self.max_bytes) { Ok(()) } else { Err(Overloaded) }
    }

    fn give_back(&self, amount: &Amount) {
        for (counter, amount) in
            [(&self.calls, amount.calls), (&self.bytes, amount.bytes), (&self.reports, amount.reports)]
        {
            if amount > 0 {
                counter.fetch_sub(amount, Relaxed);
            }
        }
    }
}

/// Raises a counter unless it has reached its bound.
fn raise(counter: &AtomicUsize, by: usize, bound: usize) -> bool {
    let fits = by == 0 || counter.fetch_add(by, Relaxed) < bound;
    if !fits {
        counter.fetch_sub(by, Relaxed);
    }
    fits
}

#[derive(Debug, Default)]
struct Amount {
    calls: usize,
    bytes: usize,
    reports: usize,
}

/// What was admitted for one call or report.
#[derive(Debug)]
#[must_use = "what was admitted is given back at once"]
pub struct Permit<'a> {
    admission: &'a Arc<Admission>,
    amount: Amount,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.admission.give_back(&self.amount);
    }
}

/// Holds what was admitted, for many calls together or for a body that grows.
#[derive(Debug, Default)]
pub struct Held {
    /// The admission of the first permit, if there was one.
    admission: Option<Arc<Admission>>,
    amount: Amount,
}

impl Held {
    /// Takes a permit over, which ends with the others.
    pub fn take_over(&mut self, mut permit: Permit<'_>) {
        let Amount { calls, bytes, reports } = std::mem::take(&mut permit.amount);
        let admission = self.admission.get_or_insert_with(|| Arc::clone(permit.admission));
        debug_assert!(Arc::ptr_eq(admission, permit.admission), "a server has one admission");
        self.amount.calls += calls;
        self.amount.bytes += bytes;
        self.amount.reports += reports;
    }

    /// Holds more bytes. A body that exceeds the bound by itself is admitted while the others hold less, since the
    /// limit of bodies has admitted it.
    ///
    /// # Errors
    /// [`Overloaded`] if the others hold as many bytes as allowed; nothing changes then.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Overloaded> {
        if let Some(admission) = &self.admission {
            let bound = admission.max_bytes.saturating_add(self.amount.bytes);
            if !raise(&admission.bytes, bytes, bound) {
                return Err(Overloaded);
            }
            self.amount.bytes += bytes;
        }
        Ok(())
    }

    /// Holds fewer bytes.
    pub fn shrink(&mut self, bytes: usize) {
        if let Some(admission) = &self.admission {
            let bytes = bytes.min(self.amount.bytes);
            self.amount.bytes -= bytes;
            admission.bytes.fetch_sub(bytes, Relaxed);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(admission) = &self.admission {
            admission.give_back(&self.amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_calls_wait_as_may() {
        let admission = Admission::new(2, 100);
        let first = admission.admit_call(0).unwrap();
        let _second = admission.admit_call(0).unwrap();
        assert_eq!(admission.admit_call(0).err(), Some(Overloaded));
        drop(first);
        assert!(admission.admit_call(0).is_ok());
    }

    #[test]
    fn large_inputs_are_too_many_before_their_number_is() {
        let admission = Admission::new(9, 100);
        let large = admission.admit_call(1000).unwrap();
        assert_eq!(admission.admit_call(1).err(), Some(Overloaded));
        assert!(admission.admit_call(0).is_ok(), "a call without input takes no room");
        drop(large);
        assert!(admission.admit_call(1).is_ok());
    }

    #[test]
    fn what_was_refused_takes_no_room() {
        let admission = Admission::new(1, 100);
        let call = admission.admit_call(99).unwrap();
        for _ in 0..9 {
            assert_eq!(admission.admit_call(1).err(), Some(Overloaded), "the second call");
        }
        drop(call);
        assert!(admission.admit_call(100).is_ok());
        assert_eq!(admission.bytes.load(Relaxed), 0);
    }

    #[test]
    fn permits_that_were_taken_over_are_given_back_together() {
        let admission = Admission::new(2, 100);
        let mut held = Held::default();
        held.take_over(admission.admit_call(60).unwrap());
        held.take_over(admission.admit_call(60).unwrap());
        assert_eq!(admission.admit_call(0).err(), Some(Overloaded));
        drop(held);
        let counters = [&admission.calls, &admission.bytes].map(|counter| counter.load(Relaxed));
        assert_eq!(counters, [0, 0]);
    }

    #[test]
    fn a_body_grows_until_as_many_bytes_are_held_as_may() {
        let admission = Admission::new(1, 100);
        let (mut one, mut other) = (admission.hold_body(), admission.hold_body());
        one.grow(60).unwrap();
        other.grow(100).unwrap();
        assert_eq!(one.grow(1), Err(Overloaded));
        other.shrink(1);
        assert_eq!(one.grow(1), Ok(()));
        drop(other);
        assert_eq!(one.grow(1000), Ok(()), "by itself it may be as large as it likes");
        assert_eq!(admission.bytes.load(Relaxed), 1061);
    }

    #[test]
    fn reports_take_no_room_of_calls() {
        let admission = Admission::new(1, 100);
        let reports: Vec<_> = (0..1000).map_while(|_| admission.admit_report()).collect();
        assert_eq!(reports.len(), MAX_REPORTS);
        assert!(admission.admit_call(1).is_ok());
    }
}
