//! How files reach the call that reads them, and how unread files are discarded.

use super::*;
use crate::dispatch::FilePart;

#[tokio::test]
async fn the_first_file_that_was_not_sent_is_missed() {
    let text = form(&[manifest(), file("F2", "two")]);
    let received =
        receive_pieces(vec![Bytes::from(text)], &limits(MultipartLimits::default(), LONG_TIMEOUT)).await;
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
        receive_pieces(vec![Bytes::from(text)], &limits(MultipartLimits::default(), LONG_TIMEOUT)).await;
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

/// A form that has sent its manifest and the beginning of `F1`, and a sender for the rest.
async fn begun(stall_timeout: Duration) -> (mpsc::Sender<Sent>, OpenForm) {
    let (send, frames) = mpsc::channel(1);
    let text = format!("{}{}", manifest(), file("F1", "one").trim_end());
    send.send(Ok(Bytes::from(text))).await.unwrap();
    let received = receive_with(frames, &limits(MultipartLimits::default(), stall_timeout)).await.unwrap();
    (send, received)
}

#[tokio::test]
async fn a_file_that_is_not_read_stops_its_client() {
    let (send, OpenForm { form, rest, .. }) = begun(LONG_TIMEOUT).await;
    let [body] = expect(&form, ["F1"]);
    let piece = Bytes::from(vec![b'x'; 32 * 1024]);
    let mut sent = 0;
    // Yields often enough for the reader of the form to make all progress that it can.
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
    let ended = receive_with(frames, &limits(MultipartLimits::default(), SHORT_TIMEOUT)).await;
    assert!(matches!(ended, Err(RequestError::BodyTimeout)));
    let (_send, OpenForm { form, rest, .. }) = begun(SHORT_TIMEOUT).await;
    let [body] = expect(&form, ["F1"]);
    assert_eq!(read(body).await, ("one".to_owned(), false));
    assert_eq!(form.failure(), Some(&RequestError::BodyTimeout));
    assert_eq!(rest.end().await, Err(RequestError::BodyTimeout));
}

#[tokio::test]
async fn a_reader_that_stalls_is_given_up_once_its_call_is_over() {
    let (send, OpenForm { form, rest, .. }) = begun(SHORT_TIMEOUT).await;
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
        let (send, OpenForm { form, rest, .. }) = begun(LONG_TIMEOUT).await;
        let [body] = expect(&form, ["F1"]);
        send.send(Err(error.into())).await.unwrap();
        assert_eq!(read(body).await, ("one".to_owned(), false));
        assert_eq!(rest.end().await, Err(expected));
    }
}

#[tokio::test]
async fn a_call_that_is_not_waited_for_gives_its_files_up() {
    let (send, OpenForm { form, rest, .. }) = begun(LONG_TIMEOUT).await;
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
    let limits = limits(MultipartLimits::default(), LONG_TIMEOUT);
    let received = || receive_pieces(vec![Bytes::from(text.clone())], &limits);
    let OpenForm { form, rest, .. } = received().await.unwrap();
    expect(&form, []);
    assert_eq!(rest.end().await, Ok(()));
    let OpenForm { form, rest, .. } = received().await.unwrap();
    drop(form);
    assert_eq!(rest.end().await, Ok(()));
}
