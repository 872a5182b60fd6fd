//! Questions of each kind, over plain Parquet and over a store: `cargo bench --bench all questions`.
//!
//! `benches/compare.sh` asks the like of DuckDB too, over far more data.

use super::data::{DATA, load};
use divan::Bencher;
use divan::counter::ItemsCount;
use futures::StreamExt;
use jqlx::store::At;
use jqlx::{Engine, Options, Parameters, data};
use tokio::runtime::Runtime;

/// By the kind of work that they make.
const QUESTIONS: [(&str, &str); 13] = [
    ("actor_week", "ACTIVITY WHERE changed BY alice AFTER -7d AND project = PAY"),
    ("comments_deleted", "ACTIVITY WHERE comment DELETED AFTER -90d AND project = PAY"),
    ("changed_from_to", "status CHANGED FROM \"In Progress\" TO Done AFTER -90d"),
    ("was_during", "assignee WAS alice DURING (\"2026-01-01\", \"2026-03-31\")"),
    ("was_for", "project = PAY AND status WAS \"In Progress\" FOR >= 5d"),
    ("was_never", "project = PAY AND priority WAS NOT IN (High, Highest)"),
    ("as_of", "status = \"In Progress\" AS OF \"2026-03-15 23:59\" GROUP BY project SHOW count()"),
    ("times", "status CHANGED TO \"In Progress\" TIMES >= 2"),
    ("then", "status CHANGED TO Done THEN status CHANGED FROM Done WITHIN 30d"),
    ("busiest", "ACTIVITY GROUP BY actor, month(time) SHOW count() AS n ORDER BY n DESC, actor, month LIMIT 100"),
    ("text", "ACTIVITY WHERE comment CREATED ~ \"timeout\" AFTER -365d GROUP BY project SHOW count()"),
    ("deleted_by_apps", "ACTIVITY WHERE deleted VIA (app, automation)"),
    ("present", "project IN (PAY, OPS) AND status != Done ORDER BY priority DESC, created"),
];

fn ask(bencher: Bencher<'_, '_>, name: &str, in_store: bool) {
    let query = QUESTIONS.iter().find(|(known, _)| *known == name).map_or("", |(_, query)| query);
    let runtime = Runtime::new().expect("a runtime");
    let options = Options { user: Some("alice".to_owned()), ..Options::default() };
    let engine = if in_store {
        runtime.block_on(Engine::open_store(DATA.store(), At::Latest, options))
    } else {
        runtime.block_on(Engine::open(DATA.plain(), options))
    };
    let engine = engine.expect("the data opens").at(jiff::Timestamp::from_microsecond(data::demo::NOW).expect("an instant"));
    let rows = || {
        runtime.block_on(async {
            let query = engine.compile(query, &Parameters::new()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut rows = query.run().await.unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut count = 0;
            while let Some(batch) = rows.next().await {
                count += batch.unwrap_or_else(|error| panic!("{name}: {error}")).num_rows();
            }
            count
        })
    };
    println!("{name}: {} rows", rows());
    bencher.counter(ItemsCount::new(DATA.events)).bench_local(rows);
}

#[divan::bench(sample_count = 10, args = QUESTIONS.map(|(name, _)| name))]
fn plain(bencher: Bencher<'_, '_>, name: &str) {
    ask(bencher, name, false);
}

#[divan::bench(sample_count = 10, args = QUESTIONS.map(|(name, _)| name))]
fn store(bencher: Bencher<'_, '_>, name: &str) {
    ask(bencher, name, true);
}

/// A folder into a new store.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn import(bencher: Bencher<'_, '_>) {
    let folder = DATA.plain();
    println!("{} issues", DATA.issues);
    bencher
        .counter(ItemsCount::new(DATA.events))
        .with_inputs(|| tempfile::tempdir().expect("a folder"))
        .bench_local_values(|new| load(&folder, &new.path().join("store")));
}
