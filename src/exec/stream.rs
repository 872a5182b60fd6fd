//! Rows as they come, and what they cost.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use futures::Stream;

use crate::error::Error;

/// The rows of an answer, as they come.
pub struct Rows {
    stream: SendableRecordBatchStream,
    plan: Arc<dyn ExecutionPlan>,
    statistics: Statistics,
    started: Instant,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("schema", &self.schema()).field("statistics", &self.statistics).finish_non_exhaustive()
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
    /// Start of execution to last row.
    pub execute_ms: f64,
    /// Rows returned.
    pub rows: u64,
    /// Bytes read from Parquet files.
    pub bytes_scanned: u64,
}

impl Rows {
    pub(crate) fn new(stream: SendableRecordBatchStream, plan: Arc<dyn ExecutionPlan>, statistics: Statistics) -> Self {
        Self { stream, plan, statistics, started: Instant::now() }
    }

    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.stream.schema()
    }

    /// What the run cost so far; complete when the stream has ended.
    pub fn statistics(&self) -> Statistics {
        let mut statistics = self.statistics;
        statistics.elapsed_ms = statistics.parse_ms + statistics.bind_ms + statistics.plan_ms + statistics.execute_ms;
        statistics.bytes_scanned = bytes_scanned(&self.plan);
        statistics
    }

    /// The physical plan with what each operator did so far; all of it when the stream has ended.
    pub fn measured(&self) -> String {
        DisplayableExecutionPlan::with_metrics(self.plan.as_ref()).indent(true).to_string()
    }

    /// The physical plan that runs.
    pub fn physical_plan(&self) -> &Arc<dyn ExecutionPlan> {
        &self.plan
    }
}

impl Stream for Rows {
    type Item = Result<RecordBatch, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.stream.as_mut().poll_next(context);
        if let Poll::Ready(next) = &polled {
            self.statistics.execute_ms = self.started.elapsed().as_secs_f64() * 1e3;
            if let Some(Ok(batch)) = next {
                self.statistics.rows += batch.num_rows() as u64;
            }
        }
        polled.map(|next| next.map(|batch| batch.map_err(Error::from)))
    }
}

fn bytes_scanned(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let own = plan.metrics().and_then(|m| m.sum_by_name("bytes_scanned")).map_or(0, |v| v.as_usize() as u64);
    own + plan.children().into_iter().map(bytes_scanned).sum::<u64>()
}
