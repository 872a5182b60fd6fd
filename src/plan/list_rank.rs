//! `jql_list_rank(group, list, names, least)`: the place of a list's first or last member among names of the site.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{AsArray, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit};

/// Between the group and the name of a pair, as no name of Jira has it.
const SEPARATOR: char = '\u{1f}';

#[derive(Debug, PartialEq, Eq, Hash)]
struct ListRank {
    signature: Signature,
}

impl ScalarUDFImpl for ListRank {
    fn name(&self) -> &str {
        "jql_list_rank"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [
            groups,
            lists,
            ColumnarValue::Scalar(ScalarValue::List(names)),
            ColumnarValue::Scalar(ScalarValue::Boolean(Some(least))),
        ] = args.args.as_slice()
        else {
            return exec_err!("jql_list_rank takes a group, a list, names and a truth value");
        };
        let names = names.value(0);
        let places: HashMap<&str, i64> = names.as_string::<i32>().iter().flatten().zip(0..).collect();
        let groups = cast(&groups.to_array(args.number_rows)?, &DataType::Utf8View)?;
        let lists = cast(&lists.to_array(args.number_rows)?, &DataType::new_list(DataType::Utf8, true))?;
        let ranks = groups.as_string_view().iter().zip(lists.as_list::<i32>().iter()).map(|(group, list)| {
            let list = list?;
            let members = list.as_string::<i32>().iter().flatten();
            let ranks = members.map(|name| {
                let place = match group {
                    Some(group) => places.get(format!("{group}{SEPARATOR}{name}").as_str()),
                    None => places.get(name),
                };
                place.copied().unwrap_or(places.len() as i64)
            });
            if *least { ranks.min() } else { ranks.max() }
        });
        Ok(ColumnarValue::Array(Arc::new(ranks.collect::<Int64Array>())))
    }
}

static LIST_RANK: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(ListRank { signature: Signature::any(4, Volatility::Immutable) })));

/// The function, to be registered in sessions that read serialised plans.
pub(crate) fn function() -> Arc<ScalarUDF> {
    LIST_RANK.clone()
}

fn call(group: Expr, list: Expr, names: Vec<ScalarValue>, least: bool) -> Expr {
    let names = lit(ScalarValue::List(ScalarValue::new_list_nullable(&names, &DataType::Utf8)));
    LIST_RANK.call(vec![group, list, names, lit(least)])
}

/// The least or greatest place of a member; members that are not in the list come after it, an empty list has no place.
pub(crate) fn listed(list: Expr, names: &[String], least: bool) -> Expr {
    let names = names.iter().map(|n| ScalarValue::from(n.as_str())).collect();
    call(lit(ScalarValue::Utf8View(None)), list, names, least)
}

/// The same where a name has its place within a group.
pub(crate) fn in_group(group: Expr, list: Expr, names: &[(String, String)], least: bool) -> Expr {
    let names = names.iter().map(|(group, name)| ScalarValue::from(format!("{group}{SEPARATOR}{name}").as_str())).collect();
    call(group, list, names, least)
}
