//! `time NOT IN workingTime(actor)`: instants in working time, or outside of it.

use std::collections::BTreeSet;

use super::binder::Binder;
use super::bound::{BoundField, Condition, Scope, Shape, WorkingCondition, WorkingTime};
use super::clause::Site;
use super::field::{Named, Place};
use super::operand::Member;
use super::session::zone_of;
use crate::catalog::fields::Kind;
use crate::catalog::functions::Evaluation;
use crate::catalog::{Person, Wanted};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::Literal;

/// The members of an operand, where workingTime() is among them.
pub(super) fn call(members: &[Member]) -> Option<(&[Literal], Span)> {
    members.iter().find_map(|member| match member {
        Member::Call(function, arguments, span) if function.evaluation == Evaluation::WorkingTime => {
            Some((arguments.as_slice(), *span))
        }
        _ => None,
    })
}

impl Site<'_, '_> {
    /// `IN workingTime()`, which stands alone.
    pub(super) fn working(&self, members: &[Member], (arguments, span): (&[Literal], Span), negated: bool) -> Option<Condition> {
        let binder = self.binder;
        if members.len() > 1 {
            let help = format!("join clauses with OR: {} IN workingTime() OR ...", self.field.name);
            return binder.refuse(codes::WRONG_OPERAND, span, "workingTime() stands alone, without other values", help);
        }
        let field = self.instant(span)?;
        let whose = match arguments.first() {
            Some(name) => Some(binder.whose_clock(name)?),
            None => None,
        };
        let working = WorkingTime { calendar: binder.session.calendar.clone(), zone: binder.session.zone.clone() };
        Some(Condition::Working(Box::new(WorkingCondition { field, working, whose, negated })))
    }

    /// The column of instants that the clause asks of.
    fn instant(&self, span: Span) -> Option<BoundField> {
        let (name, kind) = (&self.field.name, self.field.kind);
        let message = match (&self.field.place, kind) {
            (Place::Columns(columns), Kind::DateTime) => match columns.as_slice() {
                [one] if one.shape == Shape::Time => return Some(one.clone()),
                _ => format!("several custom fields are called `{name}`: write one as \"cf[10001]\""),
            },
            (_, Kind::Date) => format!("`{name}` holds days, and workingTime() is about the time of day"),
            _ => format!("workingTime() does not fit `{name}`, {}", kind.field_with_article()),
        };
        let dates = if self.binder.in_activity() { "time, made, created or resolved" } else { "created, updated or resolved" };
        self.binder.refuse(codes::WRONG_OPERAND, span, message, format!("it goes with a date and time, such as {dates}"))
    }
}

impl Binder<'_> {
    /// The field of the account by whose clock the hours are meant.
    fn whose_clock(&self, name: &Literal) -> Option<BoundField> {
        let wrong = |message: String| {
            let example = if self.in_activity() { "workingTime(actor)" } else { "workingTime(assignee)" };
            let help = format!("name the user whose clock counts, as in {example}, or nobody");
            self.refuse(codes::WRONG_ARGUMENTS, name.span, message, help)
        };
        let Some(named) = self.find_field(&name.text) else {
            let is_user = self.session.user.as_deref() == Some(&name.text)
                || self.catalog.people.iter().flatten().any(|person| person.account_id == name.text || person.name == name.text);
            if is_user {
                return wrong(format!("workingTime() takes a field that holds a user, and `{}` is a user", name.text));
            }
            return self.unknown_field(&name.text, name.span);
        };
        let Named { name: called, kind, place, .. } = &named;
        let field = match (place, kind) {
            (Place::Missing(what), _) => {
                let message = format!("`{called}` cannot be answered: it needs {what}");
                return self.refuse(codes::NEEDS_DATA, name.span, message, None);
            }
            (Place::Columns(columns), Kind::User) => match columns.as_slice() {
                [one] if one.shape == Shape::Text => one.clone(),
                [_] => return wrong(format!("`{called}` holds several users, and workingTime() goes by one clock")),
                _ => return wrong(format!("several custom fields are called `{called}`: write one as \"cf[10001]\"")),
            },
            (_, Kind::User) => return wrong(format!("`{called}` is no user of the row itself")),
            _ => {
                return wrong(format!(
                    "`{called}` is {}, and workingTime() goes by the clock of a user",
                    kind.field_with_article()
                ));
            }
        };
        let people = self.catalog.people.as_deref().unwrap_or_default();
        if people.iter().all(|person| person.time_zone.is_none()) {
            let message = "workingTime() cannot be answered: it needs time zones in the table of users";
            let help = "workingTime() without a user goes by the calendar's zone".to_string();
            return self.refuse(codes::NEEDS_DATA, name.span, message, help);
        }
        self.check_zones(&field, people, name.span);
        Some(field)
    }

    /// Warns of people whose zone is not known: what they did is neither in working time nor outside of it.
    fn check_zones(&self, of: &BoundField, people: &[Person], span: Span) {
        let looked_up = &self.catalog.looked_up;
        if of.scope == Scope::Issue && self.catalog.issues_elsewhere {
            return;
        }
        let (found, wanted) = match of.scope {
            Scope::Issue => (looked_up.held.get(&of.column), Wanted::Held(of.column.clone())),
            _ => (looked_up.actors.as_ref(), Wanted::Actors),
        };
        let Some(accounts) = found else { return self.want(wanted) };
        let known: BTreeSet<&str> = people
            .iter()
            .filter(|person| person.time_zone.as_deref().is_some_and(|zone| zone_of(zone).is_some()))
            .map(|person| person.account_id.as_str())
            .collect();
        let mut unknown: Vec<&str> = accounts.iter().map(String::as_str).filter(|account| !known.contains(account)).collect();
        unknown.sort_unstable();
        let Some((first, rest)) = unknown.split_first() else { return };
        let who = match rest {
            [] => (*first).to_string(),
            [second] => format!("{first} and {second}"),
            [second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
        };
        let message = format!("the data does not tell the time zone of {who}");
        let help = "their times are neither in working time nor outside of it".to_string();
        self.report(Diagnostic::warning(codes::UNKNOWN_CLOCK, message).at(span, "").help(help));
    }
}
