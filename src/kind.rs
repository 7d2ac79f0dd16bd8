//! Tasks and events, and how handlers are identified.

use std::sync::Arc;

/// A task or an event. Each kind has its own ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Its result is the response.
    Task,
    /// The response has its payload only on request.
    Event,
}

/// The number of a registered handler, which is never reused.
pub type HandlerNumber = u32;

/// Identifies a registered handler: by its number in the environment that registered it, by kind and id in a worker
/// that numbers its handlers itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HandlerRef {
    /// Whether it is a task or an event.
    pub kind: Kind,
    /// Its id.
    pub id: Arc<str>,
    /// Its number.
    pub number: HandlerNumber,
}
