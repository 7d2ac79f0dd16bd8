//! The life of a process, from its start to its exit.

use std::sync::Arc;

use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::{Duration, sleep, timeout};

use super::calls::Calls;
use super::group::Group;
use super::link::{Ended, Link};
use super::{Command, End, Exit, LinkContext, ProcessEvent, ProcessOptions, stderr};
use crate::panic;

/// How long to read the output of a process that has ended. It is available at once; only if another process keeps the
/// pipe open, this time passes.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// How long a process may take to exit after it has closed stdin or stdout, before it is killed.
const EXIT_GRACE: Duration = Duration::from_secs(1);

/// Starts a process and serves it until it has exited.
pub(super) async fn run(
    options: ProcessOptions,
    context: LinkContext,
    commands: mpsc::UnboundedReceiver<Command>,
) {
    let max_line_bytes = options.max_line_bytes;
    let command = options.command.clone();
    let started = spawn_blocking(move || Group::spawn(&options)).await;
    let started = started.map_err(|error| error.to_string());
    let (group, pipes) = match started.and_then(|spawned| spawned.map_err(|error| error.to_string())) {
        Ok(started) => started,
        Err(error) => return not_started(&context, format!("{command} cannot be started: {error}")),
    };
    (context.observe)(ProcessEvent::Started { pid: group.pid() });
    let (stderr_ended, stderr_end) = oneshot::channel::<()>();
    let observe = Arc::clone(&context.observe);
    panic::spawn(async move {
        stderr::read(pipes.stderr, observe).await;
        drop(stderr_ended);
    });
    let (ends, received) = mpsc::unbounded_channel();
    let (exited, exit) = oneshot::channel();
    panic::spawn(watch(group, received, exited));
    let link = Link::new(context, max_line_bytes, commands, ends, exit);
    serve(link, pipes.stdin, pipes.stdout, stderr_end).await;
}

fn not_started(context: &LinkContext, reason: String) {
    context.source.lost(&reason);
    (context.observe)(ProcessEvent::Exited(Exit { reason: Some(reason), ..Exit::default() }));
}

/// Waits for the exit of a process, and sends signals to it on request.
async fn watch(mut group: Group, mut ends: mpsc::UnboundedReceiver<End>, exited: oneshot::Sender<Exit>) {
    let exit = loop {
        tokio::select! {
            exit = group.exited() => break exit,
            end = ends.recv() => group.end(end.unwrap_or(End::Kill)),
        }
    };
    // The link may have been dropped.
    let _ = exited.send(exit);
}

/// Serves a process until its connection ends, fails its running calls, and waits for its exit.
async fn serve(
    mut link: Link,
    mut stdin: ChildStdin,
    mut stdout: ChildStdout,
    stderr_end: oneshot::Receiver<()>,
) {
    let ended = link.converse(&mut stdin, &mut stdout).await;
    if matches!(ended, Ended::Exited(_) | Ended::Stdin) {
        let _ = timeout(LAST_WORDS, link.read_rest(&mut stdout)).await;
    }
    let reason = match &ended {
        Ended::Stdout => "it closed its stdout",
        Ended::Stdin => "it closed its stdin",
        Ended::BadLines => "it wrote too many lines to stdout that are no messages",
        Ended::Exited(_) | Ended::Dropped => "it has exited",
    };
    link.context.source.lost(reason);
    // Streams break off when their calls are dropped.
    drop((std::mem::replace(&mut link.calls, Calls::new(mpsc::unbounded_channel().0)), stdin, stdout));
    let (exit, was_killed) = match ended {
        Ended::Exited(exit) => (exit, false),
        Ended::Stdout | Ended::Stdin => wait_for_exit(&mut link, EXIT_GRACE).await,
        Ended::BadLines | Ended::Dropped => wait_for_exit(&mut link, Duration::ZERO).await,
    };
    // The last lines on stderr may explain the exit, so they are reported first.
    let _ = timeout(LAST_WORDS, stderr_end).await;
    let reason = if was_killed { Some(reason.to_owned()) } else { exit.reason };
    (link.context.observe)(ProcessEvent::Exited(Exit { reason, ..exit }));
}

/// Waits for the exit of a process whose connection has ended. Kills it after `grace`, unless it was asked to end, in
/// which case its pool limits the time. Returns whether it was killed.
async fn wait_for_exit(link: &mut Link, grace: Duration) -> (Exit, bool) {
    let mut grace = Box::pin(sleep(grace));
    let (mut was_killed, mut is_wanted) = (false, true);
    loop {
        tokio::select! {
            exit = &mut link.exit => return (exit.unwrap_or_default(), was_killed),
            command = link.commands.recv(), if is_wanted => match command {
                Some(command) => link.obey(command),
                None => {
                    is_wanted = false;
                    let _ = link.ends.send(End::Kill);
                }
            },
            () = &mut grace, if !link.is_ending && !was_killed => {
                was_killed = true;
                let _ = link.ends.send(End::Kill);
            }
        }
    }
}
