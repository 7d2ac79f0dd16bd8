//! An HTTP server for Runner tunnels, embedded in Node.
//!
//! The life of a request:
//!
//! 1. [`server`] accepts its connection and hands it to hyper, which parses it, on an I/O thread.
//! 2. [`http`] runs the pipeline over it: route, preflight, request id, authentication, allow-list and
//!    existence ([`exposure`], [`registry`]), body, JSON syntax. Whatever fails is an [`error`] and answered at once.
//! 3. What is left is a call: [`dispatch`] hands it, as raw JSON text, to whoever does the work.
//! 4. `node` is the dispatcher that JavaScript stands behind: a mailbox, a doorbell, and the way back.
//! 5. The outcome wakes the request, [`envelope`] wraps it, and hyper writes the answer.
//!
//! `node` → `server` → `http` → `dispatch`, `policy` → `registry`, `exposure`, `envelope`, `error`, `config`: arrows point inward,
//! and only `node`, behind the feature of that name, knows that JavaScript exists.

pub mod config;
pub mod dispatch;
pub mod envelope;
pub mod error;
pub mod exposure;
pub mod hooks;
pub mod http;
pub mod kind;
#[cfg(feature = "node")]
mod node;
pub mod panic;
pub mod policy;
pub mod registry;
pub mod server;
pub mod shutdown;
