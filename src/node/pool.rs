//! Reused buffers for chunks that JavaScript writes: allocating memory for each would cost more than the copy.

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};

/// Smaller chunks are cheap to allocate.
const MIN_BUFFER_BYTES: usize = 16 * 1024;
/// Larger chunks are too rare to keep buffers for.
const MAX_BUFFER_BYTES: usize = 256 * 1024;
/// How many buffers are kept.
const MAX_BUFFERS: usize = 16;

/// The free buffers.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// Copies a chunk.
    pub(super) fn copy(&self, chunk: &[u8]) -> Bytes {
        if !(MIN_BUFFER_BYTES..=MAX_BUFFER_BYTES).contains(&chunk.len()) {
            return Bytes::copy_from_slice(chunk);
        }
        let mut buffer = self.free().pop().unwrap_or_default();
        buffer.extend_from_slice(chunk);
        Bytes::from_owner(Pooled { buffer, pool: self.clone() })
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock()
    }
}

/// A buffer that returns to the pool once it was sent.
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
        if free.len() < MAX_BUFFERS {
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
        let first = pool.copy(&[1; MIN_BUFFER_BYTES]);
        let second = pool.copy(&[2; MIN_BUFFER_BYTES]);
        let at = first.as_ptr();
        drop(first);
        assert_eq!(pool.copy(&[3; MIN_BUFFER_BYTES]).as_ptr(), at);
        assert_eq!(second, vec![2; MIN_BUFFER_BYTES]);
    }

    #[test]
    fn no_more_is_kept_than_a_busy_stream_needs() {
        let pool = Pool::default();
        let chunks: Vec<_> = (0..MAX_BUFFERS + 5).map(|_| pool.copy(&[0; MIN_BUFFER_BYTES])).collect();
        drop(chunks);
        assert_eq!(pool.free().len(), MAX_BUFFERS);
        drop([pool.copy(&[0; MIN_BUFFER_BYTES - 1]), pool.copy(&[0; MAX_BUFFER_BYTES + 1])]);
        assert_eq!(pool.free().len(), MAX_BUFFERS);
    }
}
