//! How the tables lie in the store: what makes two rows the same, and how files are sorted.

use crate::data::schema::ColumnKind;

/// How a table lies in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) table: &'static str,
    /// Rows with the same values of these are the same row.
    pub(crate) key: &'static [&'static str],
    /// Rows with the same values of these are told together: those that a source tells take the place of all that were there.
    pub(crate) owner: &'static [&'static str],
    /// Columns with keys of issues, whose rows are told with each of these issues.
    pub(crate) ends: &'static [&'static str],
    /// What the rows of a file have in common, as far as there are many of them; the first columns of their order.
    pub(crate) cluster: &'static [&'static str],
    /// What the rows of each file are sorted by.
    pub(crate) order: &'static [&'static str],
    /// Texts of which hardly one comes twice.
    pub(crate) unlike: &'static [&'static str],
    /// A column with a Bloom filter, by which single rows are found.
    pub(crate) bloom: Option<&'static str>,
}

/// Periods and changes, derived from the other tables.
pub(crate) const INTERVALS: &str = "intervals";

/// What each source covers, derived from the events.
pub(crate) const COVERAGE: &str = "coverage";

const fn by(table: &'static str, key: &'static [&'static str]) -> Layout {
    Layout { table, key, owner: &[], ends: &[], cluster: &[], order: key, unlike: &[], bloom: None }
}

const fn owned(table: &'static str, owner: &'static [&'static str], key: &'static [&'static str]) -> Layout {
    Layout { table, key, owner, ends: &[], cluster: &[], order: key, unlike: &[], bloom: None }
}

/// Every table that a store may have.
pub(crate) const LAYOUTS: &[Layout] = &[
    Layout {
        cluster: &["entity", "action", "field"],
        order: &["entity", "action", "field", "time", "event_id"],
        unlike: &["event_id", "issue_key", "text", "raw"],
        bloom: Some("event_id"),
        ..by("events", &["event_id"])
    },
    Layout { order: &["project", "id"], unlike: &["key", "description", "environment"], ..by("issues", &["id"]) },
    by("users", &["account_id"]),
    by("projects", &["key"]),
    by("memberships", &["group", "account_id"]),
    by("organizations", &["name"]),
    by("organization_members", &["organization", "account_id"]),
    by("statuses", &["name"]),
    by("priorities", &["name"]),
    by("issue_types", &["name"]),
    by("resolutions", &["name"]),
    by("versions", &["project", "name"]),
    by("components", &["project", "name"]),
    by("sprints", &["id"]),
    by("fields", &["id"]),
    Layout { ends: &["source", "target"], ..by("links", &["source", "type", "direction", "target"]) },
    by("remote_links", &["issue", "id", "global_id", "url"]),
    owned("properties", &["issue", "property"], &["issue", "property", "path", "value"]),
    by("workflows", &["name"]),
    by("workflow_projects", &["workflow", "project", "issue_type"]),
    owned("role_members", &["project", "role"], &["project", "role", "account_id"]),
    by("filters", &["id", "name"]),
    Layout {
        cluster: &["field", "field_id"],
        order: &["field", "field_id", "value", "issue_id", "valid_from"],
        ..by(INTERVALS, &[])
    },
    by(COVERAGE, &["origin", "entity"]),
];

/// The layout of a table.
pub(crate) fn layout(table: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.table == table)
}

/// Whether a file's manifest notes the least and the greatest value of a column.
pub(crate) fn has_range(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Int | ColumnKind::Time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::schema::{TABLES, table};

    #[test]
    fn every_table_has_a_layout_of_its_own_columns() {
        for table in TABLES {
            assert!(layout(table.name).is_some(), "{}", table.name);
        }
        for layout in LAYOUTS {
            let Some(table) = table(layout.table) else { continue };
            assert!(!layout.key.is_empty(), "{}", layout.table);
            for column in layout.key.iter().chain(layout.cluster).chain(layout.order).chain(&layout.bloom) {
                assert!(table.column(column).is_some(), "{}.{column}", layout.table);
            }
        }
    }
}
