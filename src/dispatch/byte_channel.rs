//! A channel of bytes: the body of a response, from the handler to the connection, or that of a request, in the other
//! direction.
//!
//! The channel is bounded: a writer learns when it is full, and when it has room again, so that a slow client slows the
//! handler down, and no bytes pile up.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame};
use parking_lot::{Mutex, MutexGuard};

/// The window at first: how many bytes may wait. The chunk that exceeds it is still accepted.
const MIN_WINDOW_BYTES: usize = 64 * 1024;

/// The largest window, reached if the reader keeps up: with a small window the two ends would take turns. For a slow
/// reader the window does not grow.
const MAX_WINDOW_BYTES: usize = 1024 * 1024;

/// This many unflushed bytes wake the reader. Half of the window is left, so that both ends work at the same time.
const MAX_UNFLUSHED_BYTES: usize = MAX_WINDOW_BYTES / 2;

/// A report to the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The channel has room again.
    Writable,
    /// The reader was dropped before the end.
    Closed,
}

/// The result of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteResult {
    /// The chunk was accepted; more may follow.
    Open,
    /// The chunk was accepted; wait for [`Signal::Writable`].
    Full,
    /// The chunk was dropped, since the reader is gone.
    Closed,
}

/// The writer was dropped before the end.
#[derive(Debug, thiserror::Error)]
#[error("the stream broke off")]
pub struct BrokenOff;

/// Makes a channel. `signal` is called with reports to the writer, from any thread.
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
    /// The current window: how many bytes may wait.
    window: usize,
    end: Option<End>,
    /// Whether the writer waits for room.
    is_blocked: bool,
    /// Whether the writer has waited since the channel was last empty.
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
    /// Called when the reader finds the channel empty. If the writer has waited meanwhile, the window was too small.
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

/// The writing end. Dropping it before [`ChunkWriter::finish`] fails the reader.
pub struct ChunkWriter(Arc<Shared>);

impl ChunkWriter {
    /// Writes a chunk and wakes the reader. Ignores an empty one, since a Node stream that gets one does not ask for
    /// another.
    pub fn write(&self, chunk: Bytes) -> WriteResult {
        let (written, state) = self.add(chunk);
        state.map(wake);
        written
    }

    /// Writes a chunk as [`ChunkWriter::write`] does, but wakes the reader only if many bytes wait or no more may come.
    /// For any other chunk [`ChunkWriter::flush`] does: waking another thread costs more than handing it a chunk.
    pub fn write_unflushed(&self, chunk: Bytes) -> WriteResult {
        let (written, state) = self.add(chunk);
        if let Some(state) = state
            && (state.is_blocked || state.bytes >= MAX_UNFLUSHED_BYTES)
        {
            wake(state);
        }
        written
    }

    /// Wakes a reader that waits, if there are chunks for it.
    pub fn flush(&self) {
        let state = self.0.lock();
        if !state.waiting.is_empty() {
            wake(state);
        }
    }

    fn add(&self, chunk: Bytes) -> (WriteResult, Option<MutexGuard<'_, State>>) {
        let mut state = self.0.lock();
        if state.is_closed {
            return (WriteResult::Closed, None);
        }
        if !chunk.is_empty() {
            state.bytes += chunk.len();
            state.waiting.push_back(chunk);
        }
        state.is_blocked = state.bytes >= state.window;
        state.was_held_back |= state.is_blocked;
        (if state.is_blocked { WriteResult::Full } else { WriteResult::Open }, Some(state))
    }

    /// Whether the reader was dropped.
    pub fn is_closed(&self) -> bool {
        self.0.lock().is_closed
    }

    /// Ends the stream.
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

/// The reading end.
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
    /// Whether both read from the same channel.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests;
