//! The pipeline: what happens to a request between the parser and the handlers, in order.

mod answer;
mod auth;
mod body;
mod closing;
mod cors;
mod headers;
mod local;
mod multipart;
mod request_id;
mod response;
mod route;
mod streamed_body;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use http_body::Body;

use crate::config::{Config, Documents, Limits};
use crate::dispatch::{Call, Desk, Head, Input, Outcome, Pending, Purpose, Refusal, Upload};
use crate::envelope;
use crate::error::RequestError;
use crate::exposure::Exposure;
use crate::registry::{Handler, Kind, Registry, not_found};

pub use closing::Closing;

use answer::{Answer, answer, unusable};
use auth::{Authenticator, Verdict};
use body::{BodyPolicy, RequestBody, Uploader};
use cors::CorsPolicy;
use multipart::Received;
use route::Route;

/// Answers the requests of one I/O thread.
pub struct Pipeline {
    base_path: String,
    discovery: bool,
    fallback: bool,
    documents: Documents,
    report_refusals: bool,
    limits: Limits,
    cors: CorsPolicy,
    auth: Authenticator,
    local_only: bool,
    registry: Arc<Registry>,
    desk: Arc<Desk>,
    bodies: Arc<BodyPolicy>,
    closing: Arc<Closing>,
}

impl Pipeline {
    /// A pipeline whose calls go to `desk`; once `closing` has begun, answers ask clients to leave.
    pub fn new(config: &Config, registry: Arc<Registry>, desk: Arc<Desk>, closing: Arc<Closing>) -> Self {
        Pipeline {
            base_path: config.base_path.clone(),
            discovery: config.discovery,
            fallback: config.fallback,
            documents: config.documents,
            report_refusals: config.report_refusals,
            limits: config.limits.clone(),
            cors: CorsPolicy::new(config.cors.clone(), Arc::clone(&desk)),
            auth: Authenticator::new(&config.auth),
            local_only: config.local_only,
            bodies: BodyPolicy::new(&config.limits, Arc::clone(desk.admission()), Arc::clone(&closing)),
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
        let (parts, body) = request.into_parts();
        let mut body = RequestBody::new(body, &parts.headers, &self.bodies);
        let head = Head { request_id: request_id::of(&parts.headers), parts, remote };
        let route = route::locate(&self.base_path, head.parts.uri.path());
        let under_base = route != Route::Outside;

        let local = if under_base { self.require_local(&head) } else { Ok(()) };
        // A preflight carries no credentials, so it is answered before anybody asks for them.
        let mut response = if local.is_ok() && head.parts.method == Method::OPTIONS && under_base {
            self.cors.preflight(&head).await
        } else {
            let answer = match local {
                Ok(()) => self.handle(route, &head, &mut body).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(Answer::Written(response)) => response,
                Ok(Answer::Ours(response)) => self.dress(response, &head, under_base).await,
                // Errors too: a browser must be able to read why.
                Err(error) => self.dress(error.into_response(), &head, under_base).await,
            }
        };
        let clean = body.leave();
        if !clean || self.closing.has_begun() {
            response::close_after(&mut response);
        }
        response
    }

    /// Puts on what every answer of the server carries.
    async fn dress(&self, mut response: Response, head: &Head, under_base: bool) -> Response {
        self.cors.apply(head, response.headers_mut()).await;
        if under_base {
            let id = response.headers_mut().entry(request_id::HEADER);
            id.or_insert_with(|| head.request_id.clone());
        }
        response
    }

    /// The checks, each before everything that costs more or tells more than it does.
    async fn handle<B>(
        &self,
        route: Route<'_>,
        head: &Head,
        body: &mut RequestBody<'_, B>,
    ) -> Result<Answer, RequestError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    {
        match route {
            Route::Outside if self.fallback => self.fall_back(head, body).await,
            Route::Outside | Route::Nowhere => Err(RequestError::NotFound),
            // Hidden before authentication, so that nobody learns that it could be there.
            Route::Discovery if !self.discovery => Err(RequestError::NotFound),
            Route::Discovery => {
                require(&head.parts.method, &Method::GET)?;
                self.authenticate(head).await?;
                self.settle_exposure(head).await?;
                Ok(Answer::Ours(self.discover()))
            }
            Route::Handler(kind, id) => {
                require(&head.parts.method, &Method::POST)?;
                // Who has no right to call learns nothing about which ids exist.
                self.authenticate(head).await?;
                let handler = self.resolve(kind, &id, head).await?;
                // The body comes last: nobody can make the server read without the right to call.
                let content = if kind == Kind::Task { content(head) } else { Content::Json };
                match content {
                    Content::Json => {
                        let text = body.read(self.limits.max_json_bytes).await?;
                        let (purpose, input) = prepare(kind, &id, handler, &text, self.documents)?;
                        self.run(kind, &id, handler, purpose, input, head).await
                    }
                    Content::Octets => {
                        let (reader, uploader) = body.stream();
                        let upload = Upload::new(reader);
                        let pending = self.call(Purpose::Task(handler.id), Input::Stream(&upload), head)?;
                        let deadline = handler.timeout.or(self.limits.handler_timeout);
                        beside(uploader, deadline, pending, || not_found(kind, &id)).await
                    }
                    Content::Multipart => {
                        let form = multipart::receive(body, head.headers(), &self.limits.multipart).await?;
                        self.run_form(&id, handler, form, head).await
                    }
                }
            }
        }
    }

    /// Lets somebody else answer what is none of the tunnel's.
    async fn fall_back<B>(&self, head: &Head, body: &mut RequestBody<'_, B>) -> Result<Answer, RequestError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    {
        let gone = || RequestError::NotFound;
        if body.is_empty() {
            return answer(self.call(Purpose::Fallback, Input::None, head)?.await, gone);
        }
        let (reader, uploader) = body.stream();
        let upload = Upload::new(reader);
        let pending = self.call(Purpose::Fallback, Input::Stream(&upload), head)?;
        beside(uploader, None, pending, gone).await
    }

    /// The handler of an id that may be reached. An application that may expose more by now is asked before
    /// anybody is refused.
    async fn resolve(&self, kind: Kind, id: &str, head: &Head) -> Result<Handler, RequestError> {
        match self.registry.resolve(kind, id) {
            Err(_) if !self.registry.with_exposure(Exposure::settled) => {
                self.settle_exposure(head).await?;
                self.registry.resolve(kind, id)
            }
            resolved => resolved,
        }
    }

    async fn settle_exposure(&self, head: &Head) -> Result<(), RequestError> {
        if !self.registry.with_exposure(Exposure::settled) {
            let pending = self.call(Purpose::Expose, Input::None, head)?;
            within(self.limits.handler_timeout, pending).await?;
        }
        Ok(())
    }

    /// What is outside of the base path is the application's own to judge.
    fn require_local(&self, head: &Head) -> Result<(), RequestError> {
        if self.local_only { self.reported(local::require_local(head), head) } else { Ok(()) }
    }

    async fn authenticate(&self, head: &Head) -> Result<(), RequestError> {
        self.reported(self.judge(head).await, head)
    }

    /// Reports a request that may not call.
    fn reported(&self, verdict: Result<(), RequestError>, head: &Head) -> Result<(), RequestError> {
        use RequestError::{AuthNotConfigured, HostNotLocal, OriginNotLocal, Unauthorized};
        if let Err(error @ (Unauthorized | AuthNotConfigured | HostNotLocal | OriginNotLocal)) = &verdict
            && self.report_refusals
        {
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
        let enabled = self.registry.with_exposure(Exposure::enabled);
        response::json(StatusCode::OK, envelope::discovery(enabled, &tasks, &events))
    }

    async fn run(
        &self,
        kind: Kind,
        id: &str,
        handler: Handler,
        purpose: Purpose,
        input: Input<'_>,
        head: &Head,
    ) -> Result<Answer, RequestError> {
        let pending = self.call(purpose, input, head)?;
        match within(handler.timeout.or(self.limits.handler_timeout), pending).await? {
            Outcome::Unusable(why) => Err(unusable(why, id)),
            outcome => answer(outcome, || not_found(kind, id)),
        }
    }

    /// Runs a task whose form has begun to come in. An answer that is not on its way at once waits for the end
    /// of the form, which may yet turn out to be none.
    async fn run_form(
        &self,
        id: &str,
        handler: Handler,
        received: Received,
        head: &Head,
    ) -> Result<Answer, RequestError> {
        let Received { manifest, form, mut rest } = received;
        let input = Input::Form { manifest: &manifest, form: &form };
        let pending = self.call(Purpose::Task(handler.id), input, head)?;
        // The call has what it needs of them.
        drop((manifest, form));
        let outcome = tokio::select! {
            biased;
            outcome = within(handler.timeout.or(self.limits.handler_timeout), pending) => outcome?,
            () = rest.client_left() => return Err(RequestError::Aborted),
        };
        match outcome {
            Outcome::Unusable(why) => Err(unusable(why, id)),
            Outcome::Gone => Err(not_found(Kind::Task, id)),
            outcome @ (Outcome::Stream(_) | Outcome::Written(_)) => {
                let answer = answer(outcome, || RequestError::Internal)?;
                Ok(answer.map(|response| body::end_with_request(response, rest.answering())))
            }
            outcome => {
                rest.end().await?;
                answer(outcome, || RequestError::Internal)
            }
        }
    }

    fn call(&self, purpose: Purpose, input: Input<'_>, head: &Head) -> Result<Pending, RequestError> {
        self.desk.call(&Call { purpose, input, head }).map_err(|_| RequestError::Overloaded)
    }
}

/// Waits for a call whose body still comes in: a client that leaves with it unfinished wants no answer.
async fn beside(
    mut uploader: Uploader,
    deadline: Option<Duration>,
    pending: Pending,
    gone: impl FnOnce() -> RequestError,
) -> Result<Answer, RequestError> {
    let outcome = tokio::select! {
        biased;
        outcome = within(deadline, pending) => outcome?,
        error = uploader.failed() => return Err(error),
    };
    Ok(answer(outcome, gone)?.map(|response| body::end_with_request(response, uploader)))
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

/// What is asked with a JSON body.
fn prepare<'a>(
    kind: Kind,
    id: &str,
    handler: Handler,
    body: &'a [u8],
    documents: Documents,
) -> Result<(Purpose, Input<'a>), RequestError> {
    if let Some(document) = body::document(body, documents)? {
        let purpose = match kind {
            Kind::Task => Purpose::Task(handler.id),
            Kind::Event => Purpose::Event(handler.id),
        };
        return Ok((purpose, Input::Document(document)));
    }
    match kind {
        Kind::Task => Ok((Purpose::Task(handler.id), body::of_task(body)?)),
        Kind::Event => match body::of_event(body)? {
            (_, true) if handler.parallel => Err(RequestError::ParallelEventReturn { id: id.to_owned() }),
            (payload, true) => Ok((Purpose::EventWithResult(handler.id), payload)),
            (payload, false) => Ok((Purpose::Event(handler.id), payload)),
        },
    }
}

/// What a task's body is.
enum Content {
    Json,
    Octets,
    Multipart,
}

/// A task's body is JSON whatever it is called, but for the two kinds that are known to be something else;
/// recognised as the reference does it.
fn content(head: &Head) -> Content {
    let Some(kind) = head.headers().get(CONTENT_TYPE) else { return Content::Json };
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    let octets = kind.strip_prefix("application/octet-stream");
    if kind.contains("multipart/form-data") {
        Content::Multipart
    } else if octets.is_some_and(|rest| rest.is_empty() || rest.starts_with(';')) {
        Content::Octets
    } else {
        Content::Json
    }
}

/// What a client gets when a request runs into a bug of ours.
pub fn panic_answer() -> Response {
    RequestError::Internal.into_response()
}
