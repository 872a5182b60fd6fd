//! `jqlx test`: query tests, each with its own small world.

use std::fs::File;
use std::io::{BufReader, Cursor, Write};
use std::path::PathBuf;

use super::failure::Failure;
use super::session::Running;
use super::terminal::Terminal;
use crate::cases::run_cases;

const AFTER: &str = r#"Examples:
  jqlx test cases.jsonl

Each line of a file is a case: {"id", "issues": [...], "now", "tz", "query", "expect": [keys]}.
Failing cases are printed with what was expected and what came. Exit 1 if any failed."#;

/// Run query tests: small worlds with the answers that a query must give
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Files of cases, one JSON object a line
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let running = Running::start(terminal, None, None)?;
    let mut failed = 0;
    for path in arguments.files {
        let file = File::open(&path).map_err(|error| Failure::reading(path.display(), &error))?;
        let work = async move {
            let mut report = Cursor::new(Vec::new());
            let outcome = run_cases(BufReader::new(file), &mut report).await;
            outcome.map(|outcome| (outcome, report.into_inner()))
        };
        let (outcome, report) = running.wait(work)?.map_err(|error| Failure::reading(path.display(), &error))?;
        failed += outcome.failed;
        std::io::stdout().write_all(&report).map_err(|error| Failure::writing("to stdout", &error))?;
    }
    if failed > 0 { Err(Failure::Reported) } else { Ok(()) }
}
