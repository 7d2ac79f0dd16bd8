//! The source of a worker's calls.

use std::sync::Arc;

use crate::dispatch::{Batch, Doorbell, Key, Outcome};

/// The calls of one worker.
pub trait CallSource: Send + Sync + 'static {
    /// Sets the doorbell, which rings when there is something to take.
    fn attach(&self, doorbell: Arc<dyn Doorbell>);

    /// The next records. If there are none, the doorbell will ring again. Calls that were taken count as started.
    fn take(&self) -> Option<Batch>;

    /// Completes calls that were taken, each once.
    fn complete(&self, completed: Vec<(Key, Outcome)>);

    /// The worker is lost: fails the calls that it had started, and passes the others on.
    fn lost(&self, reason: &str);
}
