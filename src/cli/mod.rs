//! The command line: one file a command. Parses arguments, calls the facade, renders.
//!
//! Results go to stdout, everything else to stderr. Exit 0: success; 1: a query, a file or a check was refused or failed;
//! 2: wrong usage or configuration; 130: interrupted.

mod arguments;
mod catalogue;
mod check;
mod compact;
mod completions;
mod config;
mod demo;
mod explain;
mod failure;
mod import;
mod output;
mod parse;
mod place;
mod progress;
mod query;
mod repl;
mod session;
mod status;
mod sync;
mod terminal;
mod test;
mod vacuum;
mod verify;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use terminal::Terminal;

/// Stack of the thread that runs a command. Deep queries are parsed, bound and dropped on it; memory is taken as it is used.
const STACK: usize = 64 << 20;

const AFTER: &str = "\
Examples:
  jqlx query --demo 'ACTIVITY WHERE comment DELETED AFTER -30d'
  jqlx query --data ./export 'project = PAY AND status WAS \"In Progress\" BY alice'
  jqlx import issues.ndjson.gz
  jqlx query 'project = PAY AND assignee CHANGED BY alice'
  jqlx repl --demo
  jqlx fields assign

`jqlx COMMAND --help` has more of each.";

/// Ask a Jira site's data who changed what, when, and what was deleted: JQL extended with activity.
#[derive(Parser, Debug)]
#[command(name = "jqlx", version, about, after_help = AFTER, max_term_width = 120, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    terminal: terminal::Arguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Query(query::Arguments),
    Repl(repl::Arguments),
    Check(check::Arguments),
    Explain(explain::Arguments),
    Fields(catalogue::Fields),
    Functions(catalogue::Functions),
    Verbs(catalogue::Verbs),
    Sync(sync::Arguments),
    Import(import::Arguments),
    Status(status::Arguments),
    Compact(compact::Arguments),
    Vacuum(vacuum::Arguments),
    Verify(verify::Arguments),
    Demo(demo::Arguments),
    Parse(parse::Arguments),
    Test(test::Arguments),
    Completions(completions::Arguments),
}

impl Command {
    fn run(self, terminal: &Terminal) -> Result<(), Failure> {
        match self {
            Command::Query(arguments) => query::run(arguments, terminal),
            Command::Repl(arguments) => repl::run(arguments, terminal),
            Command::Check(arguments) => check::run(arguments, terminal),
            Command::Explain(arguments) => explain::run(arguments, terminal),
            Command::Fields(arguments) => catalogue::fields(arguments, terminal),
            Command::Functions(arguments) => catalogue::functions(arguments, terminal),
            Command::Verbs(arguments) => catalogue::verbs(arguments, terminal),
            Command::Sync(arguments) => sync::run(arguments, terminal),
            Command::Import(arguments) => import::run(arguments, terminal),
            Command::Status(arguments) => status::run(&arguments),
            Command::Compact(arguments) => compact::run(arguments, terminal),
            Command::Vacuum(arguments) => vacuum::run(arguments, terminal),
            Command::Verify(arguments) => verify::run(arguments, terminal),
            Command::Demo(arguments) => demo::run(arguments, terminal),
            Command::Parse(arguments) => parse::run(arguments, terminal),
            Command::Test(arguments) => test::run(arguments, terminal),
            Command::Completions(arguments) => completions::run(arguments, terminal),
        }
    }
}

/// Reads the process's arguments, runs the command, reports a failure, and says with what code to exit.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let work = move || {
        let terminal = Terminal::new(&cli.terminal);
        match cli.command.run(&terminal) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => terminal.failure(&failure),
        }
    };
    match std::thread::Builder::new().name("command".into()).stack_size(STACK).spawn(work) {
        Ok(thread) => thread.join().unwrap_or(ExitCode::from(101)),
        Err(error) => {
            eprintln!("error: cannot start a thread: {error}");
            ExitCode::FAILURE
        }
    }
}
