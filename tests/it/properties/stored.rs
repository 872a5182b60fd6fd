//! Random worlds in random parts, in any order and more than once: the store comes to be the same.

use std::time::{Duration, Instant, SystemTime};

use jqlx::data::rows::Tables;
use jqlx::store::Store;

use super::random::Random;
use super::{query, world};
use crate::store::{RUNTIME, Stored, options, with_events};

/// Worlds of a run that nobody gave a time.
const WORLDS: usize = 3;

/// What is asked of each store, beside random queries: rows of all tables in one way or another.
const QUERIES: &[&str] = &[
    "ACTIVITY SHOW eventId, time, actor, entity, action, issue, field, \"from\", \"to\"",
    "project IS NOT EMPTY SHOW key, status, assignee, labels, fixVersion, updated",
    "status WAS Open",
    "assignee WAS EMPTY",
    "labels WAS x",
    "fixVersion WAS NOT EMPTY",
    "issueLinkType IS NOT EMPTY",
];

/// A dataset of some events and some issues, with all side tables: those are told together.
fn part(tables: &Tables, random: &mut Random) -> Tables {
    let events = random.pick(&[0, 20, 50, 100]);
    let mut part = with_events(tables, |_| random.chance(events));
    let issues = random.pick(&[0, 50, 100]);
    part.issues.retain(|_| random.chance(issues));
    part
}

fn check(seed: u64) -> Result<(), String> {
    let mut random = Random::new(seed);
    let mut tables = world::world(&mut random);
    // Rows of one key are one row in a store.
    tables.links.sort_by_key(|link| format!("{link:?}"));
    tables.links.dedup();
    let whole = Stored::of(&tables);
    let mut grown = Stored::empty();
    for n in 0..random.between(1, 4) {
        grown.load(&part(&tables, &mut random));
        sound(&grown, &format!("part {n}"))?;
        if random.chance(30) {
            compact(&grown, &mut random)?;
        }
    }
    grown.load(&tables);
    sound(&grown, "the whole")?;
    let queries: Vec<String> = (0..4).map(|_| query::issues(&mut random).to_string()).collect();
    let queries: Vec<String> = QUERIES.iter().map(|query| (*query).to_owned()).chain(queries).collect();
    let asked = |stored: &Stored| stored.try_all(&queries);
    let expected = asked(&whole);
    let same = |what: &str, found: Vec<Result<Vec<String>, String>>| {
        for ((query, found), expected) in queries.iter().zip(found).zip(&expected) {
            if found != *expected {
                return Err(format!("{what}: {query}\n  {found:?}\n  and loaded at once {expected:?}"));
            }
        }
        Ok(())
    };
    same("in parts", asked(&grown))?;
    let again = grown.load(&part(&tables, &mut random));
    if again.version.is_some() {
        return Err(format!("nothing was new: {again:?}"));
    }
    compact(&grown, &mut random)?;
    sound(&grown, "compacted")?;
    same("compacted", asked(&grown))?;
    RUNTIME.block_on(Store::vacuum(grown.path(), Duration::ZERO, false)).map_err(|error| error.to_string())?;
    sound(&grown, "vacuumed")?;
    same("vacuumed", asked(&grown))
}

fn compact(stored: &Stored, random: &mut Random) -> Result<(), String> {
    let done = RUNTIME.block_on(Store::compact(stored.path(), random.chance(50), options()));
    done.map(drop).map_err(|error| format!("{:?}", error.diagnostics()))
}

fn sound(stored: &Stored, when: &str) -> Result<(), String> {
    let problems = stored.problems();
    if problems.is_empty() { Ok(()) } else { Err(format!("after {when}: {problems:?}")) }
}

#[test]
fn stores_in_parts() {
    let minutes: Option<f64> = std::env::var("JQLX_PROPERTY_MINUTES").ok().map(|m| m.parse().expect("a number of minutes"));
    let given: Option<u64> = std::env::var("JQLX_PROPERTY_SEED").ok().map(|s| s.parse().expect("a seed"));
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_nanos() as u64;
    let mut seeds = Random::new(clock);
    let started = Instant::now();
    for round in 0.. {
        let over = match minutes {
            Some(minutes) => started.elapsed() > Duration::from_secs_f64(minutes * 60.0),
            None => round == WORLDS,
        };
        if over {
            eprintln!("stores: {round} worlds in {:.1} s", started.elapsed().as_secs_f64());
            break;
        }
        let seed = given.filter(|_| round == 0).unwrap_or_else(|| seeds.next());
        if let Err(how) = check(seed) {
            panic!("JQLX_PROPERTY_SEED={seed}\n{how}");
        }
    }
}
