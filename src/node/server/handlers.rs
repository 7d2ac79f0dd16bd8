//! What is registered, and what of it is exposed.

use napi::Result;
use napi_derive::napi;

use super::{NativeServer, milliseconds};
use crate::config::HandlerOptions;
use crate::exposure::{Exposure, Tunnels};
use crate::kind::Kind;

/// What is registered under an id.
#[napi(string_enum = "lowercase")]
pub enum HandlerKind {
    /// A task.
    Task,
    /// An event.
    Event,
}

impl From<HandlerKind> for Kind {
    fn from(kind: HandlerKind) -> Self {
        match kind {
            HandlerKind::Task => Kind::Task,
            HandlerKind::Event => Kind::Event,
        }
    }
}

/// What the tunnels of an application expose.
#[napi(object)]
pub struct ExposedTunnels {
    /// Whether there is a tunnel that serves.
    pub enabled: bool,
    /// Whether everything is exposed where there is none.
    pub open: bool,
    /// Whether that holds until it is said anew.
    pub is_final: bool,
    /// The ids of tasks.
    pub tasks: Vec<String>,
    /// The ids of events.
    pub events: Vec<String>,
}

#[napi]
impl NativeServer {
    /// The handler's number, or nothing if the id is taken. Throws for a time that is none.
    #[napi(catch_unwind)]
    pub fn register(
        &self,
        kind: HandlerKind,
        id: String,
        parallel: bool,
        timeout_ms: Option<f64>,
    ) -> Result<Option<u32>> {
        self.guard("register", || {
            let timeout = timeout_ms.map(milliseconds).transpose()?;
            Ok(self.registry.register(kind.into(), &id, HandlerOptions { parallel, timeout }).ok())
        })
    }

    /// The number that the handler had, or nothing if there was none.
    #[napi(catch_unwind)]
    pub fn unregister(&self, kind: HandlerKind, id: String) -> Result<Option<u32>> {
        self.guard("unregister", || Ok(self.registry.unregister(kind.into(), &id)))
    }

    /// Says what the tunnels of the application expose from here on.
    #[napi(catch_unwind)]
    pub fn expose(&self, tunnels: ExposedTunnels) -> Result<()> {
        self.guard("expose", || {
            let ExposedTunnels { enabled, open, is_final, tasks, events } = tunnels;
            let (tasks, events) = (tasks.into_iter().collect(), events.into_iter().collect());
            self.registry.expose(Exposure::Tunnels(Tunnels { enabled, open, is_final, tasks, events }));
            Ok(())
        })
    }

    /// The registered ids, in the order of registration.
    #[napi(catch_unwind)]
    pub fn ids(&self, kind: HandlerKind) -> Result<Vec<String>> {
        self.guard("ids", || Ok(self.registry.ids(kind.into())))
    }
}
