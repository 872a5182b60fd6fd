//! What tables already tell of a site, for what is read beside them: records name things by keys that only others explain.

use std::collections::{BTreeMap, HashSet};

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::rows::FieldRow;
use super::site::Site;
use crate::error::Error;
use crate::plan::{Tables, plain};

/// What is known of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Custom fields, with their types.
    pub fields: Vec<FieldRow>,
    /// Names of sprints by id.
    pub sprints: BTreeMap<i64, String>,
    /// Keys of projects by id.
    pub projects: BTreeMap<String, String>,
    /// Accounts by other keys of theirs.
    pub accounts: BTreeMap<String, String>,
}

/// An issue's id, key and project.
pub type Place = (i64, String, Option<String>);

/// What the small tables tell.
///
/// # Errors
///
/// As [`super::site::catalog`].
pub async fn known(context: &SessionContext, tables: &Tables) -> Result<Known, Error> {
    let site = Site { context, tables };
    let mut known = Known::default();
    if let Some(rows) = site.rows("fields").await? {
        known.fields.extend(rows.iter().filter_map(|row| {
            let (id, name) = (row.text("id")?, row.text("name")?);
            Some(FieldRow { id, name, field_type: row.text("type"), aliases: Vec::new() })
        }));
    }
    if let Some(rows) = site.rows("sprints").await? {
        known.sprints.extend(rows.iter().filter_map(|row| Some((row.int("id")?, row.text("name")?))));
    }
    if let Some(rows) = site.rows("projects").await? {
        known.projects.extend(rows.iter().filter_map(|row| Some((row.text("id")?, row.text("key")?))));
    }
    if let Some(rows) = site.rows("users").await? {
        let ids: HashSet<String> = rows.iter().filter_map(|row| row.text("account_id")).collect();
        for row in rows.iter() {
            let Some(id) = row.text("account_id") else { continue };
            let others = row.texts("aliases").into_iter().filter(|alias| !ids.contains(alias));
            known.accounts.extend(others.map(|alias| (alias, id.clone())));
        }
    }
    Ok(known)
}

/// The issues of these ids or keys.
///
/// # Errors
///
/// As [`super::site::catalog`].
pub async fn issues(
    context: &SessionContext,
    tables: &Tables,
    ids: &HashSet<i64>,
    keys: &HashSet<String>,
) -> Result<Vec<Place>, Error> {
    let Some(provider) = tables.get("issues") else { return Ok(Vec::new()) };
    let project = provider.schema().column_with_name("project").is_some();
    let mut columns = vec![plain("id"), plain("key")];
    columns.extend(project.then(|| plain("project")));
    let mut rows = context.read_table(provider.clone())?.select(columns)?.execute_stream().await?;
    let mut found = Vec::new();
    while let Some(batch) = rows.try_next().await? {
        let texts = |at: usize| batch.columns().get(at).and_then(|column| cast(column, &DataType::Utf8View).ok());
        let (Some(numbers), Some(names)) = (batch.column(0).as_primitive_opt::<Int64Type>(), texts(1)) else { continue };
        let (names, projects) = (names.as_string_view(), texts(2));
        let projects = projects.as_ref().map(|projects| projects.as_string_view());
        for (row, (id, name)) in numbers.iter().zip(names).enumerate() {
            if let (Some(id), Some(name)) = (id, name)
                && (ids.contains(&id) || keys.contains(name))
            {
                let project = projects.filter(|projects| projects.is_valid(row)).map(|projects| projects.value(row).to_owned());
                found.push((id, name.to_owned(), project));
            }
        }
    }
    Ok(found)
}
