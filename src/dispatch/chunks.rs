//! A body that comes bit by bit: of an answer, from whoever does the work to the connection that sends it,
//! or of a request, the other way.
//!
//! Bounded: a writer is told when enough is waiting, and told again when there is room, so that a slow
//! client slows whoever makes the chunks, and nothing piles up in between.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame};

/// This many bytes may wait at first; the chunk that goes over it is still taken.
const LEAST: usize = 64 * 1024;

/// And this many in the end, where the reader keeps up: then a small window has both ends take turns, and what
/// waits is soon gone. A reader that is slow, or does not read at all, never gets there.
const MOST: usize = 1024 * 1024;

/// What a writer learns of the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// There is room again.
    Room,
    /// Nobody reads any more.
    Gone,
}

/// Whether a chunk was taken, and whether the next one may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was taken; go on.
    Open,
    /// It was taken; wait for [`Signal::Room`].
    Full,
    /// Nobody reads any more.
    Gone,
}

/// The stream broke off in the middle.
#[derive(Debug, thiserror::Error)]
#[error("the stream broke off")]
pub struct BrokenOff;

/// Both ends of a stream; `signal` is called, from any thread, with what the writer should know.
pub fn chunks(signal: impl Fn(Signal) + Send + Sync + 'static) -> (ChunkWriter, ChunkReader) {
    let shared = Arc::new(Shared { state: Mutex::default(), signal: Box::new(signal) });
    (ChunkWriter(Arc::clone(&shared)), ChunkReader(shared))
}

struct Shared {
    state: Mutex<State>,
    signal: Box<dyn Fn(Signal) + Send + Sync>,
}

struct State {
    waiting: VecDeque<Bytes>,
    bytes: usize,
    /// How many bytes may wait now.
    window: usize,
    end: Option<End>,
    /// The writer waits for room.
    blocked: bool,
    /// It has waited since the reader found nothing the last time.
    held_back: bool,
    gone: bool,
    reader: Option<Waker>,
}

impl Default for State {
    fn default() -> Self {
        State {
            waiting: VecDeque::new(),
            bytes: 0,
            window: LEAST,
            end: None,
            blocked: false,
            held_back: false,
            gone: false,
            reader: None,
        }
    }
}

impl State {
    /// The reader finds nothing: if the writer was held back meanwhile, the window was too small for them.
    fn starve(&mut self) {
        if std::mem::take(&mut self.held_back) {
            self.window = MOST.min(self.window * 2);
        }
    }
}

#[derive(Clone, Copy)]
enum End {
    Complete,
    Broken,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that chunks go into. Dropped unfinished, the stream is broken.
pub struct ChunkWriter(Arc<Shared>);

impl ChunkWriter {
    /// Adds a chunk. An empty one is none: a stream of Node's that is handed one asks for no further chunk.
    pub fn write(&self, chunk: Bytes) -> Written {
        let mut state = self.0.lock();
        if state.gone {
            return Written::Gone;
        }
        if !chunk.is_empty() {
            state.bytes += chunk.len();
            state.waiting.push_back(chunk);
        }
        state.blocked = state.bytes >= state.window;
        state.held_back |= state.blocked;
        let written = if state.blocked { Written::Full } else { Written::Open };
        wake(state);
        written
    }

    /// Whether nobody reads any more.
    pub fn is_gone(&self) -> bool {
        self.0.lock().gone
    }

    /// Nothing follows.
    pub fn finish(self) {
        self.end(End::Complete);
    }

    fn end(&self, end: End) {
        let mut state = self.0.lock();
        state.end.get_or_insert(end);
        wake(state);
    }
}

impl Drop for ChunkWriter {
    fn drop(&mut self) {
        self.end(End::Broken);
    }
}

fn wake(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

/// The end that chunks come out of.
pub struct ChunkReader(Arc<Shared>);

impl Body for ChunkReader {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let mut state = self.0.lock();
        let Some(chunk) = state.waiting.pop_front() else {
            return match state.end {
                Some(End::Complete) => Poll::Ready(None),
                Some(End::Broken) => Poll::Ready(Some(Err(BrokenOff))),
                None => {
                    state.starve();
                    state.reader = Some(cx.waker().clone());
                    Poll::Pending
                }
            };
        };
        state.bytes -= chunk.len();
        let room = state.blocked && state.bytes < state.window / 2;
        if room {
            state.blocked = false;
        }
        drop(state);
        if room {
            (self.0.signal)(Signal::Room);
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        let state = self.0.lock();
        state.waiting.is_empty() && matches!(state.end, Some(End::Complete))
    }
}

impl Drop for ChunkReader {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.gone = true;
        state.waiting.clear();
        let unfinished = state.end.is_none();
        drop(state);
        if unfinished {
            (self.0.signal)(Signal::Gone);
        }
    }
}

impl std::fmt::Debug for ChunkReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChunkReader")
    }
}

impl PartialEq for ChunkReader {
    /// The same stream.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use http_body_util::BodyExt;
    use std::sync::mpsc::{Receiver, channel};

    fn stream() -> (ChunkWriter, ChunkReader, Receiver<Signal>) {
        let (tell, told) = channel();
        let tell = Mutex::new(tell);
        // A test that is over listens no more.
        let (writer, reader) = chunks(move |signal| {
            let _ = tell.lock().unwrap().send(signal);
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
        assert_eq!(writer.write("a".into()), Written::Open);
        assert_eq!(writer.write("b".into()), Written::Open);
        writer.finish();
        assert_eq!(next(&mut reader).unwrap().unwrap(), "a");
        assert_eq!(next(&mut reader).unwrap().unwrap(), "b");
        assert!(next(&mut reader).is_none());
    }

    #[test]
    fn an_empty_chunk_is_none() {
        let (writer, mut reader, _told) = stream();
        assert_eq!(writer.write(Bytes::new()), Written::Open);
        assert_eq!(writer.write("a".into()), Written::Open);
        assert_eq!(writer.write(Bytes::new()), Written::Open);
        writer.finish();
        assert_eq!(next(&mut reader).unwrap().unwrap(), "a");
        assert!(next(&mut reader).is_none());
    }

    #[test]
    fn a_writer_waits_for_room_and_is_told_once() {
        let (writer, mut reader, told) = stream();
        let chunk = Bytes::from(vec![0; LEAST / 4]);
        for _ in 0..3 {
            assert_eq!(writer.write(chunk.clone()), Written::Open);
        }
        assert_eq!(writer.write(chunk.clone()), Written::Full);
        next(&mut reader);
        next(&mut reader);
        assert!(told.try_recv().is_err(), "half of it still waits");
        next(&mut reader);
        assert_eq!(told.try_recv(), Ok(Signal::Room));
        next(&mut reader);
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn the_window_grows_while_the_reader_keeps_up_and_only_then() {
        let (writer, mut reader, _told) = stream();
        let chunk = Bytes::from(vec![0; LEAST]);
        let in_a_row = || {
            let mut taken = 1;
            while writer.write(chunk.clone()) == Written::Open {
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
        assert_eq!(told.try_recv(), Ok(Signal::Gone));
        assert_eq!(writer.write("a".into()), Written::Gone);
        let (writer, reader, told) = stream();
        writer.finish();
        drop(reader);
        assert!(told.try_recv().is_err());
    }
}
