//! The messages between a server and a worker process: one JSON object a line, in UTF-8, ended by `\n`.
//!
//! No values are made of what a call carries. The raw text of an input goes into a line as it is, but for what readers
//! may take for the end of one; the raw text of a result comes out of it as it is, its syntax checked: a worker cannot
//! break the JSON of a response.
//!
//! Nothing here reads or writes: [`Lines`] finds lines in what was read, [`WorkerMessage::read`] tells what one says,
//! [`ServerMessage::write`] appends one.

mod base64;
mod fault;
mod lines;
mod ready;
mod server_message;
mod single_line;
mod stream_head;
mod worker_error;
mod worker_message;

pub use fault::{Fault, Problem};
pub use lines::Lines;
pub use ready::{Features, OfferedHandler, Ready};
pub use server_message::{Break, CallDetails, ServerMessage, TransferId};
pub use stream_head::StreamHead;
pub use worker_error::WorkerError;
pub use worker_message::WorkerMessage;

/// Identifies what a line is about: a call, or a ping. Ids of one worker count from 1 and are not used again; they
/// stay below 2^53, so that every JSON parser reads them as they are.
pub type MessageId = u64;

/// The version of the protocol that a worker's `ready` has to name.
pub const PROTOCOL_VERSION: u64 = 1;
