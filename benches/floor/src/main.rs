//! What HTTP costs in Rust when nothing but the work itself is done: axum on one current-thread runtime. The echo
//! checks the syntax of its input and copies the text, since a server without JavaScript needs no tree of values.

use std::io::Read;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::net::TcpListener;

const TOKEN: &str = "bench-token-0123456789abcdef";

#[derive(Deserialize)]
struct Small {
    input: Pair,
}

#[derive(Deserialize)]
struct Pair {
    a: f64,
    b: f64,
}

#[derive(Deserialize)]
struct Echo<'a> {
    #[serde(borrow)]
    input: &'a RawValue,
}

fn main() -> std::io::Result<()> {
    // The harness closes stdin when it is done with this process, or dies.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve())
}

async fn serve() -> std::io::Result<()> {
    let app = Router::new()
        .route("/__runner/task/small", post(small))
        .route("/__runner/task/echo", post(echo));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{{\"port\":{}}}", listener.local_addr()?.port());
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, app).await
}

async fn small(headers: HeaderMap, body: Bytes) -> Response {
    if !allowed(&headers) {
        return refuse(StatusCode::UNAUTHORIZED);
    }
    match serde_json::from_slice::<Small>(&body) {
        Ok(Small { input }) => respond(&(input.a + input.b).to_string()),
        Err(_) => refuse(StatusCode::BAD_REQUEST),
    }
}

async fn echo(headers: HeaderMap, body: Bytes) -> Response {
    if !allowed(&headers) {
        return refuse(StatusCode::UNAUTHORIZED);
    }
    match serde_json::from_slice::<Echo>(&body) {
        Ok(Echo { input }) => respond(input.get()),
        Err(_) => refuse(StatusCode::BAD_REQUEST),
    }
}

fn allowed(headers: &HeaderMap) -> bool {
    headers.get("x-runner-token").is_some_and(|token| token == TOKEN)
}

fn respond(result: &str) -> Response {
    let mut text = String::with_capacity(result.len() + 22);
    text.push_str("{\"ok\":true,\"result\":");
    text.push_str(result);
    text.push('}');
    json(StatusCode::OK, text)
}

fn refuse(status: StatusCode) -> Response {
    json(status, String::from("{\"ok\":false}"))
}

fn json(status: StatusCode, text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, headers, text).into_response()
}
