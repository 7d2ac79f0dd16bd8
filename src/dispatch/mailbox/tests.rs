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
        let call =
            Call { operation, handler: &handler, input, head: &head, timeout: None, is_idempotent: false };
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
    assert_eq!(take(&mailbox).unwrap(), (vec![Taken::Call(1), Taken::Call(2)], "\"é1\"\"é2\"".to_owned()));
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
    assert_eq!(take(&mailbox).unwrap(), (vec![Taken::Call(1), Taken::Call(3)], "\"é1\"\"é3\"".to_owned()));
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
