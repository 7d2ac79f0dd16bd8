//! The native class under the public `TunnelServer`. This file has its life cycle, the other its handlers.

mod handlers;
mod pools;
mod processes;

pub(super) use handlers::{HandlerKind, describe_conflict, registered};

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{Unknown, retain_current_module_for_unload_safety};
use napi::{Env, Error, Result, Status};
use napi_derive::napi;
use serde::Serialize;

use super::boundary;
use super::bridge::NativeBridge;
use super::cleanup::CleanupHook;
use super::host::JsHost;
use super::pools::Pools;
use super::processes::Processes;
use super::{notices, options};
use crate::config::{Config, HostMode, Problem};
use crate::dispatch::{Balancer, Mailbox, Worker};
use crate::panic;
use crate::registry::Registry;
use crate::server::Server;

/// What the core has to know of a Runner application.
#[napi(object)]
pub struct RunnerApplication {
    /// Whether its serializer has to read every document.
    pub whole_documents: bool,
}

/// A server, to be used by `lib/` only.
#[napi]
pub struct NativeServer {
    config: Config,
    registry: Arc<Registry>,
    mailbox: Arc<Mailbox>,
    balancer: Arc<Balancer>,
    host: Arc<JsHost>,
    /// The main thread.
    worker: Arc<Worker>,
    bridge: NativeBridge,
    pools: Arc<Pools>,
    processes: Arc<Processes>,
    /// Ends the processes with the environment; there is one once there was a process.
    processes_hook: RefCell<Option<CleanupHook>>,
    running: RefCell<Option<Running>>,
    /// Released servers, until their threads have ended.
    ending: RefCell<Vec<Running>>,
}

struct Running {
    server: Arc<Server>,
    _hook: CleanupHook,
}

#[napi]
impl NativeServer {
    /// Parses the options. Throws an error whose code is `CONFIG_INVALID` and whose message is the JSON list of all
    /// problems. With an `application`, the server serves that.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        options: Unknown<'_>,
        application: Option<RunnerApplication>,
    ) -> std::result::Result<Self, Error<String>> {
        // napi's own code around the functions is outside of the boundaries, and must not print either.
        panic::quiet_thread();
        boundary::guard_new(|| {
            let mode = match application {
                None => HostMode::Standalone,
                Some(RunnerApplication { whole_documents }) => HostMode::Runner { whole_documents },
            };
            let options = options::read(options)
                .map_err(|error| Error::new(error.status.to_string(), error.reason.to_string()))?;
            let config = Config::parse(options, mode)
                .map_err(|problems| Error::new("CONFIG_INVALID".to_owned(), describe(&problems)))?;
            let mailbox = Arc::<Mailbox>::default();
            let balancer = Balancer::new(config.workers, Arc::clone(&mailbox));
            let worker = Arc::new(balancer.main());
            let host = Arc::new(JsHost::new(Arc::clone(&balancer)));
            let registry = Arc::new(Registry::new(config.exposure.clone()));
            let pools = Pools::new(Arc::clone(&registry), Arc::clone(&balancer), Arc::clone(&mailbox));
            Ok(NativeServer {
                processes: Processes::new(Arc::clone(&pools), Arc::clone(&mailbox)),
                processes_hook: RefCell::default(),
                pools,
                registry,
                bridge: NativeBridge::new(Arc::clone(&worker), Some(Arc::clone(&host))),
                balancer,
                host,
                worker,
                mailbox,
                config,
                running: RefCell::default(),
                ending: RefCell::default(),
            })
        })
    }

    /// What this environment takes its calls and notices from. All objects that this returns are one bridge.
    #[napi(catch_unwind)]
    pub fn bridge(&self) -> Result<NativeBridge> {
        self.guard("bridge", || Ok(self.bridge.clone()))
    }

    /// Starts the server, whose outcome comes as a notice.
    #[napi(catch_unwind)]
    pub fn start(&self, env: Env) -> Result<()> {
        self.guard("start", || {
            // The library must not be unloaded while its threads run.
            retain_current_module_for_unload_safety();
            let mailbox = Arc::clone(&self.mailbox);
            let server = Server::start(
                self.config.clone(),
                Arc::clone(&self.registry),
                Arc::clone(&self.balancer) as Arc<_>,
                Arc::clone(&self.host) as Arc<_>,
                move |notice| notices::post(&mailbox, notice),
            );
            let server = server.map_err(|error| Error::new(Status::GenericFailure, error.to_string()))?;
            let server = Arc::new(server);
            let hook = CleanupHook::stop(&env, Arc::clone(&server)).inspect_err(|_| server.stop())?;
            self.running.replace(Some(Running { server, _hook: hook }));
            Ok(())
        })
    }

    /// Closes the server; a notice follows when it is closed. Throws for an invalid timeout.
    #[napi(catch_unwind)]
    pub fn close(&self, timeout_ms: f64) -> Result<()> {
        self.guard("close", || {
            let timeout = milliseconds(timeout_ms)?;
            if let Some(running) = &*self.running.borrow() {
                running.server.close(timeout);
            }
            Ok(())
        })
    }

    /// Releases a server that has failed or is closed.
    #[napi(catch_unwind)]
    pub fn release(&self) -> Result<()> {
        self.guard("release", || {
            self.balancer.disconnect();
            self.host.disconnect();
            let mut ending = self.ending.borrow_mut();
            if let Some(running) = self.running.take() {
                running.server.stop();
                ending.push(running);
            }
            // A server whose threads have not ended keeps its hook, and is checked again at the next release.
            ending.retain(|running| !running.server.join(Duration::ZERO));
            Ok(())
        })
    }
}

impl NativeServer {
    fn guard<T>(&self, name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        boundary::guard(&self.mailbox, name, run)
    }
}

/// The longest delay of Node's timers, in milliseconds.
const MAX_MS: f64 = 2_147_483_647.0;

/// Converts a timeout, which `lib/` has validated: users do not see this error.
pub(super) fn milliseconds(number: f64) -> Result<Duration> {
    if (0.0..=MAX_MS).contains(&number) {
        return Ok(Duration::from_secs_f64(number / 1000.0));
    }
    let reason = format!("received {number}, expected milliseconds from 0 to {MAX_MS}");
    Err(Error::new(Status::InvalidArg, reason))
}

fn describe(problems: &[Problem]) -> String {
    #[derive(Serialize)]
    struct Described<'a> {
        path: &'a str,
        received: &'a str,
        expected: &'a str,
    }
    let described: Vec<_> = problems
        .iter()
        .map(|Problem { path, received, expected }| Described { path, received, expected })
        .collect();
    serde_json::to_string(&described).expect("strings always serialize")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_time_is_refused() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300, MAX_MS + 1.0] {
            assert_eq!(milliseconds(number).unwrap_err().status, Status::InvalidArg, "{number}");
        }
        assert_eq!(milliseconds(1500.0).unwrap(), Duration::from_millis(1500));
        assert_eq!(milliseconds(MAX_MS).unwrap().as_millis(), 2_147_483_647);
    }
}
