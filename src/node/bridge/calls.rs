//! Calls on their way to JavaScript, and completions on their way back.

use napi::bindgen_prelude::{Array, Uint32ArraySlice};
use napi::{Env, JsString, Result};
use napi_derive::napi;

use super::NativeBridge;
use crate::dispatch::{Batch, Record};
use crate::node::completions::{self, Completed};
use crate::node::text::Text;
use crate::node::wire::COMPLETION_WORDS;
use crate::node::{boundary, records};

#[napi]
impl NativeBridge {
    /// Takes the next records: writes their words into `records`, and returns their number and texts as
    /// `[count, texts, heads]`. Returns null if there are none, after which the doorbell rings again.
    #[napi(catch_unwind, ts_return_type = "[count: number, texts: string, heads: string] | null")]
    pub fn take<'env>(
        &self,
        env: &'env Env,
        mut records: Uint32ArraySlice<'env>,
    ) -> Result<Option<Array<'env>>> {
        self.guard("take", || {
            let Some(mut batch) = self.worker.take() else { return Ok(None) };
            // SAFETY: the array belongs to `lib/bridge.js`, which does not touch it during this call.
            let words = unsafe { records.as_mut() };
            records::clear(words);
            let crossed = boundary::attempt(&self.mailbox, "cross", || {
                records::write(&mut batch, words, &mut self.handles.borrow_mut());
                taken(env, &batch)
            });
            match crossed {
                Some(taken) => Ok(Some(taken)),
                // A batch that cannot cross fails its own calls.
                None => {
                    self.give_up(&batch, words);
                    taken(env, &Batch::default()).map(Some)
                }
            }
        })
    }

    /// Takes `count` completions: their words, and all their texts.
    #[napi(catch_unwind)]
    pub fn complete(&self, env: &Env, completions: Uint32ArraySlice<'_>, count: u32, text: JsString<'_>) {
        let words = completions.get(..count as usize * COMPLETION_WORDS).unwrap_or_default();
        let completed = boundary::attempt(&self.mailbox, "complete", || {
            completions::read(words, Text::copy(env, &text)?, &mut self.handles.borrow_mut())
        });
        self.deliver(completed.unwrap_or_else(|| completions::fail(words)));
    }
}

impl NativeBridge {
    /// Fails the calls of a batch that does not reach JavaScript; `words` are those of its records.
    fn give_up(&self, batch: &Batch, words: &[u32]) {
        records::close_handles(batch, words, &mut self.handles.borrow_mut());
        let mut completed = Completed::default();
        for key in batch.records.iter().filter_map(Record::key) {
            completed.add_failed(key);
        }
        self.deliver(completed);
    }

    fn deliver(&self, completed: Completed) {
        // Outcomes of calls that this environment does not run are dropped. They would be a bug in `lib/`.
        self.worker.complete(completed.outcomes);
        if let Some(host) = &self.host {
            host.decide(completed.decisions);
        }
    }
}

fn taken<'env>(env: &'env Env, batch: &Batch) -> Result<Array<'env>> {
    let texts = if batch.texts().is_ascii() {
        env.create_string_latin1(batch.texts())?
    } else {
        env.create_string(std::str::from_utf8(batch.texts()).expect("inputs were checked to be UTF-8"))?
    };
    let mut taken = env.create_array(3)?;
    taken.set(0, batch.records.len() as u32)?;
    taken.set(1, texts)?;
    taken.set(2, env.create_string_latin1(batch.heads())?)?;
    Ok(taken)
}
