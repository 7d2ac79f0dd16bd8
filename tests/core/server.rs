//! The server over real sockets, with closures for handlers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runner_native::config::{Config, HostMode};
use runner_native::dispatch::{Backend, CompletionQueue, Dispatcher, Outcome, Responder};
use runner_native::kind::Kind;
use runner_native::registry::Registry;
use runner_native::server::{Notice, Server};
use serde_json::json;

use crate::support::{Handlers, Strict, echo};

/// Longer than anything here takes unless it hangs.
const HANGS: Duration = Duration::from_secs(20);

struct Running {
    server: Server,
    address: SocketAddr,
    notices: Receiver<Notice>,
}

fn start(options: serde_json::Value, add: impl FnOnce(&mut Handlers, &Registry)) -> Running {
    let config = Config::parse(options.into(), HostMode::Standalone).unwrap();
    let registry = Arc::new(Registry::default());
    let mut handlers = Handlers::default();
    handlers.add(&registry, Kind::Task, "echo", echo);
    add(&mut handlers, &registry);
    let (notify, notices) = channel();
    let server = Server::start(config, registry, Arc::new(handlers), Arc::new(Strict), move |notice| {
        // The test may have ended by then.
        let _ = notify.send(notice);
    })
    .unwrap();
    match notices.recv_timeout(HANGS).unwrap() {
        Notice::Listening(address) => Running { server, address, notices },
        other => panic!("expected Listening, received {other:?}"),
    }
}

impl Running {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(HANGS)).unwrap();
        stream
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.stop();
        assert!(self.server.join(HANGS));
    }
}

fn post(id: &str, body: &str) -> String {
    let length = body.len();
    format!("POST /__runner/task/{id} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Sends a request and reads its response: status line and body.
fn call(stream: &mut TcpStream, request: &str) -> (String, String) {
    stream.write_all(request.as_bytes()).unwrap();
    read_response(stream)
}

fn read_response(stream: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (head.lines().next().unwrap().to_owned(), String::from_utf8(body).unwrap())
}

#[test]
fn a_connection_answers_one_request_after_the_other() {
    let running = start(json!(0), |_, _| {});
    let mut stream = running.connect();
    for number in 0..3 {
        let (status, body) = call(&mut stream, &post("echo", &number.to_string()));
        assert_eq!(status, "http/1.1 200 ok");
        assert_eq!(body, format!("{{\"ok\":true,\"result\":{number}}}"));
    }
}

#[test]
fn several_io_threads_answer_alike() {
    let running = start(json!({ "port": 0, "ioThreads": 3 }), |_, _| {});
    let mut streams: Vec<_> = (0..9).map(|_| running.connect()).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        let (_, body) = call(stream, &post("echo", &number.to_string()));
        assert_eq!(body, format!("{{\"ok\":true,\"result\":{number}}}"));
    }
}

#[test]
fn a_panic_in_a_request_is_a_500_and_a_notice_and_the_connection_lives() {
    let running = start(json!(0), |handlers, registry| {
        handlers.add(registry, Kind::Task, "bug", |_, _| panic!("a bug, on purpose"));
    });
    let mut stream = running.connect();
    let (status, body) = call(&mut stream, &post("bug", ""));
    assert_eq!(status, "http/1.1 500 internal server error");
    assert_eq!(body, r#"{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}"#);
    match running.notices.recv_timeout(HANGS).unwrap() {
        Notice::Panicked(panic) => assert_eq!(panic.message, "a bug, on purpose"),
        other => panic!("expected Panicked, received {other:?}"),
    }
    let (status, _) = call(&mut stream, &post("echo", "1"));
    assert_eq!(status, "http/1.1 200 ok");
}

#[test]
fn a_handler_that_drops_its_reply_is_a_500() {
    let running = start(json!(0), |handlers, registry| {
        handlers.add(registry, Kind::Task, "lost", |_, reply| drop(reply));
    });
    let (status, _) = call(&mut running.connect(), &post("lost", ""));
    assert_eq!(status, "http/1.1 500 internal server error");
}

#[test]
fn a_late_answer_does_not_reach_the_next_call_of_its_slot() {
    let held: Arc<Mutex<Option<Responder>>> = Arc::default();
    let options = json!({ "port": 0, "limits": { "handlerTimeoutMs": 50 } });
    let running = start(options, |handlers, registry| {
        let hold = Arc::clone(&held);
        handlers.add(registry, Kind::Task, "hold", move |_, reply| *hold.lock().unwrap() = Some(reply));
        let release = Arc::clone(&held);
        handlers.add(registry, Kind::Task, "release", move |_, reply| {
            let late = release.lock().unwrap().take().unwrap();
            late.send(Outcome::Result("\"late\"".into()));
            reply.send(Outcome::Result("\"own\"".into()));
        });
    });
    let mut stream = running.connect();
    let (status, _) = call(&mut stream, &post("hold", ""));
    assert_eq!(status, "http/1.1 504 gateway timeout");
    let (_, body) = call(&mut stream, &post("release", ""));
    assert_eq!(body, r#"{"ok":true,"result":"own"}"#);
}

#[test]
fn a_request_behind_another_survives_parking() {
    let running = start(json!({ "port": 0, "limits": { "headersTimeoutMs": 60_000 } }), |_, _| {});
    let mut stream = running.connect();
    let second = post("echo", "2");
    let (begin, rest) = second.split_at(20);
    let (_, body) = call(&mut stream, &format!("{}{begin}", post("echo", "1")));
    assert_eq!(body, r#"{"ok":true,"result":1}"#);
    // After these connections the first one has been checked and parked.
    for _ in 0..3 {
        let mut slow = running.connect();
        slow.set_read_timeout(Some(Duration::from_millis(60))).unwrap();
        assert!(slow.read(&mut [0]).is_err(), "nothing is sent to a silent client");
    }
    let (_, body) = call(&mut stream, rest);
    assert_eq!(body, r#"{"ok":true,"result":2}"#);
}

#[test]
fn closing_waits_for_what_is_in_flight() {
    let held: Arc<Mutex<Option<Responder>>> = Arc::default();
    let (started, has_started) = channel();
    let started = Mutex::new(started);
    let running = start(json!(0), |handlers, registry| {
        let hold = Arc::clone(&held);
        handlers.add(registry, Kind::Task, "hold", move |_, reply| {
            *hold.lock().unwrap() = Some(reply);
            started.lock().unwrap().send(()).unwrap();
        });
    });
    let mut stream = running.connect();
    stream.write_all(post("hold", "").as_bytes()).unwrap();
    has_started.recv_timeout(HANGS).unwrap();
    running.server.close(HANGS);
    held.lock().unwrap().take().unwrap().send(Outcome::Done);
    assert_eq!(read_response(&mut stream).1, r#"{"ok":true}"#);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "the connection ends after the response");
    assert!(matches!(running.notices.recv_timeout(HANGS).unwrap(), Notice::Closed));
}

#[test]
fn closing_cuts_what_does_not_finish() {
    let running = start(json!(0), |handlers, registry| {
        handlers.add(registry, Kind::Task, "never", |_, reply| std::mem::forget(reply));
    });
    let mut stream = running.connect();
    stream.write_all(post("never", "").as_bytes()).unwrap();
    running.server.close(Duration::from_millis(10));
    assert!(matches!(running.notices.recv_timeout(HANGS).unwrap(), Notice::Closed));
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)), "the connection is gone");
    assert!(TcpStream::connect(running.address).is_err(), "the port is given back");
}

#[test]
fn closing_takes_a_timeout_of_any_length() {
    let running = start(json!(0), |_, _| {});
    running.server.close(Duration::MAX);
    assert!(matches!(running.notices.recv_timeout(HANGS).unwrap(), Notice::Closed));
}

#[test]
fn a_taken_port_says_so() {
    let running = start(json!(0), |_, _| {});
    let config = Config::parse(json!(running.address.port()).into(), HostMode::Standalone).unwrap();
    let (notify, notices) = channel();
    let _second = Server::start(
        config,
        Arc::default(),
        Arc::new(Handlers::default()),
        Arc::new(Strict),
        move |notice| {
            notify.send(notice).unwrap();
        },
    )
    .unwrap();
    match notices.recv_timeout(HANGS).unwrap() {
        Notice::Failed(error) => {
            assert_eq!(error.code, "EADDRINUSE");
            let port = running.address.port();
            assert_eq!(
                error.to_string(),
                format!("listen EADDRINUSE: address already in use (127.0.0.1:{port})")
            );
        }
        other => panic!("expected Failed, received {other:?}"),
    }
}

/// A backend that fails to make a dispatcher.
struct Broken;

impl Backend for Broken {
    fn connect(self: Arc<Self>, _: usize, _: Arc<CompletionQueue>) -> Arc<dyn Dispatcher> {
        panic!("no dispatcher")
    }
}

#[test]
fn a_thread_that_panics_says_so_and_the_server_ends() {
    let config = Config::parse(json!({ "port": 0 }).into(), HostMode::Standalone).unwrap();
    let (notify, notices) = channel();
    let server = Server::start(config, Arc::default(), Arc::new(Broken), Arc::new(Strict), move |notice| {
        notify.send(notice).unwrap();
    });
    assert!(matches!(notices.recv_timeout(HANGS), Ok(Notice::Listening(_))));
    let Ok(Notice::Panicked(panic)) = notices.recv_timeout(HANGS) else { panic!("expected Panicked") };
    assert_eq!(panic.message, "no dispatcher");
    assert!(matches!(notices.recv_timeout(HANGS), Ok(Notice::Closed)));
    assert!(server.unwrap().join(HANGS));
}
