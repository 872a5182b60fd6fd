//! Help by topic: a few pages of our own, and every entry of the catalogue.

use super::commands::{COMMANDS, command};
use super::shell::near_to;
use crate::catalog::attributes::ATTRIBUTES;
use crate::catalog::columns::COLUMN_FUNCTIONS;
use crate::catalog::columns::column_function;
use crate::catalog::entities::{ENTITIES, entity};
use crate::catalog::fields::{FIELDS, field};
use crate::catalog::functions::{FUNCTIONS, function};
use crate::catalog::verbs::{VERBS, verb};
use crate::catalog::{Catalog, nearest};
use crate::cli::terminal::Terminal;
use crate::complete::Word;

struct Topic {
    name: &'static str,
    doc: &'static str,
    text: &'static str,
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "issues",
        doc: "Which issues: JQL, and clauses for what happened.",
        text: "\
A query is a condition, and the rows are issues. Conditions are those of JQL:
  project = PAY AND status = \"In Progress\" ORDER BY updated DESC
  assignee WAS alice AND status CHANGED TO Done AFTER -30d
A noun and a verb ask for issues to which something happened:
  project = PAY AND comment DELETED AFTER -30d
Tab offers what may follow. \\help events tells how to see the events themselves.
",
    },
    Topic {
        name: "events",
        doc: "Who did what, and when: the rows are events.",
        text: "\
ACTIVITY WHERE asks for events: a noun, a verb, and what is said of the event.
  ACTIVITY WHERE comment DELETED
  ACTIVITY WHERE comment DELETED AND project = PAY
  ACTIVITY WHERE comment DELETED BY membersOf(contractors) AFTER -30d
AFTER, BEFORE, ON, DURING tell when, BY tells who. \\help dates tells how to write last month.
SHOW chooses columns: time, actor, issue, text, oldText (what a deleted thing said last) and more.
  ACTIVITY WHERE comment DELETED SHOW time, actor, issue, oldText
\\verbs lists nouns and verbs. \\help comment tells which verbs a comment has.
",
    },
    Topic {
        name: "dates",
        doc: "Dates, lengths of time, this month and the last.",
        text: "\
A date is \"2026-06-01\" or \"2026-06-01 14:30\"; -7d is seven days ago (w, d, h, m).
startOfDay(), startOfWeek(), startOfMonth(), startOfYear() and endOf... are the bounds of what is now;
startOfMonth(-1) is the start of last month, endOfMonth(-1) its end. So last month is
  comment DELETED DURING (startOfMonth(-1), endOfMonth(-1))
and since yesterday is AFTER startOfDay(-1).
",
    },
    Topic {
        name: "columns",
        doc: "Columns, groups, order and limit.",
        text: "\
Behind the condition:
  SHOW time, actor, text             the columns
  GROUP BY actor SHOW count()        a row for each actor
  ORDER BY time DESC LIMIT 20        sorted, the first twenty
\\functions lists what counts and computes.
",
    },
    Topic {
        name: "parameters",
        doc: "Values that change from one run to the next.",
        text: "\
\\set who=alice binds $who:
  ACTIVITY WHERE changed BY $who AFTER -7d
A parameter is a value. It cannot change the query. \\params lists them.
",
    },
    Topic {
        name: "keys",
        doc: "What the keys do.",
        text: "\
Enter       runs what is whole; goes to a new line where a quote, a parenthesis or a value is missing
Alt-Enter   always goes to a new line; a second Enter on an empty line ends the statement
Tab         offers what may be written; Tab again goes through it, Enter takes it
Right, End  takes the hint in grey, which is the last question that began so
Up, Down    go through what was asked; Ctrl-R searches in it
Ctrl-C      stops the running query; at the prompt it clears the line
Ctrl-D      leaves
A line that begins with a space is not remembered.
",
    },
];

/// Everything that help knows by name.
pub(super) fn names(catalog: &Catalog) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = TOPICS.iter().map(|t| (t.name.to_owned(), t.doc.to_owned())).collect();
    let mut add = |name: &str, doc: &str| out.push((name.to_owned(), doc.to_owned()));
    ENTITIES.iter().for_each(|e| add(e.name, e.doc));
    VERBS.iter().for_each(|v| add(v.name, v.doc));
    FIELDS.iter().for_each(|f| add(f.name, f.doc));
    ATTRIBUTES.iter().for_each(|a| add(a.name, a.doc));
    FUNCTIONS.iter().for_each(|f| add(f.name, f.doc));
    COLUMN_FUNCTIONS.iter().for_each(|f| add(f.name, f.doc));
    Word::ALL.iter().for_each(|w| add(w.text, w.doc));
    catalog.custom_fields.iter().for_each(|f| add(&f.name, "A custom field."));
    COMMANDS.iter().for_each(|c| add(&format!("\\{}", c.name), c.doc));
    let mut seen = std::collections::HashSet::new();
    out.retain(|(name, _)| seen.insert(name.to_lowercase()));
    out
}

/// What is known of a name; all that there is where none is given.
pub(super) fn about(name: &str, catalog: &Catalog, terminal: &Terminal) -> Result<String, String> {
    let name = name.trim_matches(['"', '\'']).trim_end_matches("()");
    if name.is_empty() {
        return Ok(overview(terminal));
    }
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name.eq_ignore_ascii_case(name)) {
        return Ok(topic.text.to_owned());
    }
    let parts = entries(name, catalog);
    if parts.is_empty() {
        let names = names(catalog);
        let near = nearest(name, names.iter().map(|(name, _)| name.as_str()));
        return Err(format!("there is no help on {name:?}{}", near_to(&near)));
    }
    Ok(parts.concat())
}

fn overview(terminal: &Terminal) -> String {
    let (bold, reset) = if terminal.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = format!("{bold}A query runs when it is whole; ; ends it, too. Tab tells what may come next.{reset}\n\n");
    let topics = TOPICS.iter().map(|topic| (format!("\\help {}", topic.name), topic.doc));
    let commands = COMMANDS.iter().map(|command| (command.usage(), command.doc));
    let lines: Vec<(String, &str)> = topics.chain(commands).collect();
    let width = lines.iter().map(|(usage, _)| usage.chars().count()).filter(|width| *width < 30).max().unwrap_or(0);
    for (usage, doc) in lines {
        out.push_str(&format!("  {usage:width$}  {doc}\n"));
    }
    out.push_str("\n\\help NAME tells of a field, function, verb or entity. Try: \\help comment\n");
    out
}

/// Whatever of the catalogue has that name: it may be a field and an entity.
fn entries(name: &str, catalog: &Catalog) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(command) = name.strip_prefix('\\').and_then(command) {
        parts.push(format!("{}\n  {}\n", command.usage(), command.doc));
    }
    if let Some(entity) = entity(name) {
        let verbs = entity.verbs().join(", ").to_uppercase();
        let example = entity.verbs().first().map(|verb| format!("ACTIVITY WHERE {} {}", entity.name, verb.to_uppercase()));
        parts.push(format!("{} (entity): {}\n  Verbs: CHANGED, {verbs}\n", entity.name, entity.doc));
        parts.extend(example.map(|example| format!("  Example: {example}\n")));
    }
    if let Some(verb) = verb(&name.to_lowercase()) {
        let with: Vec<&str> = ENTITIES.iter().filter(|e| e.verbs().contains(&verb.name)).map(|e| e.name).collect();
        parts.push(format!("{} (verb): {}\n", verb.name.to_uppercase(), verb.doc));
        if !with.is_empty() {
            parts.push(format!("  Of: {}\n", with.join(", ")));
        }
    }
    if let Some(field) = field(name) {
        let missing = field.missing().map_or(String::new(), |needs| format!(" Not yet: needs {needs}."));
        let operators = field.operators.list(field.has_history());
        parts.push(format!("{} ({} field): {}{missing}\n  Operators: {operators}\n", field.name, field.kind.name(), field.doc));
        parts.push(format!("  Example: {}\n", field.example));
    }
    if let Some(attribute) = ATTRIBUTES.iter().find(|a| a.name.eq_ignore_ascii_case(name)) {
        let (kind, operators) = (attribute.kind.name(), attribute.operators.list(false));
        parts.push(format!("{} ({kind} of events): {}\n  Operators: {operators}\n", attribute.name, attribute.doc));
    }
    if let Some(function) = function(name) {
        parts.push(format!("{} (function): {}\n  Example: {}\n", function.signature(), function.doc, function.example));
    }
    if let Some(function) = column_function(name) {
        parts.push(format!("{}() (function of columns): {}\n", function.name, function.doc));
    }
    if let Some(word) =
        Word::ALL.iter().find(|w| w.text.trim_end_matches(" >=").eq_ignore_ascii_case(name) || w.text.eq_ignore_ascii_case(name))
    {
        parts.push(format!("{}: {}\n", word.text, word.doc));
    }
    if parts.is_empty() {
        let custom = catalog.find_custom_fields(name).into_iter();
        parts.extend(custom.map(|field| format!("{} (custom {} field, {})\n", field.name, field.kind.name(), field.id)));
    }
    parts
}
