//! The registered handlers, and which of them may be reached.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::config::HandlerOptions;
use crate::error::RequestError;
use crate::exposure::Exposure;
use crate::kind::{HandlerNumber, HandlerRef, Kind};

/// A registered handler. Calls in flight share it.
#[derive(Debug, PartialEq, Eq)]
pub struct HandlerEntry {
    /// How it is identified.
    pub handler: HandlerRef,
    /// The options of its registration.
    pub options: HandlerOptions,
}

/// The id has a handler already.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("already registered")]
pub struct AlreadyRegistered;

/// The registered handlers of a server.
///
/// Read on every request, written on registration: a read-write lock, never held across an await or another lock.
#[derive(Debug, Default)]
pub struct Registry {
    entries: RwLock<Entries>,
    exposure: RwLock<Exposure>,
}

#[derive(Debug, Default)]
struct Entries {
    next: HandlerNumber,
    tasks: HashMap<Arc<str>, Arc<HandlerEntry>>,
    events: HashMap<Arc<str>, Arc<HandlerEntry>>,
}

impl Entries {
    fn of(&self, kind: Kind) -> &HashMap<Arc<str>, Arc<HandlerEntry>> {
        match kind {
            Kind::Task => &self.tasks,
            Kind::Event => &self.events,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut HashMap<Arc<str>, Arc<HandlerEntry>> {
        match kind {
            Kind::Task => &mut self.tasks,
            Kind::Event => &mut self.events,
        }
    }
}

impl Registry {
    /// An empty registry with an exposure.
    pub fn new(exposure: Exposure) -> Self {
        Registry { entries: RwLock::default(), exposure: RwLock::new(exposure) }
    }

    /// Replaces the exposure.
    pub fn expose(&self, exposure: Exposure) {
        *self.exposure.write() = exposure;
    }

    /// Calls a function with the exposure.
    pub fn with_exposure<T>(&self, look: impl FnOnce(&Exposure) -> T) -> T {
        look(&self.exposure.read())
    }

    /// Adds a handler, and returns its number.
    ///
    /// # Errors
    /// [`AlreadyRegistered`] if the id has a handler.
    pub fn register(
        &self,
        kind: Kind,
        id: &str,
        options: HandlerOptions,
    ) -> Result<HandlerNumber, AlreadyRegistered> {
        let mut entries = self.entries.write();
        if entries.of(kind).contains_key(id) {
            return Err(AlreadyRegistered);
        }
        let number = entries.next;
        entries.next += 1;
        let id: Arc<str> = id.into();
        let handler = HandlerRef { kind, id: Arc::clone(&id), number };
        entries.of_mut(kind).insert(id, Arc::new(HandlerEntry { handler, options }));
        Ok(number)
    }

    /// Removes a handler, and returns its number.
    pub fn unregister(&self, kind: Kind, id: &str) -> Option<HandlerNumber> {
        self.entries.write().of_mut(kind).remove(id).map(|entry| entry.handler.number)
    }

    /// The handler of an id that may be reached.
    ///
    /// # Errors
    /// First those of [`Exposure::admit`], then `…NotFound` without a handler.
    pub fn resolve(&self, kind: Kind, id: &str) -> Result<Arc<HandlerEntry>, RequestError> {
        self.with_exposure(|exposure| exposure.admit(kind, id))?;
        let entry = self.entries.read().of(kind).get(id).cloned();
        entry.ok_or_else(|| RequestError::handler_not_found(kind, id))
    }

    /// The registered ids of a kind, in the order of registration.
    pub fn ids(&self, kind: Kind) -> Vec<String> {
        let entries = self.entries.read();
        let mut handlers: Vec<_> = entries.of(kind).values().map(|entry| &entry.handler).collect();
        handlers.sort_unstable_by_key(|handler| handler.number);
        handlers.into_iter().map(|handler| handler.id.to_string()).collect()
    }

    /// The ids of a kind that discovery lists.
    pub fn reachable(&self, kind: Kind) -> Vec<String> {
        let registered = self.ids(kind);
        self.with_exposure(|exposure| exposure.listed(kind, registered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::AllowList;

    fn register(registry: &Registry, kind: Kind, id: &str) -> Result<HandlerNumber, AlreadyRegistered> {
        registry.register(kind, id, HandlerOptions::default())
    }

    #[test]
    fn an_id_is_taken_once_per_kind() {
        let registry = Registry::default();
        assert_eq!(register(&registry, Kind::Task, "a"), Ok(0));
        assert_eq!(register(&registry, Kind::Task, "a"), Err(AlreadyRegistered));
        assert_eq!(register(&registry, Kind::Event, "a"), Ok(1));
    }

    #[test]
    fn a_number_is_not_used_again() {
        let registry = Registry::default();
        register(&registry, Kind::Task, "a").unwrap();
        assert_eq!(registry.unregister(Kind::Task, "a"), Some(0));
        assert_eq!(register(&registry, Kind::Task, "a"), Ok(1));
    }

    #[test]
    fn a_handler_is_named_by_kind_id_and_number() {
        let registry = Registry::default();
        register(&registry, Kind::Task, "a").unwrap();
        register(&registry, Kind::Event, "a").unwrap();
        let entry = registry.resolve(Kind::Event, "a").unwrap();
        assert_eq!(entry.handler, HandlerRef { kind: Kind::Event, id: "a".into(), number: 1 });
    }

    #[test]
    fn ids_keep_the_order_of_registration() {
        let registry = Registry::default();
        for id in ["c", "a", "b"] {
            register(&registry, Kind::Task, id).unwrap();
        }
        assert_eq!(registry.ids(Kind::Task), ["c", "a", "b"]);
    }

    #[test]
    fn the_allow_list_is_asked_before_the_handlers() {
        let list = AllowList { tasks: ["in".to_owned()].into(), events: [].into() };
        let registry = Registry::new(Exposure::Listed(list));
        register(&registry, Kind::Task, "out").unwrap();
        let error = |id: &str| registry.resolve(Kind::Task, id).unwrap_err();
        assert_eq!(error("out"), RequestError::TaskNotExposed { id: "out".to_owned() });
        assert_eq!(error("in"), RequestError::TaskNotFound { id: "in".to_owned() });
        assert_eq!(registry.reachable(Kind::Task), Vec::<String>::new());
    }
}
