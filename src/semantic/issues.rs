//! Operands that are issues: keys, ids, functions that find issues, queries within the query.

use super::binder::Binder;
use super::bound::{
    Actors, AmongCondition, AttachedTest, BoundField, BoundQuery, Column, ColumnExpr, Condition, EventCondition, EventTest,
    FieldCondition, Relation, Shape, SortBy, SortKey, Target, Test, TimeBound, Values, Which,
};
use super::clause::Site;
use super::dates;
use super::field::{Place, event_column, issue_column};
use super::operand::Member;
use crate::catalog::entities::{ENTITIES, entity};
use crate::catalog::fields::Kind;
use crate::catalog::functions::{Evaluation, Function, Returns};
use crate::catalog::{Wanted, verbs};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{self, Literal, LiteralKind};

/// Lists longer than this come from programs, which do not mistype keys.
const MOST_CHECKED: usize = 200;

/// How many issues issueHistory() gives.
const VIEWED: u64 = 50;

/// Members that are plain values, and those that are found by a query of their own.
pub(super) fn split(members: Vec<Member>) -> (Vec<Member>, Vec<Member>) {
    members.into_iter().partition(|member| match member {
        Member::Call(function, ..) => function.returns != Returns::Issues,
        Member::Subquery(_) => false,
        Member::Literal(_) | Member::Empty => true,
    })
}

/// `PAY-12`, in upper case.
pub(super) fn as_key(text: &str) -> Option<String> {
    let (project, number) = text.rsplit_once('-')?;
    let named = project.starts_with(|c: char| c.is_ascii_alphabetic());
    let good = named && project.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (good && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_uppercase())
}

/// The digits of an id.
fn as_id(literal: &Literal) -> Option<i64> {
    literal.text.bytes().all(|b| b.is_ascii_digit()).then(|| literal.text.parse().ok()).flatten()
}

pub(super) fn joined(mut conditions: Vec<Condition>, negated: bool) -> Condition {
    match (conditions.len(), negated) {
        (1, _) => conditions.remove(0),
        (_, true) => Condition::All(conditions),
        (_, false) => Condition::Any(conditions),
    }
}

impl Site<'_, '_> {
    /// The issue itself: keys ignoring case, ids, and what functions and queries find.
    pub(super) fn keys(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let (mut keys, mut ids, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for member in members {
            match member {
                Member::Literal(literal) => match (as_id(literal), as_key(&literal.text)) {
                    (Some(id), _) => ids.push(id),
                    (None, Some(key)) => {
                        self.binder.check_key(&key, literal, members.len());
                        keys.push(key);
                    }
                    (None, None) => return self.binder.no_key(literal),
                },
                Member::Empty => {
                    return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, "an issue always has a key", None);
                }
                Member::Call(function, arguments, span) if !self.binder.in_activity() => {
                    found.push(self.binder.issues_of(function, arguments, *span, negated)?);
                }
                Member::Subquery(query)
                    if query.target.is_some_and(|t| t.node == Target::Activity)
                        && query.show.is_empty()
                        && query.group_by.is_empty() =>
                {
                    // Events know the issue by its id, whatever its key was then.
                    let query = self.binder.subquery(query, event_column("issue", "issue_id", Shape::Int))?;
                    found.push(self.one_among(issue_column("id", "id", Shape::Int), Relation::Query(Box::new(query)), negated));
                }
                member => {
                    let relation = self.relation(member)?;
                    found.push(self.one_among(issue_column("key", "key", Shape::Text), relation, negated));
                }
            }
        }
        let test = |values| Test::OneOf { values, or_empty: false, negated };
        if !keys.is_empty() || (ids.is_empty() && found.is_empty()) {
            let field = issue_column("key", "key", Shape::Text);
            found.push(Condition::Field(FieldCondition { field, test: test(Values::Text { any: keys, fold: false }) }));
        }
        if !ids.is_empty() {
            let field = issue_column("id", "id", Shape::Int);
            found.push(Condition::Field(FieldCondition { field, test: test(Values::Int(ids)) }));
        }
        Some(joined(found, negated))
    }

    fn one_among(&self, field: BoundField, relation: Relation, negated: bool) -> Condition {
        Condition::Among(Box::new(AmongCondition { field, relation, negated, span: self.clause.span }))
    }

    /// Plain values and relations beside each other, of a field that is a column.
    pub(super) fn among(&self, plain: &[Member], relations: &[Member], negated: bool) -> Option<Condition> {
        let Place::Columns(columns) = &self.field.place else { return self.missing("another form of the clause") };
        let mut conditions = Vec::new();
        if !plain.is_empty() {
            conditions.push(self.one_of_members(plain, negated)?);
        }
        for member in relations {
            if let Member::Call(function, _, span) = member
                && self.field.kind != Kind::Issue
            {
                let message = format!("{}() gives issues, and `{}` holds none", function.name, self.field.name);
                let help = format!("it is used as in `{}`", function.example);
                return self.binder.refuse(codes::WRONG_OPERAND, *span, message, help);
            }
            let relation = self.relation(member)?;
            if !fits(columns, &relation) {
                let message = format!("the query gives values of another type than `{}`", self.field.name);
                return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, message, None);
            }
            let each = columns.iter().map(|column| {
                let among = self.one_among(column.clone(), relation.clone(), negated);
                if negated { Condition::All(vec![present(column), among]) } else { among }
            });
            conditions.push(joined(each.collect(), negated));
        }
        Some(joined(conditions, negated))
    }

    /// What a function or a query within the query finds, as keys or as the values of its column.
    fn relation(&self, member: &Member) -> Option<Relation> {
        let binder = self.binder;
        let query = match member {
            Member::Call(function, arguments, span) => {
                let condition = binder.within(Target::Issues).issues_of(function, arguments, *span, false)?;
                binder.issues_where(condition)?
            }
            Member::Subquery(query) => {
                let target = query.target.map_or(Target::Issues, |t| t.node);
                let default = match (target, self.field.kind) {
                    (_, Kind::Issue) => issue_column("key", "key", Shape::Text),
                    (Target::Activity, Kind::User) => event_column("actor", "actor", Shape::Text),
                    _ if query.show.is_empty() && query.group_by.is_empty() => {
                        let help = format!("choose one column: (... SHOW {})", self.field.name);
                        let message = format!("the query does not say what to compare with `{}`", self.field.name);
                        return binder.refuse(codes::WRONG_OPERAND, query.span, message, help);
                    }
                    _ => issue_column("key", "key", Shape::Text),
                };
                binder.subquery(query, default)?
            }
            _ => return binder.refuse(codes::WRONG_OPERAND, self.clause.span, "a list of issues is wanted here", None),
        };
        Some(Relation::Query(Box::new(query)))
    }

    /// Members of a field that holds issues, as keys; what is no key is looked up among the issues.
    pub(super) fn held_issues(&self, members: &[Member]) -> Option<(Vec<String>, Vec<Relation>)> {
        let (mut keys, mut relations) = (Vec::new(), Vec::new());
        for member in members {
            match member {
                Member::Literal(literal) => match (as_id(literal), as_key(&literal.text)) {
                    (Some(id), _) => relations.push(Relation::Query(Box::new(self.binder.issues_where(of_ids(vec![id]))?))),
                    (None, Some(key)) => {
                        self.binder.check_key(&key, literal, members.len());
                        keys.push(key);
                    }
                    (None, None) => relations.push(self.epic_called(literal)?),
                },
                Member::Empty => {
                    return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, "an issue is wanted here", None);
                }
                member => relations.push(self.relation(member)?),
            }
        }
        Some((keys, relations))
    }

    /// An epic by its name, as old filters have it.
    fn epic_called(&self, literal: &Literal) -> Option<Relation> {
        if !self.field.name.to_lowercase().contains("epic") {
            return self.binder.no_key(literal);
        }
        let named = |field| Condition::Field(FieldCondition { field, test: called(&literal.text) });
        let mut any = vec![named(issue_column("summary", "summary", Shape::Text))];
        for custom in self.binder.catalog.find_custom_fields("Epic Name") {
            if custom.shape == Some(Shape::Text) {
                any.push(named(issue_column(&custom.name, &custom.id, Shape::Text)));
            }
        }
        Some(Relation::Query(Box::new(self.binder.issues_where(Condition::Any(any))?)))
    }

    /// Columns that hold keys of issues: `parent`, `Epic Link`, the key of an event.
    pub(super) fn held(&self, columns: &[BoundField], members: &[Member], negated: bool) -> Option<Condition> {
        let empty = members.iter().any(|m| matches!(m, Member::Empty));
        let plain: Vec<Member> = members.iter().filter(|m| !matches!(m, Member::Empty)).cloned().collect();
        let (keys, relations) = self.held_issues(&plain)?;
        let mut conditions = Vec::new();
        for column in columns {
            if !keys.is_empty() || (relations.is_empty() && !empty) {
                let values = Values::Text { any: keys.clone(), fold: false };
                let test = Test::OneOf { values, or_empty: false, negated };
                conditions.push(Condition::Field(FieldCondition { field: column.clone(), test }));
            }
            if empty {
                conditions.push(Condition::Field(FieldCondition { field: column.clone(), test: Test::Empty { negated } }));
            }
            for relation in &relations {
                let among = self.one_among(column.clone(), relation.clone(), negated);
                conditions.push(if negated { Condition::All(vec![present(column), among]) } else { among });
            }
        }
        Some(joined(conditions, negated))
    }

    /// `linkedIssue`: the children of an epic, otherwise the sub-tasks.
    pub(super) fn above(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let columns = self.columns_above()?;
        self.each_above(&columns, members, negated)
    }

    /// `parentEpic`: the stories of an epic and their sub-tasks.
    pub(super) fn epic_above(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let columns = self.columns_above()?;
        let children = self.each_above(&columns, members, false)?;
        let parent = issue_column("parent", "parent", Shape::Text);
        let found = self.binder.issues_where(children.clone())?;
        let grandchildren = |negated| self.one_among(parent.clone(), Relation::Query(Box::new(found.clone())), negated);
        if !negated {
            return Some(Condition::Any(vec![children.clone(), grandchildren(false)]));
        }
        Some(Condition::All(vec![self.each_above(&columns, members, true)?, grandchildren(true)]))
    }

    fn columns_above(&self) -> Option<Vec<BoundField>> {
        let known = &self.binder.catalog.issue_columns;
        let columns: Vec<_> =
            ["parent", "epic"].into_iter().filter(|c| known.contains(*c)).map(|c| issue_column(c, c, Shape::Text)).collect();
        if columns.is_empty() { self.missing("the columns `parent` and `epic` of the issues table") } else { Some(columns) }
    }

    /// Negated: there is something above, and it is none of them.
    fn each_above(&self, columns: &[BoundField], members: &[Member], negated: bool) -> Option<Condition> {
        if !negated {
            return self.held(columns, members, false);
        }
        let empty = |c: &BoundField| Condition::Field(FieldCondition { field: c.clone(), test: Test::Empty { negated: false } });
        let mut all = vec![Condition::Any(columns.iter().map(present).collect())];
        for column in columns {
            all.push(Condition::Any(vec![empty(column), self.held(std::slice::from_ref(column), members, true)?]));
        }
        Some(Condition::All(all))
    }
}

pub(super) fn present(column: &BoundField) -> Condition {
    Condition::Field(FieldCondition { field: column.clone(), test: Test::Empty { negated: true } })
}

fn called(name: &str) -> Test {
    let values = Values::Text { any: vec![name.to_lowercase()], fold: true };
    Test::OneOf { values, or_empty: false, negated: false }
}

fn of_ids(ids: Vec<i64>) -> Condition {
    let test = Test::OneOf { values: Values::Int(ids), or_empty: false, negated: false };
    Condition::Field(FieldCondition { field: issue_column("id", "id", Shape::Int), test })
}

/// The keys of the issues that pass now.
pub(super) fn issues_where(condition: Condition) -> BoundQuery {
    BoundQuery {
        target: Target::Issues,
        condition: Some(condition),
        with_deleted: false,
        as_of: None,
        past: Vec::new(),
        group_by: Vec::new(),
        aggregated: false,
        columns: vec![Column { name: "key".into(), expr: ColumnExpr::Field(issue_column("key", "key", Shape::Text)) }],
        order_by: Vec::new(),
        limit: None,
        warnings: Vec::new(),
    }
}

/// Whether the values of a query may be compared with those of the columns.
fn fits(columns: &[BoundField], relation: &Relation) -> bool {
    let Relation::Query(query) = relation else { return true };
    let family = |shape: Shape| match shape {
        Shape::Text | Shape::TextList | Shape::KeyProject => 0,
        Shape::Int | Shape::Float | Shape::KeyNumber | Shape::WorkRatio | Shape::NumberText => 1,
        Shape::Bool => 2,
        Shape::Time | Shape::TimeText => 3,
        Shape::Date => 4,
    };
    let of = match query.columns.first().map(|c| &c.expr) {
        Some(ColumnExpr::Field(field)) if field.shape != Shape::TextList => family(field.shape),
        Some(ColumnExpr::Bucket(_, field)) => family(field.shape),
        Some(ColumnExpr::Lasting(_) | ColumnExpr::Aggregate(..)) => 1,
        Some(ColumnExpr::Until(_)) => family(Shape::Time),
        _ => return false,
    };
    columns.iter().all(|c| family(c.shape) == of)
}

impl Binder<'_> {
    /// The keys of the issues that pass, at the instant that the query asks of.
    pub(super) fn issues_where(&self, condition: Condition) -> Option<BoundQuery> {
        self.tell_past(BoundQuery { as_of: self.at_instant(), ..issues_where(condition) })
    }

    pub(super) fn no_key<T>(&self, literal: &Literal) -> Option<T> {
        let message = format!("`{}` is no issue key", literal.text);
        self.refuse(codes::WRONG_OPERAND, literal.span, message, "write a key such as PAY-12, or an id".to_string())
    }

    /// Warns of a key that no issue has or had, as Jira's newer search does. Long lists are taken as they are.
    pub(super) fn check_key(&self, key: &str, literal: &Literal, of: usize) {
        // Keys of the past may be those of moved or deleted issues.
        if of > MOST_CHECKED || self.as_of.is_some() || self.catalog.issues_elsewhere {
            return;
        }
        match self.catalog.looked_up.keys.get(key) {
            Some(true) => {}
            Some(false) => {
                self.report(Diagnostic::warning(codes::UNKNOWN_VALUE, format!("no issue has the key {key}")).at(literal.span, ""))
            }
            None => self.want(Wanted::Key(key.to_string())),
        }
    }

    /// Binds a query within the query; `default` is its column where it chooses none.
    pub(super) fn subquery(&self, query: &ast::Query, default: BoundField) -> Option<BoundQuery> {
        let target = query.target.map_or(Target::Issues, |t| t.node);
        let mut bound = self.within(target).query(query)?;
        if query.show.is_empty() && query.group_by.is_empty() {
            bound.columns = vec![Column { name: default.name.clone(), expr: ColumnExpr::Field(default) }];
        } else if query.show.len() > 1 && query.group_by.is_empty() {
            let help = "SHOW one column".to_string();
            return self.refuse(codes::WRONG_COLUMN, query.span, "a query within a list gives one column", help);
        }
        // Its order matters only where it decides which rows there are.
        if bound.limit.is_none() {
            bound.order_by.clear();
        }
        Some(bound)
    }

    /// The issues that a function finds, as a condition on an issue; `negated`: all others.
    pub(super) fn issues_of(&self, function: &Function, arguments: &[Literal], span: Span, negated: bool) -> Option<Condition> {
        let key = issue_column("key", "key", Shape::Text);
        let among = |relation| Condition::Among(Box::new(AmongCondition { field: key.clone(), relation, negated, span }));
        Some(match function.evaluation {
            Evaluation::LinkedIssues => among(Relation::Linked(self.linked_test(arguments, span)?)),
            Evaluation::RemoteLinks => {
                if self.catalog.remote_links {
                    let any = arguments.iter().map(|a| a.text.clone()).collect();
                    among(Relation::Rows {
                        table: "remote_links",
                        column: "issue",
                        tests: vec![side("remote_links", "global_id", any)],
                    })
                } else {
                    return self.needs(function, span, "a table of remote links");
                }
            }
            Evaluation::Script(script) => self.script(script, function, arguments, span, negated)?,
            Evaluation::SavedQuery => self.include(arguments.first()?, span, negated)?,
            Evaluation::Watched => self.own_list("watcher", "watcher_ids", function, span, negated)?,
            Evaluation::Voted => self.own_list("voter", "voter_ids", function, span, negated)?,
            Evaluation::UpdatedBy => self.updated_by(arguments, span, negated)?,
            Evaluation::LastViewed => {
                let viewed = issue_column("lastViewed", "last_viewed", Shape::Time);
                if !self.catalog.issue_columns.contains("last_viewed") {
                    return self.needs(function, span, "the column `last_viewed` of the issues table");
                }
                let mut query = self.issues_where(present(&viewed))?;
                let newest = |field| SortKey { by: SortBy::Value(field), ascending: false, empty_first: false };
                query.order_by = vec![newest(viewed), newest(issue_column("id", "id", Shape::Int))];
                query.limit = Some(VIEWED);
                among(Relation::Query(Box::new(query)))
            }
            _ => return self.refuse(codes::WRONG_OPERAND, span, format!("{}() gives no issues", function.name), None),
        })
    }

    pub(super) fn needs<T>(&self, function: &Function, span: Span, what: &str) -> Option<T> {
        self.refuse(
            codes::NEEDS_DATA,
            span,
            format!("{}() cannot be answered: it needs {what}", function.name),
            "the query was refused rather than answered without it".to_string(),
        )
    }

    fn own_list(&self, name: &str, column: &str, function: &Function, span: Span, negated: bool) -> Option<Condition> {
        if !self.catalog.issue_columns.contains(column) {
            return self.needs(function, span, &format!("the column `{column}` of the issues table"));
        }
        let me = self.current_user(span)?;
        let field = issue_column(name, column, Shape::TextList);
        let test = Test::OneOf { values: Values::Text { any: vec![me], fold: false }, or_empty: false, negated: false };
        let mine = Condition::Field(FieldCondition { field: field.clone(), test });
        if !negated {
            return Some(mine);
        }
        // The complement, issues that nobody watches among them.
        let test = |test| Condition::Field(FieldCondition { field: field.clone(), test });
        let Condition::Field(FieldCondition { test: Test::OneOf { values, .. }, .. }) = mine else { return None };
        Some(Condition::Any(vec![
            test(Test::Empty { negated: false }),
            test(Test::OneOf { values, or_empty: false, negated: true }),
        ]))
    }

    /// Created by the user, changed, commented on, or with a comment that the user edited last. Its smallest unit is a day,
    /// and the last day counts.
    fn updated_by(&self, arguments: &[Literal], span: Span, negated: bool) -> Option<Condition> {
        let user = arguments.first()?;
        let by = Actors { accounts: self.accounts_of(user)?, or_unknown: false, negated: false };
        let mut time = Vec::new();
        for (literal, first) in arguments.iter().skip(1).zip([true, false]) {
            let day = dates::literal(&literal.text, literal.kind == LiteralKind::Number).and_then(|l| self.session.day(l));
            let Some(day) = day else { return self.bad_date(literal) };
            time.push(if first {
                TimeBound::AtOrAfter(self.session.midnight(day))
            } else {
                TimeBound::Before(self.session.midnight(day + 1))
            });
        }
        let events = |test: EventTest| Condition::Events(Box::new(EventCondition { event: test, times: None, negated, span }));
        let base = EventTest { by: vec![by.clone()], time: time.clone(), ..EventTest::default() };
        let whole = |name: &str| !matches!(name, "comment" | "watcher" | "vote");
        let entities = ENTITIES.iter().filter(|e| e.of_issue && whole(e.name)).flat_map(|e| e.spellings()).collect();
        let comments = entity("comment")?.spellings();
        let made = [verbs::actions("created"), verbs::actions("deleted")].concat();
        let edited = Relation::Attached {
            entities: comments.clone(),
            tests: vec![AttachedTest::Edited { by, time }],
            which: Which::default(),
        };
        let conditions = vec![
            events(EventTest { entities: Some(entities), not_actions: verbs::not_mutations(), ..base.clone() }),
            events(EventTest { entities: Some(comments), actions: Some(made), ..base }),
            Condition::Among(Box::new(AmongCondition { field: self.issue_id(), relation: edited, negated, span })),
        ];
        Some(joined(conditions, negated))
    }

    /// The id of the row's issue.
    pub(super) fn issue_id(&self) -> BoundField {
        if self.in_activity() { event_column("issue", "issue_id", Shape::Int) } else { issue_column("id", "id", Shape::Int) }
    }
}

/// A test of a side table's text column.
pub(super) fn side(table: &'static str, column: &str, any: Vec<String>) -> FieldCondition {
    FieldCondition {
        field: side_column(table, column, Shape::Text),
        test: Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false },
    }
}

/// A column of a side table.
pub(super) fn side_column(table: &'static str, column: &str, shape: Shape) -> BoundField {
    BoundField { name: column.to_string(), scope: super::bound::Scope::Side(table), column: column.to_string(), shape }
}
