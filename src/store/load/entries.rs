//! Side tables: small, so they are read, merged and written whole.

use std::collections::HashSet;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::prelude::DataFrame;

use super::keys::{Keys, Pairs, pairs, replaced, rounds, taken};
use super::{Tally, Transaction, identified, key_of};
use crate::error::Error;
use crate::store::error::failed;
use crate::store::layout::layout;
use crate::store::merge::Rule;
use crate::store::write::TableWriter;
use crate::store::{columns, merge, places};

/// Of what the rows that come are all there are.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The keys of the issues that come with them.
    pub(super) issues: &'a HashSet<String>,
    /// Whether they are all links of these issues, even where there is none.
    pub(super) with_all_links: bool,
    /// Whether they are all rows of the table.
    pub(super) whole: bool,
}

/// Brings rows into a side table.
pub(super) async fn load(
    change: &mut Transaction,
    table: &str,
    rows: DataFrame,
    told: &[String],
    scope: Scope<'_>,
) -> Result<Tally, Error> {
    let stored = change.table(table);
    let schema = columns::schema_of(&stored.columns);
    let folder = change.root().join(table);
    let broken = |error: ArrowError| failed(&folder, &error);
    let batches = rows.collect().await?;
    let batches = batches.iter().map(|batch| columns::fitted(batch, &schema)).collect::<Result<Vec<_>, _>>().map_err(broken)?;
    let comes = concat_batches(&schema, &batches).map_err(broken)?;
    identified(table, key_of(table), &comes)?;
    let there = places::all(change.root(), table, &stored, &schema)?;
    let (merged, tally) = merge_tables(table, &schema, &there, &comes, told, scope).map_err(broken)?;
    if tally.added + tally.changed == 0 && merged.num_rows() == there.num_rows() {
        return Ok(tally);
    }
    let mut writer = TableWriter::new(change.root(), table, &stored.columns)?;
    writer.write(&merged)?;
    let files = writer.finish()?;
    change.clear(table);
    change.add(table, files);
    Ok(tally)
}

fn merge_tables(
    table: &str,
    schema: &SchemaRef,
    there: &RecordBatch,
    comes: &RecordBatch,
    told: &[String],
    scope: Scope<'_>,
) -> Result<(RecordBatch, Tally), ArrowError> {
    let (rule, key) = (Rule::of(table), key_of(table));
    let there = kept_at_ends(table, &kept(table, there, comes, scope.whole)?, comes, scope)?;
    let comes = folded(rule, key, comes, told)?;
    let Pairs { there: old, comes: new, alone } = pairs(&there, &comes, key)?;
    let before = taken(&there, &old)?;
    let merged = merge::merged(rule, &before, &taken(&comes, &new)?, told)?;
    let changed = merge::differ(&before, &merged)?.into_iter().filter(|differs| *differs).count() as u64;
    let known = merged.num_rows() as u64 - changed;
    let tally = Tally { added: alone.len() as u64, changed, known, ..Tally::default() };
    let result = concat_batches(schema, &[replaced(&there, &old, merged)?, taken(&comes, &alone)?])?;
    Ok((result, tally))
}

/// The rows with those of one key merged: a source may tell of a thing several times, and only what it says in the end is
/// compared with what is there.
fn folded(rule: Rule, key: &[&str], comes: &RecordBatch, told: &[String]) -> Result<RecordBatch, ArrowError> {
    let mut rounds = rounds(comes, key)?.into_iter();
    let Some(mut so_far) = rounds.next() else { return Ok(comes.clone()) };
    for round in rounds {
        let Pairs { there: old, comes: new, .. } = pairs(&so_far, &round, key)?;
        let merged = merge::merged(rule, &taken(&so_far, &old)?, &taken(&round, &new)?, told)?;
        so_far = replaced(&so_far, &old, merged)?;
    }
    Ok(so_far)
}

/// The rows that are there, without those whose owner's rows are told anew and that are not among them. The owner of a table
/// that comes whole is the site.
fn kept(table: &str, there: &RecordBatch, comes: &RecordBatch, whole: bool) -> Result<RecordBatch, ArrowError> {
    let owner = layout(table).map_or(&[] as &[_], |layout| layout.owner);
    if owner.is_empty() && !whole {
        return Ok(there.clone());
    }
    let set = |key: &[&str]| -> Result<HashSet<Vec<u8>>, ArrowError> {
        let keys = Keys::of(comes, key)?;
        Ok((0..comes.num_rows()).map(|row| keys.at(row)).collect())
    };
    let told = set(key_of(table))?;
    let keys = Keys::of(there, key_of(table))?;
    let keep: BooleanArray = if whole {
        (0..there.num_rows()).map(|row| Some(told.contains(&keys.at(row)))).collect()
    } else {
        let (owners, of) = (set(owner)?, Keys::of(there, owner)?);
        (0..there.num_rows()).map(|row| Some(!owners.contains(&of.at(row)) || told.contains(&keys.at(row)))).collect()
    };
    filter_record_batch(there, &keep)
}

/// The rows that are there, without those of issues that come with all their rows and that are not among them. An issue comes
/// with all its rows where it comes itself and one of them does: an export may leave such rows out altogether. A live site
/// does not.
fn kept_at_ends(table: &str, there: &RecordBatch, comes: &RecordBatch, scope: Scope<'_>) -> Result<RecordBatch, ArrowError> {
    let ends = layout(table).map_or(&[] as &[_], |layout| layout.ends);
    if ends.is_empty() {
        return Ok(there.clone());
    }
    let texts = |rows: &RecordBatch| -> Result<Vec<ArrayRef>, ArrowError> {
        ends.iter().filter_map(|end| rows.column_by_name(end)).map(|column| cast(column, &DataType::Utf8View)).collect()
    };
    let columns = texts(comes)?;
    let named = columns.iter().flat_map(|column| column.as_string_view().iter().flatten());
    let whole: HashSet<&str> = match scope.with_all_links {
        true => scope.issues.iter().map(String::as_str).collect(),
        false => named.filter(|key| scope.issues.contains(*key)).collect(),
    };
    let keys = Keys::of(comes, key_of(table))?;
    let told: HashSet<Vec<u8>> = (0..comes.num_rows()).map(|row| keys.at(row)).collect();
    let (columns, keys) = (texts(there)?, Keys::of(there, key_of(table))?);
    let keep: BooleanArray = (0..there.num_rows())
        .map(|row| {
            let of_whole = columns.iter().any(|column| {
                let column = column.as_string_view();
                column.is_valid(row) && whole.contains(column.value(row))
            });
            Some(!of_whole || told.contains(&keys.at(row)))
        })
        .collect();
    filter_record_batch(there, &keep)
}
