//! Conditions on issues as JQL that Jira evaluates.
//!
//! What is said to Jira is never narrower than the condition itself, since jqlx evaluates the whole of it again: what cannot
//! be said, or not with certainty, is left out. Instants are written a day earlier or later, because Jira reads them in the
//! zone of who asks.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::data::rows::date_text;

/// More values than this make a question that sites refuse.
const MOST_VALUES: usize = 500;
const DAY: i64 = 24 * 3600 * 1_000_000;

/// How a site's JQL calls accounts: by their ids, or by names that are not their ids.
#[derive(Clone, Debug)]
pub(super) enum Accounts {
    Ids,
    /// Names by id. Those of others are not known.
    Names(BTreeMap<String, String>),
}

/// What is asked of Jira. All of it holds for each issue that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) parts: Vec<String>,
    /// The issue is one of these. They stand alone, since a site refuses keys that it does not have.
    pub(super) keys: Option<Vec<String>>,
}

/// How Jira compares a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One of a list that the site keeps.
    Named,
    /// An account.
    Account,
    /// A project or a key, which may have been called otherwise before: it is never asked for what is not so.
    Moving,
    /// Several of a list.
    List,
    Time,
    Date,
}

/// The columns that JQL has, too.
const COLUMNS: &[(&str, &str, Kind)] = &[
    ("project", "project", Kind::Moving),
    ("type", "issuetype", Kind::Named),
    ("status", "status", Kind::Named),
    ("status_category", "statusCategory", Kind::Named),
    ("priority", "priority", Kind::Named),
    ("resolution", "resolution", Kind::Named),
    ("assignee", "assignee", Kind::Account),
    ("reporter", "reporter", Kind::Account),
    ("creator", "creator", Kind::Account),
    ("labels", "labels", Kind::List),
    ("components", "component", Kind::List),
    ("fix_versions", "fixVersion", Kind::List),
    ("affected_versions", "affectedVersion", Kind::List),
    ("created", "created", Kind::Time),
    ("updated", "updated", Kind::Time),
    ("resolved", "resolved", Kind::Time),
    ("due", "due", Kind::Date),
];

/// Columns that are empty in no issue.
const ALWAYS: &[&str] = &["project", "type", "status", "status_category", "created", "updated"];

/// The whole of some filters.
pub(super) fn condition(filters: &[Expr], accounts: &Accounts) -> Condition {
    let mut condition = Condition::default();
    for filter in filters {
        add(filter, accounts, &mut condition);
    }
    condition
}

fn add(filter: &Expr, accounts: &Accounts, to: &mut Condition) {
    if let Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) = filter {
        return stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            add(left, accounts, to);
            add(right, accounts, to);
        });
    }
    if let Some(keys) = keys(filter) {
        match &mut to.keys {
            Some(known) => known.retain(|key| keys.contains(key)),
            None => to.keys = Some(keys),
        }
        return;
    }
    if let Some(part) = said(filter, accounts)
        && !to.parts.contains(&part)
    {
        to.parts.push(part);
    }
}

/// A condition that follows from the expression; none where JQL has nothing to say.
fn said(of: &Expr, accounts: &Accounts) -> Option<String> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match of {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => match (said(left, accounts), said(right, accounts)) {
            (Some(left), Some(right)) => Some(format!("({left} AND {right})")),
            (left, right) => left.or(right),
        },
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => alternatives(left, right, accounts)
            .or_else(|| Some(format!("({} OR {})", said(left, accounts)?, said(right, accounts)?))),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => compared(left, *op, right, accounts),
        Expr::InList(InList { expr, list, negated }) => {
            let values = list.iter().map(literal).collect::<Option<Vec<_>>>()?;
            one_of(column(expr)?, &values, *negated, accounts)
        }
        Expr::IsNull(of) => empty(column(of)?, false),
        Expr::IsNotNull(of) => empty(column(of)?, true),
        Expr::ScalarFunction(_) => {
            let (column, values, _) = list_any(of)?;
            members(column, &values, false)
        }
        Expr::IsNotTrue(of) => match list_any(of) {
            // Of members that differ in nothing but case, Jira's test excludes more.
            Some((column, values, true)) => Some(format!("({} OR {})", empty(column, false)?, members(column, &values, true)?)),
            Some(_) => None,
            None => empty(has_members(of)?, false),
        },
        Expr::IsTrue(of) => said(of, accounts),
        _ => None,
    })
}

/// `a = 1 OR a = 2 OR a = 3` as one list.
fn alternatives(left: &Expr, right: &Expr, accounts: &Accounts) -> Option<String> {
    let mut values = Vec::new();
    let of = equal(left, &mut values)?;
    (equal(right, &mut values)? == of).then(|| one_of(of, &values, false, accounts)).flatten()
}

/// The column of equalities joined by OR.
fn equal<'e>(of: &'e Expr, values: &mut Vec<&'e ScalarValue>) -> Option<&'e str> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match of {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let first = equal(left, values)?;
            (equal(right, values)? == first).then_some(first)
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            values.push(literal(right)?);
            column(left)
        }
        Expr::InList(InList { expr, list, negated: false }) => {
            values.extend(list.iter().map(literal).collect::<Option<Vec<_>>>()?);
            column(expr)
        }
        _ => None,
    })
}

/// The keys of which an issue has one.
fn keys(filter: &Expr) -> Option<Vec<String>> {
    let mut values = Vec::new();
    if equal(filter, &mut values)? != "key" || values.len() > MOST_VALUES {
        return None;
    }
    values.into_iter().map(text).collect()
}

fn compared(left: &Expr, op: Operator, right: &Expr, accounts: &Accounts) -> Option<String> {
    if let Some(of) = has_members_by(left, op, right) {
        return empty(of, true);
    }
    let (of, op, value) = match (column(left), literal(right)) {
        (Some(of), Some(value)) => (of, op, value),
        _ => (column(right)?, op.swap()?, literal(left)?),
    };
    match op {
        Operator::Eq => one_of(of, &[value], false, accounts),
        Operator::NotEq => one_of(of, &[value], true, accounts),
        Operator::Gt | Operator::GtEq => bound(of, value, ">="),
        Operator::Lt | Operator::LtEq => bound(of, value, "<="),
        _ => None,
    }
}

fn one_of(of: &str, values: &[&ScalarValue], negated: bool, accounts: &Accounts) -> Option<String> {
    let (name, kind) = field(of)?;
    if matches!(kind, Kind::Time | Kind::Date) && !negated {
        let [value] = values else { return None };
        return Some(format!("{} AND {}", bound(of, value, ">=")?, bound(of, value, "<=")?));
    }
    let texts = values.iter().map(|value| text(value)).collect::<Option<Vec<_>>>()?;
    let texts = match kind {
        Kind::Named if texts.iter().all(is_name) => texts,
        Kind::Moving if !negated && texts.iter().all(is_name) => texts,
        Kind::Account => accounts.called(&texts)?,
        _ => return None,
    };
    listed(name, &texts, negated)
}

/// Digits may be taken for the id of something else.
fn is_name(text: impl AsRef<str>) -> bool {
    !text.as_ref().bytes().all(|byte| byte.is_ascii_digit())
}

fn members(of: &str, values: &[String], negated: bool) -> Option<String> {
    let (name, kind) = field(of)?;
    (kind == Kind::List && values.iter().all(is_name)).then(|| listed(name, values, negated)).flatten()
}

fn listed(name: &str, texts: &[String], negated: bool) -> Option<String> {
    match texts {
        [] => None,
        [one] => Some(format!("{name} {} {}", if negated { "!=" } else { "=" }, quoted(one))),
        several if several.len() <= MOST_VALUES => {
            let list: Vec<String> = several.iter().map(|text| quoted(text)).collect();
            Some(format!("{name} {} ({})", if negated { "NOT IN" } else { "IN" }, list.join(", ")))
        }
        _ => None,
    }
}

fn empty(of: &str, negated: bool) -> Option<String> {
    let (name, _) = field(of)?;
    // What every issue has restricts nothing.
    if negated && ALWAYS.contains(&of) {
        return None;
    }
    Some(format!("{name} {}", if negated { "IS NOT EMPTY" } else { "IS EMPTY" }))
}

/// A comparison with an instant or a day, a day wider than it is.
fn bound(of: &str, value: &ScalarValue, op: &str) -> Option<String> {
    let (name, kind) = field(of)?;
    let wider = if op == ">=" { -1 } else { 1 };
    let text = match (kind, value) {
        (Kind::Time, ScalarValue::TimestampMicrosecond(Some(at), _)) => {
            let at = at.checked_add(wider * DAY).filter(|at| *at >= 0)?;
            let clock = Timestamp::from_microsecond(at).ok()?.to_zoned(TimeZone::UTC);
            (clock.year() <= 9998).then(|| clock.strftime("%Y-%m-%d %H:%M").to_string())?
        }
        (Kind::Date, ScalarValue::Date32(Some(day))) => {
            let day = day.checked_add(wider as i32).filter(|day| (0..2_900_000).contains(day))?;
            date_text(day)
        }
        _ => return None,
    };
    Some(format!("{name} {op} {}", quoted(&text)))
}

fn field(column: &str) -> Option<(&'static str, Kind)> {
    COLUMNS.iter().find(|(known, ..)| *known == column).map(|(_, name, kind)| (*name, *kind))
}

/// A column, whatever type its texts are made of, and whether or not case counts: for Jira it never does.
fn column(of: &Expr) -> Option<&str> {
    match of {
        Expr::Column(column) => Some(&column.name),
        Expr::Cast(cast) => column(&cast.expr).filter(|of| !is_dated(of)),
        Expr::TryCast(cast) => column(&cast.expr).filter(|of| !is_dated(of)),
        Expr::ScalarFunction(call) if call.name() == "lower" => column(call.args.first()?),
        _ => None,
    }
}

fn is_dated(column: &str) -> bool {
    matches!(field(column), Some((_, Kind::Time | Kind::Date)))
}

fn literal(of: &Expr) -> Option<&ScalarValue> {
    match of {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    }
}

fn text(value: &ScalarValue) -> Option<String> {
    value.try_as_str().flatten().map(str::to_owned)
}

/// The list that has one of some values, and whether case counts for nothing.
fn list_any(of: &Expr) -> Option<(&str, Vec<String>, bool)> {
    let Expr::ScalarFunction(call) = of else { return None };
    let folds = match call.name() {
        "jql_list_any" => false,
        "jql_list_any_fold" => true,
        _ => return None,
    };
    let [list, values] = call.args.as_slice() else { return None };
    let ScalarValue::List(values) = literal(values)? else { return None };
    let values = values.values().as_string_opt::<i32>().filter(|values| values.null_count() == 0)?;
    Some((column(list)?, values.iter().flatten().map(str::to_owned).collect(), folds))
}

/// `cardinality(list) > 0`
fn has_members(of: &Expr) -> Option<&str> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = of else { return None };
    has_members_by(left, *op, right)
}

fn has_members_by<'e>(left: &'e Expr, op: Operator, right: &Expr) -> Option<&'e str> {
    let Expr::ScalarFunction(call) = left else { return None };
    let is_zero = matches!(literal(right), Some(ScalarValue::UInt64(Some(0)) | ScalarValue::Int64(Some(0))));
    (call.name() == "cardinality" && op == Operator::Gt && is_zero).then(|| column(call.args.first()?)).flatten()
}

impl Accounts {
    fn called(&self, ids: &[String]) -> Option<Vec<String>> {
        match self {
            Self::Ids => Some(ids.to_vec()),
            Self::Names(names) => ids.iter().map(|id| names.get(id).cloned()).collect(),
        }
    }
}

impl Condition {
    /// Whether it leaves nothing out.
    pub(super) fn is_all(&self) -> bool {
        self.parts.is_empty() && self.keys.is_none()
    }

    /// As JQL. Cloud refuses what does not restrict anything, so that then something does that is always so.
    pub(super) fn jql(&self) -> String {
        let keys = self.keys.as_deref().and_then(|keys| listed("key", keys, false));
        let parts: Vec<&str> = keys.iter().chain(&self.parts).map(String::as_str).collect();
        if parts.is_empty() { "project IS NOT EMPTY".to_owned() } else { parts.join(" AND ") }
    }
}

/// A text as JQL quotes it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use datafusion::functions::expr_fn::lower;
    use datafusion::functions_nested::expr_fn::cardinality;
    use datafusion::logical_expr::{cast, lit};

    use super::*;
    use crate::plan::col;
    use crate::plan::functions::list_any;

    fn c(name: &str) -> Expr {
        col("issues", name)
    }

    fn time(at: i64) -> Expr {
        lit(ScalarValue::TimestampMicrosecond(Some(at), Some("UTC".into())))
    }

    fn jql(filter: Expr) -> String {
        condition(&[filter], &Accounts::Ids).jql()
    }

    const ALL: &str = "project IS NOT EMPTY";

    #[test]
    fn conditions_are_said_as_jira_says_them() {
        for (filter, said) in [
            (c("status").eq(lit("In Progress")), r#"status = "In Progress""#),
            (c("status").not_eq(lit("Done")), r#"status != "Done""#),
            (c("type").in_list(vec![lit("Bug"), lit("Task")], false), r#"issuetype IN ("Bug", "Task")"#),
            (c("priority").in_list(vec![lit("Low"), lit("High")], true), r#"priority NOT IN ("Low", "High")"#),
            (c("type").eq(lit("Bug")).or(c("type").eq(lit("Task"))), r#"issuetype IN ("Bug", "Task")"#),
            (c("resolution").is_null(), "resolution IS EMPTY"),
            (c("assignee").is_not_null(), "assignee IS NOT EMPTY"),
            (c("assignee").eq(lit("a1")).or(c("status").eq(lit("X"))), r#"(assignee = "a1" OR status = "X")"#),
            (lower(cast(c("status"), datafusion::arrow::datatypes::DataType::Utf8View)).eq(lit("done")), r#"status = "done""#),
            (list_any(c("labels"), &["a".into(), "b".into()], true), r#"labels IN ("a", "b")"#),
            (list_any(c("labels"), &["a".into()], true).is_not_true(), r#"(labels IS EMPTY OR labels != "a")"#),
            (cardinality(c("fix_versions")).gt(lit(0u64)), "fixVersion IS NOT EMPTY"),
            (cardinality(c("labels")).gt(lit(0u64)).is_not_true(), "labels IS EMPTY"),
            (c("created").gt(time(1_767_225_600_000_000)), r#"created >= "2025-12-31 00:00""#),
            (c("updated").lt_eq(time(1_767_225_600_000_000)), r#"updated <= "2026-01-02 00:00""#),
            (time(1_767_225_600_000_000).gt(c("updated")), r#"updated <= "2026-01-02 00:00""#),
            (c("due").lt(lit(ScalarValue::Date32(Some(20_454)))), r#"due <= "2026-01-02""#),
            (c("key").eq(lit("PAY-1")), r#"key = "PAY-1""#),
            (c("key").eq(lit("PAY-1")).and(c("project").eq(lit("PAY"))), r#"key = "PAY-1" AND project = "PAY""#),
        ] {
            assert_eq!(jql(filter.clone()), said, "{filter}");
        }
    }

    #[test]
    fn what_jira_may_read_otherwise_is_not_said() {
        for filter in [
            // Another project of that name may have been meant by its old key.
            c("project").not_eq(lit("PAY")),
            c("key").not_eq(lit("PAY-1")),
            // An id, or a name?
            c("status").eq(lit("10001")),
            // Jira ignores case, so that it would leave out `One` as well.
            list_any(c("labels"), &["one".into()], false).is_not_true(),
            // One side says nothing, so that neither does the whole.
            c("status").eq(lit("X")).or(c("summary").eq(lit("Y"))),
            c("status").eq(lit("X")).or(c("key").eq(lit("PAY-1"))),
            c("summary").is_null(),
            c("created").is_not_null(),
            c("created").not_eq(time(0)),
            c("created").gt(time(0)),
            c("created").lt(time(i64::MAX)),
            lit(true),
            c("status").eq(c("priority")),
        ] {
            assert_eq!(jql(filter.clone()), ALL, "{filter}");
        }
        let both = c("status").eq(lit("X")).and(c("summary").eq(lit("Y")));
        assert_eq!(jql(both), r#"status = "X""#, "what follows from one side follows from both");
    }

    #[test]
    fn values_are_quoted_whatever_they_hold() {
        for (value, said) in [
            ("say \"hi\"", r#"status = "say \"hi\"""#),
            (r"back\slash", r#"status = "back\\slash""#),
            ("Größe 大きい 🎉", "status = \"Größe 大きい 🎉\""),
            ("two\nlines\t\u{1}", r#"status = "two\nlines\t\u0001""#),
            ("x\" OR status != \"", r#"status = "x\" OR status != \"""#),
        ] {
            assert_eq!(jql(c("status").eq(lit(value))), said);
        }
    }

    #[test]
    fn accounts_are_called_as_the_site_calls_them() {
        let names = Accounts::Names([("JIRAUSER1".to_owned(), "alice".to_owned())].into());
        assert_eq!(condition(&[c("assignee").eq(lit("JIRAUSER1"))], &names).jql(), r#"assignee = "alice""#);
        assert_eq!(condition(&[c("assignee").eq(lit("JIRAUSER2"))], &names).jql(), ALL);
    }
}
