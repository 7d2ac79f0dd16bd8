//! Accepts connections and distributes them to the I/O threads.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::http1::reject;
use super::stream::Stream;
use super::{Notice, Shared};

/// How long accepting pauses after an error.
const BACK_OFF: Duration = Duration::from_millis(100);

/// How many connections over the limit are rejected concurrently; others are dropped.
const MAX_REJECTIONS: usize = 256;

/// A connection on its way from the accepting thread to the one that serves it.
pub(super) struct Accepted {
    pub(super) stream: std::net::TcpStream,
    pub(super) remote: SocketAddr,
    /// Counts it against the limit of connections.
    pub(super) permit: OwnedSemaphorePermit,
}

/// Accepts the connections of a server.
pub(super) struct Acceptor {
    listener: TcpListener,
    connections: Arc<Semaphore>,
    rejections: Arc<Semaphore>,
    shared: Arc<Shared>,
}

impl Acceptor {
    /// Accepts at most `max_connections`; those over the limit get a 503.
    pub(super) fn new(listener: TcpListener, max_connections: usize, shared: Arc<Shared>) -> Self {
        Acceptor {
            listener,
            connections: Arc::new(Semaphore::new(max_connections)),
            rejections: Arc::new(Semaphore::new(MAX_REJECTIONS)),
            shared,
        }
    }

    /// Accepts until the server closes, then frees the port by dropping the listener.
    pub(super) async fn run(self, shares: Vec<mpsc::UnboundedSender<Accepted>>) {
        let mut is_failing = false;
        for share in shares.iter().cycle() {
            let (stream, remote, permit) = tokio::select! {
                biased;
                () = self.shared.shutdown.begun() => return,
                accepted = self.accept(&mut is_failing) => accepted,
            };
            // Responses are written whole, so that waiting to fill a segment only delays them.
            let _ = stream.set_nodelay(true);
            if let Ok(stream) = stream.into_std() {
                // If the thread has ended, so has the server, and the connection is dropped.
                let _ = share.send(Accepted { stream, remote, permit });
            }
        }
    }

    /// The next connection within the limit.
    async fn accept(&self, is_failing: &mut bool) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        loop {
            match self.listener.accept().await {
                Ok((stream, remote)) => {
                    *is_failing = false;
                    match Arc::clone(&self.connections).try_acquire_owned() {
                        Ok(permit) => return (stream, remote, permit),
                        Err(_) => {
                            let linger = self.shared.config.limits.linger_timeout;
                            reject::overloaded(Stream::Tcp(stream), &self.rejections, linger)
                        }
                    }
                }
                // The client gave up before it was accepted. Other errors are of this machine, and pass.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    if !std::mem::replace(is_failing, true) {
                        (self.shared.notify)(Notice::AcceptFailed(error));
                    }
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    }
}
