//! What the tables add to the catalogue: users, projects, statuses, custom fields and so on.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::SessionContext;

use super::schema;
use crate::catalog::fields::Kind;
use crate::catalog::{Catalog, CustomField, Filter, LinkType, NamedValue, Person, Project, Role, Values, Version};
use crate::error::Error;
use crate::plan::{Tables, col};
use crate::semantic::bound::Shape;
use crate::syntax::{self, Dialect};

/// Reads the side tables. They are small beside issues and events.
pub async fn catalog(context: &SessionContext, tables: &Tables) -> Result<Catalog, Error> {
    let mut catalog = Catalog::default();
    for (table, columns) in [("issues", &mut catalog.issue_columns), ("events", &mut catalog.event_columns)] {
        if let Some(provider) = tables.get(table) {
            columns.extend(provider.schema().fields().iter().map(|f| f.name().clone()));
        }
    }
    let site = Site { context, tables };
    if let Some(rows) = site.rows("users").await? {
        let people = rows
            .iter()
            .map(|r| Person {
                account_id: r.need("account_id"),
                name: r.text("name").unwrap_or_else(|| r.need("account_id")),
                email: r.text("email"),
                active: r.truth("active"),
                last_login: r.time("last_login"),
                previous_login: r.time("previous_login"),
                time_zone: r.text("time_zone"),
            })
            .collect();
        catalog.set_people(people);
    }
    if let Some(rows) = site.rows("memberships").await? {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows.iter() {
            groups.entry(row.need("group")).or_default().push(row.need("account_id"));
        }
        catalog.groups = Some(groups);
    }
    if let Some(rows) = site.rows("projects").await? {
        let project = |r: Row<'_>| Project {
            id: r.text("id"),
            key: r.need("key"),
            name: r.text("name").unwrap_or_else(|| r.need("key")),
            category: r.text("category"),
            lead: r.text("lead"),
            kind: r.text("type"),
        };
        catalog.projects = Some(rows.iter().map(project).collect());
    }
    catalog.statuses = site.values("statuses", "category").await?;
    catalog.priorities = site.values("priorities", "").await?;
    catalog.resolutions = site.values("resolutions", "").await?;
    catalog.types = site.values("issue_types", "").await?;
    catalog.components = site.values("components", "project").await?;
    catalog.sprints = site.values("sprints", "state").await?;
    if let Some(rows) = site.rows("versions").await? {
        let mut versions: Vec<Version> = rows
            .iter()
            .enumerate()
            .map(|(place, r)| Version {
                id: r.text("id"),
                name: r.need("name"),
                project: r.need("project"),
                rank: r.int("rank").unwrap_or(place as i64),
                released: r.truth("released").unwrap_or(false),
                archived: r.truth("archived").unwrap_or(false),
                start: r.day("start_date"),
                release: r.day("release_date"),
            })
            .collect();
        versions.sort_by(|a, b| (&a.project, a.rank).cmp(&(&b.project, b.rank)));
        catalog.versions = Some(versions);
    }
    more(&site, &mut catalog).await?;
    catalog.custom_fields = custom_fields(&site).await?;
    Ok(catalog)
}

async fn more(site: &Site<'_>, catalog: &mut Catalog) -> Result<(), Error> {
    if let Some(rows) = site.rows("organization_members").await? {
        let mut organizations: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows.iter() {
            organizations.entry(row.need("organization")).or_default().push(row.need("account_id"));
        }
        catalog.organizations = Some(organizations);
    }
    if let Some(rows) = site.rows("organizations").await? {
        let organizations = catalog.organizations.get_or_insert_default();
        for row in rows.iter() {
            organizations.entry(row.need("name")).or_default();
        }
    }
    if let Some(rows) = site.rows("role_members").await? {
        let role = |r: Row<'_>| Role { project: r.need("project"), role: r.need("role"), account_id: r.need("account_id") };
        catalog.roles = Some(rows.iter().map(role).collect());
    }
    if let Some(rows) = site.rows("filters").await? {
        let filter = |r: Row<'_>| Filter {
            id: r.text("id"),
            name: r.need("name"),
            parsed: Arc::new(syntax::parse(&r.need("query"), Dialect::Jqlx)),
        };
        catalog.filters = Some(rows.iter().map(filter).collect());
    }
    if let Some(rows) = site.rows("workflow_projects").await? {
        catalog.workflows = Some(rows.iter().map(|r| (r.need("workflow"), r.need("project"))).collect());
    }
    catalog.remote_links = site.tables.get("remote_links").is_some();
    catalog.properties = site.tables.get("properties").is_some();
    catalog.link_types = site.link_types().await?;
    Ok(())
}

pub(super) struct Site<'a> {
    pub(super) context: &'a SessionContext,
    pub(super) tables: &'a Tables,
}

impl Site<'_> {
    pub(super) async fn rows(&self, table: &'static str) -> Result<Option<Rows>, Error> {
        let Some(provider) = self.tables.get(table) else { return Ok(None) };
        let source = datafusion::datasource::provider_as_source(provider.clone());
        let plan = LogicalPlanBuilder::scan(table, source, None)?.build()?;
        collect(self.context, plan).await.map(Some)
    }

    /// Named values in the order of their ranks.
    async fn values(&self, table: &'static str, group: &str) -> Result<Values, Error> {
        let Some(rows) = self.rows(table).await? else { return Ok(Values::default()) };
        let mut list: Vec<(i64, NamedValue)> = rows
            .iter()
            .enumerate()
            .map(|(place, r)| {
                let value = NamedValue {
                    name: r.need("name"),
                    id: r.text("id"),
                    group: r.text(group),
                    lead: r.text("lead"),
                    level: r.int("hierarchy_level").or_else(|| r.truth("subtask").map(|subtask| -i64::from(subtask))),
                    start: r.time("start"),
                    end: r.time("complete").or_else(|| r.time("end")),
                    board: r.text("board"),
                };
                (r.int("rank").unwrap_or(place as i64), value)
            })
            .collect();
        list.sort_by_key(|(rank, _)| *rank);
        Ok(Values { complete: true, list: list.into_iter().map(|(_, v)| v).collect() })
    }
}

impl Site<'_> {
    /// The different types of links; links themselves may be many.
    async fn link_types(&self) -> Result<Option<Vec<LinkType>>, Error> {
        if self.tables.get("links").is_none() {
            return Ok(None);
        }
        let named = |column: &str| -> Option<Expr> { self.tables.has("links", column).then(|| col("links", column).alias(column)) };
        let columns: Vec<Expr> = ["type", "outward", "inward"].into_iter().filter_map(named).collect();
        let plan = self.tables.scan("links", "links")?.project(columns)?.distinct()?.build()?;
        let rows = collect(self.context, plan).await?;
        let one = |r: Row<'_>| LinkType { name: r.need("type"), outward: r.text("outward"), inward: r.text("inward") };
        let mut types: Vec<LinkType> = rows.iter().map(one).collect();
        types.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Some(types))
    }
}

pub(super) async fn collect(context: &SessionContext, plan: LogicalPlan) -> Result<Rows, Error> {
    Ok(Rows(context.execute_logical_plan(plan).await?.collect().await?.into_iter().map(Batch::new).collect()))
}

async fn custom_fields(site: &Site<'_>) -> Result<Vec<CustomField>, Error> {
    let mut out: Vec<CustomField> = Vec::new();
    let shapes: BTreeMap<String, Shape> = match site.tables.get("issues") {
        Some(issues) => issues
            .schema()
            .fields()
            .iter()
            .filter(|f| schema::is_custom(f.name()))
            .filter_map(|f| Some((f.name().clone(), shape(f.data_type())?)))
            .collect(),
        None => BTreeMap::new(),
    };
    if let Some(rows) = site.rows("fields").await? {
        for row in rows.iter() {
            let id = row.need("id");
            if schema::is_custom(&id) {
                let shape = shapes.get(&id).copied();
                let kind = kind(row.text("type").as_deref(), shape);
                let name = row.text("name").unwrap_or_else(|| id.clone());
                out.push(CustomField { id, name, aliases: row.texts("aliases"), kind, shape });
            }
        }
    }
    for (id, shape) in shapes {
        if !out.iter().any(|f| f.id == id) {
            out.push(CustomField { name: id.clone(), id, aliases: Vec::new(), kind: kind(None, Some(shape)), shape: Some(shape) });
        }
    }
    Ok(out)
}

fn shape(of: &DataType) -> Option<Shape> {
    Some(match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => Shape::Text,
        DataType::List(_) | DataType::LargeList(_) => Shape::TextList,
        DataType::Boolean => Shape::Bool,
        DataType::Date32 => Shape::Date,
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => Shape::Time,
        of if of.is_integer() => Shape::Int,
        of if of.is_floating() => Shape::Float,
        _ => return None,
    })
}

/// The kind of a custom field: from its column where that tells, else from the type that Jira names.
fn kind(jira: Option<&str>, shape: Option<Shape>) -> Kind {
    match shape {
        Some(Shape::Int | Shape::Float) => return Kind::Number,
        Some(Shape::Time) => return Kind::DateTime,
        Some(Shape::Date) => return Kind::Date,
        _ => {}
    }
    let jira = jira.unwrap_or_default().to_lowercase();
    match jira.as_str() {
        t if t.contains("user") => Kind::User,
        "string" | "text" | "textarea" | "textfield" | "doc" => Kind::Text,
        "number" | "float" => Kind::Number,
        "date" | "datepicker" => Kind::Date,
        "datetime" => Kind::DateTime,
        _ => Kind::Option,
    }
}

/// Batches whose columns are read as text, whole numbers or truth values.
pub(super) struct Rows(Vec<Batch>);

struct Batch {
    batch: RecordBatch,
    /// Every column as text, where it can be.
    texts: Vec<Option<ArrayRef>>,
}

#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    batch: &'a Batch,
    at: usize,
}

impl Batch {
    fn new(batch: RecordBatch) -> Self {
        let texts = batch.columns().iter().map(|c| cast(c, &DataType::Utf8).ok()).collect();
        Self { batch, texts }
    }
}

impl Rows {
    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.0.iter().flat_map(|batch| (0..batch.batch.num_rows()).map(move |at| Row { batch, at }))
    }
}

impl Row<'_> {
    fn column(&self, name: &str) -> Option<(usize, &ArrayRef)> {
        let (at, _) = self.batch.batch.schema_ref().column_with_name(name)?;
        let array = self.batch.batch.columns().get(at)?;
        (!array.is_null(self.at)).then_some((at, array))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        let (at, _) = self.column(name)?;
        let texts = self.batch.texts.get(at)?.as_ref()?.as_string::<i32>();
        texts.is_valid(self.at).then(|| texts.value(self.at).to_string())
    }

    fn need(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        let (_, array) = self.column(name)?;
        let ints = cast(&array.slice(self.at, 1), &DataType::Int64).ok()?;
        ints.is_valid(0).then(|| ints.as_primitive::<Int64Type>().value(0))
    }

    pub(super) fn time(&self, name: &str) -> Option<i64> {
        let (_, array) = self.column(name)?;
        array.as_primitive_opt::<TimestampMicrosecondType>().map(|times| times.value(self.at))
    }

    fn day(&self, name: &str) -> Option<i32> {
        let (_, array) = self.column(name)?;
        array.as_primitive_opt::<Date32Type>().map(|days| days.value(self.at))
    }

    fn truth(&self, name: &str) -> Option<bool> {
        let (_, array) = self.column(name)?;
        array.as_boolean_opt().map(|b| b.value(self.at))
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let Some((_, array)) = self.column(name) else { return Vec::new() };
        let Ok(list) = cast(array, &DataType::new_list(DataType::Utf8, true)) else { return Vec::new() };
        list.as_list::<i32>().value(self.at).as_string::<i32>().iter().flatten().map(str::to_string).collect()
    }
}
