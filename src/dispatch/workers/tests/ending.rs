//! The ends of workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::support::{Fixture, HANDLER, balancer, complete, take, taken};
use crate::config::MainThread;
use crate::dispatch::Outcome;
use crate::dispatch::workers::Worker;

/// Drains a worker. Returns how often `on_drained` was called.
fn drain(fixture: &Fixture, worker: &Worker) -> Arc<AtomicUsize> {
    let drained = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&drained);
    fixture.balancer.drain(worker, move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    drained
}

#[test]
fn what_a_lost_worker_had_started_fails_and_what_it_had_not_goes_to_another() {
    let fixture = balancer(MainThread::Fallback);
    let (dying, _) = fixture.worker(2);
    fixture.call(0..5);
    assert_eq!(take(&dying), [0, 1]);
    let (other, bell) = fixture.worker_that_may_steal(99);
    bell.rung();
    fixture.balancer.lost(&dying);
    assert_eq!(fixture.outcomes(), [(0, Outcome::WorkerLost), (1, Outcome::WorkerLost)]);
    assert_eq!(taken(&other), [2, 3, 4]);
    assert_eq!(complete(&dying, 0..5), [0, 1, 2, 3, 4], "it is too late for that");
    complete(&other, [2, 3, 4]);
    assert_eq!(fixture.outcomes(), [2, 3, 4].map(|slot| (slot, Outcome::Done)));
}

#[test]
fn an_idempotent_call_runs_once_more_and_not_twice_more() {
    let fixture = balancer(MainThread::Fallback);
    let (first, _) = fixture.worker(9);
    let (second, _) = fixture.worker(9);
    let (third, _) = fixture.worker(9);
    fixture.call_idempotent(0);
    assert_eq!(taken(&first), [0], "be it its own or not");
    fixture.balancer.lost(&first);
    assert!(fixture.outcomes().is_empty());
    assert_eq!(taken(&second), [0]);
    fixture.balancer.lost(&second);
    assert_eq!(fixture.outcomes(), [(0, Outcome::WorkerLost)]);
    assert_eq!(taken(&third), [0u32; 0]);
}

#[test]
fn an_idempotent_call_whose_client_has_left_does_not_run_once_more() {
    let fixture = balancer(MainThread::Fallback);
    let (first, _) = fixture.worker(9);
    fixture.call_idempotent(0);
    assert_eq!(taken(&first), [0]);
    fixture.cancel(0);
    let (second, _) = fixture.worker(9);
    fixture.balancer.lost(&first);
    assert_eq!(taken(&second), [0u32; 0]);
}

#[test]
fn a_worker_is_lost_once() {
    let fixture = balancer(MainThread::Fallback);
    let (worker, _) = fixture.worker(9);
    fixture.call([0]);
    taken(&worker);
    fixture.balancer.lost(&worker);
    fixture.balancer.lost(&worker);
    assert_eq!(fixture.outcomes().len(), 1);
    assert_eq!(fixture.balancer.usage(&worker), None);
}

#[test]
fn a_drained_worker_gets_no_calls_and_completes_those_that_it_has_started() {
    let fixture = balancer(MainThread::Fallback);
    let (draining, _) = fixture.worker(2);
    fixture.call(0..3);
    assert_eq!(take(&draining), [0, 1]);
    let (other, _) = fixture.worker_that_may_steal(99);
    let drained = drain(&fixture, &draining);
    fixture.call([3]);
    assert_eq!(taken(&draining), [0u32; 0]);
    assert_eq!(taken(&other), [2, 3]);
    complete(&draining, [0]);
    assert_eq!(drained.load(Ordering::Relaxed), 0);
    complete(&draining, [1]);
    assert_eq!(drained.load(Ordering::Relaxed), 1);
    assert_eq!(fixture.outcomes(), [(0, Outcome::Done), (1, Outcome::Done)]);
}

#[test]
fn a_worker_that_runs_nothing_is_drained_at_once_and_one_that_is_lost_then() {
    let fixture = balancer(MainThread::Fallback);
    let (idle, _) = fixture.worker(9);
    assert_eq!(drain(&fixture, &idle).load(Ordering::Relaxed), 1);
    let (busy, _) = fixture.worker(9);
    fixture.call([0]);
    taken(&busy);
    let drained = drain(&fixture, &busy);
    assert_eq!(drained.load(Ordering::Relaxed), 0);
    fixture.balancer.lost(&busy);
    assert_eq!(drained.load(Ordering::Relaxed), 1);
    assert_eq!(fixture.outcomes(), [(0, Outcome::WorkerLost)]);
}

#[test]
fn calls_of_a_handler_that_was_removed_go_to_a_worker_that_has_it() {
    let fixture = balancer(MainThread::Fallback);
    let (one, _) = fixture.worker(99);
    fixture.call([0, 1]);
    fixture.balancer.remove_handler(&one, HANDLER);
    assert_eq!(taken(&one), [0u32; 0]);
    let (other, _) = fixture.worker_that_may_steal(99);
    assert_eq!(taken(&other), [0, 1]);
}

#[test]
fn an_outcome_counts_once_and_from_the_worker_that_runs_the_call() {
    let fixture = balancer(MainThread::Fallback);
    let (one, _) = fixture.worker(1);
    let (other, _) = fixture.worker(1);
    fixture.call([0, 1]);
    let (own, others) = (take(&one)[0], take(&other)[0]);
    assert_eq!(complete(&one, [others]), [others]);
    assert_eq!(complete(&one, [own, own, 99]), [own, 99]);
    assert_eq!(fixture.outcomes(), [(own, Outcome::Done)]);
    assert_eq!(complete(&other, [others]), [0u32; 0]);
    let usage = fixture.balancer.usage(&one).unwrap();
    assert_eq!((usage.completed, usage.in_flight), (1, 0));
}
