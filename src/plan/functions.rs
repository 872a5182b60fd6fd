//! The scalar functions that plans use beyond DataFusion's own. Their arguments are plain literals, so plans stay
//! serialisable.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBuilder, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    AggregateUDF, ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};

use super::{bucket, clock, edge, list_rank, working_time};
use crate::semantic::text::{TextFlavor, TextQuery};

/// What a function does with the texts of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    /// `jql_text(text, query, flavour)`: JQL's text search.
    Text,
    /// `jql_list_text(list, query, flavour)`: some member matches.
    ListText,
    /// `jql_list_any(list, values)`: some member is one of the values.
    ListAny,
    /// `jql_list_any_fold(list, values)`: the same ignoring case; the values are in lower case.
    ListAnyFold,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TextTest {
    role: Role,
    signature: Signature,
    /// The search of the literals, read once a plan. The literals stay beside it, so an optimised plan can be serialised
    /// too: whoever reads it gets the function without this.
    prepared: Option<TextQuery>,
}

impl TextTest {
    fn udf(role: Role) -> Arc<ScalarUDF> {
        let arguments = if matches!(role, Role::Text | Role::ListText) { 3 } else { 2 };
        let signature = Signature::any(arguments, Volatility::Immutable);
        Arc::new(ScalarUDF::new_from_impl(Self { role, signature, prepared: None }))
    }

    fn query(&self, with: &ScalarValue, flavor: Option<&ColumnarValue>) -> Result<TextQuery> {
        if let Some(query) = &self.prepared {
            return Ok(query.clone());
        }
        let Some(ColumnarValue::Scalar(flavor)) = flavor else { return exec_err!("{} takes a flavour", self.name()) };
        query_of(with, flavor)
    }
}

fn query_of(with: &ScalarValue, flavor: &ScalarValue) -> Result<TextQuery> {
    let Some(flavor) = TextFlavor::named(&text_of(flavor)?) else { return exec_err!("no such flavour of text search") };
    Ok(TextQuery::new(&text_of(with)?, flavor))
}

impl ScalarUDFImpl for TextTest {
    fn name(&self) -> &str {
        match self.role {
            Role::Text => "jql_text",
            Role::ListText => "jql_list_text",
            Role::ListAny => "jql_list_any",
            Role::ListAnyFold => "jql_list_any_fold",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn simplify(&self, args: Vec<Expr>, _info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let [_, Expr::Literal(with, _), Expr::Literal(flavor, _)] = args.as_slice() else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        if self.prepared.is_some() {
            return Ok(ExprSimplifyResult::Original(args));
        }
        let prepared = Some(query_of(with, flavor)?);
        let function = ScalarUDF::new_from_impl(Self { role: self.role, signature: self.signature.clone(), prepared });
        Ok(ExprSimplifyResult::Simplified(function.call(args)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [values, with, flavor @ ..] = args.args.as_slice() else { return exec_err!("{} lacks arguments", self.name()) };
        let values = values.to_array(args.number_rows)?;
        let ColumnarValue::Scalar(with) = with else { return exec_err!("{} takes a literal", self.name()) };
        let result = match self.role {
            Role::Text => {
                let query = self.query(with, flavor.first())?;
                let mut matcher = query.matcher();
                test_texts(&values, |t| matcher.matches(t))?
            }
            Role::ListText => {
                let query = self.query(with, flavor.first())?;
                let mut matcher = query.matcher();
                test_lists(&values, |t| matcher.matches(t))?
            }
            Role::ListAny => {
                let wanted: HashSet<String> = texts_of(with)?.into_iter().collect();
                test_lists(&values, |t| wanted.contains(t))?
            }
            Role::ListAnyFold => {
                let wanted: HashSet<String> = texts_of(with)?.into_iter().collect();
                test_lists(&values, |t| wanted.contains(&t.to_lowercase()))?
            }
        };
        Ok(ColumnarValue::Array(Arc::new(result)))
    }
}

fn text_of(with: &ScalarValue) -> Result<String> {
    match with.try_as_str() {
        Some(Some(text)) => Ok(text.to_string()),
        _ => exec_err!("a text is wanted"),
    }
}

fn texts_of(with: &ScalarValue) -> Result<Vec<String>> {
    let ScalarValue::List(list) = with else { return exec_err!("a list of texts is wanted") };
    Ok(list.value(0).as_string::<i32>().iter().flatten().map(str::to_string).collect())
}

/// Tests each text once: the values of a dictionary, not its rows.
fn test_texts(values: &ArrayRef, mut test: impl FnMut(&str) -> bool) -> Result<BooleanArray> {
    if let DataType::Dictionary(..) = values.data_type() {
        let dictionary = values.as_any_dictionary();
        if dictionary.values().is_empty() {
            return Ok(BooleanArray::new_null(values.len()));
        }
        let hits = test_texts(dictionary.values(), test)?;
        let keys = dictionary.normalized_keys();
        let mut out = BooleanBuilder::with_capacity(values.len());
        for (row, key) in keys.into_iter().enumerate() {
            out.append_option((values.is_valid(row) && hits.is_valid(key)).then(|| hits.value(key)));
        }
        return Ok(out.finish());
    }
    let texts = cast(values, &DataType::Utf8View)?;
    Ok(texts.as_string_view().iter().map(|t| t.map(&mut test)).collect())
}

fn test_lists(values: &ArrayRef, test: impl FnMut(&str) -> bool) -> Result<BooleanArray> {
    let lists = match values.data_type() {
        DataType::List(_) => values.clone(),
        _ => cast(values, &DataType::new_list(DataType::Utf8, true))?,
    };
    let lists = lists.as_list::<i32>();
    let hits = test_texts(lists.values(), test)?;
    let mut out = BooleanBuilder::with_capacity(lists.len());
    for row in 0..lists.len() {
        let offsets = lists.value_offsets();
        let hit = (offsets[row]..offsets[row + 1]).any(|i| hits.is_valid(i as usize) && hits.value(i as usize));
        out.append_option(lists.is_valid(row).then_some(hit));
    }
    Ok(out.finish())
}

/// `jql_list_key(list, least)`: the member that a list is sorted by, in lower case: the least one, or the greatest.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ListKey {
    signature: Signature,
}

impl ScalarUDFImpl for ListKey {
    fn name(&self) -> &str {
        "jql_list_key"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [lists, ColumnarValue::Scalar(ScalarValue::Boolean(Some(least)))] = args.args.as_slice() else {
            return exec_err!("jql_list_key takes a list and a truth value");
        };
        let lists = cast(&lists.to_array(args.number_rows)?, &DataType::new_list(DataType::Utf8, true))?;
        let keys = lists.as_list::<i32>().iter().map(|list| {
            let list = list?;
            let members = list.as_string::<i32>().iter().flatten().map(str::to_lowercase);
            if *least { members.min() } else { members.max() }
        });
        Ok(ColumnarValue::Array(Arc::new(keys.collect::<StringArray>())))
    }
}

static LIST_KEY: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(ListKey { signature: Signature::any(2, Volatility::Immutable) })));
static TEXT: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| TextTest::udf(Role::Text));
static LIST_TEXT: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| TextTest::udf(Role::ListText));
static LIST_ANY: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| TextTest::udf(Role::ListAny));
static LIST_ANY_FOLD: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| TextTest::udf(Role::ListAnyFold));

/// Every scalar function, to be registered in sessions that read serialised plans.
pub(crate) fn registered() -> Vec<Arc<ScalarUDF>> {
    let [midnight, day] = clock::registered();
    vec![
        TEXT.clone(),
        LIST_TEXT.clone(),
        LIST_ANY.clone(),
        LIST_ANY_FOLD.clone(),
        LIST_KEY.clone(),
        list_rank::function(),
        working_time::between_function(),
        working_time::during_function(),
        midnight,
        day,
        bucket::registered(),
    ]
}

/// Every aggregate function, likewise.
pub(crate) fn aggregates() -> [Arc<AggregateUDF>; 2] {
    edge::registered()
}

/// Whether a text matches a search.
pub(crate) fn text(value: Expr, query: &TextQuery) -> Expr {
    TEXT.call(vec![value, lit(query.source()), lit(query.flavor().name())])
}

/// Whether some text of a list matches a search.
pub(crate) fn list_text(value: Expr, query: &TextQuery) -> Expr {
    LIST_TEXT.call(vec![value, lit(query.source()), lit(query.flavor().name())])
}

/// Whether some text of a list is one of `wanted`.
pub(crate) fn list_any(value: Expr, wanted: &[String], fold: bool) -> Expr {
    let list: Vec<ScalarValue> = wanted.iter().map(|w| ScalarValue::from(w.as_str())).collect();
    let list = lit(ScalarValue::List(ScalarValue::new_list_nullable(&list, &DataType::Utf8)));
    let function = if fold { &LIST_ANY_FOLD } else { &LIST_ANY };
    function.call(vec![value, list])
}

/// What a list is sorted by.
pub(crate) fn list_key(value: Expr, least: bool) -> Expr {
    LIST_KEY.call(vec![value, lit(least)])
}
