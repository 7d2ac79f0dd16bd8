//! Calls in workers that keep to the protocol.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use runner_native::dispatch::{Input, Operation, Outcome};
use runner_native::kind::Kind;
use runner_native::workers::process::ProcessEvent;
use serde_json::{Value, json};

use crate::support::{Worker, fixture, options, result, soon};

#[tokio::test]
async fn a_plain_script_with_readline_and_console_log_works_as_it_is() {
    let worker = Worker::start(options("node", &[&fixture("plain.js")]));
    assert_eq!(worker.task("app.tasks.add", r#"{"a":5,"b":3}"#).await, result("8"));
    assert_eq!(worker.task("app.tasks.fail", "{}").await, Outcome::Failed);
    let event = worker.begin(Operation::Event, "app.events.notify", Input::Json("[1]"));
    assert_eq!(soon(event).await, Outcome::Done);
}

#[tokio::test]
async fn line_breaks_of_every_kind_in_an_input_break_no_line() {
    let worker = Worker::start(options("node", &[&fixture("plain.js")]));
    let input = "{\r\n\"a\" :\n\"\u{2028}x\u{2029}\u{85}\",\r\"b\": [\n]\n}";
    let Outcome::Result(text) = worker.task("app.tasks.echo", input).await else { panic!("a result") };
    let value = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap();
    assert_eq!(value(&text), value(input.as_bytes()));
}

#[tokio::test]
async fn many_calls_at_once_each_get_their_own_result() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let calls: Vec<_> = (0..500)
        .map(|n| (n, worker.begin(Operation::Task, "echo", Input::Json(&format!("{{\"n\":{n}}}")))))
        .collect();
    for (n, call) in calls {
        assert_eq!(soon(call).await, result(&format!("{{\"n\": {n}}}")));
    }
    worker.assert_no_surplus();
}

#[tokio::test]
async fn large_inputs_and_results_go_through_whole() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let input = format!("\"{}\"", "é".repeat(100_000));
    let calls: Vec<_> = (0..8).map(|_| worker.begin(Operation::Task, "echo", Input::Json(&input))).collect();
    for call in calls {
        let Outcome::Result(text) = soon(call).await else { panic!("a result") };
        assert_eq!(serde_json::from_slice::<String>(&text).unwrap().chars().count(), 100_000);
    }
}

#[tokio::test]
async fn errors_reach_the_client_if_they_have_a_status_and_the_log_if_they_have_none() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let typed = Bytes::from_static(br#"{"message":"gone","code":"GONE","data":[1],"httpCode":410}"#);
    assert_eq!(worker.task("typed", "1").await, Outcome::Error(StatusCode::GONE, typed));
    assert_eq!(worker.task("fail", "1").await, Outcome::Failed);
    let ProcessEvent::CallFailed(failed) = worker.event().await else { panic!("a failed call") };
    assert_eq!((failed.kind, &*failed.id, &*failed.request_id), (Kind::Task, "fail", "request-1"));
    assert_eq!(failed.message, "secret");
    assert_eq!((failed.code.as_deref(), failed.stack.as_deref()), (Some("C"), Some("at x")));
}

#[tokio::test]
async fn a_message_has_what_its_call_has() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let message = async |operation, input| match soon(worker.begin(operation, "message", input)).await {
        Outcome::Result(text) => serde_json::from_slice::<Value>(&text).unwrap(),
        other => panic!("expected a message, received {other:?}"),
    };
    let plain = message(Operation::Task, Input::Json("7")).await;
    assert_eq!(plain, json!({ "type": "task", "id": 1, "taskId": "message", "input": 7 }));
    let empty = message(Operation::Task, Input::None).await;
    assert_eq!(empty, json!({ "type": "task", "id": 2, "taskId": "message" }));
    let document = message(Operation::Task, Input::Document(r#"{"input":{"__proto__":1},"x":2}"#)).await;
    let expected = json!({ "type": "task", "id": 3, "taskId": "message", "unsafeKeys": true });
    assert_eq!(document["input"].to_string(), r#"{"__proto__":1}"#);
    assert_eq!(document["unsafeKeys"], expected["unsafeKeys"]);
}

#[tokio::test]
async fn a_worker_that_asks_for_it_learns_of_the_request() {
    let mut worker = Worker::python("context");
    worker.ready().await;
    let Outcome::Result(text) = worker.task("message", "7").await else { panic!("a result") };
    let message: Value = serde_json::from_slice(&text).unwrap();
    let context = json!({
        "method": "POST", "path": "/__runner/task/x?y", "remoteAddress": "127.0.0.1", "remotePort": 9,
        "headers": { "x-a": "Ã©" },
    });
    assert_eq!((&message["requestId"], &message["context"]), (&json!("request-1"), &context));
}

#[tokio::test]
async fn an_event_returns_its_payload_only_if_it_is_asked_for() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let emit = |operation, input| soon(worker.begin(operation, "e", input));
    assert_eq!(emit(Operation::Event, Input::Json("[1]")).await, Outcome::Done);
    // The worker returns `null`.
    assert_eq!(emit(Operation::EventWithResult, Input::Json("[1]")).await, result("null"));
    let plain = Worker::start(options("node", &[&fixture("plain.js")]));
    let emit = |operation, input| soon(plain.begin(operation, "e", input));
    // The worker returns nothing, so the payload is returned unchanged.
    assert_eq!(emit(Operation::EventWithResult, Input::Json("[ 1]")).await, result("[ 1]"));
    assert_eq!(emit(Operation::EventWithResult, Input::None).await, Outcome::Done);
    let wanted = Input::Document(r#"{"payload":{"__proto__":1},"returnPayload":true}"#);
    assert_eq!(emit(Operation::Event, wanted).await, result(r#"{"__proto__":1}"#));
}

#[tokio::test]
async fn a_call_that_is_cancelled_is_told_to_the_worker_and_its_end_is_no_fault() {
    let mut worker = Worker::python("streams");
    worker.ready().await;
    let hanging = worker.begin(Operation::Task, "hang", Input::None);
    assert!(matches!(worker.task("pid", "1").await, Outcome::Result(_)));
    let ended = hanging.with_deadline(Some(Duration::ZERO)).await;
    assert!(ended.is_err());
    let line = worker.event_of(|event| match event {
        ProcessEvent::Stderr(line) => Some(line),
        ProcessEvent::BadLine(line) => panic!("{line}"),
        _ => None,
    });
    assert_eq!(line.await, "cancelled 1 deadline");
    assert!(matches!(worker.task("pid", "1").await, Outcome::Result(_)));
    worker.assert_no_surplus();
}

#[tokio::test]
async fn the_response_to_a_ping_says_how_much_memory_the_worker_uses() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    worker.process.ping();
    assert_eq!(worker.event().await, ProcessEvent::Pong { memory_bytes: Some(123) });
}
