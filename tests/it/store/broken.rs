//! A store that is hurt gives an error that says so, or recovers; it never gives wrong rows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jqlx::data::rows::Tables;
use jqlx::data::write::write_tables;
use jqlx::store::{At, Store};
use jqlx::{Engine, Options};

use super::{RUNTIME, Stored, answer, half, options};
use crate::cli::{Run, jqlx, path};
use crate::properties::random::Random;
use crate::properties::world;

const QUERY: &str = "ACTIVITY SHOW eventId, time, actor, \"from\", \"to\"";

/// A world with some events, and a store of two commits with rows that no longer count.
fn sample() -> (Tables, Stored) {
    let mut seed = 1;
    let tables = loop {
        let tables = world::world(&mut Random::new(seed));
        if tables.events.len() > 20 && tables.issues.len() > 3 {
            break tables;
        }
        seed += 1;
    };
    let mut stored = Stored::empty();
    let mut earlier = half(&tables, &mut Random::new(7));
    for event in earlier.events.iter_mut().step_by(3) {
        event.text = Some("an earlier text".into());
    }
    stored.load(&earlier);
    let mut whole = tables;
    for event in &mut whole.events {
        let earlier = earlier.events.iter().find(|earlier| earlier.event_id == event.event_id);
        if earlier.is_some_and(|earlier| earlier.text != event.text) {
            event.text = Some("a text".into());
        }
    }
    stored.load(&whole);
    (whole, stored)
}

/// The codes of what went wrong.
fn codes<T>(result: Result<T, jqlx::Error>) -> Vec<&'static str> {
    result.err().map_or_else(Vec::new, |error| error.diagnostics().iter().map(|d| d.code.name).collect())
}

fn asked(store: &Path, at: At) -> Result<Vec<String>, jqlx::Error> {
    RUNTIME.block_on(async { answer(&Engine::open_store(store, at, Options::default()).await?, QUERY).await })
}

/// The program over a store.
fn run(store: &Path, arguments: &[&str]) -> Run {
    jqlx().args(arguments).args(["--store", path(store)]).output().expect("the program starts").into()
}

fn refused(run: &Run, code: &str) {
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(run.err.contains(code), "{}", run.err);
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

/// Files of the last commit in a table's folder.
fn files(store: &Path, table: &str, extension: &str) -> Vec<PathBuf> {
    let commit = fs::read_to_string(commits(store).pop().expect("a commit")).expect("it can be read");
    let entries = fs::read_dir(store.join(table)).expect("the table").map(|entry| entry.expect("an entry").path());
    let named = |file: &PathBuf| {
        let name = file.file_stem().expect("a name").to_str().expect("plain").trim_start_matches("deletion_vector_");
        commit.contains(name)
    };
    let mut files: Vec<_> = entries.filter(|f| f.extension().is_some_and(|e| e == extension)).filter(named).collect();
    files.sort();
    files
}

fn commits(store: &Path) -> Vec<PathBuf> {
    let mut commits: Vec<_> = fs::read_dir(store.join("commits")).expect("commits").map(|e| e.expect("an entry").path()).collect();
    commits.sort();
    commits
}

#[test]
fn a_file_that_is_missing_or_cut_short_is_named() {
    let (_, stored) = sample();
    let store = stored.path();
    let all: Vec<PathBuf> = ["events", "issues", "intervals", "users"].iter().flat_map(|t| files(&store, t, "parquet")).collect();
    let vectors = files(&store, "events", "bin");
    assert!(all.len() >= 4 && !vectors.is_empty(), "{all:?} {vectors:?}");
    let expected = asked(&store, At::Latest).expect("an answer");
    for file in all.iter().chain(&vectors) {
        let bytes = fs::read(file).expect("a file");
        let name = path(file);
        fs::remove_file(file).expect("it goes");
        assert_eq!(codes(asked(&store, At::Latest)), ["jqlx::store::damaged"], "{name} is missing");
        assert!(stored.problems().iter().any(|problem| problem.contains(name) && problem.contains("missing")), "{name}");
        let cut = bytes.len() - bytes.len() / 3;
        fs::write(file, &bytes[..cut]).expect("written");
        assert_eq!(codes(asked(&store, At::Latest)), ["jqlx::store::damaged"], "{name} is cut short");
        assert!(stored.problems().iter().any(|problem| problem.contains(name)), "{name}");
        fs::write(file, b"").expect("written");
        assert_eq!(codes(asked(&store, At::Latest)), ["jqlx::store::damaged"], "{name} is empty");
        fs::write(file, &bytes).expect("written");
    }
    assert_eq!(asked(&store, At::Latest).expect("an answer"), expected);
    let file = &all[0];
    fs::remove_file(file).expect("it goes");
    refused(&run(&store, &["query", QUERY]), "jqlx::store::damaged");
    let verify = run(&store, &["verify"]);
    refused(&verify, "jqlx::store::damaged");
    let name = file.file_name().expect("a name").to_str().expect("plain");
    assert!(verify.err.replace(['\n', ' ', '│'], "").contains(name), "{}", verify.err);
}

#[test]
fn a_flipped_bit_is_found_by_verify() {
    let (_, stored) = sample();
    let store = stored.path();
    let mut random = Random::new(3);
    for table in ["events", "issues", "intervals", "coverage", "statuses"] {
        for file in files(&store, table, "parquet").into_iter().chain(files(&store, table, "bin")) {
            let bytes = fs::read(&file).expect("a file");
            // A vector file holds those of one commit; only what the last version reads of it is looked at.
            let mut spoilt = bytes.clone();
            let at = random.below(bytes.len());
            spoilt[at] ^= 1 << random.below(8);
            fs::write(&file, &spoilt).expect("written");
            let problems = stored.problems();
            assert!(
                problems.iter().any(|problem| problem.contains(path(&file))),
                "bit in byte {at} of {}: {problems:?}",
                file.display()
            );
            if table == "events" && file.extension().is_some_and(|extension| extension == "parquet") {
                let compacted = RUNTIME.block_on(Store::compact(&store, false, options()));
                assert_eq!(codes(compacted), ["jqlx::store::damaged"], "compact does not make a damaged file look sound");
            }
            fs::write(&file, &bytes).expect("written");
        }
    }
    assert_eq!(stored.problems(), [""; 0]);
}

#[test]
fn a_damaged_last_commit_is_an_error_and_the_one_before_can_be_read() {
    let (_, stored) = sample();
    let store = stored.path();
    let last = commits(&store).pop().expect("a commit");
    let before = asked(&store, At::Version(0)).expect("an answer");
    let bytes = fs::read(&last).expect("a file");
    for spoilt in [&bytes[..bytes.len() / 2], b"", b"{}", b"\xff\xfe", b"[1, 2]"] {
        fs::write(&last, spoilt).expect("written");
        assert_eq!(codes(asked(&store, At::Latest)), ["jqlx::store::damaged"]);
        assert_eq!(asked(&store, At::Version(0)).expect("an answer"), before);
        for arguments in [vec!["import", "/no/such"], vec!["compact"], vec!["vacuum"], vec!["status"], vec!["verify"]] {
            refused(&run(&store, &arguments), "jqlx::store::damaged");
        }
    }
    assert_eq!(commits(&store).len(), 2, "nothing was written");
}

#[test]
fn a_store_of_a_newer_layout_is_left_alone() {
    let (tables, stored) = sample();
    let store = stored.path();
    let last = commits(&store).pop().expect("a commit");
    let mut commit: serde_json::Value = serde_json::from_slice(&fs::read(&last).expect("a file")).expect("JSON");
    commit["layout"] = 99.into();
    commit["program"] = "jqlx 42.0.0".into();
    // What is in it is none of our business.
    commit["tables"] = serde_json::json!(["another", "shape"]);
    fs::write(&last, commit.to_string()).expect("written");
    let data = tempfile::tempdir().expect("a folder");
    write_tables(&data.path().join("data"), &tables, false).expect("a dataset");
    let data = data.path().join("data");
    for arguments in [
        vec!["query", QUERY],
        vec!["status"],
        vec!["verify"],
        vec!["compact"],
        vec!["vacuum", "--retention", "0h"],
        vec!["import", path(&data)],
    ] {
        let run = run(&store, &arguments);
        refused(&run, "jqlx::store::newer");
        assert!(run.err.contains("42.0.0"), "{}", run.err);
    }
    assert_eq!(commits(&store).len(), 2);
}

#[test]
fn a_second_writer_is_refused_and_readers_go_on() {
    let (tables, stored) = sample();
    let store = stored.path();
    let data = tempfile::tempdir().expect("a folder");
    let data = data.path().join("data");
    write_tables(&data, &tables, false).expect("a dataset");
    let expected = asked(&store, At::Latest).expect("an answer");
    let writer = RUNTIME.block_on(Store::writer(&store)).expect("the right to write");
    for arguments in [vec!["import", path(&data)], vec!["compact"], vec!["vacuum"]] {
        refused(&run(&store, &arguments), "jqlx::store::busy");
    }
    assert_eq!(codes(RUNTIME.block_on(Store::load(&store, &data, options()))), ["jqlx::store::busy"]);
    assert_eq!(asked(&store, At::Latest).expect("an answer"), expected);
    assert_eq!(run(&store, &["query", "--format", "ndjson", QUERY]).ok().rows().len(), expected.len());
    run(&store, &["verify"]).ok();
    drop(writer);
    run(&store, &["import", path(&data)]).ok();
    // A reader keeps what it opened, whatever is committed and compacted meanwhile.
    let engine = RUNTIME.block_on(Engine::open_store(&store, At::Latest, Options::default())).expect("a store");
    run(&store, &["compact", "--derive"]).ok();
    assert_eq!(RUNTIME.block_on(answer(&engine, QUERY)).expect("an answer"), expected);
}

#[test]
fn two_imports_at_once_are_one_after_the_other_or_refused() {
    let (tables, stored) = sample();
    let store = stored.path();
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(9);
    let parts: Vec<PathBuf> = (0..4)
        .map(|n| {
            let part = folder.path().join(format!("part-{n}"));
            let mut tables = half(&tables, &mut random);
            for event in &mut tables.events {
                event.event_id = format!("{}-{n}", event.event_id);
            }
            write_tables(&part, &tables, false).expect("a dataset");
            part
        })
        .collect();
    let before = stored.store().version();
    let running: Vec<_> = parts
        .iter()
        .map(|part| {
            let mut import = jqlx();
            import.args(["import", path(part), "--store", path(&store)]);
            import.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("it starts")
        })
        .collect();
    let mut done = 0;
    for import in running {
        let run: Run = import.wait_with_output().expect("it ends").into();
        if run.code == Some(0) {
            done += 1;
        } else {
            refused(&run, "jqlx::store::busy");
        }
    }
    assert!(done > 0);
    assert_eq!(stored.store().version(), before + done);
    assert_eq!(stored.problems(), [""; 0]);
}

#[test]
fn places_that_are_no_store_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (empty, other) = (folder.path().join("empty"), folder.path().join("other"));
    fs::create_dir(&empty).expect("a folder");
    fs::create_dir(&other).expect("a folder");
    fs::write(other.join("thesis.txt"), "three years of work").expect("written");
    let (tables, stored) = sample();
    let data = folder.path().join("data");
    write_tables(&data, &tables, false).expect("a dataset");
    for place in [&empty, &folder.path().join("none"), &other, &data] {
        for arguments in [vec!["query", QUERY], vec!["status"], vec!["verify"], vec!["compact"], vec!["vacuum"]] {
            refused(&run(place, &arguments), "jqlx::store::missing");
        }
    }
    // Even where all that a dataset has are folders named like tables.
    let bare = folder.path().join("bare");
    fs::create_dir(&bare).expect("a folder");
    let plain = Tables { events: tables.events.clone(), issues: tables.issues.clone(), ..Tables::default() };
    write_tables(&bare, &plain, false).expect("a dataset");
    for place in [&other, &data, &bare] {
        refused(&run(place, &["import", path(&data)]), "jqlx::store::refused");
        assert!(!place.join("commits").exists());
    }
    assert_eq!(fs::read_dir(&other).expect("a folder").count(), 1);
    run(&empty, &["import", path(&data)]).ok();
    run(&empty, &["verify"]).ok();
    // And a store is no folder of plain Parquet: it holds rows that no longer count.
    let store = stored.path();
    let read: Run = jqlx().args(["query", "--data", path(&store), QUERY]).output().expect("it starts").into();
    refused(&read, "jqlx::data::no_parquet");
    refused(&run(&empty, &["import", path(&store)]), "jqlx::data::no_parquet");
    let write: Run = jqlx().args(["demo", "--replace", path(&store)]).output().expect("it starts").into();
    assert_ne!(write.code, Some(0));
    assert_eq!(stored.problems(), [""; 0]);
}

#[test]
fn versions_that_are_not_there_are_named() {
    let (_, stored) = sample();
    let store = stored.path();
    assert_eq!(codes(asked(&store, At::Version(2))), ["jqlx::store::no_version"]);
    let first = jiff::Timestamp::from_second(1_500_000_000).expect("a time");
    assert_eq!(codes(asked(&store, At::Time(first))), ["jqlx::store::no_version"]);
    refused(&run(&store, &["query", "--at-version", "7", QUERY]), "jqlx::store::no_version");
    refused(&run(&store, &["query", "--at-time", "2001-01-01", QUERY]), "jqlx::store::no_version");
    assert_eq!(run(&store, &["query", "--at-time", "soon", QUERY]).code, Some(2));
    let (then, now) = (asked(&store, At::Version(0)).expect("rows"), asked(&store, At::Latest).expect("rows"));
    assert!(then.len() < now.len());
    assert_eq!(asked(&store, At::Time(jiff::Timestamp::now())).expect("rows"), now);
    let rows = run(&store, &["query", "--at-version", "0", "--format", "ndjson", QUERY]).ok().rows();
    assert_eq!(rows.len(), then.len());
    run(&store, &["vacuum", "--retention", "0h"]).ok();
    let gone = run(&store, &["query", "--at-version", "0", QUERY]);
    refused(&gone, "jqlx::store::no_version");
    assert!(gone.err.contains("versions 1 to 1"), "{}", gone.err);
    assert_eq!(asked(&store, At::Latest).expect("rows"), now);
}

/// Another reader's view is not what jqlx reads.
#[test]
fn a_delta_log_that_is_hurt_hurts_no_query() {
    let (tables, mut stored) = sample();
    let store = stored.path();
    let expected = asked(&store, At::Latest).expect("rows");
    let entry = store.join("events/_delta_log/00000000000000000001.json");
    fs::write(&entry, "{\"commitInfo\":{}}\n").expect("written");
    assert_eq!(asked(&store, At::Latest).expect("rows"), expected);
    assert!(stored.problems().iter().any(|problem| problem.contains("Delta log")), "{:?}", stored.problems());
    // The way back that the documents name.
    fs::remove_dir_all(store.join("events/_delta_log")).expect("it goes");
    let mut more = tables;
    more.events[0].text = Some("another text".into());
    assert!(stored.load(&more).version.is_some());
    assert_eq!(stored.problems(), [""; 0]);
}

/// Mounts something small or shut, and unmounts it at the end; none where that is not allowed.
struct Mount(PathBuf);

impl Mount {
    fn new(arguments: &[&str], at: &Path) -> Option<Self> {
        let mounted = Command::new("mount").args(arguments).arg(at).output().is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: mounting is not allowed here");
        }
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Many events whose texts do not compress.
fn bulk(count: i64) -> Tables {
    let (mut tables, mut random) = (sample().0, Random::new(11));
    let event = tables.events[0].clone();
    for n in 0..count {
        let noise: String = (0..8).map(|_| format!("{:016x}", random.next())).collect();
        tables.events.push(jqlx::data::rows::EventRow { event_id: format!("bulk-{n}"), text: Some(noise), ..event.clone() });
    }
    tables
}

#[test]
fn a_full_disk_leaves_the_last_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let (disk, data) = (folder.path().join("disk"), folder.path().join("data"));
    fs::create_dir(&disk).expect("a folder");
    write_tables(&data, &bulk(20_000), false).expect("a dataset");
    let Some(mount) = Mount::new(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"], &disk) else { return };
    let store = disk.join("store");
    let small = folder.path().join("small");
    write_tables(&small, &sample().0, false).expect("a dataset");
    run(&store, &["import", path(&small)]).ok();
    let before = asked(&store, At::Latest).expect("rows");
    let full = run(&store, &["import", path(&data)]);
    let used = |path: &Path| Command::new("du").args(["-sk", path.to_str().expect("plain")]).output().map(|o| o.stdout);
    let after = asked(&store, At::Latest);
    let verify = run(&store, &["verify"]);
    let left = used(&store);
    let again = run(&store, &["import", path(&small)]);
    drop(mount);
    refused(&full, "jqlx::store::write_failed");
    assert!(full.err.contains("last commit"), "{}", full.err);
    assert_eq!(after.expect("rows"), before);
    let verify = verify.ok();
    assert!(!verify.err.contains("of no version"), "a failed import leaves no files: {}{:?}", verify.err, left);
    again.ok();
}

#[test]
fn a_limit_on_files_stands_in_for_a_full_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, data) = (folder.path().join("store"), folder.path().join("data"));
    write_tables(&data, &bulk(5_000), false).expect("a dataset");
    let small = folder.path().join("small");
    write_tables(&small, &sample().0, false).expect("a dataset");
    run(&store, &["import", path(&small)]).ok();
    let before = asked(&store, At::Latest).expect("rows");
    let script = format!("ulimit -f 200; trap '' XFSZ; exec \"$0\" import '{}' --store '{}'", data.display(), store.display());
    let mut sh = Command::new("sh");
    sh.args(["-c", &script, env!("CARGO_BIN_EXE_jqlx")]).env("JQLX_CONFIG", "");
    let full: Run = sh.output().expect("it starts").into();
    refused(&full, "jqlx::store::write_failed");
    assert_eq!(asked(&store, At::Latest).expect("rows"), before);
    assert!(!run(&store, &["verify"]).ok().err.contains("of no version"));
    run(&store, &["import", path(&data)]).ok();
    run(&store, &["verify"]).ok();
}

#[test]
fn a_store_that_may_only_be_read_can_be_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, data, shut) = (folder.path().join("store"), folder.path().join("data"), folder.path().join("shut"));
    let tables = sample().0;
    write_tables(&data, &tables, false).expect("a dataset");
    run(&store, &["import", path(&data)]).ok();
    fs::create_dir(&shut).expect("a folder");
    let Some(_bound) = Mount::new(&["--bind", path(&store)], &shut) else { return };
    let Some(_mount) = Mount::new(&["-o", "remount,ro,bind"], &shut).map(std::mem::forget) else { return };
    let rows = run(&shut, &["query", "--format", "ndjson", QUERY]).ok().rows();
    assert_eq!(rows.len(), tables.events.len());
    run(&shut, &["status"]).ok();
    run(&shut, &["verify"]).ok();
    for arguments in [vec!["import", path(&data)], vec!["compact"], vec!["vacuum"]] {
        let run = run(&shut, &arguments);
        refused(&run, "jqlx::store::write_failed");
        assert!(run.err.contains("may write to"), "{}", run.err);
    }
    refused(&run(&shut.join("new"), &["import", path(&data)]), "jqlx::store::write_failed");
}

#[test]
fn rows_without_an_identity_are_refused() {
    use datafusion::arrow::array::{RecordBatch, new_null_array};
    use datafusion::parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
    let (tables, stored) = sample();
    let before = asked(&stored.path(), At::Latest).expect("an answer");
    let folder = super::folder();
    for (table, column) in [("events", "event_id"), ("issues", "id"), ("users", "account_id")] {
        let data = folder.path().join(table);
        write_tables(&data, &tables, false).expect("a dataset");
        let file = match data.join(format!("{table}.parquet")) {
            single if single.is_file() => single,
            _ => data.join(table).join(format!("{table}-00000.parquet")),
        };
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(&file).expect("a file")).expect("Parquet");
        let batches: Vec<RecordBatch> = reader.build().expect("a reader").collect::<Result<_, _>>().expect("rows");
        let schema = batches[0].schema();
        let mut writer = ArrowWriter::try_new(fs::File::create(&file).expect("a file"), schema.clone(), None).expect("a writer");
        for batch in batches {
            let mut columns = batch.columns().to_vec();
            let at = schema.index_of(column).expect("the column");
            columns[at] = new_null_array(columns[at].data_type(), batch.num_rows());
            writer.write(&RecordBatch::try_new(schema.clone(), columns).expect("rows")).expect("written");
        }
        writer.close().expect("written");
        let refusal = RUNTIME.block_on(Store::load(stored.path(), &data, options()));
        assert_eq!(codes(refusal), ["jqlx::store::refused"], "{table}");
    }
    assert_eq!(asked(&stored.path(), At::Latest).expect("an answer"), before);
    assert_eq!(stored.problems(), Vec::<String>::new());
}
