//! The steps around every endpoint, and the authentication that most endpoints begin with.

mod auth;
mod cors;
mod leave_connection;
mod local;
pub(super) mod request_id;

use std::convert::Infallible;

use tower::Service;

use super::Pipeline;
use super::exchange::{Exchange, Reply};
use crate::dispatch::Head;
use crate::error::RequestError;
use crate::hooks::Rejection;

pub(super) use auth::{Authenticator, authenticate};
pub(super) use cors::{CorsPolicy, add_cors};
pub(super) use leave_connection::leave_connection;
pub(super) use local::require_local;
pub(super) use request_id::add_request_id;

/// The steps and the endpoint behind a step.
pub(super) trait Next<B>: Service<Box<Exchange<B>>, Response = Reply<B>, Error = Infallible> {}

impl<B, S: Service<Box<Exchange<B>>, Response = Reply<B>, Error = Infallible>> Next<B> for S {}

impl Pipeline {
    /// Reports a rejected request, if the host logs them.
    fn report(&self, head: &Head, error: &RequestError) {
        if self.reports_rejections {
            self.hooks.on_rejected(&Rejection { head, error });
        }
    }
}
