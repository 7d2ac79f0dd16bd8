//! The JavaScript of the main thread as the host of a server.

use std::sync::Arc;

use super::hooks::JsHooks;
use crate::dispatch::{Balancer, Completed, CompletionQueue, CompletionRouter};
use crate::hooks::{Decision, Hooks, Host};

/// Sends questions for the hooks with the calls of the main thread, and receives their decisions.
pub(super) struct JsHost {
    balancer: Arc<Balancer>,
    decisions: CompletionRouter<Decision>,
}

impl JsHost {
    pub(super) fn new(balancer: Arc<Balancer>) -> Self {
        JsHost { balancer, decisions: CompletionRouter::default() }
    }

    /// Delivers decisions to the I/O threads that wait for them.
    pub(super) fn decide(&self, decided: Completed<Decision>) {
        self.decisions.deliver(decided);
    }

    /// Drops the queues of the I/O threads, which no longer wait for decisions.
    pub(super) fn disconnect(&self) {
        self.decisions.disconnect();
    }
}

impl Host for JsHost {
    fn connect(
        self: Arc<Self>,
        io_thread: usize,
        decisions: Arc<CompletionQueue<Decision>>,
    ) -> Arc<dyn Hooks> {
        self.decisions.connect(io_thread, decisions);
        Arc::new(JsHooks::new(io_thread, self.balancer.outbox(io_thread)))
    }
}
