//! Intervals of a field's life (`reference/jql.md` section 4.2), computed from its changes.
//!
//! Every change opens an interval that ends at the next change. The first interval begins at the issue's creation; it has
//! the old value of the first change, or the present value where there was none, and its setter is the creator.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DataFusionError, JoinType};
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{array_agg, bool_or, max, sum};
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::functions_nested::expr_fn::cardinality;
use datafusion::functions_window::expr_fn::{lead, row_number};
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition, cast,
    lit, when,
};
use datafusion::scalar::ScalarValue;

use super::activity::{of_field, side};
use super::expr::{actor_in, all, any, comparison, held, in_list, plain, texts};
use super::narrow::only;
use super::scan::{EVENTS, INTERVALS, ISSUES, Tables, col, field, field_of, time};
use super::{functions, working_time};
use crate::diagnostic::Span;
use crate::error::Error;
use crate::semantic::bound::{Comparison, HistoryCondition, HistoryField, HistoryValues, IntervalBound, Lasted, Micros, Shape};

/// Facts about the intervals of one field.
pub(crate) struct Intervals {
    field: HistoryField,
    number: usize,
    /// Clauses; a field with several values at a time takes one only, because its rows depend on the values.
    clauses: Vec<HistoryCondition>,
    /// Whether all issues are looked at: of one that never held a value the length is 0, and of one without a row only its
    /// events tell what it holds.
    whole: bool,
}

impl Intervals {
    pub(crate) fn new(of: &HistoryCondition, number: usize, whole: bool) -> Self {
        Self { field: of.field.clone(), number, clauses: Vec::new(), whole }
    }

    /// Whether a clause can be answered from the same rows.
    pub(crate) fn takes(&self, of: &HistoryCondition) -> bool {
        self.field == of.field && (!self.field.multi || self.clauses.is_empty())
    }

    pub(crate) fn alias(&self) -> String {
        format!("intervals_{}", self.number)
    }

    /// Registers a clause and gives its truth for a row.
    pub(crate) fn fact(&mut self, tables: &Tables, of: &HistoryCondition) -> Result<Expr, Error> {
        let number = self.clauses.len();
        self.clauses.push(of.clone());
        let alias = self.alias();
        let own = col(&alias, &format!("held_{number}"));
        let first = First { start: issue(tables, "created"), setter: setter(tables, ISSUES) };
        let open = || lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into())));
        let (value, end) = if self.field.multi && of.values.empty {
            (self.never_filled(tables), open())
        } else if self.field.multi {
            (self.untouched(tables, of), open())
        } else {
            let first_change = col(&alias, "first_change");
            let value = when(first_change.clone().is_null(), present(tables, &self.field, &of.values))
                .otherwise(col(&alias, &format!("first_{number}")))?;
            (value, first_change)
        };
        let counts = all(vec![value, first.counts(of, end.clone())]);
        match &of.lasted {
            Some(lasted) if lasted.total => {
                let initial = when(counts, length(of, first.start, end)).end()?;
                total(lasted, own, initial)
            }
            _ => Ok(any(vec![own, counts])),
        }
    }

    /// Registers a clause made by [`measured`] and gives the sum of the lengths of its intervals, in microseconds: 0 where there
    /// is none, null where that cannot be told.
    pub(crate) fn measure(&mut self, tables: &Tables, of: &HistoryCondition) -> Result<Expr, Error> {
        let number = self.clauses.len();
        self.clauses.push(of.clone());
        self.whole = true;
        let alias = self.alias();
        let own = coalesce(vec![col(&alias, &format!("held_{number}")), lit(0i64)]);
        let first_change = col(&alias, "first_change");
        let first = when(first_change.clone().is_null(), present(tables, &self.field, &of.values))
            .otherwise(col(&alias, &format!("first_{number}")))?;
        let initial = when(first, length(of, issue(tables, "created"), first_change.clone())).otherwise(lit(0i64))?;
        let row = if self.field.present.is_some() { col(ISSUES, "id").is_not_null() } else { lit(false) };
        Ok(when(first_change.is_not_null().or(row), own + initial).end()?)
    }

    /// Elements that the issue has now and that no event speaks of: held since its creation.
    fn untouched(&self, tables: &Tables, of: &HistoryCondition) -> Expr {
        let Some(present) = &self.field.present else { return lit(false) };
        let list = field(tables, present);
        let touched = col(&self.alias(), "touched");
        let each = of.values.names.iter().map(|name| {
            let name = std::slice::from_ref(name);
            all(vec![
                functions::list_any(list.clone(), name, false),
                functions::list_any(touched.clone(), name, false).is_not_true(),
            ])
        });
        any(each.collect())
    }

    /// Issues that hold nothing and of which no event speaks: empty since their creation.
    fn never_filled(&self, tables: &Tables) -> Expr {
        let Some(present) = &self.field.present else { return lit(false) };
        let nothing = cardinality(field(tables, present)).eq(lit(0u64));
        all(vec![nothing, col(&self.alias(), "issue_id").is_null()])
    }

    /// `issue_id` and the facts of all clauses.
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        if self.field.multi && self.clauses.iter().any(|c| c.values.empty) {
            self.emptiness(tables)
        } else if self.field.multi {
            self.elements(tables)
        } else {
            self.changes(tables)
        }
    }

    /// The facts from intervals that are stored.
    fn stored(self, rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
        let stored = |column: &str| col(INTERVALS, column);
        let kind = |of: &HistoryCondition| match of.via.is_empty() {
            true => lit(ScalarValue::Utf8(None)),
            false => stored("set_kind"),
        };
        let (start, end, setter) = (stored("valid_from"), stored("valid_to"), stored("set_by"));
        let initial = stored("initial");
        let mut facts = Vec::new();
        if self.field.multi {
            facts.push(array_agg(cast(stored("value"), DataType::Utf8)).alias("touched"));
        } else {
            facts.push(max(when(initial.clone(), end.clone()).end()?).alias("first_change"));
        }
        for (number, of) in self.clauses.iter().enumerate() {
            let holds = held(stored("value"), Some(stored("value_id")), &of.values);
            let counts = interval(of, start.clone(), end.clone(), setter.clone(), kind(of));
            let lasted = length(of, start.clone(), end.clone());
            if self.field.multi {
                facts.push(gathered(of, vec![(all(vec![holds, counts]), lasted)])?.alias(format!("held_{number}")));
            } else {
                let later = all(vec![initial.clone().is_not_true(), holds.clone(), counts]);
                facts.push(gathered(of, vec![(later, lasted)])?.alias(format!("held_{number}")));
                facts.push(bool_or(all(vec![initial.clone(), holds])).alias(format!("first_{number}")));
            }
        }
        Ok(rows.aggregate(vec![stored("issue_id")], facts)?)
    }

    fn changes(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        if let Some(rows) = tables.intervals(&self.field)? {
            return self.stored(rows);
        }
        let need = |column: &str| tables.need("events", EVENTS, column);
        let issue = need("issue_id")?;
        let (at, event_id, actor) = (need("time")?, need("event_id")?, need("actor")?);
        let order = vec![at.clone().sort(true, false), event_id.sort(true, false)];
        let mut rows = tables.scan("events", EVENTS)?.filter(issue.clone().is_not_null().and(of_field(tables, &self.field)?))?;
        if let Some(touched) = self.holders(tables)? {
            rows = only(rows, Column::new(Some(EVENTS), "issue_id"), touched)?;
        }
        let rows = rows.window(vec![
            row_number().partition_by(vec![issue.clone()]).order_by(order.clone()).build()?.alias("place"),
            lead(at.clone(), Some(1), None).partition_by(vec![issue.clone()]).order_by(order).build()?.alias("until"),
        ])?;
        let first = plain("place").eq(lit(1u64));
        let mut facts = vec![max(when(first.clone(), at.clone()).end()?).alias("first_change")];
        for (number, of) in self.clauses.iter().enumerate() {
            let kind = kind(tables, of)?;
            let held = all(vec![side(tables, "to", &of.values)?, interval(of, at.clone(), plain("until"), actor.clone(), kind)]);
            facts.push(gathered(of, vec![(held, length(of, at.clone(), plain("until")))])?.alias(format!("held_{number}")));
            facts.push(bool_or(all(vec![first.clone(), side(tables, "from", &of.values)?])).alias(format!("first_{number}")));
        }
        Ok(rows.aggregate(vec![issue], facts)?)
    }

    /// The issues that may have held a value of some clause; none: all.
    ///
    /// Of the others neither a change nor the present value tells one of these values, so that no clause holds.
    fn holders(&self, tables: &Tables) -> Result<Option<LogicalPlanBuilder>, Error> {
        if !tables.is_present() || self.whole || self.clauses.is_empty() {
            return Ok(None);
        }
        let id = |of: Expr| vec![cast(of, DataType::Int64).alias("issue_id")];
        let issue = tables.need("events", EVENTS, "issue_id")?;
        let sides = self.clauses.iter().flat_map(|of| ["from", "to"].map(|which| side(tables, which, &of.values)));
        let touches = any(sides.collect::<Result<_, _>>()?);
        let touched = all(vec![issue.clone().is_not_null(), of_field(tables, &self.field)?, touches]);
        let touched = tables.scan("events", EVENTS)?.filter(touched)?.project(id(issue))?;
        if !tables.has("issues", "id") {
            return Ok(Some(touched));
        }
        let holds = any(self.clauses.iter().map(|of| present(tables, &self.field, &of.values)).collect());
        let holding = tables.scan("issues", ISSUES)?.filter(holds)?.project(id(col(ISSUES, "id")))?;
        Ok(Some(touched.union(holding.build()?)?))
    }

    /// Where a field with several values held none: what is there now, less what the changes since added.
    fn emptiness(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let issue = need("issue_id")?;
        let (Some(of), Some(present)) = (self.clauses.first(), &self.field.present) else {
            return Ok(LogicalPlanBuilder::empty(false));
        };
        let one = |value: Expr| -> Result<Expr, Error> { Ok(when(value.is_not_null(), lit(1i64)).otherwise(lit(0i64))?) };
        let rows = tables
            .scan("events", EVENTS)?
            .filter(issue.clone().is_not_null().and(of_field(tables, &self.field)?))?
            .project(vec![
                issue.alias("issue_id"),
                need("time")?.alias("time"),
                need("event_id")?.alias("event_id"),
                cast(need("actor")?, DataType::Utf8).alias("actor"),
                cast(kind(tables, of)?, DataType::Utf8).alias("kind"),
                (one(need("to_value")?)? - one(need("from_value")?)?).alias("more"),
            ])?
            .alias("steps")?;
        let step = |name: &str| col("steps", name);
        let key = vec![step("issue_id")];
        let order = vec![step("time").sort(true, false), step("event_id").sort(true, false)];
        let summed = || Expr::from(WindowFunction::new(WindowFunctionDefinition::AggregateUDF(sum_udaf()), vec![step("more")]));
        let rows = rows.window(vec![
            row_number().partition_by(key.clone()).order_by(order.clone()).build()?.alias("place"),
            lead(step("time"), Some(1), None).partition_by(key.clone()).order_by(order.clone()).build()?.alias("until"),
            summed()
                .partition_by(key.clone())
                .order_by(order)
                .window_frame(WindowFrame::new_bounds(
                    WindowFrameUnits::Rows,
                    WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
                    WindowFrameBound::CurrentRow,
                ))
                .build()?
                .alias("so_far"),
        ])?;
        // Windows of one node share their order, and this has none.
        let rows = rows.window(vec![summed().partition_by(key).build()?.alias("in_all")])?;
        let owner = tables.scan("issues", "owner")?.build()?;
        let on = (vec![Column::new(Some("steps"), "issue_id")], vec![Column::new(Some("owner"), "id")]);
        let rows = rows.join(owner, JoinType::Left, on, None)?;
        let held = cast(cardinality(field_of(tables, "issues", "owner", present)), DataType::Int64);
        // Where the creation is not known, nothing says that the time before the first change was no time.
        let lasts = |start: Expr, end: Expr| any(vec![end.clone().is_null(), start.clone().is_null(), end.gt(start)]);
        let after = all(vec![
            (held.clone() - plain("in_all") + plain("so_far")).lt_eq(lit(0i64)),
            lasts(step("time"), plain("until")),
            interval(of, step("time"), plain("until"), step("actor"), step("kind")),
        ]);
        let first = First { start: tables.need("issues", "owner", "created")?, setter: setter(tables, "owner") };
        let before = all(vec![
            plain("place").eq(lit(1u64)),
            (held - plain("in_all")).lt_eq(lit(0i64)),
            lasts(first.start.clone(), step("time")),
            first.counts(of, step("time")),
        ]);
        let parts = vec![(after, length(of, step("time"), plain("until"))), (before, length(of, first.start, step("time")))];
        Ok(rows.aggregate(vec![step("issue_id")], vec![gathered(of, parts)?.alias("held_0")])?)
    }

    /// Each element of a field with several values has intervals of its own: an event adds it, another removes it.
    fn elements(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let issue = need("issue_id")?;
        let Some(of) = self.clauses.first() else { return Ok(LogicalPlanBuilder::empty(false)) };
        if let Some(rows) = tables.intervals(&self.field)? {
            let values = &of.values;
            let wanted = held(col(INTERVALS, "value"), Some(col(INTERVALS, "value_id")), values);
            let rows = rows.filter(wanted)?;
            return self.stored(rows);
        }
        let half = |which: &str, added: bool| -> Result<LogicalPlanBuilder, Error> {
            let wanted = all(vec![issue.clone().is_not_null(), of_field(tables, &self.field)?, side(tables, which, &of.values)?]);
            let element = cast(need(&format!("{which}_value"))?, DataType::Utf8);
            Ok(tables.scan("events", EVENTS)?.filter(wanted)?.project(vec![
                issue.clone().alias("issue_id"),
                element.alias("element"),
                need("time")?.alias("time"),
                need("event_id")?.alias("event_id"),
                cast(need("actor")?, DataType::Utf8).alias("actor"),
                cast(kind(tables, of)?, DataType::Utf8).alias("kind"),
                lit(added).alias("added"),
            ])?)
        };
        let rows = half("to", true)?.union(half("from", false)?.build()?)?.alias("steps")?;
        let step = |name: &str| col("steps", name);
        let key = vec![step("issue_id"), step("element")];
        let order = vec![step("time").sort(true, false), step("event_id").sort(true, false), step("added").sort(true, false)];
        let rows = rows.window(vec![
            row_number().partition_by(key.clone()).order_by(order.clone()).build()?.alias("place"),
            lead(step("time"), Some(1), None).partition_by(key).order_by(order).build()?.alias("until"),
        ])?;
        let owner = tables.scan("issues", "owner")?.build()?;
        let on = (vec![Column::new(Some("steps"), "issue_id")], vec![Column::new(Some("owner"), "id")]);
        let rows = rows.join(owner, JoinType::Left, on, None)?;
        let first = First { start: tables.need("issues", "owner", "created")?, setter: setter(tables, "owner") };
        let opened = all(vec![step("added"), interval(of, step("time"), plain("until"), step("actor"), step("kind"))]);
        let initial = all(vec![step("added").is_not_true(), plain("place").eq(lit(1u64)), first.counts(of, step("time"))]);
        let parts = vec![(opened, length(of, step("time"), plain("until"))), (initial, length(of, first.start, step("time")))];
        let facts = vec![gathered(of, parts)?.alias("held_0"), array_agg(step("element")).alias("touched")];
        Ok(rows.aggregate(vec![step("issue_id")], facts)?)
    }
}

/// The intervals in which a field had one of the values, their lengths summed up.
pub(crate) fn measured(field: &HistoryField, values: &HistoryValues, now: Micros) -> HistoryCondition {
    let all = Lasted { op: Comparison::GtEq, length: 0, total: true, working: None };
    HistoryCondition {
        field: field.clone(),
        values: values.clone(),
        by: Vec::new(),
        via: Vec::new(),
        bounds: Vec::new(),
        lasted: Some(all),
        held: Vec::new(),
        now,
        negated: false,
        span: Span::default(),
    }
}

/// The first interval of an issue's field.
struct First {
    start: Expr,
    setter: Expr,
}

impl First {
    /// Whether it counts where it has the value; how it was set is not known.
    fn counts(&self, of: &HistoryCondition, end: Expr) -> Expr {
        interval(of, self.start.clone(), end, self.setter.clone(), lit(ScalarValue::Utf8(None)))
    }
}

/// Over the rows of an issue: whether one of the intervals counts, or the sum of the lengths of those that do.
fn gathered(of: &HistoryCondition, intervals: Vec<(Expr, Expr)>) -> Result<Expr, Error> {
    if of.lasted.as_ref().is_none_or(|lasted| !lasted.total) {
        return Ok(bool_or(any(intervals.into_iter().map(|(counts, _)| counts).collect())));
    }
    // Each interval that does not count adds null, and a sum of nulls is none.
    let lengths: Vec<Expr> = intervals.into_iter().map(|(counts, length)| when(counts, length).end()).collect::<Result<_, _>>()?;
    let mut lengths = lengths.into_iter();
    let Some(first) = lengths.next() else { return Ok(lit(ScalarValue::Int64(None))) };
    Ok(sum(lengths.try_fold(first, plus)?))
}

/// The sum of two lengths of which either may be none.
fn plus(a: Expr, b: Expr) -> Result<Expr, DataFusionError> {
    let none = a.clone().is_null().and(b.clone().is_null());
    let zero = |e| coalesce(vec![e, lit(0i64)]);
    when(none, lit(ScalarValue::Int64(None))).otherwise(zero(a) + zero(b))
}

/// Whether the sum of all lengths is what is asked.
fn total(lasted: &Lasted, own: Expr, initial: Expr) -> Result<Expr, Error> {
    Ok(comparison(plus(own, initial)?, lasted.op, lit(lasted.length)))
}

/// The kind of actor, where it is asked for.
fn kind(tables: &Tables, of: &HistoryCondition) -> Result<Expr, Error> {
    if of.via.is_empty() { Ok(lit(ScalarValue::Utf8(None))) } else { tables.need("events", EVENTS, "actor_kind") }
}

/// Whether the present value is one of `values`.
pub(crate) fn present(tables: &Tables, of: &HistoryField, values: &HistoryValues) -> Expr {
    let Some(present) = &of.present else { return lit(false) };
    present_in(field(tables, present), present.shape, values)
}

/// Whether a value of that shape is one of `values`.
pub(crate) fn present_in(value: Expr, shape: Shape, values: &HistoryValues) -> Expr {
    match shape {
        Shape::TextList => functions::list_any(value, &values.names, false),
        Shape::Text => held(value, None, values),
        // Numbers and dates stand in history as text.
        _ => held(cast(value, DataType::Utf8), None, values),
    }
}

/// Whether an interval passes the predicates of a clause; a null `end` is open.
pub(crate) fn interval(of: &HistoryCondition, start: Expr, end: Expr, setter: Expr, kind: Expr) -> Expr {
    let mut tests: Vec<Expr> = of.by.iter().map(|actors| actor_in(setter.clone(), actors)).collect();
    tests.extend(of.via.iter().map(|kinds| in_list(kind.clone(), texts(kinds), false)));
    tests.push(in_bounds(of, start, end));
    all(tests)
}

/// Whether an interval passes the bounds of a clause, and lasted as long as one must.
pub(crate) fn in_bounds(of: &HistoryCondition, start: Expr, end: Expr) -> Expr {
    let mut tests = Vec::new();
    for bound in &of.bounds {
        tests.push(match bound {
            IntervalBound::StartBefore(t) => start.clone().lt(time(*t)),
            IntervalBound::StartAtOrBefore(t) => start.clone().lt_eq(time(*t)),
            IntervalBound::EndAfter(t) => end.clone().is_null().or(end.clone().gt(time(*t))),
            IntervalBound::EndAtOrAfter(t) => end.clone().is_null().or(end.clone().gt_eq(time(*t))),
        });
    }
    if let Some(lasted) = of.lasted.as_ref().filter(|lasted| !lasted.total) {
        tests.push(comparison(length(of, start, end), lasted.op, lit(lasted.length)));
    }
    all(tests)
}

/// How long an interval lasted, in microseconds; null where its start is not known.
pub(crate) fn length(of: &HistoryCondition, start: Expr, end: Expr) -> Expr {
    let micros = |at: Expr| cast(at, DataType::Int64);
    let until = coalesce(vec![end, time(of.now)]);
    match of.lasted.as_ref().and_then(|lasted| lasted.working.as_ref()) {
        None => micros(until) - micros(start),
        Some(working) => working_time::between(start, until, working),
    }
}

fn issue(tables: &Tables, column: &str) -> Expr {
    if tables.has("issues", column) {
        col(ISSUES, column)
    } else {
        lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into())))
    }
}

/// Who set the values at creation: the creator, or the reporter where no creator is known.
pub(crate) fn setter(tables: &Tables, alias: &str) -> Expr {
    let known: Vec<Expr> = ["creator", "reporter"]
        .into_iter()
        .filter(|c| tables.has("issues", c))
        .map(|c| cast(col(alias, c), DataType::Utf8))
        .collect();
    if known.is_empty() { lit(ScalarValue::Utf8(None)) } else { coalesce(known) }
}
