//! The bridge to JavaScript, and the only place that knows of it.
//!
//! There: an [`outbox`] per I/O thread collects the calls of a turn into a [`batch`]; the [`mailbox`] holds
//! batches until the JavaScript thread takes them; the [`doorbell`] tells it to. Back: [`completions`] come many
//! at a time and go to the I/O threads that wait for them. What JavaScript holds meanwhile has a number in
//! [`handles`]: [`bodies`] and [`streams`] carry what comes and goes piece by piece, [`forms`] are multipart calls.
//! [`server`] is the class that JavaScript sees, and [`boundary`] keeps panics from leaving it.
//!
//! # What comes before what
//! Some of it crosses in records, which come in the order of their posting; some is pulled or pushed by a call of its
//! own, which no record waits for. Where one must not overtake the other, this orders them:
//!
//! | First | Then | Ordered by |
//! |---|---|---|
//! | a call | its cancellation | the outbox hands over before it says so, and the mailbox knows how many batches were posted before |
//! | that a file's part has begun, and what it says | the file's bytes, its end or its error (pulled) | the part is added to the form before the first byte is; `lib/files` takes the parts that have begun before it hands on what it has pulled |
//! | why a form breaks off | the error of its files (pulled) | the reason is set before the bodies are dropped, and looked up with the error |
//! | bytes of a body | its end or error | one queue |
//! | that a client has left | the error of its body (pulled) | nothing: the signal may abort while bytes are still to be read; none are lost |
//! | that there is room in a stream, or that its reader has left | the result of a write (pushed) | nothing: a writer waits for room only after it was told to, and is told once that the reader has left, by whichever comes first |
//! | a stream and what is written to it | the completion that names it | the stream is kept until the response takes it, its end too |
//! | a completion | the cancellation of its call | the generation: a cancellation of a call that is complete is of no call |
//! | calls | the notice that the server has closed | it is posted once all I/O threads are gone |

mod backend;
mod batch;
mod bodies;
mod boundary;
mod cleanup;
mod completions;
mod doorbell;
mod forms;
mod handles;
mod head;
mod hooks;
mod mailbox;
mod notices;
mod options;
mod outbox;
mod pool;
mod server;
mod streams;
mod text;
mod wire;
