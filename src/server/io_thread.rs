//! One I/O thread: its runtime, its share of the connections, and their calls in flight.
//!
//! The first thread binds, accepts, and distributes connections. Threads share no queue: on few cores a work-stealing
//! runtime costs more than it balances.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::mpsc;

use super::accept::{Accepted, Acceptor};
use super::http1::{self, ConnectionContext};
use super::stream::Stream;
use super::{ListenError, Notice, Shared, listen};
use crate::dispatch::{CompletionQueue, Peer, Pending, PendingCalls};
use crate::hooks::PendingHooks;
use crate::http::Pipeline;
use crate::panic;

type Connections = mpsc::UnboundedReceiver<Accepted>;
type Share = mpsc::UnboundedSender<Accepted>;

pub(super) fn spawn(
    index: usize,
    shared: &Arc<Shared>,
    run: impl FnOnce(&Arc<Shared>) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    let run = move || {
        let reporter = Arc::clone(&shared);
        panic::quiet_thread();
        panic::set_reporter(move |panic| (reporter.notify)(Notice::Panicked(panic)));
        run(&shared);
    };
    std::thread::Builder::new().name(format!("runner-io-{index}")).spawn(run)
}

/// Runs the first thread: binds, starts the others, serves until the server is closed.
pub(super) fn run_first(shared: &Arc<Shared>) {
    let listening = Cell::new(false);
    let ended = panic::catch(|| serve_first(shared, &listening)).unwrap_or_else(|panic| {
        shared.shutdown.cut();
        let failed = if listening.get() { Ok(()) } else { Err(failed(shared, &panic)) };
        panic::report(panic);
        failed
    });
    (shared.notify)(ended.map_or_else(Notice::Failed, |()| Notice::Closed));
}

fn failed(shared: &Shared, reason: &dyn ToString) -> ListenError {
    ListenError {
        code: "LISTEN_FAILED",
        reason: reason.to_string(),
        host: shared.config.host.clone(),
        port: shared.config.port,
    }
}

fn serve_first(shared: &Arc<Shared>, listening: &Cell<bool>) -> Result<(), ListenError> {
    let fail = |error: io::Error| failed(shared, &error);
    let runtime = runtime().map_err(fail)?;
    let _context = runtime.enter();
    let (host, port) = (&shared.config.host, shared.config.port);
    // Ends when the time to drain is over, since nothing can be drained here.
    let closed = shared.shutdown.complete(pending());
    let addresses = runtime.block_on(listen::resolve(host, port, closed))?;
    let listener = listen::bind(host, port, addresses)?;
    let address = listener.local_addr().map_err(fail)?;
    let (own, connections) = mpsc::unbounded_channel();
    let mut shares = vec![own];
    let mut others = Vec::new();
    for index in 1..shared.config.io_threads {
        match start_other(index, shared) {
            Ok((other, share)) => {
                others.push(other);
                shares.push(share);
            }
            Err(error) => {
                shared.shutdown.cut();
                join(others);
                return Err(fail(error));
            }
        }
    }
    let max_connections = shared.config.limits.max_connections;
    let acceptor = Acceptor::new(listener, max_connections, Arc::clone(shared));
    panic::spawn(acceptor.run(shares));
    listening.set(true);
    (shared.notify)(Notice::Listening(address));
    drop(_context);
    serve(0, &runtime, shared, connections);
    join(others);
    Ok(())
}

fn start_other(index: usize, shared: &Arc<Shared>) -> io::Result<(JoinHandle<()>, Share)> {
    let (share, connections) = mpsc::unbounded_channel();
    let runtime = runtime()?;
    let thread = spawn(index, shared, move |shared| {
        if let Err(panic) = panic::catch(|| serve(index, &runtime, shared, connections)) {
            panic::report(panic);
        }
    })?;
    Ok((thread, share))
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        // A panic was reported there.
        let _ = thread.join();
    }
}

fn runtime() -> io::Result<runtime::Runtime> {
    runtime::Builder::new_current_thread().enable_io().enable_time().build()
}

/// Serves the connections handed to this thread until the server is drained or cut.
fn serve(index: usize, runtime: &runtime::Runtime, shared: &Arc<Shared>, mut connections: Connections) {
    // The backend may set timers.
    let context = runtime.enter();
    let completions = Arc::new(CompletionQueue::default());
    let dispatcher = Arc::clone(&shared.backend).connect(index, Arc::clone(&completions));
    let calls = Arc::new(PendingCalls::new(dispatcher, completions, Arc::clone(&shared.admission)));
    drop(context);
    let decisions = Arc::new(CompletionQueue::default());
    let hooks = Arc::clone(&shared.host).connect(index, Arc::clone(&decisions));
    let hooks = Arc::new(PendingHooks::new(hooks, decisions, Arc::clone(&shared.admission)));
    let pipeline = Pipeline::new(
        &shared.config,
        Arc::clone(&shared.registry),
        Arc::clone(&calls),
        Arc::clone(&hooks),
        Arc::clone(&shared.shutdown),
    );
    // Never sent to: the channel closes when the last connection drops its sender.
    let (alive, mut last) = mpsc::channel::<Infallible>(1);
    runtime.block_on(async {
        collect(calls);
        collect(hooks);
        let context =
            Arc::new(ConnectionContext::new(pipeline, &shared.config.limits, Arc::clone(&shared.shutdown)));
        panic::spawn(async move {
            while let Some(Accepted { stream, remote, permit }) = connections.recv().await {
                let Ok(stream) = TcpStream::from_std(stream) else { continue };
                let guards = (permit, alive.clone());
                panic::spawn(http1::serve(Stream::Tcp(stream), remote, Arc::clone(&context), guards));
            }
        });
        let drained = async { last.recv().await.map_or((), |never| match never {}) };
        shared.shutdown.complete(drained).await;
    });
}

/// Flushes collected calls and drains completions for as long as the runtime runs. Both continue after a panic: without
/// them no call of this thread would end.
fn collect<P, O>(pending: Arc<Pending<P, O>>)
where
    P: Peer + ?Sized + 'static,
    O: Send + 'static,
{
    let flushed = Arc::clone(&pending);
    panic::spawn(async move {
        while let Err(panic) = panic::catch_future(flushed.flush_each_turn()).await {
            panic::report(panic);
        }
    });
    panic::spawn(async move {
        while let Err(panic) = panic::catch_future(pending.drain_completions()).await {
            panic::report(panic);
        }
    });
}
