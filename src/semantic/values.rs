//! The members of an operand, read as the values of a field.

use std::collections::HashSet;

use super::binder::did_you_mean;
use super::bound::{Scope, Shape, Values};
use super::clause::Site;
use super::dates;
use super::field::Place;
use super::operand::{DayOrInstant, Member};
use crate::catalog::fields::Kind;
use crate::catalog::functions::{Evaluation, Function, Returns};
use crate::catalog::{NamedValue, Wanted, eq, nearest};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::Literal;

/// Members of an operand, read for a field.
#[derive(Default)]
pub(super) struct Read {
    pub(super) texts: Vec<String>,
    pub(super) ints: Vec<i64>,
    pub(super) floats: Vec<f64>,
    pub(super) times: Vec<i64>,
    pub(super) days: Vec<i32>,
    /// Versions and components that functions name, as (project, name), where other projects have others of the name.
    pub(super) scoped: Vec<(String, String)>,
    pub(super) fold: bool,
    pub(super) empty: bool,
    pub(super) failed: bool,
}

impl Site<'_, '_> {
    pub(super) fn read(&self, members: &[Member]) -> Option<Read> {
        let mut read = Read::default();
        for member in members {
            match member {
                Member::Empty => read.empty = true,
                Member::Literal(literal) => {
                    if self.literal(literal, &mut read).is_none() {
                        read.failed = true;
                    }
                }
                Member::Subquery(query) => {
                    let message = format!("a query does not fit `{}` here", self.field.name);
                    self.binder.refuse::<()>(codes::WRONG_OPERAND, query.span, message, None);
                    read.failed = true;
                }
                Member::Call(function, arguments, span) => {
                    if self.call(function, arguments, *span, member, &mut read).is_none() {
                        read.failed = true;
                    }
                }
            }
        }
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
                    let found = binder.catalog.find_versions(&literal.text);
                    if found.is_empty() {
                        return binder.unknown_value(Kind::Version, literal, versions.iter().map(|v| v.name.as_str()));
                    }
                    let all = versions.iter().map(|v| (v.project.as_str(), v.name.as_str())).collect();
                    read.named(found.into_iter().map(|v| (v.project.clone(), v.name.clone())).collect(), all);
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
            Kind::Organization => match &binder.catalog.organizations {
                None => self.folded(literal, read),
                Some(known) => match known.keys().find(|o| eq(o, &literal.text)) {
                    Some(organization) => read.texts.push(organization.clone()),
                    None => return binder.unknown_value(Kind::Organization, literal, known.keys().map(String::as_str)),
                },
            },
            Kind::Label | Kind::Option => {
                self.check_held(literal);
                self.folded(literal, read);
            }
            Kind::Name | Kind::Text | Kind::StatusCategory | Kind::LinkType | Kind::ProjectType | Kind::Workflow | Kind::Filter => {
                self.folded(literal, read)
            }
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

    /// Warns of a label or option that no issue has: nobody lists these, so the data must tell.
    fn check_held(&self, literal: &Literal) {
        let Place::Columns(columns) = &self.field.place else { return };
        let binder = self.binder;
        if binder.catalog.issues_elsewhere {
            return;
        }
        let mut known = Vec::new();
        for column in columns.iter().filter(|c| c.scope == Scope::Issue) {
            match binder.catalog.looked_up.held.get(&column.column) {
                Some(values) => known.extend(values.iter().map(String::as_str)),
                None => return binder.want(Wanted::Held(column.column.clone())),
            }
        }
        if !known.iter().any(|k| eq(k, &literal.text)) {
            let message = format!("no issue has the {} `{}`", self.field.kind.name(), literal.text);
            let near = nearest(&literal.text, known);
            binder.report(Diagnostic::warning(codes::UNKNOWN_VALUE, message).at(literal.span, "").maybe_help(did_you_mean(&near)));
        }
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
            (E::CurrentUser | E::MembersOf | E::InactiveUsers | E::OrganizationMembers, Kind::User) => {
                read.texts.extend(binder.accounts(member)?)
            }
            (E::Now | E::StartOf(_) | E::EndOf(_) | E::Login { .. }, Kind::DateTime) => {
                read.times.push(binder.instant_member(member, span)?)
            }
            (E::Now | E::StartOf(_) | E::EndOf(_) | E::Login { .. }, Kind::Date) => {
                self.day_at(binder.instant_member(member, span)?, read)
            }
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
                let found = self.versions(function.evaluation, arguments.first())?;
                let all = binder.catalog.versions.iter().flatten().map(|v| (v.project.as_str(), v.name.as_str()));
                read.named(found, all.collect());
            }
            (E::ProjectsLedBy, Kind::Project) => {
                let leads = self.led_by(arguments.first(), span)?;
                let projects = binder.catalog.projects.iter().flatten();
                read.texts.extend(projects.filter(|p| p.lead.as_ref().is_some_and(|l| leads.contains(l))).map(|p| p.key.clone()));
            }
            (E::ProjectsByRole, Kind::Project) => read.texts.extend(self.projects_by_role(arguments.first()?, span)?),
            (E::Types { subtask }, Kind::IssueType) => {
                let types = &binder.catalog.types.list;
                if types.iter().all(|t| t.level.is_none()) {
                    return self.missing("a table of issue types with their levels");
                }
                let wanted = types.iter().filter(|t| t.level.is_some_and(|level| (level < 0) == subtask));
                read.texts.extend(wanted.map(|t| t.name.clone()));
            }
            (E::Script(script), _) if function.returns != Returns::Issues => {
                return self.script_values(script, function, arguments, span, read);
            }
            (E::Choice, Kind::Option) => arguments.iter().for_each(|literal| self.folded(literal, read)),
            (E::ComponentsLedBy, Kind::Component) => {
                let leads = self.led_by(arguments.first(), span)?;
                let components = binder.catalog.components.list.iter();
                let of = |c: &NamedValue| (c.group.clone().unwrap_or_default(), c.name.clone());
                let led = components.filter(|c| c.lead.as_ref().is_some_and(|l| leads.contains(l))).map(of).collect();
                let all = binder.catalog.components.list.iter();
                read.named(led, all.map(|c| (c.group.as_deref().unwrap_or(""), c.name.as_str())).collect());
            }
            _ => {
                return binder.refuse(
                    codes::WRONG_OPERAND,
                    span,
                    format!("{}() does not fit `{}`, {}", function.name, self.field.name, kind.field_with_article()),
                    format!("it is used as in `{}`", function.example),
                );
            }
        }
        Some(())
    }

    /// The projects in which the asking user has a role.
    fn projects_by_role(&self, role: &Literal, span: Span) -> Option<Vec<String>> {
        let Some(roles) = &self.binder.catalog.roles else {
            return self.binder.refuse(
                codes::NEEDS_DATA,
                span,
                "projectsWhereUserHasRole() cannot be answered: it needs a table of role members",
                None,
            );
        };
        if !roles.iter().any(|r| eq(&r.role, &role.text)) {
            return self.binder.no_role(role);
        }
        let me = self.binder.current_user(span)?;
        let held = roles.iter().filter(|r| eq(&r.role, &role.text) && r.account_id == me);
        Some(held.map(|r| r.project.clone()).collect())
    }

    fn led_by(&self, user: Option<&Literal>, span: Span) -> Option<Vec<String>> {
        match user {
            Some(literal) => self.binder.accounts_of(literal),
            None => self.binder.current_user(span).map(|u| vec![u]),
        }
    }

    fn versions(&self, evaluation: Evaluation, project: Option<&Literal>) -> Option<Vec<(String, String)>> {
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
        match evaluation {
            Evaluation::LatestReleased => found = found.pop().into_iter().collect(),
            Evaluation::EarliestUnreleased => found.truncate(1),
            _ => {}
        }
        Some(found.into_iter().map(|v| (v.project.clone(), v.name.clone())).collect())
    }

    pub(super) fn number(&self, literal: &Literal) -> Option<f64> {
        match literal.text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => self.binder.refuse(codes::UNREAD_NUMBER, literal.span, format!("`{}` is no number", literal.text), None),
        }
    }

    pub(super) fn duration(&self, literal: &Literal) -> Option<i64> {
        dates::estimate(&literal.text, &self.binder.session.estimates).or_else(|| {
            self.binder.refuse(
                codes::UNREAD_DURATION,
                literal.span,
                format!("`{}` is no duration", literal.text),
                "write weeks, days, hours and minutes: \"1w 2d 3h 30m\"".to_string(),
            )
        })
    }
}

impl Read {
    /// Takes (project, name) pairs out of all there are: by name alone where no other project has the name.
    pub(super) fn named(&mut self, mut found: Vec<(String, String)>, all: Vec<(&str, &str)>) {
        found.sort();
        let taken: HashSet<(&str, &str)> = found.iter().map(|(p, n)| (p.as_str(), n.as_str())).collect();
        let shared: HashSet<&str> = all.into_iter().filter(|v| !taken.contains(v)).map(|(_, name)| name).collect();
        let (scoped, plain): (Vec<_>, Vec<_>) =
            found.iter().cloned().partition(|(p, n)| !p.is_empty() && shared.contains(n.as_str()));
        self.texts.extend(plain.into_iter().map(|(_, name)| name));
        self.texts.dedup();
        self.scoped.extend(scoped);
    }

    pub(super) fn is_only_empty(&self) -> bool {
        self.empty
            && self.texts.is_empty()
            && self.scoped.is_empty()
            && self.ints.is_empty()
            && self.floats.is_empty()
            && self.times.is_empty()
            && self.days.is_empty()
    }

    pub(super) fn values(&self, shape: Shape) -> Values {
        match shape {
            Shape::Int | Shape::KeyNumber | Shape::WorkRatio => Values::Int(self.ints.clone()),
            Shape::Float | Shape::NumberText => Values::Float(self.floats.clone()),
            Shape::Time | Shape::TimeText => Values::Time(self.times.clone()),
            Shape::Date => Values::Date(self.days.clone()),
            Shape::Text | Shape::TextList | Shape::KeyProject | Shape::Bool => {
                let any = if self.fold { self.texts.iter().map(|t| t.to_lowercase()).collect() } else { self.texts.clone() };
                Values::Text { any, fold: self.fold }
            }
        }
    }

    /// Whether a single value passes the test that these members are.
    pub(super) fn holds(&self, value: Option<&str>, negated: bool) -> bool {
        let Some(value) = value else { return self.empty && !negated };
        self.texts.iter().any(|t| t.eq_ignore_ascii_case(value)) != negated
    }
}
