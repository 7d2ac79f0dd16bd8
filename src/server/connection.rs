//! One connection: busy with hyper, or parked on a bare socket.
//!
//! hyper keeps a read buffer of 8 KiB for as long as its connection lives. A connection that is idle needs
//! none: after a while hyper's is taken apart, and a new one is made when the client sends again.

use std::any::Any;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::response::Response;
use bytes::Bytes;
use http::Request;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::{Layer, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

use super::activity::{Activity, InFlight, Judgement, Supervisor};
use super::socket::Socket;
use super::{Stage, farewell};
use crate::config::Limits;
use crate::http::{Pipeline, panic_answer};

/// How soon a connection is looked at for the first time. The sooner one that falls idle gives its buffers
/// back, the fewer of them are held at a time, and the fewer holes they leave in the heap.
const FIRST_LOOK: Duration = Duration::from_millis(5);

/// How often a connection that stays busy is looked at in the end: timeouts are this exact.
const LAST_LOOK: Duration = Duration::from_millis(50);

/// What the connections of an I/O thread share.
pub(super) struct Room {
    pipeline: Pipeline,
    limits: Limits,
    protocol: http1::Builder,
    stage: watch::Receiver<Stage>,
}

impl Room {
    pub(super) fn new(pipeline: Pipeline, limits: &Limits, stage: watch::Receiver<Stage>) -> Self {
        let mut protocol = http1::Builder::new();
        protocol
            .max_headers(limits.max_header_count)
            .max_header_size(limits.max_header_bytes)
            // The supervisor keeps this time, without a timer per request.
            .header_read_timeout(None);
        Room { pipeline, limits: limits.clone(), protocol, stage }
    }
}

/// How a connection came out of hyper.
enum Exit {
    /// Idle, with what was read of a request that came behind the last one.
    Idle(TcpStream, Bytes),
    /// Over.
    Over(TcpStream),
    /// Too slow with a head.
    Late(TcpStream),
    /// Of no use any more.
    Cut,
}

/// Serves one connection to its end.
pub(super) async fn serve(mut stream: TcpStream, remote: SocketAddr, room: &Arc<Room>) {
    let mut unread = Bytes::new();
    // A client that has sent nothing yet has no more time than for a head.
    let mut patience = room.limits.headers_timeout;
    loop {
        if unread.is_empty() && !readable(&stream, patience, room.stage.clone()).await {
            // What was answered last may still be on its way.
            return Box::pin(farewell::linger(stream)).await;
        }
        patience = room.limits.keep_alive_timeout;
        // Boxed, here and below, so that a parked connection does not carry the room of a busy one.
        match Box::pin(converse(stream, unread, remote, room)).await {
            Exit::Idle(socket, rest) => (stream, unread) = (socket, rest),
            Exit::Over(stream) => return Box::pin(farewell::linger(stream)).await,
            Exit::Late(stream) => return Box::pin(farewell::time_out(stream)).await,
            Exit::Cut => return,
        }
    }
}

/// Waits for the client to send; false when it is not worth waiting any longer.
async fn readable(stream: &TcpStream, patience: Duration, mut stage: watch::Receiver<Stage>) -> bool {
    tokio::select! {
        biased;
        readable = stream.readable() => readable.is_ok(),
        _ = stage.wait_for(|stage| *stage != Stage::Serving) => false,
        () = tokio::time::sleep(patience) => false,
    }
}

/// Lets hyper serve requests until the connection ends or falls idle.
async fn converse(stream: TcpStream, unread: Bytes, remote: SocketAddr, room: &Arc<Room>) -> Exit {
    let activity = Arc::new(Activity::default());
    let io = TokioIo::new(Socket::new(stream, unread, Arc::clone(&activity)));
    let service = service_fn({
        let (activity, room) = (Arc::clone(&activity), Arc::clone(room));
        move |request: Request<Incoming>| {
            let (in_flight, room) = (activity.begin(), Arc::clone(&room));
            async move {
                let request = request.map(|body| Tracked { body, _in_flight: in_flight.clone() });
                let response = room.pipeline.answer(request, remote).await;
                Ok::<_, Infallible>(match response.body().size_hint().exact() {
                    // Written at once: nothing is in flight any more.
                    Some(_) => response,
                    None => {
                        response.map(|body| axum::body::Body::new(Tracked { body, _in_flight: in_flight }))
                    }
                })
            }
        }
    });
    // Outermost: a panic below is a 500 on this request, and no other.
    let service = CatchPanicLayer::custom(answer_panic).layer(service);
    let mut http = room.protocol.serve_connection(io, TowerToHyperService::new(service));
    let mut supervisor = Supervisor::new(Instant::now());
    let mut pause = FIRST_LOOK;
    let mut look = pin!(tokio::time::sleep(pause));
    let judgement = poll_fn(|cx| {
        loop {
            if Pin::new(&mut http).poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            if look.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let now = Instant::now();
            pause = LAST_LOOK.min(pause * 2);
            look.as_mut().reset((now + pause).into());
            match supervisor.judge(&activity, &room.limits, now) {
                Judgement::Stay => {}
                judgement => return Poll::Ready(Some(judgement)),
            }
        }
    })
    .await;
    let parts = http.into_parts();
    let stream = parts.io.into_inner().into_stream();
    match judgement {
        None => Exit::Over(stream),
        // Line breaks between requests mean nothing; and an empty buffer still holds its memory.
        Some(Judgement::Park) if parts.read_buf.iter().all(|byte| matches!(byte, b'\r' | b'\n')) => {
            Exit::Idle(stream, Bytes::new())
        }
        Some(Judgement::Park) => Exit::Idle(stream, parts.read_buf),
        Some(Judgement::TimeOut) => Exit::Late(stream),
        Some(Judgement::Cut | Judgement::Stay) => Exit::Cut,
    }
}

fn answer_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    panic_answer()
}

/// A body that keeps its connection busy until it is dropped.
struct Tracked<B> {
    body: B,
    _in_flight: InFlight,
}

impl<B: Body + Unpin> Body for Tracked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
