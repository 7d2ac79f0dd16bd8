//! Sends calls to a process.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;

use super::calls::{Calls, State, UnderWay};
use super::context::RequestContext;
use super::input;
use super::uploads::Arrival;
use crate::dispatch::{
    Batch, ChunkReader, Form, InvalidInput, Message, Operation, Outcome, QueuedCall, QueuedInput,
};
use crate::workers::json_lines::{CallDetails, ServerMessage};

/// The error of a call whose body the worker cannot read.
const STREAM_UNSUPPORTED: &[u8] =
    br#"{"message":"The worker reads neither octet streams nor files","code":"STREAM_UNSUPPORTED","httpCode":501}"#;

/// A call that is ready to be written.
struct Prepared<'a> {
    operation: Operation,
    input: Option<&'a str>,
    has_unsafe_keys: bool,
    body: Option<ChunkReader>,
    form: Option<Arc<Form>>,
    /// The files of the form.
    files: Vec<String>,
}

impl Calls {
    /// Writes the calls and cancellations of a batch.
    pub(super) fn start(&mut self, batch: Batch, out: &mut Vec<u8>) {
        batch.for_each(|message, text, head| match message {
            Message::Call(call) => {
                let key = call.key;
                if let Err(outcome) = self.start_call(call, text, head, out) {
                    self.completed.push((key, outcome));
                }
            }
            Message::Cancelled { key, reason } => self.cancel(key, reason, out),
            // The other messages are for JavaScript.
            _ => {}
        });
    }

    /// Writes a call.
    ///
    /// # Errors
    /// The call cannot be sent. Contains its outcome.
    fn start_call(
        &mut self,
        mut call: QueuedCall,
        text: &str,
        head: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Outcome> {
        let queued = std::mem::replace(&mut call.input, QueuedInput::Json);
        let Prepared { operation, input, has_unsafe_keys, body, form, files } =
            self.prepare(&call, queued, text)?;
        let deadline_ms = call
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()).as_millis() as u64);
        let context = if self.features.context { RequestContext::read(head) } else { None };
        let details = CallDetails {
            request_id: context.as_ref().map(|context| context.request_id.as_str()),
            deadline_ms: deadline_ms.filter(|_| context.is_some()),
            context: context.as_ref().map(|context| context.json.as_str()),
            has_unsafe_keys,
            has_body: body.is_some(),
            files: &files,
        };
        let id = self.next_id();
        let handler = &*call.handler.id;
        let return_payload = operation == Operation::EventWithResult;
        match operation {
            Operation::Task => ServerMessage::Task { id, task: handler, input, details }.write(out),
            Operation::Event | Operation::EventWithResult => {
                ServerMessage::Event { id, event: handler, payload: input, return_payload, details }
                    .write(out);
            }
        }
        let payload = input.filter(|_| return_payload).map(|text| Bytes::copy_from_slice(text.as_bytes()));
        let request_id = match context {
            Some(context) => context.request_id,
            None => RequestContext::request_id(head),
        };
        let QueuedCall { key, handler, .. } = call;
        let state = State::Running;
        self.under_way.insert(id, UnderWay { key, operation, handler, request_id, payload, state });
        if let Some(body) = body {
            self.uploads.send_body(id, body);
        }
        if let Some(form) = form {
            let arrivals = self.arrivals.clone();
            let on_part = Box::new(move || drop(arrivals.send(Arrival::Parts { call: id })));
            match form.expect(files.clone(), Some(on_part)) {
                Ok(bodies) => self.uploads.send_files(id, &form, files.into_iter().zip(bodies)),
                // The form was already asked for its files.
                Err(_) => self.fail(id),
            }
            // Parts that have begun before the call was written.
            self.write_parts(id, out);
        }
        Ok(())
    }

    /// Finds the input of a call, and the body or files that follow it.
    fn prepare<'a>(
        &self,
        call: &QueuedCall,
        queued: QueuedInput,
        text: &'a str,
    ) -> Result<Prepared<'a>, Outcome> {
        let mut prepared = Prepared {
            operation: call.operation,
            input: (!text.is_empty()).then_some(text),
            has_unsafe_keys: false,
            body: None,
            form: None,
            files: Vec::new(),
        };
        match queued {
            QueuedInput::Json => {}
            QueuedInput::Document if call.operation == Operation::Task => {
                prepared.has_unsafe_keys = true;
                prepared.input = Some(input::of_task_document(text));
            }
            QueuedInput::Document => {
                let (payload, is_wanted) = input::of_event_document(text);
                prepared.has_unsafe_keys = true;
                prepared.input = payload;
                if is_wanted {
                    if self.parallel_events.contains(&*call.handler.id) {
                        return Err(Outcome::InvalidInput(InvalidInput::ParallelReturn));
                    }
                    prepared.operation = Operation::EventWithResult;
                }
            }
            QueuedInput::Stream(_) | QueuedInput::Form(_) if !self.features.body => {
                return Err(Outcome::Error(StatusCode::NOT_IMPLEMENTED, STREAM_UNSUPPORTED.into()));
            }
            QueuedInput::Stream(body) => prepared.body = body,
            QueuedInput::Form(form) => {
                let (input, files) = input::of_manifest(text).map_err(Outcome::InvalidInput)?;
                if files.len() > form.max_files() {
                    return Err(Outcome::InvalidInput(InvalidInput::TooManyFiles));
                }
                prepared.input = input;
                prepared.form = Some(form);
                prepared.files = files;
            }
        }
        Ok(prepared)
    }
}
