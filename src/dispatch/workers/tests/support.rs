//! A balancer with an I/O thread that calls it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::config::{MainThread, Workers};
use crate::dispatch::workers::{Balancer, Worker};
use crate::dispatch::{
    Backend, Batch, Call, CancelReason, Completed, CompletionQueue, Dispatcher, Doorbell, Ends, Head, Input,
    Key, Mailbox, Message, Operation, Outcome, Ticket,
};
use crate::kind::{HandlerNumber, HandlerRef, Kind};
use crate::policy::Admission;

/// The handler of calls, unless a test has others.
pub(super) const HANDLER: HandlerNumber = 7;

pub(super) struct Fixture {
    pub balancer: Arc<Balancer>,
    pub main: Worker,
    pub completions: Arc<CompletionQueue>,
    dispatcher: Arc<dyn Dispatcher>,
    admission: Arc<Admission>,
}

/// A balancer without workers.
pub(super) fn balancer(main_thread: MainThread) -> Fixture {
    let config = Workers { main_thread, acquire_timeout: Duration::from_secs(2) };
    let balancer = Balancer::new(config, Arc::<Mailbox>::default());
    let completions = Arc::<CompletionQueue>::default();
    let dispatcher = Arc::clone(&balancer).connect(0, Arc::clone(&completions));
    let main = balancer.main();
    Fixture { balancer, main, completions, dispatcher, admission: Admission::new(usize::MAX, usize::MAX) }
}

/// A doorbell that counts how often it rings.
#[derive(Default)]
pub(super) struct Bell(AtomicUsize);

impl Doorbell for Bell {
    fn ring(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Bell {
    /// How often it has rung since this was last called.
    pub(super) fn rung(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Fixture {
    /// A worker that is ready, has the handler, and has found nothing to take.
    pub(super) fn worker(&self, max_in_flight: usize) -> (Arc<Worker>, Arc<Bell>) {
        let (worker, bell) = self.worker_that_may_steal(max_in_flight);
        assert!(taken(&worker).is_empty(), "nothing waits for anyone");
        bell.rung();
        (worker, bell)
    }

    /// A worker that has just become ready.
    pub(super) fn worker_that_may_steal(&self, max_in_flight: usize) -> (Arc<Worker>, Arc<Bell>) {
        let worker = self.balancer.add_worker(max_in_flight);
        let bell = Arc::<Bell>::default();
        worker.mailbox().attach(Arc::clone(&bell) as Arc<_>);
        self.balancer.add_handler(&worker, HANDLER);
        self.balancer.ready(&worker);
        (worker, bell)
    }

    /// Calls the handler, once for each slot, in one turn.
    pub(super) fn call(&self, slots: impl IntoIterator<Item = u32>) {
        self.call_as(HANDLER, false, slots);
    }

    /// Calls the handler with an idempotent call.
    pub(super) fn call_idempotent(&self, slot: u32) {
        self.call_as(HANDLER, true, [slot]);
    }

    pub(super) fn call_as(
        &self,
        handler: HandlerNumber,
        is_idempotent: bool,
        slots: impl IntoIterator<Item = u32>,
    ) {
        let handler = HandlerRef { kind: Kind::Task, id: "task".into(), number: handler };
        let head = head();
        for slot in slots {
            let text = slot.to_string();
            let (operation, input) = (Operation::Task, Input::Json(&text));
            let call =
                Call { operation, handler: &handler, input, head: &head, timeout: None, is_idempotent };
            self.dispatcher.dispatch(ticket(slot), &call, self.admission.admit_call(text.len()).unwrap());
        }
        self.dispatcher.flush();
    }

    pub(super) fn cancel(&self, slot: u32) {
        self.dispatcher.cancel(ticket(slot), CancelReason::ClientLeft);
    }

    /// The outcomes since this was last called, by slot.
    pub(super) fn outcomes(&self) -> Vec<(u32, Outcome)> {
        let mut completed = Vec::new();
        self.completions.take(&mut completed);
        let mut outcomes: Vec<_> =
            completed.into_iter().map(|(ticket, outcome)| (ticket.slot, outcome)).collect();
        outcomes.sort_by_key(|(slot, _)| *slot);
        outcomes
    }
}

/// Takes the next batch, and returns the slots of its calls. The text of each call is its slot.
pub(super) fn take(worker: &Worker) -> Vec<u32> {
    worker.take().map(slots).unwrap_or_default()
}

/// Takes all batches, and returns the slots of their calls.
pub(super) fn taken(worker: &Worker) -> Vec<u32> {
    std::iter::from_fn(|| worker.take()).flat_map(slots).collect()
}

fn slots(batch: Batch) -> Vec<u32> {
    let calls = batch.records.iter().map(|record| match &record.message {
        Message::Call(call) => call.key.ticket.slot,
        other => panic!("expected a call, received {other:?}"),
    });
    let slots: Vec<_> = calls.collect();
    let texts: String = slots.iter().map(u32::to_string).collect();
    assert_eq!(batch.texts(), texts.as_bytes());
    slots
}

/// Completes calls with no result, and returns the slots of those that the worker does not run.
pub(super) fn complete(worker: &Worker, slots: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut completed = Completed::default();
    for slot in slots {
        completed.add(Key::of_call(0, ticket(slot)), Outcome::Done);
    }
    worker.complete(completed).into_iter().map(|key| key.ticket.slot).collect()
}

fn ticket(slot: u32) -> Ticket {
    Ticket { slot, generation: slot + 1 }
}

fn head() -> Head {
    let (parts, ()) = http::Request::new(()).into_parts();
    Head {
        parts,
        request_id: http::HeaderValue::from_static("id"),
        ends: Ends { remote: ([127, 0, 0, 1], 9).into(), local: ([127, 0, 0, 1], 80).into() },
    }
}
