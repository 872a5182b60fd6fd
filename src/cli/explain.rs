//! `jqlx explain`: what a query means and how it would be answered, without running it.

use std::io::Write;
use std::sync::Arc;

use super::arguments::{Session, Source, Text};
use super::failure::Failure;
use super::session::{Running, open};
use super::terminal::Terminal;
use crate::diagnostic::Report;

const AFTER: &str = "\
Examples:
  jqlx explain --demo 'sprint CHANGED BY alice AFTER startOfMonth()'
  jqlx explain --data ./export @saved.jql";

/// Say what a query means in words, its bound form and its plans, without running it
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    text: Text,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    session: Session,
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
    let explanation = running.wait(async move { query.explain().await })??;
    let (bold, reset) = if terminal.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = String::new();
    for (title, body) in [
        ("Meaning", &explanation.words),
        ("Bound query", &explanation.bound),
        ("Logical plan", &explanation.logical),
        ("Physical plan", &explanation.physical),
    ] {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{bold}{title}{reset}\n"));
        for line in body.trim_end().lines() {
            out.push_str(&format!("  {line}\n"));
        }
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(|error| Failure::writing("to stdout", &error))
}
