//! Ending connections so that the client gets to read why.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::envelope;
use crate::error::RequestError;

/// How long a client may take to notice that it was told to go.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers a connection over the limit with 503, and ends it. Without a permit it is dropped instead: a
/// flood of connections to see off would take what the limit protects.
pub(super) fn refuse(mut stream: TcpStream, refusals: &Arc<Semaphore>) {
    let Ok(permit) = Arc::clone(refusals).try_acquire_owned() else { return };
    tokio::spawn(async move {
        let _ = stream.write_all(overloaded().as_bytes()).await;
        linger(stream).await;
        drop(permit);
    });
}

/// As the pipeline answers, but for what only a request can tell: its id, and its origin.
fn overloaded() -> String {
    let error = RequestError::Overloaded;
    let body = String::from_utf8_lossy(&envelope::error(&error)).into_owned();
    format!(
        "HTTP/1.1 {}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\
         retry-after: 1\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nconnection: close\r\n\r\n\
         {body}",
        error.status(),
        body.len(),
    )
}

/// Tells a client that was too slow with its request's head, and ends the connection.
pub(super) async fn time_out(mut stream: TcpStream) {
    let answer = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _ = stream.write_all(answer.as_bytes()).await;
    linger(stream).await;
}

/// Closes for writing and reads to nowhere until the client has closed too: a socket that is closed with
/// unread bytes resets the connection, and the reset overtakes what was written last.
pub(super) async fn linger(mut stream: TcpStream) {
    let drain = async {
        stream.shutdown().await?;
        let mut nowhere = [0; 4096];
        while stream.read(&mut nowhere).await? > 0 {}
        io::Result::Ok(())
    };
    // Whatever ends the wait ends the connection.
    let _ = tokio::time::timeout(PATIENCE, drain).await;
}
