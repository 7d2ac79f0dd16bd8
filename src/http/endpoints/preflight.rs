//! The response to a CORS preflight, to which the CORS step adds the headers.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, StatusCode};

use crate::http::exchange::Rendered;

pub(super) fn grant() -> Rendered {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0));
    Rendered::Decorated(response)
}
