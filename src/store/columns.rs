//! The columns of a stored table: their Arrow types, and rows of other shapes brought to them.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::{cast, is_null, nullif};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;

use super::manifest::ColumnState;
use crate::data::schema::{self, ColumnKind};

/// The Arrow schema.
pub(crate) fn schema_of(columns: &[ColumnState]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|c| Field::new(&c.name, c.kind.arrow_type(), true)).collect::<Vec<_>>()))
}

/// The columns under which a table is kept; those of types that no column of ours has are left out.
pub(crate) fn columns_of(table: &str, found: &Schema) -> Vec<ColumnState> {
    let known = schema::table(table);
    let kind = |field: &Field| match known.and_then(|table| table.column(field.name())) {
        Some(column) => Some(column.kind),
        None => kind_of(field.data_type()),
    };
    found.fields().iter().filter_map(|field| Some(ColumnState { name: field.name().clone(), kind: kind(field)? })).collect()
}

fn kind_of(found: &DataType) -> Option<ColumnKind> {
    Some(match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnKind::Text,
        DataType::Dictionary(_, value) if kind_of(value) == Some(ColumnKind::Text) => ColumnKind::Category,
        DataType::Boolean => ColumnKind::Bool,
        DataType::Timestamp(_, Some(_)) => ColumnKind::Time,
        DataType::Date32 | DataType::Date64 => ColumnKind::Date,
        DataType::List(item) if kind_of(item.data_type()) == Some(ColumnKind::Text) => ColumnKind::TextList,
        found if found.is_integer() => ColumnKind::Int,
        found if found.is_floating() => ColumnKind::Float,
        _ => return None,
    })
}

/// The columns of both. A column of two kinds takes the one that holds both; some: names of those whose stored rows must be
/// written anew for that.
pub(crate) fn merged(stored: &[ColumnState], found: &[ColumnState]) -> (Vec<ColumnState>, Vec<String>) {
    let mut columns = stored.to_vec();
    let mut changed = Vec::new();
    for new in found {
        match columns.iter_mut().find(|column| column.name == new.name) {
            None => columns.push(new.clone()),
            Some(old) if old.kind == new.kind => {}
            Some(old) => {
                let wider = wider(old.kind, new.kind);
                if wider != old.kind {
                    old.kind = wider;
                    changed.push(new.name.clone());
                }
            }
        }
    }
    (columns, changed)
}

fn wider(a: ColumnKind, b: ColumnKind) -> ColumnKind {
    use ColumnKind::{Category, Float, Int, Text, TextList};
    match (a, b) {
        (Int, Float) | (Float, Int) => Float,
        (TextList, _) | (_, TextList) => TextList,
        (Category, Text) | (Text, Category) => Text,
        _ => Text,
    }
}

/// Rows with exactly the columns of `schema`: cast, in its order, null where there is none.
pub(crate) fn fitted(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let fit = |field: &Arc<Field>| -> Result<ArrayRef, ArrowError> {
        match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => Ok(Arc::clone(column)),
            Some(column) => cast(column, field.data_type()).and_then(|cast| match (column.data_type(), field.data_type()) {
                (DataType::List(_) | DataType::LargeList(_), _) => Ok(cast),
                // A value becomes a list of one; none becomes none, and not a list of nothing.
                (_, DataType::List(_)) => nullif(&cast, &is_null(column)?),
                _ => Ok(cast),
            }),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        }
    };
    let columns = schema.fields().iter().map(fit).collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}
