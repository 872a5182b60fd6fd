//! `field operator operand` on present values (`reference/jql.md` sections 2 and 3).

use std::sync::Arc;

use super::binder::Binder;
use super::bound::{BoundField, CascadeChild, Comparison, Condition, FieldCondition, Shape, Test, Value, Values};
use super::field::{Named, Place, issue_column};
use super::operand::Member;
use super::text::TextQuery;
use super::{events, history, issues, regex, typed, working};
use crate::catalog::fields::{Kind, Source};
use crate::catalog::functions::{self, Evaluation};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Clause, Literal, Operand, Operator};

/// Binds a JQL clause, or its negation.
pub(crate) fn bind(binder: &Binder<'_>, clause: &Clause, negated: bool) -> Option<Condition> {
    use Operator::*;
    let operator = clause.operator.node;
    match operator {
        Changed => return events::bind_changed(binder, clause).map(|happening| happening.condition(negated)),
        Was | WasNot | WasIn | WasNotIn => {
            let negated = negated != matches!(operator, WasNot | WasNotIn);
            return history::bind(binder, clause, negated);
        }
        _ => {}
    }
    // An SLA or an Assets field is no column, so its name says nothing; what it lacks, the function tells.
    if let Some(Operand::Call(call)) = &clause.operand
        && clause.field.properties.is_empty()
        && binder.find_field(&clause.field.name.text).is_none()
        && functions::function(&call.name.text).is_some_and(|f| f.missing().is_some())
    {
        binder.call(call)?;
    }
    let field = binder.field(&clause.field)?;
    let operand = clause.operand.as_ref()?;
    let site = Site { binder, field: &field, clause };
    if let Some(call) = regex::pattern(operand) {
        return site.regex(call, negated);
    }
    check_operator(binder, &field, clause)?;
    if let Some(call) = typed::other_field(operand) {
        return site.compare_field(call, negated);
    }
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
        Like => operators.text,
        NotLike => operators.not_text,
        _ => operators.order,
    };
    if fits {
        return Some(());
    }
    let list = operators.list(!field.history.is_empty());
    binder.report(
        Diagnostic::error(codes::WRONG_OPERATOR, format!("`{}` does not take {}", field.name, operator.as_str()))
            .at(clause.operator.span, "")
            .at(clause.field.span, field.kind.field_with_article())
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
            // Every such place has answered before.
            Place::Of(_) | Place::Links(_) | Place::Property { .. } => self.missing("another form of the clause"),
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
            Place::Of(Source::ProjectCategory) => self.of_projects(|p| p.category.is_none() != negated),
            Place::Of(Source::ProjectLead) => self.of_projects(|p| p.lead.is_none() != negated),
            Place::Of(Source::WorklogAuthor | Source::WorklogDate | Source::WorklogComment | Source::Comment) => {
                Some(self.attached(Vec::new(), !negated))
            }
            Place::Property { key, path } => Some(self.property(key, path, None, !negated)),
            Place::Missing(what) => self.missing(what),
            _ => self.each(|_| Test::Empty { negated }, negated),
        }
    }

    fn one_of(&self, operand: &Operand, negated: bool) -> Option<Condition> {
        if let Place::Missing(what) = &self.field.place {
            return self.missing(what);
        }
        let members = self.binder.members(operand)?;
        self.check_list(operand, &members)?;
        if let Some(call) = working::call(&members) {
            return self.working(&members, call, negated);
        }
        if let Place::Of(source) = self.field.place {
            return self.one_of_source(source, &members, negated);
        }
        match &self.field.place {
            Place::Links(phrase) => return self.linked_to(phrase.as_deref(), &members, negated),
            Place::Property { key, path } => return self.one_of_property(key, path, &members, negated),
            _ => {}
        }
        if let (Kind::Issue, Place::Columns(columns)) = (self.field.kind, &self.field.place) {
            return self.held(columns, &members, negated);
        }
        if let Some(found) = self.cascade(&members, negated) {
            return Some(found);
        }
        let (members, relations) = issues::split(members);
        if !relations.is_empty() {
            return self.among(&members, &relations, negated);
        }
        self.one_of_members(&members, negated)
    }

    /// Fields that are not a column of the row.
    fn one_of_source(&self, source: Source, members: &[Member], negated: bool) -> Option<Condition> {
        match source {
            Source::Key => self.keys(members, negated),
            Source::ProjectCategory => {
                let read = self.read(members)?;
                self.of_projects(|p| read.holds(p.category.as_deref(), negated))
            }
            Source::ProjectLead => {
                let read = self.read(members)?;
                self.of_projects(|p| read.holds(p.lead.as_deref(), negated))
            }
            Source::ProjectType => self.project_type(members, negated),
            Source::Workflow => self.workflow(members, negated),
            Source::StatusCategory => self.status_category(members, negated),
            Source::HierarchyLevel => {
                let levels = self.levels(members)?;
                self.of_types(|level| levels.contains(&level) != negated)
            }
            Source::WorklogAuthor => self.worklog_author(members, negated),
            Source::WorklogDate => self.worklog_date_in(members, negated),
            Source::LinkType => self.link_type(members, negated),
            Source::Above => self.above(members, negated),
            Source::EpicAbove => self.epic_above(members, negated),
            Source::Filter => self.saved(members, negated),
            Source::Function => self.functions(members, negated),
            // The table gives these no `=`, or a column.
            Source::Issue(..)
            | Source::WorkRatio
            | Source::Texts { .. }
            | Source::Comment
            | Source::WorklogComment
            | Source::Links
            | Source::Property
            | Source::Missing(_) => self.missing("another operator"),
        }
    }

    /// Values of columns.
    pub(super) fn one_of_members(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let read = self.read(members)?;
        if read.is_only_empty() {
            return self.empty(negated);
        }
        let plain = self
            .each(|field| Test::OneOf { values: read.values(field.shape), or_empty: read.empty && !negated, negated }, negated)?;
        self.scoped(plain, &read.scoped, negated)
    }

    /// `IN cascadeOption(Europe, Oslo)`, which stands alone.
    fn cascade(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let [Member::Call(function, arguments, _)] = members else { return None };
        if function.evaluation != Evaluation::Cascade || self.field.kind != Kind::Option {
            return None;
        }
        // `none` asks for no value; an option called so is quoted within the quotes.
        let text = |l: &Literal| l.text.trim_matches('"').to_lowercase();
        let none = |l: &Literal| l.text.eq_ignore_ascii_case("none");
        let option = arguments.first()?;
        if none(option) {
            return self.empty(negated);
        }
        let child = match arguments.get(1) {
            None => CascadeChild::Any,
            Some(child) if none(child) => CascadeChild::None,
            Some(child) => CascadeChild::Is(text(child)),
        };
        self.each(
            |field| match field.shape {
                Shape::TextList => Test::Cascade { option: text(option), child: child.clone(), negated },
                // Where no issue has a suboption, the column holds options alone.
                _ => {
                    let any = if matches!(child, CascadeChild::Is(_)) { Vec::new() } else { vec![text(option)] };
                    Test::OneOf { values: Values::Text { any, fold: true }, or_empty: false, negated }
                }
            },
            negated,
        )
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

    fn text(&self, operand: &Operand, negated: bool) -> Option<Condition> {
        if matches!(operand, Operand::Empty(_)) {
            return self.empty(negated);
        }
        if let Place::Missing(what) = &self.field.place {
            return self.missing(what);
        }
        match self.field.kind {
            Kind::Issue | Kind::Version => return self.wildcard(operand, negated),
            _ => {}
        }
        let query = self.binder.text_query(operand)?;
        match &self.field.place {
            Place::Of(Source::Comment | Source::WorklogComment) => Some(self.with_text(query, negated)),
            Place::Of(Source::Texts { comments }) => Some(self.texts(&query, *comments)),
            Place::Property { key, path } => {
                Some(self.property_test(key, path, Test::Text { query: query.clone(), negated: false }, negated))
            }
            _ => self.each(|_| Test::Text { query: query.clone(), negated }, negated),
        }
    }

    /// Keys and names of versions fit a pattern as a whole (`reference/jql.md` section 3.6).
    fn wildcard(&self, operand: &Operand, negated: bool) -> Option<Condition> {
        let members = self.binder.members(operand)?;
        let [Member::Literal(literal)] = members.as_slice() else {
            return self.binder.refuse(codes::WRONG_OPERAND, operand.span(), "~ takes one text", None);
        };
        if self.field.kind == Kind::Issue {
            let test = Test::Wildcard { pattern: literal.text.clone(), negated };
            return Some(Condition::Field(FieldCondition { field: issue_column("key", "key", Shape::Text), test }));
        }
        let Some(versions) = &self.binder.catalog.versions else { return self.missing("a table of versions") };
        let mut any: Vec<String> = versions.iter().filter(|v| fits(&literal.text, &v.name)).map(|v| v.name.clone()).collect();
        any.sort();
        any.dedup();
        self.each(|_| Test::OneOf { values: Values::Text { any: any.clone(), fold: false }, or_empty: false, negated }, negated)
    }
}

/// Whether a name fits a pattern of `*` and `?` as a whole, ignoring case.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.to_lowercase().chars().collect(), name.to_lowercase().chars().collect());
    // The last star and what it has taken so far: a mismatch behind it lets it take one more.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

impl Binder<'_> {
    /// The operand of `~`.
    pub(crate) fn text_query(&self, operand: &Operand) -> Option<Arc<TextQuery>> {
        if let Some(call) = regex::pattern(operand) {
            return self.regex(call);
        }
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
