//! The latest head of a connection, which clients often repeat.

use super::Part;

/// The largest head that is kept, in bytes, since it takes memory of its connection.
const MAX_BYTES: usize = 1024;

/// The latest head that arrived in one read, and the part after it.
#[derive(Debug, Default)]
pub(super) struct KnownHead {
    bytes: Vec<u8>,
    next: Part,
}

impl KnownHead {
    /// The length of the head and the part after it, if `bytes` begin with it.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<(usize, Part)> {
        (!self.bytes.is_empty() && bytes.starts_with(&self.bytes)).then_some((self.bytes.len(), self.next))
    }

    /// Keeps a head, from the first byte of its request line to the end of its empty line.
    pub(super) fn learn(&mut self, head: &[u8], next: Part) {
        self.bytes.clear();
        if head.len() <= MAX_BYTES {
            self.bytes.extend_from_slice(head);
            self.next = next;
        }
    }
}
