//! Sprints of a board: what came, went and was done.

use super::super::bound::{
    Comparison, Condition, EventCondition, EventTest, FieldCondition, HistoryValues, Shape, Test, TimeBound, Value, Values,
};
use super::super::field::issue_column;
use super::{Call, complement};
use crate::catalog::fields::Kind;
use crate::catalog::{NamedValue, eq};
use crate::diagnostic::codes;

impl Call<'_> {
    /// The sprints of the board that the first argument names by its id.
    fn of_board(&self) -> Option<Vec<&NamedValue>> {
        let sprints = &self.binder.catalog.sprints;
        if !sprints.complete || sprints.list.iter().all(|s| s.board.is_none()) {
            return self.needs("a table of sprints with their boards");
        }
        let board = self.argument(0)?;
        let found: Vec<_> = sprints.list.iter().filter(|s| s.board.as_deref().is_some_and(|b| eq(b, &board.text))).collect();
        if found.is_empty() {
            let mut known: Vec<&str> = sprints.list.iter().filter_map(|s| s.board.as_deref()).collect();
            known.sort_unstable();
            known.dedup();
            let message = format!("no sprint is of the board `{}`", board.text);
            let help = format!("boards are known by their ids: {}", known.join(", "));
            return self.binder.refuse(codes::UNKNOWN_VALUE, board.span, message, help);
        }
        Some(found)
    }

    /// The sprint that the second argument names, of the board.
    fn named(&self) -> Option<&NamedValue> {
        let sprints = self.of_board()?;
        let wanted = self.argument(1)?;
        let is = |s: &&NamedValue| eq(&s.name, &wanted.text) || s.id.as_deref() == Some(wanted.text.as_str());
        match sprints.iter().copied().find(is) {
            Some(sprint) => Some(sprint),
            None => self.binder.unknown_value(Kind::Sprint, wanted, sprints.iter().map(|s| s.name.as_str())),
        }
    }

    fn in_state<'s>(&self, sprints: &[&'s NamedValue], state: &str) -> Vec<&'s NamedValue> {
        sprints.iter().copied().filter(|s| s.group.as_deref().is_some_and(|g| g.eq_ignore_ascii_case(state))).collect()
    }

    /// Issues that are, or were, of one of the sprints.
    fn held(&self, sprints: &[&NamedValue]) -> Condition {
        let any = sprints.iter().map(|s| s.name.clone()).collect();
        let test = Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false };
        Condition::Field(FieldCondition { field: issue_column("sprint", "sprints", Shape::TextList), test })
    }

    fn start(&self, sprint: &NamedValue) -> Option<i64> {
        sprint.start.or_else(|| self.needs(&format!("the start of the sprint {}", sprint.name)))
    }

    pub(super) fn in_sprint(&self) -> Option<Condition> {
        Some(self.held(&[self.named()?]))
    }

    pub(super) fn previous_sprint(&self) -> Option<Condition> {
        let closed = self.in_state(&self.of_board()?, "closed");
        let last = closed.into_iter().max_by_key(|s| (s.end, s.start));
        Some(self.held(last.as_slice()))
    }

    pub(super) fn next_sprint(&self) -> Option<Condition> {
        let future = self.in_state(&self.of_board()?, "future");
        // Sprints without a start come after those that have one.
        let next = future.into_iter().min_by_key(|s| (s.start.is_none(), s.start));
        Some(self.held(next.as_slice()))
    }

    /// The history tells who came and went; who was made in a sprint came with it.
    pub(super) fn sprint_scope(&self, added: bool) -> Option<Condition> {
        let sprints = match self.argument(1) {
            Some(_) => vec![self.named()?],
            None => self.in_state(&self.of_board()?, "active"),
        };
        let field = self.binder.find_field("sprint").and_then(|f| f.history.into_iter().next());
        let Some(field) = field else { return self.needs("the history of sprints") };
        let mut any = Vec::new();
        for sprint in sprints {
            let start = self.start(sprint)?;
            let values = HistoryValues { names: vec![sprint.name.clone()], ids: sprint.id.iter().cloned().collect(), empty: false };
            let moved = |side: bool, time: Vec<TimeBound>| {
                let mut event = EventTest { field: Some(field.clone()), time, ..EventTest::default() };
                if side { &mut event.to } else { &mut event.from }.push(values.clone());
                Condition::Events(Box::new(EventCondition { event, times: None, negated: false, span: self.span }))
            };
            let mut time = vec![TimeBound::After(start)];
            time.extend(sprint.end.filter(|_| !added).map(TimeBound::AtOrBefore));
            any.push(moved(added, time));
            if added {
                let created = issue_column("created", "created", Shape::Time);
                let test = Test::Compare { op: Comparison::Gt, value: Value::Time(start) };
                let never = complement(moved(true, Vec::new()), self.span);
                any.push(Condition::All(vec![
                    self.held(&[sprint]),
                    Condition::Field(FieldCondition { field: created, test }),
                    never,
                ]));
            }
        }
        Some(Condition::Any(any))
    }

    pub(super) fn done_in_sprint(&self, done: bool) -> Option<Condition> {
        let sprint = self.named()?;
        // What is resolved of a sprint that still runs was resolved by its end.
        let end = sprint.end.filter(|end| *end < self.binder.session.now).unwrap_or(self.binder.session.now);
        let resolved = Condition::Field(FieldCondition {
            field: issue_column("resolved", "resolved", Shape::Time),
            test: Test::Compare { op: Comparison::LtEq, value: Value::Time(end) },
        });
        let resolved = if done { resolved } else { complement(resolved, self.span) };
        Some(Condition::All(vec![self.held(&[sprint]), resolved]))
    }
}
