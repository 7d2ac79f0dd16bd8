//! The shutdown of a server: one state that its threads and requests follow.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

/// In place of a deadline that does not fit the clock.
const FAR_FUTURE: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The phase of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// Accepts nothing new; requests in flight may finish until the deadline.
    Draining(Instant),
    /// Drops everything that is left.
    Cut,
}

/// The shutdown of one server. Phases only advance.
#[derive(Debug)]
pub struct Shutdown {
    phase: watch::Sender<Phase>,
    /// Read for every response; cheaper than the lock of the channel.
    has_begun: AtomicBool,
    /// Awaited by every idle connection; takes half the memory of a receiver of the channel.
    begun: Notify,
}

impl Default for Shutdown {
    fn default() -> Self {
        Shutdown {
            phase: watch::Sender::new(Phase::Running),
            has_begun: AtomicBool::new(false),
            begun: Notify::new(),
        }
    }
}

impl Shutdown {
    /// Begins the shutdown. Requests in flight may finish within `timeout`, which a later call can only shorten.
    pub fn drain(&self, timeout: Duration) {
        let now = Instant::now();
        let until = now.checked_add(timeout).unwrap_or(now + FAR_FUTURE);
        self.begin();
        self.phase.send_if_modified(|phase| {
            let is_sooner = match *phase {
                Phase::Running => true,
                Phase::Draining(earlier) => until < earlier,
                Phase::Cut => false,
            };
            if is_sooner {
                *phase = Phase::Draining(until);
            }
            is_sooner
        });
    }

    /// Drops what is in flight at once.
    pub fn cut(&self) {
        self.begin();
        self.phase.send_replace(Phase::Cut);
    }

    fn begin(&self) {
        self.has_begun.store(true, Ordering::SeqCst);
        self.begun.notify_waiters();
    }

    /// Whether the server is shutting down.
    pub fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::SeqCst)
    }

    /// Waits until the server begins to shut down.
    pub async fn begun(&self) {
        let begun = self.begun.notified();
        // Checked after the future was made, so that a shutdown between the two is not missed.
        if !self.has_begun() {
            begun.await;
        }
    }

    /// Waits until the server is cut, or has begun to drain and is either `drained` or out of time.
    pub async fn complete(&self, drained: impl Future<Output = ()>) {
        let mut phases = self.phase.subscribe();
        let mut drained = pin!(drained);
        loop {
            let phase = *phases.borrow_and_update();
            match phase {
                Phase::Cut => return,
                Phase::Running => {
                    let _ = phases.changed().await;
                }
                Phase::Draining(until) => tokio::select! {
                    () = drained.as_mut() => return,
                    () = tokio::time::sleep_until(until.into()) => return,
                    _ = phases.changed() => {}
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(future)
    }

    #[test]
    fn a_running_server_waits_for_the_shutdown_alone() {
        let shutdown = Shutdown::default();
        assert!(!shutdown.has_begun());
        assert_eq!(shutdown.begun().now_or_never(), None);
        assert_eq!(shutdown.complete(ready(())).now_or_never(), None);
    }

    #[test]
    fn a_draining_server_is_complete_when_nothing_is_in_flight_or_time_is_over() {
        run(async {
            let shutdown = Shutdown::default();
            shutdown.drain(HOUR);
            assert!(shutdown.has_begun());
            assert_eq!(shutdown.begun().now_or_never(), Some(()));
            assert_eq!(shutdown.complete(pending()).now_or_never(), None);
            assert_eq!(shutdown.complete(ready(())).now_or_never(), Some(()));
            shutdown.drain(Duration::ZERO);
            shutdown.complete(pending()).await;
        });
    }

    #[test]
    fn a_later_call_can_only_shorten_the_wait() {
        run(async {
            let shutdown = Shutdown::default();
            shutdown.drain(Duration::ZERO);
            shutdown.drain(HOUR);
            shutdown.complete(pending()).await;
            shutdown.drain(Duration::MAX);
            shutdown.complete(pending()).await;
        });
    }

    #[test]
    fn a_cut_ends_every_wait_for_good() {
        let shutdown = Shutdown::default();
        shutdown.cut();
        shutdown.drain(HOUR);
        assert_eq!(shutdown.complete(pending()).now_or_never(), Some(()));
        assert_eq!(shutdown.begun().now_or_never(), Some(()));
    }
}
