//! What is at the other end of stdout and stderr, and how diagnostics and notes reach it.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::ValueEnum;

use super::failure::Failure;
use crate::diagnostic::{Diagnostic, Report};

/// Width of diagnostics where stderr is no terminal.
const PLAIN_WIDTH: usize = 100;

/// Options of every command.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// When to use colours; `auto` asks the terminal, NO_COLOR and TERM
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto", hide_possible_values = false)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// The two streams.
#[derive(Clone, Debug)]
pub(super) struct Terminal {
    /// Columns of the terminal at stdout; none where there is no terminal.
    pub(super) width: Option<usize>,
    /// Lines of the terminal at stdout.
    pub(super) height: Option<usize>,
    /// Whether stdout takes colours.
    pub(super) color: bool,
    /// Whether stderr is a terminal, so that notes and progress make sense.
    pub(super) notes: bool,
    error_width: usize,
    error_color: bool,
}

impl Terminal {
    /// Looks at the streams and the environment once.
    pub(super) fn new(arguments: &Arguments) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = |auto: anstream::ColorChoice| match arguments.color {
            Color::Auto => auto != anstream::ColorChoice::Never && !dumb,
            Color::Always => true,
            Color::Never => false,
        };
        let out = std::io::stdout();
        let err = std::io::stderr();
        let width = |width: Option<(terminal_size::Width, terminal_size::Height)>| width.map(|(width, _)| usize::from(width.0));
        Self {
            width: out.is_terminal().then(|| width(terminal_size::terminal_size_of(&out)).unwrap_or(80)),
            height: terminal_size::terminal_size_of(&out).map(|(_, height)| usize::from(height.0)),
            color: color(anstream::AutoStream::choice(&out)),
            notes: err.is_terminal(),
            error_width: width(terminal_size::terminal_size_of(&err)).unwrap_or(PLAIN_WIDTH).clamp(40, 140),
            error_color: color(anstream::AutoStream::choice(&err)),
        }
    }

    /// The same after the window may have changed its size.
    pub(super) fn measured(&self) -> Self {
        match terminal_size::terminal_size_of(std::io::stdout()) {
            Some((width, height)) => {
                Self { width: Some(usize::from(width.0)), height: Some(usize::from(height.0)), ..self.clone() }
            }
            None => self.clone(),
        }
    }

    /// Draws diagnostics on stderr.
    pub(super) fn report(&self, report: &Report) {
        let mut text = report.render(self.error_width, self.error_color);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// A line on stderr, where a person reads it.
    pub(super) fn note(&self, text: &str) {
        if self.notes {
            self.say(text);
        }
    }

    /// A line on stderr.
    pub(super) fn say(&self, text: &str) {
        let (dim, reset) = if self.error_color { ("\u{1b}[2m", "\u{1b}[0m") } else { ("", "") };
        let _ = writeln!(std::io::stderr(), "{dim}{text}{reset}");
    }

    /// Warnings on stderr.
    pub(super) fn warn(&self, warnings: &[Diagnostic]) {
        if !warnings.is_empty() {
            self.report(&Report::new("", "", warnings.to_vec()));
        }
    }

    /// A line on stderr as it is, for programs.
    pub(super) fn line(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Reports a failure and gives the exit code.
    pub(super) fn failure(&self, failure: &Failure) -> ExitCode {
        match failure {
            Failure::Usage(message) => {
                let (red, reset) = if self.error_color { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
                self.line(&format!("{red}error:{reset} {message}\n\nFor more information, try '--help'."));
                ExitCode::from(2)
            }
            Failure::Configuration(report) => {
                self.report(report);
                ExitCode::from(2)
            }
            Failure::Error(error) => {
                self.report(&error.report());
                ExitCode::FAILURE
            }
            Failure::Reported => ExitCode::FAILURE,
            Failure::Closed => ExitCode::SUCCESS,
            Failure::Interrupted => {
                self.say("interrupted");
                ExitCode::from(130)
            }
        }
    }
}
