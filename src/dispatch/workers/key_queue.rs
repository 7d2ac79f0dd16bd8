//! A queue of calls from which calls can be removed cheaply.

use std::collections::VecDeque;

use crate::dispatch::Key;

/// How many stale keys a queue keeps in any case. It is cleaned when it has more and they outnumber its calls.
const MIN_STALE: usize = 64;

/// The keys of calls, oldest first. The key of a call that is removed stays until later, since finding it would take a
/// search.
#[derive(Default)]
pub(super) struct KeyQueue {
    keys: VecDeque<Key>,
    /// How many keys are not stale.
    calls: usize,
}

/// How to treat a key that was found in the queue.
pub(super) enum Found {
    /// Take it.
    Taken,
    /// Leave it in the queue.
    Kept,
    /// Drop it, since its call was removed.
    Stale,
}

impl KeyQueue {
    /// The number of calls.
    pub(super) fn len(&self) -> usize {
        self.calls
    }

    pub(super) fn push(&mut self, key: Key) {
        self.keys.push_back(key);
        self.calls += 1;
    }

    /// Counts a call that was removed. `is_in` says whether the call of a key is still in the queue.
    pub(super) fn forget(&mut self, is_in: impl FnMut(&Key) -> bool) {
        self.calls -= 1;
        if self.keys.len() > MIN_STALE + 2 * self.calls {
            self.keys.retain(is_in);
        }
    }

    /// Takes up to `count` of the first `searched` keys, in order.
    pub(super) fn take(
        &mut self,
        count: usize,
        searched: usize,
        mut find: impl FnMut(&Key) -> Found,
    ) -> Vec<Key> {
        let mut taken = Vec::new();
        let mut kept = Vec::new();
        for _ in 0..searched.min(self.keys.len()) {
            if taken.len() == count {
                break;
            }
            let Some(key) = self.keys.pop_front() else { break };
            match find(&key) {
                Found::Taken => taken.push(key),
                Found::Kept => kept.push(key),
                Found::Stale => {}
            }
        }
        for key in kept.into_iter().rev() {
            self.keys.push_front(key);
        }
        self.calls -= taken.len();
        taken
    }

    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.calls = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Ticket;

    fn key(slot: u32) -> Key {
        Key::of_call(0, Ticket { slot, generation: 1 })
    }

    #[test]
    fn what_is_taken_and_what_stays_keeps_its_order() {
        let mut queue = KeyQueue::default();
        (0..6).for_each(|slot| queue.push(key(slot)));
        let is_even = |key: &Key| if key.ticket.slot.is_multiple_of(2) { Found::Taken } else { Found::Kept };
        assert_eq!(queue.take(2, usize::MAX, is_even), [key(0), key(2)]);
        assert_eq!(queue.take(9, usize::MAX, |_| Found::Taken), [1, 3, 4, 5].map(key));
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn keys_of_calls_that_have_left_do_not_pile_up() {
        let mut queue = KeyQueue::default();
        queue.push(key(0));
        for slot in 1..10_000 {
            queue.push(key(slot));
            queue.forget(|kept| *kept == key(0));
        }
        assert_eq!(queue.len(), 1);
        assert!(queue.keys.len() <= MIN_STALE + 4, "{}", queue.keys.len());
    }
}
