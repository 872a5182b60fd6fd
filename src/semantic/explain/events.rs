//! Events, counts and sequences in plain words.

use super::{Words, actors, article, comparison, history_values, length_text, or_list, searched};
use crate::semantic::bound::{EventCondition, EventTest, SequenceCondition, SequenceStep, Times};

impl Words<'_> {
    pub(super) fn events(&self, condition: &EventCondition) -> String {
        let what = self.happening(&condition.event);
        match (&condition.times, condition.negated) {
            (None, false) => what,
            (None, true) => format!("it is not so that {what}"),
            (Some(times), negated) => {
                let not = if negated { "it is not so that " } else { "" };
                format!("{not}{} it happened that {what}", self.times(times))
            }
        }
    }

    /// `at least 3 times within 10m, each by the same actor,`
    fn times(&self, times: &Times) -> String {
        let mut out = format!("{} {} times", comparison(times.op, false), times.count);
        if let Some(length) = times.within {
            out.push_str(&format!(" within {}", length_text(length)));
        }
        if !times.same.is_empty() {
            let same: Vec<String> = times.same.iter().map(|key| key.name.clone()).collect();
            out.push_str(&format!(" with the same {},", same.join(" and ")));
        }
        out
    }

    pub(super) fn sequence(&self, sequence: &SequenceCondition) -> String {
        let mut out = if sequence.negated { "it is not so that " } else { "" }.to_string();
        out.push_str(&self.one_of(&sequence.first));
        for step in &sequence.steps {
            out.push_str(&self.step(step));
        }
        out
    }

    fn step(&self, step: &SequenceStep) -> String {
        let within = step.within.map(|length| format!(" within {}", length_text(length))).unwrap_or_default();
        let same: Vec<String> = step
            .same
            .iter()
            .map(|(before, this)| match before.column == this.column {
                true => format!("the same {}", this.name),
                false => format!("the {} of this as the {} of that", this.name, before.name),
            })
            .collect();
        let same = if same.is_empty() { String::new() } else { format!(" with {}", same.join(" and ")) };
        let after = if step.negated { ", and not afterwards" } else { ", and afterwards" };
        format!("{after}{within}{same}: {}", self.one_of(&step.events))
    }

    fn one_of(&self, events: &[EventTest]) -> String {
        events.iter().map(|event| self.happening(event)).collect::<Vec<_>>().join(" or ")
    }

    /// `a comment was deleted by mallory after ...`
    fn happening(&self, event: &EventTest) -> String {
        let mut out = match (&event.field, &event.entities, &event.actions) {
            (Some(field), ..) => format!("its {} changed", field.name),
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
