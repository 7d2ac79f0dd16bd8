//! Where a worker's calls come from.

use std::sync::Arc;

use crate::dispatch::{Batch, Doorbell, Key, Outcome};

/// The calls of one worker.
pub trait CallSource: Send + Sync + 'static {
    /// From here on `doorbell` rings when there is something to take.
    fn attach(&self, doorbell: Arc<dyn Doorbell>);

    /// The next records; with none, the doorbell rings again. Calls that were taken count as started.
    fn take(&self) -> Option<Batch>;

    /// Gives outcomes of calls that were taken, each once.
    fn complete(&self, completed: Vec<(Key, Outcome)>);

    /// The worker is gone: fails the calls that it had started, and hands on those that it had not.
    fn lost(&self, reason: &str);
}
