//! Passes the calls of one I/O thread to the balancer.

use std::sync::Arc;

use crate::dispatch::lock::Mutex;

use super::Balancer;
use crate::dispatch::mailbox::{MAX_TEXT_BYTES, SingleCall};
use crate::dispatch::{Call, CancelReason, Dispatcher, Key, MAX_RECORDS, Outbox, Peer, Ticket};
use crate::policy::Permit;

/// Collects the calls of a turn, which are placed together. While there are no workers, they go to the main thread.
pub(super) struct BalancerDispatcher {
    io_thread: usize,
    balancer: Arc<Balancer>,
    outbox: Arc<Outbox>,
    /// Used by that thread only.
    turn: Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    calls: Vec<SingleCall>,
    bytes: usize,
}

impl BalancerDispatcher {
    pub(super) fn new(io_thread: usize, balancer: Arc<Balancer>, outbox: Arc<Outbox>) -> Self {
        BalancerDispatcher { io_thread, balancer, outbox, turn: Mutex::default() }
    }

    fn place(&self, turn: &mut Turn) {
        let Turn { calls, .. } = std::mem::take(turn);
        if !calls.is_empty() {
            self.balancer.place(calls);
        }
    }
}

impl Dispatcher for BalancerDispatcher {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>) {
        let key = Key::of_call(self.io_thread, ticket);
        if !self.balancer.is_active() {
            return self.outbox.add(|batch| batch.push_call(key, call, permit));
        }
        let mut turn = self.turn.lock();
        let call = SingleCall::new(key, call, permit);
        turn.bytes += call.bytes();
        turn.calls.push(call);
        if turn.calls.len() == MAX_RECORDS || turn.bytes >= MAX_TEXT_BYTES {
            self.place(&mut turn);
        }
    }
}

impl Peer for BalancerDispatcher {
    fn cancel(&self, ticket: Ticket, reason: CancelReason) {
        let key = Key::of_call(self.io_thread, ticket);
        if self.balancer.is_active() {
            self.place(&mut self.turn.lock());
            if self.balancer.cancel(key, reason) {
                return;
            }
        }
        self.outbox.cancel(key, reason);
    }

    fn flush(&self) {
        self.outbox.flush();
        if self.balancer.is_active() {
            self.place(&mut self.turn.lock());
        }
    }
}
