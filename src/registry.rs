//! Which ids have a handler, and which of them may be reached.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use crate::error::RequestError;
use crate::exposure::Exposure;

/// A task or an event: each has ids of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Runs and answers with a result.
    Task,
    /// Is emitted; answers with its payload only on request.
    Event,
}

/// The number by which a dispatcher knows a handler; never used again after it was taken away.
pub type HandlerId = u32;

/// What the pipeline knows of a registered handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Its number.
    pub id: HandlerId,
    /// An event whose listeners run in parallel: it has no payload to give back.
    pub parallel: bool,
    /// How long it may take, where that differs from the server's limit.
    pub timeout: Option<Duration>,
}

/// An id that has a handler already.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("already registered")]
pub struct Taken;

/// The registered handlers of a server.
///
/// Read on every request, written on registration: a read-write lock, never held across anything.
#[derive(Debug, Default)]
pub struct Registry {
    entries: RwLock<Entries>,
    exposure: RwLock<Exposure>,
}

#[derive(Debug, Default)]
struct Entries {
    next: HandlerId,
    tasks: HashMap<String, Handler>,
    events: HashMap<String, Handler>,
}

impl Entries {
    fn of(&self, kind: Kind) -> &HashMap<String, Handler> {
        match kind {
            Kind::Task => &self.tasks,
            Kind::Event => &self.events,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut HashMap<String, Handler> {
        match kind {
            Kind::Task => &mut self.tasks,
            Kind::Event => &mut self.events,
        }
    }
}

impl Registry {
    /// An empty registry of which `exposure` may be reached.
    pub fn new(exposure: Exposure) -> Self {
        Registry { entries: RwLock::default(), exposure: RwLock::new(exposure) }
    }

    /// From here on, other ids may be reached.
    pub fn expose(&self, exposure: Exposure) {
        *self.exposure.write().unwrap_or_else(PoisonError::into_inner) = exposure;
    }

    /// Lets a function look at what may be reached.
    pub fn with_exposure<T>(&self, look: impl FnOnce(&Exposure) -> T) -> T {
        look(&self.exposure.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a handler and gives its number.
    ///
    /// # Errors
    /// [`Taken`] if the id has a handler.
    pub fn register(
        &self,
        kind: Kind,
        id: &str,
        parallel: bool,
        timeout: Option<Duration>,
    ) -> Result<HandlerId, Taken> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.of(kind).contains_key(id) {
            return Err(Taken);
        }
        let number = entries.next;
        entries.next += 1;
        entries.of_mut(kind).insert(id.to_owned(), Handler { id: number, parallel, timeout });
        Ok(number)
    }

    /// Takes a handler away and gives its number.
    pub fn unregister(&self, kind: Kind, id: &str) -> Option<HandlerId> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.of_mut(kind).remove(id).map(|handler| handler.id)
    }

    /// The handler of an id that may be reached.
    ///
    /// # Errors
    /// First those of [`Exposure::admit`], then `…NotFound` without a handler.
    pub fn resolve(&self, kind: Kind, id: &str) -> Result<Handler, RequestError> {
        self.with_exposure(|exposure| exposure.admit(kind, id))?;
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.of(kind).get(id).copied().ok_or_else(|| not_found(kind, id))
    }

    /// The registered ids of a kind, in the order of registration.
    pub fn ids(&self, kind: Kind) -> Vec<String> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let mut ids: Vec<_> = entries.of(kind).iter().map(|(id, handler)| (handler.id, id.clone())).collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// The ids of a kind that discovery lists.
    pub fn reachable(&self, kind: Kind) -> Vec<String> {
        let registered = self.ids(kind);
        self.with_exposure(|exposure| exposure.listed(kind, registered))
    }
}

/// The error of an id without a handler.
pub fn not_found(kind: Kind, id: &str) -> RequestError {
    let id = id.to_owned();
    match kind {
        Kind::Task => RequestError::TaskNotFound { id },
        Kind::Event => RequestError::EventNotFound { id },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AllowList;

    #[test]
    fn an_id_is_taken_once_per_kind() {
        let registry = Registry::default();
        assert_eq!(registry.register(Kind::Task, "a", false, None), Ok(0));
        assert_eq!(registry.register(Kind::Task, "a", false, None), Err(Taken));
        assert_eq!(registry.register(Kind::Event, "a", true, None), Ok(1));
    }

    #[test]
    fn a_number_is_not_used_again() {
        let registry = Registry::default();
        registry.register(Kind::Task, "a", false, None).unwrap();
        assert_eq!(registry.unregister(Kind::Task, "a"), Some(0));
        assert_eq!(registry.register(Kind::Task, "a", false, None), Ok(1));
    }

    #[test]
    fn ids_keep_the_order_of_registration() {
        let registry = Registry::default();
        for id in ["c", "a", "b"] {
            registry.register(Kind::Task, id, false, None).unwrap();
        }
        assert_eq!(registry.ids(Kind::Task), ["c", "a", "b"]);
    }

    #[test]
    fn the_allow_list_is_asked_before_the_handlers() {
        let list = AllowList { tasks: ["in".to_owned()].into(), events: [].into() };
        let registry = Registry::new(Exposure::Listed(list));
        registry.register(Kind::Task, "out", false, None).unwrap();
        let error = |id: &str| registry.resolve(Kind::Task, id).unwrap_err();
        assert_eq!(error("out"), RequestError::TaskNotExposed { id: "out".to_owned() });
        assert_eq!(error("in"), RequestError::TaskNotFound { id: "in".to_owned() });
        assert_eq!(registry.reachable(Kind::Task), Vec::<String>::new());
    }
}
