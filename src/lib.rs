//! An HTTP server for Runner tunnels, embedded in Node.
//!
//! The life of a request:
//!
//! 1. [`server`] accepts its connection and hands it to hyper, which parses it, on an I/O thread.
//! 2. [`http`] takes it through the steps around every response, and through the checks of its endpoint: method,
//!    authentication, allow-list and existence ([`exposure`], [`registry`]), body, JSON syntax. A request
//!    that fails one gets its [`error`] as the response. The host decides what is left to it through [`hooks`].
//! 3. A request that passes is a call: [`policy`] admits it, and [`dispatch`] passes it, as raw JSON text, to the
//!    backend.
//! 4. `node` is the backend, and the host: a mailbox, a doorbell, and the way back.
//! 5. The outcome wakes the request, [`envelope`] wraps it, and hyper writes the response.
//!
//! [`workers`] run calls in other processes, in place of `node`.
//!
//! Modules depend on those to their right alone: `node` → `workers` → `server` → `http` → `hooks` → `dispatch` →
//! `policy` → `registry` → `config` → `exposure` → `envelope` → `error` → `kind` → `json`; `shutdown` and `panic` are
//! used by all. Only `node`, behind the feature of that name, depends on JavaScript.

pub mod config;
pub mod dispatch;
pub mod envelope;
pub mod error;
pub mod exposure;
pub mod hooks;
pub mod http;
pub mod json;
pub mod kind;
#[cfg(feature = "node")]
mod node;
pub mod panic;
pub mod policy;
pub mod registry;
pub mod server;
pub mod shutdown;
pub mod workers;
