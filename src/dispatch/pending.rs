//! The pending calls of an I/O thread.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use slab::Slab;

use super::busy_wait::{BusyWait, Progress};
use super::{
    Call, CancelReason, CompletionQueue, Dispatcher, GENERATION_BITS, Outcome, Peer, SLOT_BITS, Ticket,
};
use crate::error::RequestError;
use crate::policy::{Admission, Overloaded, Permit};

/// Generations are below this, and above 0, which is not used.
const GENERATIONS: u32 = 1 << GENERATION_BITS;

/// A slot with a higher number would be read as one of another I/O thread.
const MAX_SLOTS: usize = 1 << SLOT_BITS;

/// The calls in flight of one I/O thread.
pub type PendingCalls = Pending<dyn Dispatcher, Outcome>;

/// What one I/O thread has passed to `P`, until it is completed with an `O`.
///
/// Used by that thread alone: its locks are never contended, and never held across a call or an await.
pub struct Pending<P: ?Sized, O> {
    peer: Arc<P>,
    completions: Arc<CompletionQueue<O>>,
    admission: Arc<Admission>,
    slots: Mutex<Slots<O>>,
    turn: AtomicWaker,
}

impl PendingCalls {
    /// Dispatches a call. The future resolves to its outcome. Dropping it cancels the call.
    ///
    /// # Errors
    /// [`Overloaded`] if as many calls wait, or are in flight, as allowed.
    pub fn call(
        self: &Arc<Self>,
        call: &Call<'_>,
    ) -> Result<PendingCall<dyn Dispatcher, Outcome>, Overloaded> {
        self.begin(call.input.held_bytes(), |dispatcher, ticket, permit| {
            dispatcher.dispatch(ticket, call, permit);
        })
    }
}

impl<P: Peer + ?Sized, O> Pending<P, O> {
    /// An empty table. `peer` delivers into `completions`, and gets what `admission` admits.
    pub fn new(peer: Arc<P>, completions: Arc<CompletionQueue<O>>, admission: Arc<Admission>) -> Self {
        Pending { peer, completions, admission, slots: Mutex::default(), turn: AtomicWaker::new() }
    }

    /// The admission of the server.
    pub fn admission(&self) -> &Arc<Admission> {
        &self.admission
    }

    /// Passes something to the peer, under a ticket. `held_bytes` are held while it waits.
    ///
    /// # Errors
    /// [`Overloaded`], in which case nothing was passed.
    pub fn begin(
        self: &Arc<Self>,
        held_bytes: usize,
        hand_over: impl FnOnce(&P, Ticket, Permit<'_>),
    ) -> Result<PendingCall<P, O>, Overloaded> {
        let permit = self.admission.admit_call(held_bytes)?;
        let ticket = self.slots.lock().open(MAX_SLOTS)?;
        hand_over(&self.peer, ticket, permit);
        self.flush_soon();
        Ok(PendingCall { pending: Arc::clone(self), ticket: Some(ticket) })
    }

    /// Passes a report to the peer, which has no outcome. Does nothing if too many wait.
    pub fn report(&self, hand_over: impl FnOnce(&P, Permit<'_>)) {
        if let Some(permit) = self.admission.admit_report() {
            hand_over(&self.peer, permit);
            self.flush_soon();
        }
    }

    /// Flushes collected calls, many at a time. The first call wakes this task, which runs after all connections that
    /// are ready, and those that become ready meanwhile. Waking the thread of the handlers costs more than a call.
    ///
    /// While few calls are in flight it polls without parking the thread, if that has paid off lately.
    pub async fn flush_each_turn(&self) {
        let mut busy_wait = BusyWait::default();
        let mut completed = Vec::new();
        loop {
            poll_fn(|cx| {
                self.turn.register(cx.waker());
                if self.slots.lock().unflushed { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            tokio::task::yield_now().await;
            self.slots.lock().unflushed = false;
            self.peer.flush();
            let polling = self.completions.start_polling();
            busy_wait
                .run(|| {
                    self.receive(&mut completed);
                    self.slots.lock().progress()
                })
                .await;
            drop(polling);
        }
    }

    /// Drains completions as they arrive, and wakes the requests that wait for them.
    pub async fn drain_completions(&self) {
        let mut completed = Vec::new();
        poll_fn::<(), _>(|cx| {
            self.completions.waker.register(cx.waker());
            self.receive(&mut completed);
            Poll::Pending
        })
        .await
    }

    /// Wakes the requests whose calls have completed. `completed` is a buffer, empty before and after.
    fn receive(&self, completed: &mut Vec<(Ticket, O)>) {
        self.completions.take(completed);
        let mut slots = self.slots.lock();
        for (ticket, outcome) in completed.drain(..) {
            if let Some(waker) = slots.complete(ticket, outcome) {
                waker.wake();
            }
        }
    }

    fn flush_soon(&self) {
        let first = !std::mem::replace(&mut self.slots.lock().unflushed, true);
        if first {
            self.turn.wake();
        }
    }
}

struct Slots<O> {
    slots: Slab<Slot<O>>,
    generation: u32,
    /// Whether something was passed to the peer since the last flush.
    unflushed: bool,
    /// The number of calls that have begun or were completed.
    events: u32,
}

struct Slot<O> {
    generation: u32,
    state: State<O>,
}

enum State<O> {
    Waiting(Option<Waker>),
    Complete(O),
}

impl<O> Default for Slots<O> {
    fn default() -> Self {
        Slots { slots: Slab::new(), generation: 0, unflushed: false, events: 0 }
    }
}

impl<O> Slots<O> {
    /// Opens a slot, with a number below `max_slots`.
    fn open(&mut self, max_slots: usize) -> Result<Ticket, Overloaded> {
        let vacant = self.slots.vacant_entry();
        let slot = vacant.key();
        if slot >= max_slots {
            return Err(Overloaded);
        }
        self.generation = self.generation % (GENERATIONS - 1) + 1;
        self.events = self.events.wrapping_add(1);
        vacant.insert(Slot { generation: self.generation, state: State::Waiting(None) });
        Ok(Ticket { slot: slot as u32, generation: self.generation })
    }

    /// Stores the outcome of a call, unless it was cancelled. The first completion counts.
    fn complete(&mut self, ticket: Ticket, outcome: O) -> Option<Waker> {
        let slot = self.slots.get_mut(ticket.slot as usize)?;
        if slot.generation != ticket.generation {
            return None;
        }
        let State::Waiting(waker) = &mut slot.state else { return None };
        let waker = waker.take();
        slot.state = State::Complete(outcome);
        self.events = self.events.wrapping_add(1);
        waker
    }

    fn progress(&self) -> Progress {
        Progress { events: self.events, in_flight: self.slots.len(), is_unflushed: self.unflushed }
    }
}

/// A call or question in flight.
pub struct PendingCall<P: Peer + ?Sized, O> {
    pending: Arc<Pending<P, O>>,
    ticket: Option<Ticket>,
}

impl<P: Peer + ?Sized, O> Future for PendingCall<P, O> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        let ticket = self.ticket.expect("a finished call is not polled again");
        let mut slots = self.pending.slots.lock();
        if let State::Waiting(waker) = &mut slots.slots[ticket.slot as usize].state {
            if !waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                *waker = Some(cx.waker().clone());
            }
            return Poll::Pending;
        }
        let Slot { state: State::Complete(outcome), .. } = slots.slots.remove(ticket.slot as usize) else {
            unreachable!("the slot was seen complete under this lock")
        };
        drop(slots);
        self.ticket = None;
        Poll::Ready(outcome)
    }
}

impl<P: Peer + ?Sized, O> PendingCall<P, O> {
    /// Waits for the outcome, for at most `timeout`.
    ///
    /// # Errors
    /// `HandlerTimeout`, in which case the call is cancelled.
    pub async fn with_deadline(mut self, timeout: Option<Duration>) -> Result<O, RequestError> {
        let Some(timeout) = timeout else { return Ok(self.await) };
        match tokio::time::timeout(timeout, &mut self).await {
            Ok(outcome) => Ok(outcome),
            Err(_) => {
                self.cancel(CancelReason::DeadlinePassed);
                Err(RequestError::HandlerTimeout)
            }
        }
    }

    fn cancel(&mut self, reason: CancelReason) {
        if let Some(ticket) = self.ticket.take() {
            let slot = self.pending.slots.lock().slots.remove(ticket.slot as usize);
            if matches!(slot.state, State::Waiting(_)) {
                self.pending.peer.cancel(ticket, reason);
            }
        }
    }
}

impl<P: Peer + ?Sized, O> Drop for PendingCall<P, O> {
    fn drop(&mut self) {
        self.cancel(CancelReason::ClientLeft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_slot_has_a_number_that_does_not_fit_its_bits() {
        let mut slots = Slots::<()>::default();
        for slot in 0..8 {
            assert_eq!(slots.open(8).map(|ticket| ticket.slot), Ok(slot));
        }
        assert_eq!(slots.open(8), Err(Overloaded));
        slots.slots.remove(5);
        assert_eq!(slots.open(8).map(|ticket| ticket.slot), Ok(5));
    }

    #[test]
    fn the_first_completion_of_a_call_counts_and_none_of_an_earlier_one() {
        let mut slots = Slots::default();
        let earlier = slots.open(1).unwrap();
        slots.slots.remove(0);
        let ticket = slots.open(1).unwrap();
        for (ticket, outcome) in [(earlier, "earlier"), (ticket, "first"), (ticket, "second")] {
            assert!(slots.complete(ticket, outcome).is_none(), "no waker was registered");
        }
        assert!(matches!(slots.slots.remove(0).state, State::Complete("first")));
    }
}
