//! The class that `lib/` builds the public one on.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{
    Array, BufferSlice, Either, Function, Uint8ArraySlice, Uint32ArraySlice, Unknown,
};
use napi::{Env, Error, JsString, Result, Status};
use napi_derive::napi;
use serde::Serialize;

use super::answers::{self, ANSWER_WORDS, Text};
use super::batch::{BODY_WORD, MOST_RECORDS, RECORD_WORDS};
use super::bodies::{Bodies, Read};
use super::cleanup::CleanupHook;
use super::doorbell::Doorbell;
use super::forms::Forms;
use super::mailbox::Mailbox;
use super::streams::Streams;
use super::{notices, options};
use crate::config::{Config, Embedding, Problem};
use crate::dispatch::Written;
use crate::exposure::{Exposure, Tunnels};
use crate::registry::{Kind, Registry};
use crate::server::Server;

/// What is registered under an id.
#[napi(string_enum = "lowercase")]
pub enum HandlerKind {
    /// A task.
    Task,
    /// An event.
    Event,
}

impl From<HandlerKind> for Kind {
    fn from(kind: HandlerKind) -> Self {
        match kind {
            HandlerKind::Task => Kind::Task,
            HandlerKind::Event => Kind::Event,
        }
    }
}

/// What the core should know of a Runner application.
#[napi(object)]
pub struct RunnerApplication {
    /// Whether its serializer has to see every document.
    pub whole_documents: bool,
}

/// What the tunnels of an application expose.
#[napi(object)]
pub struct ExposedTunnels {
    /// Whether there is a tunnel that serves.
    pub enabled: bool,
    /// Whether everything is exposed where there is none.
    pub open: bool,
    /// Whether that holds until it is said anew.
    pub settled: bool,
    /// The ids of tasks.
    pub tasks: Vec<String>,
    /// The ids of events.
    pub events: Vec<String>,
}

/// A server and its bridge to the JavaScript thread that made it. Only `lib/` uses it.
#[napi]
pub struct NativeServer {
    config: Config,
    registry: Arc<Registry>,
    mailbox: Arc<Mailbox>,
    running: RefCell<Option<Running>>,
    streams: RefCell<Streams>,
    bodies: RefCell<Bodies>,
    forms: RefCell<Forms>,
}

struct Running {
    server: Arc<Server>,
    _hook: CleanupHook,
}

#[napi]
impl NativeServer {
    /// Parses the options. A bad one throws an error whose code is `CONFIG_INVALID` and whose message is
    /// the JSON list of all problems. With an `application`, it serves that one.
    #[napi(constructor)]
    pub fn new(
        options: Unknown<'_>,
        application: Option<RunnerApplication>,
    ) -> std::result::Result<Self, Error<String>> {
        let embedding = match application {
            None => Embedding::Standalone,
            Some(RunnerApplication { whole_documents }) => Embedding::Runner { whole_documents },
        };
        let options = options::read(options)
            .map_err(|error| Error::new(error.status.to_string(), error.reason.to_string()))?;
        let config = Config::parse(options, embedding)
            .map_err(|problems| Error::new("CONFIG_INVALID".to_owned(), describe(&problems)))?;
        let registry = Arc::new(Registry::new(config.exposure.clone()));
        let mailbox = Arc::new(Mailbox::new(config.limits.max_queued_calls));
        Ok(NativeServer {
            config,
            registry,
            mailbox,
            running: RefCell::new(None),
            streams: RefCell::default(),
            bodies: RefCell::default(),
            forms: RefCell::default(),
        })
    }

    /// The handler's number, or nothing if the id is taken.
    #[napi]
    pub fn register(
        &self,
        kind: HandlerKind,
        id: String,
        parallel: bool,
        timeout_ms: Option<f64>,
    ) -> Option<u32> {
        let timeout = timeout_ms.map(milliseconds);
        self.registry.register(kind.into(), &id, parallel, timeout).ok()
    }

    /// The number that the handler had, or nothing if there was none.
    #[napi]
    pub fn unregister(&self, kind: HandlerKind, id: String) -> Option<u32> {
        self.registry.unregister(kind.into(), &id)
    }

    /// Says what the tunnels of the application expose from here on.
    #[napi]
    pub fn expose(&self, tunnels: ExposedTunnels) {
        let ExposedTunnels { enabled, open, settled, tasks, events } = tunnels;
        let (tasks, events) = (tasks.into_iter().collect(), events.into_iter().collect());
        self.registry.expose(Exposure::Tunnels(Tunnels { enabled, open, settled, tasks, events }));
    }

    /// The registered ids, in the order of registration.
    #[napi]
    pub fn ids(&self, kind: HandlerKind) -> Vec<String> {
        self.registry.ids(kind.into())
    }

    /// Starts the server; a notice says what becomes of it. `doorbell` is called whenever there is
    /// something to take.
    #[napi]
    pub fn start(&self, env: Env, doorbell: Function<'_, (), ()>) -> Result<()> {
        self.mailbox.hang(Doorbell::new(&doorbell)?);
        let mailbox = Arc::clone(&self.mailbox);
        let server = Server::start(
            self.config.clone(),
            Arc::clone(&self.registry),
            Arc::clone(&self.mailbox) as Arc<_>,
            move |notice| notices::post(&mailbox, notice),
        );
        let server = Arc::new(server.map_err(|error| Error::new(Status::GenericFailure, error.to_string()))?);
        let hook = CleanupHook::add(&env, Arc::clone(&server)).inspect_err(|_| server.stop())?;
        self.running.replace(Some(Running { server, _hook: hook }));
        Ok(())
    }

    /// The next records: their numbers go into `records`, their number and texts come back as
    /// `[count, texts, heads]`; nothing if there are none, and then the doorbell rings again.
    #[napi(ts_return_type = "[count: number, texts: string, heads: string] | null")]
    pub fn take<'env>(
        &self,
        env: &'env Env,
        mut records: Uint32ArraySlice<'env>,
    ) -> Result<Option<Array<'env>>> {
        let Some(mut batch) = self.mailbox.take() else { return Ok(None) };
        // SAFETY: the array belongs to `lib/wire.js`, which does not touch it during this call.
        let words = unsafe { records.as_mut() };
        let room = words.chunks_exact_mut(RECORD_WORDS);
        debug_assert!(batch.records.len() <= MOST_RECORDS);
        for (record, words) in batch.records.iter_mut().zip(room) {
            if let Some(body) = record.body.take() {
                record.words[BODY_WORD] = self.bodies.borrow_mut().open(body, &self.mailbox);
            }
            if let Some(form) = record.form.take() {
                record.words[BODY_WORD] = self.forms.borrow_mut().open(form);
            }
            words.copy_from_slice(&record.words);
        }
        let texts = if batch.texts.is_ascii() {
            env.create_string_latin1(&batch.texts)?
        } else {
            let texts = String::from_utf8(batch.texts).expect("inputs were checked to be UTF-8");
            env.create_string_from_std(texts)?
        };
        let mut taken = env.create_array(3)?;
        taken.set(0, batch.records.len() as u32)?;
        taken.set(1, texts)?;
        taken.set(2, env.create_string_latin1(&batch.heads)?)?;
        Ok(Some(taken))
    }

    /// Hands back `count` answers: their numbers, and all their texts.
    #[napi]
    pub fn answer(
        &self,
        env: &Env,
        answers: Uint32ArraySlice<'_>,
        count: u32,
        text: JsString<'_>,
    ) -> Result<()> {
        let words = &answers[..count as usize * ANSWER_WORDS];
        let outcomes = Text::copy(env, &text)
            .ok()
            .and_then(|text| answers::read(words, text, &mut self.streams.borrow_mut()).ok())
            .unwrap_or_else(|| answers::fail(words));
        for (thread, outcomes) in outcomes {
            if let Some(returns) = self.mailbox.returns_of(thread) {
                returns.deliver(outcomes);
            }
        }
        Ok(())
    }

    /// Makes a stream and gives its number; an answer that names it sends it.
    #[napi]
    pub fn open_stream(&self) -> u32 {
        self.streams.borrow_mut().open(&self.mailbox)
    }

    /// Adds a chunk to a stream: 0, go on; 1, wait for the record that there is room; 2, nobody reads.
    #[napi]
    pub fn write_stream(&self, stream: u32, chunk: Uint8ArraySlice<'_>) -> u32 {
        match self.streams.borrow_mut().write(stream, &chunk) {
            Written::Open => 0,
            Written::Full => 1,
            Written::Gone => 2,
        }
    }

    /// Ends a stream; one that is not complete takes its connection with it.
    #[napi]
    pub fn end_stream(&self, stream: u32, complete: bool) {
        self.streams.borrow_mut().end(stream, complete);
    }

    /// The next chunk of a body, or 0: nothing yet, a record will say when there is; 1: the end; 2: the
    /// client broke off.
    #[napi(ts_return_type = "Buffer | number")]
    pub fn read_body<'env>(&self, env: &'env Env, body: u32) -> Result<Either<BufferSlice<'env>, u32>> {
        Ok(match self.bodies.borrow_mut().read(body) {
            Read::Chunk(chunk) => Either::A(BufferSlice::copy_from(env, chunk)?),
            Read::Pending => Either::B(0),
            Read::End => Either::B(1),
            Read::Broken => Either::B(2),
        })
    }

    /// Nobody reads a body any more.
    #[napi]
    pub fn close_body(&self, body: u32) {
        self.bodies.borrow_mut().close(body);
    }

    /// Says, once, which files of a form are wanted, and gives the number of a body for each; nothing if
    /// they are more than a form may have. If it is `curious`, records say when their parts have begun.
    #[napi]
    pub fn expect_files(&self, form: u32, ids: Vec<String>, curious: bool) -> Option<Vec<u32>> {
        self.forms.borrow().expect(form, ids, curious, &mut self.bodies.borrow_mut(), &self.mailbox)
    }

    /// The parts of a form's files that have begun since the last time, as JSON; nothing if there are none. What
    /// `read_body` gave of a file, its part is among those that were taken, or that this takes.
    #[napi]
    pub fn take_arrived_files(&self, form: u32) -> Option<String> {
        self.forms.borrow().take_arrived(form)
    }

    /// Code and message of the error with which a form broke off, where it is not the client that left.
    #[napi(ts_return_type = "[code: string, message: string] | null")]
    pub fn form_failure(&self, form: u32) -> Option<Vec<String>> {
        self.forms.borrow().failure(form)
    }

    /// The call of a form is over, and nobody reads its files any more.
    #[napi]
    pub fn close_form(&self, form: u32) {
        self.forms.borrow_mut().close(form);
    }

    /// Whether the running server keeps the process alive.
    #[napi]
    pub fn keep_alive(&self, env: &Env, alive: bool) -> Result<()> {
        self.mailbox.with_doorbell(|doorbell| doorbell.keep_alive(env, alive)).unwrap_or(Ok(()))
    }

    /// Closes the server; a notice follows when it is gone.
    #[napi]
    pub fn close(&self, timeout_ms: f64) {
        if let Some(running) = &*self.running.borrow() {
            running.server.close(milliseconds(timeout_ms));
        }
    }

    /// Lets go of a server that failed or is closed, and of the doorbell.
    #[napi]
    pub fn release(&self) {
        let running = self.running.take();
        if let Some(running) = running {
            running.server.stop();
        }
        drop(self.mailbox.unhang());
    }
}

fn milliseconds(number: f64) -> Duration {
    Duration::from_secs_f64(number / 1000.0)
}

fn describe(problems: &[Problem]) -> String {
    #[derive(Serialize)]
    struct Described<'a> {
        path: &'a str,
        received: &'a str,
        expected: &'a str,
    }
    let described: Vec<_> = problems
        .iter()
        .map(|Problem { path, received, expected }| Described { path, received, expected })
        .collect();
    serde_json::to_string(&described).expect("strings always serialize")
}
