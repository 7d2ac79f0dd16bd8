//! How long connections may be idle, and the `Keep-Alive` header.

use std::time::Duration;

use http::header::{CONNECTION, Entry, HeaderName, HeaderValue};
use http::{HeaderMap, Response, Version};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// How much longer than announced a connection is kept, for requests that were sent in time but have not arrived.
const GRACE: Duration = Duration::from_secs(1);

/// The idle time of the connections of a server.
pub(super) struct KeepAlive {
    announcement: HeaderValue,
    /// How long an idle connection is kept.
    pub(super) idle_timeout: Duration,
}

impl KeepAlive {
    pub(super) fn new(timeout: Duration) -> Self {
        let announced = timeout.as_secs();
        let announcement = HeaderValue::try_from(format!("timeout={announced}"));
        let announcement = announcement.unwrap_or_else(|_| HeaderValue::from_static("timeout=0"));
        // Below a second, `timeout=0` is announced: clients do not reuse such a connection.
        let grace = if announced == 0 { Duration::ZERO } else { GRACE };
        KeepAlive { announcement, idle_timeout: timeout + grace }
    }

    /// Announces the timeout as Node does, so that clients do not send to a connection that is about to be closed.
    pub(super) fn announce<B>(&self, response: &mut Response<B>) {
        let headers = response.headers_mut();
        if let Entry::Vacant(connection) = headers.entry(CONNECTION) {
            connection.insert(HeaderValue::from_static("keep-alive"));
            headers.insert(KEEP_ALIVE, self.announcement.clone());
        }
    }
}

/// Whether a request leaves its connection open for further requests.
pub(super) fn keeps_alive(version: Version, headers: &HeaderMap) -> bool {
    match headers.get(CONNECTION) {
        None => version == Version::HTTP_11,
        Some(value) => value.as_bytes().eq_ignore_ascii_case(b"keep-alive"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_kept_longer_than_announced() {
        for (timeout, announced, kept) in [(75_000, "timeout=75", 76_000), (1999, "timeout=1", 2999)] {
            let keep_alive = KeepAlive::new(Duration::from_millis(timeout));
            assert_eq!(keep_alive.announcement, announced);
            assert_eq!(keep_alive.idle_timeout, Duration::from_millis(kept));
        }
        let short = KeepAlive::new(Duration::from_millis(999));
        assert_eq!(short.announcement, "timeout=0");
        assert_eq!(short.idle_timeout, Duration::from_millis(999));
    }
}
