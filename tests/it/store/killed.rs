//! SIGKILL at random moments, through the real program: the store is as before the command or as after it, and goes on.
//!
//! `JQLX_KILLS` says how many; `tests/kill.sh` is the long run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

use jqlx::data::rows::Tables;
use jqlx::data::{demo, write::write_tables};
use jqlx::store::{At, Store};
use jqlx::{Engine, Options};

use super::{RUNTIME, answer, folder, half, options, with_events};
use crate::cli::{jqlx, path};
use crate::properties::random::Random;

const KILLS: usize = 20;

const QUERIES: &[&str] = &[
    "ACTIVITY SHOW eventId, time, actor, issue, \"from\", \"to\", text",
    "status WAS \"In Progress\" SHOW key, status, assignee",
    "assignee WAS EMPTY FOR >= 1d SHOW key",
];

/// What a store answers; none where there is none.
fn answers(store: &Path) -> Result<Option<Vec<Vec<String>>>, String> {
    let options = Options { now: jiff::Timestamp::from_microsecond(demo::NOW).ok(), ..Options::default() };
    let asked = RUNTIME.block_on(async {
        let engine = Engine::open_store(store, At::Latest, options).await?;
        let mut answers = Vec::new();
        for query in QUERIES {
            answers.push(answer(&engine, query).await?);
        }
        Ok::<_, jqlx::Error>(answers)
    });
    match asked {
        Ok(answers) => Ok(Some(answers)),
        Err(error) if error.diagnostics().iter().any(|d| d.code.name == "jqlx::store::missing") => Ok(None),
        Err(error) => Err(format!("{:?}", error.diagnostics())),
    }
}

/// What verify says, and the files of no version.
fn verified(store: &Path) -> (Vec<String>, u64) {
    let verified = RUNTIME.block_on(async { Store::open(store, At::Latest)?.verify(options()).await });
    let verified = verified.unwrap_or_else(|error| panic!("{:?}", error.diagnostics()));
    (verified.problems.iter().map(|problem| problem.message.clone()).collect(), verified.strays)
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// A command, the store that it begins with, and how long it takes.
struct Victim {
    name: &'static str,
    arguments: Vec<String>,
    begin: Option<PathBuf>,
    before: Option<Vec<Vec<String>>>,
    after: Option<Vec<Vec<String>>>,
    takes: Duration,
}

fn start(arguments: &[String], store: &Path) -> Child {
    let mut command = jqlx();
    command.args(arguments).args(["--store", path(store)]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// An export in which something is told that is not in the others, so that it goes by way of the staging folder.
fn export(to: &Path) {
    let lines: Vec<String> = (1..60)
        .map(|n| {
            format!(
                r#"{{"id": "{id}", "key": "NEW-{n}", "fields": {{"summary": "New", "project": {{"key": "NEW", "name": "New"}}, "created": "2026-05-01T09:00:00.000+0000"}}, "changelog": {{"histories": [{{"id": "{id}1", "created": "2026-05-02T09:00:00.000+0000", "author": {{"accountId": "u1"}}, "items": [{{"field": "status", "from": "1", "fromString": "Open", "to": "2", "toString": "Done"}}]}}]}}}}"#,
                id = 900_000 + n
            )
        })
        .collect();
    fs::write(to, lines.join("\n")).expect("written");
}

#[test]
fn a_kill_at_any_moment_leaves_a_commit() {
    let kills = std::env::var("JQLX_KILLS").map_or(KILLS, |n| n.parse().expect("a number of kills"));
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_nanos() as u64;
    let seed = std::env::var("JQLX_PROPERTY_SEED").map_or(clock, |seed| seed.parse().expect("a seed"));
    let mut random = Random::new(seed);
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let all = demo::demo();
    let whole: Tables = with_events(&all, |_| random.chance(20));
    let part = half(&whole, &mut random);
    write_tables(&at("part"), &part, false).expect("a dataset");
    write_tables(&at("whole"), &whole, false).expect("a dataset");
    export(&at("export.ndjson"));
    // A store of one commit, and one of several with rows that no longer count.
    let load = |store: &str, data: &str| {
        RUNTIME.block_on(Store::load(at(store), at(data), options())).map(drop).unwrap_or_else(|e| panic!("{:?}", e.diagnostics()));
    };
    load("one", "part");
    load("several", "part");
    load("several", "whole");
    let mut later = whole.clone();
    for event in later.events.iter_mut().step_by(7) {
        event.text = Some("corrected".into());
    }
    write_tables(&at("later"), &later, false).expect("a dataset");
    load("several", "later");
    let mut victims = Vec::new();
    for (name, begin, arguments) in [
        ("first import", None, vec!["import".to_owned(), path(&at("whole")).to_owned()]),
        ("import", Some("one"), vec!["import".to_owned(), path(&at("whole")).to_owned()]),
        ("import of files", Some("one"), vec!["import".to_owned(), path(&at("export.ndjson")).to_owned()]),
        ("compact", Some("several"), vec!["compact".to_owned(), "--derive".to_owned()]),
        ("vacuum", Some("several"), vec!["vacuum".to_owned(), "--retention".to_owned(), "0h".to_owned()]),
    ] {
        let begin = begin.map(at);
        let store = at("trial");
        let _ = fs::remove_dir_all(&store);
        begin.iter().for_each(|begin| copy(begin, &store));
        let started = Instant::now();
        assert!(start(&arguments, &store).wait().expect("it ends").success(), "{name}");
        let takes = started.elapsed();
        let before = begin.as_ref().and_then(|begin| answers(begin).expect("answers"));
        let after = answers(&store).expect("answers");
        victims.push(Victim { name, arguments, begin, before, after, takes });
    }
    let (mut old, mut new) = (0, 0);
    for kill in 0..kills {
        let victim = &victims[kill % victims.len()];
        let store = at("victim");
        let _ = fs::remove_dir_all(&store);
        victim.begin.iter().for_each(|begin| copy(begin, &store));
        let mut child = start(&victim.arguments, &store);
        let delay = victim.takes.mul_f64(random.below(1150) as f64 / 1000.0);
        std::thread::sleep(delay);
        child.kill().expect("killed");
        child.wait().expect("it ended");
        let name = format!("JQLX_PROPERTY_SEED={seed}, kill {kill}: {} after {delay:?} of {:?}", victim.name, victim.takes);
        let found = answers(&store).unwrap_or_else(|error| panic!("{name}: {error}"));
        if found == victim.after {
            new += 1;
        } else {
            assert!(found == victim.before, "{name}: other rows than before or after");
            old += 1;
        }
        if found.is_some() {
            // The Delta logs may be a commit behind until the next one.
            let (problems, _) = verified(&store);
            assert!(problems.iter().all(|problem| problem.contains("Delta log")), "{name}: {problems:?}");
            let status = Store::open(&store, At::Latest).and_then(|store| store.status()).expect("a status");
            for version in status.versions {
                let tables = Store::open(&store, At::Version(version.version)).and_then(|store| store.tables());
                assert!(tables.is_ok(), "{name}: version {}: {:?}", version.version, tables.err());
            }
        }
        // And on it goes.
        RUNTIME
            .block_on(Store::load(&store, at("later"), options()))
            .unwrap_or_else(|error| panic!("{name}: {:?}", error.diagnostics()));
        assert_eq!(verified(&store), (Vec::new(), 0), "{name}: the next run clears up");
        if random.chance(30) {
            RUNTIME.block_on(Store::vacuum(&store, Duration::ZERO, false)).expect("vacuum");
            assert_eq!(verified(&store), (Vec::new(), 0), "{name}");
            let hidden = fs::read_dir(&store)
                .expect("a folder")
                .filter(|e| e.as_ref().is_ok_and(|e| e.file_name().to_string_lossy().starts_with(".import")));
            assert_eq!(hidden.count(), 0, "{name}: vacuum leaves what an import was preparing");
        }
    }
    eprintln!("{kills} kills: {old} left the store as it was, {new} as the command makes it");
}
