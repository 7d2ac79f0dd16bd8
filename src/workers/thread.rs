//! The thread on which the links to a server's worker processes run.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::panic::{self, Panic};

/// How many processes are started at the same time: starting one blocks a thread for a moment.
const MAX_STARTING: usize = 4;

/// A thread with a runtime of its own. I/O threads would have to wait for the lines of workers, the JavaScript thread
/// for its own.
#[derive(Debug)]
pub struct WorkerThread {
    runtime: Handle,
    /// Dropped, it ends the thread, and with it the processes.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WorkerThread {
    /// Starts the thread; what panics on it is given to `report`.
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
            // A process that is being started is not waited for: its link is dropped, which ends it.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("runner-workers".to_owned()).spawn(run)?;
        Ok(WorkerThread { runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Where links run.
    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for WorkerThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing left to wait for. A panic there was reported.
            let _ = thread.join();
        }
    }
}
