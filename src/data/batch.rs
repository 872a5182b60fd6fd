//! From row structs to Arrow batches with the schema of their table.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, ListBuilder, RecordBatch, RecordBatchOptions,
    StringBuilder, StringDictionaryBuilder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::{Field, Int32Type, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use super::rows::*;
use super::schema::{self, ColumnKind};

/// One cell of a row, before it is typed by its column.
pub(super) enum Cell<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
    Float(Option<f64>),
    Bool(Option<bool>),
    List(&'a [String]),
}

pub(super) trait AsCell {
    fn cell(&self) -> Cell<'_>;
}

macro_rules! as_cell {
    ($($ty:ty => |$v:ident| $cell:expr;)*) => {
        $(impl AsCell for $ty { fn cell(&self) -> Cell<'_> { let $v = self; $cell } })*
    };
}

as_cell! {
    String => |v| Cell::Text(Some(v));
    Option<String> => |v| Cell::Text(v.as_deref());
    i64 => |v| Cell::Int(Some(*v));
    Option<i64> => |v| Cell::Int(*v);
    Option<i32> => |v| Cell::Int(v.map(i64::from));
    Option<f64> => |v| Cell::Float(*v);
    Option<bool> => |v| Cell::Bool(*v);
    Vec<String> => |v| Cell::List(v);
}

/// What all row structs have in common.
pub(crate) trait Row {
    /// The name of its table in [`schema::TABLES`].
    const TABLE: &'static str;
    /// Its cells in the order of the table's columns.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// The value of a custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomValue {
    /// Text, a selected option, an account id.
    Text(String),
    /// A number.
    Number(f64),
    /// An instant in UTC microseconds.
    Time(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Several options, labels, account ids.
    TextList(Vec<String>),
}

impl CustomValue {
    /// The type of a column that holds it.
    pub fn kind(&self) -> ColumnKind {
        match self {
            Self::Text(_) => ColumnKind::Text,
            Self::Number(_) => ColumnKind::Float,
            Self::Time(_) => ColumnKind::Time,
            Self::Date(_) => ColumnKind::Date,
            Self::TextList(_) => ColumnKind::TextList,
        }
    }

    /// The value as text, for a column of mixed types.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(v) => v.clone(),
            Self::Number(v) => v.to_string(),
            Self::Time(v) => Timestamp::from_microsecond(*v).map_or_else(|_| v.to_string(), |t| t.to_string()),
            Self::Date(v) => date_text(*v),
            Self::TextList(v) => v.join(", "),
        }
    }
}

/// Custom columns of `issues` and their types: the union over the issues that were shown to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomColumns {
    kinds: BTreeMap<String, ColumnKind>,
    mixed: BTreeMap<String, (ColumnKind, ColumnKind)>,
}

impl CustomColumns {
    /// Takes the custom columns of an issue into account.
    pub fn observe(&mut self, issue: &IssueRow) {
        for (column, value) in &issue.custom {
            let kind = value.kind();
            match self.kinds.get_mut(column) {
                None => {
                    self.kinds.insert(column.clone(), kind);
                }
                Some(known) if *known == kind => {}
                // One option and several are one field: a single value is a list of one.
                Some(known) if fits_in_list(*known, kind) => *known = ColumnKind::TextList,
                Some(known) => {
                    self.mixed.entry(column.clone()).or_insert((*known, kind));
                    *known = ColumnKind::Text;
                }
            }
        }
    }

    /// Columns of which the types are known.
    #[cfg(feature = "sync")]
    pub(crate) fn of_kinds(kinds: BTreeMap<String, ColumnKind>) -> Self {
        Self { kinds, mixed: BTreeMap::new() }
    }

    /// The custom columns of these issues.
    pub fn of(issues: &[IssueRow]) -> Self {
        let mut columns = Self::default();
        issues.iter().for_each(|i| columns.observe(i));
        columns
    }

    /// Columns in name order with their types.
    pub fn iter(&self) -> impl Iterator<Item = (&str, ColumnKind)> {
        self.kinds.iter().map(|(name, kind)| (name.as_str(), *kind))
    }

    /// Columns that are text because their values are of several types, with two of them.
    pub fn mixed(&self) -> impl Iterator<Item = (&str, ColumnKind, ColumnKind)> {
        self.mixed.iter().map(|(name, (a, b))| (name.as_str(), *a, *b))
    }

    /// The schema of `issues` with these columns at its end.
    pub fn schema(&self) -> SchemaRef {
        let mut fields = table_fields(IssueRow::TABLE);
        fields.extend(self.iter().map(|(name, kind)| Field::new(name, kind.arrow_type(), true)));
        Arc::new(Schema::new(fields))
    }

    /// The issues as a batch of [`Self::schema`].
    pub fn batch(&self, issues: &[IssueRow]) -> Result<RecordBatch, ArrowError> {
        let mut columns = columns(issues)?;
        for (name, kind) in self.iter() {
            let mut builder = ColumnBuilder::new(kind, issues.len());
            for issue in issues {
                let value = issue.custom.iter().find(|(n, _)| n == name).map(|(_, v)| v);
                let text;
                let cell = match value {
                    None if kind == ColumnKind::TextList => Cell::List(&[]),
                    None => Cell::Text(None),
                    Some(CustomValue::Text(v)) if kind == ColumnKind::TextList => Cell::List(std::slice::from_ref(v)),
                    Some(v) if v.kind() != kind => {
                        text = v.to_text();
                        Cell::Text(Some(&text))
                    }
                    Some(CustomValue::Text(v)) => Cell::Text(Some(v)),
                    Some(CustomValue::Number(v)) => Cell::Float(Some(*v)),
                    Some(CustomValue::Time(v)) => Cell::Int(Some(*v)),
                    Some(CustomValue::Date(v)) => Cell::Int(Some(i64::from(*v))),
                    Some(CustomValue::TextList(v)) => Cell::List(v),
                };
                builder.push(cell)?;
            }
            columns.push(builder.finish());
        }
        make_batch(self.schema(), columns, issues.len())
    }
}

/// Events as a batch of the schema of `events`.
pub fn events_batch(events: &[EventRow]) -> Result<RecordBatch, ArrowError> {
    batch(events)
}

/// Issues as a batch of the schema of `issues`, with the union of their custom columns.
pub fn issues_batch(issues: &[IssueRow]) -> Result<RecordBatch, ArrowError> {
    CustomColumns::of(issues).batch(issues)
}

/// Rows of any table as a batch of its schema.
pub(crate) fn batch<R: Row>(rows: &[R]) -> Result<RecordBatch, ArrowError> {
    let schema = Arc::new(Schema::new(table_fields(R::TABLE)));
    make_batch(schema, columns(rows)?, rows.len())
}

macro_rules! tables {
    ($($field:ident: $row:ty => $table:literal, $doc:literal;)*) => {
        /// All tables of one dataset in memory. An empty side table is an absent one.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Tables {
            $(#[doc = $doc] pub $field: Vec<$row>,)*
        }

        impl Tables {
            /// The tables as batches by name: `events` and `issues` always, others where not empty.
            pub fn batches(&self) -> Result<Vec<(&'static str, RecordBatch)>, ArrowError> {
                let mut batches = vec![
                    ("events", events_batch(&self.events)?),
                    ("issues", issues_batch(&self.issues)?),
                ];
                batches.extend(self.side_batches()?);
                Ok(batches)
            }

            /// The side tables that are not empty, as batches by name.
            pub fn side_batches(&self) -> Result<Vec<(&'static str, RecordBatch)>, ArrowError> {
                let mut batches = Vec::new();
                $(if !matches!($table, "events" | "issues") && !self.$field.is_empty() {
                    batches.push(($table, batch(&self.$field)?));
                })*
                Ok(batches)
            }
        }
    };
}

tables! {
    events: EventRow => "events", "Changes.";
    issues: IssueRow => "issues", "The present.";
    users: UserRow => "users", "Accounts.";
    projects: ProjectRow => "projects", "Projects.";
    memberships: MembershipRow => "memberships", "Who is in which group.";
    organizations: OrganizationRow => "organizations", "Customer organizations.";
    organization_members: OrganizationMemberRow => "organization_members", "Who is in which organization.";
    statuses: StatusRow => "statuses", "Statuses.";
    priorities: PriorityRow => "priorities", "Priorities.";
    issue_types: IssueTypeRow => "issue_types", "Issue types.";
    resolutions: ResolutionRow => "resolutions", "Resolutions.";
    versions: VersionRow => "versions", "Versions.";
    components: ComponentRow => "components", "Components.";
    sprints: SprintRow => "sprints", "Sprints.";
    fields: FieldRow => "fields", "Fields.";
    links: LinkRow => "links", "Links between issues.";
    remote_links: RemoteLinkRow => "remote_links", "Links to the outside.";
    properties: PropertyRow => "properties", "Entity properties of issues.";
    workflows: WorkflowRow => "workflows", "Workflows.";
    workflow_projects: WorkflowProjectRow => "workflow_projects", "Which project uses which workflow.";
    role_members: RoleMemberRow => "role_members", "Who has which role in which project.";
    filters: FilterRow => "filters", "Saved queries.";
}

/// The UTC microseconds of an RFC 3339 instant such as `2026-06-15T12:00:00Z`.
pub fn time(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

/// The days since 1970-01-01 of a date such as `2026-06-15`.
pub fn date(text: &str) -> Option<i32> {
    text.parse::<civil::Date>().ok().map(days)
}

/// The days since 1970-01-01.
pub(crate) fn days(date: civil::Date) -> i32 {
    let seconds = date.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |z| z.timestamp().as_second());
    seconds.div_euclid(86_400) as i32
}

/// The day as `2026-06-15`.
pub(crate) fn date_text(days: i32) -> String {
    match Timestamp::from_second(i64::from(days) * 86_400) {
        Ok(t) => t.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
        Err(_) => days.to_string(),
    }
}

fn fits_in_list(a: ColumnKind, b: ColumnKind) -> bool {
    matches!((a, b), (ColumnKind::Text, ColumnKind::TextList) | (ColumnKind::TextList, ColumnKind::Text))
}

fn table_fields(table: &str) -> Vec<Field> {
    schema::table(table).map(|t| t.columns.iter().map(schema::Column::field).collect()).unwrap_or_default()
}

fn columns<R: Row>(rows: &[R]) -> Result<Vec<ArrayRef>, ArrowError> {
    let known = schema::table(R::TABLE).map_or(&[][..], |t| t.columns);
    let mut builders: Vec<_> = known.iter().map(|c| ColumnBuilder::new(c.kind, rows.len())).collect();
    for row in rows {
        for (builder, cell) in builders.iter_mut().zip(row.cells()) {
            builder.push(cell)?;
        }
    }
    Ok(builders.into_iter().map(ColumnBuilder::finish).collect())
}

fn make_batch(schema: SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

enum ColumnBuilder {
    Text(StringViewBuilder),
    Category(StringDictionaryBuilder<Int32Type>),
    Int(Int64Builder),
    Float(Float64Builder),
    Bool(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Date(Date32Builder),
    TextList(ListBuilder<StringBuilder>),
}

impl ColumnBuilder {
    fn new(kind: ColumnKind, rows: usize) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(StringViewBuilder::with_capacity(rows)),
            ColumnKind::Category => Self::Category(StringDictionaryBuilder::new()),
            ColumnKind::Int => Self::Int(Int64Builder::with_capacity(rows)),
            ColumnKind::Float => Self::Float(Float64Builder::with_capacity(rows)),
            ColumnKind::Bool => Self::Bool(BooleanBuilder::with_capacity(rows)),
            ColumnKind::Time => Self::Time(TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC")),
            ColumnKind::Date => Self::Date(Date32Builder::with_capacity(rows)),
            ColumnKind::TextList => Self::TextList(ListBuilder::new(StringBuilder::new())),
        }
    }

    /// Appends a cell; one that does not fit the column (which no row struct yields) is null.
    fn push(&mut self, cell: Cell<'_>) -> Result<(), ArrowError> {
        match (self, cell) {
            (Self::Text(b), Cell::Text(v)) => b.append_option(v),
            (Self::Text(b), _) => b.append_null(),
            (Self::Category(b), Cell::Text(Some(v))) => {
                b.append(v)?;
            }
            (Self::Category(b), _) => b.append_null(),
            (Self::Int(b), Cell::Int(v)) => b.append_option(v),
            (Self::Int(b), _) => b.append_null(),
            (Self::Float(b), Cell::Float(v)) => b.append_option(v),
            (Self::Float(b), _) => b.append_null(),
            (Self::Bool(b), Cell::Bool(v)) => b.append_option(v),
            (Self::Bool(b), _) => b.append_null(),
            (Self::Time(b), Cell::Int(v)) => b.append_option(v),
            (Self::Time(b), _) => b.append_null(),
            (Self::Date(b), Cell::Int(v)) => b.append_option(v.and_then(|v| i32::try_from(v).ok())),
            (Self::Date(b), _) => b.append_null(),
            (Self::TextList(b), Cell::List(v)) => {
                v.iter().for_each(|v| b.values().append_value(v));
                b.append(true);
            }
            (Self::TextList(b), _) => b.append(true),
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut b) => Arc::new(b.finish()),
            Self::Category(mut b) => Arc::new(b.finish()),
            Self::Int(mut b) => Arc::new(b.finish()),
            Self::Float(mut b) => Arc::new(b.finish()),
            Self::Bool(mut b) => Arc::new(b.finish()),
            Self::Time(mut b) => Arc::new(b.finish()),
            Self::Date(mut b) => Arc::new(b.finish()),
            Self::TextList(mut b) => Arc::new(b.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits<R: Row + Default + Serialize>() {
        let table = schema::table(R::TABLE).expect("a row's table is listed");
        let row = R::default();
        let cells = row.cells();
        assert_eq!(cells.len(), table.columns.len(), "{}", table.name);
        for (cell, column) in cells.iter().zip(table.columns) {
            let fits = match cell {
                Cell::Text(_) => matches!(column.kind, ColumnKind::Text | ColumnKind::Category),
                Cell::Int(_) => {
                    matches!(column.kind, ColumnKind::Int | ColumnKind::Time | ColumnKind::Date)
                }
                Cell::Float(_) => column.kind == ColumnKind::Float,
                Cell::Bool(_) => column.kind == ColumnKind::Bool,
                Cell::List(_) => column.kind == ColumnKind::TextList,
            };
            assert!(fits, "{}.{}", table.name, column.name);
        }
        let made = batch(&[R::default()]).expect("a default row is a row");
        assert_eq!(made.schema(), table.schema());
        // Fields stand in the order of the columns, so that no two can be swapped unseen.
        let json = serde_json::to_string(&row).expect("a row is plain data");
        let mut rest = json.as_str();
        for column in table.columns.iter().filter(|c| c.name != "type") {
            let name = format!("\"{}\":", column.name);
            let found = rest.find(&name);
            assert!(found.is_some(), "{}.{}", table.name, column.name);
            rest = &rest[found.unwrap_or(0)..];
        }
    }

    #[test]
    fn every_row_struct_fits_its_table() {
        fits::<EventRow>();
        fits::<IssueRow>();
        fits::<UserRow>();
        fits::<ProjectRow>();
        fits::<MembershipRow>();
        fits::<OrganizationRow>();
        fits::<OrganizationMemberRow>();
        fits::<StatusRow>();
        fits::<PriorityRow>();
        fits::<IssueTypeRow>();
        fits::<ResolutionRow>();
        fits::<VersionRow>();
        fits::<ComponentRow>();
        fits::<SprintRow>();
        fits::<FieldRow>();
        fits::<LinkRow>();
        fits::<RemoteLinkRow>();
        fits::<PropertyRow>();
        fits::<WorkflowRow>();
        fits::<WorkflowProjectRow>();
        fits::<RoleMemberRow>();
        fits::<FilterRow>();
    }

    #[test]
    fn every_table_has_a_row_struct_and_a_place_in_tables() {
        let json = serde_json::to_value(Tables::default()).expect("tables are plain data");
        let names: Vec<_> = json.as_object().expect("a struct").keys().cloned().collect();
        let mut listed: Vec<_> = schema::TABLES.iter().map(|t| t.name.to_string()).collect();
        listed.sort();
        assert_eq!(names, listed);
    }

    #[test]
    fn custom_columns_of_mixed_types_become_text() {
        let issue = |value| IssueRow { custom: vec![("customfield_1".into(), value)], ..IssueRow::default() };
        let issues = [issue(CustomValue::Number(1.5)), issue(CustomValue::Date(0))];
        let columns = CustomColumns::of(&issues);
        assert_eq!(columns.iter().collect::<Vec<_>>(), [("customfield_1", ColumnKind::Text)]);
        assert_eq!(columns.mixed().count(), 1);
        let batch = issues_batch(&issues).expect("a batch");
        let column = batch.column_by_name("customfield_1").expect("the custom column");
        let text: Vec<_> =
            datafusion::arrow::array::AsArray::as_string_view(column).iter().map(|v| v.unwrap_or_default().to_string()).collect();
        assert_eq!(text, ["1.5", "1970-01-01"]);
    }
}
