//! Buffers for chunks that JavaScript writes, used again and again: fresh memory for each would cost more than
//! the copy into it does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Smaller chunks are no burden to the heap.
const LEAST: usize = 16 * 1024;
/// Larger ones are too rare to keep a buffer for.
const MOST: usize = 256 * 1024;
/// How many buffers are kept.
const KEPT: usize = 16;

/// Buffers that nobody uses now.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// A copy of a chunk.
    pub(super) fn copy(&self, chunk: &[u8]) -> Bytes {
        if !(LEAST..=MOST).contains(&chunk.len()) {
            return Bytes::copy_from_slice(chunk);
        }
        let mut buffer = self.free().pop().unwrap_or_default();
        buffer.extend_from_slice(chunk);
        Bytes::from_owner(Pooled { buffer, pool: self.clone() })
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer that goes back when it was sent.
struct Pooled {
    buffer: Vec<u8>,
    pool: Pool,
}

impl AsRef<[u8]> for Pooled {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let mut free = self.pool.free();
        if free.len() < KEPT {
            free.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_once_its_chunk_is_gone() {
        let pool = Pool::default();
        let first = pool.copy(&[1; LEAST]);
        let second = pool.copy(&[2; LEAST]);
        let at = first.as_ptr();
        drop(first);
        assert_eq!(pool.copy(&[3; LEAST]).as_ptr(), at);
        assert_eq!(second, vec![2; LEAST]);
    }

    #[test]
    fn no_more_is_kept_than_a_busy_stream_needs() {
        let pool = Pool::default();
        let chunks: Vec<_> = (0..KEPT + 5).map(|_| pool.copy(&[0; LEAST])).collect();
        drop(chunks);
        assert_eq!(pool.free().len(), KEPT);
        drop([pool.copy(&[0; LEAST - 1]), pool.copy(&[0; MOST + 1])]);
        assert_eq!(pool.free().len(), KEPT);
    }
}
