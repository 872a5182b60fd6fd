//! Values of rows among those of a relation: links, side tables, queries within the query.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::functions::expr_fn::lower;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit, when};

use super::activity;
use super::attached::Attached;
use super::columns::Zone;
use super::expr::{all, any, condition, holds_last, in_list, plain, texts};
use super::scan::{EVENTS, ISSUES, Tables, col, field, field_of};
use crate::error::Error;
use crate::semantic::bound::{BoundField, EventTest, LinkTest, Relation, Shape};

/// A relation joined to the rows by one of their values.
pub(crate) struct Membership {
    field: BoundField,
    relation: Relation,
    number: usize,
}

impl Membership {
    pub(crate) fn new(field: &BoundField, relation: &Relation, number: usize) -> Self {
        Self { field: field.clone(), relation: relation.clone(), number }
    }

    /// Whether it asks the same.
    pub(crate) fn is_of(&self, field: &BoundField, relation: &Relation) -> bool {
        self.field == *field && self.relation == *relation
    }

    fn alias(&self) -> String {
        format!("among_{}", self.number)
    }

    /// Whether the row's value is among them: true, or null where it is not.
    pub(crate) fn fact(&self) -> Expr {
        col(&self.alias(), "hit")
    }

    /// Joins it to the rows.
    pub(crate) fn join(self, rows: LogicalPlanBuilder, tables: &Tables, zone: Zone<'_>) -> Result<LogicalPlanBuilder, Error> {
        let alias = self.alias();
        let type_of = key_type(self.field.shape);
        let values = values(&self.relation, tables, zone)?;
        let values = values.project(vec![cast(plain("member"), type_of.clone()).alias("member")])?;
        if self.field.shape == Shape::TextList {
            return self.join_list(rows, values, tables);
        }
        let values = values
            .filter(plain("member").is_not_null())?
            .aggregate(vec![plain("member")], Vec::<Expr>::new())?
            .project(vec![plain("member"), lit(true).alias("hit")])?
            .alias(alias.as_str())?
            .build()?;
        let key = cast(field(tables, &self.field), type_of);
        Ok(rows.join_with_expr_keys(values, JoinType::Left, (vec![key], vec![col(&alias, "member")]), None)?)
    }

    /// A list is among them where one of its members is; joined by the issue.
    fn join_list(self, rows: LogicalPlanBuilder, values: LogicalPlanBuilder, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let alias = self.alias();
        let members = tables
            .scan("issues", "holder")?
            .project(vec![
                tables.need("issues", "holder", "id")?.alias("issue_id"),
                field_of(tables, "issues", "holder", &self.field).alias("held"),
            ])?
            .unnest_column("held")?
            .project(vec![plain("issue_id"), cast(plain("held"), DataType::Utf8View).alias("held")])?;
        let hits = members
            .join(
                values.build()?,
                JoinType::LeftSemi,
                (vec![Column::new_unqualified("held")], vec![Column::new_unqualified("member")]),
                None,
            )?
            .aggregate(vec![plain("issue_id")], Vec::<Expr>::new())?
            .project(vec![plain("issue_id"), lit(true).alias("hit")])?
            .alias(alias.as_str())?
            .build()?;
        let on = (vec![Column::new(Some(ISSUES), "id")], vec![Column::new(Some(alias.as_str()), "issue_id")]);
        Ok(rows.join(hits, JoinType::Left, on, None)?)
    }
}

/// Texts are compared as views whatever the encoding of their columns.
fn key_type(shape: Shape) -> DataType {
    match shape {
        Shape::Int | Shape::KeyNumber | Shape::WorkRatio => DataType::Int64,
        Shape::Float | Shape::NumberText => DataType::Float64,
        Shape::Bool => DataType::Boolean,
        Shape::Time | Shape::TimeText => super::scan::time_type(),
        Shape::Date => DataType::Date32,
        Shape::Text | Shape::TextList | Shape::KeyProject => DataType::Utf8View,
    }
}

/// The values of a relation as the column `member`.
fn values(relation: &Relation, tables: &Tables, zone: Zone<'_>) -> Result<LogicalPlanBuilder, Error> {
    match relation {
        Relation::Linked(test) => linked(tables, test, zone),
        Relation::Rows { table, column, tests } => {
            let wanted = tests.iter().map(|t| condition(tables, t)).collect();
            let rows = tables.scan(table, table)?.filter(all(wanted))?;
            Ok(rows.project(vec![tables.need(table, table, column)?.alias("member")])?)
        }
        Relation::Query(query) => {
            let plan = super::lower::rows(query, tables, zone)?;
            let first = query.columns.first().map_or("", |c| c.name.as_str());
            Ok(plan.project(vec![plain(first).alias("member")])?)
        }
        Relation::LastEvent(test) => last_event(tables, test),
        Relation::Attached { entities, tests, which } => {
            let mut attached = Attached::new(entities, 0);
            let (fact, alias) = (attached.fact(tests, *which), attached.alias());
            let rows = attached.relation(tables)?.alias(alias.as_str())?.filter(fact)?;
            Ok(rows.project(vec![col(&alias, "issue_id").alias("member")])?)
        }
    }
}

/// Keys of the ends of links that pass, each link seen from both ends.
fn linked(tables: &Tables, test: &LinkTest, zone: Zone<'_>) -> Result<LogicalPlanBuilder, Error> {
    const LINKS: &str = "links";
    let need = |column: &str| tables.need("links", LINKS, column);
    let (source, target, name) = (need("source")?, need("target")?, need("type")?);
    let phrase = |column: &str| if tables.has("links", column) { col(LINKS, column) } else { name.clone() };
    let inward = if tables.has("links", "direction") { col(LINKS, "direction").eq(lit("inward")) } else { lit(false) };
    let end = |this: &Expr, other: &Expr, at_source: bool| -> Result<LogicalPlanBuilder, Error> {
        let (own, opposite) = if at_source { ("outward", "inward") } else { ("inward", "outward") };
        let own =
            when(inward.clone(), cast(phrase(opposite), DataType::Utf8View)).otherwise(cast(phrase(own), DataType::Utf8View))?;
        let mut wanted = Vec::new();
        if let Some(others) = &test.others {
            wanted.push(in_list(other.clone(), texts(others), false));
        }
        if let Some(phrases) = &test.phrases {
            wanted.push(in_list(own, texts(phrases), false));
        }
        if let Some(types) = &test.types {
            let each = [name.clone(), phrase("outward"), phrase("inward")];
            wanted.push(any(each.into_iter().map(|t| in_list(lower(t), texts(types), false)).collect()));
        }
        let key = cast(this.clone(), DataType::Utf8View).alias("member");
        let links = tables.scan("links", LINKS)?.filter(all(wanted))?;
        if test.found.is_none() {
            return Ok(links.project(vec![key])?);
        }
        let other = cast(other.clone(), DataType::Utf8View).alias("other");
        Ok(links.project(vec![key, other])?)
    };
    let mut ends = end(&source, &target, true)?.union(end(&target, &source, false)?.build()?)?;
    // Asked once for both ends: where links are followed step by step, each step would double the plan otherwise.
    if let Some(query) = &test.found {
        let found = values(&Relation::Query(query.clone()), tables, zone)?;
        let found = found.project(vec![cast(plain("member"), DataType::Utf8View).alias("found")])?.build()?;
        let on = (vec![Column::new_unqualified("other")], vec![Column::new_unqualified("found")]);
        ends = ends.join(found, JoinType::LeftSemi, on, None)?.project(vec![plain("member")])?;
    }
    if test.least < 2 {
        return Ok(ends);
    }
    let counted = ends.aggregate(vec![plain("member")], vec![count(lit(1i64)).alias("links")])?;
    Ok(counted.filter(plain("links").gt_eq(lit(test.least)))?.project(vec![plain("member")])?)
}

/// Ids of the issues whose last event passes.
fn last_event(tables: &Tables, test: &EventTest) -> Result<LogicalPlanBuilder, Error> {
    let need = |column: &str| tables.need("events", EVENTS, column);
    let issue = need("issue_id")?;
    let counts = in_list(need("action")?, texts(&test.not_actions), true).and(issue.clone().is_not_null());
    let order = vec![need("time")?.sort(true, false), need("event_id")?.sort(true, false)];
    let passes = activity::event(tables, test)?;
    let last = tables
        .scan("events", EVENTS)?
        .filter(counts)?
        .aggregate(vec![issue], vec![holds_last(passes, order, lit(true))?.alias("passes")])?;
    Ok(last.filter(plain("passes").eq(lit(1i64)))?.project(vec![plain("issue_id").alias("member")])?)
}
