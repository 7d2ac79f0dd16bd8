//! The choice of the worker for a call.

use super::support::{HANDLER, balancer, complete, take, taken};
use crate::config::MainThread;
use crate::dispatch::{MAX_RECORDS, Outcome};

#[test]
fn without_workers_calls_go_into_the_mailbox_of_the_main_thread() {
    let fixture = balancer(MainThread::Fallback);
    fixture.call([1, 2]);
    let batch = fixture.main.mailbox().take().expect("they are there, not in the balancer");
    assert_eq!(batch.records.len(), 2);
    assert!(complete(&fixture.main, [1, 2]).is_empty());
    assert_eq!(fixture.outcomes(), [(1, Outcome::Done), (2, Outcome::Done)]);
}

#[test]
fn calls_that_came_before_there_were_workers_are_completed_by_the_main_thread() {
    let fixture = balancer(MainThread::Fallback);
    fixture.call([1, 2]);
    assert_eq!(take(&fixture.main), [1, 2]);
    fixture.worker(9);
    assert!(complete(&fixture.main, [1, 2]).is_empty());
    assert_eq!(fixture.outcomes().len(), 2);
}

#[test]
fn a_call_goes_to_the_worker_with_the_least_to_do() {
    let fixture = balancer(MainThread::Fallback);
    let (one, _) = fixture.worker(99);
    let (other, _) = fixture.worker(99);
    fixture.call(0..10);
    let (running, waiting) = (taken(&one), fixture.balancer.usage(&other).unwrap().waiting);
    assert_eq!((running.len(), waiting), (10, 0), "five were its own, the others were left to it");
    fixture.call(10..20);
    assert_eq!(fixture.balancer.usage(&other).unwrap().waiting, 10, "one has ten to complete");
    complete(&one, running);
    fixture.call([20]);
    assert_eq!(fixture.balancer.usage(&one).unwrap().waiting, 1);
}

#[test]
fn among_many_workers_none_is_left_out_and_none_is_crowded() {
    let fixture = balancer(MainThread::Fallback);
    let workers: Vec<_> = (0..16).map(|_| fixture.worker(999).0).collect();
    fixture.call(0..1600);
    let waiting: Vec<_> =
        workers.iter().map(|worker| fixture.balancer.usage(worker).unwrap().waiting).collect();
    assert!(waiting.iter().all(|&count| (70..=130).contains(&count)), "{waiting:?}");
}

#[test]
fn a_worker_starts_no_more_than_it_may_and_is_woken_when_it_may_again() {
    let fixture = balancer(MainThread::Fallback);
    let (worker, bell) = fixture.worker(2);
    fixture.call(0..3);
    assert_eq!(bell.rung(), 1);
    assert_eq!(taken(&worker), [0, 1]);
    fixture.call([3]);
    bell.rung();
    assert_eq!(taken(&worker), [0u32; 0]);
    assert!(complete(&worker, [1]).is_empty());
    assert_eq!(bell.rung(), 1);
    assert_eq!(taken(&worker), [2]);
    complete(&worker, [0, 2]);
    assert_eq!(taken(&worker), [3]);
}

#[test]
fn a_batch_has_as_many_calls_as_cross_at_a_time() {
    let fixture = balancer(MainThread::Fallback);
    let (worker, _) = fixture.worker(999);
    fixture.call(0..40);
    assert_eq!(take(&worker).len(), MAX_RECORDS);
    assert_eq!(take(&worker).len(), 40 - MAX_RECORDS);
}

#[test]
fn a_worker_with_nothing_left_takes_half_of_what_waits_for_another() {
    let fixture = balancer(MainThread::Fallback);
    let (blocked, _) = fixture.worker(999);
    fixture.call(0..9);
    let (idle, _) = fixture.worker_that_may_steal(999);
    assert_eq!(take(&idle), [0, 1, 2, 3, 4], "the oldest of them");
    assert_eq!(take(&idle), [5, 6]);
    complete(&idle, 0..7);
    assert_eq!(taken(&idle), [7, 8]);
    assert_eq!(taken(&blocked), [0u32; 0]);
}

#[test]
fn a_worker_takes_no_calls_that_it_has_no_handler_for() {
    let fixture = balancer(MainThread::Fallback);
    let (blocked, _) = fixture.worker(999);
    fixture.balancer.add_handler(&blocked, HANDLER + 1);
    fixture.call_as(HANDLER + 1, false, [0]);
    fixture.call([1]);
    fixture.call_as(HANDLER + 1, false, [2]);
    let (idle, _) = fixture.worker_that_may_steal(999);
    assert_eq!(taken(&idle), [1]);
    assert_eq!(taken(&blocked), [0, 2]);
}

#[test]
fn an_idle_worker_is_woken_when_another_does_not_take_what_it_was_rung_for() {
    let fixture = balancer(MainThread::Fallback);
    let (one, one_bell) = fixture.worker(999);
    let (other, other_bell) = fixture.worker(999);
    // Both run a call. One is blocked by it, and the other waits for I/O.
    fixture.call([0, 1]);
    assert_eq!((take(&one).len(), taken(&other).len()), (1, 1));
    one_bell.rung();
    other_bell.rung();
    fixture.call([2, 3, 4]);
    assert!(one_bell.rung() == 0 && other_bell.rung() > 0, "one has not said that it has taken everything");
    assert_eq!(taken(&other).len(), 3);
}

#[test]
fn the_main_thread_runs_what_no_worker_has_a_handler_for() {
    let fixture = balancer(MainThread::Fallback);
    let (worker, _) = fixture.worker(999);
    fixture.balancer.add_handler(&fixture.main, HANDLER);
    fixture.balancer.add_handler(&fixture.main, HANDLER + 1);
    fixture.call([0]);
    fixture.call_as(HANDLER + 1, false, [1]);
    assert_eq!(taken(&fixture.main), [1]);
    fixture.balancer.lost(&worker);
    assert_eq!(taken(&fixture.main), [0]);
}

#[test]
fn the_main_thread_shares_in_the_calls_if_it_should() {
    let fixture = balancer(MainThread::Share);
    fixture.worker(999);
    fixture.balancer.add_handler(&fixture.main, HANDLER);
    fixture.call(0..10);
    let main = fixture.balancer.usage(&fixture.main).unwrap();
    assert_eq!(main.waiting, 5);
    assert_eq!(taken(&fixture.main).len(), 10, "what waits for others is taken by it too");
}

#[test]
fn the_main_thread_runs_nothing_if_it_should_not_not_even_without_workers() {
    let fixture = balancer(MainThread::Never);
    fixture.balancer.add_handler(&fixture.main, HANDLER);
    fixture.call([0]);
    assert_eq!(taken(&fixture.main), [0u32; 0]);
    let (worker, _) = fixture.worker_that_may_steal(999);
    assert_eq!(taken(&worker), [0]);
}
