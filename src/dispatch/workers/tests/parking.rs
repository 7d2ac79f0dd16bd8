//! Calls without a worker.

use std::time::Duration;

use super::support::{HANDLER, balancer, taken};
use crate::config::MainThread;
use crate::dispatch::Outcome;

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_no_worker_in_time_fails() {
    let fixture = balancer(MainThread::Never);
    fixture.call([0]);
    tokio::time::sleep(Duration::from_millis(1999)).await;
    assert_eq!(fixture.outcomes(), []);
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(fixture.outcomes(), [(0, Outcome::NoWorker)]);
    let (worker, _) = fixture.worker_that_may_steal(9);
    assert_eq!(taken(&worker), [0u32; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_comes_in_time_runs_what_has_waited() {
    let fixture = balancer(MainThread::Never);
    fixture.call([0, 1]);
    fixture.call_as(HANDLER + 1, false, [2]);
    tokio::time::sleep(Duration::from_millis(1999)).await;
    let (worker, bell) = fixture.worker_that_may_steal(9);
    assert_eq!(bell.rung(), 1);
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(taken(&worker), [0, 1]);
    assert_eq!(fixture.outcomes(), [(2, Outcome::NoWorker)], "it has no handler for that one");
}

#[tokio::test(start_paused = true)]
async fn what_a_worker_leaves_behind_waits_for_another_as_long_as_if_it_had_just_come() {
    let fixture = balancer(MainThread::Never);
    let (worker, _) = fixture.worker(9);
    fixture.call([0]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    fixture.balancer.lost(&worker);
    tokio::time::sleep(Duration::from_millis(1999)).await;
    assert_eq!(fixture.outcomes(), []);
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(fixture.outcomes(), [(0, Outcome::NoWorker)]);
}
