//! CHANGED and activity clauses: what one event must be, and how many.

use super::binder::{Binder, did_you_mean};
use super::bound::{Condition, EventCondition, EventTest, HistoryValues, TimeBound, Times};
use super::counting::Counting;
use super::field::Named;
use super::operand::Member;
use super::{history, stepped};
use crate::catalog::entities::{self, Entity};
use crate::catalog::{nearest, verbs};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{ActivityClause, Clause, LiteralKind, Operand, Predicate, PredicateKind};

/// What an activity clause speaks of.
enum Subject {
    /// Changes of a field.
    Field(Named),
    /// An entity.
    Entity(&'static Entity),
    /// The issue and everything attached to it; in ACTIVITY, any event.
    Anything,
}

/// What one clause asks of events.
pub(super) struct Happening {
    /// One of these must pass: several where custom fields share a name.
    pub(super) tests: Vec<EventTest>,
    /// How many.
    pub(super) times: Option<Times>,
    pub(super) span: Span,
}

impl Happening {
    /// The clause as a condition, or its negation.
    pub(super) fn condition(self, negated: bool) -> Condition {
        let (times, span) = (self.times, self.span);
        let one = |event| Condition::Events(Box::new(EventCondition { event, times: times.clone(), negated, span }));
        let mut conditions: Vec<Condition> = self.tests.into_iter().map(one).collect();
        match (conditions.len(), negated) {
            (1, _) => conditions.remove(0),
            (_, false) => Condition::Any(conditions),
            (_, true) => Condition::All(conditions),
        }
    }
}

/// Binds `name CHANGED ...`, of a field with history or of an entity.
pub(super) fn bind_changed(binder: &Binder<'_>, clause: &Clause) -> Option<Happening> {
    let name = &clause.field.name.text;
    let named = clause.field.properties.is_empty().then(|| binder.find_field(name)).flatten();
    let subject = match (named, entities::entity(name)) {
        // A name that is both speaks of the field where that field has history, as in JQL.
        (Some(field), entity) if !field.history.is_empty() => {
            // Attachments change by events of their own; their field only says whether there are any.
            match entity {
                Some(entity) if entity.of_issue => Subject::Entity(entity),
                _ => Subject::Field(field),
            }
        }
        (_, Some(entity)) => Subject::Entity(entity),
        (Some(field), None) => {
            history::with_history(binder, &field, clause.field.span)?;
            Subject::Field(field)
        }
        (None, None) => return binder.field(&clause.field).and(None),
    };
    finish(binder, subject, "changed", &clause.predicates, clause.field.span, clause.span)
}

/// Binds `[subject] verb ...`.
pub(super) fn bind_activity(binder: &Binder<'_>, clause: &ActivityClause) -> Option<Happening> {
    let (subject, span) = match clause.subject.as_slice() {
        [] if stepped::direction(&clause.verb.node).is_some() => {
            return binder.stepped_field(None, &clause.verb.node, clause.verb.span).and(None);
        }
        [] => (Subject::Anything, clause.verb.span),
        [first, .., last] | [first @ last] => {
            let span = first.span.to(last.span);
            let words: Vec<&str> = clause.subject.iter().map(|w| w.text.as_str()).collect();
            let noun = words.join(" ");
            match stepped::direction(&clause.verb.node) {
                Some(_) => (Subject::Field(binder.stepped_field(Some(&noun), &clause.verb.node, span)?), span),
                None => (subject(binder, &noun, &clause.verb.node, span)?, span),
            }
        }
    };
    if let Subject::Entity(entity) = &subject
        && !entity.can_be(&clause.verb.node)
    {
        return wrong_verb(binder, entity, &clause.verb.node, clause.verb.span);
    }
    finish(binder, subject, &clause.verb.node, &clause.predicates, span, clause.span)
}

fn subject(binder: &Binder<'_>, noun: &str, verb: &str, span: Span) -> Option<Subject> {
    if let Some(entity) = entities::entity(noun) {
        return Some(Subject::Entity(entity));
    }
    if let Some(field) = binder.find_field(noun) {
        let help = if verb == "changed" || field.history.is_empty() {
            "`jqlx verbs` lists the entities".to_string()
        } else {
            format!("fields change: write `{} CHANGED`", field.name)
        };
        return binder.refuse(codes::UNKNOWN_ENTITY, span, format!("`{noun}` is a field, and fields are not {verb}"), help);
    }
    let names = entities::ENTITIES.iter().flat_map(|e| std::iter::once(&e.name).chain(e.aliases)).copied();
    let fields = crate::catalog::fields::FIELDS.iter().filter(|f| verb == "changed" && !f.history.is_empty()).map(|f| f.name);
    let near = nearest(noun, names.chain(fields));
    let help = did_you_mean(&near)
        .unwrap_or_else(|| "`jqlx verbs` lists the entities; others are found by `entity = \"...\"` in ACTIVITY".to_string());
    binder.refuse(codes::UNKNOWN_ENTITY, span, format!("there is no entity called `{noun}`"), help)
}

fn finish(
    binder: &Binder<'_>,
    subject: Subject,
    verb: &str,
    predicates: &[Predicate],
    subject_span: Span,
    span: Span,
) -> Option<Happening> {
    let Some(found) = verbs::verb(verb) else {
        return binder.refuse(codes::UNKNOWN_ENTITY, span, format!("there is no verb `{verb}`"), None);
    };
    let mut event = EventTest::default();
    match &subject {
        Subject::Field(_) => {}
        Subject::Entity(entity) => {
            if !binder.in_activity() && !entity.of_issue {
                let mut help = format!("ask for the events: ACTIVITY WHERE {} {}", entity.name, verb.to_uppercase());
                if let Some(field) = binder.find_field(entity.name).filter(|f| !f.history.is_empty()) {
                    help = format!("{help}; for changes of the issues' field write {} CHANGED", field.name);
                }
                return binder.refuse(
                    codes::NOT_OF_ISSUES,
                    subject_span,
                    format!("{} belongs to no issue, so issues cannot be found by it", entity.with_article()),
                    help,
                );
            }
            event.entities = Some(entity.spellings());
        }
        // Among issues, `created`, `updated` and `deleted` speak of the issue itself.
        Subject::Anything if !binder.in_activity() && verb != "changed" => {
            event.entities = entities::entity("issue").map(Entity::spellings);
        }
        Subject::Anything => {}
    }
    match (&subject, verb) {
        (Subject::Field(field), _) => {
            history::with_record(binder, field, subject_span, false)?;
            if let Some(raised) = stepped::direction(verb) {
                event.stepped = Some(binder.stepped(field, raised, subject_span)?);
            }
        }
        (_, "changed") => event.not_actions = verbs::not_mutations(),
        // In ACTIVITY a verb without subject is the event's own word.
        (Subject::Anything, _) => event.actions = Some(vec![found.name.to_string()]),
        (Subject::Entity(entity), _) => event.actions = Some(entity.actions(found)),
    }
    let mut counting = Counting::default();
    let bound: Vec<Option<()>> = predicates.iter().map(|p| add(binder, &subject, p, &mut event, &mut counting)).collect();
    bound.into_iter().collect::<Option<()>>()?;
    let times = counting.times(binder)?;
    binder.check_bounds(&event.time, span);
    let tests = match &subject {
        Subject::Field(field) => field.history.iter().map(|h| EventTest { field: Some(h.clone()), ..event.clone() }).collect(),
        _ => vec![event],
    };
    Some(Happening { tests, times, span })
}

impl Subject {
    /// The entity with its article, where its events have no values.
    fn no_values(&self) -> Option<String> {
        match self {
            Subject::Entity(entity) if entity.no_values => Some(entity.with_article()),
            _ => None,
        }
    }
}

pub(super) fn wrong_verb<T>(binder: &Binder<'_>, entity: &Entity, verb: &str, span: Span) -> Option<T> {
    let verbs = entity.verbs();
    let listed = format!("{} can be {} or changed", entity.with_article(), verbs.join(", "));
    let help = match did_you_mean(&nearest(verb, verbs.iter().copied())) {
        Some(near) => format!("{near} {listed}"),
        None => listed,
    };
    binder.refuse(codes::WRONG_VERB, span, format!("{} is never {verb}", entity.with_article()), help)
}

fn add(
    binder: &Binder<'_>,
    subject: &Subject,
    predicate: &Predicate,
    event: &mut EventTest,
    counting: &mut Counting,
) -> Option<()> {
    use TimeBound::*;
    match &predicate.kind {
        PredicateKind::After(at) => event.time.push(After(binder.instant(at)?)),
        PredicateKind::Before(at) => event.time.push(Before(binder.instant(at)?)),
        PredicateKind::On(at) => {
            let (start, end) = binder.session.day_bounds(binder.instant(at)?);
            event.time.extend([AtOrAfter(start), Before(end)]);
        }
        PredicateKind::During(range) => {
            let (from, to) = binder.range(range)?;
            event.time.extend([AtOrAfter(from), AtOrBefore(to)]);
        }
        PredicateKind::By { negated, who } => {
            if let Operand::Value(literal) = who
                && literal.kind == LiteralKind::Word
                && literal.text.eq_ignore_ascii_case("author")
            {
                if matches!(subject, Subject::Field(_)) {
                    let help = "comments, work logs, pages and issues have one; compare fields with field(...)".to_string();
                    return binder.refuse(codes::WRONG_PREDICATE, literal.span, "a change of a field has no author", help);
                }
                event.by_author = Some(!*negated);
                return Some(());
            }
            event.by.push(binder.actors(who, *negated)?);
        }
        PredicateKind::Via(how) => event.via.push(kinds(binder, how)?),
        PredicateKind::From(_) | PredicateKind::To(_) if subject.no_values().is_some() => {
            let message = format!("events of {} have no old and new value", subject.no_values().unwrap_or_default());
            let help = "its words are found by a text search behind the verb: DELETED ~ \"words\"".to_string();
            return binder.refuse(codes::WRONG_PREDICATE, predicate.span, message, help);
        }
        PredicateKind::From(value) => event.from.push(values(binder, subject, value)?),
        PredicateKind::To(value) => event.to.push(values(binder, subject, value)?),
        PredicateKind::Text(text) => event.text.push(binder.text_query(text)?),
        PredicateKind::Times { comparison, count, distinct } => {
            counting.times_of(binder, *comparison, count, predicate.span)?;
            if let Some(of) = distinct {
                counting.distinct(binder, of)?;
            }
        }
        PredicateKind::Within(length) => counting.within(binder, length, predicate.span)?,
        PredicateKind::Same(key) => counting.same(binder, key, predicate.span)?,
        PredicateKind::While(_) => return binder.not_yet("WHILE with CHANGED", predicate.span),
        PredicateKind::For { .. } => {
            return binder.refuse(
                codes::WRONG_PREDICATE,
                predicate.span,
                "FOR speaks of values held, and this clause of changes",
                "use WAS: status WAS \"In Progress\" FOR >= 3d".to_string(),
            );
        }
    }
    Some(())
}

fn values(binder: &Binder<'_>, subject: &Subject, operand: &Operand) -> Option<HistoryValues> {
    if let Subject::Field(field) = subject {
        return binder.history_values(field, operand);
    }
    let mut values = HistoryValues::default();
    for member in binder.members(operand)? {
        match member {
            Member::Empty => values.empty = true,
            Member::Literal(literal) => {
                values.ids.push(literal.text.clone());
                values.names.push(literal.text);
            }
            Member::Call(..) | Member::Subquery(_) => {
                let accounts = binder.accounts(&member)?;
                values.ids.extend(accounts.iter().cloned());
                values.names.extend(accounts);
            }
        }
    }
    Some(values)
}

const KINDS: &[&str] = &["user", "app", "automation", "system", "anonymous", "unknown"];

pub(super) fn kinds(binder: &Binder<'_>, operand: &Operand) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for member in binder.members(operand)? {
        let Member::Literal(literal) = member else {
            return binder.refuse(
                codes::WRONG_OPERAND,
                operand.span(),
                "VIA takes words",
                format!("they are {}", KINDS.join(", ")),
            );
        };
        let word = literal.text.to_lowercase();
        if word == "api" {
            return binder.refuse(
                codes::NEEDS_DATA,
                literal.span,
                "no source records that the API was used",
                "`VIA app` finds what apps and integrations did".to_string(),
            );
        }
        if !KINDS.contains(&word.as_str()) {
            let near = nearest(&word, KINDS.iter().copied());
            let help = did_you_mean(&near).unwrap_or_else(|| format!("known are {}", KINDS.join(", ")));
            binder.report(
                Diagnostic::error(codes::UNKNOWN_VALUE, format!("nothing acts via `{}`", literal.text))
                    .at(literal.span, "")
                    .help(help),
            );
            return None;
        }
        out.push(word);
    }
    Some(out)
}
