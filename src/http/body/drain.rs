//! Reads what is left of a body to nowhere, so that a client that is still writing gets to read its response:
//! closing a socket with unread bytes resets it, and the reset overtakes the response.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http_body::Body;
use http_body_util::BodyExt;

use super::BodyPolicy;
use crate::panic;

/// Drains a body for which nothing waits. Once the server closes, or the body's time is over, draining ends, and
/// the connection with it.
pub(in crate::http) fn drain_in_background<B>(mut body: B, policy: &Arc<BodyPolicy>)
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
{
    // Most bodies are here already: they need no task.
    if body.is_end_stream() || drain_to_end(&mut body).now_or_never().is_some() {
        return;
    }
    let policy = Arc::clone(policy);
    panic::spawn(async move {
        drain(&mut body, &policy).await;
    });
}

/// Drains a body for as long as one may take to arrive; false if the client broke off.
///
/// The time counts as a whole: what is not wanted may come in as fast as it likes.
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

/// Reads to the end; false if there is none.
async fn drain_to_end<B: Body<Data = Bytes> + Unpin>(body: &mut B) -> bool {
    loop {
        match body.frame().await {
            Some(Ok(_)) => {}
            Some(Err(_)) => return false,
            None => return true,
        }
    }
}
