//! What becomes of a process, as JSON for `lib/workers/process-launcher.js`.

use serde::Serialize;

use crate::dispatch::Mailbox;
use crate::kind::Kind;
use crate::node::notices;
use crate::workers::process::{Exit, FailedCall, ProcessEvent};

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Event<'a> {
    Spawned {
        pid: u32,
    },
    Ready {},
    /// A handler cannot be registered, so that the worker gets no calls.
    Conflict {
        message: String,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        memory_bytes: Option<u64>,
    },
    Stderr {
        line: &'a str,
    },
    Fault {
        message: &'a str,
    },
    /// A handler has failed with an error that is for the log.
    Failed {
        kind: &'static str,
        id: &'a str,
        request_id: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        stack: Option<&'a str>,
    },
    Exited {
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
    },
}

#[derive(Serialize)]
struct Notice<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    worker: u32,
    #[serde(flatten)]
    event: &'a Event<'a>,
}

impl<'a> Event<'a> {
    /// An event that is passed on as it is.
    pub(super) fn of(event: &'a ProcessEvent) -> Self {
        match event {
            ProcessEvent::Started { pid } => Event::Spawned { pid: *pid },
            ProcessEvent::Ready(_) => Event::Ready {},
            ProcessEvent::Pong { memory_bytes } => Event::Pong { memory_bytes: *memory_bytes },
            ProcessEvent::Stderr(line) => Event::Stderr { line },
            ProcessEvent::BadLine(message) => Event::Fault { message },
            ProcessEvent::CallFailed(FailedCall { kind, id, request_id, message, code, stack }) => {
                Event::Failed {
                    kind: if *kind == Kind::Task { "task" } else { "event" },
                    id,
                    request_id,
                    message,
                    code: code.as_deref(),
                    stack: stack.as_deref(),
                }
            }
            ProcessEvent::Exited(exit) => Event::exited(exit),
        }
    }

    pub(super) fn exited(exit: &'a Exit) -> Self {
        Event::Exited {
            code: exit.code,
            signal: exit.signal.map(name_of_signal),
            error: exit.reason.as_deref(),
        }
    }

    /// Posts the event as a notice.
    pub(super) fn post(&self, mailbox: &Mailbox, worker: u32) {
        notices::post_json(mailbox, &Notice { kind: "worker", worker, event: self });
    }
}

/// The name of a signal that ends processes. The numbers of these are the same on all systems that have signals.
fn name_of_signal(number: i32) -> String {
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => return number.to_string(),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(event: &ProcessEvent) -> serde_json::Value {
        let event = &Event::of(event);
        serde_json::to_value(Notice { kind: "worker", worker: 3, event }).unwrap()
    }

    #[test]
    fn each_event_is_a_notice_of_its_worker() {
        let exit = |code, signal, reason: Option<&str>| {
            ProcessEvent::Exited(Exit { code, signal, reason: reason.map(str::to_owned) })
        };
        let failed = FailedCall {
            kind: Kind::Event,
            id: "e".to_owned(),
            request_id: "r".to_owned(),
            message: "m".to_owned(),
            code: None,
            stack: Some("s".to_owned()),
        };
        for (event, expected) in [
            (ProcessEvent::Started { pid: 7 }, r#"{"event":"spawned","pid":7}"#),
            (ProcessEvent::Pong { memory_bytes: None }, r#"{"event":"pong"}"#),
            (ProcessEvent::Pong { memory_bytes: Some(5) }, r#"{"event":"pong","memoryBytes":5}"#),
            (ProcessEvent::Stderr("l".to_owned()), r#"{"event":"stderr","line":"l"}"#),
            (ProcessEvent::BadLine("b".to_owned()), r#"{"event":"fault","message":"b"}"#),
            (
                ProcessEvent::CallFailed(failed),
                r#"{"event":"failed","kind":"event","id":"e","requestId":"r","message":"m","stack":"s"}"#,
            ),
            (exit(Some(1), None, None), r#"{"event":"exited","code":1}"#),
            (exit(None, Some(9), Some("why")), r#"{"event":"exited","signal":"SIGKILL","error":"why"}"#),
            (exit(None, Some(7), None), r#"{"event":"exited","signal":"7"}"#),
        ] {
            let mut expected: serde_json::Value = serde_json::from_str(expected).unwrap();
            expected["type"] = "worker".into();
            expected["worker"] = 3.into();
            assert_eq!(json(&event), expected);
        }
    }
}
