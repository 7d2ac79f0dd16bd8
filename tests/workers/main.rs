//! Worker processes, with real ones: what a call comes to, however they behave. What a system says of
//! processes is read as Linux says it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bodies;
mod calls;
mod ends;
mod misbehaviour;
mod starting;
mod streams;
mod support;
