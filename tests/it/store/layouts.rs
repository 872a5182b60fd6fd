//! Stores written by earlier layouts: they open, answer as they did, and go on.
//!
//! `tests/fixtures/store-N` is a store of layout N, written by the program of that time and never again. That of layout 1 was
//! made by `JQLX_WRITE_FIXTURE=tests/fixtures/store-1 cargo test --test it store::layouts::fixture`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jqlx::data::rows::{EventRow, IssueRow, StatusRow, Tables, UserRow, time};
use jqlx::store::{At, Store};
use jqlx::{Engine, Options};

use super::{RUNTIME, answer, options};

fn at(day: i64) -> i64 {
    time("2026-03-01T00:00:00Z").expect("an instant") + day * 86_400_000_000
}

/// A small invented world, at one of its two states.
fn world(later: bool) -> Tables {
    let issue = |id: i64, status: &str, labels: &[&str]| IssueRow {
        id,
        key: format!("PA-{id}"),
        project: Some("PA".into()),
        status: Some(status.into()),
        created: Some(at(0)),
        updated: Some(at(if later { 9 } else { 5 })),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        ..IssueRow::default()
    };
    let change = |id: &str, issue: i64, day: i64, field: &str, from: Option<&str>, to: Option<&str>| EventRow {
        event_id: id.into(),
        time: at(day),
        entity: "issue".into(),
        action: "updated".into(),
        actor: Some("ann".into()),
        issue_id: Some(issue),
        issue_key: Some(format!("PA-{issue}")),
        project: Some("PA".into()),
        field: Some(field.into()),
        from_value: from.map(str::to_owned),
        to_value: to.map(str::to_owned),
        origin: Some("changelog".into()),
        ..EventRow::default()
    };
    let mut events = vec![
        change("1", 1, 1, "status", Some("Open"), Some("Doing")),
        change("2", 1, 3, "labels", None, Some("red")),
        change("3", 2, 4, "status", Some("Open"), Some("Done")),
    ];
    if later {
        // One is told better, so that a deletion vector is needed, and one is new.
        events[2].actor = Some("bob".into());
        events.push(change("4", 1, 7, "status", Some("Doing"), Some("Done")));
    }
    let user = |id: &str, name: &str| UserRow { account_id: id.into(), name: Some(name.into()), ..UserRow::default() };
    Tables {
        events,
        issues: vec![issue(1, if later { "Done" } else { "Doing" }, &["red"]), issue(2, "Done", &[])],
        users: vec![user("ann", "Ann"), user("bob", "Bob")],
        statuses: ["Open", "Doing", "Done"].map(|name| StatusRow { name: name.into(), ..StatusRow::default() }).to_vec(),
        ..Tables::default()
    }
}

const QUERIES: &[&str] = &[
    "ACTIVITY SHOW eventId, time, actor, \"from\", \"to\", origin",
    "project = PA SHOW key, status, labels",
    "status WAS Open SHOW key",
    "status WAS Doing FOR >= 5d SHOW key",
    "labels WAS red ON 2026-03-05 SHOW key",
    "status CHANGED TO Done BY bob SHOW key",
];

fn answers(engine: &Engine) -> Vec<Vec<String>> {
    RUNTIME.block_on(async {
        let mut answers = Vec::new();
        for query in QUERIES {
            answers.push(answer(engine, query).await.unwrap_or_else(|error| panic!("{query}: {:?}", error.diagnostics())));
        }
        answers
    })
}

fn session() -> Options {
    Options { now: jiff::Timestamp::from_microsecond(at(20)).ok(), ..Options::default() }
}

fn stored(store: &Path, at: At) -> Vec<Vec<String>> {
    answers(&RUNTIME.block_on(Engine::open_store(store, at, session())).unwrap_or_else(|e| panic!("{:?}", e.diagnostics())))
}

fn in_memory(tables: Tables) -> Vec<Vec<String>> {
    answers(&RUNTIME.block_on(Engine::from_tables(tables, session())).expect("tables that fit"))
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut stores: Vec<PathBuf> = std::fs::read_dir(folder).expect("the fixtures").map(|e| e.expect("an entry").path()).collect();
    stores.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("store-")));
    stores.sort();
    stores
}

fn load(store: &Path, tables: &Tables) -> Option<u64> {
    let data = tempfile::tempdir().expect("a folder");
    let data = data.path().join("data");
    jqlx::data::write::write_tables(&data, tables, false).expect("a dataset");
    let loaded = RUNTIME.block_on(Store::load(store, &data, options()));
    loaded.unwrap_or_else(|error| panic!("{:?}", error.diagnostics())).version
}

fn problems(store: &Path) -> Vec<String> {
    let verified = RUNTIME.block_on(async { Store::open(store, At::Latest)?.verify(options()).await }).expect("verify");
    verified.problems.iter().map(|problem| problem.message.clone()).collect()
}

/// Writes the fixture of today's layout, when somebody asks for it.
#[test]
fn fixture() {
    let Some(to) = std::env::var_os("JQLX_WRITE_FIXTURE") else { return };
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join(to);
    assert!(!to.exists(), "{} was written by the program of its layout and stays", to.display());
    load(&to, &world(false));
    load(&to, &world(true));
}

#[test]
fn stores_of_every_layout_open_and_go_on() {
    let fixtures = fixtures();
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        // The fixture itself is never written to.
        let folder = super::folder();
        let store = folder.path().join("store");
        super::killed::copy(&fixture, &store);
        assert_eq!(problems(&store), [""; 0], "{}", fixture.display());
        assert_eq!(stored(&store, At::Version(0)), in_memory(world(false)), "{}", fixture.display());
        assert_eq!(stored(&store, At::Latest), in_memory(world(true)), "{}", fixture.display());
        assert_eq!(load(&store, &world(true)), None, "what was told is known");
        let mut more = world(true);
        more.events.push(EventRow { event_id: "5".into(), time: at(8), ..more.events[3].clone() });
        more.events[4].from_value = Some("Done".into());
        more.events[4].to_value = Some("Open".into());
        assert_eq!(load(&store, &more), Some(2));
        assert_eq!(stored(&store, At::Latest), in_memory(more.clone()), "{}", fixture.display());
        RUNTIME.block_on(Store::compact(&store, true, options())).expect("compact");
        assert_eq!(problems(&store), [""; 0], "{}", fixture.display());
        assert_eq!(stored(&store, At::Version(0)), in_memory(world(false)), "{}", fixture.display());
        RUNTIME.block_on(Store::vacuum(&store, Duration::ZERO, false)).expect("vacuum");
        assert_eq!(stored(&store, At::Latest), in_memory(more), "{}", fixture.display());
        assert_eq!(problems(&store), [""; 0], "{}", fixture.display());
    }
}
