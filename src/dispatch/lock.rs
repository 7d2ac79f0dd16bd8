//! The lock of mailboxes and of the balancer. In unit tests it is one whose order a model can choose.

#[cfg(not(test))]
pub(super) use parking_lot::{Mutex, MutexGuard};

#[cfg(test)]
pub(super) use modelled::{Mutex, MutexGuard, model};

#[cfg(test)]
mod modelled {
    use std::cell::Cell;

    pub(in crate::dispatch) use parking_lot::MutexGuard;

    thread_local! {
        /// All threads of a model are one thread of the system.
        static IS_MODELLED: Cell<bool> = const { Cell::new(false) };
    }

    /// Runs a model, at whose locks shuttle decides which of its threads goes on.
    pub(in crate::dispatch) fn model(run: impl FnOnce()) {
        IS_MODELLED.set(true);
        run();
        IS_MODELLED.set(false);
    }

    #[derive(Debug, Default)]
    pub(in crate::dispatch) struct Mutex<T>(parking_lot::Mutex<T>);

    impl<T> Mutex<T> {
        pub(in crate::dispatch) fn new(value: T) -> Self {
            Mutex(parking_lot::Mutex::new(value))
        }

        pub(in crate::dispatch) fn lock(&self) -> MutexGuard<'_, T> {
            if !IS_MODELLED.get() {
                return self.0.lock();
            }
            loop {
                shuttle::thread::yield_now();
                if let Some(guard) = self.0.try_lock() {
                    return guard;
                }
            }
        }
    }
}
