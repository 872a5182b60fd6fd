//! `import`: files of all formats into a dataset.

mod columns;
mod echoes;
mod input;
mod machine;
mod merge;
mod places;
mod read;
mod run;
mod sorter;
mod splitter;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::data::known::{Known, Place};
use crate::data::write::WriteError;
use crate::diagnostic::codes;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::formats::Format;
pub use crate::source::jira::Counts;
pub use columns::{are_columns, stage};

/// What is known beside the files: that into which they are to be brought.
pub trait Beside {
    /// Fields, sprints, projects and accounts.
    fn known(&self) -> Known {
        Known::default()
    }
    /// The issues of these ids or keys, as far as they are known.
    fn issues(&self, _ids: &HashSet<i64>, _keys: &HashSet<String>) -> Vec<Place> {
        Vec::new()
    }
}

/// Nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Beside for Nothing {}

/// What an import may do and use.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Replace the dataset that is in the output folder.
    pub replace: bool,
    /// Bytes of rows held in memory before they go to temporary files beside the output.
    pub memory: usize,
    /// Whether files that hold an answer without records are none: then nothing is written, and the summary counts nothing.
    pub may_be_empty: bool,
    /// How many problems are kept with their texts; all are counted.
    pub problems: usize,
    /// What all files are, whatever they look like; none: what each looks like.
    pub format: Option<&'static Format>,
    /// The zone of times that tell none, as exports for people have them.
    pub zone: TimeZone,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { replace: false, memory: 256 << 20, may_be_empty: false, problems: 100, format: None, zone: TimeZone::UTC }
    }
}

/// Is told how far an import is.
pub trait Progress {
    /// Bytes of the input files read, of all of them together.
    fn bytes(&self, done: u64, total: u64);
    /// Records read.
    fn records(&self, done: u64);
    /// What is being done now.
    fn stage(&self, name: &str);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn bytes(&self, _done: u64, _total: u64) {}
    fn records(&self, _done: u64) {}
    fn stage(&self, _name: &str) {}
}

/// Something that was left out, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `bad_record`: the record was skipped. `bad_value`: a part of it was.
    /// `incomplete`: the source itself gave only a part.
    pub code: Code,
    /// The file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u64,
    /// Place in its list, from 1, where the record is in one.
    pub element: Option<u64>,
    /// Bytes before the record, uncompressed.
    pub offset: u64,
    /// The record's key or id, as far as it is known.
    pub record: Option<String>,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file.display(), self.line)?;
        if let Some(element) = self.element {
            write!(f, ", element {element}")?;
        }
        write!(f, " (byte {})", self.offset)?;
        if let Some(record) = &self.record {
            write!(f, ", {record}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl Problem {
    /// The problem as a warning.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::warning(self.code, self.to_string())
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportSummary {
    /// Files read.
    pub files: usize,
    /// Records read, good and bad.
    pub records: u64,
    /// What the good ones held.
    pub counts: Counts,
    /// Issues that a later or earlier copy in the same run took the place of.
    pub duplicate_issues: u64,
    /// Events that came more than once.
    pub duplicate_events: u64,
    /// Records skipped.
    pub bad_records: u64,
    /// Parts of records left out.
    pub bad_values: u64,
    /// Lists of changes, comments or work logs that a record holds only a part of.
    pub incomplete: u64,
    /// Rows written, by table.
    pub rows: BTreeMap<String, u64>,
    /// The first of the bad records and values.
    pub problems: Vec<Problem>,
    /// Custom fields that became text because their values are of several types.
    pub mixed_fields: Vec<String>,
}

/// Why nothing was imported. The output folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be opened.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// There is no good record in any file.
    #[error("nothing in the files could be imported")]
    Nothing(Box<ImportSummary>),
    /// Temporary files cannot be written or read.
    #[error("cannot sort in temporary files in {}: {reason}", folder.display())]
    Spool {
        /// Where they are.
        folder: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// The dataset cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ImportError {
    /// Its code.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } => codes::IMPORT_UNREADABLE,
            Self::Nothing(_) => codes::IMPORT_NOTHING,
            Self::Spool { .. } => codes::IMPORT_SPOOL,
            Self::Write(error) => error.code,
        }
    }

    /// The error as diagnostics, itself first.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Write(error) => vec![error.diagnostic()],
            Self::Nothing(summary) => {
                let first = Diagnostic::error(self.code(), self.to_string())
                    .help("`jqlx import --help` lists the formats; --as names the one of files that do not show it");
                std::iter::once(first).chain(summary.problems.iter().map(Problem::diagnostic)).collect()
            }
            _ => vec![Diagnostic::error(self.code(), self.to_string())],
        }
    }
}

/// Reads `inputs` and writes a dataset into `out_dir`, whole or not at all.
pub fn import(
    inputs: &[PathBuf],
    out_dir: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<ImportSummary, ImportError> {
    import_beside(inputs, out_dir, options, progress, &Nothing)
}

/// Like [`import`], with what is known already to explain what records name: an event of an issue of which it tells only the
/// id gets the key, a field its type, an account the id by which others know it.
pub fn import_beside(
    inputs: &[PathBuf],
    out_dir: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
    beside: &dyn Beside,
) -> Result<ImportSummary, ImportError> {
    run::Run::new(inputs, out_dir, options, progress, beside)?.finish()
}
