//! The protocol of worker processes by itself: what a call costs in writing its line and in reading its result.

#![allow(missing_docs, reason = "criterion's macros write items of their own")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use runner_native::workers::json_lines::{CallDetails, Lines, ServerMessage};

/// So many lines come with one read.
const LINES: usize = 64;

fn reading(c: &mut Criterion) {
    let large = format!("\"{}\"", "0123456789abcdef".repeat(640));
    let mut group = c.benchmark_group("json_lines/read");
    for (name, result) in
        [("small result", "8"), ("object", r#"{"a":1,"b":[1,2,3]}"#), ("10 KB result", &large)]
    {
        let line = format!("{{\"id\":123456,\"ok\":true,\"result\":{result}}}\n");
        let read = line.repeat(LINES);
        let mut lines = Lines::new(1 << 20);
        group.throughput(Throughput::Elements(LINES as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                lines.buffer().extend_from_slice(read.as_bytes());
                while let Some(message) = lines.next_message() {
                    black_box(message).expect("the line is right");
                }
            });
        });
    }
    group.finish();
}

fn writing(c: &mut Criterion) {
    let large = format!("\"{}\"", "0123456789abcdef".repeat(640));
    let mut group = c.benchmark_group("json_lines/write");
    let mut into = Vec::new();
    for (name, input) in [("small input", r#"{"a":5,"b":3}"#), ("10 KB input", &large)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                into.clear();
                let (task, details) = ("app.tasks.add", CallDetails::default());
                let input = Some(black_box(input));
                ServerMessage::Task { id: 123_456, task, input, details }.write(&mut into);
                black_box(&into);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reading, writing);
criterion_main!(benches);
