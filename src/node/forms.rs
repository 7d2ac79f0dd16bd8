//! The multipart forms of calls that run, by number. They belong to JavaScript's thread.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::bodies::Bodies;
use super::mailbox::Mailbox;
use crate::dispatch::{Arrival, Form};
use crate::error::RequestError;

/// Numbers stay below this, so that they are small integers in V8.
const NUMBERS: u32 = 1 << 30;

/// The forms whose calls are not over yet.
#[derive(Default)]
pub(super) struct Forms {
    last: u32,
    open: HashMap<u32, Arc<Form>>,
}

impl Forms {
    /// Takes a form in and gives its number, which is never 0.
    pub(super) fn open(&mut self, form: Arc<Form>) -> u32 {
        self.last = self.last % (NUMBERS - 1) + 1;
        self.open.insert(self.last, form);
        self.last
    }

    /// Says which files are wanted, and gives the number of a body for each; nothing if they are too many.
    /// With `curious`, a record says when the part of one has begun.
    pub(super) fn expect(
        &self,
        number: u32,
        ids: Vec<String>,
        curious: bool,
        bodies: &mut Bodies,
        mailbox: &Arc<Mailbox>,
    ) -> Option<Vec<u32>> {
        let on_arrival = curious.then(|| {
            let mailbox = Arc::clone(mailbox);
            Box::new(move || mailbox.file(number)) as Box<_>
        });
        let files = self.open.get(&number)?.expect(ids, on_arrival).ok()?;
        Some(files.into_iter().map(|file| bodies.open(file, mailbox)).collect())
    }

    /// The parts of files that have begun since the last time, as JSON for `lib/files`; nothing if there are none.
    pub(super) fn take_arrived(&self, number: u32) -> Option<String> {
        let arrived = self.open.get(&number)?.take_arrived();
        (!arrived.is_empty()).then(|| describe(&arrived))
    }

    /// Code and reason of the error with which a form broke off, where it is not the client that left.
    pub(super) fn failure(&self, number: u32) -> Option<Vec<String>> {
        let failure = self.open.get(&number)?.failure().filter(|error| **error != RequestError::Aborted)?;
        let message = match failure {
            RequestError::MissingFilePart { id } => format!("Missing file part for id {id}"),
            RequestError::BrokenFile => "The form ends within a file".to_owned(),
            failure => failure.to_string(),
        };
        Some(vec![failure.code().to_owned(), message])
    }

    /// The call is over.
    pub(super) fn close(&mut self, number: u32) {
        self.open.remove(&number);
    }
}

fn describe(arrivals: &[Arrival]) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        id: &'a str,
        name: Option<&'a str>,
        #[serde(rename = "type")]
        media_type: &'a str,
    }
    let files: Vec<_> = arrivals
        .iter()
        .map(|Arrival { id, name, media_type }| File { id, name: name.as_deref(), media_type })
        .collect();
    serde_json::to_string(&files).expect("strings always serialize")
}
