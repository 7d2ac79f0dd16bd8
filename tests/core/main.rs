//! The core without Node: the pipeline by itself, and the server with real sockets.

mod pipeline;
mod server;
mod support;
