//! Makes responses, with the headers that the server sets.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE,
    RETRY_AFTER, SET_COOKIE, TRANSFER_ENCODING, UPGRADE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::{Frame, SizeHint};
use hyper::ext::ReasonPhrase;

use super::streamed_body::StreamedBody;
use crate::dispatch::{RawResponse, StreamingResponse};
use crate::envelope;
use crate::error::RequestError;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const OCTET_STREAM: HeaderValue = HeaderValue::from_static("application/octet-stream");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const DENY: HeaderValue = HeaderValue::from_static("DENY");
const CLOSE: HeaderValue = HeaderValue::from_static("close");
/// Overload ends as soon as the JavaScript thread catches up.
const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");

/// The headers of every JSON response, with room in its index for those that the steps add. Copying a map costs half of
/// what filling one does.
static JSON_HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(X_FRAME_OPTIONS, DENY);
    headers
});

/// Headers that a streamed response cannot set: cookies and CORS are set by configuration.
const RESERVED: [HeaderName; 3] = [SET_COOKIE, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_ALLOW_CREDENTIALS];

/// Headers of the connection, which hyper sets.
const CONNECTIONS_OWN: [HeaderName; 4] =
    [CONNECTION, HeaderName::from_static("keep-alive"), TRANSFER_ENCODING, UPGRADE];

/// The most header names that a handler can set. A header map panics if it has to grow past its maximum, which
/// colliding hashes cause from 6,553 names on. `lib/streams/headers.js` has the same number, and the error message.
const MAX_HEADER_NAMES: usize = 4_096;

/// A result of at least this size is sent in several buffers, which costs less than copying it into one.
const COPY_LIMIT: usize = 16 * 1024;

/// A JSON response.
pub(super) fn json(status: StatusCode, body: Bytes) -> Response {
    let length = body.len();
    with_headers(status, length, Body::from(body))
}

/// A 200 with the JSON text of a result.
pub(super) fn result(text: Bytes) -> Response {
    if text.len() <= COPY_LIMIT {
        return json(StatusCode::OK, envelope::result(&text));
    }
    let pieces = [Bytes::from_static(envelope::RESULT_START), text, Bytes::from_static(envelope::RESULT_END)];
    let body = Pieces { pieces, next: 0 };
    let length = body.remaining();
    with_headers(StatusCode::OK, length, Body::new(body))
}

/// A streamed response, with the handler's headers except for those that the server sets.
///
/// # Errors
/// `Internal` if there are more headers than a response can have.
pub(super) fn streaming(streaming: StreamingResponse) -> Result<Response, RequestError> {
    let StreamingResponse { status, mut headers, body } = streaming;
    require_room(&headers)?;
    for name in RESERVED.into_iter().chain(CONNECTIONS_OWN) {
        headers.remove(name);
    }
    headers.entry(CONTENT_TYPE).or_insert(OCTET_STREAM);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(X_FRAME_OPTIONS, DENY);
    Ok(with_status(status, headers, Body::new(StreamedBody::new(body))))
}

/// A response that a handler wrote, with its headers except for those of the connection.
///
/// # Errors
/// `Internal` if there are more headers than a response can have.
pub(super) fn raw(raw: RawResponse) -> Result<Response, RequestError> {
    let RawResponse { response, reason, decorate, close } = raw;
    let StreamingResponse { status, mut headers, body } = response;
    require_room(&headers)?;
    for name in CONNECTIONS_OWN {
        headers.remove(name);
    }
    if decorate {
        headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
        headers.insert(X_FRAME_OPTIONS, DENY);
    }
    let mut response = with_status(status, headers, Body::new(StreamedBody::new(body)));
    if let Ok(reason) = ReasonPhrase::try_from(reason) {
        response.extensions_mut().insert(reason);
    }
    if close {
        close_after(&mut response);
    }
    Ok(response)
}

fn require_room(headers: &HeaderMap) -> Result<(), RequestError> {
    if headers.keys_len() > MAX_HEADER_NAMES { Err(RequestError::Internal) } else { Ok(()) }
}

fn with_headers(status: StatusCode, length: usize, body: Body) -> Response {
    let mut headers = JSON_HEADERS.clone();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    with_status(status, headers, body)
}

fn with_status(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    // The content-length of a 304 describes the body that is not sent.
    let describes_absent_body = status == StatusCode::NOT_MODIFIED && headers.contains_key(CONTENT_LENGTH);
    let body = if describes_absent_body { Body::new(Unsized(body)) } else { body };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(reason) = nodes_reason(status) {
        response.extensions_mut().insert(ReasonPhrase::from_static(reason));
    }
    response
}

/// Node's reason phrase of a status for which hyper has another one. Runner's clients show it to users.
fn nodes_reason(status: StatusCode) -> Option<&'static [u8]> {
    match status.as_u16() {
        200 => None,
        203 => Some(b"Non-Authoritative Information"),
        418 => Some(b"I'm a Teapot"),
        509 => Some(b"Bandwidth Limit Exceeded"),
        _ if status.canonical_reason().is_none() => Some(b"unknown"),
        _ => None,
    }
}

/// Sets `connection: close`.
pub(super) fn close_after(response: &mut Response) {
    response.headers_mut().insert(CONNECTION, CLOSE);
}

impl IntoResponse for RequestError {
    fn into_response(self) -> Response {
        let mut response = json(self.status(), envelope::error(&self));
        match self {
            RequestError::Overloaded | RequestError::NoWorker => {
                response.headers_mut().insert(RETRY_AFTER, RETRY_SOON);
            }
            RequestError::BodyTimeout | RequestError::Aborted => close_after(&mut response),
            _ => {}
        }
        response
    }
}

/// An empty body that does not report its size: hyper drops the `content-length` of a 304 if it knows that the body is
/// empty.
struct Unsized(Body);

impl http_body::Body for Unsized {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }
}

/// A body of three buffers.
struct Pieces {
    pieces: [Bytes; 3],
    next: usize,
}

impl Pieces {
    fn remaining(&self) -> usize {
        self.pieces[self.next..].iter().map(Bytes::len).sum()
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let next = self.next;
        let Some(piece) = self.pieces.get_mut(next) else { return Poll::Ready(None) };
        let piece = std::mem::take(piece);
        self.next += 1;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.next == self.pieces.len()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::byte_channel;

    fn streaming(names: usize) -> StreamingResponse {
        let headers = (0..names)
            .map(|number| {
                (HeaderName::try_from(format!("x-{number}")).unwrap(), HeaderValue::from_static("1"))
            })
            .collect();
        let (_, body) = byte_channel(|_| {});
        StreamingResponse { status: StatusCode::OK, headers, body }
    }

    #[test]
    fn headers_without_room_for_the_servers_own_are_an_error_and_no_panic() {
        assert_eq!(super::streaming(streaming(24_576)).err(), Some(RequestError::Internal));
        assert_eq!(
            super::streaming(streaming(MAX_HEADER_NAMES)).unwrap().headers().keys_len(),
            MAX_HEADER_NAMES + 3
        );
    }
}
