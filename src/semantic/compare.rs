//! `<`, `<=`, `>` and `>=`: by instant, number, key, rank or version (`reference/jql.md` section 3.3).
use super::binder::Binder;
use super::bound::{Comparison, Condition, FieldCondition, Shape, Test, Value, Values};
use super::clause::Site;
use super::field::{Place, issue_column};
use super::operand::{DayOrInstant, Member};
use crate::catalog::Version;
use crate::catalog::fields::{Kind, Source};
use crate::diagnostic::codes;
use crate::syntax::ast::{Literal, Operand};

impl Site<'_, '_> {
    pub(super) fn compare(&self, operand: &Operand, op: Comparison) -> Option<Condition> {
        if let Place::Missing(what) = &self.field.place {
            return self.missing(what);
        }
        let members = self.binder.members(operand)?;
        let [member] = members.as_slice() else {
            return self.binder.refuse(codes::WRONG_OPERAND, operand.span(), "one value is wanted here", None);
        };
        if let Member::Call(function, ..) = member
            && function.returns.is_list()
        {
            return self.binder.refuse(codes::WRONG_OPERAND, operand.span(), format!("{}() gives a list", function.name), None);
        }
        match &self.field.place {
            Place::Of(Source::HierarchyLevel) => {
                let levels = self.levels(&members)?;
                let wanted = levels.first()?;
                return self.of_types(|level| compares(level.cmp(wanted), op));
            }
            Place::Of(Source::WorklogDate) => return self.worklog_date(member, op),
            Place::Property { key, path } => return self.compare_property(key, path, member, op),
            _ => {}
        }
        let value = match (self.field.kind, member) {
            (Kind::Issue, Member::Literal(literal)) => return self.compare_key(literal, op),
            (Kind::Priority | Kind::Resolution, Member::Literal(literal)) => return self.compare_rank(literal, op),
            (Kind::Version, _) => return self.compare_version(member, op),
            (Kind::Number, Member::Literal(literal)) => {
                let number = self.number(literal)?;
                if number.fract() == 0.0 && number.abs() < 9e15 { Value::Int(number as i64) } else { Value::Float(number) }
            }
            (Kind::Duration, Member::Literal(literal)) => Value::Int(self.duration(literal)?),
            (Kind::DateTime, _) => Value::Time(self.binder.instant_member(member, operand.span())?),
            (Kind::Date, _) => match self.binder.day_member(member, operand.span())? {
                DayOrInstant::Day(day) => Value::Date(day),
                DayOrInstant::Instant(at) => return self.compare_day(at, op),
            },
            _ => {
                let message = format!("this does not compare with `{}`, {}", self.field.name, self.field.kind.field_with_article());
                return self.binder.refuse(codes::WRONG_OPERAND, operand.span(), message, None);
            }
        };
        self.each(|_| Test::Compare { op, value: value.clone() }, false)
    }

    fn compare_day(&self, at: i64, op: Comparison) -> Option<Condition> {
        let (op, day) = self.day_of_instant(at, op);
        self.each(|_| Test::Compare { op, value: Value::Date(day) }, false)
    }

    pub(super) fn day_of_instant(&self, at: i64, op: Comparison) -> (Comparison, i32) {
        self.binder.day_of_instant(at, op)
    }

    /// Key ranges stay in the project and compare the number; ids compare as ids.
    fn compare_key(&self, literal: &Literal, op: Comparison) -> Option<Condition> {
        if let Ok(id) = literal.text.parse::<i64>() {
            let field = issue_column("id", "id", Shape::Int);
            return Some(Condition::Field(FieldCondition { field, test: Test::Compare { op, value: Value::Int(id) } }));
        }
        let key = super::issues::as_key(&literal.text);
        let split =
            key.as_deref().and_then(|k| k.rsplit_once('-')).and_then(|(p, n)| Some((p.to_string(), n.parse::<i64>().ok()?)));
        let Some((project, number)) = split else { return self.binder.no_key(literal) };
        let same = Test::OneOf { values: Values::Text { any: vec![project], fold: false }, or_empty: false, negated: false };
        Some(Condition::All(vec![
            Condition::Field(FieldCondition { field: issue_column("project", "project", Shape::Text), test: same }),
            Condition::Field(FieldCondition {
                field: issue_column("key", "key", Shape::KeyNumber),
                test: Test::Compare { op, value: Value::Int(number) },
            }),
        ]))
    }

    /// Priorities and resolutions compare by the site's order; the first priority is the most important.
    fn compare_rank(&self, literal: &Literal, op: Comparison) -> Option<Condition> {
        let kind = self.field.kind;
        let values = self.binder.catalog.values(kind)?;
        if !values.complete {
            return self.missing(&format!("a table with the order of each {}", kind.name()));
        }
        let found = self.binder.named_values(kind, literal)?;
        let wanted = values.list.iter().position(|v| found.first().is_some_and(|f| f.name == v.name))?;
        let holds = |at: usize| {
            let order = if kind == Kind::Priority { wanted.cmp(&at) } else { at.cmp(&wanted) };
            compares(order, op)
        };
        let any = values.list.iter().enumerate().filter(|(i, _)| holds(*i)).map(|(_, v)| v.name.clone()).collect();
        let values = Values::Text { any, fold: false };
        self.each(|_| Test::OneOf { values: values.clone(), or_empty: false, negated: false }, false)
    }

    /// Versions compare by their place in the issue's own project.
    fn compare_version(&self, member: &Member, op: Comparison) -> Option<Condition> {
        let Some(versions) = &self.binder.catalog.versions else { return self.missing("a table of versions with their order") };
        let read = self.read(std::slice::from_ref(member))?;
        let mut any = Vec::new();
        let named = |v: &&Version| read.texts.contains(&v.name) || read.scoped.iter().any(|(p, n)| *p == v.project && *n == v.name);
        for wanted in versions.iter().filter(named) {
            let later = versions.iter().filter(|v| v.project == wanted.project && compares(v.rank.cmp(&wanted.rank), op));
            let names = Values::Text { any: later.map(|v| v.name.clone()).collect(), fold: false };
            let project = Values::Text { any: vec![wanted.project.clone()], fold: false };
            let field = issue_column("project", "project", Shape::Text);
            any.push(Condition::All(vec![
                Condition::Field(FieldCondition { field, test: Test::OneOf { values: project, or_empty: false, negated: false } }),
                self.each(|_| Test::OneOf { values: names.clone(), or_empty: false, negated: false }, false)?,
            ]));
        }
        Some(Condition::Any(any))
    }
}

fn compares(order: std::cmp::Ordering, op: Comparison) -> bool {
    match op {
        Comparison::Lt => order.is_lt(),
        Comparison::LtEq => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::GtEq => order.is_ge(),
        Comparison::Eq => order.is_eq(),
        Comparison::NotEq => order.is_ne(),
    }
}

impl Binder<'_> {
    /// A day counts as its midnight when it is compared with an instant (`due < endOfDay()` is due by the end of today).
    pub(super) fn day_of_instant(&self, at: i64, op: Comparison) -> (Comparison, i32) {
        let session = self.session;
        let day = session.day_of(at);
        let exact = session.midnight(day) == at;
        let first_at_or_after = if exact { day } else { day + 1 };
        match op {
            Comparison::Lt => (Comparison::Lt, first_at_or_after),
            Comparison::LtEq => (Comparison::LtEq, day),
            Comparison::Gt => (Comparison::Gt, day),
            _ => (Comparison::GtEq, first_at_or_after),
        }
    }
}
