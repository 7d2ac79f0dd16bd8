//! The layout and the constants of records, completions and return values of the addon. `lib/wire.js` has the same for
//! JavaScript; a test compares the two.

use crate::dispatch::{self, Key, SLOT_BITS, Ticket};

/// The words of a record: kind, slot, generation, handler or detail, length of input, length of head, body.
pub(super) const RECORD_WORDS: usize = 7;

/// The index of the word with the number of the body or form, which is 0 if there is none.
pub(super) const BODY_WORD: usize = 6;

/// The most records that cross at a time.
pub(super) const MAX_RECORDS: usize = 32;

const _: () =
    assert!(MAX_RECORDS == dispatch::MAX_RECORDS, "the core sends as many as `lib/wire.js` has room for");

/// Generations are below 2 to this power, and count from 1 again behind it: which of two is newer, JavaScript has to
/// know.
pub(super) const GENERATION_BITS: u32 = 30;

const _: () =
    assert!(GENERATION_BITS == dispatch::GENERATION_BITS, "the core counts as far as `lib/wire.js` says");

/// A key as the two small integers that JavaScript carries.
pub(super) fn pack(key: Key) -> [u32; 2] {
    let queue = (key.io_thread as u32) << 1 | u32::from(key.is_hook);
    [queue << SLOT_BITS | key.ticket.slot, key.ticket.generation]
}

/// The key that JavaScript gives back.
pub(super) fn unpack(slot: u32, generation: u32) -> Key {
    let ticket = Ticket { slot: slot & ((1 << SLOT_BITS) - 1), generation };
    let queue = slot >> SLOT_BITS;
    Key { io_thread: (queue >> 1) as usize, is_hook: queue & 1 == 1, ticket }
}

/// Numbers per completion: kind, slot, generation, detail, length of text.
pub(super) const COMPLETION_WORDS: usize = 5;

/// The kinds of records.
pub(super) mod record {
    pub(in crate::node) const TASK: u32 = 0;
    pub(in crate::node) const EVENT: u32 = 1;
    pub(in crate::node) const EVENT_WITH_RESULT: u32 = 2;
    pub(in crate::node) const VALIDATE: u32 = 3;
    pub(in crate::node) const ORIGIN: u32 = 4;
    pub(in crate::node) const CANCELLED: u32 = 5;
    pub(in crate::node) const NOTICE: u32 = 6;
    pub(in crate::node) const REJECTION: u32 = 7;
    pub(in crate::node) const STREAM: u32 = 8;
    pub(in crate::node) const BODY: u32 = 9;
    pub(in crate::node) const TASK_DOCUMENT: u32 = 10;
    pub(in crate::node) const EVENT_DOCUMENT: u32 = 11;
    pub(in crate::node) const FORM: u32 = 12;
    pub(in crate::node) const FALLBACK: u32 = 13;
    pub(in crate::node) const EXPOSURE: u32 = 14;
    pub(in crate::node) const FILE: u32 = 15;
}

/// The kinds of completions.
pub(super) mod completion {
    pub(in crate::node) const RESULT: u32 = 0;
    pub(in crate::node) const DONE: u32 = 1;
    pub(in crate::node) const ERROR: u32 = 2;
    pub(in crate::node) const FAILED: u32 = 3;
    pub(in crate::node) const INVALID_INPUT: u32 = 4;
    pub(in crate::node) const HANDLER_REMOVED: u32 = 5;
    pub(in crate::node) const VERDICT: u32 = 6;
    pub(in crate::node) const ORIGIN: u32 = 7;
    pub(in crate::node) const STREAMING_RESPONSE: u32 = 8;
    pub(in crate::node) const RAW_RESPONSE: u32 = 9;
    pub(in crate::node) const DOCUMENT: u32 = 10;
}

/// Why an input cannot be used: the detail of an `INVALID_INPUT` completion.
pub(super) mod invalid_input {
    pub(in crate::node) const JSON: u32 = 0;
    pub(in crate::node) const MANIFEST: u32 = 1;
    pub(in crate::node) const NO_MANIFEST: u32 = 2;
    pub(in crate::node) const TOO_MANY_FILES: u32 = 3;
    pub(in crate::node) const PARALLEL_RETURN: u32 = 4;
}

/// Why a call is cancelled: the detail of a `CANCELLED` record.
pub(super) mod cancel_reason {
    pub(in crate::node) const CLIENT_LEFT: u32 = 0;
    pub(in crate::node) const DEADLINE_PASSED: u32 = 1;
}

/// What has happened to a stream that JavaScript writes: the detail of a `STREAM` record.
pub(super) mod stream_signal {
    pub(in crate::node) const WRITABLE: u32 = 0;
    pub(in crate::node) const CLOSED: u32 = 1;
}

/// What `writeStream` returns.
pub(super) mod write_result {
    pub(in crate::node) const OPEN: u32 = 0;
    pub(in crate::node) const FULL: u32 = 1;
    pub(in crate::node) const CLOSED: u32 = 2;
}

/// What `readBody` returns in place of a chunk.
pub(super) mod body_state {
    pub(in crate::node) const PENDING: u32 = 0;
    pub(in crate::node) const END: u32 = 1;
    pub(in crate::node) const BROKEN: u32 = 2;
}
