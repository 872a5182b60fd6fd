//! Writing datasets, and failing to.

use std::fs;
use std::path::Path;

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use jqlx::data::rows::{CustomValue, EventRow, IssueRow, Tables, UserRow, events_batch};
use jqlx::data::schema::{ColumnKind, table};
use jqlx::data::write::{DatasetWriter, WriteError, write_tables};

use crate::support::{Rows, read, table_files};

fn event(id: &str, time: i64) -> EventRow {
    EventRow { event_id: id.into(), time, entity: "issue".into(), action: "created".into(), ..EventRow::default() }
}

fn small(ids: &[&str]) -> Tables {
    Tables {
        events: ids.iter().enumerate().map(|(n, id)| event(id, n as i64)).collect(),
        issues: vec![IssueRow {
            id: 1,
            key: "PAY-1".into(),
            labels: vec!["a".into(), "b".into()],
            custom: vec![("customfield_7".into(), CustomValue::Number(0.5))],
            ..IssueRow::default()
        }],
        users: vec![UserRow { account_id: "alice".into(), ..UserRow::default() }],
        ..Tables::default()
    }
}

fn ids(folder: &Path) -> Vec<String> {
    Rows::of(folder, "events").column("event_id")
}

fn error(result: Result<(), WriteError>) -> (String, String) {
    let error = result.expect_err("it is refused");
    assert!(error.message.contains(&*error.path.to_string_lossy()), "{error}");
    (error.code.name.to_owned(), error.message)
}

#[test]
fn types_survive_the_way_through_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_tables(folder.path(), &small(&["e1"]), false).expect("an empty folder can be written");
    let events = read(folder.path(), "events").expect("events");
    assert_eq!(events.schema().fields(), table("events").expect("listed").schema().fields());
    let issues = Rows::of(folder.path(), "issues");
    assert_eq!(issues.column("labels"), ["a,b"]);
    assert_eq!(issues.column("key"), ["PAY-1"]);
    assert_eq!(issues.schema_type("customfield_7"), DataType::Float64);
    assert_eq!(issues.schema_type("project"), ColumnKind::Category.arrow_type());
    assert!(!folder.path().join("sprints.parquet").exists(), "an empty side table is an absent one");
}

#[test]
fn every_file_of_events_is_sorted_and_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer = DatasetWriter::create(folder.path(), false).expect("a folder");
    let mut write = |rows: &[EventRow]| writer.write("events", &events_batch(rows).expect("a batch")).expect("written");
    write(&[event("c", 30), event("a", 10), event("b", 10)]);
    write(&[event("d", 40)]);
    write(&[]);
    write(&[event("e", 5), event("f", 50)]);
    writer.finish().expect("it is put into place");
    let files = table_files(folder.path(), "events");
    assert_eq!(files.len(), 2, "what comes too late begins another file");
    assert_eq!(ids(folder.path()), ["a", "b", "c", "d", "e", "f"]);
    for path in files {
        let reader = SerializedFileReader::new(fs::File::open(path).expect("a file")).expect("Parquet");
        let group = reader.metadata().row_group(0);
        let sorting = group.sorting_columns().expect("sorting columns");
        assert_eq!(group.column(sorting[0].column_idx as usize).column_path().string(), "time");
        assert!(group.column(1).offset_index_offset().is_some(), "page statistics");
    }
}

#[test]
fn large_tables_have_several_row_groups() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer = DatasetWriter::create(folder.path(), false).expect("a folder");
    for chunk in 0..25_i64 {
        let rows: Vec<_> = (0..10_000).map(|n| event(&format!("{chunk}-{n:05}"), chunk * 10_000 + n)).collect();
        writer.write("events", &events_batch(&rows).expect("a batch")).expect("written");
    }
    writer.finish().expect("it is put into place");
    let files = table_files(folder.path(), "events");
    let reader = SerializedFileReader::new(fs::File::open(&files[0]).expect("a file")).expect("Parquet");
    assert_eq!((files.len(), reader.num_row_groups()), (1, 3));
}

#[test]
fn what_is_there_is_replaced_only_when_told_and_only_if_it_is_a_dataset() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().join("data");
    write_tables(&at, &small(&["old"]), false).expect("a new folder can be written");
    let (code, _) = error(write_tables(&at, &small(&["new"]), false));
    assert_eq!(code, "jqlx::data::exists");
    assert_eq!(ids(&at), ["old"]);
    write_tables(&at, &small(&["new"]), true).expect("it can be replaced");
    assert_eq!(ids(&at), ["new"]);

    fs::write(at.join("thesis.txt"), "my only copy").expect("a file");
    let (code, message) = error(write_tables(&at, &small(&["newer"]), true));
    assert_eq!(code, "jqlx::data::not_a_dataset");
    assert!(message.contains("thesis.txt"), "{message}");
    assert_eq!(ids(&at), ["new"]);
}

#[test]
fn an_abandoned_writer_leaves_no_trace() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().join("data");
    write_tables(&at, &small(&["old"]), false).expect("a new folder can be written");
    let mut writer = DatasetWriter::create(&at, true).expect("a writer");
    writer.write("events", &events_batch(&[event("half", 1)]).expect("a batch")).expect("written");
    drop(writer);
    assert_eq!(ids(&at), ["old"]);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn one_run_at_a_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().join("data");
    let writer = DatasetWriter::create(&at, true).expect("a writer");
    let (code, _) = error(write_tables(&at, &small(&["e"]), true));
    assert_eq!(code, "jqlx::data::busy");
    drop(writer);
    write_tables(&at, &small(&["e"]), true).expect("the place is free again");
}

#[test]
fn what_a_killed_run_left_is_cleared_and_restored() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().join("data");
    write_tables(&at, &small(&["old"]), false).expect("a new folder can be written");
    // Killed while writing, and between the two renames.
    fs::create_dir(folder.path().join(".data.jqlx-new")).expect("a folder");
    fs::write(folder.path().join(".data.jqlx-new/events.parquet"), "half").expect("a file");
    fs::write(folder.path().join(".data.jqlx-lock"), "").expect("a file");
    fs::rename(&at, folder.path().join(".data.jqlx-old")).expect("a rename");
    let (code, _) = error(write_tables(&at, &small(&["new"]), false));
    assert_eq!(code, "jqlx::data::exists", "the former data is back and in the way");
    assert_eq!(ids(&at), ["old"]);
    write_tables(&at, &small(&["new"]), true).expect("it can be replaced");
    assert_eq!(ids(&at), ["new"]);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn places_that_cannot_be_written_are_named_with_the_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let (code, message) = error(write_tables(&file.join("data"), &small(&["e"]), true));
    assert_eq!(code, "jqlx::data::write_failed");
    assert!(message.contains("os error"), "{message}");
    let (code, _) = error(write_tables(&file, &small(&["e"]), true));
    assert_eq!(code, "jqlx::data::write_failed");
    let (code, _) = error(write_tables(Path::new("/"), &small(&["e"]), true));
    assert_eq!(code, "jqlx::data::not_a_dataset");
    #[cfg(target_os = "linux")]
    {
        // Not even root writes here.
        let (code, _) = error(write_tables(Path::new("/proc/jqlx/data"), &small(&["e"]), true));
        assert_eq!(code, "jqlx::data::write_failed");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_former_data() {
    use std::process::Command;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).expect("a folder");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(&disk).output();
    if !mounted.is_ok_and(|o| o.status.success()) {
        println!("skipped: mounting a small disk is not allowed here");
        return;
    }
    let at = disk.join("data");
    let first = write_tables(&at, &small(&["old"]), false);
    let mut noise = 1_u64;
    let rows: Vec<EventRow> = (0..20_000)
        .map(|n| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            event(&format!("{noise:x}"), n)
        })
        .collect();
    let full = write_tables(&at, &Tables { events: rows, ..Tables::default() }, true);
    let kept = table_files(&at, "events").len();
    let left = fs::read_dir(&disk).map(Iterator::count);
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(unmounted.is_ok_and(|s| s.success()));
    first.expect("there is room for a little");
    let (code, message) = error(full);
    assert_eq!(code, "jqlx::data::write_failed");
    assert!(message.contains("No space left"), "{message}");
    assert_eq!((kept, left.expect("a folder")), (1, 1));
}

#[test]
fn batches_of_no_rows_have_their_schema() {
    let batch: RecordBatch = events_batch(&[]).expect("a batch");
    assert_eq!((batch.num_rows(), batch.num_columns()), (0, 26));
    assert!(batch.columns().iter().all(|c| c.is_empty()));
}
