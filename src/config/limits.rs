//! Limits: what a client can take at the most.

use std::time::Duration;

use super::multipart::{self, MultipartLimits};
use super::reader::Section;

const OPTIONS: [&str; 14] = [
    "maxJsonBytes",
    "multipart",
    "maxHeaderBytes",
    "maxHeaderCount",
    "maxConnections",
    "maxQueuedCalls",
    "maxBufferedBodyBytes",
    "headersTimeoutMs",
    "requestTimeoutMs",
    "bodyTimeoutMs",
    "minBodyBytesPerSecond",
    "keepAliveTimeoutMs",
    "lingerTimeoutMs",
    "handlerTimeoutMs",
];

/// Sizes, counts and times that bound a request, a connection and the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The largest JSON body, in bytes.
    pub max_json_bytes: usize,
    /// What a multipart form can take.
    pub multipart: MultipartLimits,
    /// The largest request head, in bytes.
    pub max_header_bytes: usize,
    /// The most headers in a request.
    pub max_header_count: usize,
    /// The most connections at a time.
    pub max_connections: usize,
    /// The most calls that wait for the handlers' thread.
    pub max_queued_calls: usize,
    /// The most bytes of bodies that are held until they are complete, those of all connections together.
    pub max_buffered_body_bytes: u64,
    /// From the first byte of a request, or from the connection, to the end of its head.
    pub headers_timeout: Duration,
    /// From the first byte of a request to the last of its body; `None` lets it take any time.
    pub request_timeout: Option<Duration>,
    /// The window over which the rate of a body is measured; the longest time to drain one that is not wanted.
    pub body_timeout: Duration,
    /// The slowest that a body may come in, over windows of `body_timeout`; 0 asks for one byte.
    pub min_body_bytes_per_second: u64,
    /// How long a connection may stay between requests, or stall while it is written to.
    pub keep_alive_timeout: Duration,
    /// How long a client may take to close a connection that was ended.
    pub linger_timeout: Duration,
    /// How long a handler may take; `None` lets it take for ever.
    pub handler_timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            // nodeExposure's limit, so that what passed before passes now.
            max_json_bytes: 2 * 1024 * 1024,
            multipart: MultipartLimits::default(),
            // Twice what Node allows: context headers grow.
            max_header_bytes: 32 * 1024,
            // Half of what Node takes, and more than proxies and tracing tools add.
            max_header_count: 1000,
            // Two gigabytes of memory would need a million idle ones; file descriptors end sooner.
            max_connections: 16_384,
            // At 2 µs a call a full queue is 8 ms of work; behind slow handlers it is a sign to shed load.
            max_queued_calls: 4_096,
            // 64 bodies of the largest size by default, and as much as calls may hold that wait for JavaScript.
            max_buffered_body_bytes: 128 * 1024 * 1024,
            headers_timeout: Duration::from_secs(10),
            // As Node's `requestTimeout`.
            request_timeout: Some(Duration::from_secs(300)),
            body_timeout: Duration::from_secs(30),
            // As Kestrel asks for: the slowest modems are faster.
            min_body_bytes_per_second: 240,
            // Longer than the 60 s of common load balancers, so that they close first.
            keep_alive_timeout: Duration::from_secs(75),
            // A round trip, and the time to read what was written last.
            linger_timeout: Duration::from_secs(1),
            handler_timeout: None,
        }
    }
}

pub(super) fn parse(root: &mut Section<'_>) -> Limits {
    let default = Limits::default();
    let Some(mut limits) = root.section("limits", &OPTIONS) else { return default };
    Limits {
        // V8 strings end at 512 MiB of characters; half of that leaves room for the answer.
        max_json_bytes: limits.size("maxJsonBytes", 1, 256 << 20, "bytes", default.max_json_bytes),
        multipart: multipart::parse(&mut limits),
        // hyper's smallest read buffer is 8 KiB.
        max_header_bytes: limits.size("maxHeaderBytes", 8192, 1 << 20, "bytes", default.max_header_bytes),
        // The map of headers cannot outgrow its maximum with up to 3276 of them, whatever their hashes.
        max_header_count: limits.size("maxHeaderCount", 1, 3000, "headers", default.max_header_count),
        max_connections: limits.size("maxConnections", 1, 1_000_000, "connections", default.max_connections),
        max_queued_calls: limits.size("maxQueuedCalls", 1, 1_000_000, "calls", default.max_queued_calls),
        max_buffered_body_bytes: limits
            .whole("maxBufferedBodyBytes", 1, 1 << 40, "bytes")
            .unwrap_or(default.max_buffered_body_bytes),
        headers_timeout: limits.duration("headersTimeoutMs").unwrap_or(default.headers_timeout),
        request_timeout: limits.duration_or_none("requestTimeoutMs").unwrap_or(default.request_timeout),
        body_timeout: limits.duration("bodyTimeoutMs").unwrap_or(default.body_timeout),
        min_body_bytes_per_second: limits
            .whole("minBodyBytesPerSecond", 0, 1_000_000, "bytes per second")
            .unwrap_or(default.min_body_bytes_per_second),
        keep_alive_timeout: limits.duration("keepAliveTimeoutMs").unwrap_or(default.keep_alive_timeout),
        linger_timeout: limits
            .integer("lingerTimeoutMs", 1, 60_000, "milliseconds")
            .map_or(default.linger_timeout, |ms| Duration::from_millis(ms.into())),
        handler_timeout: limits.duration("handlerTimeoutMs"),
    }
}
