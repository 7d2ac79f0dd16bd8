//! Batches of records that cross together: their texts in one string, their heads in another.

use super::head::write_head;
use super::record::{Key, Message, Question, QueuedCall, Record};
use super::single_call::{SingleCall, utf16_units};
use crate::dispatch::{Call, CancelReason, Head, Signal, Upload};
use crate::error::RequestError;
use crate::policy::{Held, Permit};

/// The most records of a batch; a full one is posted before the end of the turn. Measured with 64 connections: 16 wakes
/// the JavaScript thread too often, and with 64 it and the I/O thread take turns.
pub const MAX_RECORDS: usize = 32;

/// Records that cross together.
#[derive(Debug, Default)]
pub struct Batch {
    /// At most [`MAX_RECORDS`], in the order in which they were added.
    pub records: Vec<Record>,
    texts: Vec<u8>,
    heads: Vec<u8>,
    /// The permits of the records, which end when they have crossed.
    held: Held,
}

impl Batch {
    /// An empty batch with room for as much as this one holds, but at most for `max_text_bytes`: the next one is likely to
    /// be as large.
    pub(super) fn empty_alike(&self, max_text_bytes: usize) -> Self {
        Batch {
            records: Vec::with_capacity(self.records.len()),
            texts: Vec::with_capacity(self.texts.len().min(max_text_bytes)),
            heads: Vec::with_capacity(self.heads.len()),
            held: Held::default(),
        }
    }

    /// Adds a call, and copies what it borrows.
    pub fn push_call(&mut self, key: Key, call: &Call<'_>, permit: Permit<'_>) {
        self.held.take_over(permit);
        let head_bytes = self.add_head(call.head);
        let (call, text) = QueuedCall::of(key, call);
        self.push(Message::Call(call), text, head_bytes);
    }

    /// Adds a question to a hook, and copies what it borrows.
    pub fn push_question(
        &mut self,
        key: Key,
        question: Question,
        head: &Head,
        body: Option<&Upload>,
        permit: Permit<'_>,
    ) {
        self.held.take_over(permit);
        let head_bytes = self.add_head(head);
        let body = body.and_then(Upload::take);
        self.push(Message::Question { key, question, body }, "", head_bytes);
    }

    /// Adds the report of a rejected request. Its text is the code of the error.
    pub fn push_rejection(&mut self, head: &Head, error: &RequestError, permit: Permit<'_>) {
        self.held.take_over(permit);
        let head_bytes = self.add_head(head);
        self.push(Message::Rejection(error.status()), error.code(), head_bytes);
    }

    /// Adds a notice of the server.
    pub fn push_notice(&mut self, json: &str) {
        self.push(Message::Notice, json, 0);
    }

    /// Adds the cancellation of a call.
    pub(super) fn push_cancelled(&mut self, key: Key, reason: CancelReason) {
        self.push(Message::Cancelled { key, reason }, "", 0);
    }

    /// Adds a signal to the writer of a stream.
    pub(super) fn push_stream(&mut self, number: u32, signal: Signal) {
        self.push(Message::Stream(number, signal), "", 0);
    }

    /// Adds the report that a body is readable.
    pub(super) fn push_readable(&mut self, body: u32) {
        self.push(Message::Readable(body), "", 0);
    }

    /// Adds the report that the part of a file of a form has begun.
    pub(super) fn push_file(&mut self, form: u32) {
        self.push(Message::File(form), "", 0);
    }

    /// The concatenated texts of all records, in UTF-8.
    pub fn texts(&self) -> &[u8] {
        &self.texts
    }

    /// The concatenated heads of all records: JSON arrays in Latin-1, as Node reads header bytes.
    pub fn heads(&self) -> &[u8] {
        &self.heads
    }

    /// Passes each record to a function, with its text and its head.
    pub fn for_each(self, mut each: impl FnMut(Message, &str, &[u8])) {
        let (mut text_at, mut head_at) = (0, 0);
        for Record { message, text_bytes, head_bytes, .. } in self.records {
            let (text_end, head_end) = (text_at + text_bytes, head_at + head_bytes);
            let text = std::str::from_utf8(&self.texts[text_at..text_end]);
            each(message, text.expect("texts were added whole"), &self.heads[head_at..head_end]);
            (text_at, head_at) = (text_end, head_end);
        }
    }

    /// Whether it has the most records that a batch may have.
    pub fn is_full(&self) -> bool {
        self.records.len() == MAX_RECORDS
    }

    /// Adds a head, and returns its length in bytes.
    fn add_head(&mut self, head: &Head) -> usize {
        let start = self.heads.len();
        write_head(&mut self.heads, head);
        self.heads.len() - start
    }

    fn push(&mut self, message: Message, text: &str, head_bytes: usize) {
        let text_units = utf16_units(text);
        self.texts.extend_from_slice(text.as_bytes());
        self.records.push(Record { message, text_units, text_bytes: text.len(), head_bytes });
    }

    /// Adds a [`SingleCall`].
    pub(in crate::dispatch) fn push_single(&mut self, call: SingleCall) {
        let SingleCall { queued, bytes, text_bytes, text_units, .. } = call;
        let (text, head) = bytes.split_at(text_bytes);
        self.texts.extend_from_slice(text);
        self.heads.extend_from_slice(head);
        let message = Message::Call(queued);
        self.records.push(Record { message, text_units, text_bytes, head_bytes: head.len() });
    }

    /// Removes the calls for which `skip` returns true, with their texts.
    pub(super) fn skip(&mut self, mut skip: impl FnMut(Key) -> bool) {
        let mut kept = Batch::default();
        let (mut text_at, mut head_at) = (0, 0);
        for record in std::mem::take(&mut self.records) {
            let (text_end, head_end) = (text_at + record.text_bytes, head_at + record.head_bytes);
            if !record.key().is_some_and(&mut skip) {
                kept.texts.extend_from_slice(&self.texts[text_at..text_end]);
                kept.heads.extend_from_slice(&self.heads[head_at..head_end]);
                kept.records.push(record);
            }
            (text_at, head_at) = (text_end, head_end);
        }
        *self = kept;
    }
}
