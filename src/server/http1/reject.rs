//! Responses to clients whose requests never reach the pipeline.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::lingering_close;
use crate::envelope;
use crate::error::RequestError;
use crate::panic;
use crate::server::stream::Stream;

/// Responds to a connection over the limit with 503, and closes it. Without a permit it is dropped: rejecting a flood
/// of connections would use up what the limit protects.
pub(in crate::server) fn overloaded(stream: Stream, permits: &Arc<Semaphore>, linger: Duration) {
    let Ok(permit) = Arc::clone(permits).try_acquire_owned() else { return };
    panic::spawn(async move {
        lingering_close::close_after(stream, overloaded_response().as_bytes(), linger).await;
        drop(permit);
    });
}

/// The pipeline's response, without the headers that depend on a request: its id and its origin.
fn overloaded_response() -> String {
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

/// Responds with 408 to a client that was too slow with its request, and closes the connection.
pub(super) async fn timed_out(stream: Stream, linger: Duration) {
    let response = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    lingering_close::close_after(stream, response.as_bytes(), linger).await;
}
