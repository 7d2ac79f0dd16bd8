//! The seam between the wire and the side that does the work.
//!
//! The pipeline hands a [`Call`] to a [`Dispatcher`] and waits in its [`PendingCalls`]; the side that did the work
//! puts the [`Outcome`] into the [`CompletionQueue`] of that I/O thread. The bridge to JavaScript is one
//! implementation, a closure in a test another. Nothing on this side knows that JavaScript exists. What the host
//! decides, beside the work, is asked through [`crate::hooks`].
//!
//! A side that works on other threads gets many calls at a time: they wait in its [`Mailbox`], and what they came to
//! goes back through a [`CompletionRouter`].

mod busy_wait;
mod byte_channel;
mod call;
mod completions;
mod form;
mod mailbox;
mod outcome;
mod pending;
mod router;

use std::sync::Arc;

pub use byte_channel::{BrokenOff, ChunkReader, ChunkWriter, Signal, WriteResult, byte_channel};
pub use call::{Call, Ends, Head, Input, Operation, Upload};
pub use completions::{CompletionQueue, Responder};
pub use form::{Expectation, ExpectedFile, FilePart, Form, FormSource, TooManyFiles};
pub use mailbox::{
    Batch, Doorbell, Key, MAX_RECORDS, Mailbox, Message, Outbox, Question, QueuedCall, QueuedInput, Record,
};
pub use outcome::{CancelReason, InvalidInput, Outcome, RawResponse, StreamingResponse};
pub use pending::{Pending, PendingCall, PendingCalls};
pub use router::{Completed, CompletionRouter};

use crate::policy::Permit;

/// Starts work on calls, on behalf of a whole server.
pub trait Backend: Send + Sync + 'static {
    /// Makes the dispatcher of an I/O thread, whose number is given; outcomes of its calls go into `completions`.
    fn connect(self: Arc<Self>, io_thread: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher>;
}

/// Takes the calls of one I/O thread. Each of them is completed once, or cancelled.
pub trait Dispatcher: Peer {
    /// Takes a call. It borrows the request: what outlives this function is copied. The permit is kept for as
    /// long as the call waits to be started.
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>);
}

/// The other side of what an I/O thread hands over.
pub trait Peer: Send + Sync {
    /// The outcome of a call is not wanted any more: do not start it; if it runs, tell it why.
    fn cancel(&self, ticket: Ticket, reason: CancelReason);

    /// The I/O thread has done what it could for now: hand on what was collected since the last time.
    fn flush(&self) {}
}

/// How many bits the slot of a ticket has at the most: the rest of 32 are free for the number of an I/O thread.
pub const SLOT_BITS: u32 = 24;

/// How many bits the generation of a ticket has at the most: it is a small integer in V8.
pub const GENERATION_BITS: u32 = 30;

/// Identifies a call to the [`Pending`] that issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// Its slot, used again after the call; below 2^[`SLOT_BITS`].
    pub slot: u32,
    /// Tells the calls of one slot apart; above 0, which no call has, and below 2^[`GENERATION_BITS`].
    pub generation: u32,
}
