//! A call that waits by itself: it may go to any worker until it has started.

use std::time::Instant;

use super::head::write_head;
use super::record::{Key, QueuedCall};
use crate::dispatch::Call;
use crate::policy::{Held, Permit};

/// A call with its texts.
#[derive(Debug)]
pub(in crate::dispatch) struct SingleCall {
    pub queued: QueuedCall,
    /// Its text, and its head behind it.
    pub(super) bytes: Box<[u8]>,
    pub(super) text_bytes: usize,
    pub(super) text_units: usize,
    /// What was admitted with it, until it crosses.
    _held: Held,
}

impl SingleCall {
    /// Copies what a call borrows.
    pub(in crate::dispatch) fn new(key: Key, call: &Call<'_>, permit: Permit<'_>) -> Self {
        let mut held = Held::default();
        held.take_over(permit);
        let (mut queued, text) = QueuedCall::of(key, call);
        queued.deadline = call.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut bytes = text.as_bytes().to_vec();
        write_head(&mut bytes, call.head);
        SingleCall {
            queued,
            text_bytes: text.len(),
            text_units: utf16_units(text),
            bytes: bytes.into(),
            _held: held,
        }
    }

    /// How many bytes its texts have.
    pub(in crate::dispatch) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// A copy for a second run, which holds no room of those that wait; none of a call whose body can be read once
    /// only.
    pub(in crate::dispatch) fn copy(&self) -> Option<Self> {
        Some(SingleCall {
            queued: self.queued.copy()?,
            bytes: self.bytes.clone(),
            text_bytes: self.text_bytes,
            text_units: self.text_units,
            _held: Held::default(),
        })
    }
}

/// The length of a text in UTF-16 units.
pub(super) fn utf16_units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}
