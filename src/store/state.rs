//! The tables of a commit, ready to be asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::layout::INTERVALS;
use super::manifest::{Manifest, TableState};
use super::scan::StoredTable;
use crate::data::schema::TABLES;
use crate::error::Error;
use crate::plan::{Recorded, Tables};

/// The tables that queries name.
pub(crate) fn tables(root: &Path, states: &BTreeMap<String, TableState>) -> Result<Tables, Error> {
    let mut tables = Tables::default();
    for table in TABLES {
        if let Some(state) = states.get(table.name).filter(|state| !state.columns.is_empty()) {
            tables.insert(table.name, Arc::new(StoredTable::open(root, table.name, state)?));
        }
    }
    Ok(tables)
}

/// All tables of a commit, with the intervals that plans read instead of deriving them.
pub(crate) fn committed(root: &Path, manifest: &Manifest) -> Result<Tables, Error> {
    let mut tables = tables(root, &manifest.tables)?;
    if let Some(state) = manifest.tables.get(INTERVALS) {
        let recorded = manifest.histories.iter().map(|history| Recorded {
            field: history.field.clone(),
            field_id: history.field_id.clone(),
            several: history.several,
        });
        tables.insert_intervals(Arc::new(StoredTable::open(root, INTERVALS, state)?), recorded.collect());
    }
    Ok(tables)
}
