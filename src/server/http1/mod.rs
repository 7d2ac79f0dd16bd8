//! HTTP/1.1 on one connection: served by hyper, or parked as a bare stream.
//!
//! hyper keeps a read buffer of 8 KiB for each connection. An idle connection needs none, so hyper's is taken apart
//! after a while, and a new one is made when the client sends again.

mod activity;
mod connection;
mod framing;
mod keep_alive;
mod lingering_close;
pub(super) mod reject;
mod service;
mod socket;
mod target;
mod timeouts;

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use tokio::time::Instant;

use self::connection::{Connection, End, Exit};
use self::keep_alive::KeepAlive;
use super::stream::Stream;
use crate::config::Limits;
use crate::http::Pipeline;
use crate::shutdown::Shutdown;

/// What the connections of an I/O thread share.
pub(super) struct ConnectionContext {
    pipeline: Arc<Pipeline>,
    limits: Limits,
    keep_alive: KeepAlive,
    protocol: http1::Builder,
    shutdown: Arc<Shutdown>,
}

impl ConnectionContext {
    pub(super) fn new(pipeline: Arc<Pipeline>, limits: &Limits, shutdown: Arc<Shutdown>) -> Self {
        let mut protocol = http1::Builder::new();
        protocol
            .max_headers(limits.max_header_count)
            .max_header_size(limits.max_header_bytes)
            // The timeout monitor bounds the head, without a timer per request.
            .header_read_timeout(None);
        let keep_alive = KeepAlive::new(limits.keep_alive_timeout);
        ConnectionContext { pipeline, limits: limits.clone(), keep_alive, protocol, shutdown }
    }
}

/// Serves one connection to its end, and drops `guards` then.
///
/// Not an async fn, which keeps its arguments beside the variables that they are moved to: every idle connection has one
/// of these futures.
pub(super) fn serve(
    stream: Stream,
    remote: SocketAddr,
    context: Arc<ConnectionContext>,
    guards: impl Send,
) -> impl Future<Output = ()> + Send {
    let mut connection = Connection::new(stream);
    // A client that has sent nothing yet has the time of a head.
    let mut deadline = Instant::now() + context.limits.headers_timeout;
    async move {
        // Moved into the future, and dropped with it.
        let _ = &guards;
        let end = loop {
            if !readable(&connection, deadline, &context.shutdown).await {
                // The last response may not have arrived yet.
                break End::Over(connection.stream);
            }
            let requests = connection.requests;
            // Boxed, here and below, so that a parked connection does not take the memory of a busy one.
            match Box::pin(connection.serve_http1(remote, &context)).await {
                Exit::Idle(idle) => connection = idle,
                Exit::Ended(end) => break end,
            }
            // Line breaks alone are not a request.
            if connection.requests != requests {
                deadline = Instant::now() + context.keep_alive.idle_timeout;
            }
        };
        Box::pin(finish(end, context.limits.linger_timeout)).await;
    }
}

/// Closes a connection that has ended.
async fn finish(end: End, linger: Duration) {
    match end {
        End::Over(stream) => lingering_close::close(stream, linger).await,
        End::TimedOut(stream) => reject::timed_out(stream, linger).await,
        End::Cut => {}
    }
}

/// Waits for the client to send. Returns false if it does not until `deadline`, or the server closes.
async fn readable(connection: &Connection, deadline: Instant, shutdown: &Shutdown) -> bool {
    if connection.unread.is_some() {
        return true;
    }
    tokio::select! {
        biased;
        () = shutdown.begun() => false,
        () = tokio::time::sleep_until(deadline) => false,
        readable = poll_fn(|cx| connection.stream.poll_readable(cx)) => readable.is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panic;

    /// The size of the futures that a function makes.
    fn size_of_task<F>(_: impl Fn(Stream, SocketAddr, Arc<ConnectionContext>) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn the_task_of_an_idle_connection_fits_into_512_bytes() {
        let size = size_of_task(|stream, remote, context| {
            let guards = [0_usize; 3];
            panic::catch_future(serve(stream, remote, context, guards))
        });
        // tokio adds 112 bytes to a future, and takes multiples of 128.
        assert!(size <= 400, "{size} bytes");
    }
}
