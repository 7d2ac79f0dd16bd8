//! A process and its group: start, signals and exit.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

use super::{End, Exit, ProcessOptions};

/// How often to look for the exit, should its notification be lost. On systems without process descriptors it is the
/// signal SIGCHLD, whose handler the host of this process may replace, as libuv does.
const EXIT_POLL: Duration = Duration::from_millis(100);

/// SIGTERM, which has the same number on all Unix systems.
#[cfg(unix)]
const SIGTERM: i32 = 15;

/// The standard streams of a process.
pub(super) struct Pipes {
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

/// A running process and the processes that it has started. They are killed when this is dropped.
pub(super) struct Group {
    child: Box<dyn ChildWrapper>,
    has_exited: bool,
}

impl Group {
    /// Starts the program. Blocks until the system has done so.
    pub(super) fn spawn(options: &ProcessOptions) -> io::Result<(Self, Pipes)> {
        let mut command = Command::new(&options.command);
        command
            .args(&options.args)
            .env_clear()
            .envs(options.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(cwd) = &options.cwd {
            command.current_dir(cwd);
        }
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let mut group = Group { child: command.spawn()?, has_exited: false };
        let pipes = (group.child.stdin().take(), group.child.stdout().take(), group.child.stderr().take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(io::Error::other("the process has no pipes"));
        };
        Ok((group, Pipes { stdin, stdout, stderr }))
    }

    /// The id of the process; 0 once it has exited.
    pub(super) fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Sends the signal for [`End::Terminate`] or [`End::Kill`] to the group.
    pub(super) fn end(&mut self, end: End) {
        if self.has_exited {
            return;
        }
        // Signals fail only if the group is gone.
        #[cfg(unix)]
        if end == End::Terminate {
            let _ = self.child.signal(SIGTERM);
            return;
        }
        if end != End::Shutdown {
            let _ = self.child.start_kill();
        }
    }

    /// Waits for the exit of the process, and kills the rest of its group.
    pub(super) async fn exited(&mut self) -> Exit {
        loop {
            // Not `self.child.wait()`, which would block a thread until the whole group has ended.
            let process = self.child.inner_mut();
            match tokio::time::timeout(EXIT_POLL, process.wait()).await {
                Ok(Ok(status)) => return self.end_of(status),
                Ok(Err(error)) => return self.lost(&error),
                Err(_) => match self.child.inner_mut().try_wait() {
                    Ok(Some(status)) => return self.end_of(status),
                    Ok(None) => {}
                    Err(error) => return self.lost(&error),
                },
            }
        }
    }

    fn end_of(&mut self, status: ExitStatus) -> Exit {
        let _ = self.child.start_kill();
        self.has_exited = true;
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        #[cfg(not(unix))]
        let signal = None;
        Exit { code: status.code(), signal, reason: None }
    }

    /// The exit status is unknown, since other code in this process has waited for the process.
    fn lost(&mut self, error: &io::Error) -> Exit {
        let _ = self.child.start_kill();
        self.has_exited = true;
        Exit { reason: Some(format!("its exit status is not known: {error}")), ..Exit::default() }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.has_exited {
            let _ = self.child.start_kill();
        }
    }
}
