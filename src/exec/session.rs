//! The DataFusion session that plans run in.

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::operator_statistics::StatisticsRegistry;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::estimates::Estimates;
use crate::error::Error;
use crate::plan::functions;

/// A session with so many partitions and so much memory.
pub(crate) fn context(threads: Option<usize>, memory_limit: Option<usize>) -> Result<SessionContext, Error> {
    let mut config = SessionConfig::new().with_information_schema(false);
    if let Some(threads) = threads {
        config = config.with_target_partitions(threads.max(1));
    }
    let options = config.options_mut();
    // Filters of events are selective: decoding only the rows that pass pays.
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    // The optimiser may find that a column is never null without telling the logical plan; the rows are the same.
    options.execution.skip_physical_aggregate_schema_check = true;
    // A side that is kept whole is read once, and what is joined to it passes by without being sorted into partitions.
    options.optimizer.use_statistics_registry = true;
    options.optimizer.hash_join_single_partition_threshold = 128 << 20;
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = memory_limit {
        let consumers = std::num::NonZeroUsize::MIN.saturating_add(4);
        runtime = runtime.with_memory_pool(Arc::new(TrackConsumersPool::new(FairSpillPool::new(bytes), consumers)));
        // The default reservation is larger than a small limit's share for each sort.
        options.execution.sort_spill_reservation_bytes = (bytes / 64).clamp(64 * 1024, 10 * 1024 * 1024);
    }
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime.build_arc()?)
        .with_default_features()
        .with_statistics_registry(StatisticsRegistry::with_providers(vec![Arc::new(Estimates)]))
        .build();
    let context = SessionContext::new_with_state(state);
    register_functions(&context);
    Ok(context)
}

/// Makes the functions that plans use known by name, for sessions that read serialised plans.
pub(crate) fn register_functions(context: &SessionContext) {
    for function in functions::registered() {
        context.register_udf(function.as_ref().clone());
    }
    for function in functions::aggregates() {
        context.register_udaf(function.as_ref().clone());
    }
}
