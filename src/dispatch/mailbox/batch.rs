//! Calls as they cross: records, all texts in one string, all heads in another.

use super::head::write_head;
use super::record::{Key, Message, Question, QueuedCall, Record};
use crate::dispatch::{Call, CancelReason, Head, Signal, Upload};
use crate::error::RequestError;
use crate::policy::{Held, Permit};

/// The most records that cross at a time; a full batch does not wait for the end of the turn. Measured with
/// 64 connections: 16 wakes the JavaScript thread too often, 64 leaves it and the I/O thread taking turns.
pub const MAX_RECORDS: usize = 32;

/// Records that cross together.
#[derive(Debug, Default)]
pub struct Batch {
    /// At most [`MAX_RECORDS`], in the order in which they were added.
    pub records: Vec<Record>,
    texts: Vec<u8>,
    heads: Vec<u8>,
    /// What was admitted with them: it is given back when they have crossed.
    held: Held,
}

impl Batch {
    /// Adds a call; what it borrows is copied.
    pub fn push_call(&mut self, key: Key, call: &Call<'_>, permit: Permit<'_>) {
        self.held.take_over(permit);
        let head_bytes = self.add_head(call.head);
        let (call, text) = QueuedCall::of(key, call);
        self.push(Message::Call(call), text, head_bytes);
    }

    /// Adds a question to a hook; what it borrows is copied.
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

    /// Tells that a request was rejected: its status, and its code for text.
    pub fn push_rejection(&mut self, head: &Head, error: &RequestError, permit: Permit<'_>) {
        self.held.take_over(permit);
        let head_bytes = self.add_head(head);
        self.push(Message::Rejection(error.status()), error.code(), head_bytes);
    }

    /// Tells what has become of the server itself.
    pub fn push_notice(&mut self, json: &str) {
        self.push(Message::Notice, json, 0);
    }

    /// Tells that a call is cancelled, and why.
    pub(super) fn push_cancelled(&mut self, key: Key, reason: CancelReason) {
        self.push(Message::Cancelled { key, reason }, "", 0);
    }

    /// Tells that a stream has room again, or that its reader has left.
    pub(super) fn push_stream(&mut self, number: u32, signal: Signal) {
        self.push(Message::Stream(number, signal), "", 0);
    }

    /// Tells that there is something to read of a body.
    pub(super) fn push_readable(&mut self, body: u32) {
        self.push(Message::Readable(body), "", 0);
    }

    /// Tells that the part of a form's file has begun.
    pub(super) fn push_file(&mut self, form: u32) {
        self.push(Message::File(form), "", 0);
    }

    /// The texts of all records, one behind the other, in UTF-8.
    pub fn texts(&self) -> &[u8] {
        &self.texts
    }

    /// The heads of all records, one behind the other: each is a JSON array in Latin-1, as Node reads header bytes.
    pub fn heads(&self) -> &[u8] {
        &self.heads
    }

    /// Whether as many records are in it as may cross at a time.
    pub fn is_full(&self) -> bool {
        self.records.len() == MAX_RECORDS
    }

    /// Adds a head and gives its length in bytes.
    fn add_head(&mut self, head: &Head) -> usize {
        let start = self.heads.len();
        write_head(&mut self.heads, head);
        self.heads.len() - start
    }

    fn push(&mut self, message: Message, text: &str, head_bytes: usize) {
        let text_units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        self.texts.extend_from_slice(text.as_bytes());
        self.records.push(Record { message, text_units, text_bytes: text.len(), head_bytes });
    }

    /// Takes out the calls that `skip` names, with their texts.
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
