//! The one threadsafe function of a server. It carries no data: it says that there is something to take.

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status, check_status, sys};

type Ring = ThreadsafeFunction<(), (), (), Status, false>;

/// Calls a JavaScript function, soon, from any thread. While it exists it keeps the process alive, unless
/// it is told not to.
pub(super) struct Doorbell(Ring);

impl Doorbell {
    pub(super) fn new(answer: &Function<'_, (), ()>) -> Result<Self> {
        let ring = answer.build_threadsafe_function::<()>().callee_handled::<false>().build()?;
        Ok(Doorbell(ring))
    }

    /// Rings. Once the environment is gone nobody hears it, which is as it should be.
    pub(super) fn ring(&self) {
        self.0.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Whether the process stays alive for this server. To be called on the JavaScript thread.
    pub(super) fn keep_alive(&self, env: &Env, alive: bool) -> Result<()> {
        let raw = self.0.raw();
        // SAFETY: the threadsafe function lives as long as `self`, and `env` is that of the running thread.
        let status = unsafe {
            if alive {
                sys::napi_ref_threadsafe_function(env.raw(), raw)
            } else {
                sys::napi_unref_threadsafe_function(env.raw(), raw)
            }
        };
        check_status!(status)
    }
}
