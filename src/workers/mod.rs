//! Workers in other processes: programs that receive calls and complete them.
//!
//! A worker takes its calls from a [`CallSource`] and completes them there. [`process`] starts programs and exchanges
//! [messages](json_lines) with them. All processes of a server are served by one [`WorkerThread`].

pub mod json_lines;
pub mod process;
mod source;
mod thread;

pub use source::CallSource;
pub use thread::WorkerThread;
