//! Worker processes. They are started without a shell, each in a process group of its own, and exchange messages with
//! the server over stdin and stdout.
//!
//! Each process has three tasks on the [`WorkerThread`]: the `link` reads stdout, writes stdin and keeps the
//! running calls; the `group` waits for the exit and sends signals; the third turns stderr into log lines. As
//! soon as stdout ends or the process exits, the calls that it has started fail.

mod bad_lines;
mod calls;
mod context;
mod group;
mod input;
mod life;
mod link;
mod response_stream;
mod start;
mod stderr;
mod streams;
mod uploads;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

pub use calls::FailedCall;

use super::json_lines::Ready;
use super::{CallSource, WorkerThread};
use crate::panic;

/// How to start a process.
#[derive(Clone, Debug)]
pub struct ProcessOptions {
    /// The program: a path, or a name that is looked up in the `PATH` of `env`.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its whole environment.
    pub env: Vec<(String, String)>,
    /// Its working directory; that of this process by default.
    pub cwd: Option<PathBuf>,
    /// The longest line that it may write.
    pub max_line_bytes: usize,
}

/// Events in the life of a process.
#[derive(Clone, Debug, PartialEq)]
pub enum ProcessEvent {
    /// The program has been started.
    Started {
        /// The process id.
        pid: u32,
    },
    /// The worker has announced its handlers.
    Ready(Ready),
    /// The worker has responded to a ping.
    Pong {
        /// The memory that it uses, if it has reported it.
        memory_bytes: Option<u64>,
    },
    /// It has written a line to stderr.
    Stderr(String),
    /// A call has failed with an error that is not sent to the client.
    CallFailed(FailedCall),
    /// It has written a line that is not a message, or an unexpected message.
    BadLine(String),
    /// The process has ended, or could not be started. Its calls have failed.
    Exited(Exit),
}

/// How a process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The number of the signal that ended it.
    pub signal: Option<i32>,
    /// Why it could not be started, was killed without [`Process::end`], or has no known status.
    pub reason: Option<String>,
}

/// How to end a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Asks for it with the message `shutdown`: running calls may finish.
    Shutdown,
    /// Sends SIGTERM to its group. On systems without signals, the same as [`End::Kill`].
    Terminate,
    /// Kills its group.
    Kill,
}

/// A command to a link.
#[derive(Clone, Copy, Debug)]
enum Command {
    Ping,
    End(End),
}

/// A process that was started. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    commands: mpsc::UnboundedSender<Command>,
}

impl Process {
    /// Starts a program that runs the calls of `source`; `observe` is called with its events, on the worker thread.
    /// If it cannot be started, the only event is [`ProcessEvent::Exited`] with a reason.
    pub fn start(
        thread: &WorkerThread,
        options: ProcessOptions,
        source: Arc<dyn CallSource>,
        observe: impl Fn(ProcessEvent) + Send + Sync + 'static,
    ) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let context = LinkContext { source, observe: Arc::new(observe) };
        let _entered = thread.runtime().enter();
        panic::spawn(life::run(options, context, received));
        Process { commands }
    }

    /// Sends a ping, to which the worker responds with [`ProcessEvent::Pong`].
    pub fn ping(&self) {
        // The receiver is gone if the process has ended, which the observer knows.
        let _ = self.commands.send(Command::Ping);
    }

    /// Ends the process.
    pub fn end(&self, end: End) {
        let _ = self.commands.send(Command::End(end));
    }
}

type Observer = Arc<dyn Fn(ProcessEvent) + Send + Sync>;

/// The connections of a link to the rest of the server.
#[derive(Clone)]
struct LinkContext {
    source: Arc<dyn CallSource>,
    observe: Observer,
}
