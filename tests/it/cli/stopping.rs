//! Runs that end early: a reader that goes away, a time limit, Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{demo, jqlx, path, run};

/// All events, many times over, so that writing takes longer than any pipe's buffer.
fn endless() -> [&'static str; 7] {
    ["query", "--data", path(demo()), "--format", "ndjson", "ACTIVITY WHERE time > \"2000-01-01\"", "--repeat"]
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let mut child = jqlx().args(endless()).arg("1").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with('{'), "{line}");
    drop(reader);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_time_limit_ends_the_run_with_a_code() {
    let start = Instant::now();
    let mut arguments = endless().to_vec();
    arguments.extend(["1000000", "--timeout", "300ms"]);
    let run = run(&arguments);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.err.contains("jqlx::exec::timed_out"), "{}", run.err);
    assert!(run.err.contains("0.3 s"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_run_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ndjson");
    let mut arguments = endless().to_vec();
    arguments.extend(["1000000", "--output", path(&file)]);
    let child = jqlx().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let start = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8(output.stderr).unwrap().contains("interrupted"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    // Every write to /dev/full fails as on a full disk.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = jqlx().args(["query", "--data", path(demo()), "--format", "csv", "project = PAY"]).stdout(full).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("jqlx::io::write"), "{err}");
    assert!(err.contains("no space left"), "{err}");
}
