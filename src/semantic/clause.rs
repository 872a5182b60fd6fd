//! `field operator operand` on present values (`reference/jql.md` sections 2 and 3).

use std::sync::Arc;

use super::binder::Binder;
use super::bound::{BoundField, Comparison, Condition, FieldCondition, Shape, Test, Value, Values};
use super::dates;
use super::field::{Named, Place, event_column, issue_column};
use super::operand::{DayOrInstant, Member};
use super::text::TextQuery;
use super::{events, history};
use crate::catalog::fields::Kind;
use crate::catalog::functions::{Evaluation, Function};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{Clause, Literal, LiteralKind, Operand, Operator};

/// Binds a JQL clause, or its negation.
pub(crate) fn bind(binder: &Binder<'_>, clause: &Clause, negated: bool) -> Option<Condition> {
    use Operator::*;
    let operator = clause.operator.node;
    match operator {
        Changed => return events::bind_changed(binder, clause, negated),
        Was | WasNot | WasIn | WasNotIn => {
            let negated = negated != matches!(operator, WasNot | WasNotIn);
            return history::bind(binder, clause, negated);
        }
        _ => {}
    }
    let field = binder.field(&clause.field)?;
    let operand = clause.operand.as_ref()?;
    check_operator(binder, &field, clause)?;
    let site = Site { binder, field: &field, clause };
    // NOT over a single clause is the opposite operator.
    match operator {
        Eq | In => site.one_of(operand, negated),
        NotEq | NotIn => site.one_of(operand, !negated),
        Is => site.empty(negated),
        IsNot => site.empty(!negated),
        Like => site.text(operand, negated),
        NotLike => site.text(operand, !negated),
        Lt => site.compare(operand, if negated { Comparison::GtEq } else { Comparison::Lt }),
        LtEq => site.compare(operand, if negated { Comparison::Gt } else { Comparison::LtEq }),
        Gt => site.compare(operand, if negated { Comparison::LtEq } else { Comparison::Gt }),
        GtEq => site.compare(operand, if negated { Comparison::Lt } else { Comparison::GtEq }),
        Was | WasNot | WasIn | WasNotIn | Changed => None,
    }
}

fn check_operator(binder: &Binder<'_>, field: &Named, clause: &Clause) -> Option<()> {
    use Operator::*;
    let operators = field.operators;
    let operator = clause.operator.node;
    let with_empty = matches!(clause.operand, Some(Operand::Empty(_)));
    let fits = match operator {
        // `votes IS NOT EMPTY` stands in Jira's own examples; `= EMPTY` is IS EMPTY.
        Eq | NotEq if with_empty => operators.empty,
        Eq | NotEq | In | NotIn => operators.equality,
        Is | IsNot => operators.empty,
        Like | NotLike => operators.text,
        _ => operators.order,
    };
    if fits {
        return Some(());
    }
    if matches!(operator, Like | NotLike) && matches!(field.kind, Kind::Issue | Kind::Version) {
        return binder.not_yet(&format!("~ on {}", field.name), clause.operator.span);
    }
    let list = operators.list(!field.history.is_empty());
    binder.report(
        Diagnostic::error(codes::WRONG_OPERATOR, format!("`{}` does not take {}", field.name, operator.as_str()))
            .at(clause.operator.span, "")
            .at(clause.field.span, format!("a {} field", field.kind.name()))
            .help(if list.is_empty() { "it can only be sorted by".to_string() } else { format!("it takes {list}") }),
    );
    None
}

struct Site<'a, 'b> {
    binder: &'a Binder<'b>,
    field: &'a Named,
    clause: &'a Clause,
}

/// Members of an operand, read for a field.
#[derive(Default)]
struct Read {
    texts: Vec<String>,
    ints: Vec<i64>,
    floats: Vec<f64>,
    times: Vec<i64>,
    days: Vec<i32>,
    fold: bool,
    empty: bool,
    failed: bool,
}

impl Site<'_, '_> {
    fn missing<T>(&self, what: &str) -> Option<T> {
        self.binder.refuse(
            codes::NEEDS_DATA,
            self.clause.field.span,
            format!("`{}` cannot be answered: it needs {what}", self.field.name),
            "the query was refused rather than answered without it".to_string(),
        )
    }

    fn each(&self, test: impl Fn(&BoundField) -> Test, negated: bool) -> Option<Condition> {
        match &self.field.place {
            Place::Columns(columns) if columns.len() == 1 => {
                Some(Condition::Field(FieldCondition { field: columns[0].clone(), test: test(&columns[0]) }))
            }
            // Several custom fields of one name: positive operators match if any matches, negative ones if some field has a
            // value and none matches.
            Place::Columns(columns) => {
                let field = |f: &BoundField, test| Condition::Field(FieldCondition { field: f.clone(), test });
                if !negated {
                    return Some(Condition::Any(columns.iter().map(|f| field(f, test(f))).collect()));
                }
                let mut all: Vec<Condition> = columns
                    .iter()
                    .map(|f| Condition::Any(vec![field(f, Test::Empty { negated: false }), field(f, test(f))]))
                    .collect();
                all.push(Condition::Any(columns.iter().map(|f| field(f, Test::Empty { negated: true })).collect()));
                Some(Condition::All(all))
            }
            Place::Missing(what) => self.missing(what),
            _ => self.missing("another form of the clause"),
        }
    }

    fn empty(&self, negated: bool) -> Option<Condition> {
        match &self.field.place {
            // No votes count as empty for IS only (`reference/jql.md` section 9).
            Place::Columns(columns) if self.field.name == "votes" => {
                let field = columns[0].clone();
                let none = |test| Condition::Field(FieldCondition { field: field.clone(), test });
                Some(if negated {
                    none(Test::Compare { op: Comparison::Gt, value: Value::Int(0) })
                } else {
                    Condition::Any(vec![
                        none(Test::Empty { negated: false }),
                        none(Test::OneOf { values: Values::Int(vec![0]), or_empty: false, negated: false }),
                    ])
                })
            }
            Place::ProjectCategory => self.of_projects(|p| p.category.is_none() != negated),
            Place::ProjectLead => self.of_projects(|p| p.lead.is_none() != negated),
            Place::Key | Place::StatusCategory => Some(if negated { Condition::All(vec![]) } else { Condition::Any(vec![]) }),
            _ => self.each(|_| Test::Empty { negated }, negated),
        }
    }

    fn one_of(&self, operand: &Operand, negated: bool) -> Option<Condition> {
        if let Place::Missing(what) = &self.field.place {
            return self.missing(what);
        }
        let members = self.binder.members(operand)?;
        self.check_list(operand, &members)?;
        match self.field.place {
            Place::Key => return self.keys(&members, negated),
            Place::ProjectCategory => {
                let read = self.read(&members, operand.span())?;
                return self.of_projects(|p| read.holds(p.category.as_deref(), negated));
            }
            Place::ProjectLead => {
                let read = self.read(&members, operand.span())?;
                return self.of_projects(|p| read.holds(p.lead.as_deref(), negated));
            }
            Place::StatusCategory => return self.status_category(&members, negated),
            _ => {}
        }
        let read = self.read(&members, operand.span())?;
        if read.is_only_empty() {
            return self.empty(negated);
        }
        self.each(|field| Test::OneOf { values: read.values(field.shape), or_empty: read.empty && !negated, negated }, negated)
    }

    /// Functions that return lists stand with IN and NOT IN only.
    fn check_list(&self, operand: &Operand, members: &[Member]) -> Option<()> {
        let single = matches!(self.clause.operator.node, Operator::Eq | Operator::NotEq);
        if !single {
            return Some(());
        }
        match members {
            [Member::Call(function, _, span)] if function.returns.is_list() => self.binder.refuse(
                codes::WRONG_OPERAND,
                *span,
                format!("{}() gives a list, and {} takes one value", function.name, self.clause.operator.node.as_str()),
                format!("write `{} IN {}`", self.field.name, function.signature()),
            ),
            [_] => Some(()),
            _ => self.binder.refuse(
                codes::WRONG_OPERAND,
                operand.span(),
                format!("{} takes one value", self.clause.operator.node.as_str()),
                "use IN for several".to_string(),
            ),
        }
    }

    fn read(&self, members: &[Member], span: Span) -> Option<Read> {
        let mut read = Read::default();
        for member in members {
            match member {
                Member::Empty => read.empty = true,
                Member::Literal(literal) => {
                    if self.literal(literal, &mut read).is_none() {
                        read.failed = true;
                    }
                }
                Member::Call(function, arguments, span) => {
                    if self.call(function, arguments, *span, member, &mut read).is_none() {
                        read.failed = true;
                    }
                }
            }
        }
        let _ = span;
        (!read.failed).then_some(read)
    }

    fn literal(&self, literal: &Literal, read: &mut Read) -> Option<()> {
        let binder = self.binder;
        match self.field.kind {
            Kind::User => read.texts.extend(binder.accounts_of(literal)?),
            Kind::Resolution if literal.text.eq_ignore_ascii_case("unresolved") => read.empty = true,
            Kind::Project => match &binder.catalog.projects {
                None => read.texts.push(literal.text.to_uppercase()),
                Some(projects) => {
                    let found = binder.catalog.find_projects(&literal.text);
                    if found.is_empty() {
                        let names = projects.iter().flat_map(|p| [p.key.as_str(), p.name.as_str()]);
                        return binder.unknown_value(Kind::Project, literal, names);
                    }
                    read.texts.extend(found.into_iter().map(|p| p.key.clone()));
                }
            },
            Kind::ProjectCategory => {
                let categories: Vec<&str> =
                    binder.catalog.projects.iter().flatten().filter_map(|p| p.category.as_deref()).collect();
                match categories.iter().find(|c| c.eq_ignore_ascii_case(&literal.text)) {
                    Some(category) => read.texts.push(category.to_string()),
                    None => return binder.unknown_value(Kind::ProjectCategory, literal, categories.into_iter()),
                }
            }
            Kind::Version => match &binder.catalog.versions {
                None => self.folded(literal, read),
                Some(versions) => {
                    let before = read.texts.len();
                    for version in versions.iter().filter(|v| v.name.eq_ignore_ascii_case(&literal.text)) {
                        if !read.texts[before..].contains(&version.name) {
                            read.texts.push(version.name.clone());
                        }
                    }
                    if read.texts.len() == before {
                        return binder.unknown_value(Kind::Version, literal, versions.iter().map(|v| v.name.as_str()));
                    }
                }
            },
            kind @ (Kind::Status
            | Kind::Priority
            | Kind::Resolution
            | Kind::IssueType
            | Kind::Component
            | Kind::Sprint
            | Kind::SecurityLevel) => {
                let found = binder.named_values(kind, literal)?;
                if found.is_empty() {
                    self.folded(literal, read);
                } else {
                    for value in found {
                        if !read.texts.contains(&value.name) {
                            read.texts.push(value.name.clone());
                        }
                    }
                }
            }
            Kind::Issue => read.texts.push(literal.text.to_uppercase()),
            Kind::Label | Kind::Option | Kind::Name | Kind::Text | Kind::StatusCategory => self.folded(literal, read),
            Kind::Number => {
                let number = self.number(literal)?;
                read.floats.push(number);
                if number.fract() == 0.0 && number.abs() < 9e15 {
                    read.ints.push(number as i64);
                }
            }
            Kind::Duration => read.ints.push(self.duration(literal)?),
            Kind::DateTime => read.times.push(binder.instant_member(&Member::Literal(literal.clone()), literal.span)?),
            Kind::Date => match binder.day_member(&Member::Literal(literal.clone()), literal.span)? {
                DayOrInstant::Day(day) => read.days.push(day),
                DayOrInstant::Instant(at) => self.day_at(at, read),
            },
        }
        Some(())
    }

    fn folded(&self, literal: &Literal, read: &mut Read) {
        read.fold = true;
        read.texts.push(literal.text.to_lowercase());
    }

    fn day_at(&self, at: i64, read: &mut Read) {
        let day = self.binder.session.day_of(at);
        if self.binder.session.midnight(day) == at {
            read.days.push(day);
        }
    }

    fn call(&self, function: &'static Function, arguments: &[Literal], span: Span, member: &Member, read: &mut Read) -> Option<()> {
        use Evaluation as E;
        let binder = self.binder;
        let kind = self.field.kind;
        match (function.evaluation, kind) {
            (E::CurrentUser | E::MembersOf | E::InactiveUsers, Kind::User) => read.texts.extend(binder.accounts(member, span)?),
            (E::Now | E::StartOf(_) | E::EndOf(_), Kind::DateTime) => read.times.push(binder.instant_member(member, span)?),
            (E::Now | E::StartOf(_) | E::EndOf(_), Kind::Date) => self.day_at(binder.instant_member(member, span)?, read),
            (E::Sprints(state), Kind::Sprint) => {
                let sprints = &binder.catalog.sprints;
                if !sprints.complete {
                    return self.missing("a table of sprints");
                }
                read.texts.extend(
                    sprints
                        .list
                        .iter()
                        .filter(|s| s.group.as_deref().is_some_and(|g| g.eq_ignore_ascii_case(state)))
                        .map(|s| s.name.clone()),
                );
            }
            (E::Versions { .. } | E::LatestReleased | E::EarliestUnreleased, Kind::Version) => {
                read.texts.extend(self.versions(function.evaluation, arguments.first())?);
            }
            (E::ProjectsLedBy, Kind::Project) => {
                let leads = self.led_by(arguments.first(), span)?;
                let projects = binder.catalog.projects.iter().flatten();
                read.texts.extend(projects.filter(|p| p.lead.as_ref().is_some_and(|l| leads.contains(l))).map(|p| p.key.clone()));
            }
            (E::ComponentsLedBy, Kind::Component) => {
                let leads = self.led_by(arguments.first(), span)?;
                let components = binder.catalog.components.list.iter();
                read.texts
                    .extend(components.filter(|c| c.lead.as_ref().is_some_and(|l| leads.contains(l))).map(|c| c.name.clone()));
            }
            _ => {
                return binder.refuse(
                    codes::WRONG_OPERAND,
                    span,
                    format!("{}() does not fit `{}`, a {} field", function.name, self.field.name, kind.name()),
                    format!("it is used as in `{}`", function.example),
                );
            }
        }
        Some(())
    }

    fn led_by(&self, user: Option<&Literal>, span: Span) -> Option<Vec<String>> {
        match user {
            Some(literal) => self.binder.accounts_of(literal),
            None => self.binder.current_user(span).map(|u| vec![u]),
        }
    }

    fn versions(&self, evaluation: Evaluation, project: Option<&Literal>) -> Option<Vec<String>> {
        let catalog = self.binder.catalog;
        let Some(versions) = &catalog.versions else { return self.missing("a table of versions") };
        let keys: Option<Vec<String>> = match project {
            None => None,
            Some(literal) if catalog.projects.is_some() => {
                let found = catalog.find_projects(&literal.text);
                if found.is_empty() {
                    let names = catalog.projects.iter().flatten().map(|p| p.key.as_str());
                    return self.binder.unknown_value(Kind::Project, literal, names);
                }
                Some(found.into_iter().map(|p| p.key.clone()).collect())
            }
            Some(literal) => Some(vec![literal.text.to_uppercase()]),
        };
        let wanted = matches!(evaluation, Evaluation::Versions { released: true } | Evaluation::LatestReleased);
        let mut found: Vec<_> = versions
            .iter()
            .filter(|v| v.released == wanted && !v.archived && keys.as_ref().is_none_or(|k| k.contains(&v.project)))
            .collect();
        found.sort_by_key(|v| v.rank);
        Some(match evaluation {
            Evaluation::LatestReleased => found.last().map(|v| v.name.clone()).into_iter().collect(),
            Evaluation::EarliestUnreleased => found.first().map(|v| v.name.clone()).into_iter().collect(),
            _ => found.into_iter().map(|v| v.name.clone()).collect(),
        })
    }

    fn number(&self, literal: &Literal) -> Option<f64> {
        match literal.text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => self.binder.refuse(codes::UNREAD_NUMBER, literal.span, format!("`{}` is no number", literal.text), None),
        }
    }

    fn duration(&self, literal: &Literal) -> Option<i64> {
        dates::estimate(&literal.text).or_else(|| {
            self.binder.refuse(
                codes::UNREAD_DURATION,
                literal.span,
                format!("`{}` is no duration", literal.text),
                "write weeks, days, hours and minutes: \"1w 2d 3h 30m\"".to_string(),
            )
        })
    }

    /// The issue itself: keys ignoring case, or ids.
    fn keys(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let mut keys = Vec::new();
        let mut ids = Vec::new();
        for member in members {
            match member {
                Member::Literal(l)
                    if l.kind == LiteralKind::Number || l.text.bytes().all(|b| b.is_ascii_digit()) && !l.text.is_empty() =>
                {
                    ids.push(l.text.parse::<i64>().ok()?);
                }
                Member::Literal(l) => keys.push(l.text.to_uppercase()),
                Member::Empty => {
                    return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, "an issue always has a key", None);
                }
                Member::Call(function, _, span) => {
                    let message = format!("{}() gives no issues", function.name);
                    return self.binder.refuse(codes::WRONG_OPERAND, *span, message, None);
                }
            }
        }
        let by_key = Test::OneOf { values: Values::Text { any: keys.clone(), fold: false }, or_empty: false, negated };
        let by_id = Test::OneOf { values: Values::Int(ids.clone()), or_empty: false, negated };
        let key = Condition::Field(FieldCondition { field: issue_column("key", "key", Shape::Text), test: by_key });
        let id = Condition::Field(FieldCondition { field: issue_column("id", "id", Shape::Int), test: by_id });
        Some(match (ids.is_empty(), negated) {
            (true, _) => key,
            (false, _) if keys.is_empty() => id,
            (false, false) => Condition::Any(vec![key, id]),
            (false, true) => Condition::All(vec![key, id]),
        })
    }

    /// The project of the row: the event's own in ACTIVITY.
    fn project_column(&self) -> BoundField {
        if self.binder.in_activity() {
            event_column("project", "project", Shape::Text)
        } else {
            issue_column("project", "project", Shape::Text)
        }
    }

    fn of_projects(&self, holds: impl Fn(&crate::catalog::Project) -> bool) -> Option<Condition> {
        let Some(projects) = &self.binder.catalog.projects else { return self.missing("a table of projects") };
        let any = projects.iter().filter(|p| holds(p)).map(|p| p.key.clone()).collect();
        Some(Condition::Field(FieldCondition {
            field: self.project_column(),
            test: Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false },
        }))
    }

    fn status_category(&self, members: &[Member], negated: bool) -> Option<Condition> {
        const CATEGORIES: &[(&str, &[&str])] = &[
            ("To Do", &["to do", "new", "2"]),
            ("In Progress", &["in progress", "indeterminate", "4"]),
            ("Done", &["done", "complete", "3"]),
        ];
        let mut wanted = Vec::new();
        for member in members {
            let Member::Literal(literal) = member else {
                return self.binder.refuse(
                    codes::WRONG_OPERAND,
                    self.clause.span,
                    "a status category is wanted: To Do, In Progress or Done",
                    None,
                );
            };
            match CATEGORIES.iter().find(|(_, names)| names.contains(&literal.text.to_lowercase().as_str())) {
                Some((name, _)) => wanted.push(*name),
                None => return self.binder.unknown_value(Kind::StatusCategory, literal, CATEGORIES.iter().map(|(n, _)| *n)),
            }
        }
        let statuses = &self.binder.catalog.statuses;
        if statuses.complete && statuses.list.iter().any(|s| s.group.is_some()) {
            let matches = |group: &str| wanted.iter().any(|w| w.eq_ignore_ascii_case(group));
            let any = statuses
                .list
                .iter()
                .filter(|s| s.group.as_deref().is_some_and(|g| matches(g) != negated))
                .map(|s| s.name.clone())
                .collect();
            return Some(Condition::Field(FieldCondition {
                field: issue_column("status", "status", Shape::Text),
                test: Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false },
            }));
        }
        if !self.binder.catalog.issue_columns.contains("status_category") {
            return self.missing("a table of statuses with their categories");
        }
        let any = wanted.iter().map(|w| w.to_lowercase()).collect();
        Some(Condition::Field(FieldCondition {
            field: issue_column("statusCategory", "status_category", Shape::Text),
            test: Test::OneOf { values: Values::Text { any, fold: true }, or_empty: false, negated },
        }))
    }

    fn text(&self, operand: &Operand, negated: bool) -> Option<Condition> {
        if matches!(operand, Operand::Empty(_)) {
            return self.empty(negated);
        }
        if let Place::Missing(what) = &self.field.place {
            return self.missing(what);
        }
        let query = self.binder.text_query(operand)?;
        self.each(|_| Test::Text { query: query.clone(), negated }, negated)
    }

    fn compare(&self, operand: &Operand, op: Comparison) -> Option<Condition> {
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
        let value = match (self.field.kind, member) {
            (Kind::Issue, Member::Literal(literal)) => return self.compare_key(literal, op),
            (Kind::Priority | Kind::Resolution, Member::Literal(literal)) => return self.compare_rank(literal, op),
            (Kind::Version, _) => return self.compare_version(member, operand.span(), op),
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
                let message = format!("this does not compare with `{}`, a {} field", self.field.name, self.field.kind.name());
                return self.binder.refuse(codes::WRONG_OPERAND, operand.span(), message, None);
            }
        };
        self.each(|_| Test::Compare { op, value: value.clone() }, false)
    }

    /// A day counts as its midnight when it is compared with an instant (`due < endOfDay()` is due by the end of today).
    fn compare_day(&self, at: i64, op: Comparison) -> Option<Condition> {
        let session = self.binder.session;
        let day = session.day_of(at);
        let exact = session.midnight(day) == at;
        let first_at_or_after = if exact { day } else { day + 1 };
        let (op, day) = match op {
            Comparison::Lt => (Comparison::Lt, first_at_or_after),
            Comparison::LtEq => (Comparison::LtEq, day),
            Comparison::Gt => (Comparison::Gt, day),
            _ => (Comparison::GtEq, first_at_or_after),
        };
        self.each(|_| Test::Compare { op, value: Value::Date(day) }, false)
    }

    /// Key ranges stay in the project and compare the number; ids compare as ids.
    fn compare_key(&self, literal: &Literal, op: Comparison) -> Option<Condition> {
        if let Ok(id) = literal.text.parse::<i64>() {
            let field = issue_column("id", "id", Shape::Int);
            return Some(Condition::Field(FieldCondition { field, test: Test::Compare { op, value: Value::Int(id) } }));
        }
        let split =
            literal.text.rsplit_once('-').and_then(|(project, number)| Some((project.to_uppercase(), number.parse::<i64>().ok()?)));
        let Some((project, number)) = split else {
            let message = format!("`{}` is no issue key", literal.text);
            return self.binder.refuse(
                codes::WRONG_OPERAND,
                literal.span,
                message,
                "write a key such as PAY-12, or an id".to_string(),
            );
        };
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
    fn compare_version(&self, member: &Member, span: Span, op: Comparison) -> Option<Condition> {
        let Some(versions) = &self.binder.catalog.versions else { return self.missing("a table of versions with their order") };
        let read = self.read(std::slice::from_ref(member), span)?;
        let mut any = Vec::new();
        for wanted in versions.iter().filter(|v| read.texts.contains(&v.name)) {
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

impl Read {
    fn is_only_empty(&self) -> bool {
        self.empty
            && self.texts.is_empty()
            && self.ints.is_empty()
            && self.floats.is_empty()
            && self.times.is_empty()
            && self.days.is_empty()
    }

    fn values(&self, shape: Shape) -> Values {
        match shape {
            Shape::Int | Shape::KeyNumber => Values::Int(self.ints.clone()),
            Shape::Float => Values::Float(self.floats.clone()),
            Shape::Time => Values::Time(self.times.clone()),
            Shape::Date => Values::Date(self.days.clone()),
            Shape::Text | Shape::TextList | Shape::Bool => {
                let any = if self.fold { self.texts.iter().map(|t| t.to_lowercase()).collect() } else { self.texts.clone() };
                Values::Text { any, fold: self.fold }
            }
        }
    }

    /// Whether a single value passes the test that these members are.
    fn holds(&self, value: Option<&str>, negated: bool) -> bool {
        let Some(value) = value else { return self.empty && !negated };
        self.texts.iter().any(|t| t.eq_ignore_ascii_case(value)) != negated
    }
}

impl Binder<'_> {
    /// The operand of `~`.
    pub(crate) fn text_query(&self, operand: &Operand) -> Option<Arc<TextQuery>> {
        let members = self.members(operand)?;
        let [Member::Literal(literal)] = members.as_slice() else {
            return self.refuse(codes::WRONG_OPERAND, operand.span(), "~ takes one text", None);
        };
        let query = TextQuery::new(&literal.text);
        if query.is_empty() {
            self.report(
                Diagnostic::warning(codes::NEVER_TRUE, "this search matches nothing")
                    .at(literal.span, "")
                    .help("it has only stop words, or only words that must be absent"),
            );
        }
        Some(Arc::new(query))
    }
}
