//! WHILE: several fields of an issue on one line of time.
//!
//! The changes of all fields are put in order, behind a row for the issue's creation. Each row opens a piece of time that
//! ends at the next. What a field held in a piece is carried forward as one number: the place of its last change, doubled,
//! plus one where the value was one of those wanted. Pieces in which all holds, and that touch, are one interval.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType, ScalarValue};
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{bool_or, max, min, sum};
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::functions_window::expr_fn::{lag, lead, row_number};
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit, when,
};

use super::activity::{of_field, side};
use super::expr::{actor_in, all, any, comparison, in_list, plain, texts, window};
use super::intervals::{in_bounds, length, present_in, setter};
use super::scan::{EVENTS, Tables, col, field_of, time_type};
use crate::error::Error;
use crate::semantic::bound::{HistoryCondition, HistoryField, HistoryValues, Target};

/// A clause with WHILE as a relation joined to the rows.
pub(crate) struct Timeline {
    target: Target,
    of: HistoryCondition,
    number: usize,
}

/// A field, or one element of a field with several values, followed through time.
struct Track<'a> {
    field: &'a HistoryField,
    values: HistoryValues,
    /// Which of the states it belongs to; the first is that of WAS itself.
    state: usize,
}

impl Timeline {
    pub(crate) fn new(target: Target, of: &HistoryCondition, number: usize) -> Self {
        Self { target, of: of.clone(), number }
    }

    /// Whether it asks the same, or the opposite.
    pub(crate) fn is_of(&self, of: &HistoryCondition) -> bool {
        let plain = |of: &HistoryCondition| HistoryCondition { negated: false, span: self.of.span, ..of.clone() };
        plain(&self.of) == plain(of)
    }

    pub(crate) fn alias(&self) -> String {
        format!("while_{}", self.number)
    }

    /// The truth of the clause for a row: true, or not true.
    pub(crate) fn fact(&self) -> Expr {
        let own = col(&self.alias(), "held");
        match &self.of.lasted {
            Some(lasted) if lasted.total => comparison(own, lasted.op, lit(lasted.length)),
            _ => own,
        }
    }

    fn tracks(&self) -> Vec<Track<'_>> {
        let own = std::iter::once((&self.of.field, &self.of.values));
        let mut tracks = Vec::new();
        for (state, (field, values)) in own.chain(self.of.held.iter().map(|h| (&h.field, &h.values))).enumerate() {
            if !field.multi {
                tracks.push(Track { field, values: values.clone(), state });
                continue;
            }
            tracks.extend(values.names.iter().map(|name| {
                let values = HistoryValues { names: vec![name.clone()], ..HistoryValues::default() };
                Track { field, values, state }
            }));
        }
        tracks
    }

    /// `issue_id, held`
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let tracks = self.tracks();
        let rows = self.changes(tables, &tracks)?.union(self.starts(tables, &tracks)?.build()?)?.alias(LINE)?;
        let rows = states(rows, &tracks)?;
        let mut wanted = Vec::new();
        for state in 0..=self.of.held.len() {
            let of_state = tracks.iter().enumerate().filter(|(_, track)| track.state == state);
            let any_of = of_state.map(|(at, _)| is_so(at, state == 0)).collect::<Result<_, _>>()?;
            let negated = state > 0 && self.of.held[state - 1].negated;
            wanted.push(if negated { any(any_of).is_not_true() } else { any(any_of) });
        }
        // A piece without length is no time at all; where its start is not known nobody can say so.
        wanted.push(any(vec![plain("until").is_null(), line("time").is_null(), plain("until").gt(line("time"))]));
        let parts = whole_parts(rows.filter(all(wanted))?)?;
        let counts = in_bounds(&self.of, plain("start"), plain("end"));
        let held = match &self.of.lasted {
            Some(lasted) if lasted.total => sum(when(counts, length(&self.of, plain("start"), plain("end"))).end()?),
            _ => bool_or(counts),
        };
        Ok(parts.aggregate(vec![line("issue_id")], vec![held.alias("held")])?)
    }

    /// The changes of all tracks: of each, whether the value was one of those wanted before and after.
    fn changes(&self, tables: &Tables, tracks: &[Track<'_>]) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let issue = need("issue_id")?;
        let mut columns = vec![
            cast(issue.clone(), DataType::Int64).alias("issue_id"),
            cast(need("time")?, time_type()).alias("time"),
            cast(need("event_id")?, DataType::Utf8View).alias("event_id"),
            lit(false).alias("is_start"),
            none().alias("made_so"),
        ];
        let mut fields = Vec::new();
        for (at, track) in tracks.iter().enumerate() {
            let (to, from) = (side(tables, "to", &track.values)?, side(tables, "from", &track.values)?);
            let changes = of_field(tables, track.field)?;
            let changes = if track.field.multi { all(vec![changes, any(vec![to.clone(), from.clone()])]) } else { changes };
            // Who set the value belongs to what is wanted of the first state.
            let mut set = vec![to];
            if track.state == 0 {
                for actors in &self.of.by {
                    set.push(actor_in(need("actor")?, actors));
                }
                for kinds in &self.of.via {
                    set.push(in_list(need("actor_kind")?, texts(kinds), false));
                }
            }
            let flag = |holds: Expr| when(changes.clone(), when(holds, lit(1i64)).otherwise(lit(0i64))?).end();
            columns.push(flag(all(set))?.alias(format!("to_{at}")));
            columns.push(flag(from)?.alias(format!("from_{at}")));
            columns.push(none().alias(format!("now_{at}")));
            fields.push(changes);
        }
        Ok(tables.scan("events", EVENTS)?.filter(issue.is_not_null().and(any(fields)))?.project(columns)?)
    }

    /// A row for the creation of each issue, with what it holds now.
    fn starts(&self, tables: &Tables, tracks: &[Track<'_>]) -> Result<LogicalPlanBuilder, Error> {
        const OWNER: &str = "owner";
        let mut made: Vec<Expr> = self.of.by.iter().map(|actors| actor_in(setter(tables, OWNER), actors)).collect();
        if !self.of.via.is_empty() {
            made.push(lit(false));
        }
        let yes = |holds: Expr| when(holds, lit(1i64)).otherwise(lit(0i64));
        let present = tracks.iter().map(|track| match &track.field.present {
            None => Ok(lit(0i64)),
            Some(present) => yes(present_in(field_of(tables, "issues", OWNER, present), present.shape, &track.values)),
        });
        let present = present.collect::<Result<Vec<_>, _>>()?;
        let (id, created) = (tables.need("issues", OWNER, "id")?, tables.need("issues", OWNER, "created")?);
        let known = tables.scan("issues", OWNER)?.project(start(id, created, yes(all(made))?, present))?;
        // Issues of which there are only events: who made them nobody knows, and what they hold now is nothing known. Among
        // issues those matter that have changes; in ACTIVITY each event of theirs is a row.
        let fields = match self.target {
            Target::Issues => tracks.iter().map(|track| of_field(tables, track.field)).collect::<Result<Vec<_>, _>>()?,
            Target::Activity => vec![lit(true)],
        };
        let nothing = tracks.iter().map(|track| lit(i64::from(track.values.empty && !track.field.multi))).collect();
        let issue = tables.need("events", EVENTS, "issue_id")?;
        let on = (vec![Column::new(Some(EVENTS), "issue_id")], vec![Column::new(Some(OWNER), "id")]);
        let never = lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into())));
        let made_so = lit(i64::from(self.of.by.iter().all(|by| by.or_unknown) && self.of.via.is_empty()));
        let unknown = tables
            .scan("events", EVENTS)?
            .filter(issue.clone().is_not_null().and(any(fields)))?
            .join(tables.scan("issues", OWNER)?.build()?, JoinType::LeftAnti, on, None)?
            .aggregate(vec![issue.clone()], Vec::<Expr>::new())?
            .project(start(issue, never, made_so, nothing))?;
        Ok(known.union(unknown.build()?)?)
    }
}

/// The row that stands for an issue's creation.
fn start(id: Expr, at: Expr, made_so: Expr, present: Vec<Expr>) -> Vec<Expr> {
    let mut columns = vec![
        cast(id, DataType::Int64).alias("issue_id"),
        cast(at, time_type()).alias("time"),
        cast(lit(""), DataType::Utf8View).alias("event_id"),
        lit(true).alias("is_start"),
        cast(made_so, DataType::Int64).alias("made_so"),
    ];
    for (at, present) in present.into_iter().enumerate() {
        columns.push(none().alias(format!("to_{at}")));
        columns.push(none().alias(format!("from_{at}")));
        columns.push(present.alias(format!("now_{at}")));
    }
    columns
}

/// Adds what each track holds in each piece, and where the piece ends.
fn states(rows: LogicalPlanBuilder, tracks: &[Track<'_>]) -> Result<LogicalPlanBuilder, Error> {
    let issue = || vec![line("issue_id")];
    let in_time = vec![line("is_start").sort(false, false), line("time").sort(true, true), line("event_id").sort(true, true)];
    let rows = rows.window(vec![
        row_number().partition_by(issue()).order_by(in_time.clone()).build()?.alias("place"),
        lead(line("time"), Some(1), None).partition_by(issue()).order_by(in_time).build()?.alias("until"),
    ])?;
    let place = || cast(plain("place"), DataType::Int64);
    let marked = |flag: &str| when(line(flag).is_not_null(), place() * lit(2i64) + line(flag)).end();
    let (mut forward, mut whole) = (Vec::new(), Vec::new());
    for at in 0..tracks.len() {
        forward.push(so_far(window(max_udaf(), marked(&format!("to_{at}"))?))?.alias(format!("last_{at}")));
        let all_of = |function, of| window(function, of).partition_by(issue()).build();
        whole.push(all_of(min_udaf(), marked(&format!("from_{at}"))?)?.alias(format!("first_{at}")));
        whole.push(all_of(max_udaf(), line(&format!("now_{at}")))?.alias(format!("present_{at}")));
    }
    let own = tracks.iter().enumerate().filter(|(_, track)| track.state == 0);
    let own = any(own.map(|(at, _)| line(&format!("to_{at}")).is_not_null()).collect());
    forward.push(so_far(window(max_udaf(), when(own, place()).end()?))?.alias("own"));
    whole.push(window(max_udaf(), line("made_so")).partition_by(issue()).build()?.alias("set_at_first"));
    Ok(rows.window(forward)?.window(whole)?)
}

/// Whether a track holds what is wanted in the piece of a row.
fn is_so(at: usize, with_setter: bool) -> Result<Expr, Error> {
    let odd = |name: &str| (plain(name) % lit(2i64)).eq(lit(1i64));
    let (last, first) = (format!("last_{at}"), format!("first_{at}"));
    let at_first = when(plain(&first).is_not_null(), odd(&first)).otherwise(plain(&format!("present_{at}")).eq(lit(1i64)))?;
    let at_first = if with_setter { all(vec![at_first, plain("set_at_first").eq(lit(1i64))]) } else { at_first };
    Ok(when(plain(&last).is_not_null(), odd(&last)).otherwise(at_first)?)
}

/// Joins pieces that touch into `issue_id, start, end`. A new change of the field itself begins a new interval.
fn whole_parts(rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
    let before = |of: Expr| lag(of, Some(1), None).partition_by(vec![line("issue_id")]).order_by(by_place()).build();
    let rows = rows.window(vec![before(plain("until"))?.alias("until_before"), before(plain("own"))?.alias("own_before")])?;
    let own = |name: &str| coalesce(vec![plain(name), lit(0i64)]);
    let goes_on = all(vec![plain("until_before").eq(line("time")), own("own_before").eq(own("own"))]);
    let begins = when(goes_on, lit(0i64)).otherwise(lit(1i64))?;
    let rows = rows.window(vec![so_far(window(sum_udaf(), begins))?.alias("part")])?;
    // An interval whose start is not known has none, and one that goes on has no end.
    let unless = |open: Expr, known: Expr| when(bool_or(open).is_not_true(), known).end();
    Ok(rows.aggregate(
        vec![line("issue_id"), plain("part")],
        vec![
            unless(line("time").is_null(), min(line("time")))?.alias("start"),
            unless(plain("until").is_null(), max(plain("until")))?.alias("end"),
        ],
    )?)
}

const LINE: &str = "line";

fn line(name: &str) -> Expr {
    col(LINE, name)
}

fn none() -> Expr {
    lit(ScalarValue::Int64(None))
}

fn by_place() -> Vec<SortExpr> {
    vec![plain("place").sort(true, false)]
}

/// Over the rows of the issue up to this one.
fn so_far(of: Expr) -> Result<Expr, Error> {
    let frame = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::CurrentRow,
    );
    Ok(of.partition_by(vec![line("issue_id")]).order_by(by_place()).window_frame(frame).build()?)
}
