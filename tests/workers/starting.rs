//! The start of processes, and what they inherit.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use runner_native::dispatch::Outcome;
use runner_native::workers::process::{Exit, ProcessEvent, ProcessOptions};
use serde_json::{Value, json};

use crate::support::{Worker, fixture, options, python, result};

#[tokio::test]
async fn a_program_that_cannot_be_started_is_named_with_the_reason() {
    let cwd = Some(PathBuf::from("/none"));
    for (options, reason) in [
        (options("/none/worker", &[]), "No such file"),
        (options("no-such-program", &[]), "No such file"),
        (options(&fixture("worker.py"), &[]), "Permission denied"),
        (ProcessOptions { cwd, ..options("python3", &[]) }, "No such file"),
        (options("a\0b", &[]), "nul byte"),
    ] {
        let command = options.command.clone();
        let mut worker = Worker::start(options);
        let said = worker.exited().await.reason.unwrap();
        assert!(
            said.starts_with(&format!("{command} cannot be started: ")) && said.contains(reason),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_program_that_ends_at_once_says_with_which_code_and_its_last_words_come_before() {
    let mut worker = Worker::start(options("sh", &["-c", "echo why >&2; exit 3"]));
    let mut said = Vec::new();
    let exit = loop {
        match worker.any_event().await {
            ProcessEvent::Stderr(line) => said.push(line),
            ProcessEvent::Exited(exit) => break exit,
            ProcessEvent::Started { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((exit, &*said), (Exit { code: Some(3), ..Exit::default() }, &["why".to_owned()][..]));
}

#[tokio::test]
async fn a_process_has_its_own_environment_folder_and_group() {
    let mut options = python("serve");
    options.env.push(("GIVEN".to_owned(), "1".to_owned()));
    options.cwd = Some(PathBuf::from("/"));
    let mut worker = Worker::start(options);
    worker.ready().await;
    let Outcome::Result(text) = worker.task("environment", "1").await else { panic!("a result") };
    let environment: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((&environment["cwd"], &environment["leads"]), (&json!("/"), &json!(true)));
    let names: Vec<String> = serde_json::from_value(environment["names"].clone()).unwrap();
    assert!(names.contains(&"GIVEN".to_owned()) && !names.iter().any(|name| name.starts_with("CARGO")));
}

/// The descriptors that this process has inherited and passes on to programs.
fn inherited() -> Vec<String> {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let flags = |fd: &str| {
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        u32::from_str_radix(flags.trim(), 8).ok()
    };
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    let open = open.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    open.filter(|fd| flags(fd).is_some_and(|flags| flags & CLOSE_ON_EXEC == 0)).collect()
}

#[tokio::test]
async fn a_process_has_no_descriptor_of_this_one_beside_its_pipes() {
    let _open = (File::open("/dev/null").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let mut worker = Worker::start(options("sh", &["-c", "read line"]));
    let pid = worker.pid().await;
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let open = open.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let inherited = inherited();
    let given = |fd: &String| ["0", "1", "2"].contains(&fd.as_str()) || !inherited.contains(fd);
    let mut given: Vec<String> = open.filter(given).collect();
    given.sort();
    assert_eq!(given, ["0", "1", "2"]);
}

#[tokio::test]
async fn a_worker_says_once_what_it_can_do_and_may_say_nothing() {
    let mut worker = Worker::python("ready-twice");
    let ProcessEvent::Ready(ready) = worker.event().await else { panic!("it is ready") };
    assert_eq!((&*ready.tasks[0].id, &*ready.events[0].id), ("t", "e"));
    assert_eq!(worker.bad_line().await, "received a second `ready`");
    let worker = Worker::python("unannounced");
    assert_eq!(worker.task("echo", "1").await, result("1"));
}

#[tokio::test]
async fn a_worker_of_another_protocol_is_told_apart() {
    let mut worker = Worker::python("wrong-ready");
    assert_eq!(worker.bad_line().await, "received protocol 7, expected protocol 1");
}

#[tokio::test]
async fn where_no_descriptors_are_left_a_process_does_not_start_and_another_starts_later() {
    // Runs in a process of its own, since the limit applies to a process.
    let itself = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 60 && exec \"$0\" \"$@\""])
        .arg(itself)
        .args(["--exact", "starting::with_few_descriptors", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "runs in a process that has few descriptors"]
async fn with_few_descriptors() {
    let first = Worker::python("unannounced");
    assert_eq!(first.task("echo", "1").await, result("1"));
    let mut open = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        open.push(file);
    }
    let mut second = Worker::start_on(first.thread.clone(), python("unannounced"));
    let reason = second.exited().await.reason.unwrap();
    assert!(reason.contains("Too many open files"), "{reason}");
    // Running processes are not affected.
    assert_eq!(first.task("echo", "2").await, result("2"));
    drop(open);
    let third = Worker::start_on(first.thread.clone(), python("unannounced"));
    assert_eq!(third.task("echo", "3").await, result("3"));
}
