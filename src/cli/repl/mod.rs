//! `jqlx repl`: questions one after the other, from a person or from a pipe.

mod commands;
mod complete;
mod editor;
mod help;
mod pager;
mod shell;
mod statements;

use std::io::{BufRead, IsTerminal};

use super::arguments::{Rendering, Session, Source};
use super::failure::Failure;
use super::terminal::Terminal;
use super::watch::Watch;
use shell::{Shell, Went};

const AFTER: &str = "\
Examples:
  jqlx repl --demo
  jqlx repl --data ./export --user alice
  echo 'project = PAY' | jqlx repl --demo

\\help in it lists its commands. From a pipe it takes statements that end with ; or a blank line, and exits with 1 if one failed.";

/// Ask questions one after the other, with completion, history and help
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    session: Session,
    #[command(flatten)]
    rendering: Rendering,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let person = std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb;
    let shell = Shell::open(arguments, terminal, person)?;
    if person { editor::run(shell) } else { lines(shell, terminal) }
}

/// Statements from a pipe.
fn lines(mut shell: Shell, terminal: &Terminal) -> Result<(), Failure> {
    // Ends the process, too, where it waits for the next line and not for an answer.
    let _watch = Watch::start(terminal, None)?;
    let mut reader = statements::Reader::default();
    let mut stdin = std::io::stdin().lock();
    let mut failed = false;
    loop {
        let mut bytes = Vec::new();
        let read = stdin.read_until(b'\n', &mut bytes).map_err(|error| Failure::reading("stdin", &error))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            let error = std::io::Error::new(std::io::ErrorKind::InvalidData, "the text is not UTF-8");
            Failure::reading("stdin", &error)
        })?;
        let line = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end_matches(['\n', '\r']);
        let statements = if read == 0 { reader.end() } else { reader.line(line) };
        for statement in statements {
            match shell.take(&statement) {
                Went::Well => {}
                Went::Wrong => failed = true,
                Went::Leave => return if failed { Err(Failure::Reported) } else { Ok(()) },
                Went::Interrupted => return Err(Failure::Interrupted),
                Went::Closed => return Err(Failure::Closed),
            }
        }
        if read == 0 {
            return if failed { Err(Failure::Reported) } else { Ok(()) };
        }
    }
}
