//! `field operator operand` on present values (`reference/jql.md` sections 2 and 3).

use std::sync::Arc;

use super::binder::Binder;
use super::bound::{BoundField, Comparison, Condition, FieldCondition, Shape, Test, Value, Values};
use super::field::{Named, Place, event_column, issue_column};
use super::operand::Member;
use super::text::TextQuery;
use super::{events, history};
use crate::catalog::fields::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Clause, LiteralKind, Operand, Operator};

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

/// A clause with its field: what the parts of this phase share.
pub(super) struct Site<'a, 'b> {
    pub(super) binder: &'a Binder<'b>,
    pub(super) field: &'a Named,
    pub(super) clause: &'a Clause,
}

impl Site<'_, '_> {
    pub(super) fn missing<T>(&self, what: &str) -> Option<T> {
        self.binder.refuse(
            codes::NEEDS_DATA,
            self.clause.field.span,
            format!("`{}` cannot be answered: it needs {what}", self.field.name),
            "the query was refused rather than answered without it".to_string(),
        )
    }

    pub(super) fn each(&self, test: impl Fn(&BoundField) -> Test, negated: bool) -> Option<Condition> {
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
                let read = self.read(&members)?;
                return self.of_projects(|p| read.holds(p.category.as_deref(), negated));
            }
            Place::ProjectLead => {
                let read = self.read(&members)?;
                return self.of_projects(|p| read.holds(p.lead.as_deref(), negated));
            }
            Place::StatusCategory => return self.status_category(&members, negated),
            _ => {}
        }
        let read = self.read(&members)?;
        if read.is_only_empty() {
            return self.empty(negated);
        }
        let plain = self
            .each(|field| Test::OneOf { values: read.values(field.shape), or_empty: read.empty && !negated, negated }, negated)?;
        self.scoped(plain, &read.scoped, negated)
    }

    /// Adds names that count in their own project only.
    fn scoped(&self, plain: Condition, names: &[(String, String)], negated: bool) -> Option<Condition> {
        let mut conditions = vec![plain];
        let mut projects: Vec<&String> = names.iter().map(|(project, _)| project).collect();
        projects.dedup();
        for project in projects {
            let text = |any: Vec<String>| Values::Text { any, fold: false };
            let own = text(names.iter().filter(|(p, _)| p == project).map(|(_, name)| name.clone()).collect());
            let field = issue_column("project", "project", Shape::Text);
            let of_project = |negated| {
                let test = Test::OneOf { values: text(vec![project.clone()]), or_empty: false, negated };
                Condition::Field(FieldCondition { field: field.clone(), test })
            };
            let named = self.each(|_| Test::OneOf { values: own.clone(), or_empty: false, negated }, negated)?;
            conditions.push(if negated {
                Condition::Any(vec![of_project(true), named])
            } else {
                Condition::All(vec![of_project(false), named])
            });
        }
        Some(match (conditions.len(), negated) {
            (1, _) => conditions.remove(0),
            (_, true) => Condition::All(conditions),
            (_, false) => Condition::Any(conditions),
        })
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

    /// The issue itself: keys ignoring case, or ids.
    fn keys(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let mut keys = Vec::new();
        let mut ids = Vec::new();
        for member in members {
            match member {
                Member::Literal(l)
                    if l.kind == LiteralKind::Number || l.text.bytes().all(|b| b.is_ascii_digit()) && !l.text.is_empty() =>
                {
                    match l.text.parse::<i64>() {
                        Ok(id) => ids.push(id),
                        Err(_) => {
                            let message = format!("`{}` is no id of an issue", l.text);
                            return self.binder.refuse(codes::UNREAD_NUMBER, l.span, message, None);
                        }
                    }
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
    pub(super) fn project_column(&self) -> BoundField {
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
}

impl Binder<'_> {
    /// The operand of `~`.
    pub(crate) fn text_query(&self, operand: &Operand) -> Option<Arc<TextQuery>> {
        let members = self.members(operand)?;
        let [Member::Literal(literal)] = members.as_slice() else {
            return self.refuse(codes::WRONG_OPERAND, operand.span(), "~ takes one text", None);
        };
        let query = TextQuery::new(&literal.text, self.session.deployment.into());
        if query.has_leading_wildcard() {
            let message = "a word of a text search cannot begin with a wildcard";
            return self.refuse(
                codes::LEADING_WILDCARD,
                literal.span,
                message,
                Some("begin with letters, as in `log*`".to_string()),
            );
        }
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
