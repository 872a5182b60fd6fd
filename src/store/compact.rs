//! Many small files, and files with rows that are gone, written anew as few sorted ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::coverage;
use super::error::failed;
use super::intervals;
use super::layout::layout;
use super::load::{LoadOptions, Touched};
use super::manifest::{ColumnState, FileState, TableState};
use super::scan::StoredTable;
use super::transaction::Transaction;
use super::write::{FILE_ROWS, TableWriter};
use super::{columns, verify};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::exec;
use crate::plan::plain;

/// What compact did to a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files before.
    pub before: u64,
    /// Files now.
    pub after: u64,
    /// Bytes before.
    pub bytes_before: u64,
    /// Bytes now.
    pub bytes_after: u64,
}

/// What compact did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompactedStore {
    /// The version that it made; none where there was nothing to do.
    pub version: Option<u64>,
    /// What it did to each table.
    pub tables: BTreeMap<String, Compacted>,
    /// What did not go well besides.
    pub warnings: Vec<Diagnostic>,
}

/// Compacts every table that gains by it; with `derive`, makes the derived tables of the events anew first.
pub(crate) async fn compact(root: &Path, derive: bool, options: &LoadOptions) -> Result<CompactedStore, Error> {
    let context = exec::context(options.threads, options.memory_limit)?;
    let mut change = Transaction::begin(root, false).await?;
    let before = change.tables().clone();
    if derive {
        let all = Touched { all: true, ..Touched::default() };
        options.progress.begin("deriving intervals");
        intervals::derive(&context, &mut change, &all, &options.progress).await?;
        coverage::derive(&context, &mut change).await?;
    }
    for table in before.keys() {
        let names = worth(&change.table(table));
        if !names.is_empty() {
            options.progress.begin(format!("writing {table}"));
            let columns = change.table(table).columns;
            rewrite(&context, &mut change, table, &names, &columns).await?;
        }
    }
    let mut done = CompactedStore::default();
    for (table, state) in &before {
        let now = change.table(table);
        if now.files != state.files {
            let of = |state: &TableState| (state.files.len() as u64, state.bytes());
            let ((before, bytes_before), (after, bytes_after)) = (of(state), of(&now));
            done.tables.insert(table.clone(), Compacted { before, after, bytes_before, bytes_after });
        }
    }
    if let Some(committed) = change.commit("compact").await? {
        done.version = Some(committed.version);
        done.warnings = committed.warnings;
    }
    Ok(done)
}

/// The files of a table that are better written anew: those with rows that are gone, and small ones if there are several.
fn worth(state: &TableState) -> Vec<String> {
    let is_small = |file: &&FileState| file.gone.is_none() && file.written_rows() < FILE_ROWS as u64 / 2;
    let small: Vec<_> = state.files.iter().filter(is_small).collect();
    let holed = state.files.iter().filter(|file| file.gone.is_some());
    let joined = small.len() > 1 || (small.len() == 1 && state.files.iter().any(|file| file.gone.is_some()));
    holed.chain(small.into_iter().filter(|_| joined)).map(|file| file.name.clone()).collect()
}

/// Writes all files of a table anew with other columns, which are the table's from then on. They are read as they are: a scan
/// under the new columns would have ideas of its own of how a value becomes one of another type.
pub(crate) async fn rewrite_all(
    context: &SessionContext,
    change: &mut Transaction,
    table: &str,
    columns: Vec<ColumnState>,
) -> Result<(), Error> {
    let names: Vec<String> = change.table(table).files.into_iter().map(|file| file.name).collect();
    rewrite(context, change, table, &names, &columns).await?;
    change.set_columns(table, columns);
    Ok(())
}

/// Writes files of a table anew: without rows that are gone, in the table's order.
async fn rewrite(
    context: &SessionContext,
    change: &mut Transaction,
    table: &str,
    names: &[String],
    columns: &[ColumnState],
) -> Result<(), Error> {
    change.settle()?;
    let state = change.table(table);
    let mut part = state;
    part.files.retain(|file| names.contains(&file.name));
    // A damaged file written anew would look sound.
    for file in &part.files {
        verify::check(&change.root().join(table), file)?;
    }
    let provider = StoredTable::open(change.root(), table, &part)?;
    let order = layout(table).map_or(&[] as &[_], |layout| layout.order);
    let order: Vec<_> = order.iter().map(|column| plain(column).sort(true, true)).collect();
    let mut rows = context.read_table(Arc::new(provider))?;
    if !order.is_empty() {
        rows = rows.sort(order)?;
    }
    let schema = columns::schema_of(columns);
    let folder = change.root().join(table);
    let mut writer = TableWriter::new(change.root(), table, columns)?;
    let mut stream = rows.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        writer.write(&columns::fitted(&batch, &schema).map_err(|error| failed(&folder, &error))?)?;
    }
    let files = writer.finish()?;
    change.remove_files(table, names);
    change.add(table, files);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::manifest::Gone;

    fn file(name: &str, rows: u64, gone: bool) -> FileState {
        let gone = gone.then(|| Gone { file: String::new(), offset: 0, bytes: 0, rows: 1 });
        FileState { name: name.into(), bytes: 1, crc32: 0, written: 0, groups: vec![rows], ranges: BTreeMap::new(), gone }
    }

    fn worth_of(files: Vec<FileState>) -> Vec<String> {
        worth(&TableState { files, ..TableState::default() })
    }

    #[test]
    fn what_is_large_and_whole_stays() {
        let large = FILE_ROWS as u64;
        assert!(worth_of(vec![file("large", large, false), file("small", 5, false)]).is_empty());
        assert_eq!(worth_of(vec![file("large", large, false), file("a", 5, false), file("b", 5, false)]), ["a", "b"]);
        assert_eq!(worth_of(vec![file("holed", large, true), file("a", 5, false)]), ["holed", "a"]);
    }
}
