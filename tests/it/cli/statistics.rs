//! `--repeat` and `--stats`: the contract with outside checks.

use super::{demo, path, run};

#[test]
fn each_run_writes_one_object_and_the_last_one_its_rows() {
    let query = "ACTIVITY WHERE comment DELETED";
    let once = run(&["query", "--data", path(demo()), "--format", "ndjson", query]).ok();
    let run = run(&["query", "--data", path(demo()), "--format", "ndjson", "--repeat", "3", "--stats", query]).ok();
    assert_eq!(run.out, once.out);
    let lines: Vec<serde_json::Value> = run.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{}", run.err);
    for line in lines {
        let object = line.as_object().unwrap();
        let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["bytes_scanned", "elapsed_ms", "execute_ms", "parse_ms", "plan_ms", "rows"]);
        assert_eq!(object["rows"], run.out.lines().count());
        assert!(object["bytes_scanned"].as_u64().unwrap() > 0);
        let ms = |key: &str| object[key].as_f64().unwrap();
        assert!(ms("elapsed_ms") > 0.0);
        assert!(ms("parse_ms") + ms("plan_ms") + ms("execute_ms") <= ms("elapsed_ms") * 1.01 + 0.1, "{line}");
    }
}

#[test]
fn repeating_is_at_least_once() {
    assert_eq!(run(&["query", "--data", path(demo()), "--repeat", "0", "status = Done"]).code, Some(2));
}
