//! Ending a connection so that the client gets to read what was written last.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::stream::Stream;

/// Writes `last`, closes for writing, and reads to nowhere until the client has closed too, or `timeout` is over: a
/// socket that is closed with unread bytes resets the connection, and the reset overtakes what was written last.
pub(super) async fn close_after(mut stream: Stream, last: &[u8], timeout: Duration) {
    let close = async {
        stream.write_all(last).await?;
        stream.shutdown().await?;
        let mut nowhere = [0; 4096];
        while stream.read(&mut nowhere).await? > 0 {}
        io::Result::Ok(())
    };
    // The connection ends with any error as it does with none.
    let _ = tokio::time::timeout(timeout, close).await;
}

/// Ends a connection to which nothing is left to write.
pub(super) async fn close(stream: Stream, timeout: Duration) {
    close_after(stream, b"", timeout).await;
}
