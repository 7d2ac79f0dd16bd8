//! The pools of a server. JavaScript refers to them by numbers, which can be passed to threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::notices;
use crate::config::HandlerOptions;
use crate::dispatch::{Balancer, Mailbox, Usage, Worker};
use crate::kind::{HandlerNumber, Kind};
use crate::registry::{RegisterError, Registry};

/// The servers of this process, by number, with which a worker thread finds its server. Does not keep servers alive,
/// since threads may outlive them.
static SERVERS: Mutex<Vec<(u32, Weak<Pools>)>> = Mutex::new(Vec::new());
static NEXT_SERVER: AtomicU32 = AtomicU32::new(1);

/// Why a thread cannot join a server.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum JoinError {
    /// The server is closed or was collected.
    #[error("the server of this thread is gone")]
    ServerGone,
    /// The worker has ended, or another environment has joined as it.
    #[error("the place of this thread in its pool is taken, or was given up")]
    PlaceTaken,
}

/// The pools of a server and their workers.
pub(super) struct Pools {
    number: u32,
    registry: Arc<Registry>,
    balancer: Arc<Balancer>,
    /// The mailbox of the main thread, for notices.
    mailbox: Arc<Mailbox>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next_pool: u32,
    /// The most calls in a worker at a time, by pool.
    pools: HashMap<u32, usize>,
    workers: HashMap<u32, Member>,
}

/// A worker of a pool.
struct Member {
    worker: Arc<Worker>,
    pool: u32,
    state: State,
    handlers: HashMap<(Kind, String), HandlerNumber>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// No environment has joined as this worker.
    Vacant,
    Starting,
    Ready,
    Draining,
}

impl Pools {
    /// Creates the table of a new server, without pools.
    pub(super) fn new(registry: Arc<Registry>, balancer: Arc<Balancer>, mailbox: Arc<Mailbox>) -> Arc<Self> {
        let number = NEXT_SERVER.fetch_add(1, Ordering::Relaxed);
        let pools = Arc::new(Pools { number, registry, balancer, mailbox, inner: Mutex::default() });
        let mut servers = SERVERS.lock();
        servers.retain(|(_, pools)| pools.strong_count() > 0);
        servers.push((number, Arc::downgrade(&pools)));
        pools
    }

    /// The pools of the server with this number.
    pub(super) fn of_server(number: u32) -> Result<Arc<Self>, JoinError> {
        let servers = SERVERS.lock();
        let found = servers.iter().find(|(other, _)| *other == number);
        found.and_then(|(_, pools)| pools.upgrade()).ok_or(JoinError::ServerGone)
    }

    /// The number of the server.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Opens a pool and returns its number.
    pub(super) fn open(&self, max_in_flight: usize) -> u32 {
        let mut inner = self.inner.lock();
        inner.next_pool += 1;
        let number = inner.next_pool;
        inner.pools.insert(number, max_in_flight);
        number
    }

    /// Closes a pool, and removes its handlers, unless others have them, too.
    pub(super) fn close(&self, pool: u32) {
        self.inner.lock().pools.remove(&pool);
        self.registry.withdraw_all(pool);
    }

    /// Adds a worker to an open pool. It gets no calls before it is ready.
    pub(super) fn add_worker(&self, pool: u32) -> Option<Arc<Worker>> {
        let mut inner = self.inner.lock();
        let max_in_flight = *inner.pools.get(&pool)?;
        let worker = self.balancer.add_worker(max_in_flight);
        let member =
            Member { worker: Arc::clone(&worker), pool, state: State::Vacant, handlers: HashMap::new() };
        inner.workers.insert(worker.number(), member);
        Some(worker)
    }

    /// Lets an environment join as a worker. Only one can do so for each worker.
    pub(super) fn join(&self, worker: u32) -> Result<Arc<Worker>, JoinError> {
        let mut inner = self.inner.lock();
        let member = inner.workers.get_mut(&worker).filter(|member| member.state == State::Vacant);
        let member = member.ok_or(JoinError::PlaceTaken)?;
        member.state = State::Starting;
        Ok(Arc::clone(&member.worker))
    }

    /// Adds a handler to a worker, and returns its number.
    pub(super) fn register(
        &self,
        worker: &Worker,
        kind: Kind,
        id: &str,
        options: HandlerOptions,
    ) -> Result<HandlerNumber, RegisterError> {
        let mut inner = self.inner.lock();
        let handler = (kind, id.to_owned());
        let member = inner.workers.get_mut(&worker.number());
        let member = member.filter(|member| !member.handlers.contains_key(&handler));
        let member = member.ok_or(RegisterError::AlreadyRegistered)?;
        let number = self.registry.announce(member.pool, kind, id, options)?;
        member.handlers.insert(handler, number);
        self.balancer.add_handler(worker, number);
        Ok(number)
    }

    /// Removes a handler of a worker, and returns its number. The id is removed with its last worker.
    pub(super) fn unregister(&self, worker: &Worker, kind: Kind, id: &str) -> Option<HandlerNumber> {
        let mut inner = self.inner.lock();
        let handler = (kind, id.to_owned());
        let member = inner.workers.get_mut(&worker.number())?;
        let number = member.handlers.remove(&handler)?;
        let pool = member.pool;
        self.balancer.remove_handler(worker, number);
        if !inner.has_handler(pool, &handler) {
            self.registry.withdraw(pool, kind, id);
        }
        Some(number)
    }

    /// A worker runs no more than so many calls at a time.
    pub(super) fn limit(&self, worker: &Worker, max_in_flight: usize) {
        self.balancer.limit(worker, max_in_flight);
    }

    /// A worker takes calls from here on.
    pub(super) fn ready(&self, worker: &Worker) {
        if let Some(member) = self.inner.lock().workers.get_mut(&worker.number()) {
            member.state = State::Ready;
            self.balancer.ready(worker);
        }
    }

    /// The load of a worker; `None` if it has ended.
    pub(super) fn usage(&self, worker: u32) -> Option<Usage> {
        self.inner.lock().workers.get(&worker).and_then(|member| member.worker.usage())
    }

    /// Gives a worker no further calls. Posts a notice once it runs none.
    pub(super) fn drain(&self, worker: u32) {
        let mut inner = self.inner.lock();
        let Some(member) = inner.workers.get_mut(&worker) else { return };
        member.state = State::Draining;
        let drained = Arc::clone(&member.worker);
        drop(inner);
        let mailbox = Arc::clone(&self.mailbox);
        self.balancer.drain(&drained, move || notices::post_worker(&mailbox, worker, "drained"));
    }

    /// Removes a worker that has ended. Its running calls fail, and its waiting calls go to other workers.
    ///
    /// Its pool keeps its ids, since another worker will replace it. But if it was drained while others are ready, ids
    /// that only it had are removed, since newer scripts do without them.
    pub(super) fn lose(&self, worker: u32) {
        let mut inner = self.inner.lock();
        let Some(Member { worker, pool, state, handlers }) = inner.workers.remove(&worker) else { return };
        let is_replaced = state == State::Draining && inner.has_ready(pool);
        for handler in handlers.into_keys().filter(|_| is_replaced) {
            if !inner.has_handler(pool, &handler) {
                self.registry.withdraw(pool, handler.0, &handler.1);
            }
        }
        drop(inner);
        self.balancer.lost(&worker);
    }
}

impl Inner {
    fn has_handler(&self, pool: u32, handler: &(Kind, String)) -> bool {
        self.workers.values().any(|member| member.pool == pool && member.handlers.contains_key(handler))
    }

    fn has_ready(&self, pool: u32) -> bool {
        self.workers.values().any(|member| member.pool == pool && member.state == State::Ready)
    }
}
