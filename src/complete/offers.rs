//! What is offered at a place.

use super::context::{After, Expect, Head, Operand, Place, Tail, Wanted, is_verb};
use super::values;
use super::words::{self, Word};
use super::{Candidate, CandidateKind};
use crate::catalog::Catalog;
use crate::catalog::attributes::ATTRIBUTES;
use crate::catalog::columns::COLUMN_FUNCTIONS;
use crate::catalog::entities::{ENTITIES, Entity};
use crate::catalog::fields::{FIELDS, Kind};
use crate::catalog::functions::{FUNCTIONS, Function, Returns};
use crate::catalog::verbs::{VERBS, verb};
use crate::syntax::spelt;

/// What may stand at a place; of names that must be looked for, those that `written` may begin.
pub(super) fn offers(place: &Place<'_>, catalog: &Catalog, parameters: &[&str], written: &str) -> Vec<Candidate> {
    let mut out = Vec::new();
    match &place.expect {
        Expect::Start => {
            out.extend([words::ACTIVITY_WHERE, words::ISSUES_WHERE].map(keyword));
            condition(place, catalog, &mut out);
        }
        Expect::Target => {
            out.push(keyword(words::WHERE));
            tails(place, true, &mut out);
        }
        Expect::Condition => condition(place, catalog, &mut out),
        Expect::Subject { words, .. } => behind_subject(place, words, &mut out),
        Expect::NotIn(_) => out.push(operator("IN")),
        Expect::Is { negated } => {
            out.push(keyword(words::EMPTY));
            if !negated {
                out.push(operator("NOT EMPTY"));
            }
        }
        Expect::Operand(operand) => operands(place, operand, catalog, parameters, written, &mut out),
        Expect::Member(_) => {}
        Expect::Clause(after) => behind_clause(place, *after, &mut out),
        Expect::Head(Head::Order | Head::Group) => out.push(candidate("BY", CandidateKind::Keyword, "The columns follow.")),
        Expect::Head(Head::As) => out.push(candidate("OF", CandidateKind::Keyword, "The instant follows.")),
        Expect::Columns { tail, fresh: true } => columns(place, *tail, catalog, &mut out),
        Expect::Columns { tail, fresh: false } => {
            match tail {
                Tail::Order => out.extend([words::DESC, words::ASC].map(keyword)),
                Tail::Show | Tail::Group => out.push(keyword(words::AS)),
            }
            tails(place, false, &mut out);
        }
        Expect::Alias(_) => {}
    }
    out
}

pub(super) fn candidate(text: impl Into<String>, kind: CandidateKind, description: impl Into<String>) -> Candidate {
    Candidate { text: text.into(), kind, description: description.into() }
}

fn keyword(word: Word) -> Candidate {
    candidate(word.text, CandidateKind::Keyword, word.doc)
}

fn operator(text: &str) -> Candidate {
    candidate(text, CandidateKind::Operator, "")
}

/// Entities whose name begins with some words, by the first of their spellings that does.
pub(super) fn entities(begin: &str) -> Vec<Candidate> {
    let begin = begin.to_lowercase();
    let fits = |entity: &&Entity| entity.name.starts_with(&begin);
    ENTITIES.iter().filter(fits).map(|entity| candidate(entity.name, CandidateKind::Entity, entity.doc)).collect()
}

fn condition(place: &Place<'_>, catalog: &Catalog, out: &mut Vec<Candidate>) {
    if place.activity {
        out.extend(entities(""));
    }
    fields(place.activity, catalog, out);
    if !place.activity {
        out.extend(ENTITIES.iter().filter(|entity| entity.of_issue).map(|e| candidate(e.name, CandidateKind::Entity, e.doc)));
    }
    out.push(keyword(words::NOT));
    // A verb may stand alone where something is said of the event: `changed BY alice`.
    out.extend(VERBS.iter().map(|verb| candidate(verb.name, CandidateKind::Verb, verb.doc)));
}

/// Fields that can be answered.
fn fields(activity: bool, catalog: &Catalog, out: &mut Vec<Candidate>) {
    if activity {
        out.extend(ATTRIBUTES.iter().map(|a| candidate(a.name, CandidateKind::Field, a.doc)));
    }
    let known = FIELDS.iter().filter(|field| field.missing().is_none());
    out.extend(known.map(|field| candidate(spelt_field(field.name), CandidateKind::Field, field.doc)));
    let custom = catalog.custom_fields.iter();
    out.extend(custom.map(|field| {
        let one = catalog.find_custom_fields(&field.name).len() == 1;
        let name = if one { spelt(&field.name) } else { field.number().map_or(field.id.clone(), |number| format!("cf[{number}]")) };
        candidate(name, CandidateKind::Field, format!("{} (a custom {} field).", field.name, field.kind.name()))
    }));
}

/// Names of the table are written without quotes wherever the grammar reads them so.
fn spelt_field(name: &str) -> String {
    if name.contains('[') || is_verb(name) { name.to_owned() } else { spelt(name) }
}

fn behind_subject(place: &Place<'_>, words: &str, out: &mut Vec<Candidate>) {
    let named = place.subject;
    if let Some((operators, history)) = named.operators() {
        out.extend(operators.each(history).into_iter().map(operator));
        let ordered = matches!(named.kind(), Some(Kind::Priority | Kind::Number | Kind::Duration | Kind::Date | Kind::DateTime));
        if history && ordered && named.attribute.is_none() {
            out.extend(["raised", "lowered"].iter().filter_map(|name| verb(name)).map(offered_verb));
        }
    }
    if let Some(entity) = named.entity.filter(|entity| place.activity || entity.of_issue) {
        out.extend(entity.verbs().into_iter().filter_map(verb).map(offered_verb));
        if !out.iter().any(|offer| offer.text == "CHANGED") {
            out.extend(verb("changed").map(offered_verb));
        }
    }
    if is_verb(words) {
        predicates(After::Activity(None), out);
    }
}

fn offered_verb(verb: &crate::catalog::verbs::Verb) -> Candidate {
    candidate(verb.name.to_uppercase(), CandidateKind::Verb, verb.doc)
}

fn predicates(after: After<'_>, out: &mut Vec<Candidate>) {
    use words as w;
    let times = [w::AFTER, w::BEFORE, w::DURING, w::ON, w::BY, w::VIA];
    match after {
        After::Plain => {}
        After::Was(_) => out.extend(times.into_iter().chain([w::FOR, w::WHILE]).map(keyword)),
        After::Changed(_) => out.extend(times.into_iter().chain([w::FROM, w::TO, w::TIMES, w::WITHIN, w::SAME]).map(keyword)),
        After::Activity(entity) => {
            out.extend(times.into_iter().chain([w::TIMES, w::WITHIN, w::SAME]).map(keyword));
            if !entity.is_some_and(|entity| entity.no_values) {
                out.extend([w::FROM, w::TO].map(keyword));
            }
        }
    }
}

fn behind_clause(place: &Place<'_>, after: After<'_>, out: &mut Vec<Candidate>) {
    predicates(after, out);
    out.extend([words::AND, words::OR].map(keyword));
    if matches!(after, After::Activity(_) | After::Changed(_)) {
        out.push(keyword(words::THEN));
    }
    tails(place, true, out);
}

fn tails(place: &Place<'_>, all: bool, out: &mut Vec<Candidate>) {
    if !place.outside {
        return;
    }
    out.extend([words::ORDER_BY, words::SHOW, words::GROUP_BY, words::LIMIT].map(keyword));
    if all {
        out.push(keyword(words::AS_OF));
    }
}

fn columns(place: &Place<'_>, tail: Tail, catalog: &Catalog, out: &mut Vec<Candidate>) {
    fields(place.activity, catalog, out);
    let functions = COLUMN_FUNCTIONS.iter();
    out.extend(functions.map(|function| candidate(format!("{}(", function.name), CandidateKind::Function, function.doc)));
    if tail == Tail::Order && !place.activity {
        let sorts = |offer: &Candidate| {
            let field = FIELDS.iter().find(|field| field.is_called(&offer.text));
            field.is_none_or(|field| field.orderable)
        };
        out.retain(sorts);
    }
}

fn operands(
    place: &Place<'_>,
    operand: &Operand<'_>,
    catalog: &Catalog,
    parameters: &[&str],
    written: &str,
    out: &mut Vec<Candidate>,
) {
    match operand.wanted {
        Wanted::Of(named) => {
            values::of(named, catalog, written, out);
            if let Some(kind) = named.kind() {
                functions(kind, operand.list, out);
            }
            if operand.was {
                out.extend(["NOT", "IN", "NOT IN"].map(operator));
            }
            if operand.was || named.operators().is_some_and(|(operators, _)| operators.equality && operators.empty) {
                out.push(keyword(words::EMPTY));
            }
        }
        Wanted::Person => {
            values::people(catalog, written, out);
            functions(Kind::User, true, out);
            out.push(keyword(words::NOT));
        }
        Wanted::Instant => {
            out.extend(values::instants());
            functions(Kind::DateTime, false, out);
        }
        Wanted::Way => out.extend(values::ways()),
        Wanted::FieldName => {
            fields(place.activity, catalog, out);
            return;
        }
        Wanted::Argument(function, index) => values::arguments(function, index, catalog, written, out),
        Wanted::Other => {}
    }
    out.extend(
        parameters
            .iter()
            .map(|name| candidate(format!("${name}"), CandidateKind::Parameter, "A value that is bound when the query runs.")),
    );
}

/// Functions whose result fits a field of a kind.
fn functions(kind: Kind, list: bool, out: &mut Vec<Candidate>) {
    let fits = |function: &&Function| {
        function.missing().is_none() && fits(function.returns, kind) && (list || !function.returns.is_list())
    };
    out.extend(FUNCTIONS.iter().filter(fits).map(|function| {
        let text = format!("{}({}", function.name, if function.most == 0 { ")" } else { "" });
        candidate(text, CandidateKind::Function, format!("{}: {}", function.signature(), function.doc))
    }));
}

fn fits(returns: Returns, kind: Kind) -> bool {
    match returns {
        Returns::User | Returns::Users => kind == Kind::User,
        Returns::Instant => matches!(kind, Kind::DateTime | Kind::Date),
        Returns::Issues => kind == Kind::Issue,
        Returns::Versions | Returns::Version => kind == Kind::Version,
        Returns::Sprints => kind == Kind::Sprint,
        Returns::Types => kind == Kind::IssueType,
        Returns::Projects => kind == Kind::Project,
        Returns::Components => kind == Kind::Component,
        Returns::Options => kind == Kind::Option,
        Returns::Hours => kind == Kind::DateTime,
        Returns::Field => !matches!(kind, Kind::Text | Kind::Label),
        Returns::State | Returns::Pattern => false,
    }
}
