//! The connection to a process: reads messages from its stdout and writes messages to its stdin, until either ends.

use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Notify, mpsc, oneshot};

use super::bad_lines::BadLines;
use super::calls::{Calls, Received};
use super::uploads::Arrival;
use super::{Command, End, Exit, LinkContext, ProcessEvent};
use crate::dispatch::{Doorbell, Outcome};
use crate::workers::json_lines::{Fault, Lines, ServerMessage};

/// While at least so much is unwritten, the worker is busy and gets no further calls.
const MAX_UNWRITTEN_BYTES: usize = 64 * 1024;

/// A larger buffer is shrunk once it is written.
const MAX_KEPT_BYTES: usize = 256 * 1024;

/// Wakes the link when there are calls to take.
#[derive(Default)]
struct Bell(Notify);

impl Doorbell for Bell {
    fn ring(&self) {
        self.0.notify_one();
    }
}

/// Why a link ends.
pub(super) enum Ended {
    /// The process has closed its stdout.
    Stdout,
    /// The process has closed its stdin.
    Stdin,
    Exited(Exit),
    /// The process has written too many bad lines.
    BadLines,
    /// The [`Process`](super::Process) was dropped.
    Dropped,
}

/// The connection to a process.
pub(super) struct Link {
    pub(super) context: LinkContext,
    pub(super) calls: Calls,
    lines: Lines,
    bad_lines: BadLines,
    /// Output, of which the first `written` bytes are written.
    out: Vec<u8>,
    written: usize,
    bell: Arc<Bell>,
    /// Whether there may be calls to take.
    has_rung: bool,
    /// Whether the process was asked to end.
    pub(super) is_ending: bool,
    arrived: mpsc::UnboundedReceiver<Arrival>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) ends: mpsc::UnboundedSender<End>,
    pub(super) exit: oneshot::Receiver<Exit>,
}

impl Link {
    pub(super) fn new(
        context: LinkContext,
        max_line_bytes: usize,
        commands: mpsc::UnboundedReceiver<Command>,
        ends: mpsc::UnboundedSender<End>,
        exit: oneshot::Receiver<Exit>,
    ) -> Self {
        let (arrivals, arrived) = mpsc::unbounded_channel();
        let bell = Arc::new(Bell::default());
        context.source.attach(Arc::clone(&bell) as Arc<dyn Doorbell>);
        Link {
            calls: Calls::new(arrivals),
            context,
            lines: Lines::new(max_line_bytes),
            bad_lines: BadLines::default(),
            out: Vec::new(),
            written: 0,
            bell,
            has_rung: true,
            is_ending: false,
            arrived,
            commands,
            ends,
            exit,
        }
    }

    /// Reads and writes messages until the connection ends.
    pub(super) async fn converse(&mut self, stdin: &mut ChildStdin, stdout: &mut ChildStdout) -> Ended {
        loop {
            self.take_calls();
            let is_busy = self.unwritten() >= MAX_UNWRITTEN_BYTES;
            tokio::select! {
                read = stdout.read_buf(self.lines.buffer()) => {
                    if !matches!(read, Ok(1..)) {
                        return Ended::Stdout;
                    }
                    if self.receive().is_err() {
                        return Ended::BadLines;
                    }
                }
                written = stdin.write(&self.out[self.written..]), if self.unwritten() > 0 => {
                    match written {
                        Ok(bytes @ 1..) => self.advance(bytes),
                        Ok(0) | Err(_) => return Ended::Stdin,
                    }
                }
                () = self.bell.0.notified() => self.has_rung = true,
                Some(arrival) = self.arrived.recv(), if !is_busy => {
                    self.calls.write_arrival(arrival, &mut self.out);
                }
                command = self.commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => return Ended::Dropped,
                },
                exit = &mut self.exit => return Ended::Exited(exit.unwrap_or_default()),
            }
        }
    }

    /// Takes calls, unless the worker is busy.
    fn take_calls(&mut self) {
        while self.has_rung && self.unwritten() < MAX_UNWRITTEN_BYTES {
            match self.context.source.take() {
                Some(batch) => self.calls.start(batch, &mut self.out),
                None => self.has_rung = false,
            }
        }
        self.deliver();
    }

    /// Handles the lines that were read, and delivers the outcomes in them together.
    fn receive(&mut self) -> Result<(), TooManyBadLines> {
        let mut received = Ok(());
        while let Some(message) = self.lines.next_message() {
            let bad_line = match message {
                Ok(message) => match self.calls.receive(message, &mut self.out) {
                    Ok(received) => {
                        self.tell(received);
                        continue;
                    }
                    Err(unexpected) => format!("received {}", unexpected.0),
                },
                Err(Fault { id, problem }) => {
                    if let Some(id) = id {
                        self.calls.fail(id);
                    }
                    problem.to_string()
                }
            };
            (self.context.observe)(ProcessEvent::BadLine(bad_line));
            if self.bad_lines.add(Instant::now()) {
                received = Err(TooManyBadLines);
                break;
            }
        }
        self.deliver();
        received
    }

    /// Reads the rest of stdout.
    pub(super) async fn read_rest(&mut self, stdout: &mut ChildStdout) {
        while let Ok(1..) = stdout.read_buf(self.lines.buffer()).await {
            if self.receive().is_err() {
                return;
            }
        }
    }

    fn deliver(&mut self) {
        if !self.calls.completed.is_empty() {
            let completed: Vec<(_, Outcome)> = std::mem::take(&mut self.calls.completed);
            self.context.source.complete(completed);
            // The worker may have room for other calls.
            self.has_rung = true;
        }
    }

    fn tell(&self, received: Received) {
        let event = match received {
            Received::Nothing => return,
            Received::Ready(ready) => ProcessEvent::Ready(ready),
            Received::Pong { memory_bytes } => ProcessEvent::Pong { memory_bytes },
            Received::Failed(call) => ProcessEvent::CallFailed(call),
        };
        (self.context.observe)(event);
    }

    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Ping => self.calls.ping(&mut self.out),
            Command::End(end) => {
                self.is_ending = true;
                match end {
                    End::Shutdown => ServerMessage::Shutdown.write(&mut self.out),
                    end => drop(self.ends.send(end)),
                }
            }
        }
    }

    fn unwritten(&self) -> usize {
        self.out.len() - self.written
    }

    fn advance(&mut self, bytes: usize) {
        self.written += bytes;
        if self.written == self.out.len() {
            self.out.clear();
            self.out.shrink_to(MAX_KEPT_BYTES);
            self.written = 0;
        }
    }
}

/// The worker has written too many bad lines.
struct TooManyBadLines;
