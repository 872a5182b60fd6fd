//! SIGKILL at random moments of a sync, through the real program: the store always opens, and the sync that is not killed has
//! every event once. `JQLX_KILLS` says how many kills.

use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use jqlx::store::Store;

use super::Place;
use super::http::Reply;
use super::model::{Jira, Kind};
use super::program::configured;
use super::site::{Site, TOKEN};
use crate::cli::{jqlx, path};
use crate::properties::random::Random;

const KILLS: usize = 20;

#[test]
fn a_kill_at_any_moment_loses_nothing() {
    let kills = std::env::var("JQLX_KILLS").map_or(KILLS, |n| n.parse().expect("a number of kills"));
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_nanos() as u64;
    let seed = std::env::var("JQLX_PROPERTY_SEED").map_or(clock, |seed| seed.parse().expect("a seed"));
    let mut random = Random::new(seed);
    let (mut done, mut rounds, mut resumed) = (0, 0, 0);
    while done < kills {
        let kind = if rounds % 2 == 0 { Kind::Cloud } else { Kind::DataCenter };
        rounds += 1;
        let site = Site::start(Jira::new(kind, 40));
        let place = Place::new();
        let config = configured(&place, &site);
        let start = || {
            let mut command = jqlx();
            command.env("JQLX_TOKEN", TOKEN).args(["sync", "--config", path(&config), "--batch", "6"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
        };
        // How long a whole one takes.
        let (whole, started) = (Place::new(), Instant::now());
        let other = configured(&whole, &site);
        let output = jqlx().env("JQLX_TOKEN", TOKEN).args(["sync", "--config", path(&other), "--batch", "6"]).output();
        assert!(output.expect("it runs").status.success());
        let takes = started.elapsed();
        for kill in 0..5.min(kills - done) {
            let name = format!("JQLX_PROPERTY_SEED={seed}, round {rounds}, kill {kill} of {kind:?}");
            let mut child = start();
            std::thread::sleep(takes.mul_f64(random.below(1000) as f64 / 1000.0));
            child.kill().expect("killed");
            child.wait().expect("it ended");
            done += 1;
            if Store::is_at(place.store()) {
                resumed += 1;
                let bad: Vec<String> = place.verified().into_iter().filter(|problem| !problem.contains("Delta log")).collect();
                assert!(bad.is_empty(), "{name}: {bad:?}");
            }
            // The site goes on meanwhile.
            let mut jira = site.jira();
            jira.wait(1);
            let at = 10_000 + random.below(40) as i64;
            jira.comment(at, "meanwhile");
            jira.move_to(at, if random.chance(50) { "Done" } else { "In Progress" });
            if random.chance(40) {
                jira.add();
            }
            drop(jira);
            if random.chance(40) {
                site.fault("search", 1, 1, |_| Reply::Closed);
            }
        }
        site.heal();
        let name = format!("JQLX_PROPERTY_SEED={seed}, round {rounds}, {kind:?}");
        let finished = jqlx().env("JQLX_TOKEN", TOKEN).args(["sync", "--config", path(&config)]).output().expect("it runs");
        assert!(finished.status.success(), "{name}: {}", String::from_utf8_lossy(&finished.stderr));
        place.same_as_import(&site);
        assert_eq!(place.verified(), Vec::<String>::new(), "{name}");
        let left: Vec<_> = std::fs::read_dir(place.store()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
        assert!(
            left.iter().all(|name| !name.to_string_lossy().starts_with(".sync") && !name.to_string_lossy().starts_with(".import")),
            "{name}: {left:?}"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    eprintln!("{done} kills in {rounds} rounds, {resumed} of them of a store that was there");
}
