//! The messages between a server and a worker process: one JSON object per line, in UTF-8, terminated by `\n`.
//!
//! Inputs and results are not parsed into values. The raw text of an input is copied into a line, except for characters
//! that readers may take for a line break. The raw text of a result is copied out of a line after its syntax is
//! checked, so that a worker cannot break the JSON of a response.
//!
//! This module does no I/O: [`Lines`] splits what was read, [`WorkerMessage::read`] parses a line,
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

/// The id of a call or a ping. Ids of one worker count from 1 and are not reused. They are below 2^53, so that all JSON
/// parsers read them exactly.
pub type MessageId = u64;

/// The protocol version that a worker has to name in `ready`.
pub const PROTOCOL_VERSION: u64 = 1;
