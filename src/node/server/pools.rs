//! Pools of workers, by their numbers.

use napi::{Error, Result};
use napi_derive::napi;

use super::NativeServer;

/// What a worker has done, and does.
#[napi(object)]
pub struct WorkerUsage {
    /// Calls that it has completed.
    pub calls: f64,
    /// Calls that it has started and not completed.
    pub in_flight: u32,
    /// How far the call that is latest is past its deadline, in milliseconds.
    pub overdue_ms: f64,
}

#[napi]
impl NativeServer {
    /// The number by which a thread joins this server.
    #[napi(catch_unwind)]
    pub fn number(&self) -> Result<u32> {
        self.guard("number", || Ok(self.pools.number()))
    }

    /// Opens a pool and returns its number. `max_in_flight` is how many calls run at a time in one of its workers.
    #[napi(catch_unwind)]
    pub fn open_pool(&self, max_in_flight: u32) -> Result<u32> {
        self.guard("openPool", || Ok(self.pools.open(max_in_flight as usize)))
    }

    /// Closes a pool whose workers have ended.
    #[napi(catch_unwind)]
    pub fn close_pool(&self, pool: u32) -> Result<()> {
        self.guard("closePool", || {
            self.pools.close(pool);
            Ok(())
        })
    }

    /// Adds a worker to a pool and returns its number, by which a thread joins as it. Throws for a pool that is closed.
    #[napi(catch_unwind)]
    pub fn add_worker(&self, pool: u32) -> Result<u32> {
        self.guard("addWorker", || {
            let worker = self.pools.add_worker(pool);
            worker.map(|worker| worker.number()).ok_or_else(|| Error::from_reason("the pool is closed"))
        })
    }

    /// What a worker has done and does; null if it has ended.
    #[napi(catch_unwind)]
    pub fn worker_usage(&self, worker: u32) -> Result<Option<WorkerUsage>> {
        self.guard("workerUsage", || {
            Ok(self.pools.usage(worker).map(|usage| WorkerUsage {
                calls: usage.completed as f64,
                in_flight: u32::try_from(usage.in_flight).unwrap_or(u32::MAX),
                overdue_ms: usage.overdue.as_secs_f64() * 1000.0,
            }))
        })
    }

    /// Gives a worker no more calls; the notice `drained` follows once it runs none.
    #[napi(catch_unwind)]
    pub fn drain_worker(&self, worker: u32) -> Result<()> {
        self.guard("drainWorker", || {
            self.pools.drain(worker);
            Ok(())
        })
    }

    /// Says that a worker has ended. What it ran fails, what it had not started goes to others.
    #[napi(catch_unwind)]
    pub fn lose_worker(&self, worker: u32) -> Result<()> {
        self.guard("loseWorker", || {
            self.pools.lose(worker);
            Ok(())
        })
    }
}
