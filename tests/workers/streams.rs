//! Streamed responses.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt;
use runner_native::dispatch::{ChunkReader, Input, Operation, Outcome, StreamingResponse};
use runner_native::workers::process::ProcessEvent;
use serde_json::{Value, json};

use crate::support::{Worker, soon};

async fn streaming() -> Worker {
    let mut worker = Worker::python("streams");
    worker.ready().await;
    worker
}

/// The streamed response of a call.
async fn stream(worker: &Worker, task: &str, input: &Value) -> StreamingResponse {
    match worker.task(task, &input.to_string()).await {
        Outcome::StreamingResponse(response) => *response,
        other => panic!("expected a stream, received {other:?}"),
    }
}

/// The whole body; `None` if it breaks off.
async fn whole(body: ChunkReader) -> Option<Bytes> {
    soon(body.collect()).await.ok().map(|body| body.to_bytes())
}

/// The next line that the worker writes to stderr.
async fn stderr(worker: &mut Worker) -> String {
    worker
        .event_of(|event| match event {
            ProcessEvent::Stderr(line) => Some(line),
            ProcessEvent::BadLine(line) => panic!("{line}"),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_stream_has_its_head_its_chunks_and_its_end() {
    let worker = streaming().await;
    let head = json!({ "status": 201, "contentType": "text/plain", "headers": { "x-a": "1", "content-length": "6" } });
    let input = json!({ "head": head, "chunks": ["abc", "", "éf"], "end": true });
    let response = stream(&worker, "stream", &input).await;
    assert_eq!(response.status, StatusCode::CREATED);
    let header = |name: &str| response.headers[name].to_str().unwrap();
    assert_eq!((header("content-type"), header("x-a")), ("text/plain", "1"));
    assert_eq!(whole(response.body).await.unwrap(), "abcéf");
}

#[tokio::test]
async fn a_stream_that_does_not_end_as_it_should_breaks_off() {
    let worker = streaming().await;
    let long = json!({ "headers": { "content-length": "7" } });
    let short = json!({ "headers": { "content-length": "2" } });
    for input in [
        json!({ "head": {}, "chunks": ["abc"], "end": false }),
        json!({ "head": {}, "chunks": ["abc"], "end": "error" }),
        json!({ "head": long, "chunks": ["abc"], "end": true }),
        json!({ "head": short, "chunks": ["abc"], "end": true }),
    ] {
        let response = stream(&worker, "stream", &input).await;
        assert_eq!(whole(response.body).await, None, "{input}");
    }
    worker.assert_no_surplus();
}

#[tokio::test]
async fn why_a_stream_broke_off_is_for_the_log() {
    let mut worker = streaming().await;
    let response = stream(&worker, "stream", &json!({ "head": {}, "chunks": [], "end": "error" })).await;
    assert_eq!(whole(response.body).await, None);
    let ProcessEvent::CallFailed(failed) = worker.event().await else { panic!("a failed call") };
    assert_eq!((&*failed.id, &*failed.message), ("stream", "broke"));
}

#[tokio::test]
async fn a_worker_that_waits_for_credit_gets_it_as_the_stream_is_read() {
    let worker = streaming().await;
    let length = 3 << 20;
    let response = stream(&worker, "flood", &json!(length)).await;
    assert_eq!(whole(response.body).await.map(|body| body.len()), Some(length));
}

#[tokio::test]
async fn a_worker_that_sends_more_than_its_credit_loses_the_stream() {
    let mut worker = streaming().await;
    let response = stream(&worker, "greedy", &json!(1)).await;
    let line = worker.bad_line().await;
    assert_eq!(line, "received a chunk for call 1, more than its credit");
    assert_eq!(whole(response.body).await, None);
    assert_eq!(stderr(&mut worker).await, "cancelled 1 client-left");
}

#[tokio::test]
async fn a_client_that_leaves_within_a_stream_cancels_the_call() {
    let mut worker = streaming().await;
    let input = json!({ "head": {}, "chunks": ["abc"], "end": null });
    let mut response = stream(&worker, "stream", &input).await;
    let frame = soon(response.body.frame()).await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), "abc");
    drop(response);
    assert_eq!(stderr(&mut worker).await, "cancelled 1 client-left");
    worker.assert_no_surplus();
}

#[tokio::test]
async fn the_end_of_a_worker_breaks_its_streams_off() {
    let worker = streaming().await;
    let response = stream(&worker, "stream", &json!({ "head": {}, "chunks": ["abc"], "end": null })).await;
    assert_eq!(worker.task("crash", "1").await, Outcome::Failed);
    assert_eq!(whole(response.body).await, None);
}

#[tokio::test]
async fn a_stream_of_a_worker_that_has_not_announced_any_is_a_bad_line() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let call = worker.begin(Operation::Task, "unasked-stream", Input::None);
    assert_eq!(soon(call).await, Outcome::Failed);
    assert_eq!(worker.bad_line().await, "received a stream for call 1, without the feature `stream`");
}
