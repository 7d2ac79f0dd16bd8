//! The service that hyper calls with the requests of one connection.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use pin_project_lite::pin_project;

use super::ConnectionContext;
use super::activity::{Activity, InFlight};
use super::keep_alive::keeps_alive;
use super::target::ReplacedTargets;
use crate::dispatch::Ends;
use crate::http::ResponseBody;

/// Responds to requests, and reports them to `activity`. Restores their targets from `targets`.
pub(super) fn respond(
    ends: Ends,
    activity: &Arc<Activity>,
    targets: Arc<ReplacedTargets>,
    context: &Arc<ConnectionContext>,
) -> impl Service<Request<Incoming>, Response = Response<Tracked<ResponseBody>>, Error = Infallible, Future: Send>
+ use<> {
    let (activity, context) = (Arc::clone(activity), Arc::clone(context));
    service_fn(move |mut request: Request<Incoming>| {
        let in_flight = activity.begin();
        if let Some(target) = targets.take(activity.begun()) {
            request.extensions_mut().insert(target);
        }
        let keeps_alive = keeps_alive(request.version(), request.headers());
        let request = request.map(|body| Tracked { body, _in_flight: Some(in_flight.clone()) });
        let response = Arc::clone(&context.pipeline).respond(request, ends);
        Responding { response, in_flight: Some(in_flight), keeps_alive, context: Arc::clone(&context) }
    })
}

pin_project! {
    /// A request that waits for its response. Not an async block, which would move the future that it awaits, a large
    /// one, once more.
    struct Responding<F> {
        #[pin]
        response: F,
        in_flight: Option<InFlight>,
        keeps_alive: bool,
        context: Arc<ConnectionContext>,
    }
}

impl<F: Future<Output = Response<ResponseBody>>> Future for Responding<F> {
    type Output = Result<Response<Tracked<ResponseBody>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(cx));
        if *this.keeps_alive {
            this.context.keep_alive.announce(&mut response);
        }
        let in_flight = this.in_flight.take().inspect(InFlight::respond);
        // A body of known size is written at once, after which nothing is in flight.
        let in_flight = in_flight.filter(|_| response.body().size_hint().exact().is_none());
        Poll::Ready(Ok(response.map(|body| Tracked { body, _in_flight: in_flight })))
    }
}

/// A body that keeps its connection busy until it is dropped.
pub(super) struct Tracked<B> {
    body: B,
    _in_flight: Option<InFlight>,
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
