//! The worker processes of a server, by the numbers of their workers.
//!
//! What must not wait for JavaScript happens on the worker thread: a process that is ready gets calls, and the calls of
//! one that is gone fail. JavaScript learns of it by notices, and decides when processes start and end.

mod notice;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use self::notice::Event;
use super::notices;
use super::pools::Pools;
use super::server::{describe_conflict, milliseconds};
use crate::config::HandlerOptions;
use crate::dispatch::{Batch, Completed, Doorbell, Key, Mailbox, Outcome, Worker};
use crate::kind::Kind;
use crate::registry::RegisterError;
use crate::server::Notice;
use crate::workers::json_lines::{OfferedHandler, Ready};
use crate::workers::process::{Process, ProcessEvent, ProcessOptions};
use crate::workers::{CallSource, WorkerThread};

/// The processes of a server.
pub(super) struct Processes {
    pools: Arc<Pools>,
    /// That of the main thread, which gets the notices.
    mailbox: Arc<Mailbox>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    /// Started with the first process.
    thread: Option<WorkerThread>,
    processes: HashMap<u32, Process>,
}

/// The handlers of a worker that does not announce any.
pub(super) struct Listed {
    pub(super) tasks: Vec<String>,
    pub(super) events: Vec<String>,
}

impl Processes {
    /// There are none yet.
    pub(super) fn new(pools: Arc<Pools>, mailbox: Arc<Mailbox>) -> Arc<Self> {
        Arc::new(Processes { pools, mailbox, running: Mutex::default() })
    }

    /// Starts a process as a worker of a pool, and returns the number of the worker; nothing for a pool that is closed.
    /// A worker with a list of handlers is ready as soon as it runs.
    ///
    /// # Errors
    /// The worker thread cannot be started. That the program cannot be started is the notice `exited`.
    pub(super) fn start(
        self: &Arc<Self>,
        pool: u32,
        options: ProcessOptions,
        listed: Option<Listed>,
    ) -> io::Result<Option<u32>> {
        let mut running = self.running.lock();
        if running.thread.is_none() {
            let mailbox = Arc::clone(&self.mailbox);
            let report = move |panic| notices::post(&mailbox, Notice::Panicked(panic));
            running.thread = Some(WorkerThread::start(report)?);
        }
        let Running { thread: Some(thread), processes } = &mut *running else { return Ok(None) };
        let Some(worker) = self.pools.add_worker(pool) else { return Ok(None) };
        let number = worker.number();
        let source = PoolWorker { worker: Arc::clone(&worker), pools: Arc::clone(&self.pools) };
        let seat = Seat { worker, owner: Arc::downgrade(self), listed: listed.map(Into::into) };
        let process = Process::start(thread, options, Arc::new(source), move |event| seat.observe(event));
        processes.insert(number, process);
        Ok(Some(number))
    }

    /// Lets a function use a process that has not ended.
    pub(super) fn with<T>(&self, worker: u32, using: impl FnOnce(&Process) -> T) -> Option<T> {
        self.running.lock().processes.get(&worker).map(using)
    }

    /// Ends all processes at once, and waits for their thread.
    pub(super) fn stop(&self) {
        let running = std::mem::take(&mut *self.running.lock());
        drop(running);
    }
}

/// A worker of a pool, as the link to its process takes calls from it.
struct PoolWorker {
    worker: Arc<Worker>,
    pools: Arc<Pools>,
}

impl CallSource for PoolWorker {
    fn attach(&self, doorbell: Arc<dyn Doorbell>) {
        self.worker.mailbox().attach(doorbell);
    }

    fn take(&self) -> Option<Batch> {
        self.worker.take()
    }

    fn complete(&self, outcomes: Vec<(Key, Outcome)>) {
        let mut completed = Completed::default();
        for (key, outcome) in outcomes {
            completed.add(key, outcome);
        }
        // The link completes each call once, and none of others.
        let surplus = self.worker.complete(completed);
        debug_assert_eq!(surplus, []);
    }

    fn lost(&self, _: &str) {
        self.pools.lose(self.worker.number());
        self.worker.mailbox().detach();
    }
}

/// What is done about the events of a process.
struct Seat {
    worker: Arc<Worker>,
    /// It has the process, so it must not be kept by what the process calls.
    owner: Weak<Processes>,
    listed: Option<Ready>,
}

impl Seat {
    fn observe(&self, event: ProcessEvent) {
        let Some(owner) = self.owner.upgrade() else { return };
        let number = self.worker.number();
        let post = |event: &Event<'_>| event.post(&owner.mailbox, number);
        match event {
            ProcessEvent::Started { pid } => {
                post(&Event::Spawned { pid });
                if let Some(listed) = &self.listed {
                    post(&self.announce(&owner.pools, listed));
                }
            }
            // The handlers of one that is listed are known.
            ProcessEvent::Ready(_) if self.listed.is_some() => {}
            ProcessEvent::Ready(ready) => post(&self.announce(&owner.pools, &ready)),
            ProcessEvent::Exited(exit) => {
                // Dropped outside of the lock: it speaks with the link.
                let process = owner.running.lock().processes.remove(&number);
                drop(process);
                post(&Event::exited(&exit));
            }
            event => post(&Event::of(&event)),
        }
    }

    /// Registers the handlers of a worker, and lets it get calls unless some cannot be registered.
    fn announce(&self, pools: &Pools, ready: &Ready) -> Event<'static> {
        let tasks = ready.tasks.iter().map(|handler| (Kind::Task, handler));
        for (kind, handler) in tasks.chain(ready.events.iter().map(|handler| (Kind::Event, handler))) {
            if let Err(message) = self.register(pools, kind, handler) {
                return Event::Conflict { message };
            }
        }
        if let Some(max_in_flight) = ready.max_in_flight {
            pools.limit(&self.worker, max_in_flight as usize);
        }
        pools.ready(&self.worker);
        Event::Ready {}
    }

    fn register(&self, pools: &Pools, kind: Kind, handler: &OfferedHandler) -> Result<(), String> {
        let OfferedHandler { id, timeout_ms, is_parallel, is_idempotent } = handler;
        let what = match kind {
            Kind::Task => "task",
            Kind::Event => "event",
        };
        if id.is_empty() {
            return Err(format!("the id of a {what}: received \"\", expected a non-empty string"));
        }
        let timeout = timeout_ms.map(milliseconds).transpose();
        let timeout = timeout.map_err(|error| format!("timeoutMs of {what} {id}: {}", error.reason))?;
        let options = HandlerOptions { parallel: *is_parallel, idempotent: *is_idempotent, timeout };
        match pools.register(&self.worker, kind, id, options) {
            Ok(_) => Ok(()),
            Err(RegisterError::AlreadyRegistered) => Err(format!("{what} {id} is announced twice")),
            Err(RegisterError::Conflict { provider, options }) => {
                Err(format!("{what} {id} is registered by {}", describe_conflict(provider, options)))
            }
        }
    }
}

impl From<Listed> for Ready {
    fn from(Listed { tasks, events }: Listed) -> Self {
        Ready::listing(tasks, events)
    }
}
