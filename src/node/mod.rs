//! The bridge to JavaScript, and the only place that knows of it.
//!
//! There: an [`outbox`] per I/O thread collects the calls of a turn into a [`batch`]; the [`mailbox`] holds
//! batches until the JavaScript thread takes them; the [`doorbell`] tells it to. Back: [`answers`] come many
//! at a time and go to the I/O threads that wait for them. [`bodies`] and
//! [`streams`] carry what comes and goes bit by bit, [`forms`] are multipart calls. [`server`] is the class that JavaScript sees.

mod answers;
mod batch;
mod bodies;
mod cleanup;
mod doorbell;
mod forms;
mod mailbox;
mod notices;
mod options;
mod outbox;
mod pool;
mod server;
mod streams;
