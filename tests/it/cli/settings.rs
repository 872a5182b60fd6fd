//! Flags, environment and configuration file: what a session is, and which of them wins.

use std::path::Path;

use tempfile::TempDir;

use super::{Run, copy_of_demo, demo, jqlx, path, rewrite, run, snapshot};

/// A day of the sample data in weeks: 2026-06-14 is a Sunday.
const WEEKS: &str = "ACTIVITY WHERE time >= \"2026-06-14\" AND time < \"2026-06-15\" GROUP BY week(time) SHOW count()";

/// A folder with a configuration file.
fn config(text: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, text).unwrap();
    let name = path(&file).to_owned();
    (folder, name)
}

fn meaning(arguments: &[&str]) -> String {
    run(&[&["explain", "--data", path(demo()), "--stage", "meaning"], arguments, &["created > startOfDay()"]].concat()).ok().out
}

#[test]
fn weeks_begin_on_the_day_that_is_chosen() {
    let of = |more: &[&str]| run(&[&["query", "--data", path(demo()), "--format", "csv"], more, &[WEEKS]].concat()).ok().out;
    assert!(of(&[]).contains("2026-06-14T00:00:00"), "{}", of(&[]));
    assert!(of(&["--week-start", "monday"]).contains("2026-06-08T00:00:00"), "{}", of(&["--week-start", "monday"]));
    let (_folder, file) = config("week_start = \"monday\"");
    assert!(of(&["--config", &file]).contains("2026-06-08"));
    assert!(of(&["--config", &file, "--week-start", "sunday"]).contains("2026-06-14"));
    assert_eq!(run(&["query", "--data", path(demo()), "--week-start", "friday", WEEKS]).code, Some(2));
}

#[test]
fn the_zone_is_the_flags_then_the_users_then_the_configurations() {
    let (_folder, file) = config("tz = \"Asia/Tokyo\"");
    assert!(meaning(&[]).contains("midnight in UTC"), "{}", meaning(&[]));
    assert!(meaning(&["--config", &file]).contains("midnight in Asia/Tokyo"));
    // alice's zone is in the table of users, the robots have none.
    assert!(meaning(&["--config", &file, "--user", "alice"]).contains("midnight in Europe/Berlin"));
    assert!(meaning(&["--config", &file, "--user", "app-git"]).contains("midnight in Asia/Tokyo"));
    assert!(meaning(&["--config", &file, "--user", "nobody"]).contains("midnight in Asia/Tokyo"));
    assert!(meaning(&["--config", &file, "--user", "alice", "--tz", "UTC"]).contains("midnight in UTC"));
}

#[test]
fn a_clock_without_a_zone_is_in_the_users() {
    let now = |more: &[&str]| meaning(&[more, &["--now", "2026-06-01 12:00"]].concat());
    assert!(now(&[]).contains("Now is 2026-06-01 12:00:00 UTC"), "{}", now(&[]));
    assert!(now(&["--user", "alice"]).contains("Now is 2026-06-01 12:00:00 CEST"), "{}", now(&["--user", "alice"]));
}

#[test]
fn times_of_a_table_are_in_the_users_zone() {
    let query = "ACTIVITY WHERE comment DELETED SHOW time ORDER BY time LIMIT 1";
    let of = |more: &[&str]| run(&[&["query", "--data", path(demo())], more, &[query]].concat()).ok().out;
    assert_ne!(of(&["--user", "alice"]), of(&[]));
    assert_eq!(of(&["--user", "alice"]), of(&["--tz", "Europe/Berlin"]));
}

#[test]
fn a_users_zone_that_nobody_knows_is_an_error() {
    use datafusion::arrow::array::{ArrayRef, StringArray};
    let folder = copy_of_demo();
    rewrite(folder.path(), "users", |batch| {
        let place = batch.schema().index_of("time_zone").unwrap();
        let zones: ArrayRef = std::sync::Arc::new(StringArray::from(vec!["Mars/Olympus"; batch.num_rows()]));
        let mut columns = batch.columns().to_vec();
        columns[place] = datafusion::arrow::compute::cast(&zones, columns[place].data_type()).unwrap();
        datafusion::arrow::record_batch::RecordBatch::try_new(batch.schema(), columns).unwrap()
    });
    let of = |more: &[&str]| run(&[&["query", "--data", path(folder.path())], more, &["created > startOfDay()"]].concat());
    let refused = of(&["--user", "alice"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("jqlx::data::unknown_zone") && refused.err.contains("Mars/Olympus"), "{}", refused.err);
    of(&["--user", "alice", "--tz", "UTC"]).ok();
    of(&[]).ok();
}

#[test]
fn strict_turns_warnings_into_errors() {
    let (_folder, file) = config("strict = true");
    for command in ["query", "check"] {
        let of = |more: &[&str]| {
            let start = [command, "--data", path(demo()), "--param", "spare=1"];
            run(&[&start[..], more, &["status = Done"]].concat())
        };
        assert_eq!(of(&[]).code, Some(0), "{command}");
        for strict in [&["--strict"][..], &["--strict=true"], &["--config", &file]] {
            let refused = of(strict);
            assert_eq!(refused.code, Some(1), "{command} {strict:?}");
            assert!(refused.err.contains("jqlx::bind::unused_parameter"), "{}", refused.err);
        }
        assert_eq!(of(&["--config", &file, "--strict=false"]).code, Some(0), "{command}");
    }
    let json = run(&["check", "--data", path(demo()), "--param", "spare=1", "--strict", "--format", "json", "status = Done"]);
    assert_eq!(json.rows()[0]["valid"], false);
    assert_eq!(json.rows()[0]["diagnostics"][0]["severity"], "error");
}

#[test]
fn flags_beat_the_environment_and_that_the_configuration() {
    let (_folder, file) = config("user = \"alice\"");
    let query = "assignee = currentUser() LIMIT 1 SHOW assignee";
    let query = query.replace("LIMIT 1 SHOW assignee", "SHOW assignee LIMIT 1");
    let of = |environment: &[(&str, &str)], more: &[&str]| -> Run {
        let mut command = jqlx();
        command.envs(environment.iter().copied()).args(["query", "--data", path(demo()), "--format", "csv"]);
        command.args(more).arg(&query).output().unwrap().into()
    };
    assert_eq!(of(&[], &["--config", &file]).ok().out, "assignee\nalice\n");
    assert_eq!(of(&[("JQLX_CONFIG", &file)], &[]).ok().out, "assignee\nalice\n");
    assert_eq!(of(&[("JQLX_CONFIG", &file), ("JQLX_USER", "bob")], &[]).ok().out, "assignee\nbob\n");
    assert_eq!(of(&[("JQLX_CONFIG", &file), ("JQLX_USER", "bob")], &["--user", "carol"]).ok().out, "assignee\ncarol\n");
    let empty = of(&[], &[]);
    assert!(empty.err.contains("jqlx::bind::no_user"), "{}", empty.err);
}

#[test]
fn the_data_folder_may_be_configured() {
    // A relative path begins at the file, wherever the program runs.
    let folder = copy_of_demo();
    let file = folder.path().parent().unwrap().join(format!("{}.toml", folder.path().file_name().unwrap().to_str().unwrap()));
    std::fs::write(&file, format!("data = {:?}", folder.path().file_name().unwrap().to_str().unwrap())).unwrap();
    let query = ["query", "--format", "csv", "GROUP BY project SHOW count()"];
    let configured = run(&[&query[..], &["--config", path(&file)]].concat());
    std::fs::remove_file(&file).unwrap();
    let configured = configured.ok().out;
    assert!(configured.lines().count() > 2, "{configured}");
    let from_environment: Run = jqlx().env("JQLX_DATA", path(demo())).args(query).output().unwrap().into();
    assert_eq!(from_environment.ok().out, configured);
    let none = run(&query);
    assert_eq!(none.code, Some(2), "{}", none.err);
}

#[test]
fn the_file_in_the_usual_place_is_read() {
    let home = tempfile::tempdir().unwrap();
    let of = || -> Run {
        let mut command = jqlx();
        command.env_remove("JQLX_CONFIG").env("XDG_CONFIG_HOME", home.path()).env("HOME", home.path());
        command.args(["explain", "--data", path(demo()), "--stage", "meaning", "created > startOfDay()"]).output().unwrap().into()
    };
    assert!(of().ok().out.contains("midnight in UTC"), "no file is no mistake");
    let folder = home.path().join("jqlx");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "tz = \"Asia/Tokyo\"").unwrap();
    assert!(of().ok().out.contains("midnight in Asia/Tokyo"));
}

#[test]
fn estimates_are_the_sites() {
    let count = |more: &[&str], text: &str| {
        let query = format!("originalEstimate = {text} SHOW count()");
        run(&[&["query", "--data", path(demo()), "--format", "csv"], more, &[&query]].concat()).ok().out
    };
    let (_folder, file) = config("[estimates]\nhours_per_day = 4");
    assert_eq!(count(&["--config", &file], "2d"), count(&[], "1d"));
    assert_eq!(count(&["--config", &file], "8h"), count(&[], "8h"));
}

#[test]
fn a_configuration_that_cannot_be_read_is_an_error() {
    let query = |file: &str| run(&["query", "--data", path(demo()), "--config", file, "status = Done"]);
    let (folder, file) = config("tz = \"UTC\"\nweekstart = \"monday\"\nstrict = 1\n\n[calendar]\nhours = \"9 to 5\"\n");
    let wrong = query(&file);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
    snapshot("config_wrong", "query --config config.toml", &wrong, &[(path(folder.path()), "FOLDER")]);
    std::fs::write(&file, "tz = Europe/Berlin\n").unwrap();
    let damaged = query(&file);
    assert_eq!(damaged.code, Some(2));
    assert!(damaged.err.contains("jqlx::config::syntax") && damaged.err.contains("config.toml:1:6"), "{}", damaged.err);
    let missing = query(path(&Path::new(&file).with_file_name("other.toml")));
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("jqlx::io::read") && missing.err.contains("other.toml"), "{}", missing.err);
    std::fs::write(&file, b"\xff\xfe").unwrap();
    assert_eq!(query(&file).code, Some(2));
}
