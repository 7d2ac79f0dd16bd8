use super::*;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::task::Wake;

fn stream() -> (ChunkWriter, ChunkReader, Receiver<Signal>) {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    // The receiver is gone once the test is over.
    let (writer, reader) = byte_channel(move |signal| {
        let _ = tell.lock().send(signal);
    });
    (writer, reader, told)
}

fn next(reader: &mut ChunkReader) -> Option<Result<Bytes, BrokenOff>> {
    let frame = reader.frame().now_or_never().expect("the frame is there")?;
    Some(frame.map(|frame| frame.into_data().unwrap()))
}

#[test]
fn chunks_come_in_order_and_then_the_end() {
    let (writer, mut reader, _told) = stream();
    assert_eq!(writer.write("a".into()), WriteResult::Open);
    assert_eq!(writer.write("b".into()), WriteResult::Open);
    writer.finish();
    assert_eq!(next(&mut reader).unwrap().unwrap(), "a");
    assert_eq!(next(&mut reader).unwrap().unwrap(), "b");
    assert!(next(&mut reader).is_none());
}

#[test]
fn an_empty_chunk_is_none() {
    let (writer, mut reader, _told) = stream();
    assert_eq!(writer.write(Bytes::new()), WriteResult::Open);
    assert_eq!(writer.write("a".into()), WriteResult::Open);
    assert_eq!(writer.write(Bytes::new()), WriteResult::Open);
    writer.finish();
    assert_eq!(next(&mut reader).unwrap().unwrap(), "a");
    assert!(next(&mut reader).is_none());
}

#[test]
fn a_writer_waits_for_room_and_is_told_once() {
    let (writer, mut reader, told) = stream();
    let chunk = Bytes::from(vec![0; MIN_WINDOW_BYTES / 4]);
    for _ in 0..3 {
        assert_eq!(writer.write(chunk.clone()), WriteResult::Open);
    }
    assert_eq!(writer.write(chunk.clone()), WriteResult::Full);
    next(&mut reader);
    next(&mut reader);
    assert!(told.try_recv().is_err(), "half of it still waits");
    next(&mut reader);
    assert_eq!(told.try_recv(), Ok(Signal::Writable));
    next(&mut reader);
    assert!(told.try_recv().is_err());
}

#[test]
fn the_window_grows_while_the_reader_keeps_up_and_only_then() {
    let (writer, mut reader, _told) = stream();
    let chunk = Bytes::from(vec![0; MIN_WINDOW_BYTES]);
    let in_a_row = || {
        let mut taken = 1;
        while writer.write(chunk.clone()) == WriteResult::Open {
            taken += 1;
        }
        taken
    };
    assert_eq!(in_a_row(), 1);
    next(&mut reader);
    assert_eq!(in_a_row(), 1, "the reader has not asked for more than there was");
    let mut grown = Vec::new();
    for _ in 0..6 {
        while reader.frame().now_or_never().is_some() {}
        grown.push(in_a_row());
    }
    assert_eq!(grown, [2, 4, 8, 16, 16, 16]);
}

#[test]
fn a_writer_that_is_dropped_breaks_the_stream_behind_what_it_wrote() {
    let (writer, mut reader, _told) = stream();
    writer.write("a".into());
    drop(writer);
    assert_eq!(next(&mut reader).unwrap().unwrap(), "a");
    assert!(next(&mut reader).unwrap().is_err());
}

#[test]
fn a_reader_that_leaves_says_so_unless_the_stream_is_over() {
    let (writer, reader, told) = stream();
    drop(reader);
    assert_eq!(told.try_recv(), Ok(Signal::Closed));
    assert_eq!(writer.write("a".into()), WriteResult::Closed);
    let (writer, reader, told) = stream();
    writer.finish();
    drop(reader);
    assert!(told.try_recv().is_err());
}

/// Counts wake-ups.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// Polls the reader until it is pending or ends. Returns the number of bytes that were read.
fn drain(reader: &mut ChunkReader, wakes: &Arc<Wakes>) -> usize {
    let waker = Waker::from(Arc::clone(wakes));
    let mut bytes = 0;
    while let Poll::Ready(frame) = Pin::new(&mut *reader).poll_frame(&mut Context::from_waker(&waker)) {
        let Some(frame) = frame else { break };
        bytes += frame.unwrap().into_data().unwrap().len();
    }
    bytes
}

#[test]
fn a_reader_is_woken_for_unflushed_chunks_once_they_are_flushed() {
    let (writer, mut reader, _told) = stream();
    let wakes = Arc::new(Wakes::default());
    assert_eq!(drain(&mut reader, &wakes), 0);
    writer.flush();
    for _ in 0..3 {
        assert_eq!(writer.write_unflushed("a".into()), WriteResult::Open);
    }
    assert_eq!(wakes.0.load(Relaxed), 0);
    writer.flush();
    assert_eq!(wakes.0.load(Relaxed), 1);
    assert_eq!(drain(&mut reader, &wakes), 3);
}

#[test]
fn a_reader_is_woken_for_unflushed_chunks_when_no_more_fit_or_many_wait() {
    let (writer, mut reader, _told) = stream();
    let wakes = Arc::new(Wakes::default());
    let chunk = Bytes::from(vec![0; MIN_WINDOW_BYTES]);
    // The window doubles each time that the reader has taken what filled it.
    for window in [1, 2, 4, 8] {
        drain(&mut reader, &wakes);
        let before = wakes.0.load(Relaxed);
        for waiting in 1..=window {
            assert_eq!(wakes.0.load(Relaxed), before, "{waiting} of {window}");
            let written = writer.write_unflushed(chunk.clone());
            assert_eq!(written == WriteResult::Full, waiting == window);
        }
        assert_eq!(wakes.0.load(Relaxed), before + 1);
    }
    drain(&mut reader, &wakes);
    let before = wakes.0.load(Relaxed);
    while wakes.0.load(Relaxed) == before {
        assert_eq!(writer.write_unflushed(chunk.clone()), WriteResult::Open);
    }
    assert_eq!(drain(&mut reader, &wakes), MAX_UNFLUSHED_BYTES);
}

#[test]
fn a_reader_is_woken_for_unflushed_chunks_when_the_stream_ends() {
    let (writer, mut reader, _told) = stream();
    let wakes = Arc::new(Wakes::default());
    drain(&mut reader, &wakes);
    writer.write_unflushed("a".into());
    writer.finish();
    assert_eq!(wakes.0.load(Relaxed), 1);
    assert_eq!(drain(&mut reader, &wakes), 1);
}
