//! Limits: what a client can take at the most.

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
