//! The pipeline: what happens to a request between the parser and the handlers, in order.

mod auth;
mod body;
mod closing;
mod cors;
mod headers;
mod input;
mod request_id;
mod response;
mod route;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, EXPECT};
use http::{Method, Request, StatusCode};
use http_body::Body;

use crate::config::{Config, Limits};
use crate::dispatch::{Call, Desk, Head, Input, Outcome, Pending, Purpose, Refusal};
use crate::envelope;
use crate::error::RequestError;
use crate::registry::{Handler, Kind, Registry, not_found};

pub use closing::Closing;

use auth::{Authenticator, Verdict};
use cors::CorsPolicy;
use route::Route;

/// Answers the requests of one I/O thread.
pub struct Pipeline {
    base_path: String,
    discovery: bool,
    report_refusals: bool,
    limits: Limits,
    cors: CorsPolicy,
    auth: Authenticator,
    registry: Arc<Registry>,
    desk: Arc<Desk>,
    closing: Arc<Closing>,
}

impl Pipeline {
    /// A pipeline whose calls go to `desk`; once `closing` has begun, answers ask clients to leave.
    pub fn new(config: &Config, registry: Arc<Registry>, desk: Arc<Desk>, closing: Arc<Closing>) -> Self {
        Pipeline {
            base_path: config.base_path.clone(),
            discovery: config.discovery,
            report_refusals: config.report_refusals,
            limits: config.limits.clone(),
            cors: CorsPolicy::new(config.cors.clone(), Arc::clone(&desk)),
            auth: Authenticator::new(&config.auth),
            registry,
            desk,
            closing,
        }
    }

    /// Answers one request.
    pub async fn answer<B>(&self, request: Request<B>, remote: SocketAddr) -> Response
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    {
        let (parts, mut body) = request.into_parts();
        let head = Head { request_id: request_id::of(&parts.headers), parts, remote };
        let route = route::locate(&self.base_path, head.parts.uri.path());

        // A preflight carries no credentials, so it is answered before anybody asks for them.
        if head.parts.method == Method::OPTIONS && route != Route::Outside {
            return self.finish(self.cors.preflight(&head).await);
        }

        let under_base = route != Route::Outside;
        let mut response = match self.handle(route, &head, &mut body).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        };
        // A client that waits for `100 Continue` has not sent its body, and after an answer never will.
        if !head.headers().contains_key(EXPECT) {
            body::discard(body, self.limits.body_timeout, Arc::clone(&self.closing));
        }
        // On errors too: a browser must be able to read why.
        self.cors.apply(&head, response.headers_mut()).await;
        if under_base {
            response.headers_mut().insert(request_id::HEADER, head.request_id);
        }
        self.finish(response)
    }

    /// The checks, each before everything that costs more or tells more than it does.
    async fn handle<B>(&self, route: Route<'_>, head: &Head, body: &mut B) -> Result<Response, RequestError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
    {
        match route {
            Route::Outside | Route::Nowhere => Err(RequestError::NotFound),
            // Hidden before authentication, so that nobody learns that it could be there.
            Route::Discovery if !self.discovery => Err(RequestError::NotFound),
            Route::Discovery => {
                require(&head.parts.method, &Method::GET)?;
                self.authenticate(head).await?;
                Ok(self.discover())
            }
            Route::Handler(kind, id) => {
                require(&head.parts.method, &Method::POST)?;
                // Who has no right to call learns nothing about which ids exist.
                self.authenticate(head).await?;
                let handler = self.registry.resolve(kind, &id)?;
                // The body comes last: nobody can make the server read without the right to call.
                if kind == Kind::Task {
                    require_json(head)?;
                }
                let text = body::read(body, self.limits.max_json_bytes, self.limits.body_timeout).await?;
                self.run(kind, &id, handler, &text, head).await
            }
        }
    }

    async fn authenticate(&self, head: &Head) -> Result<(), RequestError> {
        let verdict = self.judge(head).await;
        if let (Err(error), true) = (&verdict, self.report_refusals) {
            self.desk.report(&Refusal { head, error });
        }
        verdict
    }

    async fn judge(&self, head: &Head) -> Result<(), RequestError> {
        match self.auth.judge(head.headers())? {
            Verdict::Pass => Ok(()),
            Verdict::AskValidators => {
                let pending = self.call(Purpose::Validate, Input::None, head)?;
                match within(self.limits.handler_timeout, pending).await? {
                    Outcome::Verdict(true) => Ok(()),
                    _ => Err(RequestError::Unauthorized),
                }
            }
        }
    }

    fn discover(&self) -> Response {
        let tasks = self.registry.reachable(Kind::Task);
        let events = self.registry.reachable(Kind::Event);
        response::json(StatusCode::OK, envelope::discovery(&tasks, &events))
    }

    async fn run(
        &self,
        kind: Kind,
        id: &str,
        handler: Handler,
        body: &[u8],
        head: &Head,
    ) -> Result<Response, RequestError> {
        let (purpose, input) = match kind {
            Kind::Task => (Purpose::Task(handler.id), input::of_task(body)?),
            Kind::Event => match input::of_event(body)? {
                (_, true) if handler.parallel => {
                    return Err(RequestError::ParallelEventReturn { id: id.to_owned() });
                }
                (payload, true) => (Purpose::EventWithResult(handler.id), payload),
                (payload, false) => (Purpose::Event(handler.id), payload),
            },
        };
        let pending = self.call(purpose, input, head)?;
        match within(handler.timeout.or(self.limits.handler_timeout), pending).await? {
            Outcome::Result(text) => Ok(response::result(text)),
            Outcome::Done => Ok(response::json(StatusCode::OK, envelope::done())),
            Outcome::Error(status, text) => Ok(response::json(status, envelope::application_error(&text))),
            Outcome::Unreadable => Err(RequestError::InvalidJson),
            Outcome::Gone => Err(not_found(kind, id)),
            Outcome::Failed | Outcome::Verdict(_) | Outcome::Origin(_) => Err(RequestError::Internal),
        }
    }

    fn call(&self, purpose: Purpose, input: Input<'_>, head: &Head) -> Result<Pending, RequestError> {
        self.desk.call(&Call { purpose, input, head }).map_err(|_| RequestError::Overloaded)
    }

    fn finish(&self, mut response: Response) -> Response {
        if self.closing.has_begun() {
            response::close_after(&mut response);
        }
        response
    }
}

/// Waits for a call as long as it may take.
async fn within(deadline: Option<Duration>, mut pending: Pending) -> Result<Outcome, RequestError> {
    let Some(deadline) = deadline else { return Ok(pending.await) };
    match tokio::time::timeout(deadline, &mut pending).await {
        Ok(outcome) => Ok(outcome),
        Err(_) => {
            pending.expire();
            Err(RequestError::HandlerTimeout)
        }
    }
}

fn require(method: &Method, wanted: &Method) -> Result<(), RequestError> {
    if method == wanted { Ok(()) } else { Err(RequestError::MethodNotAllowed) }
}

/// A task's body is JSON whatever it is called, but for the two kinds that are known to be something else;
/// recognised as the reference does it.
fn require_json(head: &Head) -> Result<(), RequestError> {
    let Some(kind) = head.headers().get(CONTENT_TYPE) else { return Ok(()) };
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    let stream = kind.strip_prefix("application/octet-stream");
    if kind.contains("multipart/form-data")
        || stream.is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
    {
        return Err(RequestError::UnsupportedMediaType);
    }
    Ok(())
}

/// What a client gets when a request runs into a bug of ours.
pub fn panic_answer() -> Response {
    RequestError::Internal.into_response()
}
