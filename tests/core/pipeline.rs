//! The table of requests and expected responses in `__test__/cases`, against the pipeline alone:
//! no socket, no Node. JavaScript runs the same table over real connections.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use http_body_util::BodyExt;
use runner_native::config::{Config, HostMode};
use runner_native::dispatch::{Backend, CompletionQueue, Ends, Input, Outcome, PendingCalls, Responder};
use runner_native::hooks::{Host, PendingHooks};
use runner_native::http::{Pipeline, ResponseBody};
use runner_native::kind::Kind;
use runner_native::policy::Admission;
use runner_native::registry::Registry;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{Handlers, Strict, constant, echo, typed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    only: Option<String>,
    server: Value,
    request: Sent,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    body_base64: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, Value>,
    #[serde(default)]
    body: Option<String>,
}

#[tokio::test]
async fn the_pipeline_answers_every_case_of_the_table() {
    let mut failures = Vec::new();
    let mut count = 0;
    for case in cases() {
        count += 1;
        if let Err(difference) = check(&case).await {
            failures.push(format!("{}\n    {difference}", case.name));
        }
    }
    assert!(count > 100, "the table has only {count} cases");
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
}

fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("__test__/cases");
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        cases.extend(serde_json::from_str::<Vec<Case>>(&text).unwrap());
    }
    cases.retain(|case| case.only.as_deref() != Some("js"));
    cases
}

async fn check(case: &Case) -> Result<(), String> {
    let response = respond_to(case).await;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body);
    let differs = |what: &str, expected: &dyn std::fmt::Debug, received: &dyn std::fmt::Debug| {
        Err(format!("{what}: expected {expected:?}, received {received:?} (status {status}, body {body})"))
    };
    if status != case.expect.status {
        return differs("status", &case.expect.status, &status);
    }
    for (name, expected) in &case.expect.headers {
        // Written by hyper for every connection, not by the pipeline.
        if matches!(name.as_str(), "connection" | "date") {
            continue;
        }
        let received = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let holds = match (expected, &received) {
            (Value::Null, received) => received.is_none(),
            (Value::String(expected), Some(received)) => expected == received,
            (Value::Object(rule), Some(received)) => {
                let pattern = rule["pattern"].as_str().unwrap();
                regex_lite::Regex::new(pattern).unwrap().is_match(received)
            }
            _ => false,
        };
        if !holds {
            return differs(name, expected, &received);
        }
    }
    match &case.expect.body {
        Some(expected) if *expected != body => differs("body", expected, &body),
        _ => Ok(()),
    }
}

async fn respond_to(case: &Case) -> Response<ResponseBody> {
    let mut options = case.server.as_object().cloned().unwrap_or_default();
    options.entry("port").or_insert(0.into());
    let config = Config::parse(Value::Object(options).into(), HostMode::Standalone).unwrap();
    let registry = Arc::new(Registry::new(config.exposure.clone()));
    let admission = Admission::new(usize::MAX, usize::MAX);
    let completions = Arc::new(CompletionQueue::default());
    let dispatcher = Arc::new(handlers(&registry)).connect(0, Arc::clone(&completions));
    let calls = Arc::new(PendingCalls::new(dispatcher, completions, Arc::clone(&admission)));
    let decisions = Arc::new(CompletionQueue::default());
    let hooks = Arc::new(Strict).connect(0, Arc::clone(&decisions));
    let hooks = Arc::new(PendingHooks::new(hooks, decisions, admission));
    let (completed, decided) = (Arc::clone(&calls), Arc::clone(&hooks));
    let draining = tokio::spawn(async move {
        tokio::join!(completed.drain_completions(), decided.drain_completions());
    });
    let pipeline = Pipeline::new(&config, registry, calls, hooks, Arc::default());
    let ends = Ends { remote: ([127, 0, 0, 1], 9).into(), local: ([127, 0, 0, 1], 80).into() };
    let response = pipeline.respond(request(&case.request), ends).await;
    draining.abort();
    response
}

fn request(sent: &Sent) -> Request<Body> {
    let mut request = Request::builder().method(sent.method.as_str()).uri(&sent.path);
    for (name, value) in &sent.headers {
        // Node writes header characters as Latin-1 bytes; white space around them is the parser's to trim.
        let bytes: Vec<u8> =
            value.trim_matches([' ', '\t']).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        request = request.header(name, bytes);
    }
    let body = match (&sent.body, &sent.body_base64) {
        (Some(text), _) => Body::from(text.clone()),
        (None, Some(base64)) => Body::from(decode_base64(base64)),
        (None, None) => Body::empty(),
    };
    request.body(body).unwrap()
}

fn decode_base64(text: &str) -> Vec<u8> {
    use base64::prelude::{BASE64_STANDARD, Engine};
    BASE64_STANDARD.decode(text).unwrap()
}

/// The handlers that every case can count on, as `__test__/helpers/cases.js` registers them.
fn handlers(registry: &Registry) -> Handlers {
    let mut handlers = Handlers::default();
    let mut task = |id: &str, handler: Box<dyn Fn(Input<'_>, Responder) + Send + Sync>| {
        handlers.add(registry, Kind::Task, id, handler);
    };
    task("echo", Box::new(echo));
    task("a/b", Box::new(constant("\"slash\"")));
    task("ü ber", Box::new(constant("\"unicode\"")));
    let no_such_user = r#"{"message":"No such user","code":"USER_NOT_FOUND","id":"app.errors.userNotFound","data":{"userId":7},"httpCode":404}"#;
    task("typed", Box::new(typed(404, no_such_user)));
    let told = r#"{"message":"Told you","code":"INTERNAL_ERROR","id":"app.errors.told"}"#;
    task("typed500", Box::new(typed(500, told)));
    task("throws", Box::new(|_, reply| reply.send(Outcome::Failed)));
    task("nothing", Box::new(|_, reply| reply.send(Outcome::Done)));
    handlers.add(registry, Kind::Event, "note", echo);
    handlers.add(registry, Kind::Event, "enrich", enrich);
    handlers.add_parallel(registry, "fan");
    handlers
}

/// `{ ...payload, seen: true }`
fn enrich(input: Input<'_>, reply: Responder) {
    let mut payload: serde_json::Map<String, Value> = match input {
        Input::Json(text) | Input::Document(text) => serde_json::from_str(text).unwrap_or_default(),
        Input::None | Input::Stream(_) | Input::Form { .. } => serde_json::Map::new(),
    };
    payload.insert("seen".to_owned(), true.into());
    reply.send(Outcome::Result(serde_json::to_vec(&payload).unwrap().into()));
}
