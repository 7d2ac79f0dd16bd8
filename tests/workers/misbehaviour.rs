//! Workers that violate the protocol. At most, their own calls fail.

use runner_native::dispatch::{Input, Operation, Outcome};
use runner_native::workers::process::End;

use crate::support::{Worker, python, result, soon, until};

async fn serving() -> Worker {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    worker
}

#[tokio::test]
async fn a_result_before_its_call_is_a_bad_line() {
    let mut worker = Worker::python("early-result");
    assert_eq!(worker.bad_line().await, "received the end of call 1, which was not made");
    assert_eq!(worker.task("echo", "1").await, result("1"));
    worker.assert_no_surplus();
}

#[tokio::test]
async fn of_two_results_the_first_counts() {
    let mut worker = serving().await;
    assert_eq!(worker.task("twice", "0").await, result("1"));
    assert_eq!(worker.bad_line().await, "received the end of call 1, which is over");
    assert_eq!(worker.task("echo", "1").await, result("1"));
    worker.assert_no_surplus();
}

#[tokio::test]
async fn a_result_for_the_call_of_another_worker_is_ignored() {
    let mut worker = serving().await;
    assert_eq!(worker.task("foreign", "0").await, result("\"own\""));
    assert_eq!(worker.bad_line().await, "received the end of call 1001, which was not made");
    worker.assert_no_surplus();
}

#[tokio::test]
async fn a_line_that_is_no_message_fails_the_call_that_it_names_and_no_other() {
    for (task, expected) in [
        ("broken-json", "expected a JSON object a line"),
        ("not-utf8", "bytes that are not UTF-8"),
        ("too-long", "a line over 1048576 bytes"),
    ] {
        let mut worker = serving().await;
        let other = worker.begin(Operation::Task, "hang", Input::None);
        assert_eq!(worker.task(task, "0").await, Outcome::Failed, "{task}");
        let line = worker.bad_line().await;
        assert!(line.contains(expected), "{task}: {line}");
        assert_eq!(worker.task("echo", "1").await, result("1"), "{task}");
        drop(other);
    }
}

#[tokio::test]
async fn what_is_printed_to_stdout_by_mistake_is_shown() {
    let mut worker = serving().await;
    assert_eq!(worker.task("chatter", "0").await, result("\"heard\""));
    let line = worker.bad_line().await;
    assert!(line.contains("a debug line") && line.contains("stdout carries the protocol"), "{line}");
}

#[tokio::test]
async fn a_worker_that_speaks_another_language_is_ended() {
    let mut worker = Worker::python("chatty");
    let call = worker.begin(Operation::Task, "echo", Input::Json("1"));
    for expected in ["loading", "loaded", "listening"] {
        let line = worker.bad_line().await;
        assert!(line.contains(expected), "{line}");
    }
    assert_eq!(soon(call).await, Outcome::Failed);
    let exit = worker.exited().await;
    assert_eq!(exit.signal, Some(9));
    assert_eq!(exit.reason.as_deref(), Some("it wrote too many lines to stdout that are no messages"));
}

#[tokio::test]
async fn a_worker_that_writes_a_line_without_an_end_is_ended() {
    let mut worker = Worker::python("endless-line");
    let exit = worker.exited().await;
    assert_eq!(exit.reason.as_deref(), Some("it wrote too many lines to stdout that are no messages"));
}

#[tokio::test]
async fn half_a_line_is_no_message_and_its_call_ends_with_the_worker() {
    let mut worker = serving().await;
    let half = worker.begin(Operation::Task, "half-line", Input::None);
    until(|| worker.started() == 1).await;
    worker.process.ping();
    // The pong follows in the same line.
    let line = worker.bad_line().await;
    assert!(line.contains(":tr{"), "{line}");
    assert_eq!(soon(half).await, Outcome::Failed);
    let hanging = worker.begin(Operation::Task, "half-line", Input::None);
    until(|| worker.started() == 1).await;
    worker.process.end(End::Kill);
    assert_eq!(soon(hanging).await, Outcome::Failed);
}

#[tokio::test]
async fn a_worker_that_does_not_read_is_given_no_more_than_fits_and_stops_no_other() {
    let mut deaf = Worker::python("deaf");
    deaf.ready().await;
    let other = Worker::start_on(deaf.thread.clone(), python("unannounced"));
    let input = format!("\"{}\"", "x".repeat(10_000));
    let calls: Vec<_> = (0..500).map(|_| deaf.begin(Operation::Task, "echo", Input::Json(&input))).collect();
    assert_eq!(other.task("echo", "1").await, result("1"));
    until(|| deaf.started() > 0).await;
    for n in 0..100 {
        assert_eq!(other.task("echo", &n.to_string()).await, result(&n.to_string()));
    }
    // The pipe and the output buffer hold 64 KiB each. Calls are taken in batches of 32.
    let started = deaf.started();
    assert!((1..100).contains(&started), "{started}");
    deaf.process.end(End::Kill);
    for call in calls.into_iter().take(started) {
        assert_eq!(soon(call).await, Outcome::Failed);
    }
}
