//! Who: accounts behind names, groups and functions.

use super::binder::{Binder, did_you_mean};
use super::bound::Actors;
use super::operand::Member;
use crate::catalog::fields::Kind;
use crate::catalog::functions::{Evaluation, Function};
use crate::catalog::{eq, nearest};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{Literal, Operand};

impl Binder<'_> {
    /// The operand of BY.
    pub(crate) fn actors(&self, operand: &Operand, negated: bool) -> Option<Actors> {
        let mut actors = Actors { accounts: Vec::new(), or_unknown: false, negated };
        let mut ok = true;
        for member in self.members(operand)? {
            match self.accounts(&member) {
                Some(accounts) => actors.accounts.extend(accounts),
                None if matches!(member, Member::Empty) => actors.or_unknown = true,
                None => ok = false,
            }
        }
        ok.then_some(actors)
    }

    /// The account ids that a member stands for; none for EMPTY, or after an error was reported.
    pub(crate) fn accounts(&self, member: &Member) -> Option<Vec<String>> {
        match member {
            Member::Empty => None,
            Member::Subquery(query) => {
                let help = "to find events by the actors of a query, write actor IN (...)".to_string();
                self.refuse(codes::WRONG_OPERAND, query.span, "users are wanted here, not a query", help)
            }
            Member::Literal(literal) => self.accounts_of(literal),
            Member::Call(function, arguments, span) => self.accounts_call(function, arguments, *span),
        }
    }

    /// The accounts of a name, id or e-mail.
    pub(crate) fn accounts_of(&self, literal: &Literal) -> Option<Vec<String>> {
        let Some(people) = &self.catalog.people else { return Some(vec![literal.text.clone()]) };
        let found = self.catalog.find_people(&literal.text);
        if !found.is_empty() {
            return Some(found.into_iter().map(|p| p.account_id.clone()).collect());
        }
        let names = people.iter().flat_map(|p| [p.account_id.as_str(), p.name.as_str()]);
        let near = nearest(&literal.text, names);
        self.refuse(codes::UNKNOWN_USER, literal.span, format!("there is no user called `{}`", literal.text), did_you_mean(&near))
    }

    fn accounts_call(&self, function: &Function, arguments: &[Literal], span: Span) -> Option<Vec<String>> {
        match function.evaluation {
            Evaluation::CurrentUser => self.current_user(span).map(|u| vec![u]),
            Evaluation::MembersOf => self.members_of(arguments.first()?),
            Evaluation::InactiveUsers => match &self.catalog.people {
                Some(people) if people.iter().any(|p| p.active.is_some()) => {
                    Some(people.iter().filter(|p| p.active == Some(false)).map(|p| p.account_id.clone()).collect())
                }
                _ => self.refuse(codes::NEEDS_DATA, span, "inactiveUsers() needs a table of users that says who is active", None),
            },
            Evaluation::OrganizationMembers => self.organization_members(arguments, span),
            _ => self.refuse(codes::WRONG_OPERAND, span, format!("{}() gives no users", function.name), None),
        }
    }

    fn organization_members(&self, names: &[Literal], span: Span) -> Option<Vec<String>> {
        let Some(organizations) = &self.catalog.organizations else {
            return self.refuse(codes::NEEDS_DATA, span, "organizationMembers() needs a table of organizations", None);
        };
        let mut out = Vec::new();
        for name in names {
            match organizations.iter().find(|(o, _)| eq(o, &name.text)) {
                Some((_, members)) => out.extend(members.iter().cloned()),
                None => return self.unknown_value(Kind::Organization, name, organizations.keys().map(String::as_str)),
            }
        }
        Some(out)
    }

    /// When the asking user's login began, or the one before.
    pub(crate) fn login(&self, function: &Function, previous: bool, span: Span) -> Option<i64> {
        let me = self.current_user(span)?;
        let people = self.catalog.find_people(&me);
        let at = people.first().and_then(|p| if previous { p.previous_login } else { p.last_login });
        let message = format!("{}() needs a table of users with their logins", function.name);
        at.or_else(|| self.refuse(codes::NEEDS_DATA, span, message, None))
    }

    /// The asking user's account id.
    pub(crate) fn current_user(&self, span: Span) -> Option<String> {
        let Some(user) = &self.session.user else {
            return self.refuse(
                codes::NO_USER,
                span,
                "nobody is asking: currentUser() needs a user",
                "give one with --user ID".to_string(),
            );
        };
        if self.catalog.people.is_none() {
            return Some(user.clone());
        }
        match self.catalog.find_people(user).first() {
            Some(person) => Some(person.account_id.clone()),
            None => self.refuse(codes::UNKNOWN_USER, span, format!("the asking user `{user}` is not in the table of users"), None),
        }
    }

    pub(super) fn members_of(&self, group: &Literal) -> Option<Vec<String>> {
        let Some(groups) = &self.catalog.groups else {
            return self.refuse(
                codes::NEEDS_DATA,
                group.span,
                "membersOf() needs a table of memberships, and the data has none",
                None,
            );
        };
        match self.catalog.find_group(&group.text) {
            Some(members) => Some(members.to_vec()),
            None => {
                let near = nearest(&group.text, groups.keys().map(String::as_str));
                let message = format!("there is no group called `{}`", group.text);
                self.refuse(codes::UNKNOWN_GROUP, group.span, message, did_you_mean(&near))
            }
        }
    }
}
