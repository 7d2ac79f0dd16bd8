//! Worker processes: started without a shell, in a process group of their own, and spoken with over stdin and stdout.
//!
//! A process is three tasks of the [`WorkerThread`]: the [link](link) reads stdout, writes stdin and keeps the calls
//! that are under way; the [group](group) waits for the exit and sends signals; the third turns stderr into lines of
//! the log. The calls that a process has started are over as soon as its stdout ends or it exits, whatever else goes
//! on in this process.

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
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

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

/// What becomes of a process.
#[derive(Clone, Debug, PartialEq)]
pub enum ProcessEvent {
    /// The program runs, under this id.
    Started {
        /// The process id.
        pid: u32,
    },
    /// It has said what it can do.
    Ready(Ready),
    /// It has answered a ping.
    Pong {
        /// How much memory it uses, if it says so.
        memory_bytes: Option<u64>,
    },
    /// It has written a line to stderr.
    Stderr(String),
    /// A call has failed in a way that its client learns nothing about.
    CallFailed(FailedCall),
    /// It has written something that is no message, or not one for now.
    BadLine(String),
    /// It is gone, and so are its calls.
    Exited(Exit),
}

/// How a process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The number of the signal that ended it.
    pub signal: Option<i32>,
    /// Why it was ended, or could not be started, where that is not for the caller to know.
    pub reason: Option<String>,
}

/// What to end a process with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The message that asks for it: what runs may finish.
    Shutdown,
    /// The signal that asks for it, to all of its group. The same as [`End::Kill`] where the system has none.
    Terminate,
    /// The end of it and of all of its group.
    Kill,
}

/// What a link is told.
#[derive(Clone, Copy, Debug)]
enum Command {
    Ping,
    End(End),
}

/// A process that was started. Dropped, it is killed.
#[derive(Debug)]
pub struct Process {
    commands: mpsc::UnboundedSender<Command>,
    activity: Arc<Activity>,
}

impl Process {
    /// Starts a program that runs the calls of `source`; `observe` learns what becomes of it, on the worker thread.
    /// That it cannot be started is an [`Exit`] with a reason.
    pub fn start(
        thread: &WorkerThread,
        options: ProcessOptions,
        source: Arc<dyn CallSource>,
        observe: impl Fn(ProcessEvent) + Send + Sync + 'static,
    ) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let activity = Arc::new(Activity::new());
        let context = LinkContext { source, observe: Arc::new(observe), activity: Arc::clone(&activity) };
        let _entered = thread.runtime().enter();
        panic::spawn(life::run(options, context, received));
        Process { commands, activity }
    }

    /// Asks whether the process is there; [`ProcessEvent::Pong`] says so.
    pub fn ping(&self) {
        // A process that is gone has said so.
        let _ = self.commands.send(Command::Ping);
    }

    /// Ends the process.
    pub fn end(&self, end: End) {
        let _ = self.commands.send(Command::End(end));
    }

    /// How long ago the process has written its last line, or was started.
    pub fn silent_for(&self) -> Duration {
        self.activity.silent_for()
    }
}

type Observer = Arc<dyn Fn(ProcessEvent) + Send + Sync>;

/// What a link has to do with the rest.
#[derive(Clone)]
struct LinkContext {
    source: Arc<dyn CallSource>,
    observe: Observer,
    activity: Arc<Activity>,
}

/// When a process was last heard of.
#[derive(Debug)]
struct Activity {
    started: Instant,
    heard_after_ms: AtomicU64,
}

impl Activity {
    fn new() -> Self {
        Activity { started: Instant::now(), heard_after_ms: AtomicU64::new(0) }
    }

    fn hear(&self) {
        self.heard_after_ms.store(self.started.elapsed().as_millis() as u64, Relaxed);
    }

    fn silent_for(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.heard_after_ms.load(Relaxed)))
    }
}
