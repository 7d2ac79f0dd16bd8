//! Joins a worker thread to its pool, and registers its handlers.

use std::rc::Rc;
use std::sync::Arc;

use napi::bindgen_prelude::{Either, retain_current_module_for_unload_safety};
use napi::{Env, Error, Result};
use napi_derive::napi;

use super::NativeBridge;
use crate::config::HandlerOptions;
use crate::node::boundary;
use crate::node::cleanup::CleanupHook;
use crate::node::pools::Pools;
use crate::node::server::{HandlerKind, milliseconds, registered};
use crate::panic;

/// The membership of a worker thread in its pool. Ends with its environment.
pub(super) struct Membership {
    pools: Arc<Pools>,
    _hook: CleanupHook,
}

#[napi]
impl NativeBridge {
    /// Makes this environment a worker of a server; both are given by their numbers. Throws where the server is gone, the
    /// worker has ended, or another environment is it.
    #[napi(catch_unwind)]
    pub fn join(env: &Env, server: u32, worker: u32) -> Result<NativeBridge> {
        panic::quiet_thread();
        // Keeps the code of this library loaded while threads of the server run, whichever environment ends last.
        retain_current_module_for_unload_safety();
        boundary::guard_unlogged("join", || Self::join_as(env, server, worker))
    }

    /// Adds a handler of this worker, and returns its number; null if it has one of this id; or a text that says who has
    /// registered the id with which other options. Throws for an invalid timeout.
    #[napi(catch_unwind, ts_return_type = "number | string | null")]
    pub fn announce(
        &self,
        kind: HandlerKind,
        id: String,
        parallel: bool,
        idempotent: bool,
        timeout_ms: Option<f64>,
    ) -> Result<Option<Either<u32, String>>> {
        self.guard("announce", || {
            let timeout = timeout_ms.map(milliseconds).transpose()?;
            let options = HandlerOptions { parallel, idempotent, timeout };
            Ok(registered(self.pools()?.register(&self.worker, kind.into(), &id, options)))
        })
    }

    /// Removes a handler of this worker, and returns its number, or null if it had none.
    #[napi(catch_unwind)]
    pub fn withdraw(&self, kind: HandlerKind, id: String) -> Result<Option<u32>> {
        self.guard("withdraw", || Ok(self.pools()?.unregister(&self.worker, kind.into(), &id)))
    }

    /// Lets this worker get calls.
    #[napi(catch_unwind)]
    pub fn ready(&self) -> Result<()> {
        self.guard("ready", || {
            self.pools()?.ready(&self.worker);
            Ok(())
        })
    }
}

impl NativeBridge {
    fn join_as(env: &Env, server: u32, worker: u32) -> Result<NativeBridge> {
        let joined = Pools::of_server(server).and_then(|pools| Ok((pools.join(worker)?, pools)));
        let (worker, pools) = joined.map_err(|error| Error::from_reason(error.to_string()))?;
        let (ended, number) = (Arc::clone(&pools), worker.number());
        let hook = CleanupHook::add(env, move || ended.lose(number))?;
        let membership = Some(Rc::new(Membership { pools, _hook: hook }));
        Ok(NativeBridge { membership, ..NativeBridge::new(worker, None) })
    }

    fn pools(&self) -> Result<&Pools> {
        let membership = self.membership.as_deref();
        membership.map(|member| &*member.pools).ok_or_else(|| Error::from_reason("not a worker of a pool"))
    }
}
