//! The interface between the HTTP pipeline and the backend that runs calls.
//!
//! The pipeline passes a [`Call`] to a [`Dispatcher`] and waits in its [`PendingCalls`]. The backend puts the
//! [`Outcome`] into the [`CompletionQueue`] of that I/O thread. The bridge to JavaScript is one backend, a closure in a
//! test another; the pipeline knows neither. What the host decides, apart from running calls, goes through
//! [`crate::hooks`].
//!
//! A backend on other threads takes many calls at a time: they wait in its [`Mailbox`], and their outcomes return
//! through a [`CompletionRouter`].

mod busy_wait;
mod byte_channel;
mod call;
mod completions;
mod form;
mod lock;
mod mailbox;
mod outcome;
mod pending;
mod router;
mod target;
mod workers;

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
pub use target::Target;
pub use workers::{Balancer, Usage, Worker};

use crate::policy::Permit;

/// Runs the calls of a server.
pub trait Backend: Send + Sync + 'static {
    /// Makes the dispatcher of the I/O thread with this number. Outcomes of its calls go into `completions`.
    fn connect(self: Arc<Self>, io_thread: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher>;
}

/// Takes the calls of one I/O thread. Each is completed once, unless it is cancelled.
pub trait Dispatcher: Peer {
    /// Takes a call. It borrows from the request, so that what outlives this function has to be copied. The permit is
    /// kept while the call waits to be started.
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>);
}

/// The receiver of what an I/O thread hands over.
pub trait Peer: Send + Sync {
    /// Cancels a call whose outcome is no longer needed: it is not started, or if it runs, learns the reason.
    fn cancel(&self, ticket: Ticket, reason: CancelReason);

    /// Passes on what was collected since the last flush, at the end of a turn of the I/O thread.
    fn flush(&self) {}
}

/// The bits of the slot of a ticket. The rest of 32 bits is for the number of an I/O thread.
pub const SLOT_BITS: u32 = 24;

/// The bits of the generation of a ticket, which is a small integer in V8.
pub const GENERATION_BITS: u32 = 30;

/// Identifies a call to the [`Pending`] that issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The slot, which is reused after the call; below 2^[`SLOT_BITS`].
    pub slot: u32,
    /// Distinguishes the calls of a slot; above 0, which is not used, and below 2^[`GENERATION_BITS`].
    pub generation: u32,
}
