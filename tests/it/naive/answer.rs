//! From rows that satisfy the condition to the answer: groups, columns, order, limit.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};
use jqlx::data::rows::{EventRow, IssueRow, Tables};
use jqlx::semantic::bound::{Aggregate, AsOf, BoundField, BoundQuery, ColumnExpr, Shape, SortBy, SortKey, Target, Unit};
use jqlx::semantic::{Session, WeekStart};

use super::{Cell, Context, Row, cells, condition, history, past, together, value};

/// The rows of the answer, in order where the query orders them.
pub fn evaluate(query: &BoundQuery, tables: &Tables, session: &Session) -> Vec<Vec<Cell>> {
    rows(query, &Context { tables, now: tables, zone: session.zone.clone(), week_start: session.week_start })
}

/// The rows of a query, or of one within it.
pub fn rows(query: &BoundQuery, context: &Context<'_>) -> Vec<Vec<Cell>> {
    if let Some(AsOf::Instant(at)) = query.as_of {
        let with_deleted = query.with_deleted || query.target == Target::Activity;
        let issues = past::issues(context.now, &query.past, Some(at), with_deleted);
        let events = context.now.events.iter().filter(|e| e.time <= at).cloned().collect();
        let tables = Tables { issues, events, ..context.now.clone() };
        let query = BoundQuery { as_of: None, ..query.clone() };
        return answer(&query, &Context { tables: &tables, now: context.now, zone: context.zone.clone(), ..*context }, true);
    }
    answer(query, context, false)
}

/// The issue of an event as it was then.
fn at_event(event: &EventRow, query: &BoundQuery, context: &Context<'_>) -> Option<IssueRow> {
    let id = event.issue_id?;
    // An issue without a row has the values that its events tell.
    let unknown = IssueRow { id, ..IssueRow::default() };
    let present = context.tables.issues.iter().find(|i| i.id == id).unwrap_or(&unknown);
    // Whatever its creation and end, it is there: the event speaks of it.
    let now = Tables { issues: vec![present.clone()], events: context.tables.events.clone(), ..Tables::default() };
    let mut then = past::issue_at(&now, &query.past, present.id, event.time);
    then.created = present.created;
    then.creator = present.creator.clone();
    Some(then)
}

/// The rows; of a past world, every issue of it is there.
fn answer(query: &BoundQuery, context: &Context<'_>, whole: bool) -> Vec<Vec<Cell>> {
    let tables = context.tables;
    let forgotten = if query.with_deleted && !whole { past::forgotten(tables, &query.past) } else { Vec::new() };
    let then: Vec<Option<IssueRow>> = match query.as_of {
        Some(AsOf::Event) => tables.events.iter().map(|e| at_event(e, query, context)).collect(),
        _ => Vec::new(),
    };
    let rows: Vec<Row<'_>> = match query.target {
        Target::Issues => (tables.issues.iter().chain(&forgotten))
            .filter(|i| whole || query.with_deleted || i.deleted_at.is_none())
            .map(|i| Row { event: None, issue: Some(i), issue_id: Some(i.id) })
            .collect(),
        Target::Activity => (tables.events.iter().enumerate())
            .map(|(at, e)| Row {
                event: Some(e),
                issue: match then.get(at) {
                    Some(then) => then.as_ref(),
                    None => e.issue_id.and_then(|id| tables.issues.iter().find(|i| i.id == id)),
                },
                issue_id: e.issue_id,
            })
            .collect(),
    };
    let rows: Vec<Row<'_>> =
        (rows.into_iter()).filter(|r| query.condition.as_ref().is_none_or(|c| condition::holds(c, *r, context))).collect();
    // Each answer row with the row it comes from; a group has none.
    let mut answer: Vec<(Option<Row<'_>>, Vec<Cell>)> = if query.aggregated {
        groups(query, &rows, context).into_iter().map(|cells| (None, cells)).collect()
    } else {
        let cells = |r: &Row<'_>| query.columns.iter().map(|c| cell(&c.expr, *r, context)).collect();
        rows.iter().map(|r| (Some(*r), cells(r))).collect()
    };
    answer.sort_by(|a, b| {
        let orders = query.order_by.iter().map(|key| compare(key, a, b, context));
        orders.fold(Ordering::Equal, Ordering::then)
    });
    answer.truncate(query.limit.map_or(usize::MAX, |n| n as usize));
    answer.into_iter().map(|(_, cells)| cells).collect()
}

/// What a column holds of a row.
fn cell(expr: &ColumnExpr, row: Row<'_>, context: &Context<'_>) -> Cell {
    match expr {
        ColumnExpr::Field(field) => whole(row.values(field, context), field),
        ColumnExpr::Bucket(unit, field) => match row.values(field, context).first() {
            Some(Cell::Time(t)) => Cell::Time(start_of(*unit, *t, context)),
            // A day has no zone, and its unit begins on a day.
            Some(Cell::Date(day)) => Cell::Date(cells::days(first_day(*unit, cells::civil(*day), context))),
            _ => Cell::Null,
        },
        ColumnExpr::Lasting(lasting) => history::seconds(lasting, row, context),
        ColumnExpr::Until(next) => row.event.and_then(|e| together::next(e, next, context)).map_or(Cell::Null, Cell::Time),
        ColumnExpr::Aggregate(..) => panic!("an aggregate outside of a group"),
    }
}

fn whole(values: Vec<Cell>, field: &BoundField) -> Cell {
    match field.shape {
        Shape::TextList => Cell::List(
            (values.into_iter())
                .map(|v| match v {
                    Cell::Text(text) => text,
                    other => panic!("{other:?} in a list of texts"),
                })
                .collect(),
        ),
        _ => values.into_iter().next().unwrap_or(Cell::Null),
    }
}

/// The start of the unit that an instant lies in.
fn start_of(unit: Unit, time: i64, context: &Context<'_>) -> i64 {
    let zoned = Timestamp::from_microsecond(time).expect("times of tests are in range").to_zoned(context.zone.clone());
    if unit == Unit::Hour {
        // Hours are taken by the clock on the wall; where it goes back, each of the two hours is its own.
        let past = i64::from(zoned.minute()) * 60_000_000
            + i64::from(zoned.second()) * 1_000_000
            + i64::from(zoned.subsec_nanosecond()) / 1000;
        return time - past;
    }
    let first = first_day(unit, zoned.date(), context);
    let start: Zoned = first.to_zoned(context.zone.clone()).expect("dates of tests are in range");
    start.timestamp().as_microsecond()
}

/// The day on which the unit of a day begins.
fn first_day(unit: Unit, date: Date, context: &Context<'_>) -> Date {
    match unit {
        Unit::Hour | Unit::Day => date,
        Unit::Week => match context.week_start {
            WeekStart::Sunday => date - i64::from(date.weekday().to_sunday_zero_offset()).days(),
            WeekStart::Monday => date - i64::from(date.weekday().to_monday_zero_offset()).days(),
        },
        Unit::Month => date.first_of_month(),
        Unit::Quarter => date.first_of_month() - i64::from((date.month() - 1) % 3).months(),
        Unit::Year => date.first_of_year(),
    }
}

fn groups(query: &BoundQuery, rows: &[Row<'_>], context: &Context<'_>) -> Vec<Vec<Cell>> {
    let mut groups: Vec<(Vec<Cell>, Vec<Row<'_>>)> = Vec::new();
    for row in rows {
        // A list is grouped as a whole.
        let key: Vec<Cell> = query.group_by.iter().map(|c| cell(&c.expr, *row, context)).collect();
        match groups.iter_mut().find(|(k, _)| *k == key) {
            Some((_, members)) => members.push(*row),
            None => groups.push((key, vec![*row])),
        }
    }
    if query.group_by.is_empty() && groups.is_empty() {
        groups.push((Vec::new(), Vec::new()));
    }
    (groups.into_iter())
        .map(|(key, members)| {
            (query.columns.iter())
                .map(|column| match &column.expr {
                    ColumnExpr::Aggregate(function, of) => aggregate(*function, of.as_deref(), &members, context),
                    expr => {
                        let at = query.group_by.iter().position(|g| g.expr == *expr);
                        key[at.expect("a column of a group is a key or an aggregate")].clone()
                    }
                })
                .collect()
        })
        .collect()
}

fn aggregate(function: Aggregate, of: Option<&ColumnExpr>, rows: &[Row<'_>], context: &Context<'_>) -> Cell {
    let Some(of) = of else { return Cell::Int(rows.len() as i64) };
    // Empty fields do not count, lists without members among them.
    let empty = |value: &Cell| *value == Cell::Null || *value == Cell::List(Vec::new());
    let mut values: Vec<Cell> = rows.iter().map(|r| cell(of, *r, context)).filter(|value| !empty(value)).collect();
    match function {
        Aggregate::Count => Cell::Int(values.len() as i64),
        Aggregate::CountDistinct => {
            let mut distinct: Vec<Cell> = Vec::new();
            for v in values {
                if !distinct.contains(&v) {
                    distinct.push(v);
                }
            }
            Cell::Int(distinct.len() as i64)
        }
        Aggregate::Min | Aggregate::Max => {
            values.sort_by(exact);
            let found = if function == Aggregate::Min { values.first() } else { values.last() };
            found.cloned().unwrap_or(Cell::Null)
        }
        Aggregate::Sum | Aggregate::Avg | Aggregate::Median | Aggregate::Percentile(_) => numbers(function, &values),
    }
}

/// Texts by their bytes, everything else as usual.
fn exact(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        _ => a.compare(b),
    }
}

fn numbers(function: Aggregate, values: &[Cell]) -> Cell {
    if values.is_empty() {
        return Cell::Null;
    }
    let integers = values.iter().all(|v| matches!(v, Cell::Int(_)));
    let mut floats: Vec<f64> = (values.iter())
        .map(|v| match v {
            Cell::Int(n) => *n as f64,
            Cell::Float(n) => *n,
            other => panic!("{other:?} is no number"),
        })
        .collect();
    floats.sort_by(f64::total_cmp);
    let sum: f64 = floats.iter().sum();
    let n = floats.len();
    match function {
        Aggregate::Sum if integers => Cell::Int(sum as i64),
        Aggregate::Sum => Cell::Float(sum),
        Aggregate::Avg => Cell::Float(sum / n as f64),
        Aggregate::Percentile(percent) => {
            let place = percent / 100.0 * (n - 1) as f64;
            let (below, above) = (floats[place.floor() as usize], floats[place.ceil() as usize]);
            let millionths = ((place - place.floor()) * 1e6).floor();
            Cell::Float(below + (above - below) * (millionths / 1e6))
        }
        _ if n % 2 == 1 => Cell::Float(floats[n / 2]),
        _ => Cell::Float((floats[n / 2 - 1] + floats[n / 2]) / 2.0),
    }
}

type Answer<'a> = (Option<Row<'a>>, Vec<Cell>);

fn compare(key: &SortKey, a: &Answer<'_>, b: &Answer<'_>, context: &Context<'_>) -> Ordering {
    let (a, b) = (sort_values(key, a, context), sort_values(key, b, context));
    let empty = match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (false, false) => None,
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
    };
    if let Some(order) = empty {
        return if key.empty_first { order } else { order.reverse() };
    }
    // Columns of the answer are compared as they stand, values of the row ignoring case.
    let of = |(a, b): (&Cell, &Cell)| if matches!(key.by, SortBy::Output(_)) { exact(a, b) } else { a.compare(b) };
    let order = a.iter().zip(&b).map(of).fold(Ordering::Equal, Ordering::then);
    if key.ascending { order } else { order.reverse() }
}

/// What a row is sorted by: none where it is empty. Of several values the first in order counts.
fn sort_values(key: &SortKey, (row, cells): &Answer<'_>, context: &Context<'_>) -> Vec<Cell> {
    let of = |field: &BoundField| row.expect("a sort by value outside of groups").values(field, context);
    match &key.by {
        SortBy::Output(n) => match &cells[*n] {
            Cell::Null => Vec::new(),
            Cell::List(list) => list.iter().cloned().map(Cell::Text).collect(),
            other => vec![other.clone()],
        },
        SortBy::Value(field) => {
            let mut values = of(field);
            values.sort_by(|a, b| if key.ascending { a.compare(b) } else { b.compare(a) });
            values.truncate(1);
            values
        }
        SortBy::Rank(field, list) | SortBy::Listed(field, list) => {
            let place = |v: &Cell| list.iter().position(|l| l == text_of(v)).unwrap_or(list.len());
            first(of(field).iter().map(place), key).into_iter().collect()
        }
        SortBy::InProject(field, list) => {
            let project = row.and_then(|r| r.issue).and_then(|i| i.project.clone()).unwrap_or_default();
            let place = |v: &Cell| list.iter().position(|(p, l)| *p == project && l == text_of(v)).unwrap_or(list.len());
            let first = first(of(field).iter().map(place), key);
            first.into_iter().flat_map(|place| [Cell::Text(project.clone()), place]).collect()
        }
        SortBy::Key(field) => {
            let values = of(field);
            let Some(Cell::Text(text)) = values.first() else { return Vec::new() };
            let project = text.rsplit_once('-').map_or(text.as_str(), |(p, _)| p);
            let number = value::number_of_key(&values[0]).unwrap_or(0);
            vec![Cell::Text(project.to_string()), Cell::Int(number)]
        }
        SortBy::UserName(field) => {
            let values = of(field);
            let Some(Cell::Text(account)) = values.first() else { return Vec::new() };
            let user = context.tables.users.iter().find(|u| u.account_id == *account);
            vec![Cell::Text(user.and_then(|u| u.name.clone()).unwrap_or_else(|| account.clone()))]
        }
    }
}

/// Of several places the one that comes first in the order of the key.
fn first(places: impl Iterator<Item = usize>, key: &SortKey) -> Option<Cell> {
    let place = if key.ascending { places.min() } else { places.max() };
    place.map(|place| Cell::Int(place as i64))
}

fn text_of(value: &Cell) -> &str {
    match value {
        Cell::Text(text) => text,
        other => panic!("{other:?} has no place in a list"),
    }
}
