//! What comes later, or again, or from another source: one row for each thing, which knows the best of all.

use std::slice::from_ref;

use jqlx::data::rows::{
    CustomValue, EventRow, FieldRow, IssueRow, LinkRow, RoleMemberRow, StatusRow, Tables, UserRow, VersionRow, time,
};

use super::Stored;

fn at(text: &str) -> i64 {
    time(text).expect("an instant")
}

const CREATED: &str = "2026-03-01T00:00:00Z";

fn issue(status: &str) -> IssueRow {
    IssueRow {
        id: 1,
        key: "PA-1".into(),
        project: Some("PA".into()),
        status: Some(status.into()),
        created: Some(at(CREATED)),
        updated: Some(at("2026-03-05T00:00:00Z")),
        ..IssueRow::default()
    }
}

fn tables(events: &[EventRow], issues: &[IssueRow]) -> Tables {
    let status = |name: &str| StatusRow { name: name.into(), ..StatusRow::default() };
    let user = |id: &str| UserRow { account_id: id.into(), ..UserRow::default() };
    Tables {
        events: events.to_vec(),
        issues: issues.to_vec(),
        statuses: ["Open", "Doing", "Done"].map(status).to_vec(),
        users: ["ann", "bob"].map(user).to_vec(),
        ..Tables::default()
    }
}

/// A change of the status.
fn change(id: &str, when: &str, from: &str, to: &str) -> EventRow {
    EventRow {
        event_id: id.into(),
        time: at(when),
        entity: "issue".into(),
        action: "updated".into(),
        issue_id: Some(1),
        issue_key: Some("PA-1".into()),
        project: Some("PA".into()),
        field: Some("status".into()),
        from_value: Some(from.into()),
        to_value: Some(to.into()),
        origin: Some("changelog".into()),
        ..EventRow::default()
    }
}

const EVENTS: &str = "ACTIVITY SHOW eventId, time, actor, origin, \"to\", text";

/// A store that is given each in turn, and is sound after each.
fn grown(parts: &[Tables]) -> Stored {
    let mut stored = Stored::empty();
    for part in parts {
        stored.load(part);
        assert_eq!(stored.problems(), [""; 0]);
    }
    stored
}

/// The same store, whatever the order in which the parts come; it is given back.
fn in_both_orders(a: Tables, b: Tables) -> Stored {
    let (one, other) = (grown(&[a.clone(), b.clone()]), grown(&[b.clone(), a.clone()]));
    assert_eq!(one.ask(EVENTS), other.ask(EVENTS));
    let mut one = one;
    for part in [&a, &b, &b, &a] {
        let again = one.load(part);
        assert_eq!(again.version, None, "told again: {again:?}");
    }
    one
}

#[test]
fn late_events_take_their_place() {
    let events = [
        change("1", "2026-03-02T00:00:00Z", "Open", "Doing"),
        change("2", "2026-03-03T00:00:00Z", "Doing", "Open"),
        change("3", "2026-03-04T00:00:00Z", "Open", "Done"),
    ];
    let whole = Stored::of(&tables(&events, &[issue("Done")]));
    let queries = [
        "status WAS Doing ON 2026-03-02",
        "status WAS Open ON 2026-03-03",
        "status WAS Doing AFTER 2026-03-03",
        "status WAS Doing FOR >= 24h",
        "status WAS Open BEFORE 2026-03-02",
        EVENTS,
    ];
    let expected = queries.map(|query| whole.ask(query));
    // Without the one between, Doing would have been held until the third.
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let parts = order.map(|at| tables(&events[at..=at], &[issue("Done")]));
        let stored = grown(&parts);
        assert_eq!(queries.map(|query| stored.ask(query)), expected, "{order:?}");
    }
}

#[test]
fn a_corrected_event_takes_the_place_of_what_it_was() {
    let wrong = change("1", "2026-03-04T00:00:00Z", "Open", "Doing");
    let right = EventRow { time: at("2026-03-02T00:00:00Z"), to_value: Some("Done".into()), ..wrong.clone() };
    let mut stored = grown(&[tables(&[wrong], &[issue("Done")])]);
    assert_eq!(stored.ask("status WAS Doing").len(), 1);
    let loaded = stored.load(&tables(&[right], &[issue("Done")]));
    assert_eq!((loaded.added.get("events"), loaded.changed.get("events")), (None, Some(&1)));
    assert_eq!(stored.ask("status WAS Doing").len(), 0);
    assert_eq!(stored.ask("status WAS Done ON 2026-03-02").len(), 1);
    assert_eq!(stored.ask("ACTIVITY").len(), 1);
    assert_eq!(stored.problems(), [""; 0]);
    // Its former time is no longer covered, once the derived tables are made anew.
    let covered = || stored.store().status().expect("a status").coverage.remove(0);
    let compacted = super::RUNTIME.block_on(jqlx::store::Store::compact(stored.path(), true, super::options()));
    assert!(compacted.expect("compact").version.is_some());
    assert_eq!((covered().first, covered().last, covered().events), (covered().last, covered().first, 1));
    // What we knew then.
    let before = jqlx::store::Store::open(stored.path(), jqlx::store::At::Version(0)).expect("version 0");
    assert_eq!(before.version(), 0);
    let engine = jqlx::Engine::open_store(stored.path(), jqlx::store::At::Version(0), jqlx::Options::default());
    let then = super::RUNTIME.block_on(async { super::answer(&engine.await?, "status WAS Doing").await });
    assert_eq!(then.expect("an answer").len(), 1);
}

#[test]
fn a_webhook_and_the_change_log_become_one_event() {
    let log = EventRow {
        actor: Some("ann".into()),
        actor_kind: Some("user".into()),
        actor_basis: Some("stated".into()),
        ..change("1", "2026-03-02T00:00:00Z", "Open", "Done")
    };
    let hook = EventRow {
        time: at("2026-03-02T00:00:03Z"),
        actor: Some("bob".into()),
        actor_basis: Some("inferred from the author".into()),
        origin: Some("webhook".into()),
        text: Some("moved by hand".into()),
        ..log.clone()
    };
    let stored = in_both_orders(tables(&[log], &[issue("Done")]), tables(&[hook], &[issue("Done")]));
    let rows = stored.ask(EVENTS);
    assert_eq!(rows.len(), 1);
    // Actor, time and origin of the change log, and what only the webhook tells.
    assert_eq!(
        stored.ask("ACTIVITY WHERE issue UPDATED BY ann ON \"2026-03-02\" AND origin = changelog AND text ~ hand"),
        stored.ask("ACTIVITY")
    );
    assert!(!rows[0].contains("bob"), "{rows:?}");
    assert_eq!(stored.ask("status CHANGED TO Done BY ann").len(), 1);
    assert_eq!(stored.ask("status CHANGED TO Done BY bob").len(), 0);
    let covered = stored.store().status().expect("a status").coverage;
    assert_eq!(covered.len(), 1, "{covered:?}");
    assert_eq!((covered[0].origin.as_deref(), covered[0].events), (Some("changelog"), 1));
}

#[test]
fn an_actor_is_better_than_none_and_none_never_better() {
    let unknown = EventRow {
        actor_basis: Some("unknown".into()),
        origin: Some("webhook".into()),
        ..change("1", "2026-03-02T00:00:00Z", "Open", "Done")
    };
    let known =
        EventRow { actor: Some("ann".into()), actor_basis: Some("stated".into()), origin: Some("audit".into()), ..unknown.clone() };
    let stored = grown(&[tables(from_ref(&unknown), &[]), tables(from_ref(&known), &[]), tables(from_ref(&unknown), &[])]);
    assert_eq!(stored.ask("ACTIVITY WHERE issue UPDATED BY ann").len(), 1);
    let guessed = EventRow { actor: Some("bob".into()), actor_basis: Some("inferred from updated".into()), ..known };
    let mut stored = stored;
    stored.load(&tables(&[guessed], &[]));
    assert_eq!(stored.ask("ACTIVITY WHERE issue UPDATED BY ann").len(), 1);
}

#[test]
fn an_interval_is_narrowed_and_never_widened() {
    let deleted = |after: Option<&str>, time: &str| EventRow {
        event_id: "gone".into(),
        time: at(time),
        time_after: after.map(at),
        entity: "comment".into(),
        action: "deleted".into(),
        issue_id: Some(1),
        origin: Some("snapshot".into()),
        ..EventRow::default()
    };
    let (wide, narrow) = (
        deleted(Some("2026-03-01T00:00:00Z"), "2026-03-10T00:00:00Z"),
        deleted(Some("2026-03-02T00:00:00Z"), "2026-03-03T00:00:00Z"),
    );
    let exact = deleted(None, "2026-03-02T12:00:00Z");
    let stored = in_both_orders(tables(from_ref(&wide), &[]), tables(from_ref(&narrow), &[]));
    assert_eq!(stored.ask("ACTIVITY WHERE comment DELETED BEFORE 2026-03-04").len(), 1);
    let mut stored = in_both_orders(tables(&[narrow], &[]), tables(&[exact], &[]));
    stored.load(&tables(&[wide], &[]));
    assert_eq!(stored.ask("ACTIVITY WHERE comment DELETED ON \"2026-03-02\"").len(), 1);
    let times = stored.ask("ACTIVITY SHOW time");
    assert!(times[0].contains(&at("2026-03-02T12:00:00Z").to_string()), "{times:?}");
}

#[test]
fn an_older_row_of_an_issue_takes_nothing_away() {
    let new = IssueRow { assignee: None, labels: vec!["kept".into()], ..issue("Done") };
    let old = IssueRow {
        updated: Some(at("2026-03-02T00:00:00Z")),
        assignee: Some("ann".into()),
        labels: vec!["former".into()],
        ..issue("Open")
    };
    for order in [[&old, &new], [&new, &old]] {
        let stored = grown(&order.map(|row| tables(&[], from_ref(row))));
        let rows = stored.ask("key = PA-1 SHOW status, assignee, labels");
        assert_eq!(rows.len(), 1);
        assert_eq!(stored.ask("status = Done AND assignee IS EMPTY AND labels = kept").len(), 1, "{rows:?}");
    }
}

#[test]
fn side_tables_keep_what_a_poorer_source_does_not_tell() {
    let rich = Tables {
        users: vec![UserRow {
            account_id: "ann".into(),
            name: Some("Ann Adams".into()),
            email: Some("ann@example.com".into()),
            active: Some(true),
            ..UserRow::default()
        }],
        versions: vec![VersionRow {
            name: "1.0".into(),
            project: Some("PA".into()),
            released: Some(true),
            ..VersionRow::default()
        }],
        ..tables(&[], &[issue("Open")])
    };
    let poor = Tables {
        users: vec![UserRow { account_id: "ann".into(), active: Some(false), ..UserRow::default() }],
        versions: vec![VersionRow { name: "1.0".into(), project: Some("PA".into()), ..VersionRow::default() }],
        issues: vec![IssueRow { assignee: Some("ann".into()), fix_versions: vec!["1.0".into()], ..issue("Open") }],
        ..rich.clone()
    };
    let mut stored = grown(&[rich, poor.clone()]);
    assert_eq!(stored.ask("assignee = \"Ann Adams\" AND fixVersion IN releasedVersions()").len(), 1);
    assert_eq!(stored.ask("assignee IN inactiveUsers()").len(), 1);
    assert_eq!(stored.load(&poor).version, None);
    // A table that a source does not have at all stays as it is.
    stored.load(&Tables { users: Vec::new(), ..tables(&[], &[]) });
    assert_eq!(stored.ask("assignee = \"Ann Adams\"").len(), 1);
}

fn link(source: &str, target: &str) -> LinkRow {
    LinkRow {
        source: source.into(),
        link_type: "Blocks".into(),
        direction: Some("outward".into()),
        target: target.into(),
        ..LinkRow::default()
    }
}

#[test]
fn links_and_role_members_are_told_together() {
    let member = |project: &str, who: &str| RoleMemberRow { project: project.into(), role: "Lead".into(), account_id: who.into() };
    let named = |id: i64| IssueRow { id, key: format!("PA-{id}"), assignee: Some("ann".into()), ..issue("Open") };
    let all = Tables {
        links: vec![link("PA-1", "PA-2"), link("PA-1", "PA-3"), link("PA-2", "PA-3")],
        role_members: vec![member("PA", "ann"), member("PA", "bob")],
        ..tables(&[], &[named(1), named(2), named(3)])
    };
    let fewer = Tables { links: vec![link("PA-1", "PA-3")], role_members: vec![member("PA", "bob")], ..all.clone() };
    let stored = grown(&[all, fewer]);
    // PA-1 and PA-3 come with all their links, and those with PA-2 are not among them.
    assert_eq!(stored.ask("issue IN linkedIssues(PA-1)").len(), 1);
    assert_eq!(stored.ask("issue IN linkedIssues(PA-2)"), [""; 0]);
    assert_eq!(stored.ask("assignee IN memberOfRole(Lead)"), [""; 0]);
}

#[test]
fn an_issue_that_comes_alone_leaves_its_neighbours_links() {
    let named = |id: i64| IssueRow { id, key: format!("PA-{id}"), ..issue("Open") };
    let all = Tables { links: vec![link("PA-1", "PA-2"), link("PA-1", "PA-3")], ..tables(&[], &[named(1), named(2), named(3)]) };
    let alone = Tables { links: vec![link("PA-1", "PA-3")], ..tables(&[], &[named(3)]) };
    let mut stored = grown(&[all, alone.clone()]);
    assert_eq!(stored.ask("issue IN linkedIssues(PA-1)").len(), 2);
    assert_eq!(stored.load(&alone).version, None);
}

#[test]
fn ids_of_another_site_are_refused() {
    let of = |id: i64, event: &str, of_issue: i64| {
        let told = EventRow { issue_id: Some(of_issue), ..change(event, "2026-03-02T00:00:00Z", "Open", "Done") };
        tables(&[told], &[IssueRow { id, key: format!("PA-{id}"), ..issue("Done") }])
    };
    let stored = grown(&[of(1, "e1", 1)]);
    let refused = |tables: &Tables| {
        let data = super::folder();
        jqlx::data::write::write_tables(&data.path().join("data"), tables, false).expect("a dataset");
        let loaded = super::RUNTIME.block_on(jqlx::store::Store::load(stored.path(), data.path().join("data"), super::options()));
        loaded.err().map(|error| error.diagnostics()[0].code.name)
    };
    assert_eq!(refused(&of(2, "e1", 2)), Some("jqlx::store::refused"), "an event of another issue");
    let mut other = of(1, "e2", 1);
    other.issues[0].created = Some(5_000_000);
    assert_eq!(refused(&other), Some("jqlx::store::refused"), "an issue that was created at another time");
    assert_eq!(refused(&of(1, "e2", 1)), None);
    let mut twice = of(3, "e9", 3);
    twice.events.extend(of(4, "e9", 4).events);
    assert_eq!(refused(&twice), Some("jqlx::store::refused"), "two events of one id");
}

fn with_custom(value: Option<CustomValue>, id: i64) -> Tables {
    let custom = value.into_iter().map(|value| ("customfield_1".to_owned(), value)).collect();
    let row = IssueRow { id, key: format!("PA-{id}"), custom, ..issue("Open") };
    let field = FieldRow { id: "customfield_1".into(), name: "Bulk".into(), ..FieldRow::default() };
    Tables { fields: vec![field], ..tables(&[], &[row]) }
}

#[test]
fn a_custom_field_that_appears_later_is_empty_before() {
    let stored = grown(&[with_custom(None, 1), with_custom(Some(CustomValue::Number(3.0)), 2)]);
    assert_eq!(stored.ask("Bulk = 3").len(), 1);
    assert_eq!(stored.ask("Bulk IS EMPTY").len(), 1);
    // A source without the column takes nothing away.
    let mut stored = stored;
    stored.load(&with_custom(None, 2));
    assert_eq!(stored.ask("Bulk = 3").len(), 1);
}

#[test]
fn a_custom_field_that_becomes_text_or_a_list_keeps_its_values() {
    let text = |text: &str| Some(CustomValue::Text(text.into()));
    let list = |texts: &[&str]| Some(CustomValue::TextList(texts.iter().map(|t| (*t).to_owned()).collect()));
    let stored = grown(&[with_custom(Some(CustomValue::Number(3.0)), 1), with_custom(text("large"), 2)]);
    assert_eq!(stored.ask("Bulk = large").len(), 1);
    assert_eq!(stored.ask("Bulk IS NOT EMPTY").len(), 2);
    // Back again: what comes as a number is text from now on.
    let mut stored = stored;
    stored.load(&with_custom(Some(CustomValue::Number(4.0)), 3));
    assert_eq!(stored.ask("Bulk IS NOT EMPTY").len(), 3);
    assert_eq!(stored.problems(), [""; 0]);
    let stored = grown(&[with_custom(text("large"), 1), with_custom(None, 2), with_custom(list(&["red", "blue"]), 3)]);
    assert_eq!(stored.ask("Bulk = red").len(), 1);
    assert_eq!(stored.ask("Bulk = large").len(), 1);
    assert_eq!(stored.ask("Bulk IS EMPTY SHOW key").len(), 1, "{:?}", stored.ask("Bulk IS EMPTY SHOW key"));
    assert_eq!(stored.ask("Bulk IS NOT EMPTY").len(), 2);
}

#[test]
fn a_dataset_without_events_or_without_issues_is_taken() {
    let mut stored = grown(&[tables(&[], &[issue("Open")]), tables(&[change("1", "2026-03-02T00:00:00Z", "Doing", "Open")], &[])]);
    assert_eq!(stored.ask("status WAS Doing").len(), 1);
    assert_eq!(stored.load(&tables(&[], &[])).version, None);
}

/// Events of an issue that comes only later: then it is known when its first values began.
#[test]
fn an_issue_may_come_after_its_events() {
    let events = tables(&[change("1", "2026-03-02T00:00:00Z", "Open", "Done")], &[]);
    let stored = grown(&[events.clone(), Tables { events: Vec::new(), ..tables(&[], &[issue("Done")]) }]);
    let whole = Stored::of(&Tables { issues: vec![issue("Done")], ..events });
    for query in ["status WAS Open ON 2026-03-01", "status WAS Open FOR >= 24h", "status WAS Open BEFORE 2026-02-01"] {
        assert_eq!(stored.ask(query), whole.ask(query), "{query}");
    }
    assert_eq!(stored.ask("status WAS Open ON 2026-03-01").len(), 1);
}

#[test]
fn a_user_was_last_seen_at_the_later_time() {
    let seen = |when: &str| {
        let user = UserRow { account_id: "ann".into(), last_active: Some(at(when)), ..UserRow::default() };
        Tables { users: vec![user], ..tables(&[], &[issue("Open")]) }
    };
    let (old, new) = (seen("2026-03-01T00:00:00Z"), seen("2026-04-01T00:00:00Z"));
    let mut stored = grown(&[new, old.clone()]);
    assert_eq!(stored.load(&old).version, None, "an older export takes nothing back");
}
