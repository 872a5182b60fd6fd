//! WAS and the values that history knows (`reference/jql.md` section 4).

use super::binder::{Binder, did_you_mean};
use super::bound::{Condition, Held, HistoryCondition, HistoryField, HistoryValues, IntervalBound, Lasted, WorkingTime};
use super::field::Named;
use super::operand::Member;
use super::{dates, held};
use crate::catalog::fields::Kind;
use crate::catalog::{Wanted, nearest};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{Clause, Literal, Operand, Predicate, PredicateKind};

/// Binds `field WAS ...`; `negated` is WAS NOT.
pub(crate) fn bind(binder: &Binder<'_>, clause: &Clause, negated: bool) -> Option<Condition> {
    let field = binder.field(&clause.field)?;
    with_history(binder, &field, clause.field.span)?;
    with_record(binder, &field, clause.field.span, true)?;
    let operand = clause.operand.as_ref()?;
    let values = binder.history_values(&field, operand);
    let parts = predicates(binder, &clause.predicates);
    let (values, parts) = (values?, parts?);
    let held = |history: &HistoryField, values: HistoryValues| {
        Condition::History(Box::new(HistoryCondition {
            field: history.clone(),
            values,
            by: parts.by.clone(),
            via: parts.via.clone(),
            bounds: parts.bounds.clone(),
            lasted: parts.lasted.clone(),
            held: parts.held.clone(),
            now: binder.session.now,
            negated,
            span: clause.span,
        }))
    };
    let measured = parts.lasted.as_ref().is_some_and(|lasted| lasted.total) || !parts.held.is_empty();
    let mut conditions = Vec::new();
    for history in &field.history {
        let each = if history.multi { lives(&values, measured) } else { vec![values.clone()] };
        if history.multi && values.empty && !parts.held.is_empty() {
            let message = format!("WHILE cannot be asked of an empty `{}`: it holds several values at a time", field.name);
            return binder.refuse(codes::WRONG_PREDICATE, clause.span, message, None);
        }
        conditions.extend(each.into_iter().map(|values| held(history, values)));
    }
    Some(match (conditions.len(), negated) {
        (1, _) => conditions.remove(0),
        (_, false) => Condition::Any(conditions),
        (_, true) => Condition::All(conditions),
    })
}

/// Of several values at a time each element has a life of its own, and EMPTY is where there is none. What is measured is
/// asked of each element by itself.
fn lives(values: &HistoryValues, measured: bool) -> Vec<HistoryValues> {
    let mut out = Vec::new();
    if values.empty {
        out.push(HistoryValues { empty: true, ..HistoryValues::default() });
    }
    if measured {
        out.extend(values.names.iter().map(|name| HistoryValues { names: vec![name.clone()], ..HistoryValues::default() }));
    } else if !values.names.is_empty() || !values.empty {
        out.push(HistoryValues { empty: false, ..values.clone() });
    }
    out
}

/// Refuses fields without recorded history.
pub(crate) fn with_history(binder: &Binder<'_>, field: &Named, span: Span) -> Option<()> {
    if !field.history.is_empty() {
        return Some(());
    }
    let help = match field.name.as_str() {
        "created" | "creator" | "key" => "it never changes".to_string(),
        _ => "events do not record changes of it".to_string(),
    };
    binder.refuse(codes::NO_HISTORY, span, format!("`{}` has no history", field.name), help)
}

/// The six fields whose history Jira itself searches: every source records them.
const JIRAS_OWN: &[&str] = &["assignee", "fixVersion", "priority", "reporter", "resolution", "status"];

/// Of any other field, the data may record no change at all: then nobody knows what it was (an error where that is asked),
/// and no change is found (a warning).
pub(crate) fn with_record(binder: &Binder<'_>, field: &Named, span: Span, needed: bool) -> Option<()> {
    if JIRAS_OWN.contains(&field.name.as_str()) {
        return Some(());
    }
    let known: Vec<Option<&bool>> =
        field.history.iter().map(|h| binder.catalog.looked_up.recorded.get(&h.name.to_lowercase())).collect();
    for (history, known) in field.history.iter().zip(&known) {
        if known.is_none() {
            binder.want(Wanted::Recorded(history.name.clone()));
        }
    }
    if known.iter().any(|k| k.is_none_or(|recorded| *recorded)) {
        return Some(());
    }
    let message = format!("the data records no change of `{}`", field.name);
    if needed {
        let help = "what it was in the past cannot be told; ask what it is now".to_string();
        return binder.refuse(codes::NO_HISTORY, span, message, help);
    }
    binder.report(Diagnostic::warning(codes::NO_HISTORY, message).at(span, "").help("so no change of it can be found"));
    Some(())
}

#[derive(Default)]
struct Parts {
    by: Vec<super::bound::Actors>,
    via: Vec<Vec<String>>,
    bounds: Vec<IntervalBound>,
    lasted: Option<Lasted>,
    held: Vec<Held>,
}

fn predicates(binder: &Binder<'_>, predicates: &[Predicate]) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut ok = true;
    for predicate in predicates {
        ok &= add(binder, predicate, &mut parts).is_some();
    }
    ok.then_some(parts)
}

fn add(binder: &Binder<'_>, predicate: &Predicate, parts: &mut Parts) -> Option<()> {
    use IntervalBound::*;
    match &predicate.kind {
        PredicateKind::After(at) => parts.bounds.push(EndAfter(binder.instant(at)?)),
        PredicateKind::Before(at) => parts.bounds.push(StartBefore(binder.instant(at)?)),
        PredicateKind::On(at) => {
            let (start, end) = binder.session.day_bounds(binder.instant(at)?);
            parts.bounds.extend([StartBefore(end), EndAfter(start)]);
        }
        PredicateKind::During(range) => {
            let (from, to) = binder.range(range)?;
            parts.bounds.extend([StartAtOrBefore(to), EndAtOrAfter(from)]);
        }
        PredicateKind::By { negated, who } => parts.by.push(binder.actors(who, *negated)?),
        PredicateKind::For { total, comparison, length } => {
            if parts.lasted.is_some() {
                return binder.refuse(codes::WRONG_PREDICATE, predicate.span, "FOR stands once", None);
            }
            let (length, working) = binder.length(length)?;
            parts.lasted = Some(Lasted { op: *comparison, length, total: *total, working });
        }
        PredicateKind::While(state) => parts.held.extend(held::bind(binder, state)?),
        PredicateKind::Via(how) => parts.via.push(super::events::kinds(binder, how)?),
        PredicateKind::From(_)
        | PredicateKind::To(_)
        | PredicateKind::Text(_)
        | PredicateKind::Times { .. }
        | PredicateKind::Within(_)
        | PredicateKind::Same(_) => {
            return binder.refuse(
                codes::WRONG_PREDICATE,
                predicate.span,
                "WAS speaks of values held, and this predicate of changes",
                "use CHANGED for changes".to_string(),
            );
        }
    }
    Some(())
}

impl Binder<'_> {
    /// The operand of DURING: two dates.
    pub(crate) fn range(&self, operand: &Operand) -> Option<(i64, i64)> {
        let members = self.members(operand)?;
        let [from, to] = members.as_slice() else {
            let help = "write DURING (\"2026-01-01\", \"2026-03-31\")".to_string();
            return self.refuse(codes::WRONG_OPERAND, operand.span(), "DURING takes two dates", help);
        };
        let (from, to) = (self.instant_member(from, operand.span()), self.instant_member(to, operand.span()));
        let (from, to) = (from?, to?);
        if from > to {
            return self.refuse(codes::WRONG_OPERAND, operand.span(), "the range ends before it begins", None);
        }
        Some((from, to))
    }

    /// A length of clock time.
    pub(crate) fn clock_duration(&self, literal: &Literal) -> Option<i64> {
        match self.some_length(literal, "write minutes, hours, days or weeks: 30m, 4h, 3d, 2w")? {
            (length, false) => Some(length),
            (_, true) => {
                let help = "write minutes, hours, days or weeks: 30m, 4h, 3d, 2w; working time goes with FOR".to_string();
                self.refuse(codes::WRONG_PREDICATE, literal.span, "the distance of events is clock time", help)
            }
        }
    }

    /// A length of clock time, or of working time (`8wh`, `3wd`).
    pub(super) fn length(&self, literal: &Literal) -> Option<(i64, Option<WorkingTime>)> {
        let help = "write minutes, hours, days or weeks: 30m, 4h, 3d, 2w; or working time: 8wh, 3wd";
        let (length, working) = self.some_length(literal, help)?;
        let calendar = || WorkingTime { calendar: self.session.calendar.clone(), zone: self.session.zone.clone() };
        Some((length, working.then(calendar)))
    }

    /// A length that is not nothing, and whether it is of working time.
    fn some_length(&self, literal: &Literal, help: &str) -> Option<(i64, bool)> {
        let (what, help) = match dates::length(&literal.text, &self.session.calendar) {
            Some((length, working)) if length > 0 => return Some((length, working)),
            Some(_) => ("no time at all", "write at least a minute: 1m"),
            None if dates::is_length(&literal.text) => ("longer than can be measured", "write fewer days or weeks"),
            None => ("no duration", help),
        };
        self.refuse(codes::UNREAD_DURATION, literal.span, format!("`{}` is {what}", literal.text), help.to_string())
    }

    /// The values of a history operand or of FROM and TO.
    pub(crate) fn history_values(&self, field: &Named, operand: &Operand) -> Option<HistoryValues> {
        let mut values = HistoryValues::default();
        let mut ok = true;
        for member in self.members(operand)? {
            let added = match &member {
                Member::Empty => {
                    values.empty = true;
                    Some(())
                }
                Member::Literal(literal) => self.history_value(field, literal, &mut values),
                Member::Subquery(query) => {
                    let message = format!("values of `{}` are wanted here, not a query", field.name);
                    self.refuse(codes::WRONG_OPERAND, query.span, message, None)
                }
                Member::Call(function, _, span) => match field.kind {
                    Kind::User => self.accounts(&member).map(|accounts| {
                        values.ids.extend(accounts.iter().cloned());
                        values.names.extend(accounts);
                    }),
                    _ => {
                        let message = format!("{}() gives no values of `{}`", function.name, field.name);
                        self.refuse(codes::WRONG_OPERAND, *span, message, None)
                    }
                },
            };
            ok &= added.is_some();
        }
        ok.then_some(values)
    }

    fn history_value(&self, field: &Named, literal: &Literal, values: &mut HistoryValues) -> Option<()> {
        let text = &literal.text;
        match field.kind {
            Kind::User => {
                let accounts = self.accounts_of(literal)?;
                values.ids.extend(accounts.iter().cloned());
                values.names.extend(accounts);
                return Some(());
            }
            Kind::Resolution if text.eq_ignore_ascii_case("unresolved") => {
                values.empty = true;
                return Some(());
            }
            Kind::Project => {
                let found = self.catalog.find_projects(text);
                values.names.extend(found.iter().flat_map(|p| [p.key.clone(), p.name.clone()]));
                if !found.is_empty() {
                    return Some(());
                }
            }
            Kind::Version => {
                let found = self.catalog.find_versions(text);
                if let Some(version) = found.first() {
                    values.names.push(version.name.clone());
                    values.ids.extend(found.iter().filter_map(|v| v.id.clone()));
                    return Some(());
                }
            }
            kind => {
                let found = self.catalog.values(kind).map(|v| v.find(text)).unwrap_or_default();
                if !found.is_empty() {
                    values.names.extend(found.iter().map(|v| v.name.clone()));
                    values.ids.extend(found.iter().filter_map(|v| v.id.clone()));
                    return Some(());
                }
            }
        }
        self.former_value(field, literal, values)
    }

    /// A name that the site no longer has: it counts where history knows it.
    fn former_value(&self, field: &Named, literal: &Literal, values: &mut HistoryValues) -> Option<()> {
        let text = &literal.text;
        for history in &field.history {
            let Some(seen) = self.catalog.looked_up.former.get(&history.name.to_lowercase()) else {
                self.want(Wanted::Former(history.name.clone()));
                continue;
            };
            values.names.extend(seen.iter().filter(|s| s.eq_ignore_ascii_case(text)).cloned());
        }
        let listed = matches!(
            field.kind,
            Kind::Status
                | Kind::Priority
                | Kind::Resolution
                | Kind::IssueType
                | Kind::Version
                | Kind::Component
                | Kind::SecurityLevel
                | Kind::Project
        );
        if values.names.iter().any(|n| n.eq_ignore_ascii_case(text)) {
            return Some(());
        }
        if !listed {
            values.names.push(text.clone());
            return Some(());
        }
        let known: Vec<&str> = match field.kind {
            Kind::Version => self.catalog.versions.iter().flatten().map(|v| v.name.as_str()).collect(),
            Kind::Project => self.catalog.projects.iter().flatten().map(|p| p.key.as_str()).collect(),
            kind => self.catalog.values(kind).map(|v| v.names().collect()).unwrap_or_default(),
        };
        let seen = field.history.iter().filter_map(|h| self.catalog.looked_up.former.get(&h.name.to_lowercase())).flatten();
        let near = nearest(text, known.into_iter().chain(seen.map(String::as_str)));
        let message = format!("no {} is or ever was called `{text}`", field.kind.name());
        self.refuse(codes::UNKNOWN_VALUE, literal.span, message, did_you_mean(&near))
    }
}
