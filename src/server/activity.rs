//! What a connection is doing, told by its socket and its requests, judged by its supervisor.
//!
//! The hot path only counts; the clock is read by the supervisor, a few times a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::config::Limits;

/// How long a connection must be quiet until its buffers are given back.
const PARK_AFTER: Duration = Duration::from_millis(10);

/// What the socket and the requests of one connection report. All of it on one thread.
#[derive(Debug, Default)]
pub(super) struct Activity {
    moved: AtomicU32,
    in_flight: AtomicUsize,
    unflushed: AtomicBool,
    head_begun: AtomicBool,
}

impl Activity {
    /// Bytes were read.
    pub(super) fn read(&self) {
        self.moved.fetch_add(1, Relaxed);
        if self.in_flight.load(Relaxed) == 0 {
            self.head_begun.store(true, Relaxed);
        }
    }

    /// Bytes were written; more may wait behind them.
    pub(super) fn wrote(&self) {
        self.moved.fetch_add(1, Relaxed);
        self.unflushed.store(true, Relaxed);
    }

    /// Bytes wait because the client does not read.
    pub(super) fn blocked(&self) {
        self.unflushed.store(true, Relaxed);
    }

    /// Everything written so far is on its way.
    pub(super) fn flushed(&self) {
        self.unflushed.store(false, Relaxed);
    }

    /// A head was parsed: its request is in flight until the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.head_begun.store(false, Relaxed);
        self.join()
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

/// What is to be done with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Leave it alone.
    Stay,
    /// It is idle: give its buffers back.
    Park,
    /// It is too slow with a head: tell it and end it.
    TimeOut,
    /// It takes nothing of what is written: end it.
    Cut,
}

/// Judges one connection from time to time.
#[derive(Debug)]
pub(super) struct Supervisor {
    seen: u32,
    quiet_since: Instant,
    head_since: Option<Instant>,
}

impl Supervisor {
    pub(super) fn new(now: Instant) -> Self {
        Supervisor { seen: 0, quiet_since: now, head_since: None }
    }

    pub(super) fn judge(&mut self, activity: &Activity, limits: &Limits, now: Instant) -> Judgement {
        let moved = activity.moved.load(Relaxed);
        let in_flight = activity.in_flight.load(Relaxed) > 0;
        let unflushed = activity.unflushed.load(Relaxed);
        if moved != self.seen || (in_flight && !unflushed) {
            self.seen = moved;
            self.quiet_since = now;
        }
        let head_begun = !in_flight && activity.head_begun.load(Relaxed);
        self.head_since = if head_begun { self.head_since.or(Some(now)) } else { None };
        let quiet = now.duration_since(self.quiet_since);
        if unflushed {
            if quiet >= limits.keep_alive_timeout { Judgement::Cut } else { Judgement::Stay }
        } else if in_flight {
            Judgement::Stay
        } else if let Some(since) = self.head_since {
            let late = now.duration_since(since) >= limits.headers_timeout;
            if late { Judgement::TimeOut } else { Judgement::Stay }
        } else if quiet >= PARK_AFTER {
            Judgement::Park
        } else {
            Judgement::Stay
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scene {
        activity: Arc<Activity>,
        supervisor: Supervisor,
        start: Instant,
        limits: Limits,
    }

    impl Scene {
        fn new() -> Self {
            let start = Instant::now();
            let limits = Limits {
                headers_timeout: Duration::from_secs(10),
                keep_alive_timeout: Duration::from_secs(60),
                ..Limits::default()
            };
            Scene { activity: Arc::default(), supervisor: Supervisor::new(start), start, limits }
        }

        fn at(&mut self, milliseconds: u64) -> Judgement {
            let now = self.start + Duration::from_millis(milliseconds);
            self.supervisor.judge(&self.activity, &self.limits, now)
        }
    }

    #[test]
    fn a_quiet_connection_is_parked() {
        let mut scene = Scene::new();
        scene.activity.read();
        drop(scene.activity.begin());
        scene.activity.wrote();
        scene.activity.flushed();
        assert_eq!(scene.at(10), Judgement::Stay);
        assert_eq!(scene.at(19), Judgement::Stay);
        assert_eq!(scene.at(20), Judgement::Park);
    }

    #[test]
    fn a_request_in_flight_is_left_alone() {
        let mut scene = Scene::new();
        scene.activity.read();
        let request = scene.activity.begin();
        let body = request.clone();
        drop(request);
        assert_eq!(scene.at(1_000_000), Judgement::Stay);
        drop(body);
        assert_eq!(scene.at(1_000_001), Judgement::Stay);
        assert_eq!(scene.at(1_000_011), Judgement::Park);
    }

    #[test]
    fn a_slow_head_times_out_however_often_a_byte_comes() {
        let mut scene = Scene::new();
        for second in 0..10 {
            scene.activity.read();
            assert_eq!(scene.at(second * 1000), Judgement::Stay);
        }
        scene.activity.read();
        assert_eq!(scene.at(10_000), Judgement::TimeOut);
    }

    #[test]
    fn a_body_is_no_head() {
        let mut scene = Scene::new();
        scene.activity.read();
        let request = scene.activity.begin();
        scene.activity.read();
        drop(request);
        assert_eq!(scene.at(20_000), Judgement::Stay);
        assert_eq!(scene.at(20_010), Judgement::Park);
    }

    #[test]
    fn a_client_that_does_not_read_is_cut() {
        let mut scene = Scene::new();
        scene.activity.wrote();
        scene.activity.blocked();
        assert_eq!(scene.at(0), Judgement::Stay);
        assert_eq!(scene.at(59_999), Judgement::Stay);
        scene.activity.wrote();
        assert_eq!(scene.at(60_000), Judgement::Stay);
        assert_eq!(scene.at(120_000), Judgement::Cut);
    }
}
