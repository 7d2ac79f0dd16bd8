//! The message with which a worker announces its handlers.

use serde::Deserialize;

use super::PROTOCOL_VERSION;
use super::fault::Fault;

/// The handlers and features of a worker.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Ready {
    protocol: u64,
    /// The tasks that it runs.
    #[serde(default)]
    pub tasks: Vec<OfferedHandler>,
    /// The events that it handles.
    #[serde(default)]
    pub events: Vec<OfferedHandler>,
    /// The optional parts of the protocol that it supports. Unknown names are ignored.
    #[serde(default)]
    features: Vec<String>,
    /// The most calls that it runs at once, if it has a limit.
    #[serde(default, rename = "maxInFlight")]
    pub max_in_flight: Option<u32>,
}

/// A task or event of a worker.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "RawHandler")]
pub struct OfferedHandler {
    /// Its id.
    pub id: String,
    /// Its timeout in milliseconds; by default that of the server.
    pub timeout_ms: Option<f64>,
    /// Whether the listeners of an event run in parallel, so that it has no payload to return.
    pub is_parallel: bool,
    /// Whether a call may be repeated if its worker has died.
    pub is_idempotent: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawHandler {
    Id(String),
    #[serde(rename_all = "camelCase")]
    WithOptions {
        id: String,
        timeout_ms: Option<f64>,
        #[serde(default)]
        parallel: bool,
        #[serde(default)]
        idempotent: bool,
    },
}

impl From<RawHandler> for OfferedHandler {
    fn from(raw: RawHandler) -> Self {
        match raw {
            RawHandler::Id(id) => {
                OfferedHandler { id, timeout_ms: None, is_parallel: false, is_idempotent: false }
            }
            RawHandler::WithOptions { id, timeout_ms, parallel, idempotent } => {
                OfferedHandler { id, timeout_ms, is_parallel: parallel, is_idempotent: idempotent }
            }
        }
    }
}

/// The optional parts of the protocol that a worker supports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// `cancel`: cancellation of calls.
    pub cancel: bool,
    /// `context`: details of the request of a call.
    pub context: bool,
    /// `stream`: credit for streamed responses.
    pub stream: bool,
    /// `body`: bodies and files that follow a call.
    pub body: bool,
}

impl Ready {
    /// That of a worker which announces nothing, and has these handlers.
    pub fn listing(tasks: Vec<String>, events: Vec<String>) -> Self {
        let offered = |ids: Vec<String>| ids.into_iter().map(|id| RawHandler::Id(id).into()).collect();
        let (tasks, events) = (offered(tasks), offered(events));
        Ready { protocol: PROTOCOL_VERSION, tasks, events, features: Vec::new(), max_in_flight: None }
    }

    /// Parses a line of type `ready`.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        const EXPECTED: &str = "`protocol`; `tasks` and `events`, each a list of ids or of objects with an `id`; \
                                `features`, a list of strings; `maxInFlight`, a number";
        let ready: Ready = serde_json::from_str(text).map_err(|_| Fault::invalid(None, text, EXPECTED))?;
        if ready.protocol != PROTOCOL_VERSION {
            return Err(Fault::invalid(None, &format!("protocol {}", ready.protocol), "protocol 1"));
        }
        if ready.max_in_flight == Some(0) {
            return Err(Fault::invalid(None, "a `maxInFlight` of 0", "1 at least"));
        }
        Ok(ready)
    }

    /// The optional parts of the protocol that it supports.
    pub fn features(&self) -> Features {
        let has = |name: &str| self.features.iter().any(|feature| feature == name);
        Features { cancel: has("cancel"), context: has("context"), stream: has("stream"), body: has("body") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handler(id: &str) -> OfferedHandler {
        RawHandler::Id(id.to_owned()).into()
    }

    #[test]
    fn handlers_are_ids_or_objects_with_options() {
        let ready = Ready::read(
            r#"{"type":"ready","protocol":1,"tasks":["a",{"id":"b","timeoutMs":5,"idempotent":true}],
                "events":[{"id":"c","parallel":true,"more":1}],"features":["cancel","body","x"],"maxInFlight":8,"pid":1}"#,
        )
        .unwrap();
        let b = OfferedHandler { timeout_ms: Some(5.0), is_idempotent: true, ..handler("b") };
        assert_eq!(ready.tasks, [handler("a"), b]);
        assert_eq!(ready.events, [OfferedHandler { is_parallel: true, ..handler("c") }]);
        assert_eq!(ready.features(), Features { cancel: true, body: true, ..Features::default() });
        assert_eq!(ready.max_in_flight, Some(8));
    }

    #[test]
    fn a_worker_may_offer_nothing() {
        let ready = Ready::read(r#"{"type":"ready","protocol":1}"#).unwrap();
        assert!(ready.tasks.is_empty() && ready.events.is_empty() && ready.max_in_flight.is_none());
        assert_eq!(ready.features(), Features::default());
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        for (members, expected) in [
            ("", "`protocol`"),
            (r#","protocol":"1""#, "`protocol`"),
            (r#","protocol":2"#, "received protocol 2, expected protocol 1"),
            (r#","protocol":1,"tasks":[1]"#, "a list of ids"),
            (r#","protocol":1,"tasks":[{"timeoutMs":1}]"#, "a list of ids"),
            (r#","protocol":1,"tasks":[{"id":"a","idempotent":"yes"}]"#, "a list of ids"),
            (r#","protocol":1,"events":"a""#, "a list of ids"),
            (r#","protocol":1,"features":[1]"#, "a list of strings"),
            (r#","protocol":1,"maxInFlight":0"#, "1 at least"),
            (r#","protocol":1,"maxInFlight":-1"#, "`maxInFlight`, a number"),
        ] {
            let fault = Ready::read(&format!("{{\"type\":\"ready\"{members}}}")).unwrap_err().to_string();
            assert!(fault.contains(expected), "{members}: {fault}");
        }
    }
}
