//! Whether the data has events of the time that a query asks of.

use super::binder::Binder;
use super::bound::{Micros, TimeBound};
use crate::catalog::Wanted;
use crate::diagnostic::{Diagnostic, Span, codes};

impl Binder<'_> {
    /// Warns of a clause on events that asks only of what was before the first event, or after the last one.
    pub(super) fn check_bounds(&self, bounds: &[TimeBound], span: Span) {
        let starts = bounds.iter().filter_map(|bound| match bound {
            TimeBound::After(at) | TimeBound::AtOrAfter(at) => Some(*at),
            _ => None,
        });
        let ends = bounds.iter().filter_map(|bound| match bound {
            TimeBound::Before(at) | TimeBound::AtOrBefore(at) => Some(*at),
            _ => None,
        });
        let (start, end) = (starts.max(), ends.min());
        if start.is_some() || end.is_some() {
            self.check_covered(start, end, span);
        }
    }

    /// The same of a time from `start` until `end`.
    pub(super) fn check_covered(&self, start: Option<Micros>, end: Option<Micros>, span: Span) {
        let Some(period) = self.catalog.looked_up.period else { return self.want(Wanted::Period) };
        let Some((first, last)) = period else { return };
        let at = |instant: Micros| self.session.zoned(instant).strftime("%Y-%m-%d %H:%M").to_string();
        let message = match (start, end) {
            (_, Some(end)) if end < first => {
                format!("the events of the data begin on {}, and this asks of earlier ones", at(first))
            }
            (Some(start), _) if start > last => format!("the events of the data end on {}, and this asks of later ones", at(last)),
            _ => return,
        };
        let help = "what happened then, the data cannot tell".to_string();
        self.report(Diagnostic::warning(codes::NOT_COVERED, message).at(span, "").help(help));
    }
}
