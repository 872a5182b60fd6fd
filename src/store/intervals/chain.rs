//! The changes of one field, and the intervals that they make.
//!
//! All is kept as numbers: a text has one code, and the rows of millions of changes are sorted without looking at a text,
//! except where two changes of an issue have the same time.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayBuilder, ArrayRef, AsArray, BooleanArray, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
    StringViewBuilder, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int32Type, Int64Type, SchemaRef};
use datafusion::arrow::error::ArrowError;

use super::Owners;

/// No text.
const NONE: u32 = u32::MAX;

/// Texts by numbers.
#[derive(Default)]
pub(super) struct Texts {
    codes: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    /// The codes of the last dictionary: the batches of a row group share one.
    last: Option<(ArrayRef, Vec<u32>)>,
}

impl Texts {
    pub(super) fn code(&mut self, text: &str) -> u32 {
        if let Some(code) = self.codes.get(text) {
            return *code;
        }
        let (code, text) = (u32::try_from(self.texts.len()).unwrap_or(NONE), Arc::<str>::from(text));
        self.texts.push(text.clone());
        self.codes.insert(text, code);
        code
    }

    pub(super) fn get(&self, code: u32) -> Option<&Arc<str>> {
        self.texts.get(usize::try_from(code).ok()?)
    }

    /// The codes of a column.
    pub(super) fn codes(&mut self, column: &ArrayRef) -> Result<Vec<u32>, ArrowError> {
        let category = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let column = cast(column, &category)?;
        let Some(column) = column.as_dictionary_opt::<Int32Type>() else { return Ok(vec![NONE; column.len()]) };
        let known = self.last.take().filter(|(values, _)| Arc::ptr_eq(values, column.values()));
        let (values, codes) = match known {
            Some(known) => known,
            None => {
                let values = column.values().as_string::<i32>();
                let codes = values.iter().map(|text| text.map_or(NONE, |text| self.code(text))).collect();
                (column.values().clone(), codes)
            }
        };
        let of = |key: Option<i32>| key.and_then(|key| codes.get(usize::try_from(key).ok()?).copied()).unwrap_or(NONE);
        let found = column.keys().iter().map(of).collect();
        self.last = Some((values, codes));
        Ok(found)
    }

    /// The place of each text among all, so that they are ordered as the texts are.
    fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.texts.len()).filter_map(|at| u32::try_from(at).ok()).collect();
        order.sort_unstable_by(|a, b| self.get(*a).cmp(&self.get(*b)));
        let mut ranks = vec![0; self.texts.len()];
        for (rank, code) in order.iter().enumerate() {
            if let (Some(place), Ok(rank)) = (ranks.get_mut(*code as usize), u32::try_from(rank)) {
                *place = rank;
            }
        }
        ranks
    }

    fn column(&self, codes: impl Iterator<Item = u32>) -> Result<ArrayRef, ArrowError> {
        let keys: Int32Array = codes.map(|code| i32::try_from(code).ok()).collect();
        let values = StringArray::from_iter_values(self.texts.iter().map(|text| text.as_ref()));
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values))?))
    }
}

/// A change; of a field with several values, an element that came or went.
struct Change {
    issue: i64,
    time: i64,
    event: u32,
    /// What it led to, or the element.
    to: u32,
    to_id: u32,
    from: u32,
    from_id: u32,
    actor: u32,
    kind: u32,
    added: bool,
}

struct Interval {
    issue: i64,
    value: u32,
    value_id: u32,
    from: Option<i64>,
    to: Option<i64>,
    set_by: u32,
    set_kind: u32,
    ended_by: u32,
    initial: bool,
}

/// All changes of a field.
pub(super) struct Chain {
    pub(super) field: String,
    pub(super) field_id: Option<String>,
    /// Each element has intervals of its own.
    pub(super) several: bool,
    changes: Vec<Change>,
    events: StringViewBuilder,
    values: Texts,
    ids: Texts,
    actors: Texts,
    kinds: Texts,
}

impl Chain {
    pub(super) fn new(field: String, field_id: Option<String>, several: bool) -> Self {
        Self {
            field,
            field_id,
            several,
            changes: Vec::new(),
            events: StringViewBuilder::new(),
            values: Texts::default(),
            ids: Texts::default(),
            actors: Texts::default(),
            kinds: Texts::default(),
        }
    }

    /// Adds the changes of a batch with the columns of [`super::CHANGES`], all of this field and with an issue.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let column = |name: &str| {
            batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("changes have no column {name}")))
        };
        let numbers = |name: &str| -> Result<Int64Array, ArrowError> {
            Ok(cast(column(name)?, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
        };
        let (issues, times) = (numbers("issue_id")?, numbers("time")?);
        let (to, from) = (self.values.codes(column("to_value")?)?, self.values.codes(column("from_value")?)?);
        let (to_id, from_id) = (self.ids.codes(column("to_id")?)?, self.ids.codes(column("from_id")?)?);
        let (actors, kinds) = (self.actors.codes(column("actor")?)?, self.kinds.codes(column("actor_kind")?)?);
        let events = cast(column("event_id")?, &DataType::Utf8View)?;
        let events = events.as_string_view();
        let at = |codes: &[u32], row: usize| codes.get(row).copied().unwrap_or(NONE);
        for row in 0..batch.num_rows() {
            let event = u32::try_from(self.events.len()).unwrap_or(NONE);
            self.events.append_value(if events.is_valid(row) { events.value(row) } else { "" });
            let change = |to, to_id, from, from_id, added| Change {
                issue: issues.value(row),
                time: times.value(row),
                event,
                to,
                to_id,
                from,
                from_id,
                actor: at(&actors, row),
                kind: at(&kinds, row),
                added,
            };
            let (new, old) = ((at(&to, row), at(&to_id, row)), (at(&from, row), at(&from_id, row)));
            if !self.several {
                self.changes.push(change(new.0, new.1, old.0, old.1, true));
                continue;
            }
            for ((element, id), added) in [(old, false), (new, true)] {
                if element != NONE {
                    self.changes.push(change(element, id, NONE, NONE, added));
                }
            }
        }
        Ok(())
    }

    /// The intervals, in the order of the table, as rows of `schema`.
    pub(super) fn intervals(mut self, owners: &Owners, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let events = self.events.finish();
        let text = |event: u32| events.value(event as usize);
        let element = |change: &Change| if self.several { change.to } else { 0 };
        let group = |change: &Change| (change.issue, element(change));
        self.changes.sort_unstable_by(|a, b| {
            let same = || if a.event == b.event { Ordering::Equal } else { text(a.event).cmp(text(b.event)) };
            group(a).cmp(&group(b)).then(a.time.cmp(&b.time)).then_with(same).then(a.added.cmp(&b.added))
        });
        // Who made the issues is told among the actors.
        let mut setters = HashMap::new();
        let mut setter = |actors: &mut Texts, code: u32| {
            *setters.entry(code).or_insert_with(|| owners.setter(code).map_or(NONE, |text| actors.code(text)))
        };
        let mut intervals = Vec::with_capacity(self.changes.len() + self.changes.len() / 2);
        for (at, change) in self.changes.iter().enumerate() {
            let of_group =
                |other: Option<&'_ Change>| other.filter(|other| group(other) == group(change)).map(|o| (o.time, o.actor));
            let next = of_group(self.changes.get(at + 1));
            let is_first = at.checked_sub(1).and_then(|before| of_group(self.changes.get(before))).is_none();
            if is_first && (!self.several || !change.added) {
                let (created, code) = owners.of(change.issue);
                let (value, value_id) = match self.several {
                    true => (change.to, change.to_id),
                    false => (change.from, change.from_id),
                };
                intervals.push(Interval {
                    issue: change.issue,
                    value,
                    value_id,
                    from: created,
                    to: Some(change.time),
                    set_by: setter(&mut self.actors, code),
                    set_kind: NONE,
                    ended_by: change.actor,
                    initial: true,
                });
            }
            if change.added {
                intervals.push(Interval {
                    issue: change.issue,
                    value: change.to,
                    value_id: change.to_id,
                    from: Some(change.time),
                    to: next.map(|(time, _)| time),
                    set_by: change.actor,
                    set_kind: change.kind,
                    ended_by: next.map_or(NONE, |(_, actor)| actor),
                    initial: false,
                });
            }
        }
        self.changes = Vec::new();
        let ranks = self.values.ranks();
        // Null is before everything.
        let rank = |code: u32| ranks.get(code as usize).map_or(0, |rank| u64::from(*rank) + 1);
        intervals.sort_unstable_by(|a, b| {
            let key = |of: &Interval| (rank(of.value), of.issue, of.from);
            key(a).cmp(&key(b)).then(a.to.cmp(&b.to))
        });
        self.batch(&intervals, schema)
    }

    fn batch(&self, intervals: &[Interval], schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let times = |of: fn(&Interval) -> Option<i64>| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from_iter(intervals.iter().map(of)).with_timezone("UTC"))
        };
        let one = |text: Option<&str>| -> Result<ArrayRef, ArrowError> {
            let mut texts = Texts::default();
            let code = text.map_or(NONE, |text| texts.code(text));
            texts.column(intervals.iter().map(|_| code))
        };
        let columns = schema.fields().iter().map(|field| -> Result<ArrayRef, ArrowError> {
            Ok(match field.name().as_str() {
                "issue_id" => Arc::new(Int64Array::from_iter_values(intervals.iter().map(|i| i.issue))),
                "field" => one(Some(&self.field))?,
                "field_id" => one(self.field_id.as_deref())?,
                "value" => self.values.column(intervals.iter().map(|i| i.value))?,
                "value_id" => self.ids.column(intervals.iter().map(|i| i.value_id))?,
                "valid_from" => times(|i| i.from),
                "valid_to" => times(|i| i.to),
                "set_by" => self.actors.column(intervals.iter().map(|i| i.set_by))?,
                "set_kind" => self.kinds.column(intervals.iter().map(|i| i.set_kind))?,
                "ended_by" => self.actors.column(intervals.iter().map(|i| i.ended_by))?,
                "initial" => Arc::new(intervals.iter().map(|i| Some(i.initial)).collect::<BooleanArray>()),
                other => return Err(ArrowError::SchemaError(format!("intervals have no column {other}"))),
            })
        });
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<Vec<_>, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::table_columns;
    use super::*;
    use crate::store::layout::{INTERVALS, layout};
    use crate::store::{columns, order};

    fn texts(of: [Option<&str>; 4]) -> ArrayRef {
        Arc::new(StringArray::from_iter(of))
    }

    #[test]
    fn intervals_are_in_the_order_of_their_table() -> Result<(), ArrowError> {
        let none = || texts([None; 4]);
        let times = TimestampMicrosecondArray::from(vec![30, 10, 20, 10]).with_timezone("UTC");
        let changes = RecordBatch::try_from_iter_with_nullable([
            ("issue_id", Arc::new(Int64Array::from(vec![2, 1, 2, 2])) as ArrayRef, true),
            ("time", Arc::new(times) as ArrayRef, true),
            ("event_id", texts([Some("4"), Some("1"), Some("3"), Some("2")]), true),
            ("from_value", texts([None, Some("b"), Some("a"), Some("c")]), true),
            ("from_id", none(), true),
            ("to_value", texts([Some("b"), Some("a"), None, Some("a")]), true),
            ("to_id", none(), true),
            ("actor", none(), true),
            ("actor_kind", none(), true),
        ])?;
        let mut chain = Chain::new("status".into(), None, false);
        chain.add(&changes)?;
        let schema = columns::schema_of(&table_columns());
        let found = chain.intervals(&Owners::default(), &schema)?;
        assert_eq!(found.num_rows(), 6);
        let wanted = layout(INTERVALS).map_or(&[] as &[_], |layout| layout.order);
        assert_eq!(order::sorted(found.clone(), wanted)?, found);
        Ok(())
    }
}
