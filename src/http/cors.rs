//! Cross-origin answers, in the reference's terms.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, CONTENT_LENGTH, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use parking_lot::Mutex;

use super::headers::joined;
use super::local::is_local_origin;
use crate::config::{Cors, OriginRule};
use crate::dispatch::Head;
use crate::hooks::PendingHooks;

const TRUE: HeaderValue = HeaderValue::from_static("true");
const ORIGIN_FIELD: HeaderValue = HeaderValue::from_static("Origin");

/// How many verdicts of a regular expression are remembered; past that they are asked for anew.
const REMEMBERED: usize = 1024;
/// Longer origins, in bytes, are asked for every time: clients choose them, and memory is not theirs.
const LONGEST_REMEMBERED: usize = 256;

/// Applies the CORS configuration of a server on one I/O thread.
pub(super) struct CorsPolicy {
    cors: Cors,
    hooks: Arc<PendingHooks>,
    verdicts: Mutex<HashMap<HeaderValue, bool>>,
}

impl CorsPolicy {
    pub(super) fn new(cors: Cors, hooks: Arc<PendingHooks>) -> Self {
        CorsPolicy { cors, hooks, verdicts: Mutex::default() }
    }

    /// Answers a preflight.
    pub(super) async fn preflight(&self, head: &Head) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        self.name_origin(head, headers).await;
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.cors.methods.clone());
        let allowed = self.cors.allowed_headers.clone().or_else(|| requested_headers(head.headers()));
        if let Some(allowed) = allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        if let Some(max_age) = &self.cors.max_age {
            headers.insert(ACCESS_CONTROL_MAX_AGE, max_age.clone());
        }
        headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
        response
    }

    /// Adds the CORS headers of an actual answer. A handler that says itself which of its headers scripts may
    /// read is right about it.
    pub(super) async fn apply(&self, head: &Head, headers: &mut HeaderMap) {
        self.name_origin(head, headers).await;
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
            OriginRule::Asked { pure: true } => self.remembered(head).await,
            OriginRule::Asked { pure: false } => self.ask(head).await.flatten(),
            OriginRule::Local => sent_origin(head).filter(is_local_origin),
            OriginRule::Nobody => None,
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

    /// A regular expression says the same of the same origin: ask once.
    async fn remembered(&self, head: &Head) -> Option<HeaderValue> {
        let origin = sent_origin(head)?;
        let known = self.verdicts.lock().get(&origin).copied();
        let allowed = match known {
            Some(allowed) => allowed,
            None => {
                // Who could not be asked has not said no: that is not remembered.
                let allowed = self.ask(head).await?.is_some();
                self.remember(&origin, allowed);
                allowed
            }
        };
        allowed.then_some(origin)
    }

    fn remember(&self, origin: &HeaderValue, allowed: bool) {
        if origin.len() > LONGEST_REMEMBERED {
            return;
        }
        let mut verdicts = self.verdicts.lock();
        if verdicts.len() >= REMEMBERED {
            verdicts.clear();
        }
        verdicts.insert(origin.clone(), allowed);
    }

    /// Asks the host which origin it names; the outer `None` if it could not be asked.
    async fn ask(&self, head: &Head) -> Option<Option<HeaderValue>> {
        let named = self.hooks.allow_origin(head).await?;
        Some(named.and_then(|origin| HeaderValue::from_maybe_shared(origin).ok()))
    }
}

/// Says that the answer depends on the origin, beside what a handler has said that it depends on.
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

/// A header that says something.
fn header_value(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let value = joined(headers, name)?;
    if value.is_empty() { None } else { HeaderValue::from_bytes(&value).ok() }
}
