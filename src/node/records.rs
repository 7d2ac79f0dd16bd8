//! Records as they cross: words in one array. `lib/bridge.js` reads them.
//!
//! Each value that crosses by itself costs a call of Node-API; a substring costs nothing measurable.

use super::handles::Handles;
use super::wire::{BODY_WORD, MAX_RECORDS, RECORD_WORDS, cancel_reason, pack, record, stream_signal};
use crate::dispatch::{
    Batch, CancelReason, Message, Operation, Question, QueuedCall, QueuedInput, Record, Signal,
};

/// Writes the records of a batch into `words`, and their bodies and forms into `handles`, which numbers them.
pub(super) fn write(batch: &mut Batch, words: &mut [u32], handles: &mut Handles) {
    debug_assert!(batch.records.len() <= MAX_RECORDS);
    for (record, words) in batch.records.iter_mut().zip(words.chunks_exact_mut(RECORD_WORDS)) {
        words.copy_from_slice(&words_of(record, handles));
    }
}

/// Clears the numbers in `words`, so that in a batch that is not written completely those that are set are not 0.
pub(super) fn clear(words: &mut [u32]) {
    for words in words.chunks_exact_mut(RECORD_WORDS) {
        words[BODY_WORD] = 0;
    }
}

/// Closes the handles that `write` has numbered.
pub(super) fn close_handles(batch: &Batch, words: &[u32], handles: &mut Handles) {
    for (record, words) in batch.records.iter().zip(words.chunks_exact(RECORD_WORDS)) {
        if record.key().is_some() {
            handles.close(words[BODY_WORD]);
        }
    }
}

fn words_of(record: &mut Record, handles: &mut Handles) -> [u32; RECORD_WORDS] {
    let ([kind, detail], [slot, generation], body) = match &mut record.message {
        Message::Call(call) => (kind_of(call), pack(call.key), number_transfer(&mut call.input, handles)),
        Message::Question { key, question, body } => {
            let body = body.take().map_or(0, |body| handles.open_body(body));
            ([kind_of_question(*question), 0], pack(*key), body)
        }
        Message::Cancelled { key, reason } => {
            let reason = match reason {
                CancelReason::ClientLeft => cancel_reason::CLIENT_LEFT,
                CancelReason::DeadlinePassed => cancel_reason::DEADLINE_PASSED,
            };
            ([record::CANCELLED, reason], pack(*key), 0)
        }
        Message::Rejection(status) => ([record::REJECTION, u32::from(status.as_u16())], [0, 0], 0),
        Message::Stream(number, signal) => {
            let signal = match signal {
                Signal::Writable => stream_signal::WRITABLE,
                Signal::Closed => stream_signal::CLOSED,
            };
            ([record::STREAM, signal], [*number, 0], 0)
        }
        Message::Readable(body) => ([record::BODY, 0], [*body, 0], 0),
        Message::File(form) => ([record::FILE, 0], [*form, 0], 0),
        Message::Notice => ([record::NOTICE, 0], [0, 0], 0),
    };
    [kind, slot, generation, detail, record.text_units as u32, record.head_bytes as u32, body]
}

fn kind_of(call: &QueuedCall) -> [u32; 2] {
    let (task, event) = match call.input {
        QueuedInput::Document => (record::TASK_DOCUMENT, record::EVENT_DOCUMENT),
        QueuedInput::Form(_) => (record::FORM, record::EVENT),
        QueuedInput::Json | QueuedInput::Stream(_) => (record::TASK, record::EVENT),
    };
    let kind = match call.operation {
        Operation::Task => task,
        Operation::Event => event,
        Operation::EventWithResult => record::EVENT_WITH_RESULT,
    };
    [kind, call.handler.number]
}

fn kind_of_question(question: Question) -> u32 {
    match question {
        Question::Validate => record::VALIDATE,
        Question::Origin => record::ORIGIN,
        Question::Exposure => record::EXPOSURE,
        Question::Fallback => record::FALLBACK,
    }
}

/// The number of the body or form of a record; 0 if it has none.
fn number_transfer(input: &mut QueuedInput, handles: &mut Handles) -> u32 {
    match input {
        QueuedInput::Json | QueuedInput::Document => 0,
        QueuedInput::Stream(body) => body.take().map_or(0, |body| handles.open_body(body)),
        QueuedInput::Form(form) => handles.insert_form(form.clone()),
    }
}
