//! Tests of the core without Node: the pipeline alone, and the server with real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod layers;
mod pipeline;
mod server;
mod support;
