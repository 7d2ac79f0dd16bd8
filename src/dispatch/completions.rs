//! Delivers outcomes from any thread to the I/O thread that waits for them.

use std::sync::Arc;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::{Outcome, Ticket};

/// Collects outcomes for one I/O thread, which is woken once for many.
#[derive(Debug)]
pub struct CompletionQueue<O = Outcome> {
    inner: Mutex<Inner<O>>,
    pub(super) waker: AtomicWaker,
}

#[derive(Debug)]
struct Inner<O> {
    completed: Vec<(Ticket, O)>,
    /// Whether the I/O thread looks for completions by itself, and need not be woken.
    is_polled: bool,
}

impl<O> Default for CompletionQueue<O> {
    fn default() -> Self {
        let inner = Inner { completed: Vec::new(), is_polled: false };
        CompletionQueue { inner: Mutex::new(inner), waker: AtomicWaker::new() }
    }
}

impl<O> CompletionQueue<O> {
    /// Adds completions and wakes the I/O thread once.
    pub fn deliver(&self, completed: impl IntoIterator<Item = (Ticket, O)>) {
        let mut inner = self.inner.lock();
        inner.completed.extend(completed);
        let is_polled = inner.is_polled;
        drop(inner);
        if !is_polled {
            self.waker.wake();
        }
    }

    /// Swaps the collected completions with `into`, which is empty.
    pub(super) fn take(&self, into: &mut Vec<(Ticket, O)>) {
        std::mem::swap(&mut self.inner.lock().completed, into);
    }

    /// Announces that completions are taken again and again until the guard is dropped: waking a thread that is awake
    /// would cost the delivering thread a system call.
    pub(super) fn start_polling(&self) -> Polling<'_, O> {
        self.inner.lock().is_polled = true;
        Polling(self)
    }
}

/// The completions of a queue are polled for as long as this lives.
pub(super) struct Polling<'a, O>(&'a CompletionQueue<O>);

impl<O> Drop for Polling<'_, O> {
    fn drop(&mut self) {
        let mut inner = self.0.inner.lock();
        inner.is_polled = false;
        // Delivered since the last look, without waking.
        let is_left = !inner.completed.is_empty();
        drop(inner);
        if is_left {
            self.0.waker.wake();
        }
    }
}

/// Completes one call, from any thread. If it is dropped before, the call fails.
#[derive(Debug)]
pub struct Responder {
    completions: Arc<CompletionQueue>,
    ticket: Option<Ticket>,
}

impl Responder {
    /// The responder of the call that `ticket` identifies.
    pub fn new(completions: Arc<CompletionQueue>, ticket: Ticket) -> Self {
        Responder { completions, ticket: Some(ticket) }
    }

    /// Completes the call.
    pub fn send(mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            self.completions.deliver([(ticket, outcome)]);
        }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.completions.deliver([(ticket, Outcome::Failed)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::task::{Wake, Waker};

    use super::*;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    #[test]
    fn nothing_that_is_delivered_while_the_queue_is_polled_is_left_behind() {
        let queue = CompletionQueue::default();
        let wakes = Arc::<Wakes>::default();
        queue.waker.register(&Waker::from(Arc::clone(&wakes)));
        let deliver = |generation| queue.deliver([(Ticket { slot: 0, generation }, ())]);
        let mut taken = Vec::new();

        let polling = queue.start_polling();
        deliver(1);
        queue.take(&mut taken);
        assert_eq!(taken.len(), 1);
        drop(polling);
        assert_eq!(wakes.0.load(Relaxed), 0, "what was taken wakes no thread");

        let polling = queue.start_polling();
        deliver(2);
        assert_eq!(wakes.0.load(Relaxed), 0, "a thread that polls is not woken");
        drop(polling);
        assert_eq!(wakes.0.load(Relaxed), 1, "what was not taken wakes it in the end");

        queue.waker.register(&Waker::from(Arc::clone(&wakes)));
        deliver(3);
        assert_eq!(wakes.0.load(Relaxed), 2, "a thread that does not poll is woken");
    }
}
