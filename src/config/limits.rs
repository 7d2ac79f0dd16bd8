//! Limits on what clients may use.

use std::time::Duration;

use super::Value;
use super::multipart::{self, MultipartLimits};
use super::reader::Section;

const PATH: &str = "limits";

/// Sizes, counts and times that bound a request, a connection and the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The largest JSON body, in bytes.
    pub max_json_bytes: usize,
    /// Limits of a multipart form.
    pub multipart: MultipartLimits,
    /// The largest request head, in bytes.
    pub max_header_bytes: usize,
    /// The most headers in a request.
    pub max_header_count: usize,
    /// The most concurrent connections.
    pub max_connections: usize,
    /// The most calls that wait for the handlers' thread.
    pub max_queued_calls: usize,
    /// The most bytes of incomplete bodies that are held, over all connections.
    pub max_buffered_body_bytes: u64,
    /// The longest time from the first byte of a request, or the start of the connection, to the end of its head.
    pub headers_timeout: Duration,
    /// The longest time from the first byte of a request to the last of its body; `None` for no limit.
    pub request_timeout: Option<Duration>,
    /// The window over which the rate of a body is measured, and the longest time to drain one that is discarded.
    pub body_timeout: Duration,
    /// The lowest rate of a body, over windows of `body_timeout`; with 0, one byte per window is enough.
    pub min_body_bytes_per_second: u64,
    /// How long a connection may be idle between requests, or stall while a response is written.
    pub keep_alive_timeout: Duration,
    /// How long a client may take to close a connection that the server has closed.
    pub linger_timeout: Duration,
    /// How long a handler may take; `None` for no limit.
    pub handler_timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        read(&mut Section::open(PATH, Value::Undefined, &mut Vec::new()))
    }
}

pub(super) fn parse(root: &mut Section<'_>) -> Limits {
    root.section(PATH).map_or_else(Limits::default, |mut limits| read(&mut limits))
}

fn read(limits: &mut Section<'_>) -> Limits {
    Limits {
        max_json_bytes: limits.size("maxJsonBytes"),
        multipart: multipart::parse(limits),
        max_header_bytes: limits.size("maxHeaderBytes"),
        max_header_count: limits.size("maxHeaderCount"),
        max_connections: limits.size("maxConnections"),
        max_queued_calls: limits.size("maxQueuedCalls"),
        max_buffered_body_bytes: limits.integer("maxBufferedBodyBytes").unwrap_or(0),
        headers_timeout: limits.duration("headersTimeoutMs"),
        request_timeout: limits.bound("requestTimeoutMs"),
        body_timeout: limits.duration("bodyTimeoutMs"),
        min_body_bytes_per_second: limits.integer("minBodyBytesPerSecond").unwrap_or(0),
        keep_alive_timeout: limits.duration("keepAliveTimeoutMs"),
        linger_timeout: limits.duration("lingerTimeoutMs"),
        handler_timeout: limits.bound("handlerTimeoutMs"),
    }
}
