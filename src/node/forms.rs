//! The multipart forms of calls that run.

use std::sync::Arc;

use serde::Serialize;

use super::handles::Handles;
use crate::dispatch::FilePart;
use crate::error::RequestError;

impl Handles {
    /// Sets which files of a form are read, and returns the number of a body for each; `None` if they are too many.
    /// With `report_parts`, a record says when the part of one has begun.
    pub(super) fn expect_files(
        &mut self,
        form: u32,
        ids: Vec<String>,
        report_parts: bool,
    ) -> Option<Vec<u32>> {
        let on_part = report_parts.then(|| {
            let mailbox = Arc::clone(&self.mailbox);
            Box::new(move || mailbox.file(form)) as Box<_>
        });
        let files = self.form(form)?.expect(ids, on_part).ok()?;
        Some(files.into_iter().map(|file| self.open_body(file)).collect())
    }

    /// The parts of files that have begun since the last call, as JSON for `lib/files`; `None` if there are none.
    pub(super) fn take_arrived_files(&self, form: u32) -> Option<String> {
        let begun = self.form(form)?.take_begun_parts();
        (!begun.is_empty()).then(|| describe(&begun))
    }

    /// Code and message of the error that a form has failed with; `None` if it has not, or the client has left.
    pub(super) fn form_failure(&self, form: u32) -> Option<Vec<String>> {
        let failure = self.form(form)?.failure().filter(|error| **error != RequestError::Aborted)?;
        let message = match failure {
            RequestError::MissingFilePart { id } => format!("Missing file part for id {id}"),
            RequestError::BrokenFile => "The form ends within a file".to_owned(),
            failure => failure.to_string(),
        };
        Some(vec![failure.code().to_owned(), message])
    }
}

/// Files as JSON for `lib/files`.
fn describe(parts: &[FilePart]) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        id: &'a str,
        name: Option<&'a str>,
        #[serde(rename = "type")]
        media_type: &'a str,
    }
    let files: Vec<_> = parts
        .iter()
        .map(|FilePart { id, name, media_type }| File { id, name: name.as_deref(), media_type })
        .collect();
    serde_json::to_string(&files).expect("strings always serialize")
}
