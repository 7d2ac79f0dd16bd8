//! The registered handlers, and which of them are exposed.

use napi::Result;
use napi::bindgen_prelude::Either;
use napi_derive::napi;

use super::{NativeServer, milliseconds};
use crate::config::HandlerOptions;
use crate::exposure::{Exposure, Tunnels};
use crate::kind::{HandlerNumber, Kind};
use crate::registry::{Provider, RegisterError};

/// The kind of a handler.
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

/// The ids that the tunnels of an application expose.
#[napi(object)]
pub struct ExposedTunnels {
    /// Whether any tunnel serves.
    pub enabled: bool,
    /// Whether everything is exposed if no tunnel serves.
    pub open: bool,
    /// Whether this holds until `expose` is called again.
    pub is_final: bool,
    /// The ids of tasks.
    pub tasks: Vec<String>,
    /// The ids of events.
    pub events: Vec<String>,
}

#[napi]
impl NativeServer {
    /// Registers a handler, and returns its number; null if the id is taken; or a text that says who has registered it
    /// with which other options. Throws for an invalid timeout.
    #[napi(catch_unwind, ts_return_type = "number | string | null")]
    pub fn register(
        &self,
        kind: HandlerKind,
        id: String,
        parallel: bool,
        idempotent: bool,
        timeout_ms: Option<f64>,
    ) -> Result<Option<Either<u32, String>>> {
        self.guard("register", || {
            let timeout = timeout_ms.map(milliseconds).transpose()?;
            let options = HandlerOptions { parallel, idempotent, timeout };
            let result = self.registry.register(kind.into(), &id, options);
            if let Ok(number) = result {
                self.balancer.add_handler(&self.worker, number);
            }
            Ok(registered(result))
        })
    }

    /// Removes a handler, and returns its number, or null if there was none.
    #[napi(catch_unwind)]
    pub fn unregister(&self, kind: HandlerKind, id: String) -> Result<Option<u32>> {
        self.guard("unregister", || {
            let number = self.registry.unregister(kind.into(), &id);
            if let Some(number) = number {
                self.balancer.remove_handler(&self.worker, number);
            }
            Ok(number)
        })
    }

    /// Sets what the tunnels of the application expose.
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

/// What became of a registration, as JavaScript gets it.
pub(in crate::node) fn registered(
    result: std::result::Result<HandlerNumber, RegisterError>,
) -> Option<Either<u32, String>> {
    match result {
        Ok(number) => Some(Either::A(number)),
        Err(RegisterError::AlreadyRegistered) => None,
        Err(RegisterError::Conflict { provider, options }) => {
            Some(Either::B(describe_conflict(provider, options)))
        }
    }
}

/// Who has registered an id, with which options.
pub(in crate::node) fn describe_conflict(
    provider: Provider,
    HandlerOptions { parallel, idempotent, timeout }: HandlerOptions,
) -> String {
    let by = match provider {
        Provider::Main => "the main thread".to_owned(),
        Provider::Pool(number) => format!("a worker of pool {number}"),
    };
    let timeout = timeout.map_or("none".to_owned(), |timeout| timeout.as_millis().to_string());
    format!("{by} with the options parallel: {parallel}, idempotent: {idempotent}, timeoutMs: {timeout}")
}
