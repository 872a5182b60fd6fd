//! Optimised logical plan to physical plan.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use futures::FutureExt;

/// The physical plan.
///
/// DataFusion 55 drops a sort key that a filter makes constant from the sort of each partition, but not from the merge
/// above it, and then refuses its own plan. With one partition nothing is merged, so a plan that is refused is made so.
///
/// # Errors
///
/// Where no plan can be made; a panic of the planner is an error, too.
pub(crate) async fn physical_plan(plan: &LogicalPlan, state: &SessionState) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let refused = match planned(plan, state).await {
        Err(error) if matches!(error.find_root(), DataFusionError::Plan(_) | DataFusionError::Internal(_)) => error,
        other => return other,
    };
    let mut alone = state.clone();
    alone.config_mut().options_mut().execution.target_partitions = 1;
    // The first error says what is wrong with the plan.
    planned(plan, &alone).await.map_err(|_| refused)
}

async fn planned(plan: &LogicalPlan, state: &SessionState) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let planning = AssertUnwindSafe(state.query_planner().create_physical_plan(plan, state)).catch_unwind();
    planning.await.unwrap_or_else(|_| Err(DataFusionError::Internal("the planner panicked".into())))
}
