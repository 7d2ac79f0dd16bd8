//! Worker processes, by the numbers of their workers.

use std::sync::Arc;

use napi::{Env, Error, Result};
use napi_derive::napi;

use super::NativeServer;
use crate::node::cleanup::CleanupHook;
use crate::node::processes::Listed;
use crate::workers::process::{End, ProcessOptions};

/// How many times as long as a JSON body a line may be: it has the same text, and what goes with it.
const LINE_PER_BODY: usize = 4;

/// The least limit of a line, which has to hold a chunk of a stream whatever bodies are allowed.
const MIN_LINE_BYTES: usize = 1024 * 1024;

/// How to start a process.
#[napi(object)]
pub struct ProcessCommand {
    /// The program: a path, or a name that is looked up in the `PATH` of `env`.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its working directory.
    pub cwd: Option<String>,
    /// Its whole environment: names and values.
    pub env: Vec<Vec<String>>,
    /// The ids of its tasks. With some ids, the process does not announce any, and is ready as soon as it runs.
    pub tasks: Vec<String>,
    /// The ids of its events.
    pub events: Vec<String>,
}

/// What to end a process with.
#[napi(string_enum)]
#[allow(clippy::upper_case_acronyms, reason = "the names of signals")]
pub enum ProcessEnd {
    /// The message that asks for it.
    #[napi(value = "shutdown")]
    Shutdown,
    /// The signal that asks for it, to all of its group.
    SIGTERM,
    /// The end of all of its group.
    SIGKILL,
}

#[napi]
impl NativeServer {
    /// Starts a process as a worker of a pool, and returns the number of the worker; notices say what becomes of it.
    /// Throws for a pool that is closed.
    #[napi(catch_unwind)]
    pub fn spawn_worker(&self, env: Env, pool: u32, command: ProcessCommand) -> Result<u32> {
        self.guard("spawnWorker", || {
            let ProcessCommand { command, args, cwd, env: variables, tasks, events } = command;
            if self.processes_hook.borrow().is_none() {
                let processes = Arc::clone(&self.processes);
                let hook = CleanupHook::add(&env, move || processes.stop())?;
                self.processes_hook.replace(Some(hook));
            }
            let pair =
                |pair: Vec<String>| <[String; 2]>::try_from(pair).ok().map(|[name, value]| (name, value));
            let options = ProcessOptions {
                command,
                args,
                cwd: cwd.map(Into::into),
                env: variables.into_iter().filter_map(pair).collect(),
                max_line_bytes: MIN_LINE_BYTES.max(self.config.limits.max_json_bytes * LINE_PER_BODY),
            };
            let is_listed = !(tasks.is_empty() && events.is_empty());
            let listed = is_listed.then_some(Listed { tasks, events });
            let worker = self.processes.start(pool, options, listed);
            let worker = worker.map_err(|error| Error::from_reason(error.to_string()))?;
            worker.ok_or_else(|| Error::from_reason("the pool is closed"))
        })
    }

    /// Asks whether a process responds; the notice `pong` follows.
    #[napi(catch_unwind)]
    pub fn ping_worker(&self, worker: u32) -> Result<()> {
        self.guard("pingWorker", || {
            self.processes.with(worker, |process| process.ping());
            Ok(())
        })
    }

    /// Ends a process; the notice `exited` follows once it is gone.
    #[napi(catch_unwind)]
    pub fn end_worker(&self, worker: u32, end: ProcessEnd) -> Result<()> {
        self.guard("endWorker", || {
            let end = match end {
                ProcessEnd::Shutdown => End::Shutdown,
                ProcessEnd::SIGTERM => End::Terminate,
                ProcessEnd::SIGKILL => End::Kill,
            };
            self.processes.with(worker, |process| process.end(end));
            Ok(())
        })
    }
}
