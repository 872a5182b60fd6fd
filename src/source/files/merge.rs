//! Two records of one run that tell of one event.

use crate::data::certainty::{When, of_actor};
use crate::data::rows::EventRow;

/// Fills what `best` does not tell with what `other` does. The surer actor and the more exact time count, whoever tells them.
pub(super) fn fill(best: &mut EventRow, other: EventRow) {
    if best.issue_id.is_some() && other.issue_id.is_some() && best.issue_id != other.issue_id {
        // Two sites have the same ids for different things.
        return;
    }
    let certainty = |row: &EventRow| of_actor(row.actor.as_deref(), row.actor_basis.as_deref());
    if certainty(&other) > certainty(best) {
        best.actor.clone_from(&other.actor);
        best.actor_kind.clone_from(&other.actor_kind);
        best.actor_basis.clone_from(&other.actor_basis);
    }
    let (here, there) = (when(best), when(&other));
    let (known, told) = (here.uncertainty(), there.uncertainty());
    // A webhook's time is that of its sending. The record of the thing itself knows when it was made.
    let sent = best.origin.as_deref() == Some("webhook");
    if told < known || (told == known && sent && here.is_beaten_by(&there)) {
        (best.time, best.time_after) = (other.time, other.time_after);
        best.origin = other.origin.clone().or(best.origin.take());
    }
    macro_rules! gaps {
        ($($column:ident)*) => { $(best.$column = best.$column.take().or(other.$column);)* };
    }
    gaps!(product project space issue_id issue_key entity_id entity_name field field_id text change_id origin remote_address raw);
    // Values go together: a side that is empty is told, where the other is.
    if best.from_value.is_none() && best.to_value.is_none() && best.from_id.is_none() && best.to_id.is_none() {
        (best.from_value, best.to_value) = (other.from_value, other.to_value);
        (best.from_id, best.to_id) = (other.from_id, other.to_id);
    }
}

fn when(row: &EventRow) -> When<'_> {
    When { time: row.time, after: row.time_after, origin: row.origin.as_deref() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(origin: &str, time: i64, actor: Option<&str>, basis: &str) -> EventRow {
        EventRow {
            time,
            origin: Some(origin.into()),
            actor: actor.map(str::to_owned),
            actor_basis: Some(basis.into()),
            ..EventRow::default()
        }
    }

    #[test]
    fn the_surer_actor_and_the_more_exact_time_count() {
        let mut best = row("changelog", 10, None, "inferred: no author is named");
        fill(&mut best, EventRow { text: Some("words".into()), ..row("webhook", 15, Some("ann"), "stated") });
        assert_eq!(
            (best.actor.as_deref(), best.time, best.origin.as_deref(), best.text.as_deref()),
            (Some("ann"), 10, Some("changelog"), Some("words"))
        );
        let mut best = row("webhook", 15, Some("ann"), "stated");
        fill(&mut best, row("changelog", 10, Some("bob"), "inferred: reporter"));
        assert_eq!((best.actor.as_deref(), best.time, best.origin.as_deref()), (Some("ann"), 10, Some("changelog")));
        let mut best = EventRow { time_after: Some(0), ..row("import", 59, Some("ann"), "stated") };
        fill(&mut best, row("webhook", 30, None, "unknown"));
        assert_eq!((best.actor.as_deref(), best.time, best.time_after), (Some("ann"), 30, None));
    }

    #[test]
    fn values_are_taken_as_a_whole() {
        let mut best = EventRow { to_value: Some("b".into()), ..EventRow::default() };
        fill(&mut best, EventRow { from_value: Some("a".into()), to_value: Some("c".into()), ..EventRow::default() });
        assert_eq!((best.from_value, best.to_value.as_deref()), (None, Some("b")));
    }
}
