//! Tests of worker processes, with real ones. Some read `/proc`, as on Linux.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bodies;
mod calls;
mod ends;
mod misbehaviour;
mod starting;
mod streams;
mod support;
