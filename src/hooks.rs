//! What the host of a server decides, apart from running calls: who may call, which origins are allowed, what is
//! exposed, and the response outside of the base path. Calls may go to any worker; these questions go to the host
//! alone.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::dispatch::{CompletionQueue, Head, Peer, Pending, PendingCall, RawResponse, Ticket, Upload};
use crate::error::RequestError;
use crate::policy::{Overloaded, Permit};

/// Decides the questions of a server.
pub trait Host: Send + Sync + 'static {
    /// Makes the hooks of an I/O thread, whose number is given; decisions go into `decisions`.
    fn connect(
        self: Arc<Self>,
        io_thread: usize,
        decisions: Arc<CompletionQueue<Decision>>,
    ) -> Arc<dyn Hooks>;
}

/// Takes the questions of one I/O thread. Each gets the [`Decision`] of its kind, or [`Decision::Failed`], once, unless
/// it is cancelled. The permit is kept while the question waits.
pub trait Hooks: Peer {
    /// Asks whether the host's validators let the request pass: [`Decision::Verdict`].
    fn authenticate(&self, ticket: Ticket, head: &Head, permit: Permit<'_>);

    /// Asks which origin the response allows: [`Decision::Origin`].
    fn allow_origin(&self, ticket: Ticket, head: &Head, permit: Permit<'_>);

    /// Asks the host to refresh what it exposes: [`Decision::Refreshed`].
    fn refresh_exposure(&self, ticket: Ticket, head: &Head, permit: Permit<'_>);

    /// Asks for the response to a request outside of the base path: [`Decision::Response`].
    fn fallback(&self, ticket: Ticket, head: &Head, body: Option<&Upload>, permit: Permit<'_>);

    /// Reports a request that was rejected before it could become a call.
    fn on_rejected(&self, rejection: &Rejection<'_>, permit: Permit<'_>);
}

/// What the host decided.
#[derive(Debug, PartialEq)]
pub enum Decision {
    /// Whether a request may pass.
    Verdict(bool),
    /// The origin that a response allows, if any.
    Origin(Option<Bytes>),
    /// What is exposed is up to date.
    Refreshed,
    /// A response, as the host wrote it.
    Response(Box<RawResponse>),
    /// Nothing: the hook failed, which the host has logged.
    Failed,
}

/// A request that was rejected.
#[derive(Clone, Copy, Debug)]
pub struct Rejection<'a> {
    /// The request.
    pub head: &'a Head,
    /// Why.
    pub error: &'a RequestError,
}

/// A question that the host has not decided yet.
pub type PendingDecision = PendingCall<dyn Hooks, Decision>;

/// The questions in flight of one I/O thread.
pub type PendingHooks = Pending<dyn Hooks, Decision>;

impl PendingHooks {
    /// Whether the host's validators let a request pass within `timeout`.
    ///
    /// # Errors
    /// `Overloaded`; `HandlerTimeout`.
    pub async fn authenticate(
        self: &Arc<Self>,
        head: &Head,
        timeout: Option<Duration>,
    ) -> Result<bool, RequestError> {
        let asked = self.begin(0, |hooks, ticket, permit| hooks.authenticate(ticket, head, permit));
        Ok(asked?.with_deadline(timeout).await? == Decision::Verdict(true))
    }

    /// The origin that a response allows; the outer `None` if the host could not be asked.
    pub async fn allow_origin(self: &Arc<Self>, head: &Head) -> Option<Option<Bytes>> {
        let asked = self.begin(0, |hooks, ticket, permit| hooks.allow_origin(ticket, head, permit));
        match asked.ok()?.await {
            Decision::Origin(origin) => Some(origin),
            _ => None,
        }
    }

    /// Has the host refresh what it exposes.
    ///
    /// # Errors
    /// `Overloaded`; `HandlerTimeout`.
    pub async fn refresh_exposure(
        self: &Arc<Self>,
        head: &Head,
        timeout: Option<Duration>,
    ) -> Result<(), RequestError> {
        let asked = self.begin(0, |hooks, ticket, permit| hooks.refresh_exposure(ticket, head, permit));
        asked?.with_deadline(timeout).await.map(|_| ())
    }

    /// Asks for the response to a request outside of the base path.
    ///
    /// # Errors
    /// [`Overloaded`].
    pub fn fallback(
        self: &Arc<Self>,
        head: &Head,
        body: Option<&Upload>,
    ) -> Result<PendingDecision, Overloaded> {
        self.begin(0, |hooks, ticket, permit| hooks.fallback(ticket, head, body, permit))
    }

    /// Reports a request that was rejected.
    pub fn on_rejected(&self, rejection: &Rejection<'_>) {
        self.report(|hooks, permit| hooks.on_rejected(rejection, permit));
    }
}
