//! `jqlx check`: every diagnostic of queries and query files, without running them.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum;

use super::arguments::{Session, Source, read_file};
use super::failure::Failure;
use super::session::{Running, open};
use super::terminal::Terminal;
use crate::diagnostic::{Diagnostic, Report};

const AFTER: &str = "\
Examples:
  jqlx check --demo 'assginee = alice AND status = Dnoe'
  jqlx check --data ./export saved/*.jql --format json

An argument that names a file is read; any other is taken as a query.";

/// Report all errors and warnings of queries, or of files of one query each, without running them
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Queries or files
    #[arg(value_name = "QUERY|FILE", required = true)]
    queries: Vec<String>,
    /// human: drawn on stderr; json: one object a query on stdout
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    session: Session,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let running = Running::start(terminal, arguments.session.threads.map(usize::from), None)?;
    let engine = open(&running, &arguments.source, &arguments.session, terminal)?;
    let parameters = Arc::new(arguments.session.parameters());
    let (mut errors, mut warnings) = (0, 0);
    for query in &arguments.queries {
        let (name, text) = named(query)?;
        let source: Arc<str> = text.clone().into();
        let (engine, parameters) = (engine.clone(), parameters.clone());
        let diagnostics: Vec<Diagnostic> = running.wait(async move { engine.check(&source, &parameters).await })?;
        errors += diagnostics.iter().filter(|d| d.is_error()).count();
        warnings += diagnostics.iter().filter(|d| !d.is_error()).count();
        match arguments.format {
            Format::Human if diagnostics.is_empty() => {}
            Format::Human => terminal.report(&Report { name, source: text, diagnostics }),
            Format::Json => {
                let valid = !diagnostics.iter().any(Diagnostic::is_error);
                let line = serde_json::json!({ "name": name, "valid": valid, "diagnostics": diagnostics });
                writeln!(std::io::stdout(), "{line}").map_err(|error| Failure::writing("to stdout", &error))?;
            }
        }
    }
    if arguments.format == Format::Human {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        terminal.say(&format!("{}, {}", count(errors, "error"), count(warnings, "warning")));
    }
    if errors > 0 { Err(Failure::Reported) } else { Ok(()) }
}

/// What the query is called, and its text.
fn named(query: &str) -> Result<(String, String), Failure> {
    let path = Path::new(query.strip_prefix('@').unwrap_or(query));
    let is_file = query.starts_with('@')
        || path.is_file()
        || path.extension().is_some_and(|e| e == "jql" || e == "jqlx") && !query.contains(char::is_whitespace);
    match is_file {
        true => Ok((path.display().to_string(), read_file(path)?)),
        false => Ok(("query".to_owned(), query.to_owned())),
    }
}
