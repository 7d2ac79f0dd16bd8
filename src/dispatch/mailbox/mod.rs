//! Carries calls to another thread, many at a time.
//!
//! An [`Outbox`] for each I/O thread collects the calls of a turn into a [`Batch`]; the [`Mailbox`] holds batches until
//! the receiver takes them. Its [`Doorbell`] reports that there are batches to take, and does not ring again before all
//! were taken. JavaScript is one receiver, a thread in a test another.
//!
//! A record is a call, or something else that has to be in order with the calls: questions to hooks, notices, and
//! signals of streams and bodies, by the numbers that the receiver has assigned.

mod batch;
mod head;
mod outbox;
mod record;
mod single_call;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::lock::{Mutex, MutexGuard};

pub use batch::{Batch, MAX_RECORDS};
pub(super) use outbox::MAX_TEXT_BYTES;
pub use outbox::Outbox;
pub use record::{Key, Message, Question, QueuedCall, QueuedInput, Record};
pub(super) use single_call::SingleCall;

use super::{CancelReason, Signal};

/// Wakes the receiver of a mailbox.
pub trait Doorbell: Send + Sync {
    /// Reports, from any thread, that there are batches to take. Does nothing once the receiver is gone.
    fn ring(&self);
}

/// The queue between the I/O threads and one receiver.
#[derive(Default)]
pub struct Mailbox {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    batches: VecDeque<Batch>,
    /// The number of batches that were posted, and that were taken.
    posted: u64,
    taken: u64,
    /// Cancelled calls, until the receiver knows that they are.
    cancelled: HashMap<Key, CancelReason>,
    /// These calls in order, each with the number of batches that were posted before. Once those are taken, the call is
    /// no longer in the queue, so it runs.
    cancelled_after: VecDeque<(u64, Key)>,
    /// Whether the receiver knows that there are batches to take.
    notified: bool,
    doorbell: Option<Arc<dyn Doorbell>>,
}

impl Mailbox {
    /// Attaches the doorbell. Without one, records wait.
    pub fn attach(&self, doorbell: Arc<dyn Doorbell>) {
        let mut inner = self.lock();
        inner.doorbell = Some(doorbell);
        inner.notified = false;
        if !inner.batches.is_empty() {
            ring(inner);
        }
    }

    /// Detaches the doorbell.
    pub fn detach(&self) {
        let mut inner = self.lock();
        inner.notified = false;
        let doorbell = inner.doorbell.take();
        drop(inner);
        // Dropped without the lock.
        drop(doorbell);
    }

    /// Posts records, and rings unless it is ringing.
    pub fn post(&self, batch: Batch) {
        let mut inner = self.lock();
        inner.batches.push_back(batch);
        inner.posted += 1;
        ring(inner);
    }

    /// Posts a signal to the writer of a stream.
    pub fn signal(&self, stream: u32, signal: Signal) {
        let mut batch = Batch::default();
        batch.push_stream(stream, signal);
        self.post(batch);
    }

    /// Posts that a body is readable.
    pub fn readable(&self, body: u32) {
        let mut batch = Batch::default();
        batch.push_readable(body);
        self.post(batch);
    }

    /// Posts that the part of a file of a form has begun.
    pub fn file(&self, form: u32) {
        let mut batch = Batch::default();
        batch.push_file(form);
        self.post(batch);
    }

    /// Cancels a call.
    pub fn cancel(&self, key: Key, reason: CancelReason) {
        let mut inner = self.lock();
        let posted = inner.posted;
        inner.cancelled.insert(key, reason);
        inner.cancelled_after.push_back((posted, key));
        ring(inner);
    }

    /// Rings for calls that wait in the balancer, unless it is ringing. Returns whether it has rung.
    pub fn ring(&self) -> bool {
        ring(self.lock())
    }

    /// Whether all records were taken and none was posted since.
    pub fn is_quiet(&self) -> bool {
        !self.lock().notified
    }

    /// Takes the next records, without cancelled calls. A call that already runs when it is cancelled gets a record of
    /// its own. After `None` the doorbell rings again.
    pub fn take(&self) -> Option<Batch> {
        let mut inner = self.lock();
        let taken = inner.take();
        inner.notified &= taken.is_some();
        taken
    }

    /// Takes the next records as [`Mailbox::take`] does, but after `None` the doorbell does not ring again.
    pub(super) fn take_ringing(&self) -> Option<Batch> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }
}

/// Rings unless it is ringing, after it has released the lock, which the receiver takes at once.
fn ring(mut inner: MutexGuard<'_, Inner>) -> bool {
    if inner.notified {
        return false;
    }
    let Some(doorbell) = inner.doorbell.clone() else { return false };
    inner.notified = true;
    drop(inner);
    doorbell.ring();
    true
}

impl Inner {
    fn take(&mut self) -> Option<Batch> {
        loop {
            if let Some(cancelled) = self.take_cancelled() {
                return Some(cancelled);
            }
            let mut batch = self.batches.pop_front()?;
            self.taken += 1;
            if !self.cancelled.is_empty() {
                batch.skip(|key| self.cancelled.remove(&key).is_some());
            }
            if !batch.records.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Takes records for cancelled calls that are no longer in the queue.
    fn take_cancelled(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        while let (false, Some(&(posted, key))) = (batch.is_full(), self.cancelled_after.front()) {
            if posted > self.taken {
                break;
            }
            self.cancelled_after.pop_front();
            if let Some(reason) = self.cancelled.remove(&key) {
                batch.push_cancelled(key, reason);
            }
        }
        (!batch.records.is_empty()).then_some(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Call, Ends, Head, Input, Operation, Ticket};
    use crate::kind::{HandlerRef, Kind};
    use crate::policy::Admission;

    fn head() -> Head {
        let (parts, ()) = http::Request::new(()).into_parts();
        Head {
            parts,
            request_id: http::HeaderValue::from_static("id"),
            ends: Ends { remote: ([127, 0, 0, 1], 9).into(), local: ([127, 0, 0, 1], 80).into() },
        }
    }

    fn key(slot: u32) -> Key {
        Key::of_call(0, Ticket { slot, generation: slot + 1 })
    }

    fn post(mailbox: &Mailbox, slots: &[u32]) {
        post_admitted(mailbox, slots, &Admission::new(usize::MAX, usize::MAX));
    }

    fn post_admitted(mailbox: &Mailbox, slots: &[u32], admission: &Arc<Admission>) {
        let head = head();
        let handler = HandlerRef { kind: Kind::Task, id: "t".into(), number: 7 };
        let mut batch = Batch::default();
        for &slot in slots {
            let text = format!("\"é{slot}\"");
            let permit = admission.admit_call(text.len()).unwrap();
            let (operation, input) = (Operation::Task, Input::Json(&text));
            let call = Call {
                operation,
                handler: &handler,
                input,
                head: &head,
                timeout: None,
                is_idempotent: false,
            };
            batch.push_call(key(slot), &call, permit);
        }
        mailbox.post(batch);
    }

    /// Every record taken, and the texts.
    fn take(mailbox: &Mailbox) -> Option<(Vec<Taken>, String)> {
        let batch = mailbox.take()?;
        let records = batch.records.iter().map(|record| match record.message {
            Message::Call(ref call) => Taken::Call(call.key.ticket.slot),
            Message::Cancelled { key, reason } => Taken::Cancelled(key.ticket.slot, reason),
            ref other => panic!("expected a call, received {other:?}"),
        });
        Some((records.collect(), String::from_utf8(batch.texts().to_vec()).unwrap()))
    }

    #[derive(Debug, PartialEq)]
    enum Taken {
        Call(u32),
        Cancelled(u32, CancelReason),
    }

    #[test]
    fn batches_come_in_the_order_of_their_posting() {
        let mailbox = Mailbox::default();
        post(&mailbox, &[1, 2]);
        post(&mailbox, &[3]);
        assert_eq!(
            take(&mailbox).unwrap(),
            (vec![Taken::Call(1), Taken::Call(2)], "\"é1\"\"é2\"".to_owned())
        );
        assert_eq!(take(&mailbox).unwrap(), (vec![Taken::Call(3)], "\"é3\"".to_owned()));
        assert_eq!(take(&mailbox), None);
    }

    #[test]
    fn lengths_are_in_utf_16_units() {
        let mailbox = Mailbox::default();
        post(&mailbox, &[1]);
        assert_eq!(mailbox.take().unwrap().records[0].text_units, 4);
    }

    #[test]
    fn a_call_that_was_cancelled_in_the_queue_is_never_taken() {
        let mailbox = Mailbox::default();
        post(&mailbox, &[1, 2, 3]);
        post(&mailbox, &[4]);
        mailbox.cancel(key(2), CancelReason::ClientLeft);
        mailbox.cancel(key(4), CancelReason::ClientLeft);
        assert_eq!(
            take(&mailbox).unwrap(),
            (vec![Taken::Call(1), Taken::Call(3)], "\"é1\"\"é3\"".to_owned())
        );
        assert_eq!(take(&mailbox), None);
    }

    #[test]
    fn a_call_that_was_taken_is_told_before_later_calls_start() {
        let mailbox = Mailbox::default();
        post(&mailbox, &[1]);
        take(&mailbox).unwrap();
        mailbox.cancel(key(1), CancelReason::DeadlinePassed);
        post(&mailbox, &[2]);
        assert_eq!(take(&mailbox).unwrap().0, [Taken::Cancelled(1, CancelReason::DeadlinePassed)]);
        assert_eq!(take(&mailbox).unwrap().0, [Taken::Call(2)]);
        assert_eq!(take(&mailbox), None);
    }

    #[test]
    fn room_is_made_again_by_taking_also_what_is_skipped() {
        let mailbox = Mailbox::default();
        let admission = Admission::new(2, usize::MAX);
        post_admitted(&mailbox, &[1, 2], &admission);
        assert!(admission.admit_call(0).is_err());
        mailbox.cancel(key(1), CancelReason::ClientLeft);
        take(&mailbox).unwrap();
        post_admitted(&mailbox, &[3, 4], &admission);
        assert!(admission.admit_call(0).is_err());
    }
}
