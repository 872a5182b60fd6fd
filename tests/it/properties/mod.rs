//! The plan and the oracle agree on random queries over random worlds.
//!
//! `PROPTEST_CASES` sets the number of worlds, 32 by default; each is asked several queries.

mod query;
mod world;

use std::sync::LazyLock;

use futures::TryStreamExt;
use jqlx::data::rows::Tables;
use jqlx::{Engine, Options, Parameters};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError};

use crate::naive;

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"));

fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(32);
    Config { cases, failure_persistence: None, max_shrink_iters: 150, ..Config::default() }
}

fn agree(tables: &Tables, zone: &str, queries: &[String]) -> Result<(), TestCaseError> {
    let zone = jiff::tz::TimeZone::get(zone).expect("a zone");
    let options = Options {
        now: Some(jiff::Timestamp::from_microsecond(world::now()).expect("an instant")),
        time_zone: Some(zone.clone()),
        user: Some("ann".to_string()),
        threads: Some(2),
        ..Options::default()
    };
    RUNTIME.block_on(async {
        let engine = Engine::from_tables(tables.clone(), options).await.expect("tables that fit");
        for text in queries {
            let fail = |what: String| TestCaseError::fail(format!("{text}\n{what}"));
            let error = |e: jqlx::Error| {
                let said: Vec<String> = e.diagnostics().iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
                fail(said.join("\n"))
            };
            let query = engine.compile(text, &Parameters::new()).await.map_err(error)?;
            let batches: Vec<_> = query.run().await.map_err(error)?.try_collect().await.map_err(error)?;
            let expected = naive::evaluate(query.bound(), tables, zone.clone());
            let got = naive::cells(&batches);
            if expected != got {
                return Err(fail(format!("oracle {expected:?}\nplan   {got:?}")));
            }
        }
        Ok(())
    })
}

const ZONES: &[&str] = &["UTC", "America/New_York", "Asia/Kolkata"];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn issues(world in world::world(), zone in select(ZONES), queries in vec(query::issues(), 1..6)) {
        agree(&world.0, zone, &queries)?;
    }

    #[test]
    fn activity(world in world::world(), zone in select(ZONES), queries in vec(query::activity(), 1..6)) {
        agree(&world.0, zone, &queries)?;
    }
}
