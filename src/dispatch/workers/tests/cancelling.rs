//! Cancellation.

use super::support::{balancer, complete, take, taken};
use crate::config::MainThread;
use crate::dispatch::{CancelReason, Key, Message, Outcome, Ticket};

#[test]
fn a_call_that_was_cancelled_while_it_waited_is_never_taken() {
    let fixture = balancer(MainThread::Fallback);
    let (worker, _) = fixture.worker(99);
    fixture.call(0..3);
    fixture.cancel(1);
    assert_eq!(taken(&worker), [0, 2]);
    assert_eq!(fixture.balancer.usage(&worker).unwrap().in_flight, 2);
}

#[test]
fn a_call_that_has_moved_is_cancelled_where_it_is() {
    let fixture = balancer(MainThread::Fallback);
    let (first, _) = fixture.worker(99);
    fixture.call(0..4);
    let (second, _) = fixture.worker_that_may_steal(99);
    fixture.balancer.lost(&first);
    fixture.cancel(2);
    assert_eq!(taken(&second), [0, 1, 3]);
}

#[test]
fn the_worker_that_took_a_call_from_another_is_told_that_it_is_cancelled() {
    let fixture = balancer(MainThread::Fallback);
    let (blocked, _) = fixture.worker(99);
    fixture.call([0]);
    let (thief, bell) = fixture.worker_that_may_steal(99);
    assert_eq!(taken(&thief), [0]);
    bell.rung();
    fixture.cancel(0);
    assert_eq!(bell.rung(), 1);
    let record = &thief.take().unwrap().records[0].message;
    let key = Key::of_call(0, Ticket { slot: 0, generation: 1 });
    let reason = CancelReason::ClientLeft;
    assert!(
        matches!(record, Message::Cancelled { key: told, reason: why } if *told == key && *why == reason),
        "{record:?}"
    );
    assert!(blocked.take().is_none());
    assert_eq!(complete(&thief, [0]), [0u32; 0], "it runs until then, and has that much less room");
}

#[test]
fn a_call_of_the_main_thread_from_before_there_were_workers_is_cancelled_there() {
    let fixture = balancer(MainThread::Fallback);
    fixture.call([0]);
    assert_eq!(take(&fixture.main), [0]);
    fixture.worker(9);
    fixture.cancel(0);
    let batch = fixture.main.take().unwrap();
    assert!(matches!(batch.records[0].message, Message::Cancelled { .. }));
}

#[test]
fn a_call_that_has_no_worker_and_is_cancelled_is_forgotten() {
    let fixture = balancer(MainThread::Never);
    fixture.call([0, 1]);
    fixture.cancel(0);
    let (worker, _) = fixture.worker_that_may_steal(99);
    assert_eq!(taken(&worker), [1]);
    assert_eq!(fixture.outcomes(), [] as [(u32, Outcome); 0]);
}
