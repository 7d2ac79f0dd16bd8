//! The activity of a connection, reported by its socket and its requests, read by its [`TimeoutMonitor`].
//!
//! The hot path only counts; the monitor reads the clock, a few times a second.
//!
//! [`TimeoutMonitor`]: super::timeouts::TimeoutMonitor

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

use super::framing::Framing;

/// What the socket and the requests of one connection report, all on one thread.
#[derive(Debug, Default)]
pub(super) struct Activity {
    moved: AtomicU32,
    /// The number of requests that have begun, which is that of the latest one.
    begun: AtomicU32,
    in_flight: AtomicUsize,
    /// Whether the latest request has its response.
    is_responding: AtomicBool,
    is_unflushed: AtomicBool,
    /// The number of the request that is arriving; 0 for none.
    incoming: AtomicU32,
    is_within_head: AtomicBool,
    is_half_closed: AtomicBool,
    is_closing_final: AtomicBool,
}

impl Activity {
    /// The activity of a connection that is idle after a number of requests.
    pub(super) fn after(requests: u32) -> Self {
        Activity { begun: AtomicU32::new(requests), ..Activity::default() }
    }

    /// Reports that bytes of a message were read.
    pub(super) fn read(&self, framing: &Framing) {
        self.moved.fetch_add(1, Relaxed);
        self.incoming.store(framing.message().unwrap_or(0), Relaxed);
        self.is_within_head.store(framing.is_within_head(), Relaxed);
    }

    /// Reports that bytes were written, and more may be buffered.
    pub(super) fn wrote(&self) {
        self.moved.fetch_add(1, Relaxed);
        self.is_unflushed.store(true, Relaxed);
    }

    /// Reports that writing is blocked because the client does not read.
    pub(super) fn blocked(&self) {
        self.is_unflushed.store(true, Relaxed);
    }

    /// Reports that everything written so far was flushed.
    pub(super) fn flushed(&self) {
        self.is_unflushed.store(false, Relaxed);
    }

    /// Reports that a head was parsed. The request is in flight until the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.begun.fetch_add(1, Relaxed);
        self.is_responding.store(false, Relaxed);
        self.is_closing_final.store(false, Relaxed);
        self.join()
    }

    /// Reports that the client has closed its side of the connection after a number of complete requests. Returns true
    /// if it may still read, in which case the connection stays open until the responses are written.
    pub(super) fn half_close(&self, requests: u32) -> bool {
        let is_unanswered = self.is_in_flight() && !self.is_closing_final.load(Relaxed);
        let may_read = requests != self.begun() || is_unanswered || self.is_unflushed();
        self.is_half_closed.store(may_read, Relaxed);
        may_read
    }

    /// From here on, a client that closes its side has left, since the request in flight has taken too long.
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

    /// The number of the request that the server waits for more of, and whether it waits for its head. A pipelined
    /// request behind one in flight is not read, so that its client cannot continue either.
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

impl InFlight {
    /// Reports that the latest request has its response.
    pub(super) fn respond(&self) {
        self.0.is_responding.store(true, Relaxed);
    }
}

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
