//! JavaScript as the backend and the host of a server.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::completions::Completed;
use super::hooks::JsHooks;
use crate::dispatch::{
    Backend, Call, CancelReason, CompletionQueue, CompletionRouter, Dispatcher, Key, Mailbox, Outbox, Peer,
    Ticket,
};
use crate::hooks::{Decision, Hooks, Host};
use crate::policy::Permit;

/// The I/O threads of one JavaScript thread: what they collect goes into its mailbox, completions go into their queues.
pub(super) struct JsBackend {
    mailbox: Arc<Mailbox>,
    /// The outbox of an I/O thread has its calls and its questions, which cross together.
    outboxes: Mutex<BTreeMap<usize, Arc<Outbox>>>,
    outcomes: CompletionRouter,
    decisions: CompletionRouter<Decision>,
}

impl JsBackend {
    pub(super) fn new(mailbox: Arc<Mailbox>) -> Self {
        JsBackend {
            mailbox,
            outboxes: Mutex::default(),
            outcomes: CompletionRouter::default(),
            decisions: CompletionRouter::default(),
        }
    }

    /// Delivers completions to the I/O threads that wait for them.
    pub(super) fn deliver(&self, completed: Completed) {
        self.outcomes.deliver(completed.outcomes);
        self.decisions.deliver(completed.decisions);
    }

    /// Drops later completions, since no I/O thread waits for them.
    pub(super) fn disconnect(&self) {
        self.outcomes.disconnect();
        self.decisions.disconnect();
        self.outboxes.lock().clear();
    }

    fn outbox(&self, io_thread: usize) -> Arc<Outbox> {
        let mut outboxes = self.outboxes.lock();
        let outbox =
            outboxes.entry(io_thread).or_insert_with(|| Arc::new(Outbox::new(Arc::clone(&self.mailbox))));
        Arc::clone(outbox)
    }
}

impl Backend for JsBackend {
    fn connect(self: Arc<Self>, io_thread: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher> {
        self.outcomes.connect(io_thread, completions);
        Arc::new(JsDispatcher { io_thread, outbox: self.outbox(io_thread) })
    }
}

impl Host for JsBackend {
    fn connect(
        self: Arc<Self>,
        io_thread: usize,
        decisions: Arc<CompletionQueue<Decision>>,
    ) -> Arc<dyn Hooks> {
        self.decisions.connect(io_thread, decisions);
        Arc::new(JsHooks::new(io_thread, self.outbox(io_thread)))
    }
}

/// Takes the calls of one I/O thread.
struct JsDispatcher {
    io_thread: usize,
    outbox: Arc<Outbox>,
}

impl Dispatcher for JsDispatcher {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>) {
        self.outbox.add(|batch| batch.push_call(Key::of_call(self.io_thread, ticket), call, permit));
    }
}

impl Peer for JsDispatcher {
    fn cancel(&self, ticket: Ticket, reason: CancelReason) {
        self.outbox.cancel(Key::of_call(self.io_thread, ticket), reason);
    }

    fn flush(&self) {
        self.outbox.flush();
    }
}
