//! LOWERED and RAISED: changes of fields whose values have an order.

use std::sync::Arc;

use super::binder::Binder;
use super::bound::{HistoryValues, Order, Stepped};
use super::field::Named;
use super::history;
use crate::catalog::fields::{FIELDS, Kind};
use crate::catalog::{NamedValue, attributes, entities};
use crate::diagnostic::{Span, codes};

/// Whether a verb asks for steps in an order; if so, whether for those upwards.
pub(super) fn direction(verb: &str) -> Option<bool> {
    match verb {
        "raised" => Some(true),
        "lowered" => Some(false),
        _ => None,
    }
}

/// Whether values of the kind have an order.
fn is_ordered(kind: Kind) -> bool {
    matches!(kind, Kind::Priority | Kind::Number | Kind::Duration)
}

impl Binder<'_> {
    /// The field that was lowered or raised; its name is none where the clause has no subject.
    pub(super) fn stepped_field(&self, name: Option<&str>, verb: &str, span: Span) -> Option<Named> {
        let shown = verb.to_uppercase();
        let Some(name) = name else {
            let message = format!("{shown} speaks of a field, and this clause names none");
            return self.refuse(codes::WRONG_VERB, span, message, self.ordered_fields());
        };
        // `issue` is another name of the key, but the thing is meant.
        if let Some(entity) = entities::entity(name)
            && self.within(super::bound::Target::Issues).find_field(name).is_none_or(|field| !is_ordered(field.kind))
        {
            let message = format!("{} is never {verb}: only values of fields are", entity.with_article());
            return self.refuse(codes::WRONG_VERB, span, message, self.ordered_fields());
        }
        // An attribute of events is no field of theirs that changes.
        let Some(field) = self.within(super::bound::Target::Issues).find_field(name) else {
            if let Some(attribute) = attributes::attribute(name) {
                let message = format!("`{}` is told by an event, and no field that is {verb}", attribute.name);
                return self.refuse(codes::WRONG_VERB, span, message, self.ordered_fields());
            }
            return self.unknown_field(name, span);
        };
        if !is_ordered(field.kind) {
            let (message, help) = match field.kind {
                Kind::Date | Kind::DateTime => (
                    format!("`{}` is a date, and dates are neither lowered nor raised", field.name),
                    format!("write `{} CHANGED`", field.name),
                ),
                _ => (format!("`{}` is never {verb}: its values have no order", field.name), self.ordered_fields()),
            };
            return self.refuse(codes::WRONG_VERB, span, message, help);
        }
        history::with_history(self, &field, span)?;
        Some(field)
    }

    /// What the verb asks of a change of the field.
    pub(super) fn stepped(&self, field: &Named, raised: bool, span: Span) -> Option<Stepped> {
        if field.kind != Kind::Priority {
            return Some(Stepped { raised, order: Order::Number });
        }
        let Some(values) = self.catalog.values(field.kind).filter(|values| values.complete) else {
            let message = format!("`{}` cannot be answered: it needs a table with the order of each priority", field.name);
            return self.refuse(codes::NEEDS_DATA, span, message, None);
        };
        // The first of the site's list is the most important, and higher than all others.
        let value =
            |v: &NamedValue| HistoryValues { names: vec![v.name.clone()], ids: v.id.iter().cloned().collect(), empty: false };
        let order = values.list.iter().rev().map(value).collect();
        Some(Stepped { raised, order: Order::Listed(Arc::new(order)) })
    }

    /// `it goes with priority, originalEstimate, ...`
    fn ordered_fields(&self) -> String {
        const MOST: usize = 10;
        let system = FIELDS.iter().filter(|f| is_ordered(f.kind) && !f.history.is_empty()).map(|f| f.name.to_string());
        let custom = self.catalog.custom_fields.iter().filter(|f| is_ordered(f.kind)).map(|f| f.name.clone());
        let mut names: Vec<String> = system.collect();
        for name in custom {
            if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                names.push(name);
            }
        }
        names.truncate(MOST);
        format!("fields with an order are {}", names.join(", "))
    }
}
