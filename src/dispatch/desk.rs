//! Where an I/O thread's requests wait for their outcomes.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::task::AtomicWaker;
use slab::Slab;

use super::{Abandoned, Call, Dispatcher, Outcome, Refusal, Returns, SLOT_BITS, Ticket};
use crate::policy::{Admission, Overloaded};

/// Generations stay below this, so that a ticket is a small integer everywhere, and above 0, which no call has.
const GENERATIONS: u32 = 1 << 30;

/// The calls of one I/O thread that are under way.
///
/// Used by that thread alone: its locks are never contended and never held across a call or an await.
pub struct Desk {
    dispatcher: Arc<dyn Dispatcher>,
    returns: Arc<Returns>,
    admission: Arc<Admission>,
    waiting: Mutex<Waiting>,
    turn: AtomicWaker,
}

#[derive(Default)]
struct Waiting {
    slots: Slab<Slot>,
    generation: u32,
    unflushed: bool,
}

struct Slot {
    generation: u32,
    state: State,
}

enum State {
    Waiting(Option<Waker>),
    Answered(Outcome),
}

impl Desk {
    /// A desk before `dispatcher`, whose outcomes come through `returns`; it takes on what `admission` lets in.
    pub fn new(dispatcher: Arc<dyn Dispatcher>, returns: Arc<Returns>, admission: Arc<Admission>) -> Self {
        Desk { dispatcher, returns, admission, waiting: Mutex::default(), turn: AtomicWaker::new() }
    }

    /// What the server takes on.
    pub fn admission(&self) -> &Arc<Admission> {
        &self.admission
    }

    /// Hands a call over; the future gives its outcome, and abandons the call when it is dropped before.
    ///
    /// # Errors
    /// [`Overloaded`] if as many calls wait, or are under way, as may.
    pub fn call(self: &Arc<Self>, call: &Call<'_>) -> Result<Pending, Overloaded> {
        let permit = self.admission.admit_call(call.input.held_bytes())?;
        let ticket = self.lock().open()?;
        self.dispatcher.dispatch(ticket, call, permit);
        self.flush_soon();
        Ok(Pending { desk: Arc::clone(self), ticket: Some(ticket) })
    }

    /// Passes on that a request was refused.
    pub fn report(&self, refusal: &Refusal<'_>) {
        if let Some(permit) = self.admission.admit_report() {
            self.dispatcher.report(refusal, permit);
            self.flush_soon();
        }
    }

    /// Hands collected calls on, many at a time: whoever calls first wakes this task, which waits until all
    /// connections that were ready have had their turn, and those that became ready meanwhile. Waking the
    /// handlers' thread costs more than the call does.
    pub async fn flush_each_turn(&self) {
        loop {
            poll_fn(|cx| {
                self.turn.register(cx.waker());
                if self.lock().unflushed { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            tokio::task::yield_now().await;
            self.lock().unflushed = false;
            self.dispatcher.flush();
        }
    }

    /// Takes outcomes in as they come and wakes the requests that wait for them.
    pub async fn distribute(&self) {
        let mut arrived = Vec::new();
        poll_fn::<(), _>(|cx| {
            self.returns.waker.register(cx.waker());
            self.returns.take(&mut arrived);
            let mut waiting = self.lock();
            for (ticket, outcome) in arrived.drain(..) {
                if let Some(waker) = waiting.answer(ticket, outcome) {
                    waker.wake();
                }
            }
            Poll::Pending
        })
        .await
    }

    fn flush_soon(&self) {
        let first = !std::mem::replace(&mut self.lock().unflushed, true);
        if first {
            self.turn.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Makes room for a call. A slot whose number did not fit its bits would be taken for another call's.
    fn open(&mut self) -> Result<Ticket, Overloaded> {
        let vacant = self.slots.vacant_entry();
        let slot =
            u32::try_from(vacant.key()).ok().filter(|slot| slot >> SLOT_BITS == 0).ok_or(Overloaded)?;
        self.generation = self.generation % (GENERATIONS - 1) + 1;
        vacant.insert(Slot { generation: self.generation, state: State::Waiting(None) });
        Ok(Ticket { slot, generation: self.generation })
    }

    /// Stores the outcome, unless nobody waits for it any more.
    fn answer(&mut self, ticket: Ticket, outcome: Outcome) -> Option<Waker> {
        let slot = self.slots.get_mut(ticket.slot as usize)?;
        if slot.generation != ticket.generation {
            return None;
        }
        // The first outcome counts.
        let State::Waiting(waker) = &mut slot.state else { return None };
        let waker = waker.take();
        slot.state = State::Answered(outcome);
        waker
    }
}

/// A call under way.
pub struct Pending {
    desk: Arc<Desk>,
    ticket: Option<Ticket>,
}

impl Future for Pending {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let ticket = self.ticket.expect("a finished call is not polled again");
        let mut waiting = self.desk.lock();
        let slot = &mut waiting.slots[ticket.slot as usize];
        match &mut slot.state {
            State::Waiting(waker) => {
                if !waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                    *waker = Some(cx.waker().clone());
                }
                return Poll::Pending;
            }
            State::Answered(_) => {}
        }
        let Slot { state: State::Answered(outcome), .. } = waiting.slots.remove(ticket.slot as usize) else {
            unreachable!("the slot was seen answered under this lock")
        };
        drop(waiting);
        self.ticket = None;
        Poll::Ready(outcome)
    }
}

impl Pending {
    /// Gives the call up because its deadline has passed.
    pub fn expire(mut self) {
        self.abandon(Abandoned::DeadlinePassed);
    }

    fn abandon(&mut self, why: Abandoned) {
        if let Some(ticket) = self.ticket.take() {
            let slot = self.desk.lock().slots.remove(ticket.slot as usize);
            if matches!(slot.state, State::Waiting(_)) {
                self.desk.dispatcher.abandon(ticket, why);
            }
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.abandon(Abandoned::ClientLeft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_slot_has_a_number_that_does_not_fit_its_bits() {
        let mut waiting = Waiting::default();
        let most = 1_usize << SLOT_BITS;
        for _ in 0..most {
            waiting.open().unwrap();
        }
        assert_eq!(waiting.open(), Err(Overloaded));
        waiting.slots.remove(most - 7);
        assert_eq!(waiting.open().map(|ticket| ticket.slot), Ok((most - 7) as u32));
    }
}
