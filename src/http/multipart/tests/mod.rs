//! Forms in all pieces that a client may send, with a backend of the test.

mod contents;
mod files;
mod syntax;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::Frame;
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use super::*;
use crate::config::{Limits, MultipartLimits};
use crate::dispatch::ChunkReader;
use crate::http::body::BodyPolicy;
use crate::policy::Admission;

const BOUNDARY: &str = "frontier";
/// Long enough for anything that is going to happen.
const LONG_TIMEOUT: Duration = Duration::from_secs(30);
/// Over as soon as nothing happens.
const SHORT_TIMEOUT: Duration = Duration::from_millis(10);

type Sent = Result<Bytes, io::Error>;

/// A body whose frames a test sends.
struct Frames(mpsc::Receiver<Sent>);

impl Body for Frames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(cx).map(|sent| sent.map(|sent| sent.map(Frame::data)))
    }
}

fn limits(multipart: MultipartLimits, body_timeout: Duration) -> Limits {
    Limits { multipart, body_timeout, ..Limits::default() }
}

async fn receive_with(frames: mpsc::Receiver<Sent>, limits: &Limits) -> Result<OpenForm, RequestError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}").parse().unwrap());
    let admission = Admission::new(usize::MAX, usize::MAX);
    let policy = BodyPolicy::new(limits, admission, Arc::default());
    let mut body = RequestBody::new(Frames(frames), &headers, &policy);
    receive(&mut body, &headers, &limits.multipart).await
}

/// A form that arrives in these pieces, with a yield to the runtime between two of them.
async fn receive_pieces(pieces: Vec<Bytes>, limits: &Limits) -> Result<OpenForm, RequestError> {
    let (send, frames) = mpsc::channel(1);
    tokio::spawn(async move {
        for piece in pieces {
            if send.send(Ok(piece)).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    receive_with(frames, limits).await
}

fn part(head: &str, body: &str) -> String {
    format!("--{BOUNDARY}\r\n{head}\r\n\r\n{body}\r\n")
}

fn field(name: &str, body: &str) -> String {
    part(&format!("Content-Disposition: form-data; name=\"{name}\""), body)
}

fn file(id: &str, body: &str) -> String {
    let disposition = format!("form-data; name=\"file:{id}\"; filename=\"{id}.txt\"");
    part(&format!("content-disposition: {disposition}\r\nContent-Type: text/css"), body)
}

fn form(parts: &[String]) -> String {
    format!("{}--{BOUNDARY}--\r\n", parts.concat())
}

fn manifest() -> String {
    field("__manifest", "{}")
}

/// The contents of a file, and whether it is complete.
async fn read(mut body: ChunkReader) -> (String, bool) {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap()),
            Err(_) => return (String::from_utf8(bytes).unwrap(), false),
        }
    }
    (String::from_utf8(bytes).unwrap(), true)
}

fn expect<const N: usize>(form: &Form, ids: [&str; N]) -> [ChunkReader; N] {
    let bodies = form.expect(ids.map(str::to_owned).to_vec(), None).unwrap();
    bodies.try_into().unwrap()
}

/// The outcome of a form whose call reads the file `F1`.
async fn outcome(pieces: Vec<Bytes>, multipart: MultipartLimits) -> Result<(), RequestError> {
    let OpenForm { form, rest, .. } = receive_pieces(pieces, &limits(multipart, LONG_TIMEOUT)).await?;
    let [body] = expect(&form, ["F1"]);
    read(body).await;
    rest.end().await
}

async fn outcome_of(text: &str, multipart: MultipartLimits) -> Result<(), RequestError> {
    outcome(vec![Bytes::copy_from_slice(text.as_bytes())], multipart).await
}
