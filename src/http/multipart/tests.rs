//! Forms that come in any way a client can send them, with the backend played by the test.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::Frame;
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use super::*;
use crate::config::{Limits, MultipartLimits};
use crate::dispatch::{ChunkReader, FilePart};
use crate::http::body::BodyPolicy;
use crate::policy::Admission;

const BOUNDARY: &str = "frontier";
/// Long enough for anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(30);
/// Over as soon as nothing happens.
const NO_PATIENCE: Duration = Duration::from_millis(10);

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

/// A form that comes in these pieces, with a turn of the runtime between two of them.
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

/// What a file holds, and whether it is whole.
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

/// How a form ends of which a call reads the file `F1`.
async fn outcome(pieces: Vec<Bytes>, multipart: MultipartLimits) -> Result<(), RequestError> {
    let OpenForm { form, rest, .. } = receive_pieces(pieces, &limits(multipart, PATIENCE)).await?;
    let [body] = expect(&form, ["F1"]);
    read(body).await;
    rest.end().await
}

async fn outcome_of(text: &str, multipart: MultipartLimits) -> Result<(), RequestError> {
    outcome(vec![Bytes::copy_from_slice(text.as_bytes())], multipart).await
}

#[tokio::test]
async fn a_form_is_the_same_wherever_it_is_cut() {
    let text = form(&[
        field("other", "1"),
        field("__manifest", "{\"input\":\"ü\"}"),
        file("F1", "one\r\n--front\r\n\r\n"),
        file("unasked", "2"),
        file("F2", ""),
    ]);
    let bytes = Bytes::from(format!("preamble\r\n{text}epilogue"));
    let whole: Vec<Vec<Bytes>> =
        (0..=bytes.len()).map(|at| vec![bytes.slice(..at), bytes.slice(at..)]).collect();
    let each = (0..bytes.len()).map(|at| bytes.slice(at..=at)).collect();
    for pieces in [whole, vec![each]].concat() {
        let cut = pieces[0].len();
        let received = receive_pieces(pieces, &limits(MultipartLimits::default(), PATIENCE)).await;
        let OpenForm { manifest, form, rest } = received.unwrap();
        assert_eq!(manifest, "{\"input\":\"ü\"}", "cut at {cut}");
        let [first, second] = expect(&form, ["F1", "F2"]);
        assert_eq!(read(first).await, ("one\r\n--front\r\n\r\n".to_owned(), true), "cut at {cut}");
        assert_eq!(read(second).await, (String::new(), true), "cut at {cut}");
        assert_eq!(rest.end().await, Ok(()), "cut at {cut}");
    }
}

#[tokio::test]
async fn a_form_that_ends_early_is_none_wherever_it_ends() {
    let text = form(&[manifest(), file("F1", "one")]);
    let end = text.len() - "\r\n".len();
    let file = text.find("one").unwrap()..text.rfind("--\r\n").unwrap();
    for at in 0..end {
        let ended = outcome_of(&text[..at], MultipartLimits::default()).await;
        let within = file.contains(&at);
        let error = if within { RequestError::BrokenFile } else { RequestError::InvalidMultipart };
        assert_eq!(ended, Err(error), "{:?}", &text[..at]);
    }
    assert_eq!(outcome_of(&text[..end], MultipartLimits::default()).await, Ok(()));
}

#[tokio::test]
async fn what_has_no_boundary_or_another_one_is_no_form() {
    for text in ["", "x", "--other\r\n", "--frontier", "--frontier\n\n", "--frontierx\r\n\r\n"] {
        let ended = outcome_of(text, MultipartLimits::default()).await;
        assert_eq!(ended, Err(RequestError::InvalidMultipart), "{text:?}");
    }
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary",
        "text/plain; x=\"multipart/form-data\"; boundary=b",
        "multipart/form-data; boundary=\"b",
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        assert_eq!(boundary(&headers), None, "{kind}");
    }
}

#[tokio::test]
async fn heads_of_parts_are_read_strictly() {
    let head = "Content-Disposition: form-data; name=\"a\"";
    let bad = [
        form(&[part("", "x"), manifest()]),
        form(&[part("no colon", "x"), manifest()]),
        form(&[part(&format!("{head}\r\n bad: fold\u{0}"), "x"), manifest()]),
        form(&[part(&vec!["x: y"; 33].join("\r\n"), "x"), manifest()]),
    ];
    for text in bad {
        let ended = outcome_of(&text, MultipartLimits::default()).await;
        assert_eq!(ended, Err(RequestError::InvalidMultipart), "{text:?}");
    }
    let few = MultipartLimits { max_part_headers: 1, ..MultipartLimits::default() };
    assert_eq!(
        outcome_of(&form(&[manifest(), file("F1", "")]), few).await,
        Err(RequestError::InvalidMultipart)
    );
}

#[tokio::test]
async fn neither_a_preamble_nor_a_head_is_kept_without_end() {
    let long = "x".repeat(17 * 1024);
    let preamble = format!("{long}\r\n{}", form(&[manifest(), file("F1", "")]));
    let head = form(&[field(&long, "x"), manifest(), file("F1", "")]);
    let later = form(&[manifest(), file("F1", ""), part(&format!("x: {}", "y".repeat(200 * 1024)), "")]);
    for text in [preamble, head, later] {
        let bytes = Bytes::from(text);
        let pieces = (0..bytes.len()).step_by(1000).map(|at| bytes.slice(at..bytes.len().min(at + 1000)));
        let ended = outcome(pieces.collect(), MultipartLimits::default()).await;
        assert_eq!(ended, Err(RequestError::InvalidMultipart));
        assert_eq!(
            outcome(vec![bytes], MultipartLimits::default()).await,
            Err(RequestError::InvalidMultipart)
        );
    }
}

#[tokio::test]
async fn every_limit_holds_and_no_sooner() {
    use RequestError::{FieldTooLarge, FileTooLarge, TooManyFields, TooManyFiles, TooManyParts};
    let default = MultipartLimits::default;
    let base = [manifest(), file("F1", "12345"), field("ab", "12345")];
    let with = |more: &[String]| form(&[&base[..], more].concat());
    let cases = [
        (MultipartLimits { max_file_bytes: 6, ..default() }, with(&[file("x", "123456")]), FileTooLarge),
        (MultipartLimits { max_files: 1, ..default() }, with(&[file("x", "")]), TooManyFiles),
        (MultipartLimits { max_field_bytes: 6, ..default() }, with(&[field("x", "123456")]), FieldTooLarge),
        (MultipartLimits { max_fields: 2, ..default() }, with(&[field("x", "")]), TooManyFields),
        (MultipartLimits { max_field_name_bytes: 2, ..default() }, with(&[field("abc", "")]), FieldTooLarge),
        (MultipartLimits { max_parts: 4, ..default() }, with(&[part("x: y", "")]), TooManyParts),
    ];
    for (limits, over, error) in cases {
        assert_eq!(outcome_of(&with(&[]), limits.clone()).await, Ok(()), "{error}");
        assert_eq!(outcome_of(&over, limits).await, Err(error));
    }
    let limits = MultipartLimits { max_field_bytes: 2, ..default() };
    assert_eq!(outcome_of(&with(&[]), limits).await, Err(FieldTooLarge), "a manifest is a field");
}

#[tokio::test]
async fn a_manifest_comes_once_and_holds_something() {
    let file = file("F1", "");
    for (parts, expected) in [
        (vec![file.clone()], RequestError::MissingManifest),
        (vec![], RequestError::InvalidMultipart),
        (vec![field("__manifest", ""), file.clone()], RequestError::MissingManifest),
        (vec![manifest(), manifest(), file.clone()], RequestError::InvalidManifest),
        (vec![manifest(), file.clone(), manifest()], RequestError::InvalidManifest),
        (
            vec![
                part("Content-Disposition: form-data; name=\"__manifest\"; filename=\"m\"", "{}"),
                file.clone(),
            ],
            RequestError::MissingManifest,
        ),
        (
            vec![part(
                "Content-Disposition: form-data; name=\"__manifest\"\r\nContent-Type: a/b; charset=none",
                "{}",
            )],
            RequestError::InvalidManifest,
        ),
    ] {
        let text = if parts.is_empty() { String::new() } else { form(&parts) };
        assert_eq!(outcome_of(&text, MultipartLimits::default()).await, Err(expected), "{text:?}");
    }
    let blank = form(&[manifest(), field("__manifest", " \t\r\n"), file]);
    assert_eq!(outcome_of(&blank, MultipartLimits::default()).await, Ok(()));
}

#[tokio::test]
async fn the_first_file_that_was_not_sent_is_missed() {
    let text = form(&[manifest(), file("F2", "two")]);
    let received =
        receive_pieces(vec![Bytes::from(text)], &limits(MultipartLimits::default(), PATIENCE)).await;
    let OpenForm { form, rest, .. } = received.unwrap();
    let [first, second, third] = expect(&form, ["F1", "F2", "F3"]);
    assert_eq!(read(second).await, ("two".to_owned(), true));
    assert_eq!(read(third).await, (String::new(), false));
    assert_eq!(read(first).await, (String::new(), false));
    let missing = RequestError::MissingFilePart { id: "F1".to_owned() };
    assert_eq!(form.failure(), Some(&missing));
    assert_eq!(rest.end().await, Err(missing));
}

#[tokio::test]
async fn files_before_the_manifest_are_kept_as_long_as_they_are_small() {
    let small = "x".repeat(60 * 1024);
    let text = form(&[file("F1", &small), file("F1", "again"), manifest()]);
    let received =
        receive_pieces(vec![Bytes::from(text)], &limits(MultipartLimits::default(), PATIENCE)).await;
    let OpenForm { form: received, rest, .. } = received.unwrap();
    let arrival =
        FilePart { id: "F1".to_owned(), name: Some("F1.txt".to_owned()), media_type: "text/css".to_owned() };
    assert_eq!(received.take_begun_parts(), [arrival]);
    let [body] = expect(&received, ["F1"]);
    assert_eq!(read(body).await, (small, true));
    assert_eq!(rest.end().await, Ok(()));
    let large = form(&[file("F1", &"x".repeat(70 * 1024)), manifest()]);
    assert_eq!(outcome_of(&large, MultipartLimits::default()).await, Err(RequestError::InvalidMultipart));
}

/// A form that has sent its manifest and the beginning of `F1`, and may send on.
async fn begun(patience: Duration) -> (mpsc::Sender<Sent>, OpenForm) {
    let (send, frames) = mpsc::channel(1);
    let text = format!("{}{}", manifest(), file("F1", "one").trim_end());
    send.send(Ok(Bytes::from(text))).await.unwrap();
    let received = receive_with(frames, &limits(MultipartLimits::default(), patience)).await.unwrap();
    (send, received)
}

#[tokio::test]
async fn a_file_that_is_not_read_stops_its_client() {
    let (send, OpenForm { form, rest, .. }) = begun(PATIENCE).await;
    let [body] = expect(&form, ["F1"]);
    let piece = Bytes::from(vec![b'x'; 32 * 1024]);
    let mut sent = 0;
    // The reader of the form has had its turn many times over when nothing moves any more.
    for _ in 0..1000 {
        sent += usize::from(send.try_send(Ok(piece.clone())).is_ok());
        tokio::task::yield_now().await;
    }
    assert!(sent <= 4, "{sent} pieces of 32 KB");
    drop(body);
    send.send(Ok(piece)).await.unwrap();
    send.send(Ok(Bytes::from(format!("\r\n--{BOUNDARY}--")))).await.unwrap();
    assert_eq!(rest.end().await, Ok(()), "what is not read is drained");
}

#[tokio::test]
async fn a_client_that_stalls_has_its_time_for_the_manifest_and_again_for_every_byte() {
    let (send, frames) = mpsc::channel(1);
    send.send(Ok(Bytes::from(manifest()))).await.unwrap();
    let ended = receive_with(frames, &limits(MultipartLimits::default(), NO_PATIENCE)).await;
    assert!(matches!(ended, Err(RequestError::BodyTimeout)));
    let (_send, OpenForm { form, rest, .. }) = begun(NO_PATIENCE).await;
    let [body] = expect(&form, ["F1"]);
    assert_eq!(read(body).await, ("one".to_owned(), false));
    assert_eq!(form.failure(), Some(&RequestError::BodyTimeout));
    assert_eq!(rest.end().await, Err(RequestError::BodyTimeout));
}

#[tokio::test]
async fn a_reader_that_stalls_is_given_up_once_its_call_is_over() {
    let (send, OpenForm { form, rest, .. }) = begun(NO_PATIENCE).await;
    let [body] = expect(&form, ["F1"]);
    send.send(Ok(Bytes::from(vec![b'x'; 64 * 1024]))).await.unwrap();
    send.send(Ok(Bytes::from(format!("\r\n--{BOUNDARY}--")))).await.unwrap();
    assert_eq!(rest.end().await, Ok(()));
    assert!(!read(body).await.1);
}

#[tokio::test]
async fn a_connection_that_breaks_off_breaks_its_files() {
    for (error, expected) in [
        (io::ErrorKind::UnexpectedEof, RequestError::Aborted),
        (io::ErrorKind::InvalidData, RequestError::InvalidMultipart),
    ] {
        let (send, OpenForm { form, rest, .. }) = begun(PATIENCE).await;
        let [body] = expect(&form, ["F1"]);
        send.send(Err(error.into())).await.unwrap();
        assert_eq!(read(body).await, ("one".to_owned(), false));
        assert_eq!(rest.end().await, Err(expected));
    }
}

#[tokio::test]
async fn a_call_that_is_not_waited_for_gives_its_files_up() {
    let (send, OpenForm { form, rest, .. }) = begun(PATIENCE).await;
    let [body] = expect(&form, ["F1"]);
    drop(rest);
    assert!(!read(body).await.1);
    // What is left is drained.
    send.send(Ok(Bytes::new())).await.unwrap();
    send.send(Ok(Bytes::new())).await.unwrap();
}

#[tokio::test]
async fn a_call_that_wants_no_file_or_never_says_so_gets_none() {
    let text = form(&[manifest(), file("F1", "one")]);
    let received = || receive_pieces(vec![Bytes::from(text.clone())], &LIMITS);
    let OpenForm { form, rest, .. } = received().await.unwrap();
    expect(&form, []);
    assert_eq!(rest.end().await, Ok(()));
    let OpenForm { form, rest, .. } = received().await.unwrap();
    drop(form);
    assert_eq!(rest.end().await, Ok(()));
}

static LIMITS: std::sync::LazyLock<Limits> =
    std::sync::LazyLock::new(|| limits(MultipartLimits::default(), PATIENCE));
