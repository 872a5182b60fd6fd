//! AS OF: the instant, and how each column that the query reads is told from events.

use super::binder::Binder;
use super::bound::{AsOf, BoundField, BoundQuery, Condition, HistoryField, PastColumn, Relation, Told};
use super::uses;
use crate::catalog::fields::{self, FIELDS, Field, Kind, Source};
use crate::diagnostic::codes;
use crate::syntax::ast;

impl Binder<'_> {
    /// The instant of AS OF; none where the query has none and stands in no query that has one.
    pub(super) fn as_of(&self, query: &ast::Query) -> Option<Option<AsOf>> {
        let operand = match &query.as_of {
            None => return Some(self.as_of),
            Some(ast::AsOf::Event(_)) if self.in_activity() => return Some(Some(AsOf::Event)),
            Some(ast::AsOf::Event(span)) => {
                let help = "begin the query with ACTIVITY WHERE, or name an instant: AS OF \"2026-01-01\"".to_string();
                return self.refuse(codes::NEEDS_ACTIVITY, *span, "AS OF EVENT asks issues at the time of events", help);
            }
            Some(ast::AsOf::Instant(operand)) => operand,
        };
        let at = self.instant(operand)?;
        if at > self.session.now {
            let help = "AS OF looks back: name an instant that has passed".to_string();
            return self.refuse(codes::FUTURE, operand.span(), "that instant has not come yet", help);
        }
        self.check_covered(None, Some(at), operand.span());
        Some(Some(AsOf::Instant(at)))
    }

    /// Whether what a field held can be told; otherwise what is lacking.
    pub(super) fn lacks_past(&self, of: &Field) -> Option<String> {
        self.as_of?;
        let told = match of.source {
            Source::Issue("attachments", _) => false,
            Source::Issue(column, _) => told_by_itself(column) || with_changes(column).is_some(),
            // These stand on columns whose history is known, or on events.
            Source::Key
            | Source::StatusCategory
            | Source::HierarchyLevel
            | Source::WorkRatio
            | Source::Above
            | Source::EpicAbove
            | Source::Filter
            | Source::Function
            | Source::Texts { .. }
            | Source::Comment
            | Source::WorklogAuthor
            | Source::WorklogDate
            | Source::WorklogComment
            | Source::Missing(_) => true,
            // Side tables know the present.
            Source::ProjectCategory
            | Source::ProjectLead
            | Source::ProjectType
            | Source::Workflow
            | Source::Links
            | Source::LinkType
            | Source::Property => false,
        };
        (!told).then(|| "its history, which no event records".to_string())
    }

    /// Completes a query with how to tell what its columns held.
    pub(super) fn tell_past(&self, mut query: BoundQuery) -> Option<BoundQuery> {
        if query.as_of.is_none() && !query.with_deleted {
            return Some(query);
        }
        if query.as_of == Some(AsOf::Event) {
            self.check_at_events(query.condition.as_ref())?;
        }
        for of in uses::issue_columns(&query) {
            let told = self.told(&of)?;
            query.past.push(PastColumn { column: of.column, shape: of.shape, told });
        }
        Some(query)
    }

    fn told(&self, of: &BoundField) -> Option<Told> {
        let history = |name: &str| fields::field(name).and_then(|f| self.history(f).pop());
        let key = || HistoryField {
            name: "key".into(),
            event_fields: vec!["key".into(), "Key".into()],
            event_field_id: None,
            present: None,
            multi: false,
        };
        Some(match of.column.as_str() {
            "id" | "created" | "creator" => Told::Never,
            "key" => Told::Changes { field: key(), by_id: false },
            "project" => Told::ProjectOfKey(key()),
            "resolved" => history("resolution").map_or(Told::Never, Told::Resolution),
            "updated" => Told::LastEvent,
            column => {
                let system = with_changes(column);
                let kind = system.map(|f| f.kind);
                let field = match system {
                    Some(field) => self.history(field).pop(),
                    None => self.find_field(&of.name).and_then(|named| {
                        named.history.into_iter().find(|h| h.present.as_ref().is_some_and(|p| p.column == of.column))
                    }),
                };
                // Of what no event records, the present value is all that there is; where that would be an answer about the
                // past, the field was refused before.
                field.map_or(Told::Never, |field| Told::Changes { field, by_id: kind == Some(Kind::User) })
            }
        })
    }

    /// What is asked of the issue at each event is its columns; its whole history has no one instant.
    fn check_at_events(&self, condition: Option<&Condition>) -> Option<()> {
        match condition {
            Some(Condition::All(list) | Condition::Any(list)) => {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().try_for_each(|c| self.check_at_events(Some(c))))
            }
            Some(Condition::History(history)) => {
                let help = "ask for the value that the field had: status = Done AS OF EVENT".to_string();
                let message = "WAS asks of all times, and AS OF EVENT of one";
                self.refuse(codes::WRONG_PREDICATE, history.span, message, help)
            }
            Some(Condition::Among(among)) if matches!(among.relation, Relation::Attached { .. }) => {
                self.not_yet("comments and work logs of the issue at each event", among.span)
            }
            _ => Some(()),
        }
    }
}

/// The field of a column whose changes events record.
fn with_changes(column: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| !f.history.is_empty() && matches!(f.source, Source::Issue(c, _) if c == column))
}

/// Columns that are told without changes of a field of their own.
fn told_by_itself(column: &str) -> bool {
    matches!(column, "id" | "key" | "project" | "created" | "creator" | "updated" | "resolved")
}
