//! Bad input of every kind: a clear error with a code, exit 1 (or 2 for wrong usage), nothing on stdout.
//! The snapshots are the gallery of messages.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::record_batch::RecordBatch;

use super::{Run, copy_of_demo, demo, files_of, path, rewrite, run, run_with_input, snapshot};

fn replace(batch: RecordBatch, name: &str, column: impl Fn(&ArrayRef) -> ArrayRef) -> RecordBatch {
    let at = batch.schema().index_of(name).unwrap();
    let mut columns = batch.columns().to_vec();
    columns[at] = column(&columns[at]);
    let mut fields: Vec<Field> = batch.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
    fields[at] = Field::new(name, columns[at].data_type().clone(), true);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn without(batch: RecordBatch, name: &str) -> RecordBatch {
    let keep: Vec<usize> = (0..batch.num_columns()).filter(|&i| batch.schema().field(i).name() != name).collect();
    batch.project(&keep).unwrap()
}

/// Queries a spoilt copy of the sample data.
fn spoilt(name: &str, spoil: impl Fn(&Path), query: &str) -> Run {
    let folder = copy_of_demo();
    spoil(folder.path());
    let run = run(&["query", "--data", path(folder.path()), "--format", "ndjson", query]);
    snapshot(name, &format!("query --data FOLDER '{query}'"), &run, &[(path(folder.path()), "FOLDER")]);
    run
}

fn refused(run: &Run, code: &str) {
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert_eq!(run.out, "");
    assert!(run.err.contains(code), "{code} is not in:\n{}", run.err);
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

const ISSUES: &str = "status = Done";
const EVENTS: &str = "ACTIVITY WHERE comment DELETED";

#[test]
fn a_folder_that_does_not_exist() {
    let run = run(&["query", "--data", "/no/such/folder", ISSUES]);
    snapshot("missing_folder", "query --data /no/such/folder 'status = Done'", &run, &[]);
    refused(&run, "jqlx::data::no_folder");
}

#[test]
fn a_folder_without_parquet() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("readme.txt"), "nothing here").unwrap();
    let run = run(&["query", "--data", path(folder.path()), ISSUES]);
    snapshot("no_parquet", "query --data FOLDER 'status = Done'", &run, &[(path(folder.path()), "FOLDER")]);
    refused(&run, "jqlx::data::no_parquet");
}

#[test]
fn a_file_cut_short() {
    let cut = |folder: &Path| {
        let file = &files_of(folder, "events")[0];
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    };
    refused(&spoilt("file_cut_short", cut, EVENTS), "jqlx::data::bad_file");
}

#[test]
fn a_file_spoilt_in_the_middle() {
    let spoil = |folder: &Path| {
        let file = &files_of(folder, "events")[0];
        let mut bytes = std::fs::read(file).unwrap();
        let middle = bytes.len() / 3;
        bytes[8..middle].fill(0xa5);
        std::fs::write(file, bytes).unwrap();
    };
    let run = spoilt("file_spoilt", spoil, EVENTS);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(run.err.contains("jqlx::"), "{}", run.err);
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

#[test]
fn an_empty_file() {
    let empty = |folder: &Path| std::fs::write(&files_of(folder, "issues")[0], "").unwrap();
    refused(&spoilt("empty_file", empty, ISSUES), "jqlx::data::bad_file");
}

#[test]
fn a_column_of_the_wrong_type() {
    let spoil = |folder: &Path| {
        rewrite(folder, "issues", |batch| replace(batch, "votes", |v| cast(v, &DataType::Utf8).unwrap()));
    };
    refused(&spoilt("wrong_column_type", spoil, "votes > 3"), "jqlx::data::bad_column");
}

#[test]
fn a_time_column_of_text() {
    let spoil = |folder: &Path| {
        rewrite(folder, "events", |batch| {
            replace(batch, "time", |v| Arc::new(StringArray::from(vec!["yesterday"; v.len()])) as ArrayRef)
        });
    };
    refused(&spoilt("time_is_text", spoil, EVENTS), "jqlx::data::bad_column");
}

#[test]
fn a_required_column_is_missing() {
    let spoil = |folder: &Path| rewrite(folder, "events", |batch| without(batch, "event_id"));
    refused(&spoilt("missing_column", spoil, EVENTS), "jqlx::data::missing_column");
}

#[test]
fn times_without_a_zone() {
    let spoil = |folder: &Path| {
        rewrite(folder, "events", |batch| {
            replace(batch, "time", |v| cast(v, &DataType::Timestamp(TimeUnit::Microsecond, None)).unwrap())
        });
    };
    refused(&spoilt("time_without_zone", spoil, EVENTS), "jqlx::data::bad_zone");
}

#[test]
fn times_in_another_zone() {
    let spoil = |folder: &Path| {
        rewrite(folder, "events", |batch| {
            replace(batch, "time", |v| {
                Arc::new(v.as_primitive::<TimestampMicrosecondType>().clone().with_timezone("Europe/Berlin")) as ArrayRef
            })
        });
    };
    let run = spoilt("time_in_other_zone", spoil, EVENTS);
    refused(&run, "jqlx::data::bad_zone");
}

#[test]
fn empty_tables_answer_with_no_rows() {
    let spoil = |folder: &Path| {
        for table in ["events", "issues"] {
            rewrite(folder, table, |batch| batch.slice(0, 0));
        }
    };
    let folder = copy_of_demo();
    spoil(folder.path());
    for query in
        [ISSUES, EVENTS, "ACTIVITY WHERE changed AFTER -30d GROUP BY actor SHOW count()", "status CHANGED", "NOT status WAS Done"]
    {
        let run = run(&["query", "--data", path(folder.path()), "--format", "ndjson", query]).ok();
        assert_eq!(run.out, "", "{query}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = copy_of_demo();
    let file = files_of(folder.path(), "events").remove(0);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&file).is_ok() {
        return; // root reads everything
    }
    let run = run(&["query", "--data", path(folder.path()), EVENTS]);
    refused(&run, "jqlx::data::");
    assert!(run.err.contains("permission denied"), "{}", run.err);
}

/// Names, values and parameters that do not exist, over sound data.
#[test]
fn queries_are_refused_with_their_place() {
    for (name, code, query) in [
        ("unknown_field", "jqlx::bind::unknown_field", "assginee = alice"),
        ("unknown_user_in_by", "jqlx::bind::unknown_user", "comment DELETED BY nobody-at-all"),
        ("unknown_status", "jqlx::bind::unknown_value", "status = Dnoe"),
        ("unknown_function", "jqlx::bind::unknown_function", "assignee = curentUser()"),
        ("unknown_entity", "jqlx::bind::unknown_entity", "coment DELETED AFTER -7d"),
        ("bad_date", "jqlx::bind::bad_date", "created > \"June 1st\""),
        ("bad_date_in_after", "jqlx::bind::bad_date", "comment DELETED AFTER yesterday"),
        ("parameter_missing", "jqlx::bind::unknown_parameter", "assignee = $who"),
        ("no_current_user", "jqlx::bind::no_user", "assignee = currentUser()"),
        ("not_yet", "jqlx::bind::not_yet", "ACTIVITY WHERE comment ~ x AS OF EVENT"),
        ("unterminated", "jqlx::syntax::unterminated_string", "summary ~ \"card"),
        ("several", "jqlx::bind::unknown_value", "assginee = alice AND status = Dnoe AND created > tomorow"),
        ("empty_list", "jqlx::syntax", "status IN ()"),
    ] {
        let run = run(&["query", "--data", path(demo()), query]);
        snapshot(name, &format!("query '{query}'"), &run, &[]);
        refused(&run, code);
    }
}

#[test]
fn parameters_of_the_wrong_type_are_refused() {
    for (name, arguments, query) in [
        ("parameter_no_number", ["--param", "n=many"], "votes > $n"),
        ("parameter_no_date", ["--param", "since=June"], "created > $since"),
        ("parameter_no_user", ["--param", "who=nobody-at-all"], "comment DELETED BY $who"),
    ] {
        let run = run(&["query", "--data", path(demo()), arguments[0], arguments[1], query]);
        snapshot(name, &format!("query {} {} '{query}'", arguments[0], arguments[1]), &run, &[]);
        refused(&run, "jqlx::bind::");
    }
}

#[test]
fn wrong_usage_exits_with_two() {
    for arguments in [
        vec!["query", "--no-such-flag", "status = Done"],
        vec!["query", "status = Done"],
        vec!["query", "--demo"],
        vec!["query", "--demo", "--data", "x", "status = Done"],
        vec!["query", "--demo", "--format", "docx", "status = Done"],
        vec!["query", "--demo", "--tz", "Mars/Olympus", "status = Done"],
        vec!["query", "--demo", "--now", "yesterday", "status = Done"],
        vec!["query", "--demo", "--param", "who", "status = Done"],
        vec!["query", "--demo", "--memory-limit", "lots", "status = Done"],
        vec!["query", "--demo", "--timeout", "soon", "status = Done"],
        vec!["query", "--demo", "--threads", "0", "status = Done"],
        vec!["no-such-command"],
        vec!["import", "--data", "x"],
        vec!["import", "x.json", "--data", "x", "--store", "y"],
        vec!["import", "x.json", "--replace"],
        vec!["query", "--data", "x", "--at-version", "1", "status = Done"],
        vec!["query", "--at-time", "2026-01-01", "--at-version", "1", "status = Done"],
        vec!["query", "--demo", "--live", "main", "status = Done"],
        vec!["query", "--yes", "status = Done"],
        vec!["vacuum", "--retention", "7"],
        vec!["parse"],
        vec!["completions", "tcsh-or-so"],
        vec!["repl"],
        vec![],
    ] {
        let run = run(&arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}{}", run.out, run.err);
        assert!(run.err.contains("Usage") || run.err.contains("--help"), "{arguments:?}: {}", run.err);
        assert_eq!(run.out, "", "{arguments:?}");
    }
}

#[test]
fn unreadable_queries_are_named() {
    let missing = run(&["query", "--data", path(demo()), "@/no/such/query.jql"]);
    refused(&missing, "jqlx::io::read");
    let binary = run_with_input(&["query", "--data", path(demo()), "-"], &[0xff, 0xfe, 0x00]);
    refused(&binary, "jqlx::io::read");
    let folder = run(&["query", "--data", path(demo()), "--file", "/"]);
    refused(&folder, "jqlx::io::read");
}

#[test]
fn an_output_that_cannot_be_made_is_named() {
    for output in ["/no/such/folder/a.csv", "/proc/a.csv"] {
        let run = run(&["query", "--data", path(demo()), "--output", output, ISSUES]);
        refused(&run, "jqlx::io::write");
        assert!(run.err.contains(output), "{}", run.err);
    }
}

#[test]
fn the_deepest_and_longest_queries_get_an_answer() {
    let deep = format!("{}status = Done{}", "(".repeat(10_000), ")".repeat(10_000));
    let nots = format!("{}status = Done", "NOT ".repeat(10_000));
    let keys: Vec<String> = (0..50_000).map(|i| format!("\"label-{i}\"")).collect();
    let list = format!("labels IN ({})", keys.join(", "));
    let chain = vec!["summary ~ card"; 20_000].join(" OR ");
    for (name, query) in [("deep", deep), ("nots", nots), ("list", list), ("chain", chain)] {
        let run =
            run_with_input(&["query", "--data", path(demo()), "--format", "ndjson", "--timeout", "120s", "-"], query.as_bytes());
        assert!(matches!(run.code, Some(0 | 1)), "{name}: {:?} {}", run.code, run.err);
        assert!(run.code == Some(0) || run.err.contains("jqlx::"), "{name}: {}", run.err);
        assert!(!run.err.contains("panicked") && !run.err.contains("timed_out"), "{name}: {}", run.err);
    }
}

#[test]
fn random_bytes_are_answered() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for length in [1, 10, 1_000, 100_000] {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state % 127) as u8
            })
            .collect();
        let run = run_with_input(&["query", "--data", path(demo()), "-"], &bytes);
        assert_eq!(run.code, Some(1), "{length}: {}", run.err);
        assert!(run.err.contains("jqlx::syntax"), "{length}: {}", run.err);
    }
}
