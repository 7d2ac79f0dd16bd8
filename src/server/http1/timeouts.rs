//! The timeouts of each state of a connection. None is renewed by bytes that are no progress.

use std::time::{Duration, Instant};

use super::activity::Activity;
use crate::config::Limits;

/// How long a connection must be quiet before its buffers are freed.
const PARK_AFTER: Duration = Duration::from_millis(10);

/// How long the response may take for a client that has closed its side right after its request, as `nc -N` does. One
/// that closes later counts as gone: a closed connection looks half closed until it is written to.
const HALF_CLOSE_GRACE: Duration = Duration::from_millis(250);

/// What to do with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing.
    Stay,
    /// Free the buffers of an idle connection.
    Park,
    /// Respond with 408 to a client that is too slow with a request, and close.
    TimeOut,
    /// Close without a response.
    Cut,
}

/// Checks one connection from time to time.
#[derive(Debug)]
pub(super) struct TimeoutMonitor {
    moved: u32,
    /// When bytes were last read or written.
    moved_since: Instant,
    /// Since when the client is waited for: when bytes were last read or written, or a response was pending.
    quiet_since: Instant,
    receiving: Since<u32>,
    serving: Since<u32>,
    half_closed: Since<()>,
}

impl TimeoutMonitor {
    pub(super) fn new(activity: &Activity, now: Instant) -> Self {
        TimeoutMonitor {
            moved: activity.moved(),
            moved_since: now,
            quiet_since: now,
            receiving: Since::default(),
            serving: Since::default(),
            half_closed: Since::default(),
        }
    }

    pub(super) fn check(&mut self, activity: &Activity, limits: &Limits, now: Instant) -> Action {
        let is_in_flight = activity.is_in_flight();
        let is_unflushed = activity.is_unflushed();
        let has_moved = std::mem::replace(&mut self.moved, activity.moved()) != self.moved;
        if has_moved {
            self.moved_since = now;
        }
        if has_moved || (is_in_flight && !is_unflushed) {
            self.quiet_since = now;
        }
        let quiet = now.duration_since(self.quiet_since);
        let receiving = activity.receiving();
        let received_for = self.receiving.track(receiving.map(|(number, _)| number), now);
        let served_for = self.serving.track(is_in_flight.then(|| activity.begun()), now);
        let half_closed_for = self.half_closed.track(activity.is_half_closed().then_some(()), now);
        if served_for >= HALF_CLOSE_GRACE {
            activity.take_closing_as_final();
        }

        let has_stalled = is_unflushed && quiet >= limits.keep_alive_timeout;
        let has_left = half_closed_for.min(now.duration_since(self.moved_since)) >= HALF_CLOSE_GRACE;
        if has_stalled || has_left {
            return Action::Cut;
        }
        if let Some((_, is_within_head)) = receiving {
            let is_late = limits.request_timeout.is_some_and(|timeout| received_for >= timeout)
                || (is_within_head && received_for >= limits.headers_timeout);
            let can_be_told = !is_unflushed && (is_within_head || !activity.is_responding());
            return match (is_late, can_be_told) {
                (false, _) => Action::Stay,
                (true, true) => Action::TimeOut,
                (true, false) => Action::Cut,
            };
        }
        let is_idle = !is_in_flight && !is_unflushed && quiet >= PARK_AFTER;
        if is_idle { Action::Park } else { Action::Stay }
    }
}

/// Tracks since when a state has held.
#[derive(Debug)]
struct Since<T>(Option<(T, Instant)>);

impl<T> Default for Since<T> {
    fn default() -> Self {
        Since(None)
    }
}

impl<T: PartialEq> Since<T> {
    /// How long the state has held; zero for `None`.
    fn track(&mut self, state: Option<T>, now: Instant) -> Duration {
        let since = match &self.0 {
            Some((known, since)) if state.as_ref() == Some(known) => *since,
            _ => now,
        };
        self.0 = state.map(|state| (state, since));
        now.duration_since(since)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::server::http1::framing::Framing;

    const PART: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\n";
    const REST: &[u8] = b"content-length: 2\r\n\r\n1";
    const END: &[u8] = b"2";

    struct Scene {
        activity: Arc<Activity>,
        framing: Framing,
        monitor: TimeoutMonitor,
        start: Instant,
        limits: Limits,
    }

    impl Scene {
        fn new() -> Self {
            let start = Instant::now();
            let limits = Limits {
                headers_timeout: Duration::from_secs(10),
                keep_alive_timeout: Duration::from_secs(60),
                request_timeout: Some(Duration::from_secs(100)),
                ..Limits::default()
            };
            let activity = Arc::default();
            let monitor = TimeoutMonitor::new(&activity, start);
            Scene { activity, framing: Framing::default(), monitor, start, limits }
        }

        fn read(&mut self, bytes: &[u8]) {
            self.framing.check(&mut bytes.to_vec());
            self.activity.read(&self.framing);
        }

        fn at(&mut self, milliseconds: u64) -> Action {
            let now = self.start + Duration::from_millis(milliseconds);
            self.monitor.check(&self.activity, &self.limits, now)
        }
    }

    #[test]
    fn a_quiet_connection_is_parked() {
        let mut scene = Scene::new();
        scene.read(&[PART, REST, END].concat());
        drop(scene.activity.begin());
        scene.activity.wrote();
        scene.activity.flushed();
        assert_eq!(scene.at(10), Action::Stay);
        assert_eq!(scene.at(19), Action::Stay);
        assert_eq!(scene.at(20), Action::Park);
    }

    #[test]
    fn a_complete_request_in_flight_is_left_alone() {
        let mut scene = Scene::new();
        scene.read(&[PART, REST, END].concat());
        let request = scene.activity.begin();
        let body = request.clone();
        drop(request);
        assert_eq!(scene.at(1_000_000), Action::Stay);
        drop(body);
        assert_eq!(scene.at(1_000_001), Action::Stay);
        assert_eq!(scene.at(1_000_011), Action::Park);
    }

    #[test]
    fn a_slow_head_times_out_however_often_a_byte_comes() {
        let mut scene = Scene::new();
        scene.read(PART);
        for second in 0..10 {
            scene.read(b"x");
            assert_eq!(scene.at(second * 1000), Action::Stay);
        }
        scene.read(b"x");
        assert_eq!(scene.at(10_000), Action::TimeOut);
    }

    #[test]
    fn a_request_times_out_as_a_whole_and_a_response_that_has_begun_is_cut() {
        for (responds, expected) in [(false, Action::TimeOut), (true, Action::Cut)] {
            let mut scene = Scene::new();
            scene.read(PART);
            assert_eq!(scene.at(5000), Action::Stay);
            scene.read(REST);
            let in_flight = scene.activity.begin();
            if responds {
                in_flight.respond();
            }
            assert_eq!(scene.at(104_999), Action::Stay);
            assert_eq!(scene.at(105_000), expected);
        }
    }

    #[test]
    fn a_request_that_waits_behind_another_has_time() {
        let mut scene = Scene::new();
        scene.read(&[PART, REST, END, PART].concat());
        let in_flight = scene.activity.begin();
        assert_eq!(scene.at(0), Action::Stay);
        assert_eq!(scene.at(1_000_000), Action::Stay);
        drop(in_flight);
        assert_eq!(scene.at(1_000_000), Action::Stay);
        assert_eq!(scene.at(1_009_999), Action::Stay);
        assert_eq!(scene.at(1_010_000), Action::TimeOut);
    }

    #[test]
    fn a_client_that_does_not_read_is_cut() {
        let mut scene = Scene::new();
        scene.activity.wrote();
        scene.activity.blocked();
        assert_eq!(scene.at(0), Action::Stay);
        assert_eq!(scene.at(59_999), Action::Stay);
        scene.activity.wrote();
        assert_eq!(scene.at(60_000), Action::Stay);
        assert_eq!(scene.at(120_000), Action::Cut);
    }

    #[test]
    fn a_head_that_drips_in_does_not_excuse_a_client_that_does_not_read() {
        let mut scene = Scene::new();
        scene.activity.blocked();
        scene.read(PART);
        for second in 0..10 {
            scene.read(b"x");
            assert_eq!(scene.at(second * 1000), Action::Stay);
        }
        assert_eq!(scene.at(10_000), Action::Cut);
    }

    #[test]
    fn a_client_that_closes_its_side_with_its_request_has_a_moment_to_be_answered() {
        let mut scene = Scene::new();
        scene.read(&[PART, REST, END].concat());
        let _in_flight = scene.activity.begin();
        assert_eq!(scene.at(5), Action::Stay);
        assert!(scene.activity.half_close(1));
        assert_eq!(scene.at(10), Action::Stay);
        assert_eq!(scene.at(259), Action::Stay);
        assert_eq!(scene.at(260), Action::Cut);
    }

    #[test]
    fn one_that_closes_its_side_later_has_left_unless_it_still_reads() {
        let mut scene = Scene::new();
        scene.read(&[PART, REST, END].concat());
        let _in_flight = scene.activity.begin();
        assert_eq!(scene.at(5), Action::Stay);
        assert_eq!(scene.at(255), Action::Stay);
        assert!(!scene.activity.half_close(1));
        scene.activity.wrote();
        assert!(scene.activity.half_close(1));
        for ms in 3..10 {
            scene.activity.wrote();
            assert_eq!(scene.at(ms * 100), Action::Stay);
        }
        assert_eq!(scene.at(1150), Action::Cut);
    }
}
