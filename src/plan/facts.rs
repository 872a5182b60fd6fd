//! Facts: what history and activity clauses say of each issue, joined to the rows once.
//!
//! All clauses over events share one scan and one aggregate by issue. Clauses that need intervals share one window for each
//! field.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::functions_aggregate::expr_fn::{bool_or, count, count_distinct, min};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit, when};

use super::attached::Attached;
use super::bursts::{Burst, counted_as};
use super::columns::Zone;
use super::expr::{all, any, condition};
use super::held::Holding;
use super::intervals::Intervals;
use super::membership::Membership;
use super::next::Next;
use super::scan::{EVENTS, ISSUES, Tables, col};
use super::sequence::Chain;
use super::timeline::Timeline;
use super::zone_of::ZoneOf;
use super::{activity, intervals, narrow, scalar, scan, working_time};
use crate::error::Error;
use crate::semantic::bound::{
    AmongCondition, BoundField, BoundQuery, Condition, EventCondition, HistoryCondition, LastingTime, NextEvent, Relation, Scope,
    SequenceCondition, Target, WorkingCondition,
};

/// Alias of the facts from the shared events scan.
const FACTS: &str = "facts";

/// What is asked of the events that pass a test.
#[derive(Clone, PartialEq, Eq)]
enum Asked {
    /// Whether there is one.
    Any,
    /// How many there are.
    Count,
    /// How many values a column of theirs has.
    CountOf(Expr),
    /// The time of the first.
    First,
}

/// Facts that the conditions and columns seen so far ask for.
pub(crate) struct Facts<'a> {
    tables: &'a Tables,
    target: Target,
    /// Tests of one event, with what is asked of those that pass.
    events: Vec<(Expr, Asked)>,
    intervals: Vec<Intervals>,
    holdings: Vec<Holding>,
    attached: Vec<Attached>,
    memberships: Vec<Membership>,
    timelines: Vec<Timeline>,
    bursts: Vec<Burst>,
    chains: Vec<Chain>,
    nexts: Vec<Next>,
    zones: Vec<ZoneOf>,
    zone: Zone<'a>,
    /// Issues without a row take part, whose creation and values only their events tell.
    with_forgotten: bool,
}

impl<'a> Facts<'a> {
    /// `zone` is the session's, for queries within the query.
    pub(crate) fn new(tables: &'a Tables, query: &BoundQuery, zone: Zone<'a>) -> Self {
        Self {
            tables,
            target: query.target,
            with_forgotten: query.target == Target::Issues && query.with_deleted,
            events: Vec::new(),
            intervals: Vec::new(),
            holdings: Vec::new(),
            attached: Vec::new(),
            memberships: Vec::new(),
            timelines: Vec::new(),
            bursts: Vec::new(),
            chains: Vec::new(),
            nexts: Vec::new(),
            zones: Vec::new(),
            zone,
        }
    }

    /// A condition as an expression over the rows and their facts.
    pub(crate) fn condition(&mut self, of: &Condition) -> Result<Expr, Error> {
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || match of {
            Condition::All(list) => Ok(all(list.iter().map(|c| self.condition(c)).collect::<Result<_, _>>()?)),
            Condition::Any(list) => Ok(any(list.iter().map(|c| self.condition(c)).collect::<Result<_, _>>()?)),
            Condition::Field(field) => Ok(condition(self.tables, field)),
            Condition::Events(events) => self.events(events),
            Condition::History(history) => self.history(history),
            Condition::Among(among) => self.among(among),
            Condition::Sequence(sequence) => Ok(self.sequence(sequence)),
            Condition::Compare(of) => Ok(scalar::compare(self.tables, of, self.zone)),
            Condition::Working(of) => Ok(self.working(of)),
        })
    }

    fn events(&mut self, of: &EventCondition) -> Result<Expr, Error> {
        let test = activity::event(self.tables, &of.event)?;
        let hit = match (self.target, &of.times) {
            (Target::Activity, None) => test,
            (Target::Issues, None) => self.event_fact(test, Asked::Any),
            (Target::Issues, Some(times)) if times.within.is_none() && times.same.is_empty() => {
                let asked = match &times.distinct {
                    Some(of) => Asked::CountOf(self.tables.need("events", EVENTS, &of.column)?),
                    None => Asked::Count,
                };
                counted_as(self.event_fact(test, asked), times.op, times.count, of.negated)?
            }
            (target, Some(times)) => {
                let at = self.bursts.iter().position(|b| b.is_of(&test, times)).unwrap_or_else(|| {
                    self.bursts.push(Burst::new(target, test.clone(), times, self.bursts.len()));
                    self.bursts.len() - 1
                });
                let fact = self.bursts[at].fact(times, of.negated)?;
                // The rows that take part pass the test, which the scan can use where nothing negates it.
                if target == Target::Activity { all(vec![test, fact]) } else { fact }
            }
        };
        Ok(if of.negated { hit.is_not_true() } else { hit })
    }

    fn sequence(&mut self, of: &SequenceCondition) -> Expr {
        let at = self.chains.iter().position(|c| c.is_of(of)).unwrap_or_else(|| {
            self.chains.push(Chain::new(self.target, of, self.chains.len()));
            self.chains.len() - 1
        });
        let hit = self.chains[at].fact();
        if of.negated { hit.is_not_true() } else { hit }
    }

    fn working(&mut self, of: &WorkingCondition) -> Expr {
        let zone = of.whose.as_ref().map(|whose| {
            let at = self.zones.iter().position(|z| z.is_of(whose)).unwrap_or_else(|| {
                self.zones.push(ZoneOf::new(whose, self.zones.len()));
                self.zones.len() - 1
            });
            self.zones[at].fact()
        });
        working_time::during(scan::field(self.tables, &of.field), zone, &of.working, of.negated)
    }

    fn event_fact(&mut self, test: Expr, asked: Asked) -> Expr {
        let at = match self.events.iter().position(|known| known.0 == test && known.1 == asked) {
            Some(at) => at,
            None => {
                self.events.push((test, asked));
                self.events.len() - 1
            }
        };
        col(FACTS, &format!("fact_{at}"))
    }

    fn history(&mut self, of: &HistoryCondition) -> Result<Expr, Error> {
        let held = self.held(of)?;
        let hit = match self.target {
            Target::Issues => held,
            // What belongs to no issue held nothing, not even emptiness.
            Target::Activity => all(vec![self.tables.need("events", EVENTS, "issue_id")?.is_not_null(), held]),
        };
        Ok(if of.negated { hit.is_not_true() } else { hit })
    }

    fn held(&mut self, of: &HistoryCondition) -> Result<Expr, Error> {
        // Every element that is added leaves nothing, so that events alone do not tell where nothing was held.
        let emptiness = of.field.multi && of.values.empty;
        let bare = of.by.is_empty() && of.via.is_empty() && of.bounds.is_empty() && of.lasted.is_none() && !emptiness;
        if !of.held.is_empty() {
            let at = self.timelines.iter().position(|t| t.is_of(of)).unwrap_or_else(|| {
                self.timelines.push(Timeline::new(self.target, of, self.timelines.len()));
                self.timelines.len() - 1
            });
            return Ok(self.timelines[at].fact());
        }
        if bare && self.target == Target::Issues {
            // Held at any time: now, or on either side of some change.
            let touched = all(vec![
                activity::of_field(self.tables, &of.field)?,
                any(vec![activity::side(self.tables, "from", &of.values)?, activity::side(self.tables, "to", &of.values)?]),
            ]);
            Ok(any(vec![self.event_fact(touched, Asked::Any), intervals::present(self.tables, &of.field, &of.values)]))
        } else if !of.field.multi && !self.with_forgotten && self.tables.keeps(&of.field)? {
            let at = self.holdings.iter().position(|h| h.takes(of)).unwrap_or_else(|| {
                self.holdings.push(Holding::new(of, self.holdings.len()));
                self.holdings.len() - 1
            });
            Ok(self.holdings[at].fact(of))
        } else {
            let tables = self.tables;
            self.intervals_of(of).fact(tables, of)
        }
    }

    /// The intervals that a clause shares with others of its field.
    fn intervals_of(&mut self, of: &HistoryCondition) -> &mut Intervals {
        let at = self.intervals.iter().position(|i| i.takes(of)).unwrap_or_else(|| {
            self.intervals.push(Intervals::new(of, self.intervals.len(), self.with_forgotten));
            self.intervals.len() - 1
        });
        &mut self.intervals[at]
    }

    /// How long something lasted, in microseconds.
    pub(crate) fn lasting(&mut self, of: &LastingTime) -> Result<Expr, Error> {
        let tables = self.tables;
        let micros = |at: Expr| cast(at, DataType::Int64);
        Ok(match of {
            LastingTime::In { field, values, now } => {
                let of = intervals::measured(field, values, *now);
                self.intervals_of(&of).measure(tables, &of)?
            }
            LastingTime::Between { from, to } => micros(scan::field(tables, to)) - micros(scan::field(tables, from)),
            LastingTime::SinceFirst { field, values, to } => {
                let test = all(vec![activity::of_field(tables, field)?, activity::side(tables, "to", values)?]);
                let (first, to) = (self.event_fact(test, Asked::First), scan::field(tables, to));
                when(first.clone().lt_eq(to.clone()), micros(to) - micros(first)).end()?
            }
            LastingTime::Until(of) => micros(self.next(of)) - micros(tables.need("events", EVENTS, "time")?),
        })
    }

    /// The time of the next event of the row's thing.
    pub(crate) fn next(&mut self, of: &NextEvent) -> Expr {
        let at = self.nexts.iter().position(|n| n.is_of(of)).unwrap_or_else(|| {
            self.nexts.push(Next::new(of, self.nexts.len()));
            self.nexts.len() - 1
        });
        self.nexts[at].fact()
    }

    /// The tables that the facts are of.
    pub(crate) fn tables(&self) -> &'a Tables {
        self.tables
    }

    /// The session's zone.
    pub(crate) fn zone(&self) -> Zone<'a> {
        self.zone
    }

    fn among(&mut self, of: &AmongCondition) -> Result<Expr, Error> {
        let hit = match &of.relation {
            // All questions about things of one kind share a scan.
            Relation::Attached { entities, tests, which } if self.is_issue_id(&of.field) => {
                let at = self.attached.iter().position(|a| a.is_of(entities)).unwrap_or_else(|| {
                    self.attached.push(Attached::new(entities, self.attached.len()));
                    self.attached.len() - 1
                });
                self.attached[at].fact(tests, *which)
            }
            relation => {
                let known = self.memberships.iter().find(|m| m.is_of(&of.field, relation));
                match known {
                    Some(known) => known.fact(),
                    None => {
                        let membership = Membership::new(&of.field, relation, self.memberships.len());
                        let fact = membership.fact();
                        self.memberships.push(membership);
                        fact
                    }
                }
            }
        };
        Ok(if of.negated { hit.is_not_true() } else { hit })
    }

    fn is_issue_id(&self, field: &BoundField) -> bool {
        let (scope, column) = match self.target {
            Target::Issues => (Scope::Issue, "id"),
            Target::Activity => (Scope::Event, "issue_id"),
        };
        field.scope == scope && field.column == column
    }

    /// Whether rows of ACTIVITY need the issue beside them.
    pub(crate) fn needs_issue(&self) -> bool {
        !self.intervals.is_empty()
    }

    /// The tables, with fewer events for what sorts them, where the rows' own columns say that others are of no use.
    fn narrowed(&self, condition: Option<&Condition>) -> Result<Tables, Error> {
        let sorts = !(self.intervals.is_empty() && self.timelines.is_empty());
        let own = self.target == Target::Issues && !self.with_forgotten && self.tables.is_present();
        let passing = match condition.filter(|_| sorts && own) {
            Some(condition) => narrow::passing(self.tables, condition)?,
            None => None,
        };
        passing.map_or_else(|| Ok(self.tables.clone()), |issues| self.tables.within(issues))
    }

    /// Joins the facts to the rows, which the query then asks to pass `condition`.
    pub(crate) fn join(self, mut rows: LogicalPlanBuilder, condition: Option<&Condition>) -> Result<LogicalPlanBuilder, Error> {
        let key = match self.target {
            Target::Issues => Column::new(Some(ISSUES), "id"),
            Target::Activity => Column::new(Some(EVENTS), "issue_id"),
        };
        let narrowed = self.narrowed(condition)?;
        if !self.events.is_empty() {
            rows = join(rows, event_facts(self.tables, self.events)?, &key, FACTS)?;
        }
        for field in self.intervals {
            let alias = field.alias();
            rows = join(rows, field.relation(&narrowed)?, &key, &alias)?;
        }
        for holding in self.holdings {
            let alias = holding.alias();
            rows = join(rows, holding.relation(self.tables)?, &key, &alias)?;
        }
        for timeline in self.timelines {
            let alias = timeline.alias();
            rows = join(rows, timeline.relation(&narrowed)?, &key, &alias)?;
        }
        for attached in self.attached {
            let alias = attached.alias();
            rows = join(rows, attached.relation(self.tables)?, &key, &alias)?;
        }
        // Among events, what is told of each by its id; among issues, of each issue.
        let (own, told) = match self.target {
            Target::Issues => (key.clone(), "issue_id"),
            Target::Activity => (Column::new(Some(EVENTS), "event_id"), "event_id"),
        };
        for burst in self.bursts {
            let alias = burst.alias();
            rows = join_on(rows, burst.relation(self.tables)?, &own, &alias, told)?;
        }
        for chain in self.chains {
            let alias = chain.alias();
            rows = join_on(rows, chain.relation(self.tables)?, &own, &alias, told)?;
        }
        for next in self.nexts {
            let alias = next.alias();
            rows = join_on(rows, next.relation(self.tables, condition)?, &own, &alias, told)?;
        }
        for membership in self.memberships {
            rows = membership.join(rows, self.tables, self.zone)?;
        }
        for zone in self.zones {
            rows = zone.join(rows, self.tables)?;
        }
        Ok(rows)
    }
}

fn join(rows: LogicalPlanBuilder, facts: LogicalPlanBuilder, key: &Column, alias: &str) -> Result<LogicalPlanBuilder, Error> {
    join_on(rows, facts, key, alias, "issue_id")
}

fn join_on(
    rows: LogicalPlanBuilder,
    facts: LogicalPlanBuilder,
    key: &Column,
    alias: &str,
    told: &str,
) -> Result<LogicalPlanBuilder, Error> {
    let right = facts.alias(alias)?.build()?;
    let on = (vec![key.clone()], vec![Column::new(Some(alias), told)]);
    Ok(rows.join(right, JoinType::Left, on, None)?)
}

/// `issue_id, fact_0, fact_1, ...` from one scan of the events that any test takes.
fn event_facts(tables: &Tables, tests: Vec<(Expr, Asked)>) -> Result<LogicalPlanBuilder, Error> {
    let issue = tables.need("events", EVENTS, "issue_id")?;
    let at = tables.need("events", EVENTS, "time")?;
    let wanted = any(tests.iter().map(|(test, _)| test.clone()).collect());
    let rows = tables.scan("events", EVENTS)?.filter(issue.clone().is_not_null().and(wanted))?;
    if let [(_, asked)] = tests.as_slice() {
        // A single clause: every row that is left passes it.
        let told = match asked {
            Asked::Any => {
                return Ok(rows
                    .aggregate(vec![issue.clone()], Vec::<Expr>::new())?
                    .project(vec![issue, lit(true).alias("fact_0")])?);
            }
            Asked::Count => count(lit(1i64)),
            Asked::CountOf(value) => count_distinct(value.clone()),
            Asked::First => min(at),
        };
        return Ok(rows
            .aggregate(vec![issue.clone()], vec![told.alias("fact_0")])?
            .project(vec![issue, datafusion::logical_expr::col("fact_0")])?);
    }
    let mut facts = Vec::with_capacity(tests.len());
    for (number, (test, asked)) in tests.into_iter().enumerate() {
        let fact = match asked {
            Asked::Any => bool_or(test),
            Asked::Count => count(when(test, lit(1i64)).end()?),
            Asked::CountOf(value) => count_distinct(when(test, value).end()?),
            Asked::First => min(when(test, at.clone()).end()?),
        };
        facts.push(fact.alias(format!("fact_{number}")));
    }
    Ok(rows.aggregate(vec![issue], facts)?)
}
