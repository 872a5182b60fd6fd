//! The recipes: every command of docs/recipes.md prints what the page shows, and finds the events that the stories hold.

use std::path::Path;

use super::{Run, jqlx, snapshot};

/// Question, and for each of its commands what must be found: ids of events without `demo:`, or keys of issues.
/// Written by hand from the stories of the sample data, not from answers. Of a grouped answer, the events behind it.
const FOUND: &[(&str, &[&str])] = &[
    ("1", &["x01-01..x01-20", "03933 03934 03935 03936 03937 03938 03939 03940"]),
    ("2", &["x02-01 x02-02 x02-05 x02-06 x02-07 x02-08"]),
    ("3", &["FIN-1"]),
    ("4", &["x04-05 x04-08 x18-14"]),
    ("5", &["01673 x05-05 x05-15"]),
    ("6", &["x06-02 x06-03 x06-04 x06-07"]),
    ("7", &["03197 03267 03277 03299 x07-02 x07-03 x07-04 x07-07"]),
    ("8", &["x07-06 x08-02 x08-03 x08-05"]),
    ("9", &["x09-04 x09-09"]),
    ("10", &["CHG-7 CHG-9"]),
    ("11", &["x05-16 x05-17 x11-03 x11-04 x11-05"]),
    ("12", &["x12-01..x12-40"]),
    ("13", &["x13-03 x13-06 x13-08 x13-09"]),
    ("14", &["x14-01 x14-02 x14-06 x14-10 x14-14 x14-18"]),
    ("15", &["x15-03 x15-04"]),
    ("16", &["x16-07 x16-08"]),
    ("17", &["x17-01 x17-03 x17-05"]),
    ("18", &["x18-02 x18-03 x18-14"]),
];

/// A command of the page, the number of the question above it, and what the page shows below it.
struct Recipe {
    question: String,
    command: String,
    shown: String,
}

fn recipes() -> Vec<Recipe> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md")).unwrap();
    let mut recipes: Vec<Recipe> = Vec::new();
    let (mut question, mut within) = (String::new(), false);
    for line in page.lines() {
        if let Some(number) = line.strip_prefix("### ").and_then(|heading| heading.split_once('.')) {
            number.0.clone_into(&mut question);
        } else if line.starts_with("```") {
            within = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| within) {
            recipes.push(Recipe { question: question.clone(), command: command.to_owned(), shown: String::new() });
        } else if let Some(recipe) = recipes.last_mut().filter(|_| within) {
            recipe.shown.push_str(line);
            recipe.shown.push('\n');
        }
    }
    recipes
}

fn sh(command: &str) -> Run {
    let script = command.replacen("jqlx ", &format!("{} ", env!("CARGO_BIN_EXE_jqlx")), 1);
    let mut sh = std::process::Command::new("sh");
    sh.args(["-c", &script]);
    for (name, value) in jqlx().get_envs() {
        match value {
            Some(value) => sh.env(name, value),
            None => sh.env_remove(name),
        };
    }
    Run::from(sh.output().unwrap()).ok()
}

/// The ids of what a command finds, in order.
fn found(command: &str) -> Vec<String> {
    let ungrouped = match command.split_once(" GROUP BY ") {
        Some((rows, _)) => format!("{rows} SHOW eventId'"),
        None => command.to_owned(),
    };
    let rows = sh(&ungrouped.replacen("--demo", "--demo --format ndjson", 1)).rows();
    let id = |row: &serde_json::Value| {
        let id = row.get("eventId").or_else(|| row.get("key")).and_then(|id| id.as_str());
        id.unwrap_or_else(|| panic!("no id in {row}")).trim_start_matches("demo:").to_owned()
    };
    let mut ids: Vec<String> = rows.iter().map(id).collect();
    ids.sort();
    ids
}

/// `a b`, and `x01-01..x01-03` for all between.
fn expand(ids: &str) -> Vec<String> {
    let mut all = Vec::new();
    for id in ids.split(' ') {
        let Some((from, to)) = id.split_once("..") else {
            all.push(id.to_owned());
            continue;
        };
        let ((story, from), (_, to)) = (from.split_once('-').unwrap(), to.split_once('-').unwrap());
        let (from, to): (u32, u32) = (from.parse().unwrap(), to.parse().unwrap());
        all.extend((from..=to).map(|number| format!("{story}-{number:02}")));
    }
    all.sort();
    all
}

#[test]
fn recipes_print_what_the_page_shows() {
    for Recipe { question, command, shown } in recipes() {
        assert_eq!(sh(&command).out, shown, "question {question}: $ {command}");
    }
}

#[test]
fn recipes_find_what_the_stories_hold_and_nothing_else() {
    let recipes = recipes();
    for (question, expected) in FOUND {
        let commands: Vec<&str> = recipes.iter().filter(|r| r.question == *question).map(|r| r.command.as_str()).collect();
        assert_eq!(commands.len(), expected.len(), "question {question} has other commands");
        for (command, ids) in commands.into_iter().zip(*expected) {
            assert_eq!(found(command), expand(ids), "question {question}: $ {command}");
        }
    }
    let known = |recipe: &Recipe| FOUND.iter().any(|(question, _)| *question == recipe.question);
    assert!(recipes.iter().all(known), "a recipe without a number");
}

/// What the recipes mean in plain words, as `jqlx explain` says it.
#[test]
fn recipes_are_explained_in_plain_words() {
    let mut words = String::new();
    for Recipe { question, command, .. } in recipes() {
        let explained = sh(&command.replacen("jqlx query", "jqlx explain --stage meaning", 1)).out;
        words.push_str(&format!("{question}. {command}\n\n{explained}\n"));
    }
    let run = Run { code: Some(0), out: words, err: String::new() };
    snapshot("recipes_explained", "explain --stage meaning RECIPE", &run, &[]);
}
