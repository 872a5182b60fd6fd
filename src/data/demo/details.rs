//! What issues of the demo have beside their lives: ranks, requests, development, custom fields.
//!
//! All of it is drawn from a generator of its own and its events are numbered apart, so that the
//! lives stay as they are when something is added here.

use super::cast::PROJECTS;
use super::issues::{Live, place};
use super::random::Random;
use super::tables::day;
use super::{DAY, HOUR, MINUTE, NOW, World};
use crate::data::rows::{CustomValue, EventRow, IssueRow, PropertyRow, RemoteLinkRow};

/// Id and value of the options of Platforms.
const PLATFORMS: &[(&str, &str)] = &[("10501", "iOS"), ("10502", "Android"), ("10503", "Web")];
/// Options of Location: the parent, and the child where one is chosen.
const LOCATIONS: &[&[&str]] = &[&["Europe", "Oslo"], &["Europe", "Berlin"], &["America", "Boston"], &["Asia", "Pune"], &["Asia"]];
const TESTERS: &[&str] = &["grace", "judy", "peggy", "heidi"];

pub(super) fn fill(world: &mut World) {
    let mut issues = std::mem::take(&mut world.issues);
    let mut random = Random::new(2027);
    rank(&mut random, &mut issues);
    let moved = |e: &&EventRow| e.entity == "issue" && e.action == "moved";
    let moved: Vec<i64> = world.tables.events.iter().filter(moved).filter_map(|e| e.issue_id).collect();
    for (index, live) in issues.iter_mut().enumerate() {
        let Some(project) = PROJECTS.iter().find(|p| Some(p.key) == live.row.project.as_deref()) else {
            continue;
        };
        let row = &mut live.row;
        let mut detail = Detail {
            // The past of what was moved or is gone stays as it was told.
            told: row.deleted_at.is_none() && !moved.contains(&row.id),
            random: &mut random,
            world,
            team: project.team,
            span: (row.created.unwrap_or(NOW), row.updated.or(row.created).unwrap_or(NOW)),
        };
        detail.view(row);
        match project.key {
            "PAY" | "WEB" => {
                detail.development(row);
                detail.shop(row, project.versions);
                detail.plan(row, project.board);
                if index % 19 == 7 {
                    detail.crowd(row);
                }
            }
            "OPS" => detail.request(row, project.versions),
            _ => detail.approvers(row),
        }
        row.custom.sort_by(|a, b| a.0.cmp(&b.0));
    }
    world.issues = issues;
}

/// One order over all projects, as boards have it.
fn rank(random: &mut Random, issues: &mut [Live]) {
    let mut order: Vec<(usize, usize)> = (0..issues.len()).map(|at| (random.below(1_000_000), at)).collect();
    order.sort_unstable();
    for (place, (_, at)) in order.into_iter().enumerate() {
        issues[at].row.rank = Some(format!("0|i{:05}:", place * 8 + 7));
    }
}

/// An issue being filled in.
struct Detail<'w> {
    random: &'w mut Random,
    world: &'w mut World,
    team: &'static [&'static str],
    /// From the issue's creation to its last update: what is added here changes neither.
    span: (i64, i64),
    told: bool,
}

impl Detail<'_> {
    /// An instant in the life of the issue, `percent` of it gone.
    fn at(&self, percent: i64) -> i64 {
        let (from, to) = self.span;
        let at = from + (to - from) / 100 * percent;
        at - at.rem_euclid(MINUTE) + MINUTE
    }

    /// Tells an event of the issue, where its life has room for one.
    fn tell(&mut self, row: &IssueRow, percent: i64, event: EventRow) -> bool {
        let time = self.at(percent);
        if !self.told || self.span.1 - self.span.0 < DAY || time >= self.span.1 {
            return false;
        }
        let actor = self.random.pick(self.team);
        // Whose nights are a story is not to have more of them.
        let actor = if actor == "mallory" { self.team[0] } else { actor };
        let mut base = self.world.event(time, actor, "issue", "updated");
        place(&mut base, row);
        let change = event.field.is_some().then(|| format!("x{}", self.world.extra.len()));
        self.world.extra.push(EventRow {
            entity: if event.entity.is_empty() { base.entity.clone() } else { event.entity },
            action: if event.action.is_empty() { base.action.clone() } else { event.action },
            actor: event.actor.or(base.actor.clone()),
            actor_kind: event.actor_kind.or(base.actor_kind.clone()),
            entity_id: event.entity_id,
            entity_name: event.entity_name,
            field: event.field,
            field_id: event.field_id,
            from_value: event.from_value,
            to_value: event.to_value,
            from_id: event.from_id,
            to_id: event.to_id,
            change_id: change,
            ..base
        });
        true
    }

    fn view(&mut self, row: &mut IssueRow) {
        if self.random.chance(12) {
            let word = self.random.pick(&["Ranked higher", "Ranked lower"]);
            let field = EventRow { field: Some("Rank".into()), to_value: Some(word.into()), ..EventRow::default() };
            self.tell(row, 45, field);
        }
        let time = NOW - self.random.between(2, 60 * 24) * HOUR;
        if self.random.chance(40) && time > self.span.0 && row.deleted_at.is_none() {
            row.last_viewed = Some(time);
        }
    }

    fn development(&mut self, row: &mut IssueRow) {
        let started = !matches!(row.status.as_deref(), Some("To Do" | "Blocked")) && row.issue_type.as_deref() != Some("Epic");
        let running = matches!(row.status.as_deref(), Some("In Progress" | "In Review"));
        let pulls = if started { self.random.between(0, 3) } else { 0 };
        let reviews = if pulls > 0 { self.random.between(0, 2) } else { 0 };
        row.pull_requests = Some(pulls);
        row.pull_requests_open = Some(if running { pulls.min(1) } else { 0 });
        row.commits = Some(if pulls > 0 { pulls * self.random.between(1, 5) } else { 0 });
        row.reviews = Some(reviews);
        row.reviews_open = Some(if row.status.as_deref() == Some("In Review") { reviews } else { 0 });
        row.builds_failing = Some(i64::from(running && pulls > 0 && self.random.chance(30)));
    }

    fn shop(&mut self, row: &mut IssueRow, versions: &[&str]) {
        if row.issue_type.as_deref() == Some("Bug") && self.random.chance(60) {
            self.affected(row, versions);
        }
        if self.random.chance(30) {
            self.platforms(row);
        }
        if self.random.chance(35) {
            let tester = self.random.pick(TESTERS).to_owned();
            row.custom.push(("customfield_10091".into(), CustomValue::Text(tester.clone())));
            self.tell(row, 30, field("Tester", Some("customfield_10091"), None, Some((&tester, &tester))));
        }
        if self.random.chance(12) {
            let live = NOW + self.random.between(-20, 40) * DAY - HOUR;
            row.custom.push(("customfield_10094".into(), CustomValue::Time(live)));
        }
        if row.issue_type.as_deref() == Some("Story") && row.deleted_at.is_none() && self.random.chance(40) {
            let tier = self.random.pick(&["gold", "silver", "trial"]);
            let amount = (self.random.between(1, 40) * 250).to_string();
            self.properties(row, "billing", &[("customer.tier", tier), ("customer.active", "true"), ("amount", &amount)]);
        }
    }

    /// What was touched of late and is not begun is planned for the next sprint.
    fn plan(&mut self, row: &mut IssueRow, board: Option<i64>) {
        let open = matches!(row.status.as_deref(), Some("To Do" | "Reopened" | "Blocked"));
        if !open || self.span.1 < NOW - 45 * DAY || row.deleted_at.is_some() || self.random.chance(40) {
            return;
        }
        let board = board.map(|b| b.to_string());
        let is_next = |s: &&crate::data::rows::SprintRow| s.board == board && s.state.as_deref() == Some("future");
        let Some((name, id)) = self.world.tables.sprints.iter().find(is_next).map(|s| (s.name.clone(), s.id.to_string())) else {
            return;
        };
        self.tell(row, 90, field("Sprint", None, None, Some((&name, &id))));
        row.sprints.push(name);
    }

    fn affected(&mut self, row: &mut IssueRow, versions: &[&str]) {
        let name = self.random.pick(versions).to_owned();
        let is_it = |v: &&crate::data::rows::VersionRow| v.name == name && v.project == row.project;
        let id = self.world.tables.versions.iter().find(is_it).and_then(|v| v.id.clone()).unwrap_or_default();
        if self.random.chance(30) {
            self.tell(row, 20, field("affectedVersion", None, None, Some((&name, &id))));
        }
        row.affected_versions.push(name);
    }

    /// Some had one platform more, some got one later.
    fn platforms(&mut self, row: &mut IssueRow) {
        let column = "customfield_10090";
        let first = self.random.below(PLATFORMS.len());
        let other = (first + 1) % PLATFORMS.len();
        let mut list = vec![PLATFORMS[first].1.to_owned()];
        let (id, name) = PLATFORMS[other];
        match self.random.below(3) {
            0 => {
                self.tell(row, 55, field("Platforms", Some(column), Some((name, id)), None));
            }
            1 => {
                self.tell(row, 60, field("Platforms", Some(column), None, Some((name, id))));
                list.push(name.to_owned());
            }
            _ => {}
        }
        row.custom.push((column.into(), CustomValue::TextList(list)));
    }

    /// What many want.
    fn crowd(&mut self, row: &mut IssueRow) {
        for (at, who) in self.team.iter().take(6).enumerate() {
            for entity in ["vote", "watcher"] {
                let list = if entity == "vote" { &row.voter_ids } else { &row.watcher_ids };
                if list.iter().any(|w| w == who) {
                    continue;
                }
                let event = EventRow {
                    entity: entity.into(),
                    action: "added".into(),
                    actor: Some((*who).to_owned()),
                    entity_id: Some((*who).to_owned()),
                    to_value: Some((*who).to_owned()),
                    ..EventRow::default()
                };
                if self.tell(row, 25 + 5 * at as i64, event) {
                    let list = if entity == "vote" { &mut row.voter_ids } else { &mut row.watcher_ids };
                    list.push((*who).to_owned());
                }
            }
        }
        row.votes = Some(row.voter_ids.len() as i64);
        row.watchers = Some(row.watcher_ids.len() as i64);
    }

    /// OPS is a service desk: its issues are requests.
    fn request(&mut self, row: &mut IssueRow, versions: &[&str]) {
        row.request_type = Some(
            match row.issue_type.as_deref() {
                Some("Incident") => "Report an outage",
                Some("Bug") => "Report a problem",
                _ => self.random.pick(&["Get access", "Ask a question", "Request a change"]),
            }
            .into(),
        );
        let channels = [(45, "portal"), (30, "email"), (15, "jira"), (5, "api"), (5, "anonymous portal")];
        row.request_channel = Some(self.random.weighted(&channels).into());
        row.request_last_activity = Some(self.span.1);
        row.organizations = match row.reporter.as_deref() {
            Some("wendy") => vec!["Acme".into()],
            _ if self.random.chance(25) => vec!["Globex".into()],
            _ if self.random.chance(10) => vec!["Acme".into(), "Globex".into()],
            _ => Vec::new(),
        };
        if row.request_type.as_deref() == Some("Request a change") {
            row.change_gating = Some(self.random.pick(&["tracked-only", "gated"]).into());
        }
        if let Some(environment) = &mut row.environment {
            environment.push_str(", Linux");
        }
        if self.random.chance(60) {
            let location = self.random.pick(LOCATIONS).iter().map(|l| (*l).to_owned()).collect();
            row.custom.push(("customfield_10093".into(), CustomValue::TextList(location)));
        }
        if self.random.chance(30) {
            let note = self.random.pick(&["Called twice today.", "Prefers mail in the morning.", "Waits for an invoice."]);
            row.custom.push(("customfield_10092".into(), CustomValue::Text(note.into())));
        }
        if row.issue_type.as_deref() == Some("Bug") && self.random.chance(60) {
            self.affected(row, versions);
        }
        self.approvers(row);
        if row.issue_type.as_deref() == Some("Incident") && row.deleted_at.is_none() {
            if self.random.chance(35) {
                self.deployment(row);
            }
            if self.random.chance(20) {
                self.runbook(row);
            }
        }
    }

    fn deployment(&mut self, row: &IssueRow) {
        let hosts = ["db-1", "db-2", "web-1", "web-2"];
        let host = self.random.below(hosts.len());
        let day = crate::data::rows::date_text(day(self.span.0));
        let load = self.random.between(20, 99).to_string();
        let values = [
            ("environment", self.random.pick(&["production", "staging"])),
            ("hosts", hosts[host]),
            ("hosts", hosts[(host + 1) % hosts.len()]),
            ("day", &day),
            ("rollback", self.random.pick(&["true", "false"])),
            ("load.cpu", &load),
        ];
        self.properties(row, "deployment", &values);
    }

    fn properties(&mut self, row: &IssueRow, property: &str, values: &[(&str, &str)]) {
        for (path, value) in values {
            self.world.tables.properties.push(PropertyRow {
                issue: row.key.clone(),
                property: property.into(),
                path: Some((*path).into()),
                value: Some((*value).into()),
            });
        }
    }

    /// A link to the page that says what to do.
    fn runbook(&mut self, row: &IssueRow) {
        let id = format!("31{:03}", self.world.tables.remote_links.len());
        let title = "On-call handbook";
        let event = EventRow {
            entity: "remote link".into(),
            action: "added".into(),
            entity_id: Some(id.clone()),
            entity_name: Some(title.into()),
            to_value: Some(title.into()),
            ..EventRow::default()
        };
        if self.tell(row, 50, event) {
            self.world.tables.remote_links.push(RemoteLinkRow {
                id: Some(id),
                issue: row.key.clone(),
                global_id: Some("appId=wiki&pageId=5002".into()),
                url: Some("https://wiki.example.com/pages/5002".into()),
                title: Some(title.into()),
                relationship: Some("Wiki Page".into()),
                application: Some("Confluence".into()),
            });
        }
    }

    fn approvers(&mut self, row: &mut IssueRow) {
        if self.random.chance(20) {
            let first = self.random.below(self.team.len());
            let list = [self.team[first], self.team[(first + 1) % self.team.len()]].map(str::to_owned);
            let (last, column) = (list[1].clone(), "customfield_10095");
            self.tell(row, 35, field("Approvers", Some(column), None, Some((&last, &last))));
            row.custom.push((column.into(), CustomValue::TextList(list.into())));
        }
    }
}

/// A change of a field: value and id before and after.
fn field(name: &str, id: Option<&str>, from: Option<(&str, &str)>, to: Option<(&str, &str)>) -> EventRow {
    let own = |text: &str| Some(text.to_owned());
    EventRow {
        field: own(name),
        field_id: id.and_then(own),
        from_value: from.and_then(|(value, _)| own(value)),
        from_id: from.and_then(|(_, id)| own(id)),
        to_value: to.and_then(|(value, _)| own(value)),
        to_id: to.and_then(|(_, id)| own(id)),
        ..EventRow::default()
    }
}
