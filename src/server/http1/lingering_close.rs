//! Closes connections so that clients can read what was written last.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::stream::Stream;

/// Writes `last`, closes for writing, and discards what arrives until the client has closed too, or `timeout` is over.
/// Closing a socket with unread bytes resets the connection, and the reset may overtake what was written last.
pub(super) async fn close_after(mut stream: Stream, last: &[u8], timeout: Duration) {
    let close = async {
        stream.write_all(last).await?;
        stream.shutdown().await?;
        let mut nowhere = [0; 4096];
        while stream.read(&mut nowhere).await? > 0 {}
        io::Result::Ok(())
    };
    // The connection is closed in any case.
    let _ = tokio::time::timeout(timeout, close).await;
}

/// Closes a connection that has nothing left to write.
pub(super) async fn close(stream: Stream, timeout: Duration) {
    close_after(stream, b"", timeout).await;
}
