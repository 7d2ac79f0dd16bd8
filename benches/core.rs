//! Measures what a request costs between the parser and the handler, without sockets or Node.

#![allow(missing_docs, reason = "criterion's macros write items of their own")]

use std::hint::black_box;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::Request;
use runner_native::config::{Config, HandlerOptions, HostMode, Value};
use runner_native::dispatch::{
    Backend, Call, CancelReason, CompletionQueue, Dispatcher, Ends, Head, Input, Outcome, Peer, PendingCalls,
    Ticket, Upload,
};
use runner_native::hooks::{Decision, Hooks, PendingHooks, Rejection};
use runner_native::http::Pipeline;
use runner_native::kind::Kind;
use runner_native::policy::{Admission, Permit};
use runner_native::registry::Registry;
use tokio::runtime::Builder;

/// A backend that responds to every call with its input, synchronously.
struct Echo;

struct EchoOn(Arc<CompletionQueue>);

impl Backend for Echo {
    fn connect(self: Arc<Self>, _: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher> {
        Arc::new(EchoOn(completions))
    }
}

impl Dispatcher for EchoOn {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, _: Permit<'_>) {
        let outcome = match call.input {
            Input::None | Input::Stream(_) | Input::Form { .. } => Outcome::Done,
            Input::Json(text) | Input::Document(text) => {
                Outcome::Result(Bytes::copy_from_slice(text.as_bytes()))
            }
        };
        self.0.deliver([(ticket, outcome)]);
    }
}

impl Peer for EchoOn {
    fn cancel(&self, _: Ticket, _: CancelReason) {}
}

/// A host that must not be asked.
struct Unasked;

impl Hooks for Unasked {
    fn authenticate(&self, _: Ticket, _: &Head, _: Permit<'_>) {}
    fn allow_origin(&self, _: Ticket, _: &Head, _: Permit<'_>) {}
    fn refresh_exposure(&self, _: Ticket, _: &Head, _: Permit<'_>) {}
    fn fallback(&self, _: Ticket, _: &Head, _: Option<&Upload>, _: Permit<'_>) {}
    fn on_rejected(&self, _: &Rejection<'_>, _: Permit<'_>) {}
}

impl Peer for Unasked {
    fn cancel(&self, _: Ticket, _: CancelReason) {}
}

fn request(method: &str, path: &str, token: &str, body: &Bytes) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("x-runner-token", token)
        .body(Body::from(body.clone()))
        .expect("the request is well formed")
}

fn large_input() -> Bytes {
    let user = |id: usize| serde_json::json!({ "id": id, "name": "A user of the service", "tags": ["a", "b"], "score": 0.5 });
    let input = serde_json::json!({ "input": { "users": (0..130).map(user).collect::<Vec<_>>() } });
    input.to_string().into()
}

fn pipeline(c: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime can be made");
    let text = |text: &str| Value::String(text.to_owned());
    let auth = Value::Object(vec![("token".to_owned(), text("secret"))]);
    let options = vec![("port".to_owned(), Value::Number(0.0)), ("auth".to_owned(), auth)];
    let config = Config::parse(Value::Object(options), HostMode::Standalone).expect("the options are right");
    let registry = Arc::new(Registry::default());
    registry.register(Kind::Task, "app.tasks.echo", HandlerOptions::default()).expect("the id is free");
    let admission = Admission::new(usize::MAX, usize::MAX);
    let completions = Arc::new(CompletionQueue::default());
    let dispatcher = Arc::new(Echo).connect(0, Arc::clone(&completions));
    let calls = Arc::new(PendingCalls::new(dispatcher, completions, Arc::clone(&admission)));
    let decisions = Arc::<CompletionQueue<Decision>>::default();
    let hooks = Arc::new(PendingHooks::new(Arc::new(Unasked), decisions, admission));
    let completed = Arc::clone(&calls);
    runtime.spawn(async move { completed.drain_completions().await });
    let pipeline = Pipeline::new(&config, registry, calls, hooks, Arc::default());
    let task = "/__runner/task/app.tasks.echo";
    let small = Bytes::from_static(br#"{"input":{"a":1,"b":2}}"#);
    let large = large_input();
    let cases = [
        ("small call", request_of("POST", task, "secret", &small), small.len()),
        ("10 KB call", request_of("POST", task, "secret", &large), large.len()),
        ("401", request_of("POST", task, "wrong", &small), small.len()),
        ("404", request_of("POST", "/__runner/task/none", "secret", &small), small.len()),
        ("preflight", request_of("OPTIONS", task, "", &Bytes::new()), 0),
        ("discovery", request_of("GET", "/__runner/discovery", "secret", &Bytes::new()), 0),
    ];
    let mut group = c.benchmark_group("pipeline");
    for (name, make, bytes) in cases {
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let ends = Ends { remote: ([127, 0, 0, 1], 9).into(), local: ([127, 0, 0, 1], 80).into() };
                let response = Arc::clone(&pipeline).respond(make(), ends);
                black_box(runtime.block_on(response))
            });
        });
    }
    group.finish();
}

/// A request, made anew for each iteration.
fn request_of(
    method: &'static str,
    path: &'static str,
    token: &'static str,
    body: &Bytes,
) -> impl Fn() -> Request<Body> + use<> {
    let body = body.clone();
    move || request(method, path, token, &body)
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
