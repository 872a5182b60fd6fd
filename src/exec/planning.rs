//! Optimised logical plan to physical plan.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use futures::FutureExt;

/// The physical plan of a logical one and what the optimiser made of it.
///
/// DataFusion 55 drops a sort key that a filter makes constant where it sorts, but not where it asks for the order, and then
/// refuses its own plan. Such a plan is made once more with one partition, so that nothing is merged, and then without
/// pushing filters down, so that nothing is constant below.
///
/// # Errors
///
/// Where no plan can be made; a panic of the planner is an error, too.
pub(crate) async fn physical_plan(
    logical: &LogicalPlan,
    optimized: &LogicalPlan,
    state: &SessionState,
) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let refused = match planned(optimized, state).await {
        Err(error) if matches!(error.find_root(), DataFusionError::Plan(_) | DataFusionError::Internal(_)) => error,
        other => return other,
    };
    let mut alone = state.clone();
    alone.config_mut().options_mut().execution.target_partitions = 1;
    if let Ok(plan) = planned(optimized, &alone).await {
        return Ok(plan);
    }
    let rules = state.optimizers().iter().filter(|rule| rule.name() != "push_down_filter").cloned().collect();
    let plainly = SessionStateBuilder::new_from_existing(state.clone()).with_optimizer_rules(rules).build();
    // The first error says what is wrong with the plan.
    match plainly.optimize(logical) {
        Ok(optimized) => planned(&optimized, &plainly).await.map_err(|_| refused),
        Err(_) => Err(refused),
    }
}

async fn planned(plan: &LogicalPlan, state: &SessionState) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let planning = AssertUnwindSafe(state.query_planner().create_physical_plan(plan, state)).catch_unwind();
    planning.await.unwrap_or_else(|_| Err(DataFusionError::Internal("the planner panicked".into())))
}
