//! What JavaScript refers to by number: streams that it writes, bodies that it reads, forms of calls that run. They
//! belong to its thread.

use std::collections::HashMap;
use std::sync::Arc;

use super::bodies::OpenBody;
use super::pool::Pool;
use super::streams::OpenStream;
use crate::dispatch::{Form, Mailbox};

/// Numbers stay below this, so that they are small integers in V8.
const NUMBERS: u32 = 1 << 30;

/// The open handles of one environment.
///
/// Not a slab, which would reuse a number at once: a late record would then refer to another stream.
pub(super) struct Handles {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) pool: Pool,
    last: u32,
    open: HashMap<u32, Handle>,
}

enum Handle {
    Stream(OpenStream),
    Body(OpenBody),
    Form(Arc<Form>),
}

impl Handles {
    /// An empty table. Records about its handles go into `mailbox`.
    pub(super) fn new(mailbox: Arc<Mailbox>) -> Self {
        Handles { mailbox, pool: Pool::default(), last: 0, open: HashMap::new() }
    }

    pub(super) fn insert_stream(&mut self, make: impl FnOnce(u32) -> OpenStream) -> u32 {
        self.insert(|number| Handle::Stream(make(number)))
    }

    pub(super) fn insert_body(&mut self, make: impl FnOnce(u32) -> OpenBody) -> u32 {
        self.insert(|number| Handle::Body(make(number)))
    }

    pub(super) fn insert_form(&mut self, form: Arc<Form>) -> u32 {
        self.insert(|_| Handle::Form(form))
    }

    pub(super) fn stream(&mut self, number: u32) -> Option<&mut OpenStream> {
        match self.open.get_mut(&number)? {
            Handle::Stream(stream) => Some(stream),
            Handle::Body(_) | Handle::Form(_) => None,
        }
    }

    pub(super) fn body(&mut self, number: u32) -> Option<&mut OpenBody> {
        match self.open.get_mut(&number)? {
            Handle::Body(body) => Some(body),
            Handle::Stream(_) | Handle::Form(_) => None,
        }
    }

    pub(super) fn form(&self, number: u32) -> Option<&Arc<Form>> {
        match self.open.get(&number)? {
            Handle::Form(form) => Some(form),
            Handle::Stream(_) | Handle::Body(_) => None,
        }
    }

    /// Drops a handle in any state: a stream is cut, a body or form is discarded.
    pub(super) fn close(&mut self, number: u32) {
        self.open.remove(&number);
    }

    /// Adds a handle, and returns its number, which is never 0.
    fn insert(&mut self, make: impl FnOnce(u32) -> Handle) -> u32 {
        loop {
            self.last = self.last % (NUMBERS - 1) + 1;
            if !self.open.contains_key(&self.last) {
                break;
            }
        }
        self.open.insert(self.last, make(self.last));
        self.last
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Arc<Form> {
        Arc::new(Form::new(Vec::new(), 1).0)
    }

    #[test]
    fn a_number_means_one_handle_of_one_kind() {
        let mut handles = Handles::new(Arc::default());
        let number = handles.insert_form(form());
        assert!(handles.form(number).is_some());
        assert!(handles.stream(number).is_none() && handles.body(number).is_none());
        handles.close(number);
        assert!(handles.form(number).is_none() && handles.is_empty());
        assert_ne!(handles.insert_form(form()), number);
    }

    #[test]
    fn numbers_that_come_round_leave_out_what_is_open() {
        let mut handles = Handles::new(Arc::default());
        assert_eq!(handles.insert_form(form()), 1);
        handles.last = NUMBERS - 2;
        assert_eq!(handles.insert_form(form()), NUMBERS - 1);
        assert_eq!(handles.insert_form(form()), 2);
    }
}
