//! The native class through which a JavaScript environment takes calls and completes them. This file has its doorbell,
//! the others its transfers.

mod calls;
mod join;
mod transfers;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use join::Membership;
use napi::bindgen_prelude::Function;
use napi::{Env, Result};
use napi_derive::napi;

use super::boundary;
use super::doorbell::JsDoorbell;
use super::handles::Handles;
use super::host::JsHost;
use crate::dispatch::{Mailbox, Worker};

/// Through it a JavaScript environment takes calls and completes them. Only `lib/` uses it.
#[napi]
#[derive(Clone)]
pub struct NativeBridge {
    worker: Arc<Worker>,
    mailbox: Arc<Mailbox>,
    /// The receiver of the decisions of hooks, which only the main thread runs.
    host: Option<Arc<JsHost>>,
    handles: Rc<RefCell<Handles>>,
    /// The doorbell of the mailbox, while it is attached.
    doorbell: Rc<RefCell<Option<Arc<JsDoorbell>>>>,
    /// The place of a worker thread in its pool.
    membership: Option<Rc<Membership>>,
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
    /// Creates the bridge of the environment that runs the calls of `worker`. The main thread also has a host.
    pub(super) fn new(worker: Arc<Worker>, host: Option<Arc<JsHost>>) -> Self {
        let mailbox = Arc::clone(worker.mailbox());
        let handles = Rc::new(RefCell::new(Handles::new(Arc::clone(&mailbox))));
        NativeBridge { worker, mailbox, host, handles, doorbell: Rc::default(), membership: None }
    }

    fn guard<T>(&self, name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        boundary::guard(&self.mailbox, name, run)
    }
}
