//! Discards what is left of a body, so that a client that is still sending it can read the response: closing a socket
//! with unread bytes resets the connection, and the reset may overtake the response.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http_body::Body;
use http_body_util::BodyExt;

use super::BodyPolicy;
use crate::panic;

/// Drains a body in the background. Ends, and closes the connection, once the server closes or the body's time is over.
pub(in crate::http) fn drain_in_background<B>(mut body: B, policy: &Arc<BodyPolicy>)
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
{
    // Most bodies have arrived already, and need no task.
    if body.is_end_stream() || drain_to_end(&mut body).now_or_never().is_some() {
        return;
    }
    let policy = Arc::clone(policy);
    panic::spawn(async move {
        drain(&mut body, &policy).await;
    });
}

/// Drains a body within the body timeout. Returns false if it breaks off.
///
/// The timeout bounds the whole of it; no rate is required.
pub(super) async fn drain<B>(body: &mut B, policy: &BodyPolicy) -> bool
where
    B: Body<Data = Bytes> + Unpin,
{
    tokio::select! {
        complete = drain_to_end(body) => complete,
        () = tokio::time::sleep(policy.timeout) => true,
        () = policy.shutdown.begun() => true,
    }
}

/// Reads to the end. Returns false if the body fails before.
async fn drain_to_end<B: Body<Data = Bytes> + Unpin>(body: &mut B) -> bool {
    loop {
        match body.frame().await {
            Some(Ok(_)) => {}
            Some(Err(_)) => return false,
            None => return true,
        }
    }
}
