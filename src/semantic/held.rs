//! WHILE: what else was so at the same time.

use super::binder::Binder;
use super::bound::{Held, HistoryValues};
use super::history;
use crate::diagnostic::codes;
use crate::syntax::ast::{Clause, Operator};

/// Binds the state behind WHILE. It stands in the past, so `=` and WAS mean the same: at that time it was so.
pub(super) fn bind(binder: &Binder<'_>, state: &Clause) -> Option<Vec<Held>> {
    let field = binder.field(&state.field)?;
    history::with_history(binder, &field, state.field.span)?;
    history::with_record(binder, &field, state.field.span, true)?;
    let [of] = field.history.as_slice() else {
        let message = format!("several fields are called `{}`", field.name);
        let help = "name one of them by its id: cf[10042]".to_string();
        return binder.refuse(codes::WRONG_OPERAND, state.field.span, message, help);
    };
    let values = binder.history_values(&field, state.operand.as_ref()?)?;
    if of.multi && values.empty {
        let message = format!("WHILE cannot be asked of an empty `{}`: it holds several values at a time", field.name);
        return binder.refuse(codes::WRONG_PREDICATE, state.span, message, None);
    }
    let held = |values, negated| Held { field: of.clone(), values, negated };
    Some(match state.operator.node {
        Operator::Eq | Operator::In | Operator::Is | Operator::Was | Operator::WasIn => vec![held(values, false)],
        Operator::WasNot | Operator::WasNotIn => vec![held(values, true)],
        // The hidden not-empty of JQL's negative operators; a list without values has no elements to ask.
        Operator::NotEq | Operator::NotIn | Operator::IsNot => {
            vec![held(HistoryValues { empty: !of.multi, ..values }, true)]
        }
        _ => {
            let message = format!("WHILE does not take {}", state.operator.node.as_str());
            let help = "write WHILE status = Done, or WHILE status WAS IN (Open, Done)".to_string();
            return binder.refuse(codes::WRONG_OPERATOR, state.operator.span, message, help);
        }
    })
}
