//! Cleanup when an environment ends.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use napi::{Env, Result, check_status, sys};

use crate::panic;
use crate::server::Server;

/// How long an environment that ends waits for the threads of a server. They end at once unless the machine is
/// overloaded, and the process may be exiting and must not hang.
const MAX_JOIN: Duration = Duration::from_secs(1);

/// Runs a function when its environment ends. Dropping the hook removes it from the environment.
pub(super) struct CleanupHook {
    env: Env,
    target: Arc<Target>,
}

struct Target {
    run: Box<dyn Fn() + Send + Sync>,
    ran: AtomicBool,
}

impl CleanupHook {
    /// Stops a server when the environment ends, and waits for its threads.
    pub(super) fn stop(env: &Env, server: Arc<Server>) -> Result<Self> {
        Self::add(env, move || {
            server.stop();
            server.join(MAX_JOIN);
        })
    }

    /// Runs a function when the environment ends, on its thread. JavaScript no longer runs then.
    pub(super) fn add(env: &Env, run: impl Fn() + Send + Sync + 'static) -> Result<Self> {
        let target = Arc::new(Target { run: Box::new(run), ran: AtomicBool::new(false) });
        let hook = CleanupHook { env: Env::from_raw(env.raw()), target };
        let argument = Arc::into_raw(Arc::clone(&hook.target));
        // SAFETY: `argument` holds a reference of its own, which either `run_target` or `drop` releases.
        let status = unsafe {
            sys::napi_add_env_cleanup_hook(env.raw(), Some(run_target), argument.cast_mut().cast())
        };
        check_status!(status).map(|()| hook)
    }
}

impl Drop for CleanupHook {
    fn drop(&mut self) {
        if self.target.ran.load(Ordering::Relaxed) {
            return;
        }
        let argument = Arc::as_ptr(&self.target);
        // SAFETY: the hook did not run, so the environment is alive, and this is its thread: the class
        // instance that owns the hook lives there.
        let status = unsafe {
            sys::napi_remove_env_cleanup_hook(self.env.raw(), Some(run_target), argument.cast_mut().cast())
        };
        if status == sys::Status::napi_ok {
            // SAFETY: the hook will not run any more, so its reference is released here.
            drop(unsafe { Arc::from_raw(argument) });
        }
    }
}

unsafe extern "C" fn run_target(argument: *mut c_void) {
    // SAFETY: the argument is the one that `add` made, and the environment calls a hook once.
    let target = unsafe { Arc::from_raw(argument.cast::<Target>().cast_const()) };
    target.ran.store(true, Ordering::Relaxed);
    // The environment is gone, and the log with it.
    let _ = panic::catch(|| (target.run)());
}
