//! The lowest rate at which a body may arrive.
//!
//! The time that the server waits for bytes is divided into windows, and a body that brings too few bytes within one
//! fails. Time in which no bytes are requested, because their reader is slow, does not count.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// The body arrives too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body is too slow")]
pub(super) struct TooSlow;

/// A body that fails with [`TooSlow`] if it arrives too slowly.
pub(in crate::http) struct PacedBody<B> {
    body: B,
    pace: Pace,
}

impl<B> PacedBody<B> {
    /// A body that brings at least `min_bytes_per_second` on average over each `window`, and at least one byte.
    pub(super) fn new(body: B, window: Duration, min_bytes_per_second: u64) -> Self {
        PacedBody { body, pace: Pace::new(window, min_bytes_per_second) }
    }
}

impl<B> PacedBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    /// The next frame if it has arrived. Does not wait, so that no time counts.
    pub(in crate::http) fn try_frame(&mut self) -> Option<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => Some(self.pace.note(frame)),
            Poll::Pending => None,
        }
    }
}

impl<B> Body for PacedBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => Poll::Ready(this.pace.note(frame)),
            Poll::Pending => this.pace.poll_too_slow(cx).map(|()| Some(Err(TooSlow.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

struct Pace {
    window: Duration,
    /// The fewest bytes of a window.
    least: u64,
    /// The bytes of this window so far.
    bytes: u64,
    /// How long this window has lasted, without the wait that goes on.
    waited: Duration,
    waiting_since: Option<Instant>,
    /// Made when a body has to be waited for, which most have not. Not reset before it fires, so it may fire early.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    fn new(window: Duration, min_bytes_per_second: u64) -> Self {
        let least = u128::from(min_bytes_per_second) * window.as_millis() / 1000;
        let least = u64::try_from(least).unwrap_or(u64::MAX).max(1);
        Pace { window, least, bytes: 0, waited: Duration::ZERO, waiting_since: None, timer: None }
    }

    /// Counts a frame.
    fn note<E: Into<BoxError>>(
        &mut self,
        frame: Option<Result<Frame<Bytes>, E>>,
    ) -> Option<Result<Frame<Bytes>, BoxError>> {
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.bytes = self.bytes.saturating_add(data.len() as u64);
        }
        frame.map(|frame| frame.map_err(Into::into))
    }

    /// Ready when a window ends with too few bytes. Polled while the body is waited for.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut since = *self.waiting_since.get_or_insert_with(Instant::now);
        loop {
            let until = since + self.window.saturating_sub(self.waited);
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
            ready!(timer.as_mut().poll(cx));
            if until <= Instant::now() {
                if self.bytes < self.least {
                    return Poll::Ready(());
                }
                since = until;
                self.waiting_since = Some(since);
                self.bytes = 0;
                self.waited = Duration::ZERO;
            }
            timer.as_mut().reset(since + self.window.saturating_sub(self.waited));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::convert::Infallible;
    use tokio::time::sleep;

    const WINDOW: Duration = Duration::from_secs(30);
    const MIN_WINDOW_BYTES: usize = 7200;

    /// A body that brings so many bytes every so often.
    struct Steady {
        bytes: usize,
        every: Duration,
        left: usize,
        next: Pin<Box<Sleep>>,
    }

    impl Body for Steady {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            ready!(self.next.as_mut().poll(cx));
            let next = self.next.deadline() + self.every;
            self.next.as_mut().reset(next);
            self.left -= 1;
            Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![0; self.bytes])))))
        }
    }

    fn steady(bytes: usize, every_ms: u64, frames: usize) -> PacedBody<Steady> {
        let every = Duration::from_millis(every_ms);
        let body = Steady { bytes, every, left: frames, next: Box::pin(sleep(every)) };
        PacedBody::new(body, WINDOW, 240)
    }

    /// How many bytes came, and whether all did.
    async fn read(body: PacedBody<Steady>) -> Result<usize, BoxError> {
        body.collect().await.map(|whole| whole.to_bytes().len())
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_that_is_steady_may_take_any_time() {
        assert_eq!(read(steady(241, 1000, 1000)).await.unwrap(), 241_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_falls_below_the_rate_fails_at_the_end_of_the_window() {
        let start = Instant::now();
        assert!(read(steady(239, 1000, 1000)).await.unwrap_err().is::<TooSlow>());
        assert_eq!(start.elapsed().as_secs(), 30);
        assert!(read(steady(1, 100, 1_000_000)).await.unwrap_err().is::<TooSlow>());
        assert_eq!(start.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_in_an_earlier_window_does_not_help() {
        let start = Instant::now();
        assert!(read(steady(1_000_000, 20_000, 1).stalled()).await.unwrap_err().is::<TooSlow>());
        assert_eq!(start.elapsed().as_secs(), 60);
    }

    impl PacedBody<Steady> {
        /// Nothing follows the frames, not even the end.
        fn stalled(mut self) -> Self {
            self.body.left += 1;
            self.body.every = Duration::from_secs(1_000_000);
            self
        }
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nothing_is_asked_for_does_not_count() {
        let mut body = steady(MIN_WINDOW_BYTES / 4, 14_000, 5);
        for _ in 0..4 {
            assert!(body.frame().await.unwrap().is_ok());
            assert!(body.try_frame().is_none());
            sleep(Duration::from_secs(13)).await;
        }
        assert!(body.frame().await.unwrap().is_ok());
        assert!(body.frame().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_one_byte_in_a_window_is_enough() {
        let mut body = steady(1, 29_000, 5);
        body.pace = Pace::new(WINDOW, 0);
        assert_eq!(read(body).await.unwrap(), 5);
        let mut body = steady(1, 31_000, 5);
        body.pace = Pace::new(WINDOW, 0);
        assert!(read(body).await.is_err());
    }
}
