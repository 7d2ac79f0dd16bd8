//! The bridge to JavaScript, and the only module that depends on it.
//!
//! Outgoing: a [`Mailbox`] holds batches of calls until the JavaScript thread takes them, as words and texts
//! ([`records`]); the [`doorbell`] tells it to. Incoming: [`completions`] arrive many at a time and go to the I/O threads
//! that wait for them. What JavaScript refers to meanwhile has a number in [`handles`]: [`bodies`] and [`streams`] are
//! transferred in chunks, [`forms`] are multipart calls. JavaScript sees two classes, [`bridge`] for what crosses and
//! [`server`] for the rest; [`boundary`] keeps panics from leaving them.
//!
//! [`Mailbox`]: crate::dispatch::Mailbox
//!
//! # Ordering
//! Records cross in the order in which they are posted. Other data is pulled or pushed by calls of its own, which are
//! not ordered with records. Where one must not overtake the other, this orders them:
//!
//! | First | Then | Ordered by |
//! |---|---|---|
//! | a call | its cancellation | the outbox flushes before it posts a cancellation, and the mailbox knows how many batches were posted before |
//! | the record that a file's part has begun, with its metadata | the file's bytes, its end or its error (pulled) | the part is added to the form before its first byte; `lib/files` takes the parts that have begun before it passes on what it has pulled |
//! | the reason why a form breaks off | the error of its files (pulled) | the reason is set before the bodies are dropped, and looked up with the error |
//! | bytes of a body | its end or error | one queue |
//! | the record that a client has left | the error of its body (pulled) | nothing: the signal may abort while bytes are still to be read; none are lost |
//! | the record that a stream has room, or is closed | the result of a write (pushed) | nothing: a writer waits for room only after `FULL`, and handles whichever report that the reader has left comes first |
//! | a stream and what is written to it | the completion that names it | the stream is kept until the response takes it, even after its end |
//! | a completion | the cancellation of its call | the generation: the cancellation of a completed call has no effect |
//! | calls | the notice that the server has closed | it is posted once all I/O threads are gone |

mod bodies;
mod boundary;
mod bridge;
mod cleanup;
mod completions;
mod doorbell;
mod forms;
mod handles;
mod hooks;
mod host;
mod notices;
mod options;
mod pool;
mod pools;
mod processes;
mod records;
mod server;
mod streams;
mod text;
mod wire;
