//! The documents say what the program does: their commands and queries are run.

use std::path::Path;

use super::{demo, jqlx, path, run};

pub(super) fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The fenced blocks of a language.
pub(super) fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match &mut block {
            None if line == format!("```{language}") => block = Some(String::new()),
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// Each query of each page is accepted, or refused with the code that its comment names. Queries are parted by blank lines.
#[test]
fn queries_of_the_pages_do_what_the_pages_say() {
    let now = "2026-06-15T12:00:00Z";
    let mut queries = 0;
    for page in ["README.md", "docs/language.md", "docs/jql.md", "docs/scriptrunner.md", "docs/tutorial.md", "docs/recipes.md"] {
        for block in blocks(&document(page), "jqlx") {
            for query in block.split("\n\n").filter(|query| !query.trim().is_empty()) {
                queries += 1;
                let run = run(&["query", "--data", path(demo()), "--now", now, "--user", "alice", "--format", "ndjson", query]);
                match query.split_once("# error: ") {
                    None => assert_eq!(run.code, Some(0), "{page}: {query}\n{}", run.err),
                    Some((_, code)) => {
                        assert_eq!(run.code, Some(1), "{page} says that this is refused: {query}");
                        assert!(run.err.contains(code.trim()), "{page}: {query}\n{}", run.err);
                    }
                }
            }
        }
    }
    assert!(queries > 40, "only {queries} queries were found");
}

/// Commands in `sh` blocks, as they are typed after `$ `, with what they print below.
#[test]
fn commands_of_the_pages_print_what_the_pages_show() {
    let folder = tempfile::tempdir().unwrap();
    let mut commands = 0;
    for page in ["README.md", "docs/tutorial.md", "docs/recipes.md"] {
        for block in blocks(&document(page), "console") {
            let mut shown: Vec<(String, String)> = Vec::new();
            for line in block.lines() {
                match (line.strip_prefix("$ "), shown.last_mut()) {
                    (Some(command), _) => shown.push((command.to_owned(), String::new())),
                    (None, Some((_, output))) => {
                        output.push_str(line);
                        output.push('\n');
                    }
                    (None, None) => panic!("{page}: output without a command: {line}"),
                }
            }
            for (command, output) in shown {
                // `cargo run --` and the name stand for the binary that is already built.
                let program = env!("CARGO_BIN_EXE_jqlx");
                let script = command.replacen("cargo run -- ", &format!("{program} "), 1).replacen(
                    "jqlx ",
                    &format!("{program} "),
                    usize::from(command.starts_with("jqlx ")),
                );
                let mut sh = std::process::Command::new("sh");
                sh.args(["-c", &script]).current_dir(folder.path());
                for (name, value) in jqlx().get_envs() {
                    match value {
                        Some(value) => sh.env(name, value),
                        None => sh.env_remove(name),
                    };
                }
                let run: super::Run = sh.output().unwrap().into();
                commands += 1;
                let output: String = output.lines().filter(|line| *line != "...").map(|line| format!("{line}\n")).collect();
                let printed = format!("{}{}", run.out, run.err);
                for line in output.lines() {
                    assert!(printed.lines().any(|l| l == line), "{page}: $ {command}\nshows\n{line}\nbut prints\n{printed}");
                }
            }
        }
    }
    assert!(commands >= 4, "only {commands} commands were found");
}

/// The two commands of a fresh machine are in the README, and CI runs the same test command.
#[test]
fn the_readme_has_the_two_commands() {
    let readme = document("README.md");
    let sh = blocks(&readme, "sh");
    let first = sh.first().unwrap_or_else(|| panic!("the README shows no commands"));
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!(lines.len(), 2, "{first}");
    let query = lines[0].strip_prefix("cargo run -- query --demo '").and_then(|rest| rest.strip_suffix('\'')).unwrap();
    let rows = run(&["query", "--demo", "--format", "ndjson", query]).ok();
    assert!(!rows.out.is_empty());
    assert_eq!(lines[1], "cargo test");
    assert!(document(".ci/run").contains("cargo test"));
}

/// The configuration that the page shows is read.
#[test]
fn the_configuration_of_the_page_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let shown = blocks(&document("docs/configuration.md"), "toml");
    assert!(!shown.is_empty());
    for block in shown {
        std::fs::write(&file, &block).unwrap();
        run(&["check", "--data", path(demo()), "--config", path(&file), "status = Done"]).ok();
        for setting in ["tz", "week_start", "user", "data", "strict", "[calendar]", "[estimates]"] {
            assert!(block.contains(setting), "{setting} is not shown");
        }
    }
}

/// Links between the pages lead somewhere.
#[test]
fn links_between_pages_exist() {
    let mut pages: Vec<String> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned).to_vec();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap() {
        pages.push(format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()));
    }
    for page in pages.iter().map(String::as_str).filter(|page| page.ends_with(".md")) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(page).parent().unwrap().to_owned();
        for (_, rest) in document(page).match_indices("](").map(|(at, _)| ((), document(page)[at + 2..].to_owned())) {
            let target = rest.split(')').next().unwrap_or("").split('#').next().unwrap_or("");
            if !target.is_empty() && !target.starts_with("http") {
                assert!(folder.join(target).exists(), "{page} links to {target}");
            }
        }
    }
}

/// The examples that the help shows, those over the sample data or a store of it.
#[test]
fn examples_in_the_help_run() {
    let folder = tempfile::tempdir().unwrap();
    let usual = folder.path().join("data/jqlx/store");
    for store in [&usual, &folder.path().join("store")] {
        run(&["import", path(demo()), "--store", path(store)]).ok();
    }
    let mut examples = 0;
    for command in [
        "",
        "query",
        "check",
        "explain",
        "fields",
        "functions",
        "verbs",
        "status",
        "compact",
        "vacuum",
        "verify",
        "demo",
        "parse",
        "completions",
    ] {
        let help: super::Run = jqlx().args(command.split_whitespace()).arg("--help").output().unwrap().into();
        let lines = help.ok().out;
        let lines = lines.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| line.starts_with("  "));
        for line in lines.map(str::trim).filter(|l| {
            !["export", "corpus", "sample", "~/", "issues.ndjson", "--at-version", "--live"].iter().any(|word| l.contains(word))
        }) {
            examples += 1;
            let script = line.replace("jqlx ", &format!("{} ", env!("CARGO_BIN_EXE_jqlx")));
            let mut sh = std::process::Command::new("sh");
            sh.args(["-c", &script]).current_dir(folder.path());
            sh.env_remove("JQLX_STORE").env("XDG_DATA_HOME", folder.path().join("data"));
            sh.env("XDG_CACHE_HOME", folder.path().join("cache"));
            let run: super::Run = sh.output().unwrap().into();
            let refused = line.contains("assginee");
            assert_eq!(run.code, Some(i32::from(refused)), "{line}\n{}", run.err);
        }
    }
    assert!(examples >= 15, "only {examples} examples were found");
}
