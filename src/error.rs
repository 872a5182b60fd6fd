//! Whose fault it is: the query's, the data's, the environment's or ours.

use crate::diagnostic::{Diagnostic, Report};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The query was refused. The report holds every error and warning, with spans into its text.
    #[error("the query was refused")]
    Query(Box<Report>),
    /// A file, table or column is not what it should be.
    #[error("{}", .0.message)]
    Data(Box<Diagnostic>),
    /// The machine, the network or a limit stood in the way.
    #[error("{}", .0.message)]
    Environment(Box<Diagnostic>),
    /// A mistake of jqlx itself.
    #[error("{}", .0.message)]
    Internal(Box<Diagnostic>),
}

impl Error {
    /// Every diagnostic of the error; at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Query(report) => &report.diagnostics,
            Self::Data(d) | Self::Environment(d) | Self::Internal(d) => std::slice::from_ref(d.as_ref()),
        }
    }

    /// The error as a report that can be drawn; only [`Error::Query`] has a source text.
    pub fn report(&self) -> Report {
        match self {
            Self::Query(report) => (**report).clone(),
            other => Report { name: String::new(), source: String::new(), diagnostics: other.diagnostics().to_vec() },
        }
    }
}
