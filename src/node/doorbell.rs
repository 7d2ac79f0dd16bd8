//! The one threadsafe function of a server. It carries no data: it tells JavaScript that there are records to take.
//!
//! It uses napi-sys, since napi's type for threadsafe functions comes with a feature that opens a resource (`CustomGC`)
//! in every process that loads the addon, which Jest reports as an open handle.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use napi::bindgen_prelude::Function;
use napi::{Env, JsValue, Result, check_status, sys};
use parking_lot::RwLock;

use crate::dispatch::Doorbell;

/// Calls a JavaScript function from any thread, asynchronously. Keeps the process alive unless
/// [`JsDoorbell::keep_alive`] is set to false.
pub(super) struct JsDoorbell {
    raw: sys::napi_threadsafe_function,
    /// Set when the environment has finalized the function, which must not be used from then on.
    gone: Arc<RwLock<bool>>,
}

// SAFETY: the engine lets any thread call and release a threadsafe function.
unsafe impl Send for JsDoorbell {}
// SAFETY: the engine lets several threads do so at a time.
unsafe impl Sync for JsDoorbell {}

impl JsDoorbell {
    pub(super) fn new(env: &Env, drain: &Function<'_, (), ()>) -> Result<Self> {
        let name = env.create_string("TunnelServer")?;
        let gone = Arc::new(RwLock::new(false));
        let mut raw = null_mut();
        // SAFETY: function and name belong to this environment. `finalize` releases the reference to `gone` that it
        // gets. Without a callback the engine calls the function without arguments.
        let status = unsafe {
            sys::napi_create_threadsafe_function(
                env.raw(),
                drain.raw(),
                null_mut(),
                name.raw(),
                0,
                1,
                Arc::into_raw(Arc::clone(&gone)).cast_mut().cast(),
                Some(finalize),
                null_mut(),
                None,
                &raw mut raw,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: nothing was made, so `finalize` will not run, and its reference is released here.
            drop(unsafe { Arc::from_raw(Arc::as_ptr(&gone)) });
        }
        check_status!(status).map(|()| JsDoorbell { raw, gone })
    }

    /// Sets whether this server keeps the process alive. Must be called on the JavaScript thread.
    pub(super) fn keep_alive(&self, env: &Env, alive: bool) -> Result<()> {
        let gone = self.gone.read();
        if *gone {
            return Ok(());
        }
        // SAFETY: as in `ring`, and `env` is that of the running thread.
        let status = unsafe {
            if alive {
                sys::napi_ref_threadsafe_function(env.raw(), self.raw)
            } else {
                sys::napi_unref_threadsafe_function(env.raw(), self.raw)
            }
        };
        check_status!(status)
    }
}

impl Doorbell for JsDoorbell {
    fn ring(&self) {
        let gone = self.gone.read();
        if !*gone {
            // SAFETY: the environment does not finalize the function while `gone` is locked.
            unsafe {
                sys::napi_call_threadsafe_function(
                    self.raw,
                    null_mut(),
                    sys::ThreadsafeFunctionCallMode::nonblocking,
                )
            };
        }
    }
}

impl Drop for JsDoorbell {
    fn drop(&mut self) {
        let gone = self.gone.read();
        if !*gone {
            // SAFETY: as in `ring`; this is the only owner of the function, which it releases once.
            unsafe {
                sys::napi_release_threadsafe_function(self.raw, sys::ThreadsafeFunctionReleaseMode::release)
            };
        }
    }
}

unsafe extern "C" fn finalize(_: sys::napi_env, gone: *mut c_void, _: *mut c_void) {
    // SAFETY: the pointer is the one that `new` made, and the environment finalizes a function once.
    let gone = unsafe { Arc::from_raw(gone.cast::<RwLock<bool>>().cast_const()) };
    *gone.write() = true;
}
