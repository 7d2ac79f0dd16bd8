//! One connection while hyper serves it.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper_util::rt::TokioIo;

use super::activity::Activity;
use super::framing::Framing;
use super::socket::Socket;
use super::timeouts::{Action, TimeoutMonitor};
use super::{ConnectionContext, service};
use crate::dispatch::Ends;
use crate::server::stream::Stream;

/// When a connection is checked first. The sooner idle connections free their buffers, the fewer are held, and the less
/// they fragment the heap.
const FIRST_LOOK: Duration = Duration::from_millis(5);

/// The longest interval between checks of a busy connection, which is the precision of timeouts.
const LAST_LOOK: Duration = Duration::from_millis(50);

/// A connection that hyper is not serving. Most connections are idle, so it is kept small.
pub(super) struct Connection {
    pub(super) stream: Stream,
    /// The number of requests so far.
    pub(super) requests: u32,
    /// What was read after the last request.
    pub(super) unread: Option<Box<Unread>>,
}

/// Bytes that were read, and the framing state after them.
pub(super) struct Unread {
    bytes: Bytes,
    framing: Framing,
}

/// Why hyper has stopped serving a connection.
pub(super) enum Exit {
    Idle(Connection),
    Ended(End),
}

/// How a connection has ended.
pub(super) enum End {
    /// All of it was served.
    Over(Stream),
    /// The client was too slow with a request.
    TimedOut(Stream),
    /// The connection cannot be used any more.
    Cut,
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Self {
        Connection { stream, requests: 0, unread: None }
    }

    /// Lets hyper serve requests until the connection ends or is idle.
    pub(super) async fn serve_http1(self, remote: SocketAddr, context: &Arc<ConnectionContext>) -> Exit {
        let Connection { stream, requests, unread } = self;
        // Looked up again, so that a parked connection need not store it. Fails if the connection is gone.
        let Ok(local) = stream.local_addr() else { return Exit::Ended(End::Cut) };
        let ends = Ends { remote, local };
        let activity = Arc::new(Activity::after(requests));
        let (bytes, framing) = match unread {
            Some(unread) => (unread.bytes, unread.framing),
            None => (Bytes::new(), Framing::after(requests)),
        };
        let service = service::respond(ends, &activity, framing.targets(), context);
        let io = TokioIo::new(Socket::new(stream, bytes, framing, Arc::clone(&activity)));
        let mut http = context.protocol.serve_connection(io, service);
        let mut monitor = TimeoutMonitor::new(&activity, Instant::now());
        let mut pause = FIRST_LOOK;
        let mut look = pin!(tokio::time::sleep(pause));
        let action = poll_fn(|cx| {
            loop {
                if Pin::new(&mut http).poll(cx).is_ready() {
                    return Poll::Ready(None);
                }
                if look.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                let now = Instant::now();
                pause = LAST_LOOK.min(pause * 2);
                look.as_mut().reset((now + pause).into());
                match monitor.check(&activity, &context.limits, now) {
                    Action::Stay => {}
                    action => return Poll::Ready(Some(action)),
                }
            }
        })
        .await;
        let parts = http.into_parts();
        let (stream, framing) = parts.io.into_inner().into_parts();
        match action {
            None => Exit::Ended(End::Over(stream)),
            Some(Action::Park) => {
                // Line breaks between requests are ignored, and even an empty buffer holds memory.
                let is_blank = parts.read_buf.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
                let unread = (!is_blank).then(|| Box::new(Unread { bytes: parts.read_buf, framing }));
                Exit::Idle(Connection { stream, requests: activity.begun(), unread })
            }
            Some(Action::TimeOut) => Exit::Ended(End::TimedOut(stream)),
            Some(Action::Cut | Action::Stay) => Exit::Ended(End::Cut),
        }
    }
}
