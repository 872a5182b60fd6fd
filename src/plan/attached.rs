//! Things attached to issues (comments, work logs), as the last of their events left them.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{bool_or, count, min};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit, try_cast, when};

use super::activity::within;
use super::expr::{actor_in, all, any, holds_last, in_list, plain, test, texts};
use super::functions;
use super::scan::{EVENTS, Tables, col};
use crate::catalog::verbs;
use crate::error::Error;
use crate::semantic::bound::{AttachedTest, Shape, Which};

/// Facts about the things of one kind, all from one scan of the events.
pub(crate) struct Attached {
    entities: Vec<String>,
    number: usize,
    facts: Vec<(Vec<AttachedTest>, Which)>,
}

impl Attached {
    pub(crate) fn new(entities: &[String], number: usize) -> Self {
        Self { entities: entities.to_vec(), number, facts: Vec::new() }
    }

    /// Whether a relation speaks of the same things.
    pub(crate) fn is_of(&self, entities: &[String]) -> bool {
        self.entities == entities
    }

    pub(crate) fn alias(&self) -> String {
        format!("attached_{}", self.number)
    }

    /// Registers a question and gives its truth for an issue.
    pub(crate) fn fact(&mut self, tests: &[AttachedTest], which: Which) -> Expr {
        let at = self.facts.iter().position(|known| known.0 == tests && known.1 == which).unwrap_or_else(|| {
            self.facts.push((tests.to_vec(), which));
            self.facts.len() - 1
        });
        let fact = col(&self.alias(), &format!("thing_{at}"));
        match which {
            Which::AtLeast(least) if least > 1 => fact.gt_eq(lit(least)),
            Which::AtLeast(_) => fact,
            Which::Newest => fact.eq(lit(1i64)),
        }
    }

    /// `issue_id` and the facts.
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let issue = need("issue_id")?;
        let (action, time, event) = (need("action")?, need("time")?, need("event_id")?);
        let is = |verb: &str| in_list(action.clone(), texts(&verbs::actions(verb)), false);
        let order = || vec![time.clone().sort(true, false), event.clone().sort(true, false)];

        let mut tests: Vec<&AttachedTest> = Vec::new();
        for of in self.facts.iter().flat_map(|(tests, _)| tests) {
            if !tests.contains(&of) {
                tests.push(of);
            }
        }
        let passes = tests.iter().map(|t| passed(tables, t, &is)).collect::<Result<Vec<_>, _>>()?;
        let mut wanted = vec![in_list(need("entity")?, texts(&self.entities), false), issue.clone().is_not_null()];
        if self.facts.iter().all(|(tests, which)| !tests.is_empty() && *which != Which::Newest) {
            // What made a thing matters only where it passes; what changed it since always does. Most things never change.
            wanted.push(any(vec![is("created").is_not_true(), any(passes.clone())]));
        }
        let thing = if tables.has("events", "entity_id") {
            coalesce(vec![cast(col(EVENTS, "entity_id"), DataType::Utf8View), cast(event.clone(), DataType::Utf8View)])
        } else {
            cast(event.clone(), DataType::Utf8View)
        };
        let mut facts = vec![holds_last(is("deleted"), order(), lit(true))?.alias("gone"), min(time.clone()).alias("made")];
        for (at, (test, passes)) in tests.iter().zip(passes).enumerate() {
            let fact = match test {
                AttachedTest::Author(_) | AttachedTest::Made { .. } => bool_or(passes),
                _ => holds_last(passes, order(), lit(true))?,
            };
            facts.push(fact.alias(format!("test_{at}")));
        }
        let things = tables
            .scan("events", EVENTS)?
            .filter(all(wanted))?
            .aggregate(vec![issue.clone(), thing.alias("thing")], facts)?
            .filter(plain("gone").eq(lit(0i64)))?;
        let mut of_issue = Vec::with_capacity(self.facts.len());
        for (number, (of, which)) in self.facts.iter().enumerate() {
            let held = of.iter().filter_map(|t| tests.iter().position(|known| *known == t));
            let holds = |at: usize| match tests.get(at) {
                Some(AttachedTest::Author(_) | AttachedTest::Made { .. }) => plain(&format!("test_{at}")),
                _ => plain(&format!("test_{at}")).eq(lit(1i64)),
            };
            let hit = all(held.map(holds).collect());
            let fact = match which {
                Which::AtLeast(least) if *least > 1 => count(when(hit, lit(1i64)).end()?),
                Which::AtLeast(_) => bool_or(hit),
                Which::Newest => {
                    holds_last(hit, vec![plain("made").sort(true, false), plain("thing").sort(true, false)], lit(true))?
                }
            };
            of_issue.push(fact.alias(format!("thing_{number}")));
        }
        Ok(things.aggregate(vec![issue], of_issue)?)
    }
}

/// Whether an event passes a test of the thing that it speaks of.
fn passed(tables: &Tables, test_of: &AttachedTest, is: &dyn Fn(&str) -> Expr) -> Result<Expr, Error> {
    let need = |column: &str| tables.need("events", EVENTS, column);
    Ok(match test_of {
        AttachedTest::Author(actors) => all(vec![is("created"), actor_in(need("actor")?, actors)]),
        AttachedTest::Text(query) => functions::text(need("text")?, query),
        AttachedTest::AnyText => need("text")?.is_not_null(),
        AttachedTest::Day(of) => test(Shape::Date, try_cast(need("entity_name")?, DataType::Date32), of),
        AttachedTest::Made { by, time } => {
            let mut parts = vec![is("created")];
            for actors in by {
                parts.push(actor_in(need("actor")?, actors));
            }
            parts.extend(within(need("time")?, time));
            all(parts)
        }
        AttachedTest::Named(query) => functions::text(need("entity_name")?, query),
        AttachedTest::Edited { by, time } => {
            let mut parts = vec![is("updated"), actor_in(need("actor")?, by)];
            parts.extend(within(need("time")?, time));
            all(parts)
        }
    })
}
