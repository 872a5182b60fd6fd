//! Every command does what its help says.

use super::{demo, jqlx, path, run, run_with_input, snapshot};

const COMMANDS: &[&str] = &[
    "query",
    "repl",
    "check",
    "explain",
    "fields",
    "functions",
    "verbs",
    "sync",
    "import",
    "status",
    "compact",
    "vacuum",
    "verify",
    "demo",
    "parse",
    "test",
    "completions",
];

#[test]
fn every_command_has_help_with_examples() {
    let help = run(&["--help"]).ok().out;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        let text = run(&[command, "--help"]).ok().out;
        assert!(text.contains("Examples:\n"), "{command}: {text}");
        assert!(text.contains(&format!("jqlx {command}")), "{command}: {text}");
    }
    for later in ["fmt", "listen"] {
        assert!(!help.contains(&format!("\n  {later} ")), "{later} is not there yet: {help}");
    }
    snapshot("help", "--help", &run(&["--help"]), &[]);
}

#[test]
fn the_version_is_printed() {
    assert_eq!(run(&["--version"]).ok().out, concat!("jqlx ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn check_reports_all_errors_and_runs_nothing() {
    let good = run(&["check", "--data", path(demo()), "status = Done"]).ok();
    assert_eq!((good.out.as_str(), good.err.as_str()), ("", "0 errors, 0 warnings\n"));
    let bad = run(&["check", "--data", path(demo()), "assginee = alice AND status = Dnoe"]);
    assert_eq!(bad.code, Some(1));
    assert!(bad.err.contains("jqlx::bind::unknown_field") && bad.err.contains("jqlx::bind::unknown_value"), "{}", bad.err);
    assert!(bad.err.ends_with("2 errors, 0 warnings\n"), "{}", bad.err);
}

#[test]
fn check_reads_files_and_writes_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.jql");
    std::fs::write(&file, "project = PAY\nAND assginee = alice").unwrap();
    let run = run(&["check", "--data", path(demo()), "--format", "json", "status = Done", path(&file)]);
    assert_eq!(run.code, Some(1));
    let lines = run.rows();
    assert_eq!(lines[0]["valid"], true);
    assert_eq!(lines[1]["valid"], false);
    assert_eq!(lines[1]["name"], path(&file));
    let diagnostic = &lines[1]["diagnostics"][0];
    assert_eq!(diagnostic["code"], "jqlx::bind::unknown_field");
    assert_eq!(diagnostic["labels"][0]["span"]["start"], 18);
}

#[test]
fn explain_says_what_the_query_means() {
    let run = run(&["explain", "--data", path(demo()), "status CHANGED TO Done AFTER -7d"]).ok();
    for title in ["Meaning\n", "Bound query\n", "Logical plan\n", "Physical plan\n"] {
        assert!(run.out.contains(title), "{title}: {}", run.out);
    }
    let meaning = super::run(&["explain", "--data", path(demo()), "--stage", "meaning", "status CHANGED"]).ok();
    assert!(!meaning.out.contains("Meaning") && !meaning.out.is_empty(), "{}", meaning.out);
}

#[test]
fn the_catalogue_is_listed_and_searched() {
    let fields = run(&["fields", "assign", "--format", "ndjson"]).ok();
    assert!(fields.rows().iter().any(|row| row["name"] == "assignee"), "{}", fields.out);
    let functions = run(&["functions", "membersof", "--format", "json"]).ok();
    assert!(functions.out.contains("membersOf(group)"), "{}", functions.out);
    let verbs = run(&["verbs", "delete"]).ok();
    assert!(verbs.out.contains("DELETED"), "{}", verbs.out);
    for command in ["fields", "functions", "verbs"] {
        assert!(run(&[command]).ok().out.lines().count() > 30);
        assert_eq!(run(&[command, "no such thing", "--format", "ndjson"]).ok().out, "");
    }
}

#[test]
fn parse_answers_every_line_in_order() {
    let input = b"{\"id\": \"a\", \"q\": \"project = PAY\"}\nnonsense\n{\"id\": 3, \"q\": \"project = \"}\n\n{\"id\": \"d\", \"q\": \"comment DELETED\"}\n";
    let lines = run_with_input(&["parse", "--lines"], input).ok().rows();
    assert_eq!(lines[0]["id"], "a");
    assert_eq!(lines[0]["valid"], true);
    assert_eq!(lines[0]["ast"]["where"]["field"]["name"], "project");
    assert_eq!(lines[1]["valid"], false);
    assert_eq!(lines[2]["valid"], false);
    assert!(lines[2]["errors"][0]["code"].as_str().unwrap().starts_with("jqlx::syntax::"));
    assert_eq!(lines.last().unwrap()["valid"], true);
    let plain = run_with_input(&["parse", "--lines", "--dialect", "jql"], input).ok().rows();
    assert_eq!(plain.last().unwrap()["valid"], false, "plain JQL has no activity clauses");
}

#[test]
fn completions_are_written_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).ok().out.contains("jqlx"), "{shell}");
    }
}

#[test]
fn demo_writes_the_same_dataset_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    for to in [&one, &two] {
        run(&["demo", path(to)]).ok();
    }
    for table in ["events", "issues", "users"] {
        let read = |folder| -> Vec<Vec<u8>> { super::files_of(folder, table).iter().map(|f| std::fs::read(f).unwrap()).collect() };
        assert!(read(&one) == read(&two), "{table} differs");
    }
    let again = run(&["demo", path(&one)]);
    assert_eq!(again.code, Some(1), "a dataset is not overwritten: {}", again.err);
    assert!(again.err.contains("jqlx::"), "{}", again.err);
}

#[test]
fn the_demo_option_makes_its_dataset_once_even_in_a_race() {
    let cache = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = jqlx();
        command.env("XDG_CACHE_HOME", cache.path()).args(["query", "--demo", "--format", "csv"]);
        command.arg("ACTIVITY WHERE comment DELETED AFTER -30d").stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    let outputs: Vec<super::Run> = children.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    for output in outputs {
        let output = output.ok();
        assert!(output.out.lines().count() > 1, "the demo's own clock shows its last month: {}", output.out);
    }
    let made: Vec<_> = std::fs::read_dir(cache.path().join("jqlx")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(made.len(), 1, "{made:?}");
}

#[test]
fn test_reports_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.jsonl");
    let case = |id: &str, expect: &str| {
        format!(
            r#"{{"id": "{id}", "now": "2026-06-15T12:00:00Z", "tz": "UTC", "issues": [{{"key": "ACME-1", "project": "ACME", "type": "Bug", "status": "Done", "created": "2026-05-04T09:00:00Z", "creator": "alice", "assignee": "bob"}}], "query": "status = Done", "expect": {expect}}}"#
        )
    };
    std::fs::write(&file, format!("{}\n{}\n", case("good", r#"["ACME-1"]"#), case("bad", r#"["ACME-2"]"#))).unwrap();
    let run = run(&["test", path(&file)]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("bad"), "{}", run.out);
    assert_eq!(run.out.lines().last(), Some("1 passed, 1 failed"));
    std::fs::write(&file, case("good", r#"["ACME-1"]"#)).unwrap();
    assert_eq!(super::run(&["test", path(&file)]).ok().out, "1 passed, 0 failed\n");
}
