//! The ends of processes, and of their calls.

use runner_native::dispatch::{Input, Operation, Outcome};
use runner_native::workers::process::{End, Exit, ProcessEvent};

use crate::support::{Worker, gone, result, soon};

async fn ready(mode: &str) -> (Worker, u32) {
    let mut worker = Worker::python(mode);
    let pid = worker.pid().await;
    worker.ready().await;
    (worker, pid)
}

#[tokio::test]
async fn a_worker_that_is_asked_to_shut_down_ends_what_runs_and_exits() {
    let (mut worker, pid) = ready("serve").await;
    let call = worker.begin(Operation::Task, "echo", Input::Json("1"));
    // The call has to be in the mailbox before `shutdown` is sent.
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert_eq!(soon(call).await, result("1"));
    worker.process.end(End::Shutdown);
    assert_eq!(worker.exited().await, Exit { code: Some(0), ..Exit::default() });
    gone(pid).await;
}

#[tokio::test]
async fn a_worker_that_is_killed_costs_the_calls_that_it_has_started() {
    let (mut worker, _) = ready("serve").await;
    let running = worker.begin(Operation::Task, "hang", Input::None);
    assert_eq!(worker.task("echo", "1").await, result("1"));
    let crashing = worker.begin(Operation::Task, "crash", Input::None);
    assert_eq!((soon(running).await, soon(crashing).await), (Outcome::Failed, Outcome::Failed));
    assert_eq!(worker.exited().await, Exit { signal: Some(9), ..Exit::default() });
}

#[tokio::test]
async fn a_worker_that_exits_in_a_call_says_with_which_code() {
    let (mut worker, _) = ready("serve").await;
    assert_eq!(worker.task("exit", "1").await, Outcome::Failed);
    assert_eq!(worker.exited().await, Exit { code: Some(7), ..Exit::default() });
}

#[tokio::test]
async fn what_a_worker_says_right_before_its_end_is_heard() {
    for _ in 0..10 {
        let (mut worker, _) = ready("serve").await;
        assert_eq!(worker.task("exit-after-result", "1").await, result("\"last\""));
        assert_eq!(worker.exited().await.code, Some(0));
    }
}

#[tokio::test]
async fn sigterm_asks_and_sigkill_ends() {
    let (mut worker, pid) = ready("serve").await;
    worker.process.end(End::Terminate);
    assert_eq!(worker.exited().await.signal, Some(15));
    gone(pid).await;
    let (mut worker, pid) = ready("ignores-term").await;
    worker.process.end(End::Terminate);
    assert_eq!(worker.task("echo", "1").await, result("1"));
    worker.process.end(End::Kill);
    assert_eq!(worker.exited().await.signal, Some(9));
    gone(pid).await;
}

#[tokio::test]
async fn a_worker_that_closes_its_stdout_is_lost_and_is_ended() {
    let (mut worker, pid) = ready("serve").await;
    let running = worker.begin(Operation::Task, "hang", Input::None);
    assert_eq!(worker.task("close-stdout", "1").await, Outcome::Failed);
    assert_eq!(soon(running).await, Outcome::Failed);
    let exit = worker.exited().await;
    assert_eq!((exit.signal, exit.reason.as_deref()), (Some(9), Some("it closed its stdout")));
    gone(pid).await;
}

#[tokio::test]
async fn a_worker_that_closes_its_stdin_is_lost_with_the_next_call() {
    let (mut worker, pid) = ready("serve").await;
    assert_eq!(worker.task("close-stdin", "1").await, result("\"deaf\""));
    assert_eq!(worker.task("echo", "1").await, Outcome::Failed);
    let exit = worker.exited().await;
    assert_eq!((exit.signal, exit.reason.as_deref()), (Some(9), Some("it closed its stdin")));
    gone(pid).await;
}

#[tokio::test]
async fn children_of_a_process_end_with_it() {
    let mut worker = Worker::python("leaves-child");
    let ready = worker.event_of(|event| match event {
        ProcessEvent::Ready(ready) => Some(ready),
        _ => None,
    });
    let child: u32 = ready.await.tasks[0].id.parse().unwrap();
    // The child keeps the worker's stdout open, so that it does not end with the worker.
    assert_eq!(worker.exited().await, Exit { code: Some(0), ..Exit::default() });
    gone(child).await;
}

#[tokio::test]
async fn a_process_that_is_dropped_ends_with_its_children() {
    let (worker, pid) = ready("serve").await;
    let Outcome::Result(child) = worker.task("leave-child", "1").await else { panic!("a result") };
    let child = std::str::from_utf8(&child).unwrap().parse().unwrap();
    drop(worker);
    gone(pid).await;
    gone(child).await;
}

#[tokio::test]
async fn a_process_that_is_dropped_while_it_starts_ends() {
    let mut worker = Worker::python("serve");
    let pid = worker.pid().await;
    drop(worker);
    gone(pid).await;
}
