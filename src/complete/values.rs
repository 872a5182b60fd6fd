//! Values that the data holds.

use std::collections::BTreeSet;

use super::context::Named;
use super::offers::candidate;
use super::{Candidate, CandidateKind};
use crate::catalog::entities::ENTITIES;
use crate::catalog::fields::{FIELDS, Kind};
use crate::catalog::functions::Function;
use crate::catalog::verbs::VERBS;
use crate::catalog::{Catalog, Person};
use crate::syntax::spelt;

/// How many people are looked at before the rest is left to further typing.
const MOST_PEOPLE: usize = 100;

/// The longest account id that somebody would type.
const LONGEST_ID: usize = 20;

fn value(text: &str, description: impl Into<String>) -> Candidate {
    candidate(spelt(text), CandidateKind::Value, description)
}

/// The values of a field.
pub(super) fn of(named: Named<'_>, catalog: &Catalog, written: &str, out: &mut Vec<Candidate>) {
    match named.attribute.map(|attribute| attribute.column) {
        Some("entity") => return out.extend(ENTITIES.iter().map(|e| value(e.name, e.doc))),
        Some("action") => return out.extend(VERBS.iter().filter(|v| v.name != "changed").map(|v| value(v.name, v.doc))),
        Some("field") => {
            let recorded = FIELDS.iter().filter(|field| field.has_history());
            return out.extend(recorded.map(|field| value(field.name, field.doc)));
        }
        _ => {}
    }
    let Some(kind) = named.kind() else { return };
    of_kind(kind, catalog, written, out);
    // What other questions have looked up already.
    let held = named.custom.and_then(|field| catalog.looked_up.held.get(&field.id));
    out.extend(held.into_iter().flatten().map(|text| value(text, "")));
}

fn of_kind(kind: Kind, catalog: &Catalog, written: &str, out: &mut Vec<Candidate>) {
    let names = |names: BTreeSet<&str>| names.into_iter().map(|name| value(name, "")).collect::<Vec<_>>();
    match kind {
        Kind::User => people(catalog, written, out),
        Kind::StatusCategory => out.extend(names(catalog.statuses.list.iter().filter_map(|s| s.group.as_deref()).collect())),
        Kind::Project => out.extend(catalog.projects.iter().flatten().map(|p| value(&p.key, &p.name))),
        Kind::ProjectCategory => {
            out.extend(names(catalog.projects.iter().flatten().filter_map(|p| p.category.as_deref()).collect()));
        }
        Kind::ProjectType => out.extend(names(catalog.projects.iter().flatten().filter_map(|p| p.kind.as_deref()).collect())),
        Kind::Version => out.extend(catalog.versions.iter().flatten().map(|v| {
            let state = if v.archived {
                "archived"
            } else if v.released {
                "released"
            } else {
                "not released"
            };
            value(&v.name, format!("{}, {state}", v.project))
        })),
        Kind::LinkType => out.extend(names(catalog.link_phrases().collect())),
        Kind::Organization => out.extend(names(catalog.organizations.iter().flatten().map(|(name, _)| name.as_str()).collect())),
        Kind::Workflow => out.extend(names(catalog.workflows.iter().flatten().map(|(name, _)| name.as_str()).collect())),
        Kind::Filter => out.extend(names(catalog.filters.iter().flatten().map(|filter| filter.name.as_str()).collect())),
        Kind::Label => {
            out.extend(catalog.looked_up.held.get("labels").into_iter().flatten().map(|label| value(label, "")));
        }
        Kind::DateTime | Kind::Date => out.extend(instants()),
        kind => {
            let list = catalog.values(kind).map(|values| values.list.as_slice()).unwrap_or_default();
            out.extend(list.iter().map(|v| value(&v.name, v.group.clone().unwrap_or_default())));
        }
    }
}

/// People by what somebody would type: a short account id, else a name that is theirs alone, else the id.
pub(super) fn people(catalog: &Catalog, written: &str, out: &mut Vec<Candidate>) {
    let wanted = written.trim_start_matches(['"', '\'']).to_lowercase();
    let meant = |person: &&Person| {
        [Some(&person.account_id), Some(&person.name), person.email.as_ref()].into_iter().flatten().any(|name| {
            let name = name.to_lowercase();
            name.starts_with(&wanted) || name.split(' ').any(|part| part.starts_with(&wanted))
        })
    };
    let people = catalog.people.iter().flatten().filter(meant).take(MOST_PEOPLE);
    out.extend(people.map(|person| {
        let state = if person.active == Some(false) { ", not active" } else { "" };
        let id = &person.account_id;
        if id.len() <= LONGEST_ID && spelt(id) == *id {
            value(id, format!("{}{state}", person.name))
        } else if catalog.find_people(&person.name).len() == 1 {
            value(&person.name, format!("{}{state}", person.email.as_ref().unwrap_or(id)))
        } else {
            value(id, format!("{}{state}", person.name))
        }
    }));
}

/// Lengths of time before now.
pub(super) fn instants() -> impl Iterator<Item = Candidate> {
    [("-1d", "A day ago."), ("-7d", "A week ago."), ("-30d", "Thirty days ago."), ("-90d", "Ninety days ago.")]
        .into_iter()
        .map(|(text, doc)| candidate(text, CandidateKind::Value, doc))
}

/// How an event can have been done: the kinds of actors.
pub(super) fn ways() -> impl Iterator<Item = Candidate> {
    ["user", "app", "automation", "system", "anonymous", "unknown"].into_iter().map(|kind| value(kind, ""))
}

/// What fits an argument of a function, by the word that its signature has for it.
pub(super) fn arguments(function: &Function, index: usize, catalog: &Catalog, written: &str, out: &mut Vec<Candidate>) {
    let mut names = function.arguments.split(',').map(|name| name.trim().trim_matches(['[', ']']));
    let name = match names.clone().nth(index) {
        // `user, ...`: as many as one likes.
        None | Some("...") => names.next(),
        name => name,
    };
    match name.unwrap_or_default() {
        "group" => {
            let groups = catalog.groups.iter().flatten();
            out.extend(groups.map(|(name, members)| value(name, format!("{} members", members.len()))));
        }
        "user" => people(catalog, written, out),
        "project" => of_kind(Kind::Project, catalog, written, out),
        "name" if function.name == "savedQuery" => of_kind(Kind::Filter, catalog, written, out),
        "field" | "name" if function.name == "field" => {
            let known = FIELDS.iter().filter(|field| field.missing().is_none());
            out.extend(known.map(|field| candidate(spelt(field.name), CandidateKind::Field, field.doc)));
        }
        "role" => {
            let roles: BTreeSet<&str> = catalog.roles.iter().flatten().map(|role| role.role.as_str()).collect();
            out.extend(roles.into_iter().map(|role| value(role, "")));
        }
        "organization" => of_kind(Kind::Organization, catalog, written, out),
        "version" => of_kind(Kind::Version, catalog, written, out),
        _ => {}
    }
}
