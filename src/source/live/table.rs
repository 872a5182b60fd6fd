//! The issues of a live site as DataFusion asks for them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::project_schema;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::TableType;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions};

use super::fields::Fields;
use super::jql::{self, Accounts};
use super::order::Order;
use super::pages::{Asked, Pages};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::rest::{Client, Kind};

/// The issues of a site.
#[derive(Clone)]
pub(super) struct LiveTable {
    client: Arc<Client>,
    kind: Kind,
    fields: Arc<Fields>,
    accounts: Arc<Accounts>,
    order: Option<Order>,
    page: Option<usize>,
    whole_site: bool,
}

impl LiveTable {
    pub(super) fn new(
        client: Arc<Client>,
        kind: Kind,
        fields: Arc<Fields>,
        accounts: Accounts,
        page: Option<usize>,
        whole_site: bool,
    ) -> Self {
        Self { client, kind, fields, accounts: Arc::new(accounts), order: None, page, whole_site }
    }

    /// The same issues in an order.
    pub(super) fn ordered(&self, order: Order) -> Self {
        Self { order: Some(order), ..self.clone() }
    }
}

impl fmt::Debug for LiveTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveTable").field("site", &self.client.base().as_str()).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for LiveTable {
    fn schema(&self) -> SchemaRef {
        self.fields.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let schema = project_schema(&self.fields.schema(), projection)?;
        let mut columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        columns.extend(self.order.map(Order::column));
        let asked = Asked {
            condition: jql::condition(filters, &self.accounts),
            order: self.order,
            fields: self.fields.of(&columns),
            fetch: limit,
            page: self.page,
        };
        Ok(Arc::new(LiveExec::new(self.clone(), asked, schema)))
    }
}

/// Issues on their way from a site.
#[derive(Clone, Debug)]
struct LiveExec {
    table: LiveTable,
    asked: Asked,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl LiveExec {
    fn new(table: LiveTable, asked: Asked, schema: SchemaRef) -> Self {
        let sorted = asked.order.and_then(|order| {
            let key = |(name, ascending, empty_first): (&str, bool, bool)| {
                let options = SortOptions { descending: !ascending, nulls_first: empty_first };
                Some(PhysicalSortExpr::new(Arc::new(Column::new(name, schema.index_of(name).ok()?)), options))
            };
            order.columns().map(key).collect::<Option<Vec<_>>>()
        });
        let equivalence = match sorted {
            Some(sorted) => EquivalenceProperties::new_with_orderings(schema.clone(), [sorted]),
            None => EquivalenceProperties::new(schema.clone()),
        };
        let properties =
            PlanProperties::new(equivalence, Partitioning::UnknownPartitioning(1), EmissionType::Incremental, Boundedness::Bounded);
        Self { table, asked, schema, properties: Arc::new(properties) }
    }
}

impl DisplayAs for LiveExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LiveExec: jql={}, fields=[{}]", self.asked.jql(), self.asked.fields.join(", "))?;
        match self.asked.fetch {
            Some(fetch) => write!(f, ", fetch={fetch}"),
            None => Ok(()),
        }
    }
}

impl ExecutionPlan for LiveExec {
    fn name(&self) -> &'static str {
        "LiveExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion, DataFusionError>,
    ) -> Result<TreeNodeRecursion, DataFusionError> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        Ok(self)
    }

    fn with_fetch(&self, fetch: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        let asked = Asked { fetch, ..self.asked.clone() };
        Some(Arc::new(Self { asked, ..self.clone() }))
    }

    fn fetch(&self) -> Option<usize> {
        self.asked.fetch
    }

    fn execute(&self, _partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream, DataFusionError> {
        let LiveTable { client, kind, fields, .. } = self.table.clone();
        let pages = Pages::new(client, kind, fields, self.asked.clone(), self.schema.clone());
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), pages.stream())))
    }
}

/// The questions that a plan asks of Jira.
pub(crate) fn questions(plan: &Arc<dyn ExecutionPlan>) -> Vec<String> {
    let mut found: Vec<String> = plan.children().into_iter().flat_map(questions).collect();
    if let Some(live) = plan.downcast_ref::<LiveExec>() {
        found.push(live.asked.jql());
    }
    found
}

/// Why a plan is not to run: it would fetch a whole site, and nobody said to.
pub(crate) fn refusal(plan: &Arc<dyn ExecutionPlan>) -> Option<Diagnostic> {
    if !fetches_all(plan, false) {
        return None;
    }
    let help = "restrict it by something that Jira can evaluate, such as a project, a status or a date; or end it with LIMIT, \
                ordered by created or updated; or say --yes";
    Some(Diagnostic::error(codes::LIVE_WHOLE_SITE, "the query would fetch all issues of the site").help(help))
}

/// `limited`: what is above takes some rows and no more.
fn fetches_all(plan: &Arc<dyn ExecutionPlan>, limited: bool) -> bool {
    if let Some(live) = plan.downcast_ref::<LiveExec>() {
        let has_end = limited || live.asked.fetch.is_some();
        return live.asked.condition.is_all() && !has_end && !live.table.whole_site;
    }
    let passes = plan.is::<FilterExec>()
        || plan.is::<ProjectionExec>()
        || plan.is::<CooperativeExec>()
        || plan.is::<CoalescePartitionsExec>()
        || plan.is::<GlobalLimitExec>()
        || plan.is::<LocalLimitExec>();
    let limited = passes && (limited || plan.fetch().is_some());
    plan.children().into_iter().any(|child| fetches_all(child, limited))
}
