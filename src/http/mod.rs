//! The pipeline: what happens to a request between the parser and the handlers.
//!
//! `stack` lists the layers around every response, from the outside in. Innermost is the endpoint of the path:
//! `endpoint` has the rules of each, `endpoints` what each does. `render` makes responses of outcomes.

mod body;
mod endpoint;
mod endpoints;
mod exchange;
mod headers;
mod multipart;
mod render;
mod response;
mod stack;
mod steps;
mod streamed_body;

use std::sync::Arc;

use axum::BoxError;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use crate::config::{Config, JsonForwarding, Limits};
use crate::dispatch::{Ends, PendingCalls};
use crate::hooks::PendingHooks;
use crate::registry::Registry;
use crate::shutdown::Shutdown;

use body::BodyPolicy;
use steps::{Authenticator, CorsPolicy};

/// The body of any response.
pub type ResponseBody = axum::body::Body;

/// Responds to the requests of one I/O thread.
pub struct Pipeline {
    base_path: String,
    has_discovery: bool,
    has_fallback: bool,
    reports_rejections: bool,
    is_local_only: bool,
    forwarding: JsonForwarding,
    limits: Limits,
    cors: CorsPolicy,
    auth: Authenticator,
    registry: Arc<Registry>,
    bodies: Arc<BodyPolicy>,
    calls: Arc<PendingCalls>,
    hooks: Arc<PendingHooks>,
    shutdown: Arc<Shutdown>,
}

impl Pipeline {
    /// A pipeline that passes calls to `calls` and questions to `hooks`. Once `shutdown` has begun, responses carry
    /// `connection: close`.
    pub fn new(
        config: &Config,
        registry: Arc<Registry>,
        calls: Arc<PendingCalls>,
        hooks: Arc<PendingHooks>,
        shutdown: Arc<Shutdown>,
    ) -> Arc<Self> {
        Arc::new(Pipeline {
            base_path: config.base_path.clone(),
            has_discovery: config.has_discovery,
            has_fallback: config.has_fallback,
            reports_rejections: config.reports_rejections,
            is_local_only: config.is_local_only,
            forwarding: config.forwarding,
            limits: config.limits.clone(),
            cors: CorsPolicy::new(config.cors.clone(), Arc::clone(&hooks)),
            auth: Authenticator::new(&config.auth),
            bodies: BodyPolicy::new(&config.limits, Arc::clone(calls.admission()), Arc::clone(&shutdown)),
            registry,
            calls,
            hooks,
            shutdown,
        })
    }

    /// Responds to one request; `ends` are those of its connection.
    pub fn respond<B>(
        self: Arc<Self>,
        request: Request<B>,
        ends: Ends,
    ) -> impl Future<Output = Response<ResponseBody>> + use<B>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    {
        stack::serve(self, request, ends)
    }
}
