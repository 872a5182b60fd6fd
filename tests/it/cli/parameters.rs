//! Where a query, its parameters and its session come from.

use super::{demo, path, run, run_with_input};

const COUNT: &str = "ACTIVITY WHERE comment DELETED GROUP BY actor SHOW count() ORDER BY count() DESC, actor";

#[test]
fn a_query_comes_as_an_argument_from_stdin_or_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.jql");
    std::fs::write(&file, format!("# who deletes\n{COUNT}\n")).unwrap();
    let at = format!("@{}", file.display());
    let data = ["query", "--data", path(demo()), "--format", "csv"];
    let of = |more: &[&str]| run(&[&data, more].concat()).ok().out;
    let direct = of(&[COUNT]);
    assert!(direct.lines().count() > 1, "{direct}");
    assert_eq!(of(&[&at]), direct);
    assert_eq!(of(&["--file", path(&file)]), direct);
    assert_eq!(run_with_input(&[&data[..], &["-"]].concat(), COUNT.as_bytes()).ok().out, direct);
}

#[test]
fn parameters_are_bound_by_value() {
    let data = ["query", "--data", path(demo()), "--format", "ndjson"];
    let of = |more: &[&str]| run(&[&data, more].concat()).ok().out;
    let first: serde_json::Value = run(&[&data[..], &[COUNT]].concat()).ok().rows().remove(0);
    let actor = first["actor"].as_str().unwrap();
    let direct = of(&[&format!("ACTIVITY WHERE comment DELETED BY \"{actor}\"")]);
    assert!(!direct.is_empty());
    assert_eq!(of(&["--param", &format!("who={actor}"), "ACTIVITY WHERE comment DELETED BY $who"]), direct);
    // A value is never read as a part of the query.
    let run = run(&[&data[..], &["--param", "words=card\" OR project != \"", "summary ~ $words"]].concat());
    assert!(run.code == Some(0) && run.rows().len() < 100 || run.err.contains("jqlx::bind"), "{}{}", run.out, run.err);
}

#[test]
fn a_parameter_given_several_times_is_a_list() {
    let data = ["query", "--data", path(demo()), "--format", "ndjson"];
    let keys: Vec<String> = run(&[&data[..], &["project is not empty SHOW key ORDER BY key LIMIT 2"]].concat())
        .ok()
        .rows()
        .iter()
        .map(|row| format!("keys={}", row["key"].as_str().unwrap()))
        .collect();
    let list = run(&[&data[..], &["--param", &keys[0], "--param", &keys[1], "key IN ($keys)"]].concat()).ok();
    assert_eq!(list.rows().len(), 2, "{}", list.out);
}

#[test]
fn an_unused_parameter_is_a_warning() {
    let run = run(&["query", "--data", path(demo()), "--param", "who=x", "--format", "ndjson", "status = Done"]).ok();
    assert!(run.err.contains("jqlx::bind::unused_parameter"), "{}", run.err);
}

#[test]
fn the_clock_is_an_option() {
    let at = |now: &str| {
        let query = "ACTIVITY WHERE changed AFTER -7d GROUP BY entity SHOW count()";
        run(&["query", "--data", path(demo()), "--now", now, "--format", "csv", query]).ok().out
    };
    assert!(at("2026-06-15T12:00:00Z").lines().count() > 5);
    assert_eq!(at("2099-01-01T00:00:00Z"), "entity,count\n");
}

#[test]
fn threads_and_memory_are_options() {
    let limited =
        run(&["query", "--data", path(demo()), "--threads", "1", "--memory-limit", "256MB", "--format", "csv", COUNT]).ok();
    let free = run(&["query", "--data", path(demo()), "--format", "csv", COUNT]).ok();
    assert_eq!(limited.out, free.out);
    let tight = run(&[
        "query",
        "--data",
        path(demo()),
        "--memory-limit",
        "1kB",
        "--format",
        "csv",
        "ACTIVITY WHERE changed AFTER -999d ORDER BY text",
    ]);
    assert!(tight.code == Some(0) || tight.err.contains("jqlx::exec::out_of_memory"), "{}", tight.err);
}
