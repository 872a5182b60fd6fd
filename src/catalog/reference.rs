//! The tables of this folder as a page of Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::entities::ENTITIES;
use super::fields::{FIELDS, Field, Operators, ops};
use super::functions::{FUNCTIONS, Function};
use super::verbs::VERBS;

/// The part of `docs/jql.md` that these tables say: operators, fields, functions, and what is not answered and why.
///
/// It ends with a line feed. The page is made anew with `JQLX_UPDATE_DOCS=1 cargo test --test it reference`.
pub fn reference() -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ =
        operators(&mut page).and_then(|()| fields(&mut page)).and_then(|()| functions(&mut page)).and_then(|()| missing(&mut page));
    page
}

/// The part of `docs/language.md` that says which nouns and verbs activity clauses have.
///
/// It ends with a line feed, and is made anew like [`reference()`].
pub fn words() -> String {
    let mut page = String::new();
    let _ = entities(&mut page).and_then(|()| verbs(&mut page));
    page
}

fn entities(page: &mut String) -> std::fmt::Result {
    page.push_str("| entity | of issues | values | verbs beside CHANGED | |\n|---|---|---|---|---|\n");
    for entity in ENTITIES {
        let names: Vec<String> = entity.spellings().iter().map(|name| format!("`{name}`")).collect();
        let verbs = entity.verbs().join(", ").to_uppercase();
        writeln!(
            page,
            "| {} | {} | {} | {verbs} | {} |",
            names.join(", "),
            yes(entity.of_issue),
            yes(!entity.no_values),
            escaped(entity.doc)
        )?;
    }
    page.push('\n');
    Ok(())
}

fn verbs(page: &mut String) -> std::fmt::Result {
    page.push_str("| verb | finds too | changes something | |\n|---|---|---|---|\n");
    for verb in VERBS {
        let others: Vec<&str> = verb.actions.iter().copied().filter(|action| *action != verb.name).collect();
        writeln!(page, "| {} | {} | {} | {} |", verb.name.to_uppercase(), others.join(", "), yes(verb.mutates), escaped(verb.doc))?;
    }
    Ok(())
}

/// The groups of operators by their short name.
fn groups() -> [(&'static str, Operators); 5] {
    [("`=`", ops("E")), ("`<`", ops("C")), ("`IS`", ops("I")), ("`~`", ops("T")), ("`!~`", ops("!"))]
}

fn operators(page: &mut String) -> std::fmt::Result {
    page.push_str(
        "## Operators\n\nThe tables below name groups of operators by one of them.\n\n| group | operators |\n|---|---|\n",
    );
    for (name, group) in groups() {
        writeln!(page, "| {name} | {} |", code(&group.list(false)))?;
    }
    writeln!(page, "| history | {} |\n", code(&ops("").list(true)))
}

fn fields(page: &mut String) -> std::fmt::Result {
    page.push_str("## Fields\n\n| field | type | operators | history | sorts | |\n|---|---|---|---|---|---|\n");
    for field in FIELDS {
        let names: Vec<String> = std::iter::once(&field.name).chain(field.aliases).map(|name| spelt(name)).collect();
        let operators: Vec<&str> = groups().into_iter().filter(|(_, g)| takes(&field.operators, g)).map(|(name, _)| name).collect();
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            names.join(", "),
            field.kind.name(),
            operators.join(" "),
            yes(field.has_history()),
            yes(field.orderable),
            told(field.doc, field.missing(), field.example),
        )?;
    }
    page.push('\n');
    Ok(())
}

fn functions(page: &mut String) -> std::fmt::Result {
    page.push_str("## Functions\n\n| function | gives | |\n|---|---|---|\n");
    for function in FUNCTIONS {
        let names = std::iter::once(format!("`{}`", function.signature()));
        let names: Vec<String> = names.chain(function.aliases.iter().map(|alias| format!("`{alias}`"))).collect();
        let gives = if function.returns.is_list() { "a list" } else { "a value" };
        writeln!(page, "| {} | {gives} | {} |", names.join(", "), told(function.doc, function.missing(), function.example))?;
    }
    page.push('\n');
    Ok(())
}

fn missing(page: &mut String) -> std::fmt::Result {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let of_fields = FIELDS.iter().filter_map(|field| Some((field.missing()?, spelt(field.name))));
    let of_functions = FUNCTIONS.iter().filter_map(|function| Some((function.missing()?, format!("`{}()`", function.name))));
    for (reason, name) in of_fields.chain(of_functions) {
        reasons.entry(reason).or_default().push(name);
    }
    page.push_str("## Not answered, and why\n\n");
    if reasons.is_empty() {
        page.push_str("Every field and function is answered.\n");
        return Ok(());
    }
    page.push_str("A query that names one of these is refused with `jqlx::bind::needs_data`.\n\n| needs | |\n|---|---|\n");
    for (reason, names) in reasons {
        writeln!(page, "| {} | {} |", escaped(reason), names.join(", "))?;
    }
    Ok(())
}

/// One sentence and one clause.
fn told(doc: &str, missing: Option<&str>, example: &str) -> String {
    let refused = if missing.is_some() { " *Not answered.*" } else { "" };
    let example = if example.is_empty() { String::new() } else { format!(" `{}`", escaped(example)) };
    format!("{}{refused}{example}", escaped(doc))
}

fn takes(operators: &Operators, group: &Operators) -> bool {
    (operators.equality && group.equality)
        || (operators.order && group.order)
        || (operators.empty && group.empty)
        || (operators.text && group.text)
        || (operators.not_text && group.not_text)
}

/// A name as a query spells it.
fn spelt(name: &str) -> String {
    match name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) {
        true => format!("`{name}`"),
        false => format!("`\"{name}\"`"),
    }
}

/// A list with commas as code.
fn code(list: &str) -> String {
    list.split(", ").map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "" }
}

/// A bar would begin the next column.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

impl Field {
    /// What the field needs before it can be answered; none where it is.
    pub fn missing(&self) -> Option<&'static str> {
        match self.source {
            super::fields::Source::Missing(needs) => Some(needs),
            _ => None,
        }
    }

    /// Whether WAS and CHANGED may be asked of it.
    pub fn has_history(&self) -> bool {
        !self.history.is_empty()
    }
}

impl Function {
    /// What the function needs before it can be answered; none where it is.
    pub fn missing(&self) -> Option<&'static str> {
        match self.evaluation {
            super::functions::Evaluation::Missing(needs) => Some(needs),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_the_columns_of_its_table() {
        let page = format!("{}\n{}", reference(), words());
        assert!(
            page.contains("| `assignee` | user | `=` `IS` | yes | yes | Who is to do it. `assignee = currentUser()` |\n"),
            "{page}"
        );
        assert!(page.contains("`\"Epic Link\"`") && page.contains("`membersOf(group)`"));
        let mut columns = 0;
        for line in page.lines() {
            let bars = line.replace("\\|", "").matches('|').count();
            if line.starts_with("|---") {
                columns = bars;
            } else if line.starts_with('|') && columns > 0 {
                assert_eq!(bars, columns, "{line}");
            } else {
                columns = 0;
            }
        }
    }
}
