//! A channel of bytes: the body of a response, from the handler that makes it to the connection that sends it, or that
//! of a request, the other way.
//!
//! Bounded: a writer is told when enough is waiting, and told again when there is room, so that a slow client slows
//! the handler, and nothing piles up in between.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame};
use parking_lot::{Mutex, MutexGuard};

/// This many bytes may wait at first; the chunk that goes over it is still taken.
const MIN_WINDOW_BYTES: usize = 64 * 1024;

/// And this many in the end, where the reader keeps up: then a small window has both ends take turns, and what
/// waits is soon gone. A reader that is slow, or does not read at all, never gets there.
const MAX_WINDOW_BYTES: usize = 1024 * 1024;

/// What a writer learns of the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// There is room again.
    Writable,
    /// The reader has gone before the end.
    Closed,
}

/// Whether a chunk was taken, and whether the next one may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteResult {
    /// It was taken; go on.
    Open,
    /// It was taken; wait for [`Signal::Writable`].
    Full,
    /// It was dropped: the reader has gone.
    Closed,
}

/// The stream broke off in the middle.
#[derive(Debug, thiserror::Error)]
#[error("the stream broke off")]
pub struct BrokenOff;

/// Both ends of a channel; `signal` is called, from any thread, with what the writer should know.
pub fn byte_channel(signal: impl Fn(Signal) + Send + Sync + 'static) -> (ChunkWriter, ChunkReader) {
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
    is_blocked: bool,
    /// The writer has waited since the reader found nothing the last time.
    was_held_back: bool,
    is_closed: bool,
    reader: Option<Waker>,
}

impl Default for State {
    fn default() -> Self {
        State {
            waiting: VecDeque::new(),
            bytes: 0,
            window: MIN_WINDOW_BYTES,
            end: None,
            is_blocked: false,
            was_held_back: false,
            is_closed: false,
            reader: None,
        }
    }
}

impl State {
    /// The reader finds nothing. If the writer was held back meanwhile, the window was too small for the two.
    fn starve(&mut self) {
        if std::mem::take(&mut self.was_held_back) {
            self.window = MAX_WINDOW_BYTES.min(self.window * 2);
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
        self.state.lock()
    }
}

/// The end that chunks go into. Dropped unfinished, the stream is broken.
pub struct ChunkWriter(Arc<Shared>);

impl ChunkWriter {
    /// Adds a chunk. An empty one is none: a stream of Node's that is handed one asks for no further chunk.
    pub fn write(&self, chunk: Bytes) -> WriteResult {
        let mut state = self.0.lock();
        if state.is_closed {
            return WriteResult::Closed;
        }
        if !chunk.is_empty() {
            state.bytes += chunk.len();
            state.waiting.push_back(chunk);
        }
        state.is_blocked = state.bytes >= state.window;
        state.was_held_back |= state.is_blocked;
        let written = if state.is_blocked { WriteResult::Full } else { WriteResult::Open };
        wake(state);
        written
    }

    /// Whether the reader has gone.
    pub fn is_closed(&self) -> bool {
        self.0.lock().is_closed
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
        let is_writable = state.is_blocked && state.bytes < state.window / 2;
        if is_writable {
            state.is_blocked = false;
        }
        drop(state);
        if is_writable {
            (self.0.signal)(Signal::Writable);
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
        state.is_closed = true;
        state.waiting.clear();
        let unfinished = state.end.is_none();
        drop(state);
        if unfinished {
            (self.0.signal)(Signal::Closed);
        }
    }
}

impl std::fmt::Debug for ChunkReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChunkReader")
    }
}

impl PartialEq for ChunkReader {
    /// Whether both are ends of one channel.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests;
