//! The functions of SHOW, GROUP BY and ORDER BY: aggregates, time buckets, durations and what comes next.

use crate::semantic::bound::{Aggregate, Unit};

/// An aggregate, time bucket, duration or next event for SHOW, GROUP BY and ORDER BY.
#[derive(Clone, Copy, Debug)]
pub struct ColumnFunction {
    /// Its name.
    pub name: &'static str,
    /// What it computes.
    pub computes: Computes,
    /// One sentence.
    pub doc: &'static str,
}

/// What a column function computes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Computes {
    Aggregate(Aggregate),
    /// An aggregate that says which behind its column.
    Percentile,
    Bucket(Unit),
    TimeIn,
    LeadTime,
    CycleTime,
    Lasted,
    Until,
}

macro_rules! column_function {
    ($name:literal, $computes:expr, $doc:literal) => {
        ColumnFunction { name: $name, computes: $computes, doc: $doc }
    };
}

/// Every column function, in alphabetical order.
pub const COLUMN_FUNCTIONS: &[ColumnFunction] = &[
    column_function!("avg", Computes::Aggregate(Aggregate::Avg), "The mean."),
    column_function!("count", Computes::Aggregate(Aggregate::Count), "The number of rows, or of values."),
    column_function!("countDistinct", Computes::Aggregate(Aggregate::CountDistinct), "The number of different values."),
    column_function!(
        "cycleTime",
        Computes::CycleTime,
        "Seconds from the first change into a status of the category In Progress to the resolution."
    ),
    column_function!("day", Computes::Bucket(Unit::Day), "The day of an instant."),
    column_function!("hour", Computes::Bucket(Unit::Hour), "The hour of an instant."),
    column_function!(
        "lasted",
        Computes::Lasted,
        "Seconds from an event to the next one of the same thing with one of the verbs: lasted(disabled)."
    ),
    column_function!("leadTime", Computes::LeadTime, "Seconds from creation to the resolution."),
    column_function!("max", Computes::Aggregate(Aggregate::Max), "The greatest value."),
    column_function!("median", Computes::Aggregate(Aggregate::Median), "The value in the middle."),
    column_function!("min", Computes::Aggregate(Aggregate::Min), "The least value."),
    column_function!("month", Computes::Bucket(Unit::Month), "The month of an instant."),
    column_function!("percentile", Computes::Percentile, "The value below which so many percent lie: percentile(votes, 90)."),
    column_function!("quarter", Computes::Bucket(Unit::Quarter), "The quarter of an instant."),
    column_function!("sum", Computes::Aggregate(Aggregate::Sum), "The sum."),
    column_function!(
        "timeIn",
        Computes::TimeIn,
        "Seconds for which a field had one of the values: timeIn(status, \"In Progress\")."
    ),
    column_function!(
        "until",
        Computes::Until,
        "The time of the next event of the same thing with one of the verbs: until(disabled, deleted)."
    ),
    column_function!("week", Computes::Bucket(Unit::Week), "The week of an instant."),
    column_function!("year", Computes::Bucket(Unit::Year), "The year of an instant."),
];

/// The column function of a name, ignoring case.
pub fn column_function(name: &str) -> Option<&'static ColumnFunction> {
    COLUMN_FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name))
}
