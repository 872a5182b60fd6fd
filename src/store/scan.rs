//! A stored table as DataFusion reads it.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, ScalarValue, Statistics, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::object_store::{self, ObjectMeta};
use datafusion::parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use roaring::RoaringTreemap;

use super::error::{damaged, unreadable};
use super::manifest::{FileState, TableState, Value};
use super::{columns, vectors};
use crate::data::schema::ColumnKind;
use crate::error::Error;

/// The files of a table and the rows in them that count.
#[derive(Debug)]
pub(crate) struct StoredTable {
    schema: SchemaRef,
    files: Vec<PartitionedFile>,
    statistics: Statistics,
}

impl StoredTable {
    /// Opens a table in the state that a commit says. A file that is missing or has another length is an error.
    pub(crate) fn open(root: &Path, name: &str, state: &TableState) -> Result<Self, Error> {
        let schema = columns::schema_of(&state.columns);
        let folder = root.join(name);
        let files = state.files.iter().map(|file| partitioned(&folder, state, file)).collect::<Result<Vec<_>, _>>()?;
        let mut statistics = Statistics::new_unknown(&schema);
        let rows = usize::try_from(state.rows()).unwrap_or(usize::MAX);
        statistics.num_rows = Precision::Exact(rows);
        Ok(Self { schema, files, statistics })
    }
}

fn partitioned(folder: &Path, state: &TableState, file: &FileState) -> Result<PartitionedFile, Error> {
    let path = folder.join(&file.name);
    let found = std::fs::metadata(&path).map_err(|error| unreadable(&path, &error))?;
    if found.len() != file.bytes {
        return Err(damaged(&path, &format!("it has {} bytes, and {} were written", found.len(), file.bytes)));
    }
    let location = std::fs::canonicalize(&path).map_err(|error| unreadable(&path, &error))?;
    let location = object_store::path::Path::from_absolute_path(&location).map_err(|error| damaged(&path, &error.to_string()))?;
    let last_modified = found.modified().map_err(|error| unreadable(&path, &error))?.into();
    let mut part =
        PartitionedFile::new_from_meta(ObjectMeta { location, last_modified, size: file.bytes, e_tag: None, version: None });
    if let Some(gone) = &file.gone {
        let gone = vectors::read(folder, gone)?;
        part = part.with_extension(ParquetRowSelection::new(selection(&gone, file.written_rows())));
    }
    part.statistics = Some(Arc::new(statistics(state, file)));
    Ok(part)
}

/// All rows of a file but some.
pub(crate) fn selection(gone: &RoaringTreemap, rows: u64) -> RowSelection {
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let (mut selectors, mut next) = (Vec::new(), 0);
    for row in gone.iter().take_while(|row| *row < rows) {
        if row > next {
            selectors.push(RowSelector::select(count(row - next)));
        }
        selectors.push(RowSelector::skip(1));
        next = row + 1;
    }
    if rows > next {
        selectors.push(RowSelector::select(count(rows - next)));
    }
    RowSelection::from(selectors)
}

/// What is known of a file without opening it. The bounds hold for rows that are gone as well.
fn statistics(state: &TableState, file: &FileState) -> Statistics {
    let mut statistics = Statistics::new_unknown(&columns::schema_of(&state.columns));
    statistics.num_rows = Precision::Exact(usize::try_from(file.rows()).unwrap_or(usize::MAX));
    statistics.total_byte_size = Precision::Inexact(usize::try_from(file.bytes).unwrap_or(usize::MAX));
    for (column, known) in state.columns.iter().zip(&mut statistics.column_statistics) {
        let Some((min, max)) = file.ranges.get(&column.name) else { continue };
        let bound = |value: &Value| match (value, column.kind) {
            (Value::Int(at), ColumnKind::Time) => ScalarValue::TimestampMicrosecond(Some(*at), Some("UTC".into())),
            (Value::Int(number), _) => ScalarValue::Int64(Some(*number)),
            (Value::Text(text), ColumnKind::Category) => {
                ScalarValue::Dictionary(Box::new(DataType::Int32), Box::new(ScalarValue::Utf8(Some(text.clone()))))
            }
            (Value::Text(text), _) => ScalarValue::Utf8View(Some(text.clone())),
        };
        // Bounds of texts may be cut.
        let exact = file.gone.is_none() && matches!(min, Value::Int(_));
        let precision = |value| if exact { Precision::Exact(value) } else { Precision::Inexact(value) };
        known.min_value = precision(bound(min));
        known.max_value = precision(bound(max));
    }
    statistics
}

#[async_trait]
impl TableProvider for StoredTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    fn statistics(&self) -> Option<Statistics> {
        Some(self.statistics.clone())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        if self.files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(&self.schema, projection)?)));
        }
        let groups = FileGroup::new(self.files.clone()).split_files(state.config().target_partitions());
        let source = Arc::new(ParquetSource::new(self.schema.clone()));
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_groups(groups)
            .with_statistics(self.statistics.clone())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        ParquetFormat::default().create_physical_plan(state, config).await
    }
}
