//! Workers in other processes: programs that receive calls and complete them.
//!
//! A worker takes its calls out of a [`CallSource`] and gives their outcomes back to it. [`process`] starts programs
//! and speaks with them in the [protocol of lines](json_lines); all of a server's run on one [`WorkerThread`].

pub mod json_lines;
pub mod process;
mod source;
mod thread;

pub use source::CallSource;
pub use thread::WorkerThread;
