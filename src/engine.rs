//! The facade: open data, compile a query, run it.

use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use futures::Stream;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::semantic::Parameters;

/// The session: everything an answer depends on besides the query and the data.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The instant that `now()` is; none: the clock's, read once when the engine is opened.
    pub now: Option<jiff::Timestamp>,
    /// The zone of date literals and day boundaries; none: UTC.
    pub time_zone: Option<jiff::tz::TimeZone>,
    /// `currentUser()`: an account id, name or e-mail.
    pub user: Option<String>,
    /// Partitions that work in parallel; none: one a core.
    pub threads: Option<usize>,
    /// Bytes that a query may hold in memory before it spills or is refused; none: no limit.
    pub memory_limit: Option<usize>,
}

/// Data to ask questions of.
#[derive(Debug)]
pub struct Engine {}

impl Engine {
    /// Opens a folder of Parquet in the interchange layout (`data-model.md`).
    pub async fn open(_folder: impl AsRef<Path>, _options: Options) -> Result<Self, Error> {
        unimplemented!()
    }

    /// Parses, binds and plans; runs nothing but look-ups of values that the query names.
    pub async fn compile(&self, _text: &str, _parameters: &Parameters) -> Result<Query, Error> {
        unimplemented!()
    }

    /// All errors and warnings of a query; none where it can be run as it is.
    pub async fn check(&self, _text: &str, _parameters: &Parameters) -> Vec<Diagnostic> {
        unimplemented!()
    }
}

/// A compiled query.
#[derive(Debug)]
pub struct Query {}

impl Query {
    /// What the query means, and how it will be answered.
    pub fn explain(&self) -> Explanation {
        unimplemented!()
    }

    /// The columns of the answer.
    pub fn schema(&self) -> SchemaRef {
        unimplemented!()
    }

    /// Warnings.
    pub fn warnings(&self) -> &[Diagnostic] {
        unimplemented!()
    }

    /// Starts it. Each call runs anew.
    pub async fn run(&self) -> Result<Rows, Error> {
        unimplemented!()
    }
}

/// A query in three forms, each readable.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// In plain words.
    pub words: String,
    /// The bound query.
    pub bound: String,
    /// The optimised logical plan.
    pub logical: String,
    /// The physical plan.
    pub physical: String,
}

/// The rows of an answer, as they come.
pub struct Rows {
    schema: SchemaRef,
}

impl Rows {
    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// What the run cost so far; complete when the stream has ended.
    pub fn statistics(&self) -> Statistics {
        unimplemented!()
    }
}

impl Stream for Rows {
    type Item = Result<RecordBatch, Error>;

    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        unimplemented!()
    }
}

/// What a run cost. Times in milliseconds.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Statistics {
    /// Text to last row.
    pub elapsed_ms: f64,
    /// Text to tree.
    pub parse_ms: f64,
    /// Tree to bound query.
    pub bind_ms: f64,
    /// Bound query to physical plan.
    pub plan_ms: f64,
    /// First poll to last row.
    pub execute_ms: f64,
    /// Rows returned.
    pub rows: u64,
    /// Bytes read from Parquet files.
    pub bytes_scanned: u64,
}
