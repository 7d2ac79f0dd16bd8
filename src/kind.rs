//! What can be called: tasks and events, each by its id.

use std::sync::Arc;

/// A task or an event: each kind has ids of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Runs, and its result is the response.
    Task,
    /// Is emitted; the response has its payload only on request.
    Event,
}

/// The number of a registered handler; never used again after the handler was removed.
pub type HandlerNumber = u32;

/// Names a registered handler: by its number to the JavaScript that registered it, by kind and id to a worker that
/// numbers its handlers itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HandlerRef {
    /// Whether it is a task or an event.
    pub kind: Kind,
    /// Its id.
    pub id: Arc<str>,
    /// Its number.
    pub number: HandlerNumber,
}
