//! `jqlx fields`, `functions` and `verbs`: what a query may name, from the tables that the compiler reads.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::record_batch::RecordBatch;

use super::arguments::Rendering;
use super::failure::Failure;
use super::output::{self, Output};
use super::session::Running;
use super::terminal::Terminal;
use crate::catalog::attributes::ATTRIBUTES;
use crate::catalog::columns::{COLUMN_FUNCTIONS, Computes};
use crate::catalog::entities::ENTITIES;
use crate::catalog::fields::FIELDS;
use crate::catalog::functions::FUNCTIONS;
use crate::catalog::verbs::VERBS;
use crate::render;

/// List the fields that a query may name
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  jqlx fields\n  jqlx fields version\n  jqlx fields --format json")]
pub(super) struct Fields {
    #[command(flatten)]
    listing: Listing,
}

/// List the functions that a query may call
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  jqlx functions\n  jqlx functions month\n  jqlx functions --format csv")]
pub(super) struct Functions {
    #[command(flatten)]
    listing: Listing,
}

/// List the verbs of activity clauses and the entities they apply to
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  jqlx verbs\n  jqlx verbs delete\n  jqlx verbs --format json")]
pub(super) struct Verbs {
    #[command(flatten)]
    listing: Listing,
}

#[derive(clap::Args, Debug)]
struct Listing {
    /// Only entries in which this text occurs
    #[arg(value_name = "SEARCH")]
    search: Option<String>,
    #[command(flatten)]
    rendering: Rendering,
}

impl Fields {
    /// Those in which a text occurs.
    pub(super) fn with(search: Option<String>) -> Self {
        Self { listing: Listing::with(search) }
    }
}

impl Functions {
    /// Those in which a text occurs.
    pub(super) fn with(search: Option<String>) -> Self {
        Self { listing: Listing::with(search) }
    }
}

impl Verbs {
    /// Those in which a text occurs.
    pub(super) fn with(search: Option<String>) -> Self {
        Self { listing: Listing::with(search) }
    }
}

pub(super) fn fields(arguments: Fields, terminal: &Terminal) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for field in FIELDS {
        rows.push([
            field.name.to_owned(),
            "issue".to_owned(),
            field.kind.name().to_owned(),
            yes(field.missing().is_none()),
            yes(field.has_history()),
            yes(field.orderable),
            doc(field.doc, field.missing()),
            field.operators.list(field.has_history()),
            field.example.to_owned(),
            field.aliases.join(", "),
        ]);
    }
    for attribute in ATTRIBUTES {
        rows.push([
            attribute.name.to_owned(),
            "event".to_owned(),
            attribute.kind.name().to_owned(),
            yes(true),
            yes(false),
            yes(true),
            attribute.doc.to_owned(),
            attribute.operators.list(false),
            String::new(),
            attribute.aliases.join(", "),
        ]);
    }
    let names = ["name", "of", "type", "answered", "history", "sorts", "description", "operators", "example", "aliases"];
    arguments.listing.write(names, rows, terminal)
}

pub(super) fn functions(arguments: Functions, terminal: &Terminal) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for function in FUNCTIONS {
        rows.push([
            function.signature(),
            if function.returns.is_list() { "list" } else { "value" }.to_owned(),
            yes(function.missing().is_none()),
            doc(function.doc, function.missing()),
            function.example.to_owned(),
            function.aliases.join(", "),
        ]);
    }
    for function in COLUMN_FUNCTIONS {
        let of = match function.computes {
            Computes::Aggregate(_) | Computes::Percentile => "aggregate",
            Computes::Bucket(_) => "time bucket",
            Computes::TimeIn | Computes::LeadTime | Computes::CycleTime | Computes::Lasted => "duration",
            Computes::Until => "instant",
        };
        let name = format!("{}()", function.name);
        rows.push([name, of.to_owned(), yes(true), function.doc.to_owned(), String::new(), String::new()]);
    }
    arguments.listing.write(["function", "kind", "answered", "description", "example", "aliases"], rows, terminal)
}

pub(super) fn verbs(arguments: Verbs, terminal: &Terminal) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for verb in VERBS {
        let others: Vec<&str> = verb.actions.iter().copied().filter(|action| *action != verb.name).collect();
        rows.push([verb.name.to_uppercase(), "verb".to_owned(), verb.doc.to_owned(), others.join(", "), String::new()]);
    }
    for entity in ENTITIES {
        let kind = if entity.of_issue { "entity of an issue" } else { "entity" };
        let [name, kind, doc] = [entity.name, kind, entity.doc].map(str::to_owned);
        rows.push([name, kind, doc, entity.aliases.join(", "), entity.verbs().join(", ")]);
    }
    arguments.listing.write(["word", "kind", "description", "also", "verbs"], rows, terminal)
}

fn yes(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// A sentence, with what is missing where it is not answered.
fn doc(doc: &str, missing: Option<&str>) -> String {
    match missing {
        Some(needs) => format!("{doc} Not yet: needs {needs}."),
        None => doc.to_owned(),
    }
}

impl Listing {
    fn with(search: Option<String>) -> Self {
        Self { search, rendering: Rendering { format: None, output: None, safe_csv: false } }
    }

    fn write<const N: usize>(self, names: [&str; N], mut rows: Vec<[String; N]>, terminal: &Terminal) -> Result<(), Failure> {
        if let Some(search) = self.search.as_deref().map(str::to_lowercase) {
            rows.retain(|row| row.iter().any(|text| text.to_lowercase().contains(&search)));
        }
        let format = output::format(&self.rendering)?;
        let columns = names.iter().enumerate().map(|(i, name)| {
            let column: StringArray = rows.iter().map(|row| Some(row[i].as_str()).filter(|text| !text.is_empty())).collect();
            (*name, Arc::new(column) as ArrayRef, true)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns)
            .map_err(|error| Failure::environment(crate::diagnostic::codes::INTERNAL, error.to_string()))?;
        let running = Running::start(terminal, Some(1), None)?;
        let output = Output::open(self.rendering.output.as_deref(), &running.watch)?;
        let settings = output::settings(&self.rendering, terminal, jiff::tz::TimeZone::UTC);
        let mut writer = render::writer(format, batch.schema(), output.writer()?, settings);
        let writing = |error: std::io::Error| Failure::writing(output.name(), &error);
        writer.batch(&batch).map_err(writing)?;
        let summary = writer.finish().map_err(writing)?;
        drop(writer);
        if !summary.narrow.is_empty() {
            terminal.note(&format!("no room for {} (--format json shows all)", summary.narrow.join(", ")));
        }
        if rows.is_empty() {
            terminal.note("nothing by that name");
        }
        output.commit(&running.watch)
    }
}
