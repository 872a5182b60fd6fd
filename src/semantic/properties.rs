//! Entity properties: `issue.property[key].path`.

use super::bound::{AmongCondition, Comparison, Condition, FieldCondition, Relation, Shape, Test, Value, Values};
use super::clause::Site;
use super::field::issue_column;
use super::issues::{side, side_column};
use super::operand::Member;
use crate::diagnostic::codes;

const TABLE: &str = "properties";

impl Site<'_, '_> {
    /// Whether the issue has a value there that passes; negated: whether it has none.
    pub(super) fn property(&self, key: &str, path: &str, test: Option<FieldCondition>, negated: bool) -> Condition {
        let mut tests = vec![side(TABLE, "property", vec![key.to_string()])];
        tests.push(if path.is_empty() {
            FieldCondition { field: side_column(TABLE, "path", Shape::Text), test: Test::Empty { negated: false } }
        } else {
            side(TABLE, "path", vec![path.to_string()])
        });
        tests.extend(test);
        Condition::Among(Box::new(AmongCondition {
            field: issue_column("key", "key", Shape::Text),
            relation: Relation::Rows { table: TABLE, column: "issue", tests },
            negated,
            span: self.clause.span,
        }))
    }

    /// A test of the value's text. Negated: there is a value, and none passes.
    pub(super) fn property_test(&self, key: &str, path: &str, test: Test, negated: bool) -> Condition {
        let test = Some(FieldCondition { field: side_column(TABLE, "value", Shape::Text), test });
        if !negated {
            return self.property(key, path, test, false);
        }
        Condition::All(vec![self.property(key, path, None, false), self.property(key, path, test, true)])
    }

    pub(super) fn one_of_property(&self, key: &str, path: &str, members: &[Member], negated: bool) -> Option<Condition> {
        let (mut any, mut empty) = (Vec::new(), false);
        for member in members {
            match member {
                Member::Literal(literal) => any.push(literal.text.to_lowercase()),
                Member::Empty => empty = true,
                _ => return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, "plain values are wanted here", None),
            }
        }
        if any.is_empty() {
            return Some(self.property(key, path, None, !negated));
        }
        let test = Test::OneOf { values: Values::Text { any, fold: true }, or_empty: false, negated: false };
        let condition = self.property_test(key, path, test, negated);
        Some(match (empty, negated) {
            (true, false) => Condition::Any(vec![condition, self.property(key, path, None, true)]),
            _ => condition,
        })
    }

    /// Numbers compare as numbers, everything else as dates.
    pub(super) fn compare_property(&self, key: &str, path: &str, member: &Member, op: Comparison) -> Option<Condition> {
        let number = match member {
            Member::Literal(literal) => literal.text.parse::<f64>().ok().filter(|n| n.is_finite()),
            _ => None,
        };
        let (shape, value) = match number {
            Some(number) => (Shape::NumberText, Value::Float(number)),
            None => (Shape::TimeText, Value::Time(self.binder.instant_member(member, self.clause.span)?)),
        };
        let test = FieldCondition { field: side_column(TABLE, "value", shape), test: Test::Compare { op, value } };
        Some(self.property(key, path, Some(test), false))
    }
}
