//! The calls that a process is running, and the messages about them.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::response_stream::ResponseStream;
use super::uploads::{Arrival, Uploads};
use crate::dispatch::{CancelReason, Key, Operation, Outcome};
use crate::json;
use crate::kind::{HandlerRef, Kind};
use crate::workers::json_lines::{
    Break, Features, MessageId, Ready, ServerMessage, TransferId, WorkerError, WorkerMessage,
};

/// What the link has to report after a message.
#[derive(Debug, PartialEq)]
pub(super) enum Received {
    /// Nothing.
    Nothing,
    /// The worker has announced its handlers.
    Ready(Ready),
    /// The worker has responded to a ping, perhaps with the memory that it uses.
    Pong { memory_bytes: Option<u64> },
    /// A call has failed with an error that is only logged.
    Failed(FailedCall),
}

/// A call that has failed with an error that is not sent to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCall {
    /// Whether it was a task or an event.
    pub kind: Kind,
    /// The id of the task or event.
    pub id: String,
    /// The id of the request.
    pub request_id: String,
    /// The message of the error.
    pub message: String,
    /// The code of the error, if it has one.
    pub code: Option<String>,
    /// The stack of the error, if it has one.
    pub stack: Option<String>,
}

/// A message that is not allowed after the previous ones. Holds its description.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unexpected(pub(super) String);

/// The calls of one process.
pub(super) struct Calls {
    pub(super) last_id: MessageId,
    pub(super) under_way: HashMap<MessageId, UnderWay>,
    pings: HashSet<MessageId>,
    is_ready: bool,
    pub(super) features: Features,
    pub(super) parallel_events: HashSet<String>,
    pub(super) uploads: Uploads,
    pub(super) arrivals: mpsc::UnboundedSender<Arrival>,
    /// Outcomes that have not been delivered yet.
    pub(super) completed: Vec<(Key, Outcome)>,
}

/// A call that the worker has not ended.
pub(super) struct UnderWay {
    pub(super) key: Key,
    pub(super) operation: Operation,
    pub(super) handler: HandlerRef,
    pub(super) request_id: String,
    /// The payload of an event, to be returned unless the worker returns another one.
    pub(super) payload: Option<Bytes>,
    pub(super) state: State,
}

pub(super) enum State {
    Running,
    /// A streamed response has begun.
    Streaming(ResponseStream),
    /// Its outcome is no longer needed. Only its end is waited for.
    Cancelled {
        /// Whether a streamed response had begun.
        had_outcome: bool,
    },
}

impl UnderWay {
    fn had_outcome(&self) -> bool {
        matches!(self.state, State::Streaming(_) | State::Cancelled { had_outcome: true })
    }
}

impl Calls {
    pub(super) fn new(arrivals: mpsc::UnboundedSender<Arrival>) -> Self {
        Calls {
            last_id: 0,
            under_way: HashMap::new(),
            pings: HashSet::new(),
            is_ready: false,
            features: Features::default(),
            parallel_events: HashSet::new(),
            uploads: Uploads::new(arrivals.clone()),
            arrivals,
            completed: Vec::new(),
        }
    }

    pub(super) fn next_id(&mut self) -> MessageId {
        self.last_id += 1;
        self.last_id
    }

    /// Writes a ping.
    pub(super) fn ping(&mut self, out: &mut Vec<u8>) {
        let id = self.next_id();
        self.pings.insert(id);
        ServerMessage::Ping { id }.write(out);
    }

    /// Cancels a call whose outcome is no longer needed.
    pub(super) fn cancel(&mut self, key: Key, reason: CancelReason, out: &mut Vec<u8>) {
        // A linear search, since cancellation is rare and the calls are few.
        let found = self.under_way.iter().find(|(_, call)| call.key == key).map(|(&id, _)| id);
        if let Some(id) = found {
            self.stop(id, reason, out);
        }
    }

    /// Ignores all further messages about a call, except for its end.
    pub(super) fn stop(&mut self, id: MessageId, reason: CancelReason, out: &mut Vec<u8>) {
        if let Some(call) = self.under_way.get_mut(&id) {
            call.state = State::Cancelled { had_outcome: call.had_outcome() };
            self.uploads.end(id);
            if self.features.cancel {
                ServerMessage::Cancel { id, reason }.write(out);
            }
        }
    }

    /// Handles a message of the worker.
    pub(super) fn receive(
        &mut self,
        message: WorkerMessage,
        out: &mut Vec<u8>,
    ) -> Result<Received, Unexpected> {
        match message {
            WorkerMessage::Ready(ready) => return self.receive_ready(ready),
            WorkerMessage::Done { id, result } if self.pings.remove(&id) => {
                return Ok(Received::Pong { memory_bytes: result.as_deref().and_then(memory_bytes) });
            }
            WorkerMessage::Done { id, result } => self.receive_result(id, result)?,
            WorkerMessage::Failed { id, error } => return self.receive_error(id, error),
            WorkerMessage::Stream { id, head } => self.begin_stream(id, head)?,
            WorkerMessage::Chunk { id, data } => self.write_stream(id, data, out)?,
            WorkerMessage::End { id, is_complete } => self.end_stream(id, is_complete)?,
            WorkerMessage::Credit { id, file, bytes } => self.uploads.add_credit(id, file.as_deref(), bytes),
            WorkerMessage::Skip { id, file } => self.uploads.skip(id, file.as_deref()),
        }
        Ok(Received::Nothing)
    }

    fn receive_ready(&mut self, ready: Ready) -> Result<Received, Unexpected> {
        if std::mem::replace(&mut self.is_ready, true) {
            return Err(Unexpected("a second `ready`".to_owned()));
        }
        self.features = ready.features();
        let parallel = ready.events.iter().filter(|event| event.is_parallel);
        self.parallel_events = parallel.map(|event| event.id.clone()).collect();
        Ok(Received::Ready(ready))
    }

    fn receive_result(&mut self, id: MessageId, result: Option<Bytes>) -> Result<(), Unexpected> {
        let mut call = self.end(id)?;
        if matches!(call.state, State::Streaming(_)) {
            return Err(Unexpected(format!("a result of call {id}, which has ended with a stream")));
        }
        let outcome = match (call.operation, result) {
            (Operation::Task, Some(text)) | (Operation::EventWithResult, Some(text)) => Outcome::Result(text),
            (Operation::EventWithResult, None) => call.payload.take().map_or(Outcome::Done, Outcome::Result),
            (Operation::Event, _) | (Operation::Task, None) => Outcome::Done,
        };
        self.complete(&call, outcome);
        Ok(())
    }

    fn receive_error(&mut self, id: MessageId, error: WorkerError) -> Result<Received, Unexpected> {
        let call = self.end(id)?;
        // A stream that has begun breaks off, since its writer is dropped with the call.
        let (message, code, stack) = match error {
            WorkerError::Typed { status, text } if !call.had_outcome() => {
                self.complete(&call, Outcome::Error(status, text.into()));
                return Ok(Received::Nothing);
            }
            WorkerError::Typed { text, .. } => (text, None, None),
            WorkerError::Internal { message, code, stack } => (message, code, stack),
        };
        self.complete(&call, Outcome::Failed);
        // Cancelled calls are expected to fail.
        if matches!(call.state, State::Cancelled { .. }) {
            return Ok(Received::Nothing);
        }
        let UnderWay { handler, request_id, .. } = call;
        let (kind, id) = (handler.kind, handler.id.to_string());
        Ok(Received::Failed(FailedCall { kind, id, request_id, message, code, stack }))
    }

    /// Adds the outcome of a call, unless a streamed response has been its outcome.
    pub(super) fn complete(&mut self, call: &UnderWay, outcome: Outcome) {
        if !call.had_outcome() {
            self.completed.push((call.key, outcome));
        }
    }

    /// Ends a call as failed, after a violation of the protocol.
    pub(super) fn fail(&mut self, id: MessageId) {
        if let Ok(call) = self.end(id) {
            self.complete(&call, Outcome::Failed);
        }
    }

    /// Removes a call that has ended.
    pub(super) fn end(&mut self, id: MessageId) -> Result<UnderWay, Unexpected> {
        let call = self.under_way.remove(&id).ok_or_else(|| {
            let why = if id <= self.last_id { "is over" } else { "was not made" };
            Unexpected(format!("the end of call {id}, which {why}"))
        })?;
        self.uploads.end(id);
        Ok(call)
    }

    /// Writes the message for an arrival from another task or thread.
    pub(super) fn write_arrival(&mut self, arrival: Arrival, out: &mut Vec<u8>) {
        match arrival {
            Arrival::Chunk { of, data, _room } if self.uploads.is_open(&of) => {
                let of = TransferId { call: of.call, file: of.file.as_deref() };
                ServerMessage::Chunk { of, data: &data }.write(out);
            }
            Arrival::End { of, error } if self.uploads.is_open(&of) => {
                self.uploads.skip(of.call, of.file.as_deref());
                let of = TransferId { call: of.call, file: of.file.as_deref() };
                let broken = error.as_ref().map(|(code, message)| Break { code, message });
                ServerMessage::End { of, broken }.write(out);
            }
            // The worker has skipped the rest.
            Arrival::Chunk { .. } | Arrival::End { .. } => {}
            Arrival::Parts { call } => self.write_parts(call, out),
            Arrival::Reader { call, signal } => self.hear_reader(call, signal, out),
        }
    }

    /// Writes a message for each file of a call whose part has begun.
    pub(super) fn write_parts(&self, call: MessageId, out: &mut Vec<u8>) {
        let Some(form) = self.uploads.form(call) else { return };
        for part in form.take_begun_parts() {
            let of = TransferId { call, file: Some(&part.id) };
            let name = part.name.as_deref();
            ServerMessage::File { of, name, content_type: &part.media_type }.write(out);
        }
    }
}

/// The memory of the worker, from the result of a ping.
fn memory_bytes(result: &[u8]) -> Option<u64> {
    let [bytes] = json::members(std::str::from_utf8(result).ok()?, &["memoryBytes"]).ok()?;
    bytes?.parse().ok()
}
