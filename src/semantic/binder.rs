//! The binder: one walk over the tree, collecting every diagnostic on the way.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::bound::{AsOf, BoundQuery, Condition, EventTest, Target};
use super::{columns, condition, session::Session};
use crate::catalog::{Catalog, Wanted, nearest};
use crate::diagnostic::{Code, Diagnostic, Span, codes};
use crate::syntax::ast;

/// Values of `$name` parameters: bound by value, typed by their use.
pub type Parameters = BTreeMap<String, Parameter>;

/// A parameter's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameter {
    /// A text, read as the place of use wants it (a user, a date, a number).
    Text(String),
    /// A number.
    Number(f64),
    /// Several values, for IN and other places that take a list.
    List(Vec<Parameter>),
}

/// What a walk reads, and where it puts what it finds. The walk itself has no state.
#[derive(Clone, Copy)]
pub(crate) struct Binder<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) session: &'a Session,
    pub(crate) parameters: &'a Parameters,
    pub(crate) target: Target,
    /// The saved query that is being included, and those that include it.
    pub(crate) included: Option<&'a Included<'a>>,
    /// AS OF of the query, or of the one that it stands in.
    pub(crate) as_of: Option<AsOf>,
    found: &'a Found,
}

/// What the walk finds, subqueries and saved queries included.
#[derive(Default)]
struct Found {
    diagnostics: RefCell<Vec<Diagnostic>>,
    used: RefCell<BTreeSet<String>>,
    wanted: RefCell<BTreeSet<Wanted>>,
}

/// A saved query that is being included.
pub(crate) struct Included<'a> {
    /// Its name; none of a query in quotes.
    pub(crate) name: Option<&'a str>,
    /// Where the outermost query names it: its own spans are of another text.
    pub(crate) span: Span,
    /// How far its text lies behind the start of the outermost query's, where it stands there as it is.
    pub(crate) shift: Option<u32>,
    /// What includes it.
    pub(crate) by: Option<&'a Included<'a>>,
}

impl Included<'_> {
    /// A diagnostic of its text, at the place where the text that is shown has it.
    fn shown(&self, diagnostic: Diagnostic) -> Diagnostic {
        if let Some(by) = self.shift {
            return diagnostic.moved(by);
        }
        let mut of = Some(self);
        while let Some(included) = of {
            if let Some(name) = included.name {
                return diagnostic.of_included(name, self.span);
            }
            of = included.by;
        }
        diagnostic.at_only(self.span)
    }
}

/// More than this in one query helps nobody.
const MAX_DIAGNOSTICS: usize = 50;

/// What binding gave.
#[derive(Debug)]
pub struct Bound {
    /// The query.
    pub query: BoundQuery,
    /// As in [`Refused::wanted`]: binding again may find more spellings of a value, or warn.
    pub wanted: BTreeSet<Wanted>,
}

/// What binding found wrong.
#[derive(Debug)]
pub struct Refused {
    /// Errors and warnings in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// What [`Catalog::looked_up`] lacks. Binding again with it may succeed.
    pub wanted: BTreeSet<Wanted>,
}

/// Binds a query.
///
/// # Errors
///
/// Every diagnostic of the query where one of them is an error.
pub fn bind(query: &ast::Query, catalog: &Catalog, session: &Session, parameters: &Parameters) -> Result<Bound, Refused> {
    let target = query.target.map_or(Target::Issues, |t| t.node);
    let found = Found::default();
    let binder = Binder { catalog, session, parameters, target, included: None, as_of: None, found: &found };
    let bound = binder.query(query);
    binder.check_parameters(query.span);
    let Found { diagnostics, wanted, .. } = found;
    let mut diagnostics = diagnostics.into_inner();
    diagnostics.sort_by_key(Diagnostic::span);
    match bound {
        Some(mut bound) if !diagnostics.iter().any(Diagnostic::is_error) => {
            bound.warnings = diagnostics;
            Ok(Bound { query: bound, wanted: wanted.into_inner() })
        }
        _ => Err(Refused { diagnostics, wanted: wanted.into_inner() }),
    }
}

impl Binder<'_> {
    /// The same walk over a query within the query.
    pub(crate) fn within(&self, target: Target) -> Binder<'_> {
        Binder { target, as_of: self.at_instant(), ..*self }
    }

    /// The same walk over a saved query, whose rows are issues.
    pub(crate) fn including<'i>(&'i self, included: &'i Included<'i>) -> Binder<'i> {
        Binder { included: Some(included), target: Target::Issues, as_of: self.at_instant(), ..*self }
    }

    /// AS OF for what stands within the query: at no single event, but at an instant.
    pub(crate) fn at_instant(&self) -> Option<AsOf> {
        self.as_of.filter(|as_of| matches!(as_of, AsOf::Instant(_)))
    }

    /// Binds a query, or one within the query.
    pub(crate) fn query(&self, query: &ast::Query) -> Option<BoundQuery> {
        let as_of = self.as_of(query);
        match as_of {
            // Then it was now.
            Some(Some(AsOf::Instant(at))) => {
                let session = Session { now: at, ..self.session.clone() };
                Binder { session: &session, as_of: as_of.flatten(), ..*self }.parts(query)
            }
            _ => {
                let bound = Binder { as_of: as_of.flatten(), ..*self }.parts(query);
                as_of.and(bound)
            }
        }
    }

    /// Condition and columns of a query, at the instant that it asks of.
    fn parts(&self, query: &ast::Query) -> Option<BoundQuery> {
        let bound = match &query.filter {
            Some(filter) => condition::bind(self, filter, false).map(Some),
            None => Some(None),
        };
        let columns = columns::bind(self, query, bound.as_ref().and_then(Option::as_ref));
        let condition = bound?;
        let columns = columns?;
        let bound = BoundQuery {
            target: self.target,
            with_deleted: self.target == Target::Issues && condition.as_ref().is_some_and(names_deletion),
            condition,
            group_by: columns.group_by,
            aggregated: columns.aggregated,
            columns: columns.columns,
            order_by: columns.order_by,
            limit: query.limit.map(|l| l.node),
            as_of: self.as_of,
            past: Vec::new(),
            warnings: Vec::new(),
        };
        self.tell_past(bound)
    }

    /// Whether the query asks for events.
    pub(crate) fn in_activity(&self) -> bool {
        self.target == Target::Activity
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        let diagnostic = match self.included {
            Some(included) => included.shown(diagnostic),
            None => diagnostic,
        };
        let mut all = self.found.diagnostics.borrow_mut();
        if all.len() < MAX_DIAGNOSTICS && !all.contains(&diagnostic) {
            all.push(diagnostic);
        }
    }

    /// Refuses the name of a role that no project has.
    pub(super) fn no_role<T>(&self, role: &ast::Literal) -> Option<T> {
        let mut names: Vec<&str> = self.catalog.roles.iter().flatten().map(|r| r.role.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let near = nearest(&role.text, names);
        self.refuse(codes::UNKNOWN_VALUE, role.span, format!("there is no role called `{}`", role.text), did_you_mean(&near))
    }

    /// Reports an error; nothing comes of the clause.
    pub(crate) fn refuse<T>(
        &self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) -> Option<T> {
        self.report(Diagnostic::error(code, message).at(span, "").maybe_help(help.into()));
        None
    }

    /// Refuses what the language has and this version cannot evaluate.
    pub(crate) fn not_yet<T>(&self, what: &str, span: Span) -> Option<T> {
        self.refuse(
            codes::NOT_YET,
            span,
            format!("jqlx reads {what} but cannot answer it yet"),
            "the query was refused rather than answered without it".to_string(),
        )
    }

    pub(crate) fn want(&self, wanted: Wanted) {
        self.found.wanted.borrow_mut().insert(wanted);
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &ast::Spanned<String>) -> Option<&Parameter> {
        self.found.used.borrow_mut().insert(name.node.clone());
        let value = self.parameters.get(&name.node);
        if value.is_none() {
            let near = crate::catalog::nearest(&name.node, self.parameters.keys().map(String::as_str));
            let help = match near.first() {
                Some(near) => format!("did you mean ${near}?"),
                None => format!("give it with --param {}=VALUE", name.node),
            };
            self.refuse::<()>(codes::UNKNOWN_PARAMETER, name.span, format!("no value was given for ${}", name.node), help);
        }
        value
    }

    fn check_parameters(&self, span: Span) {
        let used = self.found.used.borrow();
        for name in self.parameters.keys().filter(|n| !used.contains(*n)) {
            let mut diagnostic =
                Diagnostic::warning(codes::UNUSED_PARAMETER, format!("the query does not name the parameter ${name}"));
            diagnostic = diagnostic.at(Span { start: span.start, end: span.start }, "");
            self.report(diagnostic);
        }
    }
}

/// `did you mean a, b or c?`
pub(crate) fn did_you_mean(near: &[String]) -> Option<String> {
    let (last, rest) = near.split_last()?;
    Some(match rest {
        [] => format!("did you mean {last}?"),
        _ => format!("did you mean {} or {last}?", rest.join(", ")),
    })
}

/// A query sees deleted issues where it names their deletion.
fn names_deletion(condition: &Condition) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().any(names_deletion),
        Condition::Events(events) => is_deletion(&events.event),
        Condition::Sequence(sequence) => {
            let positive = sequence.steps.iter().filter(|s| !s.negated).flat_map(|s| &s.events);
            sequence.first.iter().chain(positive).any(is_deletion)
        }
        Condition::Field(_) | Condition::History(_) | Condition::Among(_) | Condition::Compare(_) | Condition::Working(_) => false,
    }
}

fn is_deletion(event: &EventTest) -> bool {
    let has = |list: &Option<Vec<String>>, what: &str| list.as_ref().is_some_and(|l| l.iter().any(|v| v == what));
    has(&event.entities, "issue") && has(&event.actions, "deleted")
}
