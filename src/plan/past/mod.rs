//! Issues as they were at an instant, told from their events (AS OF), and deleted issues that have no row any more.
//!
//! One aggregate by issue over the changes of the columns that the query reads: the value at the instant is what the last
//! change before it led to, else what the first one after it led from, else what the issue has now. Where the store keeps the
//! intervals of a field, these tell it instead (`kept.rs`).

mod kept;

use kept::{Kept, Wanted};

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType, ScalarValue};
use datafusion::functions::expr_fn::{coalesce, split_part};
use datafusion::functions_aggregate::expr_fn::{array_agg, count, max, min};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlanBuilder, SortExpr, cast, lit, try_cast, when};

use crate::catalog::{entities, verbs};
use crate::error::Error;
use crate::plan::activity::of_field;
use crate::plan::edge;
use crate::plan::elements::{self, STEPS, list_then};
use crate::plan::expr::{all, any, first_of, holds_last, in_list, one_or_none, plain, texts};
use crate::plan::narrow::only;
use crate::plan::scan::{EVENTS, Tables, col, time};
use crate::semantic::bound::{BoundQuery, HistoryField, Micros, PastColumn, Shape, Target, Told};

/// An instant, and what is asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    /// The instant; none: after all events.
    pub(crate) at: Option<Micros>,
    /// Columns that are read, and how to tell them.
    pub(crate) columns: Vec<PastColumn>,
    /// Whether issues that were deleted by then are there.
    pub(crate) with_deleted: bool,
}

impl Past {
    /// What a query asks of an instant.
    pub(crate) fn of(query: &BoundQuery, at: Micros) -> Self {
        let with_deleted = query.with_deleted || query.target == Target::Activity;
        Self { at: Some(at), columns: query.past.clone(), with_deleted }
    }
}

/// Alias of the present issues.
const NOW: &str = "now_issues";
/// Alias of what events tell.
const TOLD: &str = "told";
/// Columns that plans read beside those of the query: who made an issue and when, and what joins it to other tables.
const ALWAYS: &[&str] = &["id", "key", "project", "created", "creator", "reporter"];

/// The issues as they were: all, or those that may be among the answer of a query, which then asks its condition of them.
/// `tables` are of the present.
pub(crate) fn issues(tables: &Tables, past: &Past, query: Option<&BoundQuery>) -> Result<LogicalPlanBuilder, Error> {
    let told = Telling::new(tables, past, query)?;
    let events = told.relation(tables)?.alias(TOLD)?.build()?;
    let mut rows = tables.scan("issues", NOW)?;
    if let Some(wanted) = &told.wanted {
        rows = only(rows, Column::new(Some(NOW), "id"), wanted.issues(tables)?)?;
    }
    let on = (vec![Column::new(Some(NOW), "id")], vec![Column::new(Some(TOLD), "issue_id")]);
    let rows = rows.join(events, JoinType::Full, on, None)?;
    told.columns(tables, rows, true)
}

/// Issues that were deleted and of which there is no row, as their events left them.
pub(crate) fn forgotten(tables: &Tables, columns: &[PastColumn]) -> Result<LogicalPlanBuilder, Error> {
    let past = Past { at: None, columns: columns.to_vec(), with_deleted: true };
    let told = Telling::new(tables, &past, None)?;
    let on = (vec![Column::new(Some(TOLD), "issue_id")], vec![Column::new(Some(NOW), "id")]);
    let known = tables.scan("issues", NOW)?.build()?;
    let rows =
        told.relation(tables)?.alias(TOLD)?.join(known, JoinType::LeftAnti, on, None)?.filter(col(TOLD, "gone").eq(lit(1i64)))?;
    told.columns(tables, rows, false)
}

struct Telling<'a> {
    past: &'a Past,
    /// Fields whose changes are followed, each once.
    followed: Vec<&'a HistoryField>,
    /// Those of them of which the store keeps intervals, by their place.
    kept: Vec<Option<Kept>>,
    /// What all rows of the answer have to have.
    wanted: Option<Wanted>,
    /// By name, in the order of the answer.
    columns: Vec<(String, DataType, Option<&'a PastColumn>)>,
}

impl<'a> Telling<'a> {
    fn new(tables: &Tables, past: &'a Past, query: Option<&BoundQuery>) -> Result<Self, Error> {
        let mut followed: Vec<&HistoryField> = Vec::new();
        for column in &past.columns {
            let field = match &column.told {
                Told::Changes { field, .. } if !field.multi => field,
                Told::ProjectOfKey(field) | Told::Resolution(field) => field,
                _ => continue,
            };
            if !followed.contains(&field) {
                followed.push(field);
            }
        }
        let mut columns = Vec::new();
        for field in tables.schema("issues") {
            let asked = past.columns.iter().find(|c| c.column == *field.name());
            if asked.is_some() || ALWAYS.contains(&field.name().as_str()) {
                columns.push((field.name().clone(), field.data_type().clone(), asked));
            }
        }
        let kept = followed.iter().enumerate().map(|(number, field)| Kept::new(tables, field, number, past.at));
        let kept = kept.collect::<Result<Vec<_>, _>>()?;
        let wanted = query.and_then(|query| Wanted::of(query, past, &kept));
        Ok(Self { past, followed, kept, wanted, columns })
    }

    fn kept(&self, field: &HistoryField) -> Option<&Kept> {
        self.kept.get(self.place(field))?.as_ref()
    }

    /// Whether every event of an issue tells something.
    fn asks_all_events(&self) -> bool {
        self.past.columns.iter().any(|c| c.told == Told::LastEvent)
    }

    /// The issues of which events are asked; none: all.
    fn asked(&self, tables: &Tables, fate: &Fate) -> Result<Option<LogicalPlanBuilder>, Error> {
        // The rows of the issues and the intervals tell all but of a few issues.
        let tells = tables.has("issues", "created") && !self.asks_all_events() && self.kept.iter().all(Option::is_some);
        match (self.past.at.filter(|_| tells), &self.wanted) {
            (Some(at), wanted) => kept::special(tables, at, fate, wanted.as_ref()).map(Some),
            (None, Some(wanted)) => wanted.issues(tables).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn before_of(&self, alias: &str) -> Expr {
        self.past.at.map_or_else(|| lit(true), |at| col(alias, "time").lt_eq(time(at)))
    }

    fn after_of(&self, alias: &str) -> Expr {
        self.past.at.map_or_else(|| lit(false), |at| col(alias, "time").gt(time(at)))
    }

    fn place(&self, field: &HistoryField) -> usize {
        self.followed.iter().position(|known| *known == field).unwrap_or_default()
    }

    /// `issue_id`, when it was made and by whom, whether it is gone, and the changes of each field.
    fn relation(&self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let (issue, at) = (need("issue_id")?, need("time")?);
        need("event_id")?;
        let fate = Fate::new(tables)?;
        let Fate { made, gone, any: fate_event } = fate.clone();
        let told = |column: &str| {
            if tables.has("events", column) {
                cast(col(EVENTS, column), DataType::Utf8View)
            } else {
                lit(ScalarValue::Utf8View(None))
            }
        };
        let (before, after) = (self.before_of(EVENTS), self.after_of(EVENTS));
        let known = |column: &str| all(vec![before.clone(), told(column).is_not_null()]);
        let mut facts = vec![
            min(at.clone()).filter(made.clone()).build()?.alias("born"),
            edge::first(told("actor"), EVENTS, made.clone())?.alias("maker"),
            edge::last(one_or_none(gone)?, EVENTS, all(vec![before.clone(), fate_event.clone()]))?.alias("gone"),
            edge::last(told("issue_key"), EVENTS, known("issue_key"))?.alias("key"),
            edge::last(told("project"), EVENTS, known("project"))?.alias("project"),
            edge::last(told("entity_name"), EVENTS, all(vec![known("entity_name"), fate_event.clone()]))?.alias("name"),
            max(at.clone()).filter(before.clone()).build()?.alias("latest"),
        ];
        let mut wanted = vec![fate_event];
        for (number, (field, _)) in self.followed.iter().zip(&self.kept).enumerate().filter(|(_, (_, kept))| kept.is_none()) {
            let of = of_field(tables, field)?;
            let then = all(vec![of.clone(), before.clone()]);
            let later = all(vec![of.clone(), after.clone()]);
            for side in ["value", "id"] {
                facts.push(edge::last(told(&format!("to_{side}")), EVENTS, then.clone())?.alias(format!("last_{side}_{number}")));
                let first = edge::first(told(&format!("from_{side}")), EVENTS, later.clone())?;
                facts.push(first.alias(format!("first_{side}_{number}")));
            }
            facts.push(count(lit(1i64)).filter(then.clone()).build()?.alias(format!("before_{number}")));
            facts.push(count(lit(1i64)).filter(later).build()?.alias(format!("after_{number}")));
            facts.push(max(at.clone()).filter(then).build()?.alias(format!("at_{number}")));
            wanted.push(of);
        }
        let wanted =
            if self.asks_all_events() { issue.clone().is_not_null() } else { issue.clone().is_not_null().and(any(wanted)) };
        let mut rows = tables.scan("events", EVENTS)?.filter(wanted)?;
        if let Some(asked) = self.asked(tables, &fate)? {
            rows = only(rows, Column::new(Some(EVENTS), "issue_id"), asked)?;
        }
        Ok(rows.aggregate(vec![issue.alias("issue_id")], facts)?)
    }

    /// The issues that were there, with their columns.
    fn columns(&self, tables: &Tables, mut rows: LogicalPlanBuilder, with_rows: bool) -> Result<LogicalPlanBuilder, Error> {
        for kept in self.kept.iter().flatten() {
            rows = kept.join(tables, rows, self.wanted.as_ref())?;
        }
        let now = |column: &str, data_type: &DataType| {
            if with_rows && tables.has("issues", column) { Ok(col(NOW, column)) } else { ScalarValue::try_from(data_type).map(lit) }
        };
        let instant = super::scan::time_type();
        let text = DataType::Utf8View;
        let born = coalesce(vec![now("created", &instant)?, col(TOLD, "born")]);
        let mut there = Vec::new();
        if let Some(at) = self.past.at {
            there.push(born.clone().lt_eq(time(at)));
        }
        if !self.past.with_deleted {
            there.push(col(TOLD, "gone").eq(lit(1i64)).is_not_true());
            let until = |at| now("deleted_at", &instant).map(|deleted| deleted.clone().is_null().or(deleted.gt(time(at))));
            there.extend(self.past.at.map(until).transpose()?);
        }
        let mut columns = Vec::new();
        for (name, data_type, asked) in &self.columns {
            let present = now(name, data_type)?;
            let value = match asked.map(|asked| &asked.told) {
                _ if name == "id" => coalesce(vec![present, col(TOLD, "issue_id")]),
                _ if name == "created" => born.clone(),
                _ if name == "creator" => coalesce(vec![cast(present, text.clone()), col(TOLD, "maker")]),
                Some(Told::LastEvent) => coalesce(vec![col(TOLD, "latest"), born.clone()]),
                Some(Told::Changes { field, by_id }) if !field.multi => {
                    let fallback = match name.as_str() {
                        // What a deletion, or whatever else befell the issue itself, calls it.
                        "key" => coalesce(vec![cast(present, text.clone()), col(TOLD, "key")]),
                        "summary" => coalesce(vec![cast(present, text.clone()), col(TOLD, "name")]),
                        _ => present,
                    };
                    self.value(field, *by_id, fallback, data_type)?
                }
                Some(Told::ProjectOfKey(field)) => {
                    let key = self.value(field, false, lit(ScalarValue::Utf8View(None)), &text)?;
                    let present = coalesce(vec![cast(present, text.clone()), col(TOLD, "project")]);
                    when(key.clone().is_not_null(), split_part(key, lit("-"), lit(1i64))).otherwise(present)?
                }
                Some(Told::Resolution(field)) => {
                    let number = self.place(field);
                    let soon = self.past.at.map_or_else(|| lit(true), |at| present.clone().lt_eq(time(at)));
                    if let Some(kept) = self.kept(field) {
                        let set = kept.since(when(soon, present).end()?)?;
                        columns.push(try_cast(set, data_type.clone()).alias(name));
                        continue;
                    }
                    let set = when(col(TOLD, &format!("last_value_{number}")).is_not_null(), col(TOLD, &format!("at_{number}")));
                    let alone =
                        when(all(vec![col(TOLD, &format!("after_{number}")).gt(lit(0i64)).is_not_true(), soon]), present).end()?;
                    when(col(TOLD, &format!("before_{number}")).gt(lit(0i64)), set.end()?).otherwise(alone)?
                }
                None if name == "key" => coalesce(vec![cast(present, text.clone()), col(TOLD, "key")]),
                None if name == "project" => coalesce(vec![cast(present, text.clone()), col(TOLD, "project")]),
                _ => present,
            };
            columns.push(try_cast(value, data_type.clone()).alias(name));
        }
        let rows = rows.filter(all(there))?.project(columns)?.alias(THEN)?;
        self.lists(tables, rows)
    }

    /// What a field held, as a value of that type.
    fn value(&self, field: &HistoryField, by_id: bool, fallback: Expr, data_type: &DataType) -> Result<Expr, Error> {
        if let Some(kept) = self.kept(field) {
            return kept.value(by_id, fallback, data_type);
        }
        let number = self.place(field);
        let of = |which: &str| {
            let value = col(TOLD, &format!("{which}_value_{number}"));
            let value = if by_id { coalesce(vec![col(TOLD, &format!("{which}_id_{number}")), value]) } else { value };
            try_cast(value, data_type.clone())
        };
        let any = |which: &str| col(TOLD, &format!("{which}_{number}")).gt(lit(0i64));
        Ok(when(any("before"), of("last")).when(any("after"), of("first")).otherwise(cast(fallback, data_type.clone()))?)
    }

    /// Puts the fields with several values in the place of what they are now.
    fn lists(&self, tables: &Tables, mut rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
        let mut lists = Vec::new();
        for column in &self.past.columns {
            if let Told::Changes { field, .. } = &column.told
                && field.multi
                && column.shape == Shape::TextList
            {
                let alias = format!("list_{}", lists.len());
                let elements = self.elements(tables, field)?.alias(&alias)?.build()?;
                let on = (vec![Column::new(Some(THEN), "id")], vec![Column::new(Some(&alias), "issue_id")]);
                rows = rows.join(elements, JoinType::Left, on, None)?;
                lists.push((column.column.as_str(), alias));
            }
        }
        if lists.is_empty() {
            return Ok(rows);
        }
        let mut columns = Vec::new();
        for (name, data_type, _) in &self.columns {
            let value = match lists.iter().find(|(column, _)| column == name) {
                None => col(THEN, name),
                Some((_, alias)) => list_then(col(THEN, name), col(alias, "touched"), col(alias, "then"), data_type),
            };
            columns.push(value.alias(name));
        }
        Ok(rows.project(columns)?)
    }

    /// `issue_id`, the elements that events speak of, and those of them that were there.
    fn elements(&self, tables: &Tables, field: &HistoryField) -> Result<LogicalPlanBuilder, Error> {
        let rows = elements::steps(tables, field)?;
        let step = |name: &str| col(STEPS, name);
        let mut order = in_order(STEPS);
        order.push(step("added").sort(true, false));
        let was = holds_last(step("added"), order.clone(), self.before_of(STEPS))?;
        let added = when(step("added"), lit(1i64)).otherwise(lit(0i64))?;
        let will = first_of(added, order, self.after_of(STEPS))?;
        let elements =
            rows.aggregate(vec![step("issue_id"), step("element")], vec![was.alias("was"), will.alias("will")])?.project(vec![
                step("issue_id"),
                step("element"),
                coalesce(vec![plain("was"), lit(1i64) - plain("will")]).eq(lit(1i64)).alias("is_there"),
            ])?;
        let each = |name: &str| array_agg(step("element")).order_by(vec![step("element").sort(true, false)]).filter(plain(name));
        let touched = array_agg(step("element")).alias("touched");
        Ok(elements.aggregate(vec![step("issue_id")], vec![touched, each("is_there").build()?.alias("then")])?)
    }
}

const THEN: &str = "then_issues";

fn in_order(alias: &str) -> Vec<SortExpr> {
    vec![col(alias, "time").sort(true, false), col(alias, "event_id").sort(true, false)]
}

/// Tests of an event: what befell an issue as a whole.
#[derive(Clone, Debug)]
struct Fate {
    made: Expr,
    gone: Expr,
    /// These, and being restored.
    any: Expr,
}

impl Fate {
    fn new(tables: &Tables) -> Result<Self, Error> {
        let spellings = entities::entity("issue").map(|e| e.spellings()).unwrap_or_default();
        let own = in_list(tables.need("events", EVENTS, "entity")?, texts(&spellings), false);
        let is = |verb: &str| all(vec![own.clone(), in_list(col(EVENTS, "action"), texts(&verbs::actions(verb)), false)]);
        let (made, gone) = (is("created"), is("deleted"));
        let any = any(vec![made.clone(), gone.clone(), is("restored")]);
        Ok(Self { made, gone, any })
    }
}
