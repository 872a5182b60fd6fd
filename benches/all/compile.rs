//! How fast queries become plans: `cargo bench --bench all compile`.

use divan::Bencher;
use divan::counter::ItemsCount;
use jqlx::catalog::Catalog;
use jqlx::semantic::{Session, bind};
use jqlx::syntax::{Dialect, parse};
use jqlx::{Engine, Options, Parameters, data};
use tokio::runtime::Runtime;

/// Typical queries, one of each kind of plan.
const QUERIES: [(&str, &str); 5] = [
    ("plain", "project = PAY AND status != Done AND labels IN (security, regression) ORDER BY priority DESC, created"),
    ("changed", "status CHANGED FROM \"In Progress\" TO Done AFTER -90d"),
    ("was", "assignee WAS alice DURING (\"2026-01-01\", \"2026-03-31\")"),
    ("activity", "ACTIVITY WHERE comment DELETED BY membersOf(contractors) AFTER -30d AND project = PAY"),
    ("grouped", "ACTIVITY GROUP BY actor, month(time) SHOW count() AS n ORDER BY n DESC LIMIT 100"),
];

fn text_of(name: &str) -> &'static str {
    QUERIES.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
}

fn session() -> Session {
    Session { now: data::demo::NOW, zone: jiff::tz::TimeZone::UTC, user: Some("alice".to_string()), ..Session::default() }
}

/// Text to optimised logical plan, over the demo's tables.
#[divan::bench(args = QUERIES.map(|(name, _)| name))]
fn text_to_plan(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = Runtime::new().expect("a runtime");
    let options = Options { user: Some("alice".to_string()), ..Options::default() };
    let engine = runtime.block_on(Engine::from_tables(data::demo::demo(), options)).expect("the demo");
    let parameters = Parameters::new();
    let parts = runtime.block_on(engine.compile(text_of(name), &parameters)).expect("a sound query").statistics();
    println!("{name}: parse {:.3} ms, bind {:.3} ms, plan {:.3} ms (first run)", parts.parse_ms, parts.bind_ms, parts.plan_ms);
    bencher.bench(|| runtime.block_on(engine.compile(divan::black_box(text_of(name)), &parameters)).is_ok());
}

/// Parse and bind every valid query of the shared corpus against an empty catalogue; most names are unknown to it, so this
/// includes making the errors.
#[divan::bench]
fn corpus_parse_and_bind(bencher: Bencher<'_, '_>) {
    let Some(texts) = super::data::corpus() else { return };
    let (catalog, session, parameters) = (Catalog::default(), session(), Parameters::new());
    bencher.counter(ItemsCount::new(texts.len())).bench(|| {
        let bound =
            |text: &String| bind(&parse(divan::black_box(text), Dialect::Jqlx).query, &catalog, &session, &parameters).is_ok();
        texts.iter().filter(|text| bound(text)).count()
    });
}
