//! The server's side of a worker process, without a server. Calls go through a mailbox of their own.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request};
use parking_lot::Mutex;
use runner_native::dispatch::{
    Batch, Call, CancelReason, Completed, CompletionQueue, CompletionRouter, Dispatcher, Doorbell, Ends,
    Head, Input, Key, Mailbox, Message, Operation, Outbox, Outcome, Peer, PendingCall, PendingCalls, Ticket,
};
use runner_native::kind::{HandlerRef, Kind};
use runner_native::policy::{Admission, Permit};
use runner_native::workers::process::{Exit, Process, ProcessEvent, ProcessOptions};
use runner_native::workers::{CallSource, WorkerThread};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// More time than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for a future, but not forever.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it happens soon")
}

/// Waits until a condition holds.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    soon(async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// The calls of one process.
#[derive(Default)]
struct Source {
    mailbox: Arc<Mailbox>,
    router: CompletionRouter,
    started: Mutex<HashSet<Key>>,
    /// Completions of calls that were not running.
    surplus: Mutex<Vec<Key>>,
}

impl CallSource for Source {
    fn attach(&self, doorbell: Arc<dyn Doorbell>) {
        self.mailbox.attach(doorbell);
    }

    fn take(&self) -> Option<Batch> {
        let batch = self.mailbox.take()?;
        let mut started = self.started.lock();
        for record in &batch.records {
            if let Message::Call(call) = &record.message {
                started.insert(call.key);
            }
        }
        Some(batch)
    }

    fn complete(&self, completed: Vec<(Key, Outcome)>) {
        let mut started = self.started.lock();
        let mut delivered = Completed::default();
        for (key, outcome) in completed {
            if started.remove(&key) {
                delivered.add(key, outcome);
            } else {
                self.surplus.lock().push(key);
            }
        }
        self.router.deliver(delivered);
    }

    fn lost(&self, _: &str) {
        let started = std::mem::take(&mut *self.started.lock());
        self.complete_all(started);
    }
}

impl Source {
    fn complete_all(&self, keys: HashSet<Key>) {
        let mut failed = Completed::default();
        for key in keys {
            failed.add(key, Outcome::Failed);
        }
        self.router.deliver(failed);
    }
}

struct Direct(Outbox);

impl Dispatcher for Direct {
    fn dispatch(&self, ticket: Ticket, call: &Call<'_>, permit: Permit<'_>) {
        self.0.add(|batch| batch.push_call(Key::of_call(0, ticket), call, permit));
    }
}

impl Peer for Direct {
    fn cancel(&self, ticket: Ticket, reason: CancelReason) {
        self.0.cancel(Key::of_call(0, ticket), reason);
    }

    fn flush(&self) {
        self.0.flush();
    }
}

/// A process and its calls.
pub(crate) struct Worker {
    calls: Arc<PendingCalls>,
    source: Arc<Source>,
    pub(crate) process: Process,
    events: mpsc::UnboundedReceiver<ProcessEvent>,
    pub(crate) thread: Arc<WorkerThread>,
}

/// The limit of lines in these tests.
pub(crate) const MAX_LINE_BYTES: usize = 1 << 20;

/// How to start a program, with the variables of the environment that it needs.
pub(crate) fn options(command: &str, args: &[&str]) -> ProcessOptions {
    ProcessOptions {
        command: command.to_owned(),
        args: args.iter().map(ToString::to_string).collect(),
        env: std::env::vars().filter(|(name, _)| ["PATH", "HOME"].contains(&name.as_str())).collect(),
        cwd: None,
        max_line_bytes: MAX_LINE_BYTES,
    }
}

/// How to start the Python script of these tests in one of its modes.
pub(crate) fn python(mode: &str) -> ProcessOptions {
    options("python3", &["-u", &fixture("worker.py"), mode])
}

/// The path of a script of these tests.
pub(crate) fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/workers/fixtures").join(name);
    path.to_str().unwrap().to_owned()
}

impl Worker {
    /// Starts a program.
    pub(crate) fn start(options: ProcessOptions) -> Self {
        Worker::start_on(Arc::new(WorkerThread::start(|panic| panic!("{panic}")).unwrap()), options)
    }

    /// Starts a program on a shared thread.
    pub(crate) fn start_on(thread: Arc<WorkerThread>, options: ProcessOptions) -> Self {
        let source = Arc::<Source>::default();
        let completions = Arc::<CompletionQueue>::default();
        source.router.connect(0, Arc::clone(&completions));
        let dispatcher = Arc::new(Direct(Outbox::new(Arc::clone(&source.mailbox))));
        let admission = Admission::new(usize::MAX, usize::MAX);
        let calls = Arc::new(PendingCalls::new(dispatcher, completions, admission));
        let (flushed, drained) = (Arc::clone(&calls), Arc::clone(&calls));
        tokio::spawn(async move { flushed.flush_each_turn().await });
        tokio::spawn(async move { drained.drain_completions().await });
        let (sender, events) = mpsc::unbounded_channel();
        let observe = move |event| drop(sender.send(event));
        let process = Process::start(&thread, options, Arc::clone(&source) as Arc<_>, observe);
        Worker { calls, source, process, events, thread }
    }

    /// Starts a Python script of these tests, in one of its modes.
    pub(crate) fn python(mode: &str) -> Self {
        Worker::start(python(mode))
    }

    /// Begins a call.
    pub(crate) fn begin(
        &self,
        operation: Operation,
        id: &str,
        input: Input<'_>,
    ) -> PendingCall<dyn Dispatcher, Outcome> {
        let kind = if operation == Operation::Task { Kind::Task } else { Kind::Event };
        let handler = HandlerRef { kind, id: id.into(), number: 0 };
        let request = Request::post("/__runner/task/x?y").header("x-a", "é");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let ends = Ends { remote: ([127, 0, 0, 1], 9).into(), local: ([127, 0, 0, 1], 80).into() };
        let head = Head { parts, request_id: HeaderValue::from_static("request-1"), ends };
        let call =
            Call { operation, handler: &handler, input, head: &head, timeout: None, is_idempotent: false };
        self.calls.call(&call).unwrap()
    }

    /// The outcome of a task.
    pub(crate) async fn task(&self, id: &str, input: &str) -> Outcome {
        soon(self.begin(Operation::Task, id, Input::Json(input))).await
    }

    /// The next event.
    pub(crate) async fn any_event(&mut self) -> ProcessEvent {
        soon(self.events.recv()).await.expect("the process has not ended")
    }

    /// The next event, except for the start and lines of stderr, which may occur anywhere.
    pub(crate) async fn event(&mut self) -> ProcessEvent {
        loop {
            match self.any_event().await {
                ProcessEvent::Started { .. } | ProcessEvent::Stderr(_) => {}
                event => return event,
            }
        }
    }

    /// The next event that `select` accepts. Others are skipped.
    pub(crate) async fn event_of<T>(&mut self, select: impl Fn(ProcessEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = select(self.any_event().await) {
                return found;
            }
        }
    }

    /// The next bad line.
    pub(crate) async fn bad_line(&mut self) -> String {
        match self.event().await {
            ProcessEvent::BadLine(line) => line,
            other => panic!("expected a bad line, received {other:?}"),
        }
    }

    /// Waits until the worker has announced its handlers.
    pub(crate) async fn ready(&mut self) {
        self.event_of(|event| matches!(event, ProcessEvent::Ready(_)).then_some(())).await;
    }

    /// Waits until the process has exited.
    pub(crate) async fn exited(&mut self) -> Exit {
        self.event_of(|event| match event {
            ProcessEvent::Exited(exit) => Some(exit),
            _ => None,
        })
        .await
    }

    /// The id of the process.
    pub(crate) async fn pid(&mut self) -> u32 {
        self.event_of(|event| match event {
            ProcessEvent::Started { pid } => Some(pid),
            _ => None,
        })
        .await
    }

    /// How many calls are running.
    pub(crate) fn started(&self) -> usize {
        self.source.started.lock().len()
    }

    /// Asserts that no call was completed twice.
    pub(crate) fn assert_no_surplus(&self) {
        assert_eq!(*self.source.surplus.lock(), []);
    }
}

/// The outcome of a call with a result.
pub(crate) fn result(text: &str) -> Outcome {
    Outcome::Result(Bytes::copy_from_slice(text.as_bytes()))
}

/// Waits until a process does not exist, or only as a zombie.
pub(crate) async fn gone(pid: u32) {
    let stat = format!("/proc/{pid}/stat");
    let is_gone = || match std::fs::read_to_string(&stat) {
        Err(_) => true,
        Ok(stat) => stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')),
    };
    until(is_gone).await;
}
