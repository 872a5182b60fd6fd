//! Which columns of issues a query reads.

use super::bound::{BoundField, BoundQuery, Condition, Scope, Shape};

/// The columns of issues that a query reads, each once. Queries within it read for themselves.
pub(super) fn issue_columns(query: &BoundQuery) -> Vec<BoundField> {
    let mut uses = Uses::default();
    if let Some(condition) = &query.condition {
        uses.condition(condition);
    }
    query.fields_of_answer().for_each(|of| uses.field(of));
    uses.found
}

#[derive(Default)]
struct Uses {
    found: Vec<BoundField>,
}

impl Uses {
    fn field(&mut self, of: &BoundField) {
        if of.scope != Scope::Issue {
            return;
        }
        if of.shape == Shape::WorkRatio {
            for column in ["time_spent", "original_estimate"] {
                self.field(&BoundField { column: column.to_string(), shape: Shape::Int, ..of.clone() });
            }
            return;
        }
        if !self.found.iter().any(|known| known.column == of.column) {
            self.found.push(of.clone());
        }
    }

    fn condition(&mut self, of: &Condition) {
        match of {
            Condition::All(list) | Condition::Any(list) => {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().for_each(|c| self.condition(c)));
            }
            Condition::Field(field) => self.field(&field.field),
            Condition::Among(among) => self.field(&among.field),
            Condition::History(history) => {
                let held = history.held.iter().map(|held| &held.field);
                for field in std::iter::once(&history.field).chain(held) {
                    field.present.iter().for_each(|present| self.field(present));
                }
            }
            Condition::Compare(of) => of.left.fields().into_iter().chain(of.right.fields()).for_each(|f| self.field(f)),
            Condition::Working(of) => of.fields().for_each(|f| self.field(f)),
            Condition::Events(_) | Condition::Sequence(_) => {}
        }
    }
}
