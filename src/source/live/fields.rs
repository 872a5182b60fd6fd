//! Which fields of Jira's the columns of issues are made of.

use std::collections::BTreeMap;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use serde_json::Value;

use crate::data::rows::CustomColumns;
use crate::data::schema::{self, ColumnKind};
use crate::source::jira::{Context, Site, record};

/// Columns made of fields that every site has.
const COLUMNS: &[(&str, &[&str])] = &[
    ("id", &[]),
    ("key", &[]),
    // The key tells it.
    ("project", &[]),
    ("type", &["issuetype"]),
    ("status", &["status"]),
    ("status_category", &["status"]),
    ("priority", &["priority"]),
    ("resolution", &["resolution"]),
    ("assignee", &["assignee"]),
    ("reporter", &["reporter"]),
    ("creator", &["creator"]),
    ("summary", &["summary"]),
    ("description", &["description"]),
    ("environment", &["environment"]),
    ("created", &["created"]),
    ("updated", &["updated"]),
    ("resolved", &["resolutiondate"]),
    ("due", &["duedate"]),
    ("labels", &["labels"]),
    ("components", &["components"]),
    ("fix_versions", &["fixVersions"]),
    ("affected_versions", &["versions"]),
    ("sprints", &["sprint", "closedSprints"]),
    ("parent", &["parent"]),
    ("epic", &["parent", "epic"]),
    ("security_level", &["security"]),
    ("votes", &["votes"]),
    ("voter_ids", &["votes"]),
    ("watchers", &["watches"]),
    ("watcher_ids", &["watches"]),
    ("attachments", &["attachment"]),
    ("original_estimate", &["timeoriginalestimate", "timetracking"]),
    ("remaining_estimate", &["timeestimate", "timetracking"]),
    ("time_spent", &["timespent", "timetracking"]),
    ("status_category_changed", &["statuscategorychangedate"]),
    ("last_viewed", &["lastViewed"]),
];

/// Columns made of custom fields of these names.
const NAMED: &[(&str, &[&str])] =
    &[("story_points", &["story points", "story point estimate"]), ("parent", &["parent link"]), ("sprints", &["sprint"])];

/// What makes sprints.
const SPRINT: &str = "com.pyxis.greenhopper.jira:gh-sprint";

/// The fields of a site, as it lists them.
#[derive(Debug)]
pub(super) struct Fields {
    records: Vec<Value>,
    columns: CustomColumns,
    schema: SchemaRef,
}

impl Fields {
    /// Of the site's list, and of the custom columns that are known of it besides.
    pub(super) fn new(records: Vec<Value>, known: Option<SchemaRef>) -> Self {
        let site = site_of(&records);
        let roles = site.names.known();
        let mut kinds: BTreeMap<String, ColumnKind> = BTreeMap::new();
        for record in &records {
            let Some(id) = record["id"].as_str().filter(|id| schema::is_custom(id)) else { continue };
            if !roles.has(id) && record["schema"]["custom"] != SPRINT {
                kinds.insert(id.to_owned(), kind(&record["schema"]));
            }
        }
        for field in known.iter().flat_map(|schema| schema.fields().iter()) {
            if let (true, Some(kind)) = (schema::is_custom(field.name()), kind_of(field.data_type())) {
                kinds.insert(field.name().clone(), kind);
            }
        }
        let columns = CustomColumns::of_kinds(kinds);
        // An issue that was deleted is not found.
        let fields: Vec<_> = columns.schema().fields().iter().filter(|field| field.name() != "deleted_at").cloned().collect();
        Self { records, columns, schema: SchemaRef::new(datafusion::arrow::datatypes::Schema::new(fields)) }
    }

    /// The table's columns.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The way from issues to batches.
    pub(super) fn columns(&self) -> &CustomColumns {
        &self.columns
    }

    /// What reads issues.
    pub(super) fn site(&self) -> Site {
        site_of(&self.records)
    }

    /// The fields that some columns need.
    pub(super) fn of(&self, columns: &[&str]) -> Vec<String> {
        // Every issue has it, and without it a record is none.
        let mut fields = vec!["created".to_owned()];
        let roles = self.site().names.known();
        for column in columns {
            if schema::is_custom(column) {
                fields.push((*column).to_owned());
            }
            fields.extend(COLUMNS.iter().filter(|(name, _)| name == column).flat_map(|(_, of)| of.iter().map(|f| (*f).to_owned())));
            fields.extend(roles.fields_of(column).map(str::to_owned));
            for record in &self.records {
                let Some(id) = record["id"].as_str().filter(|id| schema::is_custom(id)) else { continue };
                let name = record["name"].as_str().unwrap_or_default().to_lowercase();
                let is_named = NAMED.iter().any(|(of, names)| of == column && names.contains(&name.as_str()));
                if is_named || (*column == "sprints" && record["schema"]["custom"] == SPRINT) {
                    fields.push(id.to_owned());
                }
            }
        }
        fields.sort();
        fields.dedup();
        fields
    }
}

fn site_of(records: &[Value]) -> Site {
    let mut site = Site::default();
    for field in records {
        // One that cannot be read has no name, and nothing is asked of it.
        let Some(field) = field.as_object() else { continue };
        let _ = record(field, Context { stream: Some("fields"), ..Context::default() }, &mut site);
    }
    site
}

/// How a field's values are kept, by the type that the site states.
fn kind(schema: &Value) -> ColumnKind {
    match schema["type"].as_str().unwrap_or_default() {
        "number" => ColumnKind::Float,
        "date" => ColumnKind::Date,
        "datetime" => ColumnKind::Time,
        "array" | "option-with-child" => ColumnKind::TextList,
        _ => ColumnKind::Text,
    }
}

fn kind_of(data_type: &DataType) -> Option<ColumnKind> {
    Some(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => ColumnKind::Text,
        DataType::List(_) | DataType::LargeList(_) => ColumnKind::TextList,
        DataType::Date32 => ColumnKind::Date,
        DataType::Timestamp(..) => ColumnKind::Time,
        of if of.is_numeric() => ColumnKind::Float,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields() -> Fields {
        let custom = |id: &str, name: &str, kind: &str, made: &str| json!({"id": id, "key": id, "name": name, "custom": true, "schema": {"type": kind, "custom": made}});
        let made = "com.atlassian.jira.plugin.system.customfieldtypes";
        Fields::new(
            vec![
                json!({"id": "labels", "key": "labels", "name": "Labels", "custom": false, "schema": {"type": "array"}}),
                custom("customfield_1", "Rank", "any", "com.pyxis.greenhopper.jira:gh-lexo-rank"),
                custom("customfield_2", "Sprint", "array", SPRINT),
                custom("customfield_3", "Story Points", "number", &format!("{made}:float")),
                custom("customfield_4", "Go live", "date", &format!("{made}:datepicker")),
                custom("customfield_5", "Epic Link", "any", "com.pyxis.greenhopper.jira:gh-epic-link"),
            ],
            None,
        )
    }

    #[test]
    fn columns_ask_for_the_fields_that_they_are_made_of() {
        let fields = fields();
        let of = |columns: &[&str]| fields.of(columns).into_iter().filter(|field| field != "created").collect::<Vec<_>>();
        assert_eq!(of(&["id", "key", "project"]), Vec::<String>::new());
        assert_eq!(of(&["status", "status_category", "due"]), ["duedate", "status"]);
        assert_eq!(of(&["rank"]), ["customfield_1"]);
        assert_eq!(of(&["sprints"]), ["closedSprints", "customfield_2", "sprint"]);
        assert_eq!(of(&["story_points"]), ["customfield_3"]);
        assert_eq!(of(&["epic"]), ["customfield_5", "epic", "parent"]);
        assert_eq!(of(&["customfield_4"]), ["customfield_4"]);
    }

    /// What has a column of its own is not a custom column as well.
    #[test]
    fn every_column_is_made_of_something() {
        let fields = fields();
        let custom: Vec<String> =
            fields.schema().fields().iter().map(|f| f.name().clone()).filter(|f| schema::is_custom(f)).collect();
        assert_eq!(custom, ["customfield_3", "customfield_4"]);
        let roles = [
            "rank",
            "story_points",
            "organizations",
            "request_type",
            "request_channel",
            "request_last_activity",
            "change_gating",
            "pull_requests",
            "pull_requests_open",
            "commits",
            "reviews",
            "reviews_open",
            "builds_failing",
        ];
        for column in fields.schema().fields().iter().map(|f| f.name().as_str()).filter(|f| !schema::is_custom(f)) {
            assert!(COLUMNS.iter().any(|(name, _)| *name == column) || roles.contains(&column), "{column}");
        }
    }
}
