//! Files of Parquet and Arrow with tables of the interchange layout.

use std::fs::File;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::ipc::writer::{FileWriter, StreamWriter};

use super::{Place, issue};
use crate::cli::{demo, path, run};
use crate::support::{read, table_files};

fn arrow_file(to: &Path, batch: &RecordBatch) -> PathBuf {
    let mut writer = FileWriter::try_new(File::create(to).expect("a file"), batch.schema_ref()).expect("a writer");
    writer.write(batch).expect("written");
    writer.finish().expect("finished");
    to.to_owned()
}

fn arrow_stream(to: &Path, batch: &RecordBatch) -> PathBuf {
    let mut writer = StreamWriter::try_new(File::create(to).expect("a file"), batch.schema_ref()).expect("a writer");
    writer.write(batch).expect("written");
    writer.finish().expect("finished");
    to.to_owned()
}

fn ask(store: &Path, query: &str) -> Vec<serde_json::Value> {
    run(&["query", "--store", path(store), "--now", "2026-06-15T12:00:00Z", "--format", "ndjson", query]).ok().rows()
}

#[test]
fn single_files_of_all_kinds_fill_a_store() {
    let place = Place::new();
    let at = |name: &str| place.0.path().join(name);
    let whole = at("whole");
    run(&["import", path(demo()), "--store", path(&whole)]).ok();
    // Named after nothing: their columns say what they are.
    let issues = at("a.parquet");
    std::fs::copy(&table_files(demo(), "issues")[0], &issues).expect("copied");
    let events = arrow_file(&at("b.arrow"), &read(demo(), "events").expect("events"));
    let users = arrow_stream(&at("users.bin"), &read(demo(), "users").expect("users"));
    let groups = at("memberships-2026.parquet");
    std::fs::copy(&table_files(demo(), "memberships")[0], &groups).expect("copied");
    let statuses = at("statuses.parquet");
    std::fs::copy(&table_files(demo(), "statuses")[0], &statuses).expect("copied");
    let store = at("store");
    let files = [&issues, &events, &users, &groups, &statuses];
    let arguments: Vec<&str> = ["import", "--store", path(&store)].into_iter().chain(files.iter().map(|file| path(file))).collect();
    let import = run(&arguments).ok();
    assert!(!import.err.contains("warning"), "{}", import.err);
    assert!(run(&arguments).ok().err.contains("nothing new"), "twice is once");
    for query in [
        "ACTIVITY WHERE comment DELETED BY membersOf(contractors)",
        "status WAS \"In Progress\" AND status = Done",
        "ACTIVITY WHERE permission GRANTED",
    ] {
        let found = ask(&store, query);
        assert!(!found.is_empty(), "{query}");
        assert_eq!(found, ask(&whole, query), "{query}");
    }
    let staging = std::fs::read_dir(&store).expect("a store").flatten().filter(|e| e.file_name() == ".import").count();
    assert_eq!(staging, 0, "nothing is left behind");
}

#[test]
fn columns_and_records_go_in_one_call() {
    let place = Place::new();
    let store = place.out();
    let users = place.0.path().join("users.parquet");
    std::fs::copy(&table_files(demo(), "users")[0], &users).expect("copied");
    let events = arrow_stream(&place.0.path().join("events.arrows"), &read(demo(), "events").expect("events"));
    let json = place.file("issue.json", issue(990_001, "NEW-1"));
    run(&["import", path(&users), path(&json), path(&events), "--store", path(&store)]).ok();
    assert_eq!(ask(&store, "key = NEW-1").len(), 1);
    assert!(!ask(&store, "ACTIVITY WHERE comment DELETED BY mallory").is_empty());
}

#[test]
fn what_is_no_table_is_refused_and_leaves_nothing() {
    let place = Place::new();
    let store = place.out();
    let batch = read(demo(), "users").expect("users");
    let odd = arrow_file(&place.0.path().join("odd.arrow"), &batch.project(&[1, 2]).expect("two columns"));
    let events = read(demo(), "events").expect("events");
    let whole = arrow_file(&place.0.path().join("whole.arrow"), &events);
    let bytes = std::fs::read(&whole).expect("bytes");
    let cut = place.file("cut.arrow", &bytes[..bytes.len() / 2]);
    let parquet = std::fs::read(&table_files(demo(), "issues")[0]).expect("bytes");
    let cut_parquet = place.file("cut.parquet", &parquet[..parquet.len() / 2]);
    let text = place.file("text.parquet", "PAR1 is how this text begins");
    let no_time = events.project(&[0, 4, 5]).expect("three columns");
    let no_time = arrow_file(&place.0.path().join("events.arrow"), &no_time);
    for (file, part) in [
        (&odd, "no table of the interchange layout"),
        (&cut, "cut.arrow cannot be read"),
        (&cut_parquet, "cut.parquet cannot be read"),
        (&text, "text.parquet cannot be read"),
        (&no_time, "no table"),
    ] {
        let refused = run(&["import", path(&whole), path(file), "--store", path(&store)]);
        assert_eq!(refused.code, Some(1), "{part}: {}", refused.err);
        let told = refused.err.replace("\n  │ ", " ").replace("\n", " ");
        assert!(
            told.contains("jqlx::data::") && told.split_whitespace().collect::<Vec<_>>().join(" ").contains(part),
            "{part}: {}",
            refused.err
        );
        assert!(!refused.err.contains("panicked"), "{}", refused.err);
        assert!(!store.join("commits").is_dir() && !store.join(".import").exists(), "{part}: nothing is there");
    }
    run(&["import", path(&whole), "--store", path(&store)]).ok();
}

#[test]
fn a_wrong_as_is_refused() {
    let place = Place::new();
    let store = place.out();
    let json = place.file("issue.json", issue(1, "A-1"));
    let users = place.0.path().join("users.parquet");
    std::fs::copy(&table_files(demo(), "users")[0], &users).expect("copied");
    for (format, file, part) in [
        ("parquet", &json, "no file of the format parquet"),
        ("arrow", &users, "no file of the format arrow"),
        ("jira", &users, "a file of Parquet or Arrow"),
    ] {
        let refused = run(&["import", path(file), "--as", format, "--store", path(&store)]);
        assert_eq!(refused.code, Some(1), "{format}: {}", refused.err);
        let told = refused.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(told.contains(part), "{part}: {}", refused.err);
    }
    let data = place.0.path().join("data");
    let usage = run(&["import", path(&users), "--data", path(&data)]);
    assert_eq!(usage.code, Some(2));
    assert!(usage.err.contains("--store"), "{}", usage.err);
}
