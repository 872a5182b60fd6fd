//! Every format, from the program.

use super::{demo, jqlx, path, run};

const QUERY: &str = "ACTIVITY WHERE comment DELETED ORDER BY time LIMIT 3";

fn query(format: &str) -> super::Run {
    run(&["query", "--data", path(demo()), "--format", format, QUERY]).ok()
}

#[test]
fn all_formats_show_the_same_rows() {
    let lines = query("ndjson");
    let rows = lines.rows();
    assert_eq!(rows.len(), 3);
    for row in &rows {
        assert_eq!(row["entity"], "comment");
        let time = row["time"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    }
    let array: Vec<serde_json::Value> = serde_json::from_str(&query("json").out).unwrap();
    assert_eq!(array, rows);
    let id = |i: usize| rows[i]["event_id"].as_str().unwrap();
    for format in ["table", "csv", "tsv", "markdown"] {
        let text = query(format).out;
        for i in 0..3 {
            assert!(text.contains(id(i)), "{format}: {text}");
        }
    }
    assert!(query("csv").out.starts_with("time,actor,entity,action,issue_key,field,from_value,to_value,text,event_id\n"));
    assert!(query("tsv").out.lines().all(|line| line.split('\t').count() == 10));
    assert!(query("markdown").out.starts_with("| time | actor |"));
}

#[test]
fn nothing_but_rows_goes_to_a_pipe() {
    for format in ["table", "json", "ndjson", "csv"] {
        let run = query(format);
        assert_eq!(run.err, "", "{format}");
        assert!(!run.out.contains('\u{1b}'), "{format}: {}", run.out);
    }
}

#[test]
fn times_of_a_table_are_in_the_sessions_zone() {
    let query = "ACTIVITY WHERE comment DELETED SHOW time ORDER BY time LIMIT 1";
    let utc = run(&["query", "--data", path(demo()), "--format", "ndjson", "--tz", "Asia/Tokyo", query]).ok();
    let instant: jiff::Timestamp = utc.rows()[0]["time"].as_str().unwrap().parse().unwrap();
    let table = run(&["query", "--data", path(demo()), "--tz", "Asia/Tokyo", query]).ok();
    let local = instant.in_tz("Asia/Tokyo").unwrap().strftime("%Y-%m-%d %H:%M").to_string();
    assert!(table.out.contains(&local), "{local}: {}", table.out);
}

#[test]
fn the_extension_of_the_output_chooses_the_format() {
    let folder = tempfile::tempdir().unwrap();
    for (name, start) in
        [("a.csv", "time,"), ("a.json", "["), ("a.ndjson", "{"), ("a.md", "| time"), ("a.tsv", "time\t"), ("a.txt", "time  ")]
    {
        let file = folder.path().join(name);
        let run = run(&["query", "--data", path(demo()), "--output", path(&file), QUERY]).ok();
        assert_eq!(run.out, "");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(start), "{name}: {text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6, "temporary files are left");
    let strange = folder.path().join("a.docx");
    assert_eq!(run(&["query", "--data", path(demo()), "--output", path(&strange), QUERY]).code, Some(2));
}

#[test]
fn an_output_is_replaced_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    std::fs::write(&file, "before").unwrap();
    let refused = run(&["query", "--data", path(demo()), "--output", path(&file), "no_such_field = 1"]);
    assert_eq!(refused.code, Some(1));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "before");
    run(&["query", "--data", path(demo()), "--output", path(&file), QUERY]).ok();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("time,"));
}

#[test]
fn colours_come_only_where_they_are_asked_for() {
    let always = ["--color", "always", "query", "--data", path(demo()), QUERY];
    assert!(run(&always).ok().out.contains("\u{1b}[1m"));
    let quiet: super::Run = jqlx().args(["query", "--data", path(demo()), QUERY]).env("NO_COLOR", "1").output().unwrap().into();
    assert!(!quiet.ok().out.contains('\u{1b}'));
}
