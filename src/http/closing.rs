//! The word that the server is closing, for requests under way.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Set once, when the server begins to close.
#[derive(Debug, Default)]
pub struct Closing {
    begun: AtomicBool,
    notify: Notify,
}

impl Closing {
    /// The server begins to close.
    pub fn begin(&self) {
        self.begun.store(true, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }

    /// Waits until the server begins to close.
    pub(super) async fn wait(&self) {
        let notified = self.notify.notified();
        // Asked after registering: a word between the two is not missed.
        if !self.has_begun() {
            notified.await;
        }
    }
}
