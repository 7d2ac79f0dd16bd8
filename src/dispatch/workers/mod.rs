//! Distributes the calls of a server to its main thread and its workers, which may be added and lost at any time.
//!
//! A call waits in the [`Balancer`] until a [`Worker`] takes it. Until then it can go to another worker, if that one is
//! idle or the chosen one ends. Once taken, it is started, and stays with its worker until it is completed. These are
//! the transitions of a call:
//!
//! | State | Next state | When |
//! |---|---|---|
//! | | waiting | it arrives, and there are workers with its handler. The one with the fewest calls is chosen |
//! | | parked | no worker has its handler |
//! | parked | waiting | a worker with its handler becomes ready |
//! | parked | `NoWorker` | it has been parked for `acquireTimeoutMs` |
//! | waiting | started | its worker takes it, or an idle one does |
//! | waiting | waiting, parked | its worker is drained or lost, or its handler is removed there |
//! | started | its outcome | its worker completes it |
//! | started | `WorkerLost`; waiting, parked | its worker is lost; the latter if idempotent and started only once |
//! | any | dropped; if started, cancelled | its outcome is no longer needed |
//!
//! All transitions happen under the one lock of [`state::State`], which is taken once for all calls of a turn. So each
//! call is in one state at a time: none is lost, run twice or completed twice, whichever workers are added and lost.
//! Doorbells are rung and outcomes delivered without the lock.
//!
//! The calls of a server without workers skip all this: they go from the I/O thread to the mailbox of the main thread.

mod balancer;
mod call_state;
mod choice;
mod dispatcher;
mod key_queue;
mod membership;
mod seat;
mod state;
mod worker;

#[cfg(test)]
mod tests;

pub use balancer::Balancer;
pub use worker::{Usage, Worker};
