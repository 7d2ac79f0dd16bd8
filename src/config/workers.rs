//! How workers and the main thread share the calls.

use std::time::Duration;

use super::reader::Section;
use super::{Value, default_text};

const PATH: &str = "workers";
const MAIN_THREAD: &str = "mainThread";

/// How calls are shared between the workers of all pools and the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// Which calls the handlers of the main thread get.
    pub main_thread: MainThread,
    /// How long a call waits for a worker that has its handler.
    pub acquire_timeout: Duration,
}

/// Which calls the handlers of the main thread get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MainThread {
    /// Those that no worker has a handler for.
    Fallback,
    /// As many as a worker gets.
    Share,
    /// None.
    Never,
}

impl Default for Workers {
    fn default() -> Self {
        read(&mut Section::open(PATH, Value::Undefined, &mut Vec::new()))
    }
}

pub(super) fn parse(root: &mut Section<'_>) -> Workers {
    root.section(PATH).map_or_else(Workers::default, |mut workers| read(&mut workers))
}

fn read(workers: &mut Section<'_>) -> Workers {
    Workers { main_thread: main_thread(workers), acquire_timeout: workers.duration("acquireTimeoutMs") }
}

fn main_thread(workers: &mut Section<'_>) -> MainThread {
    let given = match workers.take(MAIN_THREAD) {
        Value::Undefined => Value::String(default_text("workers.mainThread")),
        given => given,
    };
    match &given {
        Value::String(text) if text == "fallback" => MainThread::Fallback,
        Value::String(text) if text == "share" => MainThread::Share,
        Value::String(text) if text == "never" => MainThread::Never,
        _ => {
            workers.refuse(MAIN_THREAD, given, "'fallback', 'share' or 'never'");
            MainThread::Fallback
        }
    }
}
