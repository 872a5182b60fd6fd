//! `jqlx parse`: syntax trees as JSON lines, for checks from outside and for tools.

use std::io::{stdin, stdout};

use clap::ValueEnum;

use super::failure::Failure;
use super::terminal::Terminal;
use crate::syntax::{Dialect, parse_lines};

const AFTER: &str = r#"Examples:
  echo '{"id": 1, "q": "project = PAY and (a = 1 or b = 2)"}' | jqlx parse --lines
  jqlx parse --lines --dialect jql < corpus.jsonl

Each line of input is {"id", "q"}. Each line of output is {"id", "valid", "errors", "canonical", "ast"}, in the same order."#;

/// Parse queries and write their syntax trees as JSON lines
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Read JSON lines {"id", "q"} from stdin and write one JSON line for each
    #[arg(long, required = true)]
    lines: bool,
    /// jql refuses the extensions, jqlx takes them
    #[arg(long, value_enum, value_name = "DIALECT", default_value = "jqlx")]
    dialect: Language,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    Jql,
    Jqlx,
}

pub(super) fn run(arguments: Arguments, _terminal: &Terminal) -> Result<(), Failure> {
    let dialect = match arguments.dialect {
        Language::Jql => Dialect::Jql,
        Language::Jqlx => Dialect::Jqlx,
    };
    // Broken lines are answered, not failed on: what is left is writing, or reading from a broken pipe.
    parse_lines(stdin().lock(), stdout().lock(), dialect).map_err(|error| Failure::writing("to stdout", &error))
}
