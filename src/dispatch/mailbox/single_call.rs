//! A call outside of any batch, which can go to any worker until it is started.

use std::time::Instant;

use super::head::write_head;
use super::record::{Key, QueuedCall};
use crate::dispatch::Call;
use crate::policy::{Held, Permit};

/// A call with its text and head.
#[derive(Debug)]
pub(in crate::dispatch) struct SingleCall {
    pub queued: QueuedCall,
    /// The text, followed by the head.
    pub(super) bytes: Box<[u8]>,
    pub(super) text_bytes: usize,
    pub(super) text_units: usize,
    /// The room in the queue that the call was admitted to. Released when it is taken.
    _held: Held,
}

impl SingleCall {
    /// Copies a call.
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

    /// The length of text and head, in bytes.
    pub(in crate::dispatch) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// A copy for a second attempt, which takes no room in the queue; `None` if the call has a body that can only be
    /// read once.
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
