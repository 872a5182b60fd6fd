//! Plans can be sent elsewhere: each plan, and what the optimiser makes of it, goes through datafusion-proto's bytes and gives
//! the same rows in a session that knows jqlx's functions by their names only.

use std::sync::{Arc, Mutex};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, TableReference, exec_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::prelude::SessionContext;
use datafusion_proto::bytes::{logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use jqlx::{Engine, Error, JqlContext, Options, Parameters, data};

/// Both ends know the tables by number.
#[derive(Debug, Default)]
struct Numbered(Mutex<Vec<Arc<dyn TableProvider>>>);

impl LogicalExtensionCodec for Numbered {
    fn try_decode(&self, _: &[u8], _: &[LogicalPlan], _: &TaskContext) -> Result<Extension, DataFusionError> {
        exec_err!("plans have no nodes beyond DataFusion's")
    }

    fn try_encode(&self, node: &Extension, _: &mut Vec<u8>) -> Result<(), DataFusionError> {
        exec_err!("{} is no node of DataFusion's", node.node.name())
    }

    fn try_decode_table_provider(
        &self,
        number: &[u8],
        name: &TableReference,
        _: SchemaRef,
        _: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let tables = self.0.lock().expect("no thread failed");
        let table = number.first().and_then(|number| tables.get(usize::from(*number)));
        table.cloned().map_or_else(|| exec_err!("there is no table {name}"), Ok)
    }

    fn try_encode_table_provider(
        &self,
        _: &TableReference,
        table: Arc<dyn TableProvider>,
        number: &mut Vec<u8>,
    ) -> Result<(), DataFusionError> {
        let mut tables = self.0.lock().expect("no thread failed");
        let at = tables.iter().position(|known| Arc::ptr_eq(known, &table)).unwrap_or_else(|| {
            tables.push(table);
            tables.len() - 1
        });
        number.push(u8::try_from(at).expect("few tables"));
        Ok(())
    }
}

async fn rows(context: &SessionContext, plan: LogicalPlan) -> Result<Vec<String>, DataFusionError> {
    let batches = context.execute_logical_plan(plan).await?.collect().await?;
    let mut lines: Vec<String> = pretty_format_batches(&batches)?.to_string().lines().map(str::to_owned).collect();
    lines.sort();
    Ok(lines)
}

#[test]
fn every_plan_survives_being_sent() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_stack_size(16 << 20).enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let options = Options {
            now: jiff::Timestamp::from_microsecond(data::demo::NOW).ok(),
            user: Some("alice".to_string()),
            threads: Some(2),
            ..Options::default()
        };
        let engine = Engine::from_tables(data::demo::demo(), options).await.expect("the demo");
        let elsewhere = SessionContext::new();
        elsewhere.register_jql_functions();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries");
        let mut sent = 0;
        for file in std::fs::read_dir(folder).expect("tests/queries") {
            let file = file.expect("an entry").path();
            let text = std::fs::read_to_string(&file).expect("a readable query");
            let query = match engine.compile(&text, &Parameters::new()).await {
                Ok(query) => query,
                Err(Error::Query(_)) => continue,
                Err(other) => panic!("{}: {other}", file.display()),
            };
            let own = query.logical_plan().clone();
            let wanted = rows(engine.context(), own.clone()).await.expect("the plan runs");
            let optimized = engine.context().state().optimize(&own).expect("it can be optimised");
            for plan in [own, optimized] {
                let codec = Numbered::default();
                let bytes = logical_plan_to_bytes_with_extension_codec(&plan, &codec);
                let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}\n{}", file.display(), plan.display_indent()));
                let back = logical_plan_from_bytes_with_extension_codec(&bytes, &elsewhere.task_ctx(), &codec);
                let back = back.unwrap_or_else(|error| panic!("{}: {error}\n{}", file.display(), plan.display_indent()));
                let got = rows(&elsewhere, back).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
                assert_eq!(got, wanted, "{}", file.display());
                sent += 1;
            }
        }
        assert!(sent >= 40, "only {sent} plans were sent");
    });
}
