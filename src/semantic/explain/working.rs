//! Working time in plain words.

use jiff::civil::Weekday;

use super::{Words, named};
use crate::semantic::bound::WorkingCondition;
use crate::semantic::calendar::Calendar;

impl Words<'_> {
    /// `the event's time is outside of working time (...) by the clock of the event's actor`
    pub(super) fn working(&self, of: &WorkingCondition) -> String {
        let lies = if of.negated { "outside of" } else { "in" };
        let hours = calendar(&of.working.calendar);
        let clock = match &of.whose {
            Some(whose) => format!("by the clock of {}, where that person's time zone is known", named(whose)),
            None => format!("by the clock of {}", of.working.zone_name()),
        };
        format!("{} is {lies} working time ({hours}) {clock}", named(&of.field))
    }
}

/// `Monday to Friday from 09:00 to 17:00, without 2026-05-01`
fn calendar(of: &Calendar) -> String {
    let days: Vec<Weekday> = of.days().collect();
    let name = |day: &Weekday| format!("{day:?}");
    let in_a_row = days.windows(2).all(|pair| pair[0].next() == pair[1]);
    let days = match days.as_slice() {
        [first, .., last] if in_a_row && days.len() > 2 => format!("{} to {}", name(first), name(last)),
        days => days.iter().map(name).collect::<Vec<_>>().join(", "),
    };
    let mut out = format!("{days} from {}", of.hours().words());
    let free: Vec<String> = of.holidays().map(|day| day.to_string()).collect();
    if !free.is_empty() {
        out.push_str(&format!(", without {}", super::and_list(&free)));
    }
    out
}
