//! Accepting connections and handing them round the I/O threads.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::Stage;
use super::http1::reject;
use super::stream::Stream;

/// How long accepting rests after an error, which most often is that file descriptors have run out.
const BACK_OFF: Duration = Duration::from_millis(100);

/// How many connections over the limit are rejected at a time.
const MAX_REJECTIONS: usize = 256;

/// A connection on its way from the accepting thread to the one that serves it.
pub(super) struct Accepted {
    pub(super) stream: std::net::TcpStream,
    pub(super) remote: SocketAddr,
    /// Its place among the connections that the limit allows.
    pub(super) permit: OwnedSemaphorePermit,
}

/// Accepts at most `connections` at a time until the server closes, then gives the port back by dropping
/// the listener.
pub(super) async fn run(
    listener: TcpListener,
    shares: Vec<mpsc::UnboundedSender<Accepted>>,
    connections: usize,
    mut stage: watch::Receiver<Stage>,
) {
    let acceptor = Acceptor {
        listener,
        connections: Arc::new(Semaphore::new(connections)),
        rejections: Arc::new(Semaphore::new(MAX_REJECTIONS)),
    };
    for share in shares.iter().cycle() {
        let (stream, remote, permit) = tokio::select! {
            biased;
            _ = stage.wait_for(|stage| *stage != Stage::Serving) => return,
            accepted = acceptor.accept() => accepted,
        };
        // Answers are written whole: waiting to fill a segment only delays them.
        let _ = stream.set_nodelay(true);
        if let Ok(stream) = stream.into_std() {
            // A thread that is gone takes no more; the connection is dropped with the server.
            let _ = share.send(Accepted { stream, remote, permit });
        }
    }
}

struct Acceptor {
    listener: TcpListener,
    connections: Arc<Semaphore>,
    rejections: Arc<Semaphore>,
}

impl Acceptor {
    /// The next connection for which there is room; the others are told to come back later.
    async fn accept(&self) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        loop {
            match self.listener.accept().await {
                Ok((stream, remote)) => match Arc::clone(&self.connections).try_acquire_owned() {
                    Ok(permit) => return (stream, remote, permit),
                    Err(_) => reject::overloaded(Stream::Tcp(stream), &self.rejections),
                },
                // The client gave up before it was accepted; any other error is ours, and passes.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => tokio::time::sleep(BACK_OFF).await,
            }
        }
    }
}
