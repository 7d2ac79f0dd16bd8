//! The id that ties a request, its response and its log lines together.

use std::convert::Infallible;

use axum::BoxError;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Body;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::Next;
use crate::http::exchange::{Exchange, Rendered, Reply};

/// The header of the id, of requests and responses.
const HEADER: HeaderName = HeaderName::from_static("x-runner-request-id");

const MAX_LENGTH: usize = 128;

/// Adds the id of the request to its response, unless the handler has set one.
pub(in crate::http) async fn add_request_id<B, S>(
    exchange: Box<Exchange<B>>,
    mut next: S,
) -> Result<Reply<B>, Infallible>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    S: Next<B>,
{
    let Ok((mut rendered, exchange)) = next.call(exchange).await;
    if let Rendered::Decorated(response) = &mut rendered
        && exchange.endpoint.rules().has_request_id
    {
        let id = response.headers_mut().entry(HEADER);
        id.or_insert_with(|| exchange.head.request_id.clone());
    }
    Ok((rendered, exchange))
}

/// The id that the request was sent with if it is valid, else a new UUIDv4.
pub(in crate::http) fn of(headers: &HeaderMap) -> HeaderValue {
    let mut given = headers.get_all(HEADER).iter();
    match (given.next(), given.next()) {
        (Some(id), None) => trimmed(id).unwrap_or_else(fresh),
        _ => fresh(),
    }
}

fn trimmed(value: &HeaderValue) -> Option<HeaderValue> {
    let id = value.to_str().ok()?.trim();
    let usable = (1..=MAX_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
    usable.then(|| HeaderValue::from_str(id).ok())?
}

fn fresh() -> HeaderValue {
    let mut text = [0; Hyphenated::LENGTH];
    let id = Uuid::new_v4().hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(id).expect("a UUID is a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(values: &[&'static str]) -> HeaderValue {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_static(value));
        }
        of(&headers)
    }

    #[test]
    fn a_usable_id_is_kept() {
        assert_eq!(id_of(&[" a.B_1:2-3 "]), "a.B_1:2-3");
    }

    #[test]
    fn anything_else_is_replaced_by_a_uuid() {
        let long: &'static str = "0123456789012345678901234567890123456789012345678901234567890123456789\
            01234567890123456789012345678901234567890123456789012345678";
        assert_eq!(long.len(), 129);
        for values in [&[][..], &[""], &["a b"], &["a,b"], &[long], &["a", "a"]] {
            let id = id_of(values);
            let uuid = Uuid::parse_str(id.to_str().unwrap()).unwrap();
            assert_eq!(uuid.get_version_num(), 4, "{values:?}");
        }
    }
}
