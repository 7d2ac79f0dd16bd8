//! The host's hooks, implemented by JavaScript.

use std::sync::Arc;

use crate::dispatch::{CancelReason, Head, Key, Outbox, Peer, Question, Ticket, Upload};
use crate::hooks::{Hooks, Rejection};
use crate::policy::Permit;

/// Takes the questions of one I/O thread, which cross in the same batches as its calls.
pub(super) struct JsHooks {
    io_thread: usize,
    outbox: Arc<Outbox>,
}

impl JsHooks {
    pub(super) fn new(io_thread: usize, outbox: Arc<Outbox>) -> Self {
        JsHooks { io_thread, outbox }
    }

    fn ask(
        &self,
        ticket: Ticket,
        question: Question,
        head: &Head,
        body: Option<&Upload>,
        permit: Permit<'_>,
    ) {
        let key = Key::of_hook(self.io_thread, ticket);
        self.outbox.add(|batch| batch.push_question(key, question, head, body, permit));
    }
}

impl Hooks for JsHooks {
    fn authenticate(&self, ticket: Ticket, head: &Head, permit: Permit<'_>) {
        self.ask(ticket, Question::Validate, head, None, permit);
    }

    fn allow_origin(&self, ticket: Ticket, head: &Head, permit: Permit<'_>) {
        self.ask(ticket, Question::Origin, head, None, permit);
    }

    fn refresh_exposure(&self, ticket: Ticket, head: &Head, permit: Permit<'_>) {
        self.ask(ticket, Question::Exposure, head, None, permit);
    }

    fn fallback(&self, ticket: Ticket, head: &Head, body: Option<&Upload>, permit: Permit<'_>) {
        self.ask(ticket, Question::Fallback, head, body, permit);
    }

    fn on_rejected(&self, rejection: &Rejection<'_>, permit: Permit<'_>) {
        self.outbox.add(|batch| batch.push_rejection(rejection.head, rejection.error, permit));
    }
}

impl Peer for JsHooks {
    fn cancel(&self, ticket: Ticket, reason: CancelReason) {
        self.outbox.cancel(Key::of_hook(self.io_thread, ticket), reason);
    }

    fn flush(&self) {
        self.outbox.flush();
    }
}
