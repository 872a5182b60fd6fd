//! `jqlx completions`: completion scripts for shells.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::failure::Failure;
use super::terminal::Terminal;

const AFTER: &str = "\
Examples:
  jqlx completions bash > ~/.local/share/bash-completion/completions/jqlx
  jqlx completions zsh > ~/.zfunc/_jqlx
  jqlx completions fish > ~/.config/fish/completions/jqlx.fish";

/// Write the completion script of a shell
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: Arguments, _terminal: &Terminal) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Cli::command(), "jqlx", &mut script);
    std::io::stdout().write_all(&script).map_err(|error| Failure::writing("to stdout", &error))
}
