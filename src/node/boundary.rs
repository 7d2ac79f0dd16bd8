//! The boundary of the functions that JavaScript calls: no panic leaves them.

use napi::{Error, Status};

use super::notices;
use crate::dispatch::Mailbox;
use crate::panic::{self, Panic};
use crate::server::Notice;

/// Runs the body of a native function. A panic becomes an error for the caller, and is logged.
pub(super) fn guard<T>(
    mailbox: &Mailbox,
    name: &str,
    run: impl FnOnce() -> napi::Result<T>,
) -> napi::Result<T> {
    catch(name, run).unwrap_or_else(|panic| {
        let message = bug(name, &panic);
        report(mailbox, panic);
        Err(Error::new(Status::GenericFailure, message))
    })
}

/// Runs the constructor. A panic becomes an error for the caller alone, since there is no log yet.
pub(super) fn guard_new<T>(run: impl FnOnce() -> Result<T, Error<String>>) -> Result<T, Error<String>> {
    catch("constructor", run)
        .unwrap_or_else(|panic| Err(Error::new("PANIC".to_owned(), bug("constructor", &panic))))
}

/// Runs the body of a native function that has no log yet. A panic becomes an error for the caller alone.
pub(super) fn guard_unlogged<T>(name: &str, run: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    catch(name, run).unwrap_or_else(|panic| Err(Error::new(Status::GenericFailure, bug(name, &panic))))
}

/// Runs code whose caller cannot handle a failure. Panics and errors are logged.
pub(super) fn attempt<T>(mailbox: &Mailbox, name: &str, run: impl FnOnce() -> napi::Result<T>) -> Option<T> {
    let failure = match catch(name, run) {
        Ok(Ok(done)) => return Some(done),
        Ok(Err(error)) => Panic { message: format!("{name}: {}", error.reason), location: None },
        Err(panic) => panic,
    };
    report(mailbox, failure);
    None
}

fn catch<T>(
    #[cfg_attr(not(debug_assertions), expect(unused_variables))] name: &str,
    run: impl FnOnce() -> T,
) -> Result<T, Panic> {
    panic::catch(|| {
        #[cfg(debug_assertions)]
        rehearsal::panic_if_asked(name);
        run()
    })
}

fn bug(name: &str, panic: &Panic) -> String {
    format!("a bug of @bluelibs/runner-native: {name}: {panic}")
}

/// Sends a panic to the log.
fn report(mailbox: &Mailbox, panic: Panic) {
    // If the mailbox itself panics, the log cannot be reached.
    let _ = panic::catch(|| notices::post(mailbox, Notice::Panicked(panic)));
}

/// Panics on demand, for tests of the boundaries. Not in release builds.
#[cfg(debug_assertions)]
mod rehearsal {
    use std::cell::RefCell;

    use napi_derive::napi;

    use crate::node::server::NativeServer;

    thread_local! {
        static NEXT: RefCell<Option<String>> = const { RefCell::new(None) };
    }

    #[napi]
    impl NativeServer {
        /// Makes the next call of a native function on this thread panic.
        #[napi(skip_typescript)]
        pub fn rehearse_panic(name: String) {
            NEXT.set(Some(name));
        }
    }

    pub(super) fn panic_if_asked(name: &str) {
        let asked = NEXT.with_borrow_mut(|next| next.take_if(|next| next == name));
        assert!(asked.is_none(), "rehearsed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the log gets of the mailbox's panics.
    fn logged(mailbox: &Mailbox) -> Vec<serde_json::Value> {
        std::iter::from_fn(|| mailbox.take())
            .map(|batch| serde_json::from_slice(batch.texts()).unwrap())
            .collect()
    }

    #[test]
    fn a_panic_is_an_error_for_the_caller_and_a_line_of_the_log() {
        let mailbox = Mailbox::default();
        let error = guard(&mailbox, "take", || -> napi::Result<()> { panic!("too far") }).unwrap_err();
        assert!(error.reason.starts_with("a bug of @bluelibs/runner-native: take: too far ("), "{error}");
        let [line] = &logged(&mailbox)[..] else { panic!("expected one line") };
        assert_eq!((&line["type"], &line["error"]), (&"panicked".into(), &"too far".into()));
        assert!(line["location"].as_str().unwrap().contains("boundary.rs:"));
    }

    #[test]
    fn an_error_is_the_callers_business_alone() {
        let mailbox = Mailbox::default();
        let error = guard(&mailbox, "close", || -> napi::Result<()> { Err(Error::from_reason("no time")) });
        assert_eq!(error.unwrap_err().reason.as_str(), "no time");
        assert!(logged(&mailbox).is_empty());
    }

    #[test]
    fn a_failure_without_a_caller_is_logged_be_it_a_panic_or_an_error() {
        let mailbox = Mailbox::default();
        assert_eq!(attempt(&mailbox, "cross", || Ok(5)), Some(5));
        assert_eq!(attempt(&mailbox, "cross", || -> napi::Result<()> { panic!("too far") }), None);
        assert_eq!(attempt(&mailbox, "cross", || Err::<(), _>(Error::from_reason("too long"))), None);
        let errors: Vec<_> = logged(&mailbox).into_iter().map(|line| line["error"].clone()).collect();
        assert_eq!(errors, ["too far", "cross: too long"]);
    }
}
