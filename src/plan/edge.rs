//! The value in the first or the last of a group's events: `jql_first(value, time, event_id)`, `jql_last(...)`.
//!
//! Events stand in the order of their times, those of one instant in that of their ids. DataFusion's `first_value` and
//! `last_value` can say the same with an ORDER BY, but look at every group for every batch and keep the order of each as a list
//! of scalars. With an issue a group that is most of the time of a query.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::mem::size_of;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::types::{Int64Type, TimestampMicrosecondType};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray, StringViewBuilder, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::kernels::nullif::nullif;
use datafusion::arrow::compute::{cast, not, prep_null_mask_filter};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, ExprFunctionExt, GroupsAccumulator, Signature, Volatility,
};

use super::scan::{col, time_type};
use crate::error::Error;

/// Which end of a group's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum End {
    First,
    Last,
}

/// The aggregate function of one end.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Edge {
    end: End,
    signature: Signature,
}

static FIRST: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| Edge::udaf(End::First));
static LAST: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| Edge::udaf(End::Last));

/// To be registered in sessions that read serialised plans.
pub(crate) fn registered() -> [Arc<AggregateUDF>; 2] {
    [FIRST.clone(), LAST.clone()]
}

/// The value in the last of the events under an alias that pass `of`: a text or a number.
pub(super) fn last(value: Expr, alias: &str, of: Expr) -> Result<Expr, Error> {
    call(&LAST, value, alias, of)
}

/// The value in the first of them.
pub(super) fn first(value: Expr, alias: &str, of: Expr) -> Result<Expr, Error> {
    call(&FIRST, value, alias, of)
}

fn call(function: &AggregateUDF, value: Expr, alias: &str, of: Expr) -> Result<Expr, Error> {
    Ok(function.call(vec![value, col(alias, "time"), col(alias, "event_id")]).filter(of).build()?)
}

impl Edge {
    fn udaf(end: End) -> Arc<AggregateUDF> {
        Arc::new(AggregateUDF::new_from_impl(Self { end, signature: Signature::any(3, Volatility::Immutable) }))
    }

    fn edges(&self, value: &DataType) -> Result<Edges> {
        let values = match value {
            DataType::Int64 => Values::Numbers(Vec::new()),
            DataType::Utf8View => Values::Texts(Vec::new(), Distinct::default()),
            other => return exec_err!("{} takes no values of type {other}", self.name()),
        };
        Ok(Edges { end: self.end, times: Vec::new(), ids: Vec::new(), id_bytes: 0, values })
    }
}

impl AggregateUDFImpl for Edge {
    fn name(&self) -> &str {
        match self.end {
            End::First => "jql_first",
            End::Last => "jql_last",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [value, _, _] => Ok(value.clone()),
            _ => exec_err!("{} takes a value, a time and an id", self.name()),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |name: &str, data_type: DataType| Arc::new(Field::new(format!("{}[{name}]", args.name), data_type, true));
        Ok(vec![
            field("value", args.return_field.data_type().clone()),
            field("time", time_type()),
            field("event_id", DataType::Utf8View),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Whole(self.edges(args.return_field.data_type())?)))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.edges(args.return_field.data_type())?))
    }
}

/// The edge of each group so far.
struct Edges {
    end: End,
    /// None where no event of the group has passed.
    times: Vec<Option<i64>>,
    ids: Vec<Option<String>>,
    /// How much the ids hold beside their places.
    id_bytes: usize,
    values: Values,
}

enum Values {
    Numbers(Vec<Option<i64>>),
    /// Of each group which of the distinct texts.
    Texts(Vec<Option<u32>>, Distinct),
}

/// Texts that were met, each once: most fields know few.
#[derive(Default)]
struct Distinct {
    texts: Vec<Arc<str>>,
    known: HashMap<Arc<str>, u32>,
    bytes: usize,
}

impl Distinct {
    fn of(&mut self, text: &str) -> Result<u32> {
        if let Some(known) = self.known.get(text) {
            return Ok(*known);
        }
        let Ok(next) = u32::try_from(self.texts.len()) else { return exec_err!("there are more than {} texts", u32::MAX) };
        let text: Arc<str> = text.into();
        self.bytes += text.len() + 2 * size_of::<Arc<str>>() + 2 * size_of::<u32>() + 2 * size_of::<usize>();
        self.texts.push(text.clone());
        self.known.insert(text, next);
        Ok(next)
    }
}

/// The rows of a batch: values, times, ids.
struct Rows {
    values: ArrayRef,
    times: TimestampMicrosecondArray,
    ids: StringViewArray,
}

impl Rows {
    fn new(columns: &[ArrayRef]) -> Result<Self> {
        let [values, times, ids] = columns else { return exec_err!("a value, a time and an id are wanted") };
        Ok(Self {
            values: values.clone(),
            times: cast(times, &time_type())?.as_primitive::<TimestampMicrosecondType>().clone(),
            ids: cast(ids, &DataType::Utf8View)?.as_string_view().clone(),
        })
    }

    fn id(&self, row: usize) -> Option<&str> {
        self.ids.is_valid(row).then(|| self.ids.value(row))
    }
}

impl Edges {
    fn resize(&mut self, groups: usize) {
        self.times.resize(groups, None);
        self.ids.resize(groups, None);
        match &mut self.values {
            Values::Numbers(values) => values.resize(groups, None),
            Values::Texts(values, _) => values.resize(groups, None),
        }
    }

    /// Whether an event is nearer to the edge than the one that is held. An event without an id stands after all others.
    fn is_nearer(&self, group: usize, time: i64, id: Option<&str>) -> bool {
        let Some(held) = self.times[group] else { return true };
        let by_id = || match (id, self.ids[group].as_deref()) {
            (Some(id), Some(held)) => id.cmp(held),
            (id, held) => id.is_none().cmp(&held.is_none()),
        };
        let order = time.cmp(&held).then_with(by_id);
        match self.end {
            End::First => order == Ordering::Less,
            End::Last => order == Ordering::Greater,
        }
    }

    fn take(&mut self, rows: &Rows, groups: &[usize], passes: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.resize(total);
        for (row, &group) in groups.iter().enumerate() {
            let passed = passes.is_none_or(|passes| passes.is_valid(row) && passes.value(row));
            if !passed || rows.times.is_null(row) {
                continue;
            }
            let (time, id) = (rows.times.value(row), rows.id(row));
            if !self.is_nearer(group, time, id) {
                continue;
            }
            self.times[group] = Some(time);
            // The text that is there is written over, so that a group's id is allocated about once.
            let held = &mut self.ids[group];
            let before = held.as_ref().map_or(0, String::capacity);
            match id {
                None => *held = None,
                Some(id) => {
                    let held = held.get_or_insert_default();
                    held.clear();
                    held.push_str(id);
                }
            }
            self.id_bytes = self.id_bytes + held.as_ref().map_or(0, String::capacity) - before;
            match &mut self.values {
                Values::Numbers(values) => {
                    let numbers = rows.values.as_primitive::<Int64Type>();
                    values[group] = numbers.is_valid(row).then(|| numbers.value(row));
                }
                Values::Texts(values, distinct) => {
                    let texts = rows.values.as_string_view();
                    values[group] = texts.is_valid(row).then(|| distinct.of(texts.value(row))).transpose()?;
                }
            }
        }
        Ok(())
    }

    fn values(&mut self, emit: EmitTo) -> ArrayRef {
        match &mut self.values {
            Values::Numbers(values) => Arc::new(Int64Array::from(emit.take_needed(values))),
            Values::Texts(values, distinct) => {
                let taken = emit.take_needed(values);
                let mut out = StringViewBuilder::with_capacity(taken.len()).with_deduplicate_strings();
                for value in taken {
                    out.append_option(value.and_then(|value| distinct.texts.get(value as usize)));
                }
                Arc::new(out.finish())
            }
        }
    }

    fn columns(&mut self, emit: EmitTo) -> Vec<ArrayRef> {
        let values = self.values(emit);
        let times = TimestampMicrosecondArray::from(emit.take_needed(&mut self.times)).with_timezone("UTC");
        let ids = emit.take_needed(&mut self.ids);
        self.id_bytes -= ids.iter().flatten().map(String::capacity).sum::<usize>().min(self.id_bytes);
        vec![values, Arc::new(times), Arc::new(ids.into_iter().collect::<StringViewArray>())]
    }

    fn held_bytes(&self) -> usize {
        let values = match &self.values {
            Values::Numbers(values) => values.capacity() * size_of::<Option<i64>>(),
            Values::Texts(values, distinct) => values.capacity() * size_of::<Option<u32>>() + distinct.bytes,
        };
        self.times.capacity() * size_of::<Option<i64>>()
            + self.ids.capacity() * size_of::<Option<String>>()
            + self.id_bytes
            + values
    }
}

impl GroupsAccumulator for Edges {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], passes: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.take(&Rows::new(values)?, groups, passes, total)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.take(&Rows::new(values)?, groups, None, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], passes: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Rows { values, times, ids } = Rows::new(values)?;
        let times: ArrayRef = match passes {
            // A state without a time is of no event.
            Some(passes) => nullif(&times, &not(&prep_null_mask_filter(passes))?)?,
            None => Arc::new(times),
        };
        Ok(vec![values, times, Arc::new(ids)])
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let mut columns = self.columns(emit);
        Ok(columns.swap_remove(0))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(self.columns(emit))
    }

    fn size(&self) -> usize {
        self.held_bytes()
    }
}

/// All rows as one group.
struct Whole(Edges);

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whole").field("end", &self.0.end).finish_non_exhaustive()
    }
}

impl Accumulator for Whole {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = Rows::new(values)?;
        self.0.take(&rows, &vec![0; rows.times.len()], None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.resize(1);
        ScalarValue::try_from_array(&self.0.values(EmitTo::All), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.resize(1);
        self.0.columns(EmitTo::All).iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.held_bytes()
    }
}
