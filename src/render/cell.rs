//! One value of a batch, whatever Arrow type holds it.

use std::fmt::{self, Display};

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};

/// A value as the formats see it.
#[derive(Clone, Debug)]
pub(super) enum Cell<'a> {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer beyond `i64`.
    UInt(u64),
    /// A float; may be NaN or infinite.
    Float(f64),
    /// A number that only its text holds in full (decimals).
    Number(String),
    /// A text in the batch.
    Text(&'a str),
    /// A text made here (durations, types without a form of their own).
    Made(String),
    /// An instant.
    Instant(Timestamp),
    /// A date and time without a zone.
    Local(DateTime),
    /// A day.
    Day(Date),
    /// Several values.
    List(ArrayRef),
}

impl Cell<'_> {
    /// Whether a spreadsheet could read the value as a formula: texts only.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Cell::Text(_) | Cell::Made(_) | Cell::List(_))
    }
}

/// The value as plain text: instants in UTC, lists joined by `, `, no value as nothing.
impl Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => Ok(()),
            Cell::Bool(v) => v.fmt(f),
            Cell::Int(v) => v.fmt(f),
            Cell::UInt(v) => v.fmt(f),
            Cell::Float(v) if v.is_finite() && v.abs() >= 1e16 => write!(f, "{v:e}"),
            Cell::Float(v) => v.fmt(f),
            Cell::Number(v) | Cell::Made(v) => f.write_str(v),
            Cell::Text(v) => f.write_str(v),
            Cell::Instant(v) => v.fmt(f),
            Cell::Local(v) => v.fmt(f),
            Cell::Day(v) => v.fmt(f),
            Cell::List(values) => {
                let column = Column::new(values.as_ref());
                for row in 0..values.len() {
                    if row > 0 {
                        f.write_str(", ")?;
                    }
                    column.cell(row).fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

/// Whether values of the type are aligned to the right.
pub(super) fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_number(values),
        other => other.is_numeric(),
    }
}

/// A column of a batch, its type looked at once.
pub(super) struct Column<'a> {
    array: &'a dyn Array,
    kind: Kind<'a>,
}

type Get<'a, T> = Box<dyn Fn(usize) -> T + 'a>;

enum Kind<'a> {
    Null,
    Text(Get<'a, &'a str>),
    Bool(Get<'a, bool>),
    Int(Get<'a, i64>),
    UInt(Get<'a, u64>),
    Float(Get<'a, f64>),
    /// Nanoseconds since the epoch; whether there is a zone.
    Time(Get<'a, i128>, bool),
    /// Days since the epoch.
    Day(Get<'a, i64>),
    Dictionary(Vec<usize>, Box<Column<'a>>),
    List(Get<'a, ArrayRef>),
    /// Anything else, as Arrow prints it; whether that is a number.
    Other(Option<Box<ArrayFormatter<'a>>>, bool),
}

impl<'a> Column<'a> {
    pub(super) fn new(array: &'a dyn Array) -> Self {
        Self { array, kind: kind(array) }
    }

    /// The value of a row.
    pub(super) fn cell(&self, row: usize) -> Cell<'a> {
        if self.array.is_null(row) {
            return Cell::Null;
        }
        match &self.kind {
            Kind::Null => Cell::Null,
            Kind::Text(get) => Cell::Text(get(row)),
            Kind::Bool(get) => Cell::Bool(get(row)),
            Kind::Int(get) => Cell::Int(get(row)),
            Kind::UInt(get) => Cell::UInt(get(row)),
            Kind::Float(get) => Cell::Float(get(row)),
            Kind::Time(get, zoned) => time(get(row), *zoned),
            Kind::Day(get) => day(get(row)),
            Kind::Dictionary(keys, values) => values.cell(keys[row]),
            Kind::List(get) => Cell::List(get(row)),
            Kind::Other(Some(formatter), number) => match formatter.value(row).try_to_string() {
                Ok(text) if *number => Cell::Number(text),
                Ok(text) => Cell::Made(text),
                Err(_) => Cell::Null,
            },
            Kind::Other(None, _) => Cell::Null,
        }
    }
}

fn time(nanoseconds: i128, zoned: bool) -> Cell<'static> {
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(instant) if zoned => Cell::Instant(instant),
        Ok(instant) => Cell::Local(jiff::tz::Offset::UTC.to_datetime(instant)),
        Err(_) => Cell::Made(format!("{nanoseconds} ns")),
    }
}

fn day(days: i64) -> Cell<'static> {
    let span = 1.day().try_days(days);
    match span.and_then(|span| Date::constant(1970, 1, 1).checked_add(span)) {
        Ok(date) => Cell::Day(date),
        Err(_) => Cell::Made(format!("{days} d")),
    }
}

fn primitive<'a, T: ArrowPrimitiveType, V>(array: &'a dyn Array, map: impl Fn(T::Native) -> V + 'a) -> Get<'a, V> {
    let values = array.as_primitive::<T>().values();
    Box::new(move |row| map(values[row]))
}

fn kind<'a>(array: &'a dyn Array) -> Kind<'a> {
    match array.data_type() {
        DataType::Null => Kind::Null,
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            Kind::Text(Box::new(|row| texts.value(row)))
        }
        DataType::LargeUtf8 => {
            let texts = array.as_string::<i64>();
            Kind::Text(Box::new(|row| texts.value(row)))
        }
        DataType::Utf8View => {
            let texts = array.as_string_view();
            Kind::Text(Box::new(|row| texts.value(row)))
        }
        DataType::Boolean => {
            let values = array.as_boolean();
            Kind::Bool(Box::new(|row| values.value(row)))
        }
        DataType::Int8 => Kind::Int(primitive::<Int8Type, _>(array, i64::from)),
        DataType::Int16 => Kind::Int(primitive::<Int16Type, _>(array, i64::from)),
        DataType::Int32 => Kind::Int(primitive::<Int32Type, _>(array, i64::from)),
        DataType::Int64 => Kind::Int(primitive::<Int64Type, _>(array, |v| v)),
        DataType::UInt8 => Kind::UInt(primitive::<UInt8Type, _>(array, u64::from)),
        DataType::UInt16 => Kind::UInt(primitive::<UInt16Type, _>(array, u64::from)),
        DataType::UInt32 => Kind::UInt(primitive::<UInt32Type, _>(array, u64::from)),
        DataType::UInt64 => Kind::UInt(primitive::<UInt64Type, _>(array, |v| v)),
        DataType::Float16 => Kind::Float(primitive::<Float16Type, _>(array, |v| shortest(v.to_f32()))),
        DataType::Float32 => Kind::Float(primitive::<Float32Type, _>(array, shortest)),
        DataType::Float64 => Kind::Float(primitive::<Float64Type, _>(array, |v| v)),
        DataType::Timestamp(unit, zone) => {
            let get: Get<'a, i128> = match unit {
                TimeUnit::Second => primitive::<TimestampSecondType, _>(array, |v| i128::from(v) * 1_000_000_000),
                TimeUnit::Millisecond => primitive::<TimestampMillisecondType, _>(array, |v| i128::from(v) * 1_000_000),
                TimeUnit::Microsecond => primitive::<TimestampMicrosecondType, _>(array, |v| i128::from(v) * 1_000),
                TimeUnit::Nanosecond => primitive::<TimestampNanosecondType, _>(array, i128::from),
            };
            Kind::Time(get, zone.is_some())
        }
        DataType::Date32 => Kind::Day(primitive::<Date32Type, _>(array, i64::from)),
        DataType::Date64 => Kind::Day(primitive::<Date64Type, _>(array, |v| v.div_euclid(86_400_000))),
        DataType::Dictionary(..) => match array.as_any_dictionary_opt() {
            Some(dictionary) if !dictionary.values().is_empty() => {
                let values = Column::new(dictionary.values().as_ref());
                Kind::Dictionary(dictionary.normalized_keys(), Box::new(values))
            }
            _ => Kind::Null,
        },
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            Kind::List(Box::new(|row| lists.value(row)))
        }
        DataType::LargeList(_) => {
            let lists = array.as_list::<i64>();
            Kind::List(Box::new(|row| lists.value(row)))
        }
        DataType::FixedSizeList(..) => {
            let lists = array.as_fixed_size_list();
            Kind::List(Box::new(|row| lists.value(row)))
        }
        DataType::ListView(_) => {
            let lists = array.as_list_view::<i32>();
            Kind::List(Box::new(|row| lists.value(row)))
        }
        other => {
            let number = other.is_numeric();
            let options = FormatOptions::default().with_display_error(false);
            Kind::Other(ArrayFormatter::try_new(array, &options).ok().map(Box::new), number)
        }
    }
}

/// The double that prints as the float prints.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// The columns of a batch.
pub(super) fn columns(arrays: &[ArrayRef]) -> Vec<Column<'_>> {
    arrays.iter().map(|array| Column::new(array.as_ref())).collect()
}
