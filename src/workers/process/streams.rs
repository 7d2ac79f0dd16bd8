//! Messages about streamed responses.

use bytes::Bytes;

use super::calls::{Calls, State, Unexpected};
use super::response_stream::{Broken, ResponseStream, Shorter};
use super::uploads::Arrival;
use crate::dispatch::{CancelReason, Outcome, Signal, StreamingResponse, byte_channel};
use crate::kind::Kind;
use crate::workers::json_lines::{MessageId, ServerMessage, StreamHead};

impl Calls {
    /// Begins the streamed response of a call.
    pub(super) fn begin_stream(&mut self, id: MessageId, head: StreamHead) -> Result<(), Unexpected> {
        let has_feature = self.features.stream;
        let Some(call) = self.under_way.get_mut(&id) else {
            return Err(Unexpected(format!("a stream for call {id}, which is not under way")));
        };
        let wrong = match call.state {
            State::Cancelled { .. } => return Ok(()),
            State::Streaming(_) => "which has one",
            State::Running if !has_feature => "without the feature `stream`",
            State::Running if call.handler.kind == Kind::Event => "which is an event",
            State::Running => {
                let arrivals = self.arrivals.clone();
                let (writer, body) =
                    byte_channel(move |signal| drop(arrivals.send(Arrival::Reader { call: id, signal })));
                call.state = State::Streaming(ResponseStream::new(writer, head.length));
                let response = StreamingResponse { status: head.status, headers: head.headers, body };
                self.completed.push((call.key, Outcome::StreamingResponse(Box::new(response))));
                return Ok(());
            }
        };
        self.fail(id);
        Err(Unexpected(format!("a stream for call {id}, {wrong}")))
    }

    /// Passes a chunk on to the connection.
    pub(super) fn write_stream(
        &mut self,
        id: MessageId,
        data: Bytes,
        out: &mut Vec<u8>,
    ) -> Result<(), Unexpected> {
        let stream = match self.under_way.get_mut(&id).map(|call| &mut call.state) {
            Some(State::Streaming(stream)) => stream,
            Some(State::Cancelled { .. }) => return Ok(()),
            Some(State::Running) => {
                self.fail(id);
                return Err(Unexpected(format!("a chunk for call {id}, which has no stream")));
            }
            // The chunk was sent before the worker learned of the end of the call.
            None if id <= self.last_id => return Ok(()),
            None => return Err(Unexpected(format!("a chunk for call {id}, which was not made"))),
        };
        let wrong = match stream.write(data) {
            Ok(0) => return Ok(()),
            Ok(bytes) => {
                ServerMessage::Credit { id, bytes }.write(out);
                return Ok(());
            }
            Err(Broken::Closed) => {
                self.stop(id, CancelReason::ClientLeft, out);
                return Ok(());
            }
            Err(Broken::OverCredit) => "more than its credit",
            Err(Broken::OverLength) => "more than its content-length",
        };
        // This drops the stream, which breaks off.
        self.stop(id, CancelReason::ClientLeft, out);
        Err(Unexpected(format!("a chunk for call {id}, {wrong}")))
    }

    /// Ends a streamed response.
    pub(super) fn end_stream(&mut self, id: MessageId, is_complete: bool) -> Result<(), Unexpected> {
        let call = self.end(id)?;
        self.complete(&call, Outcome::Failed);
        match call.state {
            State::Running => Err(Unexpected(format!("the end of a stream for call {id}, which has none"))),
            State::Streaming(stream) if is_complete => stream.finish().map_err(|Shorter| {
                Unexpected(format!("the end of a stream for call {id}, shorter than its content-length"))
            }),
            // A stream that is dropped before its end breaks off.
            State::Streaming(_) | State::Cancelled { .. } => Ok(()),
        }
    }

    /// Handles a signal of the connection to which a stream is sent.
    pub(super) fn hear_reader(&mut self, id: MessageId, signal: Signal, out: &mut Vec<u8>) {
        let Some(State::Streaming(stream)) = self.under_way.get_mut(&id).map(|call| &mut call.state) else {
            return;
        };
        match signal {
            Signal::Closed => self.stop(id, CancelReason::ClientLeft, out),
            Signal::Writable => {
                let bytes = stream.make_room();
                if bytes > 0 {
                    ServerMessage::Credit { id, bytes }.write(out);
                }
            }
        }
    }
}
