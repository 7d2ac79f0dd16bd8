//! A backend of closures: what JavaScript is to the addon, these are to the tests.

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use runner_native::dispatch::{
    Abandoned, Backend, Call, Dispatcher, Input, Outcome, Purpose, Reply, Returns, Ticket,
};
use runner_native::policy::Permit;
use runner_native::registry::{HandlerId, Kind, Registry};

type Handler = Box<dyn Fn(Input<'_>, Reply) + Send + Sync>;

/// Handlers by number.
#[derive(Default)]
pub(crate) struct Handlers(Vec<Handler>);

impl Handlers {
    /// Registers a handler that gets its input and the means to answer, now or later.
    pub(crate) fn add(
        &mut self,
        registry: &Registry,
        kind: Kind,
        id: &str,
        handler: impl Fn(Input<'_>, Reply) + Send + Sync + 'static,
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
        handler: impl Fn(Input<'_>, Reply) + Send + Sync + 'static,
    ) {
        let number = registry.register(kind, id, parallel, None).unwrap();
        assert_eq!(number as usize, self.0.len());
        self.0.push(Box::new(handler));
    }
}

impl Backend for Handlers {
    fn connect(self: Arc<Self>, returns: Arc<Returns>) -> Arc<dyn Dispatcher> {
        Arc::new(Inline { handlers: self, returns })
    }
}

/// Runs handlers where they are called.
struct Inline {
    handlers: Arc<Handlers>,
    returns: Arc<Returns>,
}

impl Dispatcher for Inline {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, _: Permit<'_>) {
        let reply = Reply::new(Arc::clone(&self.returns), ticket);
        match call.purpose {
            Purpose::Task(number) | Purpose::EventWithResult(number) => self.run(number, call.input, reply),
            Purpose::Event(_) => reply.send(Outcome::Done),
            Purpose::Validate => reply.send(Outcome::Verdict(false)),
            Purpose::Origin => reply.send(Outcome::Origin(None)),
            Purpose::Expose => reply.send(Outcome::Verdict(true)),
            Purpose::Fallback => reply.send(Outcome::Gone),
        }
    }

    fn abandon(&self, _: Ticket, _: Abandoned) {}
}

impl Inline {
    fn run(&self, number: HandlerId, input: Input<'_>, reply: Reply) {
        self.handlers.0[number as usize](input, reply);
    }
}

/// Answers with what was sent.
pub(crate) fn echo(input: Input<'_>, reply: Reply) {
    reply.send(match input {
        Input::None | Input::Stream(_) | Input::Form { .. } => Outcome::Done,
        Input::Json(text) | Input::Document(text) => Outcome::Result(Bytes::copy_from_slice(text.as_bytes())),
    });
}

/// A handler that answers with one JSON text.
pub(crate) fn answer(text: &'static str) -> impl Fn(Input<'_>, Reply) {
    move |_, reply| reply.send(Outcome::Result(Bytes::from_static(text.as_bytes())))
}

/// A handler that fails with a typed error.
pub(crate) fn typed(status: u16, text: &'static str) -> impl Fn(Input<'_>, Reply) {
    let status = StatusCode::from_u16(status).unwrap();
    move |_, reply| reply.send(Outcome::Error(status, Bytes::from_static(text.as_bytes())))
}
