//! Bodies and files that are sent to a worker in chunks.

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use runner_native::dispatch::{
    ChunkWriter, FilePart, Form, Input, InvalidInput, Operation, Outcome, Signal, Upload, WriteResult,
    byte_channel,
};
use runner_native::error::RequestError;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Worker, soon};

async fn reading() -> Worker {
    let mut worker = Worker::python("streams");
    worker.ready().await;
    worker
}

/// A body, its writer, and what is notified by signals for the writer.
fn upload() -> (Upload, ChunkWriter, Arc<Notify>) {
    let notified = Arc::new(Notify::new());
    let (writer, reader) = byte_channel({
        let notified = Arc::clone(&notified);
        move |_: Signal| notified.notify_one()
    });
    (Upload::new(reader), writer, notified)
}

fn messages(outcome: Outcome) -> Vec<Value> {
    match outcome {
        Outcome::Result(text) => serde_json::from_slice(&text).unwrap(),
        other => panic!("expected messages, received {other:?}"),
    }
}

/// The number of bytes in the chunks of a file or of the body.
fn bytes_of(messages: &[Value], file: Option<&str>) -> usize {
    let chunks =
        messages.iter().filter(|message| message["type"] == "chunk" && message["file"].as_str() == file);
    chunks
        .map(|chunk| {
            let data = chunk["data"].as_str().unwrap();
            data.len() / 4 * 3 - data.bytes().rev().take_while(|&byte| byte == b'=').count()
        })
        .sum()
}

async fn write_all(writer: &ChunkWriter, notified: &Notify, length: usize) {
    let mut left = length;
    while left > 0 {
        let size = left.min(100_000);
        if writer.write(Bytes::from(vec![b'x'; size])) == WriteResult::Full {
            soon(notified.notified()).await;
        }
        left -= size;
    }
}

#[tokio::test]
async fn a_body_comes_in_chunks_as_fast_as_the_worker_gives_credit() {
    let worker = reading().await;
    let (body, writer, notified) = upload();
    let call = worker.begin(Operation::Task, "collect", Input::Stream(&body));
    write_all(&writer, &notified, 500_000).await;
    writer.finish();
    let messages = messages(soon(call).await);
    assert_eq!(messages[0], json!({ "type": "task", "id": 1, "taskId": "collect", "body": true }));
    assert_eq!(bytes_of(&messages, None), 500_000);
    assert_eq!(messages.last().unwrap(), &json!({ "type": "end", "id": 1 }));
}

#[tokio::test]
async fn a_body_that_breaks_off_says_so() {
    let worker = reading().await;
    let (body, writer, _notified) = upload();
    let call = worker.begin(Operation::Task, "collect", Input::Stream(&body));
    writer.write(Bytes::from_static(b"abc"));
    drop(writer);
    let messages = messages(soon(call).await);
    assert_eq!(messages.last().unwrap()["error"]["code"], "ECONNRESET");
}

#[tokio::test]
async fn without_credit_no_more_is_sent_and_what_the_worker_skips_is_not_read() {
    let worker = reading().await;
    let (body, writer, notified) = upload();
    let call = worker.begin(Operation::Task, "count", Input::Stream(&body));
    let written = tokio::spawn(async move {
        let mut written = 0;
        loop {
            match writer.write(Bytes::from(vec![b'x'; 1024])) {
                WriteResult::Open => written += 1024,
                WriteResult::Full => soon(notified.notified()).await,
                WriteResult::Closed => return written,
            }
        }
    });
    let Outcome::Result(got) = soon(call).await else { panic!("a result") };
    let got: usize = std::str::from_utf8(&got).unwrap().parse().unwrap();
    // The last chunk may exceed the credit.
    assert!((65_536..65_536 + 48 * 1024).contains(&got), "{got}");
    // The rest was not read, and the channel is closed now.
    assert!(soon(written).await.unwrap() < 1 << 20);
}

#[tokio::test]
async fn a_worker_that_reads_no_bodies_gets_none() {
    let mut worker = Worker::python("serve");
    worker.ready().await;
    let (body, writer, _notified) = upload();
    let call = worker.begin(Operation::Task, "echo", Input::Stream(&body));
    let Outcome::Error(status, text) = soon(call).await else { panic!("an error") };
    let error: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((status, &error["code"]), (StatusCode::NOT_IMPLEMENTED, &json!("STREAM_UNSUPPORTED")));
    assert_eq!(writer.write(Bytes::from_static(b"x")), WriteResult::Closed);
}

const MANIFEST: &str =
    r#"{"input":{"a":{"$runnerFile":"File","id":"F1"},"b":[{"$runnerFile":"File","id":"F2"}]}}"#;

fn part(id: &str, name: Option<&str>) -> FilePart {
    FilePart { id: id.to_owned(), name: name.map(str::to_owned), media_type: "text/plain".to_owned() }
}

#[tokio::test]
async fn the_files_of_a_form_come_by_their_ids() {
    let worker = reading().await;
    let (form, mut source) = Form::new(vec![part("F1", Some("a.txt"))], 10);
    let form = Arc::new(form);
    let input = Input::Form { manifest: MANIFEST, form: &form };
    let call = worker.begin(Operation::Task, "collect", input);
    let mut expected = soon(source.expectation()).await;
    let first = expected.take("F1").unwrap();
    first.body.write(Bytes::from_static(b"abc"));
    first.body.finish();
    let second = expected.begin(&part("F2", None)).unwrap();
    write_all(&second.body, &second.notified, 200_000).await;
    second.body.finish();
    let messages = messages(soon(call).await);
    assert_eq!(messages[0]["files"], json!(["F1", "F2"]));
    assert_eq!(messages[0]["input"]["a"], json!({ "$runnerFile": "File", "id": "F1" }));
    let named =
        json!({ "type": "file", "id": 1, "file": "F1", "name": "a.txt", "contentType": "text/plain" });
    let unnamed = json!({ "type": "file", "id": 1, "file": "F2", "contentType": "text/plain" });
    let place = |message: &Value| messages.iter().position(|other| other == message).unwrap();
    let first_chunk =
        |id: &str| messages.iter().position(|other| other["type"] == "chunk" && other["file"] == id);
    assert!(place(&named) < first_chunk("F1").unwrap() && place(&unnamed) < first_chunk("F2").unwrap());
    assert_eq!((bytes_of(&messages, Some("F1")), bytes_of(&messages, Some("F2"))), (3, 200_000));
}

#[tokio::test]
async fn a_form_that_breaks_a_limit_says_which() {
    let worker = reading().await;
    let (form, mut source) = Form::new(Vec::new(), 10);
    let form = Arc::new(form);
    let call = worker.begin(Operation::Task, "collect", Input::Form { manifest: MANIFEST, form: &form });
    let expected = soon(source.expectation()).await;
    source.fail(RequestError::FileTooLarge);
    drop(expected);
    let messages = messages(soon(call).await);
    let error = json!({ "code": "PAYLOAD_TOO_LARGE", "message": "File size limit exceeded" });
    assert_eq!(messages.iter().filter(|message| message["error"] == error).count(), 2);
}

#[tokio::test]
async fn a_manifest_that_cannot_be_used_is_no_call() {
    let worker = reading().await;
    for (manifest, expected) in [
        ("{", InvalidInput::Manifest),
        ("null", InvalidInput::NoManifest),
        (MANIFEST, InvalidInput::TooManyFiles),
    ] {
        let form = Arc::new(Form::new(Vec::new(), 1).0);
        let call = worker.begin(Operation::Task, "collect", Input::Form { manifest, form: &form });
        assert_eq!(soon(call).await, Outcome::InvalidInput(expected), "{manifest}");
    }
}
