//! Query tests: those of `tests/cases`, and the shared ones where they are at hand.

pub mod ledger;

use std::path::PathBuf;

use futures::TryStreamExt;
use jqlx::Engine;
use jqlx::cases::{Case, Verdict, World, Worlds, run_cases};
use jqlx::catalog::fields::{FIELDS, Source};
use jqlx::catalog::functions::FUNCTIONS;

use crate::naive;

/// The folder of our own cases.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// The cases of a file's text.
pub fn cases_of(text: &str) -> Vec<Case> {
    let mut worlds = Worlds::default();
    let read = |line: &str| worlds.read(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().filter_map(read).collect()
}

/// Runs a file of our own: the answer must be the one that the case states, and the oracle must agree.
fn passes(name: &str) {
    let path = folder().join(name).with_extension("jsonl");
    let text = std::fs::read_to_string(&path).expect("a file of cases");
    let mut failures = Vec::new();
    runtime().block_on(async {
        // Cases of one world share an engine.
        let mut engines: Vec<(World, Engine)> = Vec::new();
        for case in cases_of(&text) {
            let same = |w: &World| w.options == case.world.options && w.tables == case.world.tables;
            if !engines.iter().any(|(w, _)| same(w)) {
                let engine = Engine::from_tables(case.world.tables.clone(), case.world.options.clone()).await;
                engines.push((case.world.clone(), engine.expect("tables that fit")));
            }
            let (_, engine) = engines.iter().find(|(w, _)| same(w)).expect("an engine");
            if let Verdict::Fail { expected, got } = case.run_on(engine).await {
                failures.push(format!("{}: {}\n  expected {expected}\n  got      {got}", case.id, case.query));
            }
            if case.error.is_none()
                && let Err(difference) = agrees(&case, engine).await
            {
                failures.push(format!("{}: {}\n  {difference}", case.id, case.query));
            }
        }
    });
    assert!(failures.is_empty(), "{} failures in {name}\n{}", failures.len(), failures.join("\n"));
}

/// Whether the plan and the oracle give the same rows.
pub async fn agrees(case: &Case, engine: &Engine) -> Result<(), String> {
    let error = |e: jqlx::Error| format!("{:?}", e.diagnostics());
    let query = engine.compile(&case.query, &case.parameters).await.map_err(error)?;
    let batches: Vec<_> = query.run().await.map_err(error)?.try_collect().await.map_err(error)?;
    let expected = naive::evaluate(query.bound(), &case.world.tables, engine.session());
    let got = naive::cells(&batches);
    if expected == got { Ok(()) } else { Err(format!("the oracle says {expected:?}\n  the plan says {got:?}")) }
}

macro_rules! files {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            passes(stringify!($name));
        })*

        #[test]
        fn every_file_is_run() {
            let mut names: Vec<String> = std::fs::read_dir(folder())
                .expect("the folder of cases")
                .map(|f| f.expect("a file").file_name().into_string().expect("a plain name"))
                .filter_map(|n| n.strip_suffix(".jsonl").map(str::to_string))
                .collect();
            names.sort();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

files!(
    activity,
    as_of,
    autumn,
    changed,
    columns,
    compare,
    custom,
    fields,
    jql_fields,
    jql_functions,
    next,
    scriptrunner,
    sequences,
    session,
    stepped,
    text,
    things,
    together,
    was,
    while_held,
    working,
    zones
);

#[test]
fn broken_lines_are_failures_and_end_nothing() {
    let lines = b"\n{\"id\": \"a\", \"query\": \"\", \"expect\": []}\nnot json\n{\"id\": \"b\"}\n\xff\xfe\n{\"id\": \"c\", \"query\": \"x\", \"error\": true}\n";
    let mut out = Vec::new();
    let outcome = runtime().block_on(run_cases(&lines[..], &mut out)).expect("writing to memory");
    let out = String::from_utf8(out).expect("text");
    assert_eq!((outcome.passed, outcome.failed), (2, 3), "{out}");
    assert!(out.ends_with("2 passed, 3 failed\n"), "{out}");
    assert!(out.contains("line 3: ") && out.contains("\nb: ") && out.contains("line 5: "), "{out}");
}

#[test]
fn failures_say_what_was_expected_and_what_came() {
    let line = r#"{"id": "one", "query": "type = Bug", "expect": ["A-2"], "issues": [{"key": "A-1", "type": "Bug"}]}"#;
    let mut out = Vec::new();
    runtime().block_on(run_cases(line.as_bytes(), &mut out)).expect("writing to memory");
    let out = String::from_utf8(out).expect("text");
    assert_eq!(out, "one: expected [\"A-2\"], got [\"A-1\"]\n0 passed, 1 failed\n");
}

/// Every field, function and operator of the language stands in some case.
#[test]
fn cases_leave_nothing_out() {
    let files = std::fs::read_dir(folder()).expect("the folder of cases").map(|f| f.expect("a file").path());
    let texts = files.filter(|f| f.extension().is_some_and(|e| e == "jsonl")).map(|f| std::fs::read_to_string(f).expect("cases"));
    let queries: Vec<String> = texts.flat_map(|text| cases_of(&text)).map(|case| case.query.to_lowercase()).collect();
    let named = |name: &str| {
        let name = name.to_lowercase();
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        queries.iter().any(|query| {
            query
                .match_indices(&name)
                .any(|(at, _)| !is_word(query[..at].chars().next_back()) && !is_word(query[at + name.len()..].chars().next()))
        })
    };
    let fields = FIELDS.iter().filter(|f| f.source != Source::Property).map(|f| (f.name, f.aliases));
    let functions = FUNCTIONS.iter().map(|f| (f.name, f.aliases));
    let operators = ["=", "!=", "<", "<=", ">", ">=", "~", "!~", "in", "not in", "is empty", "is not empty", "was", "was not"];
    let operators = operators.into_iter().chain(["was in", "was not in", "changed"]).map(|o| (o, &[][..]));
    let missing: Vec<&str> = (fields.chain(functions).chain(operators))
        .filter(|(name, aliases)| !named(name) && !aliases.iter().any(|a| named(a)))
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "no case asks for {missing:?}");
}
