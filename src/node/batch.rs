//! Calls as they cross: numbers in one array, all inputs in one string, all heads in another.
//!
//! A value that crosses by itself costs a call of the engine's interface; a slice of a string costs
//! nothing worth measuring. `lib/bridge.js` reads them.

use std::sync::Arc;

use super::head::write_head;
use super::wire::{MAX_RECORDS, RECORD_WORDS, cancel_reason, record, stream_signal};
use crate::dispatch::{
    Call, CancelReason, ChunkReader, Form, Head, Input, Operation, SLOT_BITS, Signal, Ticket, Upload,
};
use crate::hooks::Rejection;
use crate::policy::{Held, Permit};

/// Which call, or which question to a hook, of which I/O thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) io_thread: usize,
    pub(super) is_hook: bool,
    pub(super) ticket: Ticket,
}

impl Key {
    pub(super) fn of_call(io_thread: usize, ticket: Ticket) -> Self {
        Key { io_thread, is_hook: false, ticket }
    }

    pub(super) fn of_hook(io_thread: usize, ticket: Ticket) -> Self {
        Key { io_thread, is_hook: true, ticket }
    }

    /// The key as the two small integers that JavaScript carries.
    fn pack(self) -> [u32; 2] {
        let queue = (self.io_thread as u32) << 1 | u32::from(self.is_hook);
        [queue << SLOT_BITS | self.ticket.slot, self.ticket.generation]
    }

    pub(super) fn unpack(slot: u32, generation: u32) -> Self {
        let ticket = Ticket { slot: slot & ((1 << SLOT_BITS) - 1), generation };
        let queue = slot >> SLOT_BITS;
        Key { io_thread: (queue >> 1) as usize, is_hook: queue & 1 == 1, ticket }
    }
}

/// What a hook is asked.
#[derive(Clone, Copy)]
pub(super) enum Question {
    Validate,
    Origin,
    Exposure,
    Fallback,
}

/// One record: its key, if it is a call that can still be skipped, and its numbers.
pub(super) struct Record {
    pub(super) call: Option<Key>,
    pub(super) words: [u32; RECORD_WORDS],
    /// The body of a call that is read as it arrives; dropped with a record that is skipped.
    pub(super) body: Option<ChunkReader>,
    /// The form of a call; dropped with a record that is skipped.
    pub(super) form: Option<Arc<Form>>,
    text_bytes: usize,
    head_bytes: usize,
}

/// Records that cross together. Lengths in records are in UTF-16 units, as JavaScript counts.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    /// The inputs, in UTF-8.
    pub(super) texts: Vec<u8>,
    /// The heads, in Latin-1, as Node reads header bytes.
    pub(super) heads: Vec<u8>,
    /// What was admitted with them: it is given back when they have crossed.
    held: Held,
}

impl Batch {
    /// Adds a call; what it borrows is copied.
    pub(super) fn push_call(&mut self, key: Key, call: &Call<'_>, permit: Permit<'_>) {
        self.held.take_over(permit);
        let (task, event) = match call.input {
            Input::Document(_) => (record::TASK_DOCUMENT, record::EVENT_DOCUMENT),
            Input::Form { .. } => (record::FORM, record::EVENT),
            Input::None | Input::Json(_) | Input::Stream(_) => (record::TASK, record::EVENT),
        };
        let kind = match call.operation {
            Operation::Task => task,
            Operation::Event => event,
            Operation::EventWithResult => record::EVENT_WITH_RESULT,
        };
        let (text, body, form) = match call.input {
            Input::None => ("", None, None),
            Input::Json(text) | Input::Document(text) => (text, None, None),
            Input::Stream(upload) => ("", upload.take(), None),
            Input::Form { manifest, form } => (manifest, None, Some(Arc::clone(form))),
        };
        let head_bytes = self.add_head(call.head);
        self.push(Some(key), [kind, call.handler.number], key, text, head_bytes);
        if let Some(record) = self.records.last_mut() {
            record.body = body;
            record.form = form;
        }
    }

    /// Adds a question to a hook; what it borrows is copied.
    pub(super) fn push_question(
        &mut self,
        key: Key,
        question: Question,
        head: &Head,
        body: Option<&Upload>,
        permit: Permit<'_>,
    ) {
        self.held.take_over(permit);
        let kind = match question {
            Question::Validate => record::VALIDATE,
            Question::Origin => record::ORIGIN,
            Question::Exposure => record::EXPOSURE,
            Question::Fallback => record::FALLBACK,
        };
        let head_bytes = self.add_head(head);
        self.push(Some(key), [kind, 0], key, "", head_bytes);
        if let Some(record) = self.records.last_mut() {
            record.body = body.and_then(Upload::take);
        }
    }

    /// Tells that a call is cancelled, and why.
    pub(super) fn push_cancelled(&mut self, key: Key, reason: CancelReason) {
        let reason = match reason {
            CancelReason::ClientLeft => cancel_reason::CLIENT_LEFT,
            CancelReason::DeadlinePassed => cancel_reason::DEADLINE_PASSED,
        };
        self.push(None, [record::CANCELLED, reason], key, "", 0);
    }

    /// Tells that a request was rejected: its status, and its code for text.
    pub(super) fn push_rejection(&mut self, rejection: &Rejection<'_>, permit: Permit<'_>) {
        self.held.take_over(permit);
        let head_bytes = self.add_head(rejection.head);
        let status = u32::from(rejection.error.status().as_u16());
        self.push(None, [record::REJECTION, status], Key::unpack(0, 0), rejection.error.code(), head_bytes);
    }

    /// Tells that a stream has room again, or that its reader has left.
    pub(super) fn push_stream(&mut self, number: u32, signal: Signal) {
        let signal = match signal {
            Signal::Writable => stream_signal::WRITABLE,
            Signal::Closed => stream_signal::CLOSED,
        };
        self.push(None, [record::STREAM, signal], Key::unpack(number, 0), "", 0);
    }

    /// Tells that there is something to read of a body.
    pub(super) fn push_readable(&mut self, number: u32) {
        self.push(None, [record::BODY, 0], Key::unpack(number, 0), "", 0);
    }

    /// Tells that the part of a form's file has begun.
    pub(super) fn push_file(&mut self, form: u32) {
        self.push(None, [record::FILE, 0], Key::unpack(form, 0), "", 0);
    }

    /// Tells what has become of the server itself.
    pub(super) fn push_notice(&mut self, json: &str) {
        self.push(None, [record::NOTICE, 0], Key::unpack(0, 0), json, 0);
    }

    /// Adds a head and gives its length in bytes.
    fn add_head(&mut self, head: &Head) -> usize {
        let start = self.heads.len();
        write_head(&mut self.heads, head);
        self.heads.len() - start
    }

    fn push(&mut self, call: Option<Key>, [kind, detail]: [u32; 2], key: Key, text: &str, head_bytes: usize) {
        let [slot, generation] = key.pack();
        let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        self.texts.extend_from_slice(text.as_bytes());
        self.records.push(Record {
            call,
            words: [kind, slot, generation, detail, units as u32, head_bytes as u32, 0],
            body: None,
            form: None,
            text_bytes: text.len(),
            head_bytes,
        });
    }

    pub(super) fn is_full(&self) -> bool {
        self.records.len() == MAX_RECORDS
    }

    /// Takes out the calls that `skip` names, with their texts.
    pub(super) fn skip(&mut self, mut skip: impl FnMut(&Key) -> bool) {
        let mut kept = Batch::default();
        let (mut text_at, mut head_at) = (0, 0);
        for record in std::mem::take(&mut self.records) {
            let (text_end, head_end) = (text_at + record.text_bytes, head_at + record.head_bytes);
            if !record.call.as_ref().is_some_and(&mut skip) {
                kept.texts.extend_from_slice(&self.texts[text_at..text_end]);
                kept.heads.extend_from_slice(&self.heads[head_at..head_end]);
                kept.records.push(record);
            }
            (text_at, head_at) = (text_end, head_end);
        }
        *self = kept;
    }
}
