//! Shares the calls of a server between its workers, which come and go, and its main thread.
//!
//! A call waits in the [`Balancer`] until a [`Worker`] takes it, so it can still go to another one: to a worker that has
//! nothing left to do, or to any if its own ends. From then on it is started, and stays with that worker until it is
//! complete. Each call goes from state to state as follows.
//!
//! | State | Becomes | When |
//! |---|---|---|
//! | | waiting | its I/O thread hands it over, and a worker has its handler: the one with the least to do |
//! | | parked | no worker has its handler |
//! | parked | waiting | a worker with its handler becomes ready |
//! | parked | `NoWorker` | it has been parked for `acquireTimeoutMs` |
//! | waiting | started | its worker takes it, or one that has nothing left to do |
//! | waiting | waiting, parked | its worker is drained or lost, or has no such handler any more |
//! | started | its outcome | its worker completes it |
//! | started | `WorkerLost`; waiting, parked | its worker is lost; it is idempotent and was lost for the first time |
//! | any | forgotten; told to the worker | its outcome is not wanted any more |
//!
//! All of it changes under the one lock of [`state::State`], which is taken once for the many calls of a turn. That is
//! what makes a call be in one place: no call is run twice, dropped, or completed twice, however workers come and go.
//! Doorbells are rung, and outcomes delivered, without the lock.
//!
//! A server without workers does not come here: its calls go from the I/O thread into the mailbox of the main thread.

mod balancer;
mod choice;
mod dispatcher;
mod key_queue;
mod seat;
mod state;
mod worker;

#[cfg(test)]
mod tests;

pub use balancer::Balancer;
pub use worker::{Usage, Worker};
