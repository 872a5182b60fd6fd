//! `docs/jql.md` and a part of `docs/language.md` are made from the catalogue's tables, and what these show as examples is asked of the
//! sample data. A part of `docs/import.md` is made from the table of formats.

use std::path::Path;

use jqlx::catalog::fields::{FIELDS, Source};
use jqlx::catalog::functions::FUNCTIONS;
use jqlx::catalog::{reference, words};
use jqlx::data::rows::FieldRow;
use jqlx::source::formats;
use jqlx::{Engine, Options, Parameters, data};

const CATALOG: &str = "<!-- made from the tables of src/catalog: begin -->";
const SOURCE: &str = "<!-- made from the tables of src/source: begin -->";
const END: &str = "<!-- end -->";

#[test]
fn the_pages_say_what_the_tables_say() {
    says("docs/jql.md", CATALOG, &reference());
    says("docs/language.md", CATALOG, &words());
    says("docs/import.md", SOURCE, &formats::reference());
}

fn says(name: &str, begin: &str, tables: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(begin).expect("the mark before the tables");
    let (_, after) = rest.split_once(END).expect("the mark after the tables");
    let made = format!("{before}{begin}\n\n{tables}\n{END}{after}");
    if std::env::var_os("JQLX_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    } else if let Some((was, is)) = page.lines().zip(made.lines()).find(|(was, is)| was != is) {
        panic!("{name} is stale, set JQLX_UPDATE_DOCS=1 to make it anew\n  page   {was}\n  tables {is}");
    } else {
        assert_eq!(page.len(), made.len(), "{name} is stale, set JQLX_UPDATE_DOCS=1 to make it anew");
    }
}

/// Custom fields that examples name and the sample data lacks.
const CUSTOM: &[&str] = &["Team", "Location", "Time to resolution"];

/// The sample data with the fields that examples name.
fn tables() -> data::rows::Tables {
    let mut tables = data::demo::demo();
    for (number, name) in CUSTOM.iter().enumerate() {
        if !tables.fields.iter().any(|f| f.name == *name) {
            let id = format!("customfield_{}", 90_000 + number);
            let field_type = name.starts_with("Time").then(|| "number".to_owned());
            tables.fields.push(FieldRow { id, name: (*name).to_owned(), field_type, ..FieldRow::default() });
        }
    }
    tables
}

/// The codes and messages with which each query is refused; none where it is answered.
fn refusals(queries: &[String]) -> Vec<Vec<String>> {
    let options = Options {
        now: jiff::Timestamp::from_microsecond(data::demo::NOW).ok(),
        user: Some("alice".to_owned()),
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = Engine::from_tables(tables(), options).await.unwrap();
        let mut all = Vec::new();
        for query in queries {
            let refused = match engine.compile(query, &Parameters::new()).await {
                Ok(query) => query.run().await.err(),
                Err(error) => Some(error),
            };
            let said = |error: jqlx::Error| error.diagnostics().iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
            all.push(refused.map(said).unwrap_or_default());
        }
        all
    })
}

/// An entry that is answered has an example that runs; of one that is not, the example is refused for that reason.
#[test]
fn every_example_of_the_tables_does_what_its_entry_says() {
    let of_fields = FIELDS.iter().map(|f| (f.name, f.missing().is_some(), f.example));
    let of_functions = FUNCTIONS.iter().map(|f| (f.name, f.missing().is_some(), f.example));
    let entries: Vec<_> = of_fields.chain(of_functions).collect();
    let examples: Vec<String> = entries.iter().map(|(_, _, example)| (*example).to_owned()).collect();
    let mut wrong = Vec::new();
    for ((name, missing, example), refused) in entries.iter().zip(refusals(&examples)) {
        let for_want_of_data = refused.iter().any(|code| code.starts_with("jqlx::bind::needs_data"));
        if *missing && !for_want_of_data {
            wrong.push(format!("{name} is not answered, but `{example}` gives {refused:?}"));
        } else if !missing && !refused.is_empty() {
            wrong.push(format!("{name} is answered, but `{example}` is refused: {refused:?}"));
        } else if example.is_empty() {
            wrong.push(format!("{name} has no example"));
        }
    }
    assert!(wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

/// What the columns of the table promise of an answered field holds.
#[test]
fn fields_take_what_the_page_says() {
    let mut queries = Vec::new();
    for field in FIELDS.iter().filter(|f| f.missing().is_none()) {
        // The table's entry for entity properties shows their form, which is no name.
        let name = if field.source == Source::Property { "issue.property[review].state" } else { &format!("\"{}\"", field.name) };
        let promised = [
            (field.operators.empty, format!("{name} IS EMPTY")),
            (field.has_history(), format!("{name} CHANGED AFTER -30d")),
            (field.orderable, format!("ORDER BY {name}")),
        ];
        queries.extend(promised.into_iter().filter(|(promised, _)| *promised).map(|(_, query)| query));
    }
    let refused: Vec<String> = queries
        .iter()
        .zip(refusals(&queries))
        .filter(|(_, said)| !said.is_empty())
        .map(|(q, said)| format!("{q}: {said:?}"))
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
