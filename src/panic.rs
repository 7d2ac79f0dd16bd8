//! Boundaries at which panics end.
//!
//! A panic must not leave a native function, which would abort the process, and must not print to the application's
//! standard error. All code that user input can reach runs behind [`catch`] or [`catch_future`], or on a
//! [quieted](quiet_thread) thread in tasks that are [spawned](spawn) here. The panics are logged.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Once;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use pin_project_lite::pin_project;

type Reporter = Rc<dyn Fn(Panic)>;

thread_local! {
    /// How many boundaries the running code is behind.
    static BOUNDARIES: Cell<usize> = const { Cell::new(0) };
    /// The panic on its way to the innermost boundary.
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
    /// Where the panics of this thread's tasks go.
    static REPORTER: RefCell<Option<Reporter>> = const { RefCell::new(None) };
}

/// A panic that has ended at a boundary: always a bug of this crate, or of one that it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// Its message.
    pub message: String,
    /// File and line, if known.
    pub location: Option<String>,
}

impl Panic {
    /// Describes a panic that another boundary on this thread has caught, such as a layer of tower.
    pub fn from_payload(payload: &(dyn Any + Send)) -> Self {
        let recorded = LAST.with_borrow_mut(Option::take);
        recorded.unwrap_or_else(|| Panic { message: message_of(payload), location: None })
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.location.iter().try_for_each(|location| write!(f, " ({location})"))
    }
}

/// Runs a function, and catches a panic without printing it.
///
/// The function may leave state half changed when it panics: that must be dropped, or be valid in any case.
///
/// # Errors
/// The panic.
pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, Panic> {
    install_hook();
    let _boundary = Boundary::enter();
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| Panic::from_payload(&*payload))
}

/// Runs a future, and catches a panic as [`catch`] does.
///
/// # Errors
/// The panic.
pub fn catch_future<F: Future>(future: F) -> Caught<F> {
    Caught { future }
}

pin_project! {
    /// A future whose panics are caught. Not an `async fn`, which would store the future twice: every idle connection
    /// has one.
    #[derive(Debug)]
    pub struct Caught<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Caught<F> {
    type Output = Result<F::Output, Panic>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.project().future;
        match catch(|| future.poll(cx)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// Keeps all panics of the current thread from printing, for threads whose panics end at boundaries of other crates,
/// such as tokio's around its tasks.
pub fn quiet_thread() {
    install_hook();
    BOUNDARIES.set(BOUNDARIES.get() + 1);
}

/// Sets the reporter that [`report`] passes the panics of the current thread to.
pub fn set_reporter(reporter: impl Fn(Panic) + 'static) {
    REPORTER.set(Some(Rc::new(reporter)));
}

/// Passes a panic that was caught to the reporter of the current thread, if it has one.
pub fn report(panic: Panic) {
    if let Some(reporter) = REPORTER.with_borrow(Clone::clone) {
        reporter(panic);
    }
}

/// Spawns a future on the current runtime. A panic ends the task, and is reported.
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(catch_future(future).map(|ended| ended.map_err(report)));
}

/// Installs a hook before the one that prints. The addon has its own copy of the standard library, so that the hook
/// sees the panics of this crate alone.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if !record(info) {
                previous(info);
            }
        }));
    });
}

/// Stores the panic for its boundary. Returns false if there is none.
fn record(info: &PanicHookInfo<'_>) -> bool {
    // Thread-local variables are gone on a thread that is ending.
    if BOUNDARIES.try_with(Cell::get).unwrap_or(0) == 0 {
        return false;
    }
    let panic =
        Panic { message: message_of(info.payload()), location: info.location().map(ToString::to_string) };
    let _ = LAST.try_with(|last| last.replace(Some(panic)));
    true
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

struct Boundary;

impl Boundary {
    fn enter() -> Self {
        BOUNDARIES.set(BOUNDARIES.get() + 1);
        Boundary
    }
}

impl Drop for Boundary {
    fn drop(&mut self) {
        BOUNDARIES.set(BOUNDARIES.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_at_the_boundary_and_says_where_it_came_from() {
        let number = 7;
        let panic = catch(|| panic!("number {number}")).unwrap_err();
        assert_eq!(panic.message, "number 7");
        assert!(panic.to_string().contains("panic.rs:"), "{panic}");
        assert_eq!(catch(|| 5), Ok(5));
    }

    #[test]
    fn boundaries_nest() {
        let outer = catch(|| {
            let inner = catch(|| panic!("inner")).unwrap_err();
            panic!("outer after {}", inner.message);
        });
        assert_eq!(outer.unwrap_err().message, "outer after inner");
        assert_eq!(BOUNDARIES.get(), 0);
    }

    #[test]
    fn a_payload_that_is_no_text_is_told_as_such() {
        let panic = catch(|| std::panic::panic_any(5)).unwrap_err();
        assert_eq!(panic.message, "a panic without a message");
    }

    #[test]
    fn a_future_that_panics_is_over() {
        let panics = async {
            tokio::task::yield_now().await;
            panic!("late");
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(catch_future(panics)).unwrap_err().message, "late");
        assert_eq!(catch_future(async { 5 }).now_or_never(), Some(Ok(5)));
    }

    #[test]
    fn a_task_that_panics_is_reported_by_its_thread() {
        let reported = std::thread::spawn(|| {
            let reported = Rc::new(RefCell::new(Vec::new()));
            let reports = Rc::clone(&reported);
            quiet_thread();
            set_reporter(move |panic| reports.borrow_mut().push(panic.message));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                spawn(async { panic!("in a task") });
                spawn(async {});
                tokio::task::yield_now().await;
                tokio::task::yield_now().await;
            });
            reported.take()
        });
        assert_eq!(reported.join().unwrap(), ["in a task"]);
    }

    #[test]
    fn a_quiet_thread_keeps_its_panics_for_boundaries_of_others() {
        let caught = std::thread::spawn(|| {
            quiet_thread();
            let payload = catch_unwind(|| panic!("elsewhere")).unwrap_err();
            Panic::from_payload(&*payload)
        });
        let panic = caught.join().unwrap();
        assert_eq!(panic.message, "elsewhere");
        assert!(panic.location.is_some());
    }
}
