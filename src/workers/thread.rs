//! The thread that serves all worker processes of a server.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::panic::{self, Panic};

/// How many processes are started at the same time. Each start blocks a thread for a moment.
const MAX_STARTING: usize = 4;

/// A thread with a runtime of its own, so that neither the I/O threads nor the JavaScript thread are delayed by the
/// messages of workers.
#[derive(Debug)]
pub struct WorkerThread {
    runtime: Handle,
    /// Ends the thread, and with it the processes, when it is dropped.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WorkerThread {
    /// Starts the thread. `report` is called with panics on it.
    ///
    /// # Errors
    /// The system has no thread or no descriptors left.
    pub fn start(report: impl Fn(Panic) + Send + 'static) -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(MAX_STARTING)
            .thread_name("runner-workers-start")
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            panic::quiet_thread();
            panic::set_reporter(report);
            let _ = runtime.block_on(stopped);
            // Does not wait for processes that are being started: they end, since their links are dropped.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("runner-workers".to_owned()).spawn(run)?;
        Ok(WorkerThread { runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// The runtime of the thread.
    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for WorkerThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        // What is observed of a process may be what held this last.
        let is_itself = |thread: &JoinHandle<()>| thread.thread().id() == std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|thread| !is_itself(thread)) {
            // It has nothing left to wait for. A panic there was reported.
            let _ = thread.join();
        }
    }
}
