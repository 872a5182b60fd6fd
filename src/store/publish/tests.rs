use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::parquet::arrow::ArrowWriter;
use serde_json::{Value as Json, json};

use super::*;
use crate::data::schema::ColumnKind;
use crate::store::manifest::{ColumnState, FileState, LAYOUT, Value};
use crate::store::vectors;

const TABLE: &str = "events";
/// 2024-05-06T07:08:09.123456Z
const TIME: i64 = 1_714_979_289_123_456;

const KINDS: [(&str, ColumnKind); 8] = [
    ("id", ColumnKind::Text),
    ("verb", ColumnKind::Category),
    ("number", ColumnKind::Int),
    ("points", ColumnKind::Float),
    ("done", ColumnKind::Bool),
    ("time", ColumnKind::Time),
    ("due", ColumnKind::Date),
    ("labels", ColumnKind::TextList),
];

fn columns() -> Vec<ColumnState> {
    KINDS.iter().map(|(name, kind)| ColumnState { name: (*name).to_owned(), kind: *kind }).collect()
}

/// Ten rows, numbered from `first` on.
fn write(root: &Path, name: &str, first: i64) -> FileState {
    let numbers: Vec<i64> = (first..first + 10).collect();
    let texts: Vec<String> = numbers.iter().map(|n| format!("e{n:05}")).collect();
    let words = StringArray::from(texts.clone());
    let labels = numbers.iter().map(|n| Some(vec![Some(i32::try_from(*n).unwrap())]));
    let labels = ListArray::from_iter_primitive::<Int32Type, _, _>(labels);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(words),
        Arc::new(StringArray::from(vec!["changed"; 10])),
        Arc::new(Int64Array::from(numbers.clone())),
        Arc::new(Float64Array::from_iter_values(numbers.iter().map(|n| *n as f64 / 2.0))),
        Arc::new(BooleanArray::from_iter(numbers.iter().map(|n| Some(n % 2 == 0)))),
        Arc::new(TimestampMicrosecondArray::from_iter_values(numbers.iter().map(|n| TIME + n)).with_timezone("UTC")),
        Arc::new(Date32Array::from_iter_values(numbers.iter().map(|n| i32::try_from(*n).unwrap()))),
        Arc::new(labels),
    ];
    let typed: Vec<ArrayRef> = columns
        .iter()
        .zip(KINDS)
        .map(|(array, (_, kind))| datafusion::arrow::compute::cast(array, &kind.arrow_type()).unwrap())
        .collect();
    let batch = RecordBatch::try_from_iter_with_nullable(KINDS.iter().zip(typed).map(|((name, _), array)| (*name, array, true)));
    let batch = batch.unwrap();
    let path = root.join(TABLE).join(name);
    fs::create_dir_all(root.join(TABLE)).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let text = |at: usize| Value::Text(texts[at].clone());
    let ranges = [
        ("id", text(0), text(9)),
        ("number", Value::Int(first), Value::Int(first + 9)),
        ("time", Value::Int(TIME + first), Value::Int(TIME + first + 9)),
        ("due", Value::Int(first), Value::Int(first + 9)),
    ];
    let bytes = fs::read(&path).unwrap();
    FileState {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        crc32: crc32fast::hash(&bytes),
        written: TIME / 1000,
        groups: vec![10],
        ranges: ranges.into_iter().map(|(name, min, max)| (name.to_owned(), (min, max))).collect(),
        gone: None,
    }
}

fn commit(version: u64, columns: &[ColumnState], files: &[FileState]) -> Manifest {
    let state = TableState { columns: columns.to_vec(), files: files.to_vec(), delta: version };
    Manifest {
        layout: LAYOUT,
        version,
        time: TIME + version as i64 * 1_000_000,
        operation: "import".to_owned(),
        program: "jqlx 0.1.0".to_owned(),
        tables: BTreeMap::from([(TABLE.to_owned(), state)]),
        histories: Vec::new(),
        sync: None,
    }
}

/// A table that is created, gets a file, loses rows and gets a column.
fn history(root: &Path) -> Vec<Manifest> {
    let mut files = vec![write(root, "a.parquet", 0), write(root, "b.parquet", 10)];
    let mut columns = columns();
    let create = commit(0, &columns, &files);
    files.push(write(root, "c d%.parquet", 20));
    let append = commit(1, &columns, &files);
    let mut gone = vectors::write(&root.join(TABLE), &[[0, 3].into_iter().collect(), (0..9).collect()]).unwrap();
    files[2].gone = gone.pop();
    files[0].gone = gone.pop();
    columns.push(ColumnState { name: "extra".to_owned(), kind: ColumnKind::Text });
    let delete = commit(2, &columns, &files);
    files[0].gone = vectors::write(&root.join(TABLE), &[[0, 3, 4].into_iter().collect()]).unwrap().pop();
    files.remove(1);
    vec![create, append, delete, commit(3, &columns, &files)]
}

async fn publish_all(root: &Path, history: &[Manifest]) {
    for (at, now) in history.iter().enumerate() {
        publish(root, at.checked_sub(1).map(|at| &history[at]), now).await.unwrap();
    }
}

/// What `files` ought to say.
fn expected(manifest: &Manifest) -> Option<Logged> {
    let state = &manifest.tables[TABLE];
    let mut files: Vec<_> = state.files.iter().map(|file| (file.name.clone(), file.gone.clone())).collect();
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some((state.delta, files))
}

fn entry_file(root: &Path, version: u64) -> PathBuf {
    root.join(TABLE).join(LOG).join(format!("{version:020}.json"))
}

fn lines(root: &Path, version: u64) -> Vec<Json> {
    let text = fs::read_to_string(entry_file(root, version)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn named<'a>(lines: &'a [Json], name: &str) -> Vec<&'a Json> {
    lines.iter().filter_map(|line| line.get(name)).collect()
}

#[tokio::test]
async fn the_log_follows_the_commits() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    assert_eq!(files(root.path(), TABLE).await.unwrap(), None);
    for (at, now) in history.iter().enumerate() {
        publish(root.path(), at.checked_sub(1).map(|at| &history[at]), now).await.unwrap();
        assert_eq!(files(root.path(), TABLE).await.unwrap(), expected(now));
        let table = open(&root.path().join(TABLE), None).await.unwrap();
        let state = table.snapshot().unwrap();
        let names: Vec<String> = state.schema().fields().map(|field| field.name().clone()).collect();
        assert_eq!(names.len(), if at < 2 { 8 } else { 9 });
        assert_eq!(state.transaction_version(table.log_store().as_ref(), "jqlx").await.unwrap(), Some(at as i64));
        for file in state.log_data().iter() {
            assert_eq!(file.num_records(), Some(10));
        }
    }
    assert!(!root.path().join(TABLE).join(LOG).join(".entry.draft").exists());
}

#[tokio::test]
async fn the_entries_say_what_changed() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish_all(root.path(), &history).await;
    let [create, append, delete, again] = [0, 1, 2, 3].map(|version| lines(root.path(), version));
    let count = |lines: &[Json], name| named(lines, name).len();
    let all = ["commitInfo", "protocol", "metaData", "txn", "remove", "add"];
    assert_eq!(all.map(|name| count(&create, name)), [1, 1, 1, 1, 0, 2]);
    assert_eq!(all.map(|name| count(&append, name)), [1, 0, 0, 1, 0, 1]);
    assert_eq!(all.map(|name| count(&delete, name)), [1, 0, 1, 1, 2, 2]);
    assert_eq!(all.map(|name| count(&again, name)), [1, 0, 0, 1, 2, 1]);
    assert_eq!(named(&create, "metaData")[0]["id"], named(&delete, "metaData")[0]["id"]);
    assert_eq!(named(&create, "metaData")[0]["createdTime"], named(&delete, "metaData")[0]["createdTime"]);
    // A file whose rows changed leaves with its old vector and comes back with the new one.
    let old = named(&again, "remove");
    let new = named(&again, "add");
    assert_eq!(old[0]["path"], "a.parquet");
    assert_eq!(old[0]["deletionVector"], named(&delete, "add")[0]["deletionVector"]);
    assert_eq!(old[1]["path"], "b.parquet");
    assert!(old[1].get("deletionVector").is_none());
    assert_eq!(new[0]["deletionVector"]["cardinality"], 3);
    let stats = |file: &Json| serde_json::from_str::<Json>(file["stats"].as_str().unwrap()).unwrap();
    let bounds = |id: &str, number: i64, time: &str, due: &str| json!({"id": id, "number": number, "time": time, "due": due});
    let whole = stats(named(&create, "add")[1]);
    assert_eq!(whole["numRecords"], 10);
    assert_eq!(whole["tightBounds"], true);
    assert_eq!(whole["minValues"], bounds("e00010", 10, "2024-05-06T07:08:09.123466Z", "1970-01-11"));
    assert_eq!(whole["maxValues"], bounds("e00019", 19, "2024-05-06T07:08:09.123475Z", "1970-01-20"));
    let cut = stats(new[0]);
    assert_eq!(cut["numRecords"], 10);
    assert_eq!(cut["tightBounds"], false);
}

#[tokio::test]
async fn publishing_again_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish_all(root.path(), &history).await;
    let text = |version| fs::read(entry_file(root.path(), version)).unwrap();
    let before = [0, 1, 2, 3].map(text);
    publish_all(root.path(), &history).await;
    publish(root.path(), None, &history[3]).await.unwrap();
    assert_eq!([0, 1, 2, 3].map(text), before);
    // A table that a commit left alone has no entry of it.
    let mut next = history[3].clone();
    next.version = 4;
    publish(root.path(), Some(&history[3]), &next).await.unwrap();
    assert!(!entry_file(root.path(), 4).exists());
}

#[tokio::test]
async fn a_draft_that_was_left_is_no_entry() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let draft = root.path().join(TABLE).join(LOG).join(".entry.draft");
    fs::create_dir_all(draft.parent().unwrap()).unwrap();
    fs::write(&draft, "{").unwrap();
    assert_eq!(files(root.path(), TABLE).await.unwrap(), None);
    publish(root.path(), None, &history[0]).await.unwrap();
    assert_eq!(files(root.path(), TABLE).await.unwrap(), expected(&history[0]));
}

#[tokio::test]
async fn a_draft_that_is_an_entry_by_another_name_is_not_written_to() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish(root.path(), None, &history[0]).await.unwrap();
    let first = fs::read(entry_file(root.path(), 0)).unwrap();
    // Killed after the entry got its name and before the draft lost its own.
    fs::hard_link(entry_file(root.path(), 0), root.path().join(TABLE).join(LOG).join(".entry.draft")).unwrap();
    publish(root.path(), Some(&history[0]), &history[1]).await.unwrap();
    assert_eq!(fs::read(entry_file(root.path(), 0)).unwrap(), first);
    assert_eq!(files(root.path(), TABLE).await.unwrap(), expected(&history[1]));
}

#[tokio::test]
async fn compacting_changes_no_data() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish_all(root.path(), &history).await;
    let mut compact = commit(4, &history[3].tables[TABLE].columns, &[write(root.path(), "e.parquet", 0)]);
    compact.operation = "compact".to_owned();
    publish(root.path(), Some(&history[3]), &compact).await.unwrap();
    let lines = lines(root.path(), 4);
    let files = lines.iter().filter_map(|line| line.get("add").or(line.get("remove")));
    assert!(files.clone().count() == 3 && files.into_iter().all(|file| file["dataChange"] == false));
    assert_eq!(super::files(root.path(), TABLE).await.unwrap(), expected(&compact));
}

#[tokio::test]
async fn a_gap_is_never_jumped_over() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish(root.path(), None, &history[0]).await.unwrap();
    for before in [None, Some(&history[0]), Some(&history[1])] {
        let error = publish(root.path(), before, &history[2]).await.unwrap_err();
        assert!(matches!(&error, Error::Data(_)), "{error}");
        assert!(error.to_string().ends_with("an entry of the Delta log is missing"), "{error}");
    }
    assert!(!entry_file(root.path(), 2).exists());
    // The missing one first, and it goes on.
    publish_all(root.path(), &history).await;
    assert_eq!(files(root.path(), TABLE).await.unwrap(), expected(&history[3]));
}

#[tokio::test]
async fn an_entry_of_another_program_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish(root.path(), None, &history[0]).await.unwrap();
    fs::write(entry_file(root.path(), 1), "{\"commitInfo\":{\"operation\":\"OPTIMIZE\"}}\n").unwrap();
    let error = publish(root.path(), Some(&history[0]), &history[1]).await.unwrap_err();
    assert!(error.to_string().ends_with("of a Delta log is not what jqlx wrote"), "{error}");
}

#[tokio::test]
async fn a_damaged_log_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    publish_all(root.path(), &history).await;
    let path = entry_file(root.path(), 0);
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    assert!(matches!(files(root.path(), TABLE).await, Err(Error::Data(_))));
    fs::remove_file(&path).unwrap();
    assert!(matches!(files(root.path(), TABLE).await, Err(Error::Data(_))));
}

/// Commits until after the second checkpoint; in each of them another row goes.
async fn many(root: &Path) -> Manifest {
    let mut files = vec![write(root, "a.parquet", 0), write(root, "b.parquet", 10)];
    let mut before = commit(0, &columns(), &files);
    publish(root, None, &before).await.unwrap();
    for version in 1..=2 * CHECKPOINT_EVERY + 1 {
        let gone = vectors::write(&root.join(TABLE), &[(0..=version % 9).collect()]).unwrap().pop();
        files[usize::from(version % 2 == 0)].gone = gone;
        let now = commit(version, &columns(), &files);
        publish(root, Some(&before), &now).await.unwrap();
        before = now;
    }
    before
}

async fn checkpoints_stand_for_the_entries_before_them() {
    let outer = tempfile::tempdir().unwrap();
    // Folders are called all kinds of things.
    let root = outer.path().join("the störe #1 at 100%");
    let last = many(&root).await;
    let log = root.join(TABLE).join(LOG);
    let there = |version: u64| log.join(format!("{version:020}.checkpoint.parquet")).exists();
    assert_eq!([10, 20, 30, 40].map(there), [false, true, false, true]);
    assert!(log.join("_last_checkpoint").exists());
    assert_eq!(files(&root, TABLE).await.unwrap(), expected(&last));
    for version in 0..2 * CHECKPOINT_EVERY {
        fs::remove_file(entry_file(&root, version)).unwrap();
    }
    assert_eq!(files(&root, TABLE).await.unwrap(), expected(&last));
    let state = open(&root.join(TABLE), None).await.unwrap();
    let state = state.snapshot().unwrap();
    assert_eq!(state.schema().fields().count(), 8);
    assert!(state.log_data().iter().all(|file| file.num_records() == Some(10) && file.stats().unwrap().contains("e000")));
}

#[tokio::test]
async fn checkpoints_on_one_thread() {
    checkpoints_stand_for_the_entries_before_them().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checkpoints_on_several_threads() {
    checkpoints_stand_for_the_entries_before_them().await;
}

#[tokio::test]
async fn a_checkpoint_that_failed_is_made_up_for() {
    let root = tempfile::tempdir().unwrap();
    let last = many(root.path()).await;
    let path = root.path().join(TABLE).join(LOG).join(format!("{:020}.checkpoint.parquet", 2 * CHECKPOINT_EVERY));
    for file in [&path, &path.with_file_name("_last_checkpoint"), &entry_file(root.path(), 2 * CHECKPOINT_EVERY + 1)] {
        fs::remove_file(file).unwrap();
    }
    let at = commit(2 * CHECKPOINT_EVERY, &columns(), &last.tables[TABLE].files);
    publish(root.path(), None, &at).await.unwrap();
    assert!(path.exists());
}
