//! The plan and the oracle agree on random queries over random worlds.
//!
//! `JQLX_PROPERTY_MINUTES` asks on for so long, `JQLX_PROPERTY_SEED` begins with the world of that seed.

mod activity;
mod attached;
mod history;
mod present;
mod query;
pub mod random;
mod script;
mod shrink;
mod site;
mod stored;
pub mod world;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use futures::TryStreamExt;
use jqlx::data::rows::Tables;
use jqlx::semantic::WeekStart;
use jqlx::{Engine, Options, Parameters};

use crate::naive;
use query::Query;
use random::Random;

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"));

/// Worlds of a run that nobody gave a time, and queries that each is asked.
const WORLDS: usize = 25;
const QUERIES: usize = 20;
/// A long run ends after so many failures.
const FAILURES: usize = 10;
/// Queries that take longer are shown, so that a plan that has grown too large is noticed.
const SLOW: Duration = Duration::from_secs(5);

const ZONES: &[&str] = &["UTC", "America/New_York", "Asia/Kolkata"];
const WEEKS: &[WeekStart] = &[WeekStart::Sunday, WeekStart::Monday];

/// A world with an engine over it.
struct Asked<'a> {
    tables: &'a Tables,
    engine: Engine,
}

impl<'a> Asked<'a> {
    fn new(tables: &'a Tables, zone: &str, week_start: WeekStart) -> Self {
        let zone = jiff::tz::TimeZone::get(zone).expect("a zone");
        let options = Options {
            now: Some(jiff::Timestamp::from_microsecond(world::now()).expect("an instant")),
            time_zone: Some(zone),
            week_start,
            user: Some("ann".to_string()),
            threads: Some(2),
            ..Options::default()
        };
        let engine = RUNTIME.block_on(Engine::from_tables(tables.clone(), options)).expect("tables that fit");
        Self { tables, engine }
    }

    /// Whether plan and oracle give the same answer; how they differ, or the errors. A panic is a failure, too.
    fn agree(&self, text: &str) -> Result<(), String> {
        let asked = || self.ask(text);
        catch_unwind(AssertUnwindSafe(asked)).unwrap_or_else(|_| Err("a panic".to_string()))
    }

    fn ask(&self, text: &str) -> Result<(), String> {
        let error = |e: jqlx::Error| {
            let said: Vec<String> = e.diagnostics().iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
            said.join("\n")
        };
        let (bound, batches) = RUNTIME.block_on(async {
            let query = self.engine.compile(text, &Parameters::new()).await.map_err(error)?;
            let batches: Vec<_> = query.run().await.map_err(error)?.try_collect().await.map_err(error)?;
            Ok::<_, String>((query.bound().clone(), batches))
        })?;
        let expected = naive::evaluate(&bound, self.tables, self.engine.session());
        let got = naive::cells(&batches);
        if expected == got { Ok(()) } else { Err(format!("oracle {expected:?}\nplan   {got:?}")) }
    }
}

/// Asks random worlds random queries until the time is over.
fn run(name: &str, query: fn(&mut Random) -> Query) {
    let minutes: Option<f64> = std::env::var("JQLX_PROPERTY_MINUTES").ok().map(|m| m.parse().expect("a number of minutes"));
    let given: Option<u64> = std::env::var("JQLX_PROPERTY_SEED").ok().map(|s| s.parse().expect("a seed"));
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_nanos() as u64;
    let mut seeds = Random::new(clock);
    let (started, mut asked, mut failures, mut kinds) = (Instant::now(), 0, Vec::new(), BTreeSet::new());
    for round in 0.. {
        let over = match minutes {
            Some(minutes) => started.elapsed() > Duration::from_secs_f64(minutes * 60.0),
            None => round == WORLDS,
        };
        if over || failures.len() == FAILURES {
            break;
        }
        let seed = given.filter(|_| round == 0).unwrap_or_else(|| seeds.next());
        let mut random = Random::new(seed);
        let (tables, zone, week) = (world::world(&mut random), random.pick(ZONES), random.pick(WEEKS));
        let world = Asked::new(&tables, zone, week);
        for _ in 0..QUERIES {
            let query = query(&mut random);
            asked += 1;
            let begun = Instant::now();
            let answer = world.agree(&query.to_string());
            if begun.elapsed() > SLOW {
                eprintln!("{:.0} s, JQLX_PROPERTY_SEED={seed} {query}", begun.elapsed().as_secs_f64());
            }
            let Err(how) = answer else { continue };
            // One refusal of a kind is enough.
            let kind = shrink::kind(&how);
            if kind == shrink::OTHER_ROWS || kinds.insert(kind) {
                let failure = shrink::failure(&tables, zone, week, query, &how);
                eprintln!("JQLX_PROPERTY_SEED={seed} {failure}");
                failures.push(format!("seed {seed}, {failure}"));
                if failures.len() == FAILURES {
                    break;
                }
            }
        }
        if minutes.is_some() && round % 100 == 99 {
            eprintln!("{name}: {} worlds, {asked} queries in {:.0} s", round + 1, started.elapsed().as_secs_f64());
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{name}: {asked} queries in {seconds:.1} s, {:.0} an hour", f64::from(asked) * 3600.0 / seconds);
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn issues() {
    run("issues", query::issues);
}

#[test]
fn activities() {
    run("activity", query::activity);
}
