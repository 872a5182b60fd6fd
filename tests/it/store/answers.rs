//! Every query gives the same rows over a store as over the plain tables that it came from.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use jqlx::cases::{Case, Verdict};
use jqlx::data::{demo, rows::Tables};
use jqlx::store::At;
use jqlx::{Engine, Options};

use super::{RUNTIME, Stored, answer, half};
use crate::cases::{agrees, cases_of, folder, ledger};
use crate::properties::random::Random;

/// Cases that share a world, in which many do.
struct Shared {
    tables: Tables,
    cases: Vec<Case>,
}

/// Files of cases that ask of the present: nothing that is derived or merged stands behind them. Each case is asked of one store,
/// as the whole lot of both takes minutes in a debug build: these of a store that was loaded at once, the others of one of two
/// commits.
const PRESENT: &[&str] = &["custom", "fields", "jql_fields", "jql_functions", "scriptrunner", "text"];

/// Our own cases, by their worlds.
fn own(present: bool) -> Vec<Shared> {
    let mut files: Vec<_> = std::fs::read_dir(folder()).expect("the folder of cases").map(|f| f.expect("a file").path()).collect();
    files.retain(|file| {
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        file.extension().is_some_and(|e| e == "jsonl") && PRESENT.contains(&name) == present
    });
    files.sort();
    by_world(files.iter().flat_map(|file| cases_of(&std::fs::read_to_string(file).expect("cases"))))
}

fn by_world(cases: impl Iterator<Item = Case>) -> Vec<Shared> {
    let mut worlds: Vec<Shared> = Vec::new();
    for case in cases {
        match worlds.iter_mut().find(|world| world.tables == case.world.tables) {
            Some(world) => world.cases.push(case),
            None => worlds.push(Shared { tables: case.world.tables.clone(), cases: vec![case] }),
        }
    }
    worlds
}

/// What differs in the answers of the cases of a world, asked of a store.
fn differences(world: &Shared, stored: &Stored, own: bool) -> Vec<String> {
    let mut differences = Vec::new();
    RUNTIME.block_on(async {
        let mut engines: Vec<(Options, Engine)> = Vec::new();
        for case in &world.cases {
            let options = &case.world.options;
            if !engines.iter().any(|(of, _)| of == options) {
                match Engine::open_store(stored.path(), At::Latest, options.clone()).await {
                    Ok(engine) => engines.push((options.clone(), engine)),
                    Err(error) => {
                        differences.push(format!("{}: {:?}", case.id, error.diagnostics()));
                        continue;
                    }
                }
            }
            let (_, engine) = engines.iter().find(|(of, _)| of == options).expect("an engine");
            // The oracle gives what the case expects: that is tested over tables in memory.
            let difference = if own && case.error.is_none() {
                agrees(case, engine).await.err()
            } else {
                // Not all shared cases pass; none may be answered otherwise than from memory.
                let expected = if own { Verdict::Pass } else { case.run().await };
                let verdict = case.run_on(engine).await;
                (verdict != expected).then(|| format!("{verdict:?}"))
            };
            differences.extend(difference.map(|difference| format!("{}: {}\n  {difference}", case.id, case.query)));
        }
    });
    differences
}

/// Two threads, each with a store at a time.
fn ask(name: &str, worlds: &[Shared], own: bool, store: impl Fn(usize, &Tables) -> Stored + Sync) {
    let (next, found, started) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(world) = worlds.get(at) else { break };
                    let stored = store(at, &world.tables);
                    let differences = differences(world, &stored, own);
                    found.lock().expect("no panic").extend(differences);
                }
            });
        }
    });
    let cases: usize = worlds.iter().map(|world| world.cases.len()).sum();
    eprintln!("{name}: {cases} cases of {} worlds in {:.1} s", worlds.len(), started.elapsed().as_secs_f64());
    let found = found.into_inner().expect("no panic");
    assert!(found.is_empty(), "{} differ\n{}", found.len(), found.join("\n"));
}

#[test]
fn cases_from_a_store() {
    ask("at once", &own(true), true, |_, tables| Stored::of(tables));
}

/// Half of the events first, then all: rows are merged, intervals of touched issues are derived anew.
#[test]
fn cases_from_a_store_of_two_commits() {
    ask("two commits", &own(false), true, |at, tables| {
        let mut stored = Stored::empty();
        stored.load(&half(tables, &mut Random::new(at as u64)));
        stored.load(tables);
        stored
    });
}

#[test]
fn shared_cases_from_a_store() {
    let Ok(text) = std::fs::read_to_string(ledger::shared()) else {
        eprintln!("skipped: no shared cases at {}", ledger::shared().display());
        return;
    };
    let cases = text.lines().map(|line| Case::parse(line).unwrap_or_else(|e| panic!("{e}: {line}")));
    ask("shared", &by_world(cases), false, |_, tables| Stored::of(tables));
}

/// The queries of the recipes, without the command line around them.
fn recipes() -> Vec<String> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md")).expect("the recipes");
    let commands = page.lines().filter_map(|line| line.strip_prefix("$ jqlx query "));
    commands.filter_map(|line| Some(line.split_once('\'')?.1.rsplit_once('\'')?.0.replace("'\\''", "'"))).collect()
}

/// Queries of the recipes and of the stages, over the sample data: in memory, in a store, in one of several commits, and in
/// that one compacted.
#[test]
fn the_sample_answers_the_same() {
    let tables = demo::demo();
    let queries: Vec<String> = {
        let stages = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries")).expect("queries");
        let stages = stages.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a query"));
        recipes().into_iter().chain(stages.map(|text| text.trim().to_owned())).collect()
    };
    assert!(queries.len() > 40, "only {} queries", queries.len());
    let options = Options {
        now: jiff::Timestamp::from_microsecond(demo::NOW).ok(),
        user: Some("alice".into()),
        threads: Some(2),
        ..Options::default()
    };
    let plain = RUNTIME.block_on(Engine::from_tables(tables.clone(), options.clone())).expect("the sample");
    // What is refused must be refused alike.
    let ask = |engine: &Engine, query: &str| {
        let codes = |error: jqlx::Error| error.diagnostics().iter().map(|d| d.code.name).collect::<Vec<_>>();
        RUNTIME.block_on(answer(engine, query)).map_err(codes)
    };
    let expected: Vec<_> = queries.iter().map(|query| ask(&plain, query)).collect();
    assert!(expected.iter().filter(|answer| answer.as_ref().is_ok_and(|rows| !rows.is_empty())).count() > 30);
    let same = |stored: &Stored, state: &str| {
        let engine = RUNTIME.block_on(Engine::open_store(stored.path(), At::Latest, options.clone())).expect("the store");
        for (query, expected) in queries.iter().zip(&expected) {
            assert_eq!(ask(&engine, query), *expected, "{state}: {query}");
        }
        assert_eq!(stored.problems(), [""; 0], "{state}");
    };
    let mut stored = Stored::empty();
    let mut random = Random::new(5);
    stored.load(&half(&tables, &mut random));
    stored.load(&half(&tables, &mut random));
    stored.load(&tables);
    same(&stored, "three commits");
    let again = stored.load(&tables);
    assert_eq!(again.version, None, "nothing was new: {again:?}");
    RUNTIME.block_on(jqlx::store::Store::compact(stored.path(), false, super::options())).expect("compact");
    same(&stored, "compacted");
    RUNTIME.block_on(jqlx::store::Store::vacuum(stored.path(), std::time::Duration::ZERO, false)).expect("vacuum");
    assert_eq!(RUNTIME.block_on(stored.store().verify(super::options())).expect("verify").strays, 0);
    same(&stored, "vacuumed");
}
