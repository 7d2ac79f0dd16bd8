//! Notices of the server, as JSON for `lib/server.js`.

use serde::Serialize;

use crate::dispatch::{Batch, Mailbox};
use crate::panic::Panic;
use crate::server::Notice;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Message {
    Listening { address: String, family: &'static str, port: u16 },
    Failed { code: &'static str, message: String, address: String, port: u16 },
    AcceptFailed { error: String },
    Panicked { error: String, location: Option<String> },
    Closed,
    Worker { worker: u32, event: &'static str },
}

impl From<Notice> for Message {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Listening(address) => Message::Listening {
                address: address.ip().to_string(),
                family: if address.is_ipv4() { "IPv4" } else { "IPv6" },
                port: address.port(),
            },
            Notice::Failed(error) => Message::Failed {
                code: error.code,
                message: error.to_string(),
                address: error.host,
                port: error.port,
            },
            Notice::AcceptFailed(error) => Message::AcceptFailed { error: error.to_string() },
            Notice::Panicked(Panic { message, location }) => Message::Panicked { error: message, location },
            Notice::Closed => Message::Closed,
        }
    }
}

/// Posts a notice after the calls that came before it.
pub(super) fn post(mailbox: &Mailbox, notice: Notice) {
    post_message(mailbox, &Message::from(notice));
}

/// Posts an event of a worker of a pool.
pub(super) fn post_worker(mailbox: &Mailbox, worker: u32, event: &'static str) {
    post_message(mailbox, &Message::Worker { worker, event });
}

fn post_message(mailbox: &Mailbox, message: &Message) {
    post_json(mailbox, message);
}

/// Posts a notice that is written elsewhere.
pub(super) fn post_json(mailbox: &Mailbox, message: &impl Serialize) {
    let message = serde_json::to_string(message).expect("strings and numbers always serialize");
    let mut batch = Batch::default();
    batch.push_notice(&message);
    mailbox.post(batch);
}
