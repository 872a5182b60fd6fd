//! Events, counts and sequences in plain words.

use super::{Words, actors, article, comparison, history_values, length_text, or_list, searched};
use crate::semantic::bound::{EventCondition, EventTest, SequenceCondition, SequenceStep, Target, Times};

impl Words<'_> {
    pub(super) fn events(&self, condition: &EventCondition) -> String {
        let what = self.happening(&condition.event);
        match (&condition.times, condition.negated) {
            (None, false) => what,
            (None, true) => format!("it is not so that {what}"),
            (Some(times), negated) => {
                let not = if negated { "it is not so that " } else { "" };
                let (times, distinct) = (self.times(times), &times.distinct);
                let counted = times.trim_end_matches(',');
                match (self.target, distinct) {
                    (Target::Issues, None) => format!("{not}{times} it happened that {what}"),
                    (Target::Issues, Some(_)) => format!("{not}the events in which {what} have {counted}"),
                    (Target::Activity, None) => format!("{not}{what}, and that happened {counted}"),
                    (Target::Activity, Some(_)) => format!("{not}{what}, and such events have {counted}"),
                }
            }
        }
    }

    /// `at least 3 times within 10m with the same actor,`, `at least 3 different values of project within 10m`
    fn times(&self, times: &Times) -> String {
        let counted = match &times.distinct {
            Some(of) => format!("different values of {}", of.name),
            None => "times".to_string(),
        };
        let mut out = format!("{} {} {counted}", comparison(times.op, false), times.count);
        if let Some(length) = times.within {
            out.push_str(&format!(" within {}", length_text(length)));
        }
        if !times.same.is_empty() {
            let same: Vec<String> = times.same.iter().map(|key| key.name.clone()).collect();
            out.push_str(&format!(" with the same {},", same.join(" and ")));
        }
        out
    }

    /// `first a, later within 1h with the same actor: b`
    pub(super) fn sequence(&self, sequence: &SequenceCondition) -> String {
        let mut out = if sequence.negated { "it is not so that " } else { "" }.to_string();
        out.push_str(match self.target {
            Target::Issues => "first ",
            Target::Activity => "it belongs to a chain: first ",
        });
        out.push_str(&self.one_of(&sequence.first));
        for (at, step) in sequence.steps.iter().enumerate() {
            let more = sequence.steps[at..].iter().any(|later| !later.negated);
            out.push_str(&self.step(step, more));
        }
        if let Some(length) = sequence.within {
            out.push_str(&format!("; from the first to the last within {}", length_text(length)));
        }
        out
    }

    /// A further event; `more`: another event follows a negated one.
    fn step(&self, step: &SequenceStep, more: bool) -> String {
        let same: Vec<String> = step
            .same
            .iter()
            .map(|(before, this)| match before.column == this.column {
                true => format!("the same {}", this.name),
                false => format!("the {} of the event before as its {}", before.name, this.name),
            })
            .collect();
        let same = if same.is_empty() { String::new() } else { format!(", with {}", same.join(" and ")) };
        let within = step.within.map(|length| format!(" within {}", length_text(length)));
        let when = match (step.negated, within) {
            (false, within) => format!("later{}", within.unwrap_or_default()),
            (true, Some(within)) => format!("nothing of this kind{within} after it"),
            (true, None) if more => "nothing of this kind between it and the next".to_string(),
            (true, None) => "nothing of this kind ever after it".to_string(),
        };
        format!("; {when}{same}: {}", self.one_of(&step.events))
    }

    fn one_of(&self, events: &[EventTest]) -> String {
        events.iter().map(|event| self.happening(event)).collect::<Vec<_>>().join(" or ")
    }

    /// `a comment was deleted by mallory after ...`
    fn happening(&self, event: &EventTest) -> String {
        let mut out = match (&event.field, &event.entities, &event.actions) {
            (Some(field), ..) => match event.stepped.as_ref().map(|step| step.raised) {
                None => format!("its {} changed", field.name),
                Some(true) => format!("its {} was raised", field.name),
                Some(false) => format!("its {} was lowered", field.name),
            },
            (None, entities, actions) => {
                let subject = match entities {
                    Some(entities) => article(entities.first().map_or("thing", String::as_str)),
                    None => "something".to_string(),
                };
                let verb = match actions {
                    Some(actions) => actions.first().map_or("changed", String::as_str).to_string(),
                    None => "changed in any way".to_string(),
                };
                match verb.as_str() {
                    "logged in" | "logged out" | "failed" => format!("{subject} {verb}"),
                    verb => format!("{subject} was {verb}"),
                }
            }
        };
        for (word, list) in [("from", &event.from), ("to", &event.to)] {
            for values in list.iter() {
                out.push_str(&format!(" {word} {}", history_values(values)));
            }
        }
        for by in &event.by {
            out.push_str(&format!(" by {}", actors(by)));
        }
        match event.by_author {
            Some(true) => out.push_str(" by who made it"),
            Some(false) => out.push_str(" by somebody other than who made it"),
            None => {}
        }
        for kinds in &event.via {
            out.push_str(&format!(" via {}", or_list(kinds)));
        }
        for text in &event.text {
            out.push_str(&format!(" with {}", searched(text)));
        }
        for bound in &event.time {
            out.push_str(&self.bound(bound));
        }
        out
    }
}
