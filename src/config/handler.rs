//! Options of one registration.

use std::time::Duration;

/// What the registration of a handler says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandlerOptions {
    /// Whether it is an event whose listeners run in parallel: then there is no payload to give back. No by default.
    pub parallel: bool,
    /// How long it may take; by default as long as the server's limit says.
    pub timeout: Option<Duration>,
}
