//! `jqlx explain`: what a query means and how it would be answered, or how it was.

use std::io::Write;
use std::sync::Arc;

use clap::ValueEnum;
use futures::TryStreamExt;

use super::arguments::{Session, Source, Text};
use super::failure::Failure;
use super::session::{Running, open};
use super::terminal::Terminal;
use crate::diagnostic::Report;

const AFTER: &str = "\
Examples:
  jqlx explain --demo 'sprint CHANGED BY alice AFTER startOfMonth()'
  jqlx explain --demo --stage meaning 'assignee WAS alice DURING (-30d, -7d)'
  jqlx explain --data ./export @saved.jql
  jqlx explain --live main --stage jql 'project = PAY AND status WAS Blocked'
  jqlx explain --demo --stage measured 'status WAS Blocked'";

/// Say what a query means in words, its bound form and its plans; it runs only for the stage `measured`
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    text: Text,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    session: Session,
    /// Show only this stage, without a title
    #[arg(long, value_enum, value_name = "STAGE")]
    stage: Option<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// What the query means, in words
    Meaning,
    /// The bound query
    Bound,
    /// What a live site is asked in its own JQL
    Jql,
    /// The optimised logical plan
    Logical,
    /// The physical plan
    Physical,
    /// The physical plan as it ran: of each operator the rows, the time and what it skipped
    Measured,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let text = arguments.text.read()?;
    let running = Running::start(terminal, arguments.session.threads.map(usize::from), None)?;
    let engine = open(&running, &arguments.source, &arguments.session, terminal)?;
    let parameters = arguments.session.parameters();
    let source: Arc<str> = text.clone().into();
    let query = running.wait(async move { engine.compile(&source, &parameters).await })??;
    if !query.warnings().is_empty() {
        let diagnostics = query.warnings().to_vec();
        terminal.report(&Report { name: "query".into(), source: text, diagnostics });
    }
    if arguments.stage == Some(Stage::Measured) {
        let measured = running.wait(async move {
            let mut rows = query.run().await?;
            while rows.try_next().await?.is_some() {}
            Ok::<_, crate::Error>(rows.measured())
        })??;
        return std::io::stdout().write_all(measured.as_bytes()).map_err(|error| Failure::writing("to stdout", &error));
    }
    let explanation = running.wait(async move { query.explain().await })??;
    let (bold, reset) = if terminal.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = String::new();
    for (stage, title, body) in [
        (Stage::Meaning, "Meaning", &explanation.words),
        (Stage::Bound, "Bound query", &explanation.bound),
        (Stage::Jql, "JQL for Jira", &explanation.jql.join("\n")),
        (Stage::Logical, "Logical plan", &explanation.logical),
        (Stage::Physical, "Physical plan", &explanation.physical),
    ] {
        match arguments.stage {
            Some(wanted) if wanted != stage => continue,
            None if stage == Stage::Jql && body.is_empty() => continue,
            Some(_) => {}
            None if out.is_empty() => out.push_str(&format!("{bold}{title}{reset}\n")),
            None => out.push_str(&format!("\n{bold}{title}{reset}\n")),
        }
        let indent = if arguments.stage.is_some() { "" } else { "  " };
        for line in body.trim_end().lines() {
            out.push_str(&format!("{indent}{line}\n"));
        }
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(|error| Failure::writing("to stdout", &error))
}
