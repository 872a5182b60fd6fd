//! The command, as a user and as a script see it.

use std::path::PathBuf;

use super::model::{Jira, Kind};
use super::site::{EMAIL, Site, TOKEN};
use super::{Place, texts};
use crate::cli::{Run, jqlx, path};

/// A configuration with the site in it.
pub fn configured(place: &Place, site: &Site) -> PathBuf {
    let file = place.at("config.toml");
    let more = match site.jira().kind {
        Kind::Cloud => format!("email = \"{EMAIL}\"\n"),
        Kind::DataCenter => "kind = \"datacenter\"\n".to_owned(),
    };
    std::fs::write(&file, format!("[sites.main]\nurl = \"{}\"\nstore = \"store\"\n{more}", site.http.address)).expect("written");
    file
}

fn sync(place: &Place, site: &Site, arguments: &[&str]) -> Run {
    let config = configured(place, site);
    let output = jqlx().env("JQLX_TOKEN", TOKEN).args(["sync", "--config", path(&config)]).args(arguments).output();
    output.expect("the program runs").into()
}

#[test]
fn a_sync_says_what_it_did() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 12));
        let place = Place::new();
        let first = sync(&place, &site, &[]).ok();
        assert!(first.out.is_empty());
        assert!(first.err.starts_with("12 issues of https://model.example.org fetched; new: 12 issues, "), "{}", first.err);
        assert!(first.err.contains("; version "), "{}", first.err);
        let comment = site.jira().comments(10_003)[0];
        site.jira().delete_comment(10_003, comment);
        let second = sync(&place, &site, &["main", "--batch", "2"]).ok();
        assert!(second.err.starts_with("1 issue of https://model.example.org fetched"), "{}", second.err);
        assert_eq!(second.err.contains("gone: 1 comment"), kind == Kind::Cloud, "{}", second.err);
        assert_eq!(texts(&place.ask("ACTIVITY WHERE comment DELETED SHOW text"), "text"), ["Comment 0 on 3"]);
        place.same_as_import_but_deletions(&site);
        let status = crate::cli::run(&["status", "--store", path(&place.store())]).ok().out;
        assert!(status.contains("synced with https://model.example.org, updates until 2026-03-01 "), "{status}");
    }
}

#[test]
fn what_is_missing_is_said_and_the_rest_done() {
    let site = Site::start(Jira::new(Kind::Cloud, 6));
    site.fault("group/bulk", 0, 100, |_| super::http::Reply::status(403, "Not for you."));
    let place = Place::new();
    let run = sync(&place, &site, &[]).ok();
    assert!(run.err.contains("jqlx::sync::denied") && run.err.contains("Members of groups were left out"), "{}", run.err);
    assert!(run.err.contains("Not for you."), "{}", run.err);
    assert!(run.err.contains("6 issues of"), "{}", run.err);
}

#[test]
fn a_secret_is_in_no_output_and_no_file() {
    let site = Site::start(Jira::new(Kind::Cloud, 6));
    let place = Place::new();
    let good = sync(&place, &site, &[]).ok();
    // A server that repeats what it was sent.
    let repeat = format!("bad token {TOKEN}");
    site.fault("search/jql", 0, 100, move |_| super::http::Reply::status(400, &repeat));
    let bad = sync(&place, &site, &[]);
    assert_eq!(bad.code, Some(1), "{}", bad.err);
    assert!(bad.err.contains("bad token [secret]"), "{}", bad.err);
    let store = place.store();
    let status: Run = jqlx().args(["status", "--store", path(&store), "--format", "json"]).output().expect("it runs").into();
    let mut files = vec![store];
    let basic = super::http::basic(EMAIL, TOKEN);
    let encoded = basic.trim_start_matches("Basic ");
    while let Some(file) = files.pop() {
        match file.is_dir() {
            true => files.extend(std::fs::read_dir(&file).expect("a folder").map(|entry| entry.expect("an entry").path())),
            false => {
                let bytes = std::fs::read(&file).expect("a file");
                let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
                assert!(!holds(TOKEN) && !holds(encoded), "{}", file.display());
            }
        }
    }
    for run in [good, bad, status] {
        assert!(!run.err.contains(TOKEN) && !run.out.contains(TOKEN) && !run.err.contains(encoded), "{}", run.err);
    }
}

#[test]
fn what_is_wrong_with_the_settings_is_said() {
    let site = Site::start(Jira::new(Kind::Cloud, 3));
    let place = Place::new();
    let config = configured(&place, &site);
    let refused = |command: &mut std::process::Command| -> Run { command.output().expect("it runs").into() };
    let with = |arguments: &[&str]| {
        let mut command = jqlx();
        command.args(["sync", "--config", path(&config)]).args(arguments);
        command
    };
    let run = refused(with(&[]).env_remove("JQLX_TOKEN"));
    assert!(run.code == Some(1) && run.err.contains("jqlx::rest::no_secret") && run.err.contains("JQLX_TOKEN"), "{}", run.err);
    let run = refused(&mut with(&["other"]));
    assert!(run.code == Some(1) && run.err.contains("jqlx::sync::site") && run.err.contains("main"), "{}", run.err);
    let run: Run = jqlx().args(["sync"]).output().expect("it runs").into();
    assert!(run.code == Some(1) && run.err.contains("[sites.NAME]"), "{}", run.err);
    let run = refused(with(&["--batch", "0"]).env("JQLX_TOKEN", TOKEN));
    assert_eq!(run.code, Some(2), "{}", run.err);
    std::fs::write(&config, "[sites.main]\nurl = \"http://example.org\"\n").expect("written");
    let run = refused(with(&[]).env("JQLX_TOKEN", TOKEN));
    assert!(run.code == Some(2) && run.err.contains("in the clear"), "{}", run.err);
}

#[test]
fn two_syncs_of_one_store_do_not_meet() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    site.fault("search/jql", 0, 1, |body| super::http::Reply::Dripping(body, std::time::Duration::from_micros(300)));
    let place = Place::new();
    let config = configured(&place, &site);
    let mut first = jqlx().env("JQLX_TOKEN", TOKEN).args(["sync", "--config", path(&config)]).spawn().expect("it starts");
    let lock = place.store().join(".sync-lock");
    for _ in 0..500 {
        if lock.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let second = sync(&place, &site, &[]);
    assert!(second.code == Some(1) && second.err.contains("jqlx::sync::busy"), "{:?} {}", second.code, second.err);
    assert!(first.wait().expect("it ends").success());
}
