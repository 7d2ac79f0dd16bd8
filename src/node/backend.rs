//! JavaScript as the side that runs the calls of a server, and as its host.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::batch::Key;
use super::completions::Completed;
use super::hooks::JsHooks;
use super::mailbox::Mailbox;
use super::outbox::Outbox;
use crate::dispatch::{Backend, Call, CancelReason, CompletionQueue, Dispatcher, Peer, Ticket};
use crate::hooks::{Decision, Hooks, Host};
use crate::policy::Permit;

/// The I/O threads that one JavaScript thread works for: what they collect goes into its mailbox, what comes back
/// goes to the queues in which they wait.
pub(super) struct JsBackend {
    mailbox: Arc<Mailbox>,
    io_threads: Mutex<BTreeMap<usize, IoThread>>,
}

struct IoThread {
    outbox: Arc<Outbox>,
    completions: Option<Arc<CompletionQueue>>,
    decisions: Option<Arc<CompletionQueue<Decision>>>,
}

impl JsBackend {
    pub(super) fn new(mailbox: Arc<Mailbox>) -> Self {
        JsBackend { mailbox, io_threads: Mutex::default() }
    }

    /// Gives completions to the I/O threads that wait for them, each of which is woken once.
    pub(super) fn deliver(&self, completed: Completed) {
        let io_threads = self.io_threads.lock();
        for (io_thread, outcomes) in completed.outcomes {
            let thread = io_threads.get(&io_thread);
            if let Some(completions) = thread.and_then(|thread| thread.completions.as_ref()) {
                completions.deliver(outcomes);
            }
        }
        for (io_thread, decided) in completed.decisions {
            let thread = io_threads.get(&io_thread);
            if let Some(decisions) = thread.and_then(|thread| thread.decisions.as_ref()) {
                decisions.deliver(decided);
            }
        }
    }

    /// Nothing that comes back is waited for any more.
    pub(super) fn disconnect(&self) {
        self.io_threads.lock().clear();
    }

    /// Lets a function connect an I/O thread.
    fn with_thread<T>(&self, io_thread: usize, connect: impl FnOnce(&mut IoThread) -> T) -> T {
        let mut io_threads = self.io_threads.lock();
        connect(io_threads.entry(io_thread).or_insert_with(|| IoThread {
            outbox: Arc::new(Outbox::new(Arc::clone(&self.mailbox))),
            completions: None,
            decisions: None,
        }))
    }
}

impl Backend for JsBackend {
    fn connect(self: Arc<Self>, io_thread: usize, completions: Arc<CompletionQueue>) -> Arc<dyn Dispatcher> {
        self.with_thread(io_thread, |thread| {
            thread.completions = Some(completions);
            Arc::new(JsDispatcher { io_thread, outbox: Arc::clone(&thread.outbox) })
        })
    }
}

impl Host for JsBackend {
    fn connect(
        self: Arc<Self>,
        io_thread: usize,
        decisions: Arc<CompletionQueue<Decision>>,
    ) -> Arc<dyn Hooks> {
        self.with_thread(io_thread, |thread| {
            thread.decisions = Some(decisions);
            Arc::new(JsHooks::new(io_thread, Arc::clone(&thread.outbox)))
        })
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
