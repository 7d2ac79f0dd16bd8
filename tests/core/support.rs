//! A backend of closures, in place of JavaScript.

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use runner_native::config::HandlerOptions;
use runner_native::dispatch::{
    Backend, Call, CancelReason, CompletionQueue, Dispatcher, Head, Input, Operation, Outcome, Peer,
    Responder, Ticket, Upload,
};
use runner_native::hooks::{Decision, Hooks, Host, Rejection};
use runner_native::kind::Kind;
use runner_native::policy::Permit;
use runner_native::registry::Registry;

type Handler = Box<dyn Fn(Input<'_>, Responder) + Send + Sync>;

/// Handlers by number.
#[derive(Default)]
pub(crate) struct Handlers(Vec<Handler>);

impl Handlers {
    /// Registers a handler that gets its input and the means to respond, now or later.
    pub(crate) fn add(
        &mut self,
        registry: &Registry,
        kind: Kind,
        id: &str,
        handler: impl Fn(Input<'_>, Responder) + Send + Sync + 'static,
    ) {
        self.insert(registry, kind, id, false, handler);
    }

    /// Registers a parallel event.
    pub(crate) fn add_parallel(&mut self, registry: &Registry, id: &str) {
        self.insert(registry, Kind::Event, id, true, |_, reply| reply.send(Outcome::Done));
    }

    fn insert(
        &mut self,
        registry: &Registry,
        kind: Kind,
        id: &str,
        parallel: bool,
        handler: impl Fn(Input<'_>, Responder) + Send + Sync + 'static,
    ) {
        let number =
            registry.register(kind, id, HandlerOptions { parallel, ..HandlerOptions::default() }).unwrap();
        assert_eq!(number as usize, self.0.len());
        self.0.push(Box::new(handler));
    }
}

impl Backend for Handlers {
    fn connect(self: Arc<Self>, _: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher> {
        Arc::new(Inline { handlers: self, completions })
    }
}

/// Runs handlers where they are called.
struct Inline {
    handlers: Arc<Handlers>,
    completions: Arc<CompletionQueue>,
}

impl Dispatcher for Inline {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, _: Permit<'_>) {
        let responder = Responder::new(Arc::clone(&self.completions), ticket);
        if call.operation == Operation::Event {
            return responder.send(Outcome::Done);
        }
        self.handlers.0[call.handler.number as usize](call.input, responder);
    }
}

impl Peer for Inline {
    fn cancel(&self, _: Ticket, _: CancelReason) {}
}

/// A host that rejects every request.
pub(crate) struct Strict;

impl Host for Strict {
    fn connect(self: Arc<Self>, _: usize, decisions: Arc<CompletionQueue<Decision>>) -> Arc<dyn Hooks> {
        Arc::new(StrictHooks(decisions))
    }
}

struct StrictHooks(Arc<CompletionQueue<Decision>>);

impl Hooks for StrictHooks {
    fn authenticate(&self, ticket: Ticket, _: &Head, _: Permit<'_>) {
        self.0.deliver([(ticket, Decision::Verdict(false))]);
    }

    fn allow_origin(&self, ticket: Ticket, _: &Head, _: Permit<'_>) {
        self.0.deliver([(ticket, Decision::Origin(None))]);
    }

    fn refresh_exposure(&self, ticket: Ticket, _: &Head, _: Permit<'_>) {
        self.0.deliver([(ticket, Decision::Refreshed)]);
    }

    fn fallback(&self, ticket: Ticket, _: &Head, _: Option<&Upload>, _: Permit<'_>) {
        self.0.deliver([(ticket, Decision::Failed)]);
    }

    fn on_rejected(&self, _: &Rejection<'_>, _: Permit<'_>) {}
}

impl Peer for StrictHooks {
    fn cancel(&self, _: Ticket, _: CancelReason) {}
}

/// Responds with what was sent.
pub(crate) fn echo(input: Input<'_>, reply: Responder) {
    reply.send(match input {
        Input::None | Input::Stream(_) | Input::Form { .. } => Outcome::Done,
        Input::Json(text) | Input::Document(text) => Outcome::Result(Bytes::copy_from_slice(text.as_bytes())),
    });
}

/// A handler that responds with one JSON text.
pub(crate) fn constant(text: &'static str) -> impl Fn(Input<'_>, Responder) {
    move |_, reply| reply.send(Outcome::Result(Bytes::from_static(text.as_bytes())))
}

/// A handler that fails with a typed error.
pub(crate) fn typed(status: u16, text: &'static str) -> impl Fn(Input<'_>, Responder) {
    let status = StatusCode::from_u16(status).unwrap();
    move |_, reply| reply.send(Outcome::Error(status, Bytes::from_static(text.as_bytes())))
}
