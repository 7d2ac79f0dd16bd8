//! The running server and its I/O threads.

mod accept;
mod http1;
mod io_thread;
mod listen;
mod stream;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;

use crate::config::Config;
use crate::dispatch::Backend;
use crate::hooks::Host;
use crate::panic::Panic;
use crate::policy::Admission;
use crate::registry::Registry;
use crate::shutdown::Shutdown;

pub use listen::ListenError;

/// What a server reports, from any of its threads.
#[derive(Debug)]
pub enum Notice {
    /// It is bound and accepts connections.
    Listening(SocketAddr),
    /// It could not be bound. The last notice.
    Failed(ListenError),
    /// Connections cannot be accepted for now, most often because file descriptors have run out. Accepting is retried;
    /// reported once until a connection is accepted again.
    AcceptFailed(io::Error),
    /// A task has panicked, which is a bug of this crate. Nothing else was affected.
    Panicked(Panic),
    /// All connections and threads have ended. The last notice.
    Closed,
}

/// Shared by the threads of a server.
struct Shared {
    config: Config,
    registry: Arc<Registry>,
    backend: Arc<dyn Backend>,
    host: Arc<dyn Host>,
    admission: Arc<Admission>,
    shutdown: Arc<Shutdown>,
    notify: Box<dyn Fn(Notice) + Send + Sync>,
}

/// A started server. Dropping it does not stop it; [`Server::stop`] does.
pub struct Server {
    shared: Arc<Shared>,
    thread: Mutex<Option<Thread>>,
}

/// The first thread, which ends after all others.
struct Thread {
    handle: JoinHandle<()>,
    /// Disconnected once the thread has done its work.
    done: Receiver<Infallible>,
}

impl Server {
    /// Starts the threads without waiting for them. Calls go to `backend`, questions to `host`, and notices to
    /// `notify`.
    ///
    /// # Errors
    /// The operating system's, if a thread cannot be started.
    pub fn start(
        config: Config,
        registry: Arc<Registry>,
        backend: Arc<dyn Backend>,
        host: Arc<dyn Host>,
        notify: impl Fn(Notice) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let shutdown = Arc::default();
        let notify = Box::new(notify);
        let limits = &config.limits;
        let max_bytes = usize::try_from(limits.max_buffered_body_bytes).unwrap_or(usize::MAX);
        let admission = Admission::new(limits.max_queued_calls, max_bytes);
        let shared = Arc::new(Shared { config, registry, backend, host, admission, shutdown, notify });
        let (running, done) = channel();
        let handle = io_thread::spawn(0, &shared, move |shared| {
            io_thread::run_first(shared);
            drop(running);
        })?;
        Ok(Server { shared, thread: Mutex::new(Some(Thread { handle, done })) })
    }

    /// Stops accepting, lets requests in flight finish within `timeout`, then drops the rest.
    /// [`Notice::Closed`] follows. A later call can only shorten the wait.
    pub fn close(&self, timeout: Duration) {
        self.shared.shutdown.drain(timeout);
    }

    /// Drops everything. The threads end soon after; [`Server::join`] waits for them.
    pub fn stop(&self) {
        self.shared.shutdown.cut();
    }

    /// Waits up to `timeout` for the threads to end. Returns false if they have not.
    pub fn join(&self, timeout: Duration) -> bool {
        let mut thread = self.thread.lock();
        if thread
            .as_ref()
            .is_some_and(|thread| thread.done.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout))
        {
            return false;
        }
        if let Some(thread) = thread.take() {
            // A panic was reported there.
            let _ = thread.handle.join();
        }
        true
    }
}
