//! The native class through which a JavaScript environment takes calls and completes them. This file has its doorbell,
//! the others its transfers.

mod calls;
mod transfers;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use napi::bindgen_prelude::Function;
use napi::{Env, Result};
use napi_derive::napi;

use super::backend::JsBackend;
use super::boundary;
use super::doorbell::JsDoorbell;
use super::handles::Handles;
use crate::dispatch::Mailbox;

/// Through it a JavaScript environment takes calls and completes them. Only `lib/` uses it.
#[napi]
#[derive(Clone)]
pub struct NativeBridge {
    mailbox: Arc<Mailbox>,
    backend: Arc<JsBackend>,
    handles: Rc<RefCell<Handles>>,
    /// The doorbell of the mailbox, while it is attached.
    doorbell: Rc<RefCell<Option<Arc<JsDoorbell>>>>,
}

#[napi]
impl NativeBridge {
    /// Calls `drain` when there are records to take. Keeps the process alive unless [`Self::keep_alive`] is set to
    /// false.
    #[napi(catch_unwind)]
    pub fn attach(&self, env: &Env, drain: Function<'_, (), ()>) -> Result<()> {
        self.guard("attach", || {
            let doorbell = Arc::new(JsDoorbell::new(env, &drain)?);
            self.mailbox.attach(Arc::clone(&doorbell) as Arc<_>);
            self.doorbell.replace(Some(doorbell));
            Ok(())
        })
    }

    /// Releases the attached function. Records wait until another is attached.
    #[napi(catch_unwind)]
    pub fn detach(&self) -> Result<()> {
        self.guard("detach", || {
            self.mailbox.detach();
            self.doorbell.take();
            Ok(())
        })
    }

    /// Sets whether the attached function keeps the process alive.
    #[napi(catch_unwind)]
    pub fn keep_alive(&self, env: &Env, alive: bool) -> Result<()> {
        self.guard("keepAlive", || {
            self.doorbell.borrow().as_ref().map_or(Ok(()), |doorbell| doorbell.keep_alive(env, alive))
        })
    }
}

impl NativeBridge {
    /// The bridge of an environment that takes from `mailbox`, and completes through `backend`.
    pub(super) fn new(mailbox: Arc<Mailbox>, backend: Arc<JsBackend>) -> Self {
        let handles = Rc::new(RefCell::new(Handles::new(Arc::clone(&mailbox))));
        NativeBridge { mailbox, backend, handles, doorbell: Rc::default() }
    }

    fn guard<T>(&self, name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        boundary::guard(&self.mailbox, name, run)
    }
}
