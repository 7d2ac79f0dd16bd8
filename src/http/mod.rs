//! The pipeline: what happens to a request between the parser and the handlers, in order.

mod answer;
mod auth;
mod body;
mod cors;
mod headers;
mod local;
mod multipart;
mod request_id;
mod response;
mod route;
mod streamed_body;

use std::future::Future;
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
use crate::dispatch::{Call, Dispatcher, Head, Input, Operation, Outcome, PendingCall, PendingCalls, Upload};
use crate::envelope;
use crate::error::RequestError;
use crate::exposure::Exposure;
use crate::hooks::{PendingHooks, Rejection};
use crate::kind::Kind;
use crate::registry::{HandlerEntry, Registry};
use crate::shutdown::Shutdown;

use answer::{Answer, answer, decided, invalid_input};
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
    bodies: Arc<BodyPolicy>,
    calls: Arc<PendingCalls>,
    hooks: Arc<PendingHooks>,
    shutdown: Arc<Shutdown>,
}

impl Pipeline {
    /// A pipeline that hands its work to `calls` and its questions to `hooks`; once `shutdown` has begun, responses
    /// ask clients to leave.
    pub fn new(
        config: &Config,
        registry: Arc<Registry>,
        calls: Arc<PendingCalls>,
        hooks: Arc<PendingHooks>,
        shutdown: Arc<Shutdown>,
    ) -> Self {
        Pipeline {
            base_path: config.base_path.clone(),
            discovery: config.discovery,
            fallback: config.fallback,
            documents: config.documents,
            report_refusals: config.report_refusals,
            limits: config.limits.clone(),
            cors: CorsPolicy::new(config.cors.clone(), Arc::clone(&hooks)),
            auth: Authenticator::new(&config.auth),
            local_only: config.local_only,
            bodies: BodyPolicy::new(&config.limits, Arc::clone(calls.admission()), Arc::clone(&shutdown)),
            registry,
            calls,
            hooks,
            shutdown,
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
        if !clean || self.shutdown.has_begun() {
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
                self.refresh_exposure(head).await?;
                Ok(Answer::Ours(self.discover()))
            }
            Route::Handler(kind, id) => {
                require(&head.parts.method, &Method::POST)?;
                // Who has no right to call learns nothing about which ids exist.
                self.authenticate(head).await?;
                let entry = self.resolve(kind, &id, head).await?;
                // The body comes last: nobody can make the server read without the right to call.
                let content = if kind == Kind::Task { content(head) } else { Content::Json };
                match content {
                    Content::Json => {
                        let text = body.read(self.limits.max_json_bytes).await?;
                        let (operation, input) = prepare(&entry, &text, self.documents)?;
                        self.run(&entry, operation, input, head).await
                    }
                    Content::Octets => {
                        let (reader, uploader) = body.stream();
                        let upload = Upload::new(reader);
                        let pending = self.call(&entry, Operation::Task, Input::Stream(&upload), head)?;
                        let deadline = self.deadline(&entry);
                        beside(uploader, pending.with_deadline(deadline), |outcome| answer(outcome, &entry))
                            .await
                    }
                    Content::Multipart => {
                        let form = multipart::receive(body, head.headers(), &self.limits.multipart).await?;
                        self.run_form(&entry, form, head).await
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
        if body.is_empty() {
            return decided(self.hooks.fallback(head, None)?.await);
        }
        let (reader, uploader) = body.stream();
        let upload = Upload::new(reader);
        let pending = self.hooks.fallback(head, Some(&upload))?;
        beside(uploader, pending.with_deadline(None), decided).await
    }

    /// The handler of an id that may be reached. An application that may expose more by now is asked before
    /// anybody is refused.
    async fn resolve(&self, kind: Kind, id: &str, head: &Head) -> Result<Arc<HandlerEntry>, RequestError> {
        match self.registry.resolve(kind, id) {
            Err(_) if !self.registry.with_exposure(Exposure::is_final) => {
                self.refresh_exposure(head).await?;
                self.registry.resolve(kind, id)
            }
            resolved => resolved,
        }
    }

    async fn refresh_exposure(&self, head: &Head) -> Result<(), RequestError> {
        if self.registry.with_exposure(Exposure::is_final) {
            return Ok(());
        }
        self.hooks.refresh_exposure(head, self.limits.handler_timeout).await
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
            self.hooks.on_rejected(&Rejection { head, error });
        }
        verdict
    }

    async fn judge(&self, head: &Head) -> Result<(), RequestError> {
        match self.auth.judge(head.headers())? {
            Verdict::Pass => Ok(()),
            Verdict::AskValidators => {
                let passes = self.hooks.authenticate(head, self.limits.handler_timeout).await?;
                if passes { Ok(()) } else { Err(RequestError::Unauthorized) }
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
        entry: &HandlerEntry,
        operation: Operation,
        input: Input<'_>,
        head: &Head,
    ) -> Result<Answer, RequestError> {
        let pending = self.call(entry, operation, input, head)?;
        answer(pending.with_deadline(self.deadline(entry)).await?, entry)
    }

    /// Runs a task whose form has begun to come in. An answer that is not on its way at once waits for the end
    /// of the form, which may yet turn out to be none.
    async fn run_form(
        &self,
        entry: &HandlerEntry,
        received: Received,
        head: &Head,
    ) -> Result<Answer, RequestError> {
        let Received { manifest, form, mut rest } = received;
        let input = Input::Form { manifest: &manifest, form: &form };
        let pending = self.call(entry, Operation::Task, input, head)?;
        // The call has what it needs of them.
        drop((manifest, form));
        let outcome = tokio::select! {
            biased;
            outcome = pending.with_deadline(self.deadline(entry)) => outcome?,
            () = rest.client_left() => return Err(RequestError::Aborted),
        };
        match outcome {
            Outcome::InvalidInput(reason) => Err(invalid_input(reason, &entry.handler.id)),
            outcome @ Outcome::HandlerRemoved => answer(outcome, entry),
            outcome @ (Outcome::StreamingResponse(_) | Outcome::RawResponse(_)) => {
                let answer = answer(outcome, entry)?;
                Ok(answer.map(|response| body::end_with_request(response, rest.answering())))
            }
            outcome => {
                rest.end().await?;
                answer(outcome, entry)
            }
        }
    }

    fn call(
        &self,
        entry: &HandlerEntry,
        operation: Operation,
        input: Input<'_>,
        head: &Head,
    ) -> Result<PendingCall<dyn Dispatcher, Outcome>, RequestError> {
        Ok(self.calls.call(&Call { operation, handler: &entry.handler, input, head })?)
    }

    /// How long a handler may take.
    fn deadline(&self, entry: &HandlerEntry) -> Option<Duration> {
        entry.options.timeout.or(self.limits.handler_timeout)
    }
}

/// Waits for a call whose body still comes in: a client that leaves with it unfinished wants no answer.
async fn beside<O>(
    mut uploader: Uploader,
    pending: impl Future<Output = Result<O, RequestError>>,
    answer: impl FnOnce(O) -> Result<Answer, RequestError>,
) -> Result<Answer, RequestError> {
    let outcome = tokio::select! {
        biased;
        outcome = pending => outcome?,
        error = uploader.failed() => return Err(error),
    };
    Ok(answer(outcome)?.map(|response| body::end_with_request(response, uploader)))
}

fn require(method: &Method, wanted: &Method) -> Result<(), RequestError> {
    if method == wanted { Ok(()) } else { Err(RequestError::MethodNotAllowed) }
}

/// What is asked with a JSON body.
fn prepare<'a>(
    entry: &HandlerEntry,
    body: &'a [u8],
    documents: Documents,
) -> Result<(Operation, Input<'a>), RequestError> {
    let kind = entry.handler.kind;
    if let Some(document) = body::document(body, documents)? {
        let operation = match kind {
            Kind::Task => Operation::Task,
            Kind::Event => Operation::Event,
        };
        return Ok((operation, Input::Document(document)));
    }
    match kind {
        Kind::Task => Ok((Operation::Task, body::of_task(body)?)),
        Kind::Event => match body::of_event(body)? {
            (_, true) if entry.options.parallel => {
                Err(RequestError::ParallelEventReturn { id: entry.handler.id.to_string() })
            }
            (payload, true) => Ok((Operation::EventWithResult, payload)),
            (payload, false) => Ok((Operation::Event, payload)),
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
