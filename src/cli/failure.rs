//! Why a command ended without success.

use std::fmt::Display;
use std::io;

use crate::Error;
use crate::diagnostic::{Code, Diagnostic, Report, codes};

/// Why a command ended without success.
#[derive(Debug)]
pub(super) enum Failure {
    /// The arguments do not fit together: exit 2.
    Usage(String),
    /// The configuration file is not what it should be: exit 2.
    Configuration(Box<Report>),
    /// An error with diagnostics: exit 1.
    Error(Error),
    /// What there was to say has been said: exit 1.
    Reported,
    /// The reader of stdout went away (`| head`): exit 0.
    Closed,
    /// Ctrl-C: exit 130.
    Interrupted,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

impl Failure {
    /// An error of the environment.
    pub(super) fn environment(code: Code, message: impl Into<String>) -> Self {
        Failure::Error(Error::Environment(Box::new(Diagnostic::error(code, message))))
    }

    /// A file or stdin that cannot be read.
    pub(super) fn reading(what: impl Display, error: &io::Error) -> Self {
        Self::environment(codes::CANNOT_READ, format!("cannot read {what}: {}", reason(error)))
    }

    /// An output that cannot be written. A pipe whose reader went away is no error.
    pub(super) fn writing(what: impl Display, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Self::environment(codes::CANNOT_WRITE, format!("cannot write {what}: {}", reason(error))),
        }
    }
}

/// The same diagnostic in the command line's words: how to replace a dataset is an option here.
pub(super) fn with_options(diagnostic: Diagnostic) -> Diagnostic {
    match diagnostic.code {
        codes::DATASET_EXISTS => diagnostic.help("write to a new folder, or replace what is there with --replace"),
        _ => diagnostic,
    }
}

/// The error without its number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}
