//! Functions that give versions, components, projects or users, behind a field of that kind.

use super::super::bound::Test;
use super::super::clause::Site;
use super::super::field::Place;
use super::super::values::Read;
use super::Call;
use crate::catalog::fields::Kind;
use crate::catalog::functions::{Function, Script};
use crate::catalog::{Version, eq};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::Literal;

impl Site<'_, '_> {
    /// Adds what the function gives to the members of the operand.
    pub(in crate::semantic) fn script_values(
        &self,
        script: Script,
        function: &Function,
        arguments: &[Literal],
        span: Span,
        read: &mut Read,
    ) -> Option<()> {
        let call = Call { binder: self.binder, function, arguments, span };
        let catalog = self.binder.catalog;
        match (script, self.field.kind) {
            (Script::NameMatch, Kind::Component) if function.name == "componentMatch" => {
                let pattern = call.pattern()?;
                let components = &catalog.components;
                if !components.complete {
                    return call.needs("a table of components");
                }
                let all = components.list.iter().map(|c| (c.group.as_deref().unwrap_or(""), c.name.as_str()));
                let found = all.clone().filter(|(_, name)| pattern.matches(name));
                read.named(found.map(|(project, name)| (project.to_string(), name.to_string())).collect(), all.collect());
            }
            (Script::NameMatch, Kind::Version) if function.name == "versionMatch" => {
                let pattern = call.pattern()?;
                call.versions(read, |v| pattern.matches(&v.name))?;
            }
            (Script::NameMatch, Kind::Project) if function.name == "projectMatch" => {
                let pattern = call.pattern()?;
                let Some(projects) = &catalog.projects else { return call.needs("a table of projects") };
                read.texts.extend(projects.iter().filter(|p| pattern.matches(&p.name)).map(|p| p.key.clone()));
            }
            (Script::ArchivedVersions, Kind::Version) => {
                let of = call.of_project()?;
                call.versions(read, |v| v.archived && of(v))?;
            }
            (Script::Overdue, Kind::Version) => {
                let (of, today) = (call.of_project()?, self.binder.session.day_of(self.binder.session.now));
                call.versions(read, |v| !v.released && !v.archived && v.release.is_some_and(|day| day < today) && of(v))?;
            }
            (Script::VersionDay { start }, Kind::Version) => {
                let words = call.words(arguments.first()?, &["after", "before", "on"])?;
                let tests: Vec<Test> = words.when.iter().map(|(when, at)| call.day(*when, at)).collect::<Option<_>>()?;
                let day = |v: &Version| if start { v.start } else { v.release };
                call.versions(read, |v| day(v).is_some_and(|day| tests.iter().all(|t| on_day(t, day))))?;
            }
            (Script::EarliestByReleaseDay, Kind::Version) => {
                let of = call.of_project()?;
                let open = |v: &&Version| !v.released && !v.archived && of(v);
                let first =
                    catalog.versions.iter().flatten().filter(open).filter_map(|v| Some((v.release?, v))).min_by_key(|(d, _)| *d);
                let first = first.map(|(_, v)| v.clone());
                call.versions(read, |v| Some(v) == first.as_ref())?;
            }
            (Script::MyProjects, Kind::Project) => {
                let Some(roles) = &catalog.roles else { return call.needs("a table of role members") };
                let me = self.binder.current_user(span)?;
                read.texts.extend(roles.iter().filter(|r| r.account_id == me).map(|r| r.project.clone()));
                read.texts.dedup();
            }
            (Script::ProjectsOfType, Kind::Project) => {
                let wanted = arguments.first()?;
                let projects = catalog.projects.iter().flatten();
                let known: Vec<&str> = projects.clone().filter_map(|p| p.kind.as_deref()).collect();
                if known.is_empty() {
                    return call.needs("a table of projects with their types");
                }
                if !known.iter().any(|k| eq(k, &wanted.text)) {
                    return self.binder.unknown_value(Kind::ProjectType, wanted, known.into_iter());
                }
                let of_type = projects.filter(|p| p.kind.as_deref().is_some_and(|k| eq(k, &wanted.text)));
                read.texts.extend(of_type.map(|p| p.key.clone()));
            }
            // Only columns tell apart the projects in which somebody has the role.
            (Script::MemberOfRole, Kind::User) if matches!(self.field.place, Place::Columns(_)) => {
                let mut members = call.role_members(arguments.first()?)?;
                members.sort();
                read.scoped.extend(members);
            }
            _ => {
                let message =
                    format!("{}() does not fit `{}`, {}", function.name, self.field.name, self.field.kind.field_with_article());
                let help = format!("it is used as in `{}`", function.example);
                return self.binder.refuse(codes::WRONG_OPERAND, span, message, help);
            }
        }
        Some(())
    }
}

/// Whether a day passes a test that `Call::day` made.
fn on_day(test: &Test, day: i32) -> bool {
    use super::super::bound::{Comparison, Value, Values};
    match test {
        Test::OneOf { values: Values::Date(days), .. } => days.contains(&day),
        Test::Compare { op, value: Value::Date(with) } => match op {
            Comparison::Lt => day < *with,
            Comparison::LtEq => day <= *with,
            Comparison::Gt => day > *with,
            Comparison::GtEq => day >= *with,
            Comparison::Eq => day == *with,
            Comparison::NotEq => day != *with,
        },
        _ => false,
    }
}

impl Call<'_> {
    fn pattern(&self) -> Option<std::sync::Arc<super::super::text::TextQuery>> {
        let literal = self.argument(0)?;
        self.binder.pattern(&literal.text, literal.span)
    }

    /// Adds the versions that pass.
    fn versions(&self, read: &mut Read, is: impl Fn(&Version) -> bool) -> Option<()> {
        let Some(versions) = &self.binder.catalog.versions else { return self.needs("a table of versions") };
        let found = versions.iter().filter(|v| is(v)).map(|v| (v.project.clone(), v.name.clone())).collect();
        read.named(found, versions.iter().map(|v| (v.project.as_str(), v.name.as_str())).collect());
        Some(())
    }

    /// Whether a version is of the project that the first argument names; of any where there is none.
    fn of_project(&self) -> Option<impl Fn(&Version) -> bool> {
        let keys = match self.argument(0) {
            None => None,
            Some(literal) => {
                let found: Vec<String> =
                    self.binder.catalog.find_projects(&literal.text).into_iter().map(|p| p.key.clone()).collect();
                if found.is_empty() {
                    let names = self.binder.catalog.projects.iter().flatten().map(|p| p.key.as_str());
                    return self.binder.unknown_value(Kind::Project, literal, names);
                }
                Some(found)
            }
        };
        Some(move |v: &Version| keys.as_ref().is_none_or(|k| k.contains(&v.project)))
    }
}
