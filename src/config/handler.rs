//! Options of one registration.

use std::time::Duration;

/// The options of a registered handler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandlerOptions {
    /// Whether it is an event whose listeners run in parallel, so that it has no payload to return; false by default.
    pub parallel: bool,
    /// Whether a call that was lost with its worker may run once more; false by default.
    pub idempotent: bool,
    /// How long it may take; by default the server's limit applies.
    pub timeout: Option<Duration>,
}
