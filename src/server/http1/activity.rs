//! What a connection is doing, told by its socket and its requests, read by its [`TimeoutMonitor`].
//!
//! The hot path only counts; the clock is read by the monitor, a few times a second.
//!
//! [`TimeoutMonitor`]: super::timeouts::TimeoutMonitor

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

use super::framing::Framing;

/// What the socket and the requests of one connection report. All of it on one thread.
#[derive(Debug, Default)]
pub(super) struct Activity {
    moved: AtomicU32,
    /// How many requests have begun: the number of the one that is served, or was last.
    begun: AtomicU32,
    in_flight: AtomicUsize,
    /// Whether the request that began last has its response.
    is_responding: AtomicBool,
    is_unflushed: AtomicBool,
    /// The number of the request that is in the middle of coming in; 0 is none.
    incoming: AtomicU32,
    is_within_head: AtomicBool,
    is_half_closed: AtomicBool,
    is_closing_final: AtomicBool,
}

impl Activity {
    /// The activity of a connection that is idle after so many requests.
    pub(super) fn after(requests: u32) -> Self {
        Activity { begun: AtomicU32::new(requests), ..Activity::default() }
    }

    /// Bytes of a message were read.
    pub(super) fn read(&self, framing: &Framing) {
        self.moved.fetch_add(1, Relaxed);
        self.incoming.store(framing.message().unwrap_or(0), Relaxed);
        self.is_within_head.store(framing.is_within_head(), Relaxed);
    }

    /// Bytes were written; more may wait behind them.
    pub(super) fn wrote(&self) {
        self.moved.fetch_add(1, Relaxed);
        self.is_unflushed.store(true, Relaxed);
    }

    /// Bytes wait because the client does not read.
    pub(super) fn blocked(&self) {
        self.is_unflushed.store(true, Relaxed);
    }

    /// Everything written so far is on its way.
    pub(super) fn flushed(&self) {
        self.is_unflushed.store(false, Relaxed);
    }

    /// A head was parsed: its request is in flight until the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.begun.fetch_add(1, Relaxed);
        self.is_responding.store(false, Relaxed);
        self.is_closing_final.store(false, Relaxed);
        self.join()
    }

    /// The request that began last has its response.
    pub(super) fn respond(&self) {
        self.is_responding.store(true, Relaxed);
    }

    /// The client closed its side of the connection behind so many requests, all of them complete. True if it
    /// may still read: then the connection goes on until its responses are written.
    pub(super) fn half_close(&self, requests: u32) -> bool {
        let is_unanswered = self.is_in_flight() && !self.is_closing_final.load(Relaxed);
        let may_read = requests != self.begun() || is_unanswered || self.is_unflushed();
        self.is_half_closed.store(may_read, Relaxed);
        may_read
    }

    /// From here on a client that closes its side has left: the request in flight has been for long enough.
    pub(super) fn take_closing_as_final(&self) {
        self.is_closing_final.store(true, Relaxed);
    }

    pub(super) fn moved(&self) -> u32 {
        self.moved.load(Relaxed)
    }

    pub(super) fn begun(&self) -> u32 {
        self.begun.load(Relaxed)
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.in_flight.load(Relaxed) > 0
    }

    pub(super) fn is_responding(&self) -> bool {
        self.is_responding.load(Relaxed)
    }

    pub(super) fn is_unflushed(&self) -> bool {
        self.is_unflushed.load(Relaxed)
    }

    pub(super) fn is_half_closed(&self) -> bool {
        self.is_half_closed.load(Relaxed)
    }

    /// The number of the request that the client is asked for more of, and whether that is more of its head. One
    /// that waits behind the request in flight is not read on, so its client cannot go on either.
    pub(super) fn receiving(&self) -> Option<(u32, bool)> {
        let incoming = self.incoming.load(Relaxed);
        let is_waiting = self.is_in_flight() && incoming != self.begun();
        (incoming != 0 && !is_waiting).then(|| (incoming, self.is_within_head.load(Relaxed)))
    }

    fn join(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(Arc::clone(self))
    }
}

/// Part of a request that keeps its connection busy.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl Clone for InFlight {
    fn clone(&self) -> Self {
        self.0.join()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.moved.fetch_add(1, Relaxed);
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}
