//! A model of the balancer: shuttle runs its threads in orders of its choice, one of them at a time, and changes over at
//! every lock. In each order no call is run twice, dropped, or completed twice, and no doorbell is missed: a thread that
//! waits for one that never rings is a deadlock, which shuttle reports.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::{Wake, Waker};

use parking_lot::Mutex;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::mpsc::{Receiver, Sender, channel};
use shuttle::thread;

use super::support::{Fixture, HANDLER, balancer, complete};
use crate::config::MainThread;
use crate::dispatch::lock::model;
use crate::dispatch::workers::Worker;
use crate::dispatch::{Doorbell, Message, Outcome};

const CALLS: u32 = 4;
/// The calls below this number may run once more.
const IDEMPOTENT: u32 = 2;
/// Which call is cancelled.
const CANCELLED: u32 = 1;

#[test]
fn no_order_of_threads_runs_a_call_twice_drops_it_or_completes_it_twice() {
    explore(lose_one_of_two_workers, 3_000);
    explore(call_one_worker, 1_000);
}

#[test]
#[ignore = "takes minutes: npm run test:model"]
fn a_million_orders_do_not() {
    explore(lose_one_of_two_workers, 1_000_000);
    explore(call_one_worker, 300_000);
}

fn explore(scenario: fn(), orders: usize) {
    model(|| shuttle::check_random(scenario, orders));
}

/// A worker that is alone is helped by none if it misses its doorbell.
fn call_one_worker() {
    let fixture = Arc::new(balancer(MainThread::Fallback));
    let started = Arc::<Started>::default();
    let running = start_worker(&fixture, &started);
    fixture.balancer.ready(&running.worker);
    let outcomes = call(&fixture, &started);
    assert!(outcomes.iter().all(|(slot, outcome)| *outcome == Outcome::Done && started.runs(*slot) == 1));
    running.signals.send(Signal::Stop).unwrap();
    running.thread.join().unwrap();
}

/// Calls are made in two turns and one of them is cancelled, while one worker is lost, another is drained, and a third
/// becomes ready.
fn lose_one_of_two_workers() {
    let fixture = Arc::new(balancer(MainThread::Fallback));
    let started = Arc::<Started>::default();
    let workers: Vec<_> = (0..3).map(|_| start_worker(&fixture, &started)).collect();
    let [dying, draining, late] = &workers[..] else { unreachable!("three were made") };
    fixture.balancer.ready(&dying.worker);
    fixture.balancer.ready(&draining.worker);

    let drained = Arc::new(Mutex::new(0));
    let ends = thread::spawn({
        let (fixture, drained) = (Arc::clone(&fixture), Arc::clone(&drained));
        let workers = [dying, draining, late].map(|running| Arc::clone(&running.worker));
        move || {
            let [dying, draining, late] = workers;
            // The first calls may have started by then, or all of them.
            (0..thread_rng().gen_range(0..60)).for_each(|_| thread::yield_now());
            fixture.balancer.lost(&dying);
            fixture.balancer.ready(&late);
            fixture.balancer.drain(&draining, move || *drained.lock() += 1);
        }
    });
    let outcomes = call(&fixture, &started);
    ends.join().unwrap();
    for running in workers {
        running.signals.send(Signal::Stop).unwrap();
        running.thread.join().unwrap();
    }
    assert_eq!(*drained.lock(), 1);
    let started = started.0.lock();
    for (slot, outcome) in outcomes {
        let runs = started.get(&slot).copied().unwrap_or_default();
        let expected = match outcome {
            Outcome::Done if slot < IDEMPOTENT => 1..=2,
            Outcome::WorkerLost if slot < IDEMPOTENT => 2..=2,
            Outcome::Done | Outcome::WorkerLost => 1..=1,
            other => panic!("call {slot}: {other:?}"),
        };
        assert!(expected.contains(&runs), "call {slot} ran {runs} times: {outcome:?}");
    }
}

/// Makes the calls, cancels one, and returns what the others, and perhaps that one, came to.
fn call(fixture: &Fixture, started: &Started) -> Vec<(u32, Outcome)> {
    let (wake, woken) = channel();
    let waker = Waker::from(Arc::new(Sending(wake)));
    (0..2).for_each(|slot| fixture.call_as(HANDLER, true, [slot]));
    fixture.cancel(CANCELLED);
    let before = started.runs(CANCELLED);
    fixture.call(IDEMPOTENT..CALLS);
    let mut outcomes = Vec::new();
    loop {
        fixture.completions.waker.register(&waker);
        outcomes.extend(fixture.outcomes());
        let is_complete = |slot| outcomes.iter().any(|(other, _)| *other == slot);
        if (0..CALLS).filter(|slot| *slot != CANCELLED).all(is_complete) {
            break;
        }
        woken.recv().unwrap();
    }
    outcomes.sort_by_key(|(slot, _)| *slot);
    let slots: Vec<_> = outcomes.iter().map(|(slot, _)| *slot).collect();
    assert!(slots.is_sorted_by(|one, next| one < next), "completed twice: {outcomes:?}");
    outcomes.retain(|(slot, _)| *slot != CANCELLED);
    assert!(before > 0 || started.runs(CANCELLED) == 0, "a call was started that was cancelled before");
    outcomes
}

/// How often each call was started.
#[derive(Default)]
struct Started(Mutex<HashMap<u32, usize>>);

impl Started {
    fn add(&self, slot: u32) {
        *self.0.lock().entry(slot).or_default() += 1;
    }

    fn runs(&self, slot: u32) -> usize {
        self.0.lock().get(&slot).copied().unwrap_or_default()
    }
}

struct Running {
    worker: Arc<Worker>,
    signals: Sender<Signal>,
    thread: thread::JoinHandle<()>,
}

/// Why a worker looks up.
enum Signal {
    Rung,
    Stop,
}

/// A worker that has the handler and is not ready, with a thread that takes whenever it is rung.
fn start_worker(fixture: &Arc<Fixture>, started: &Arc<Started>) -> Running {
    let worker = fixture.balancer.add_worker(thread_rng().gen_range(1..3));
    let (signals, received) = channel();
    worker.mailbox().attach(Arc::new(Sending(signals.clone())));
    fixture.balancer.add_handler(&worker, HANDLER);
    let (running, started) = (Arc::clone(&worker), Arc::clone(started));
    let thread = thread::spawn(move || run(&running, &received, &started));
    Running { worker, signals, thread }
}

fn run(worker: &Worker, signals: &Receiver<Signal>, started: &Started) {
    while let Ok(Signal::Rung) = signals.recv() {
        // Calls are completed after the last was taken, so that what has waited for room needs another ring.
        let mut slots = Vec::new();
        while let Some(batch) = worker.take() {
            for record in batch.records {
                if let Message::Call(call) = record.message {
                    started.add(call.key.ticket.slot);
                    slots.push(call.key.ticket.slot);
                }
            }
        }
        thread::yield_now();
        complete(worker, slots);
    }
}

/// Rings, and wakes, by sending.
struct Sending(Sender<Signal>);

impl Doorbell for Sending {
    fn ring(&self) {
        // The receiver may have ended.
        let _ = self.0.send(Signal::Rung);
    }
}

impl Wake for Sending {
    fn wake(self: Arc<Self>) {
        self.ring();
    }
}
