//! The registered handlers, and which of them may be reached.

#[cfg(test)]
mod tests;

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

/// Who runs the calls of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The main thread.
    Main,
    /// The workers of the pool with this number.
    Pool(u32),
}

/// Why a handler cannot be registered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The provider has a handler of this id.
    #[error("already registered")]
    AlreadyRegistered,
    /// Another provider, or another worker of this pool, has registered the id with other options.
    #[error("already registered with other options")]
    Conflict {
        /// That provider.
        provider: Provider,
        /// Its options.
        options: HandlerOptions,
    },
}

/// A handler, with those who run its calls.
#[derive(Debug)]
struct Registered {
    entry: Arc<HandlerEntry>,
    /// Never empty.
    providers: Vec<Provider>,
}

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
    tasks: HashMap<Arc<str>, Registered>,
    events: HashMap<Arc<str>, Registered>,
}

impl Entries {
    fn of(&self, kind: Kind) -> &HashMap<Arc<str>, Registered> {
        match kind {
            Kind::Task => &self.tasks,
            Kind::Event => &self.events,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut HashMap<Arc<str>, Registered> {
        match kind {
            Kind::Task => &mut self.tasks,
            Kind::Event => &mut self.events,
        }
    }
}

impl Entries {
    fn provide(
        &mut self,
        provider: Provider,
        kind: Kind,
        id: &str,
        options: HandlerOptions,
    ) -> Result<HandlerNumber, RegisterError> {
        if let Some(Registered { entry, providers }) = self.of_mut(kind).get_mut(id) {
            if entry.options != options {
                return Err(RegisterError::Conflict { provider: providers[0], options: entry.options });
            }
            if !providers.contains(&provider) {
                providers.push(provider);
            }
            return Ok(entry.handler.number);
        }
        let number = self.next;
        self.next += 1;
        let id: Arc<str> = id.into();
        let handler = HandlerRef { kind, id: Arc::clone(&id), number };
        let entry = Arc::new(HandlerEntry { handler, options });
        self.of_mut(kind).insert(id, Registered { entry, providers: vec![provider] });
        Ok(number)
    }

    fn withdraw(&mut self, provider: Provider, kind: Kind, id: &str) -> Option<HandlerNumber> {
        let entries = self.of_mut(kind);
        let Registered { entry, providers } = entries.get_mut(id)?;
        let index = providers.iter().position(|other| *other == provider)?;
        providers.remove(index);
        let number = entry.handler.number;
        if providers.is_empty() {
            entries.remove(id);
        }
        Some(number)
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

    /// Adds a handler of the main thread, and returns its number.
    ///
    /// # Errors
    /// [`RegisterError`] if the main thread has a handler of this id, or a pool has one with other options.
    pub fn register(
        &self,
        kind: Kind,
        id: &str,
        options: HandlerOptions,
    ) -> Result<HandlerNumber, RegisterError> {
        let mut entries = self.entries.write();
        let registered = entries.of(kind).get(id);
        if registered.is_some_and(|registered| registered.providers.contains(&Provider::Main)) {
            return Err(RegisterError::AlreadyRegistered);
        }
        entries.provide(Provider::Main, kind, id, options)
    }

    /// Adds a handler that workers of a pool announce, and returns its number, which is the same for all that run the
    /// calls of this id.
    ///
    /// # Errors
    /// [`RegisterError::Conflict`] if the id is registered with other options.
    pub fn announce(
        &self,
        pool: u32,
        kind: Kind,
        id: &str,
        options: HandlerOptions,
    ) -> Result<HandlerNumber, RegisterError> {
        self.entries.write().provide(Provider::Pool(pool), kind, id, options)
    }

    /// Removes a handler of the main thread, and returns its number. Others may still run its calls.
    pub fn unregister(&self, kind: Kind, id: &str) -> Option<HandlerNumber> {
        self.entries.write().withdraw(Provider::Main, kind, id)
    }

    /// Removes a handler of the workers of a pool, and returns its number. Others may still run its calls.
    pub fn withdraw(&self, pool: u32, kind: Kind, id: &str) -> Option<HandlerNumber> {
        self.entries.write().withdraw(Provider::Pool(pool), kind, id)
    }

    /// Removes all handlers of the workers of a pool.
    pub fn withdraw_all(&self, pool: u32) {
        let mut entries = self.entries.write();
        for kind in [Kind::Task, Kind::Event] {
            entries.of_mut(kind).retain(|_, registered| {
                registered.providers.retain(|provider| *provider != Provider::Pool(pool));
                !registered.providers.is_empty()
            });
        }
    }

    /// The handler of an id that may be reached.
    ///
    /// # Errors
    /// First those of [`Exposure::admit`], then `…NotFound` without a handler.
    pub fn resolve(&self, kind: Kind, id: &str) -> Result<Arc<HandlerEntry>, RequestError> {
        self.with_exposure(|exposure| exposure.admit(kind, id))?;
        let entry = self.entries.read().of(kind).get(id).map(|registered| Arc::clone(&registered.entry));
        entry.ok_or_else(|| RequestError::handler_not_found(kind, id))
    }

    /// The registered ids of a kind, in the order of registration.
    pub fn ids(&self, kind: Kind) -> Vec<String> {
        let entries = self.entries.read();
        let mut handlers: Vec<_> =
            entries.of(kind).values().map(|registered| &registered.entry.handler).collect();
        handlers.sort_unstable_by_key(|handler| handler.number);
        handlers.into_iter().map(|handler| handler.id.to_string()).collect()
    }

    /// The ids of a kind that discovery lists.
    pub fn reachable(&self, kind: Kind) -> Vec<String> {
        let registered = self.ids(kind);
        self.with_exposure(|exposure| exposure.listed(kind, registered))
    }
}
