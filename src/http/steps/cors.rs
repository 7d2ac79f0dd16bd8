//! CORS headers, with the options of nodeExposure.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::BoxError;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Body;
use parking_lot::Mutex;

use super::Next;
use super::local::is_local_origin;
use crate::config::{Cors, OriginRule};
use crate::dispatch::Head;
use crate::hooks::PendingHooks;
use crate::http::endpoint::Endpoint;
use crate::http::exchange::{Exchange, Rendered, Reply};
use crate::http::headers::joined;

const TRUE: HeaderValue = HeaderValue::from_static("true");
const ORIGIN_FIELD: HeaderValue = HeaderValue::from_static("Origin");

/// How many decisions of a regular expression are cached.
const MAX_REMEMBERED: usize = 1024;
/// Decisions on longer origins, in bytes, are not cached, since clients choose them.
const MAX_REMEMBERED_BYTES: usize = 256;

/// Adds the CORS headers to a response, those of a preflight or those of an actual one.
pub(in crate::http) async fn add_cors<B, S>(
    exchange: Box<Exchange<B>>,
    mut next: S,
) -> Result<Reply<B>, Infallible>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    S: Next<B>,
{
    let Ok((mut rendered, exchange)) = next.call(exchange).await;
    if let Rendered::Decorated(response) = &mut rendered {
        let cors = &exchange.pipeline.cors;
        let is_preflight = exchange.endpoint == Endpoint::Preflight && response.status().is_success();
        cors.name_origin(&exchange.head, response.headers_mut()).await;
        if is_preflight {
            cors.add_preflight(&exchange.head, response.headers_mut());
        } else {
            cors.add_exposed(response.headers_mut());
        }
    }
    Ok((rendered, exchange))
}

/// Applies the CORS configuration of a server on one I/O thread.
pub(in crate::http) struct CorsPolicy {
    cors: Cors,
    hooks: Arc<PendingHooks>,
    verdicts: Mutex<HashMap<HeaderValue, bool>>,
}

impl CorsPolicy {
    pub(in crate::http) fn new(cors: Cors, hooks: Arc<PendingHooks>) -> Self {
        CorsPolicy { cors, hooks, verdicts: Mutex::default() }
    }

    /// The headers of a preflight.
    fn add_preflight(&self, head: &Head, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.cors.methods.clone());
        let allowed = self.cors.allowed_headers.clone().or_else(|| requested_headers(head.headers()));
        if let Some(allowed) = allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        if let Some(max_age) = &self.cors.max_age {
            headers.insert(ACCESS_CONTROL_MAX_AGE, max_age.clone());
        }
    }

    /// The headers that scripts may read, unless the handler has set them.
    fn add_exposed(&self, headers: &mut HeaderMap) {
        if let Some(exposed) = &self.cors.exposed_headers
            && !headers.contains_key(ACCESS_CONTROL_EXPOSE_HEADERS)
        {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
    }

    async fn name_origin(&self, head: &Head, headers: &mut HeaderMap) {
        let named = match &self.cors.origin {
            OriginRule::Fixed(origin) => Some(origin.clone()),
            OriginRule::OneOf(origins) => {
                sent_origin(head).filter(|sent| origins.iter().any(|known| known.as_bytes() == sent))
            }
            OriginRule::Asked { is_pure: true } => self.remembered(head).await,
            OriginRule::Asked { is_pure: false } => self.ask(head).await.flatten(),
            OriginRule::Local => sent_origin(head).filter(is_local_origin),
            OriginRule::None => None,
        };
        if self.cors.vary && !matches!(self.cors.origin, OriginRule::Fixed(_)) {
            vary_by_origin(headers);
        }
        if let Some(origin) = named {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        if self.cors.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
    }

    /// Asks once for each origin, since a regular expression always decides alike on one.
    async fn remembered(&self, head: &Head) -> Option<HeaderValue> {
        let origin = sent_origin(head)?;
        let known = self.verdicts.lock().get(&origin).copied();
        let allowed = match known {
            Some(allowed) => allowed,
            None => {
                // Not cached if the host could not be asked.
                let allowed = self.ask(head).await?.is_some();
                self.remember(&origin, allowed);
                allowed
            }
        };
        allowed.then_some(origin)
    }

    fn remember(&self, origin: &HeaderValue, allowed: bool) {
        if origin.len() > MAX_REMEMBERED_BYTES {
            return;
        }
        let mut verdicts = self.verdicts.lock();
        if verdicts.len() >= MAX_REMEMBERED {
            verdicts.clear();
        }
        verdicts.insert(origin.clone(), allowed);
    }

    /// Asks the host which origin it allows; the outer `None` if it could not be asked.
    async fn ask(&self, head: &Head) -> Option<Option<HeaderValue>> {
        let named = self.hooks.allow_origin(head).await?;
        Some(named.and_then(|origin| HeaderValue::from_maybe_shared(origin).ok()))
    }
}

/// Adds `Origin` to the `Vary` header of the handler.
fn vary_by_origin(headers: &mut HeaderMap) {
    let Some(fields) = joined(headers, &VARY) else {
        headers.insert(VARY, ORIGIN_FIELD);
        return;
    };
    let mut fields = fields.into_owned();
    if !fields.split(|&byte| byte == b',').any(|field| field.trim_ascii() == ORIGIN_FIELD.as_bytes()) {
        fields.extend_from_slice(b", ");
        fields.extend_from_slice(ORIGIN_FIELD.as_bytes());
    }
    if let Ok(fields) = HeaderValue::from_bytes(&fields) {
        headers.insert(VARY, fields);
    }
}

fn sent_origin(head: &Head) -> Option<HeaderValue> {
    header_value(head.headers(), &ORIGIN)
}

fn requested_headers(headers: &HeaderMap) -> Option<HeaderValue> {
    header_value(headers, &ACCESS_CONTROL_REQUEST_HEADERS)
}

/// The value of a header, unless it is empty.
fn header_value(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let value = joined(headers, name)?;
    if value.is_empty() { None } else { HeaderValue::from_bytes(&value).ok() }
}
