//! Streams, bodies and forms, by their numbers. `lib/wire.js` has the constants that are returned.

use napi::bindgen_prelude::{BufferSlice, Either, Uint8ArraySlice};
use napi::{Env, Result};
use napi_derive::napi;

use super::NativeBridge;
use crate::dispatch::WriteResult;
use crate::node::bodies::Read;
use crate::node::wire::{body_state, write_result};

#[napi]
impl NativeBridge {
    /// Opens a stream, and returns its number. A completion with that number sends it.
    #[napi(catch_unwind)]
    pub fn open_stream(&self) -> Result<u32> {
        self.guard("openStream", || Ok(self.handles.borrow_mut().open_stream()))
    }

    /// Adds a chunk to a stream, and returns a `WriteResult`. After `FULL`, a record follows when there is room.
    #[napi(catch_unwind)]
    pub fn write_stream(&self, stream: u32, chunk: Uint8ArraySlice<'_>) -> Result<u32> {
        self.guard("writeStream", || {
            Ok(match self.handles.borrow_mut().write_stream(stream, &chunk) {
                WriteResult::Open => write_result::OPEN,
                WriteResult::Full => write_result::FULL,
                WriteResult::Closed => write_result::CLOSED,
            })
        })
    }

    /// Ends a stream. If it is not complete, its connection is closed.
    #[napi(catch_unwind)]
    pub fn end_stream(&self, stream: u32, complete: bool) -> Result<()> {
        self.guard("endStream", || {
            self.handles.borrow_mut().end_stream(stream, complete);
            Ok(())
        })
        // The client must not wait for an end that never comes.
        .inspect_err(|_| self.handles.borrow_mut().close(stream))
    }

    /// The next chunk of a body, or a `BodyState`. After `PENDING`, a record follows when there is one.
    #[napi(catch_unwind, ts_return_type = "Buffer | number")]
    pub fn read_body<'env>(&self, env: &'env Env, body: u32) -> Result<Either<BufferSlice<'env>, u32>> {
        self.guard("readBody", || {
            let read = self.handles.borrow_mut().read_body(body);
            Ok(match read {
                Read::Chunk(chunk) => Either::A(BufferSlice::copy_from(env, chunk)?),
                Read::Pending => Either::B(body_state::PENDING),
                Read::End => Either::B(body_state::END),
                Read::Broken => Either::B(body_state::BROKEN),
            })
        })
    }

    /// Closes a body that is no longer read.
    #[napi(catch_unwind)]
    pub fn close_body(&self, body: u32) -> Result<()> {
        self.guard("closeBody", || {
            self.handles.borrow_mut().close(body);
            Ok(())
        })
    }

    /// Sets, once, which files of a form are read, and returns the number of a body for each; null if they are more
    /// than a form may have. With `report_parts`, records report when their parts have begun.
    #[napi(catch_unwind)]
    pub fn expect_files(&self, form: u32, ids: Vec<String>, report_parts: bool) -> Result<Option<Vec<u32>>> {
        self.guard("expectFiles", || Ok(self.handles.borrow_mut().expect_files(form, ids, report_parts)))
    }

    /// The parts of a form's files that have begun since the last call, as JSON; null if there are none. The part of a
    /// file is among them before `read_body` returns its first byte.
    #[napi(catch_unwind)]
    pub fn take_arrived_files(&self, form: u32) -> Result<Option<String>> {
        self.guard("takeArrivedFiles", || Ok(self.handles.borrow().take_arrived_files(form)))
    }

    /// Code and message of the error that a form has failed with; null if it has not, or the client has left.
    #[napi(catch_unwind, ts_return_type = "[code: string, message: string] | null")]
    pub fn form_failure(&self, form: u32) -> Result<Option<Vec<String>>> {
        self.guard("formFailure", || Ok(self.handles.borrow().form_failure(form)))
    }

    /// Closes a form whose call is over and whose files are no longer read.
    #[napi(catch_unwind)]
    pub fn close_form(&self, form: u32) -> Result<()> {
        self.guard("closeForm", || {
            self.handles.borrow_mut().close(form);
            Ok(())
        })
    }
}
