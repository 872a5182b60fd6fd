//! What a sync brings: everything the first time, what changed later, and nothing twice.

use super::model::{Jira, Kind};
use super::site::Site;
use super::{Place, texts};

#[test]
fn a_first_sync_is_as_good_as_an_import() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let mut jira = Jira::new(kind, 40);
        jira.link(10_001, 10_004);
        let site = Site::start(jira);
        let place = Place::new();
        let summary = place.sync(&site);
        assert_eq!((summary.issues, summary.added.0, summary.site.as_str()), (40, 40, "https://model.example.org"), "{kind:?}");
        assert!(summary.commits > 3, "commits of ten issues each: {}", summary.commits);
        assert_eq!((summary.left_out, summary.problems), (Vec::new(), Vec::new()), "{kind:?}");
        place.same_as_import(&site);
        assert_eq!(place.verified(), Vec::<String>::new());
    }
}

#[test]
fn what_is_around_the_issues_comes_too() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 6));
        let place = Place::new();
        place.sync(&site);
        let keys = |query: &str| texts(&place.ask(&format!("{query} ORDER BY key")), "key").len();
        assert!(keys("reporter IN membersOf(devs)") > 0, "{kind:?}: groups");
        assert!(keys("project IN projectsLeadByUser(u1)") == 6, "{kind:?}: leads");
        let rows = |name: &str| place.rows(name);
        let found =
            ["users", "memberships", "role_members", "versions", "components", "sprints", "workflows", "organizations"].map(rows);
        // Two projects have a role that u4 and the two members of `devs` have.
        assert_eq!(found, [5, 3, 6, 2, 2, 1, 1, 1], "{kind:?}");
        assert_eq!((rows("organization_members"), rows("fields")), (1, 3), "{kind:?}");
        assert_eq!(["priorities", "resolutions", "issue_types"].map(rows), [2, 1, 1], "{kind:?}");
        let cloud = u64::from(kind == Kind::Cloud);
        assert_eq!((rows("workflow_projects"), rows("filters")), (cloud, cloud), "{kind:?}");
    }
}

#[test]
fn the_audit_log_comes_once() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 3));
        (0..7).for_each(|n| site.jira().audited(&format!("Project {n}")));
        let place = Place::new();
        assert_eq!(place.sync(&site).audit_records, 7, "{kind:?}");
        let query = "ACTIVITY WHERE project CREATED SHOW eventId, actor, entityName ORDER BY time";
        let rows = place.ask(query);
        let names: Vec<String> = (0..7).map(|n| format!("Project {n}")).collect();
        assert_eq!(texts(&rows, "entityName"), names, "{kind:?}");
        assert!(rows.iter().all(|row| row["actor"].is_string()), "{kind:?}: {rows:?}");
        let after = place.sync(&site);
        assert_eq!((after.audit_records, place.ask(query)), (0, rows), "{kind:?}: the window begins where the last one ended");
        let options = jqlx::sync::Options { audit: false, ..Place::options() };
        let other = Place::new();
        other.try_sync(&site, options).expect("a sync");
        assert!(other.ask(query).is_empty());
    }
}

#[test]
fn who_left_a_group_is_no_member() {
    let site = Site::start(Jira::new(Kind::Cloud, 6));
    let place = Place::new();
    place.sync(&site);
    let before = place.ask("reporter IN membersOf(devs)").len();
    site.jira().groups = vec![("devs", vec!["u1"]), ("ops", vec![])];
    place.sync(&site);
    assert!(place.ask("reporter IN membersOf(devs)").len() < before);
    site.jira().groups = Vec::new();
    place.sync(&site);
    let refused = crate::cli::run(&["query", "--store", crate::cli::path(&place.store()), "reporter IN membersOf(devs)"]);
    assert!(refused.err.contains("jqlx::bind::unknown_group"), "{}", refused.err);
}

#[test]
fn a_later_sync_brings_what_changed() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 30));
        let place = Place::new();
        place.sync(&site);
        let again = place.sync(&site);
        assert_eq!((again.issues, again.added, again.changed), (0, (0, 0), (0, 0)), "{kind:?}: nothing changed");
        site.http.taken();
        {
            let mut jira = site.jira();
            jira.wait(60);
            jira.move_to(10_003, "Done");
            jira.comment(10_007, "A late word");
            jira.log_work(10_007, 1200);
            jira.add();
            // A field that is emptied.
            jira.touch(10_005);
            jira.issue(10_005)["fields"]["customfield_10010"] = serde_json::Value::Null;
        }
        let summary = place.sync(&site);
        // The status, the comment, the work log, and the new issue with its own history.
        assert_eq!((summary.issues, summary.added.0), (4, 1), "{kind:?}");
        assert_eq!(texts(&place.ask("text ~ \"late word\" OR comment ~ \"late\""), "key").len(), 1, "{kind:?}");
        place.same_as_import(&site);
        let long = site.http.taken().iter().filter(|request| request.path.contains("/comment")).count();
        assert!(long < 5, "{kind:?}: comments of {long} issues were asked for, and four changed");
        assert_eq!(place.verified(), Vec::<String>::new());
    }
}

/// Jira does not keep what a comment said. A store that saw it does.
#[test]
fn a_comment_that_is_edited_keeps_what_it_said() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 6));
        let place = Place::new();
        place.sync(&site);
        let comment = site.jira().comments(10_003)[0];
        let id = serde_json::json!(comment.to_string());
        for text in ["Second thoughts", "Third thoughts"] {
            site.jira().edit_comment(10_003, comment, text);
            place.sync(&site);
        }
        let rows = place.ask("ACTIVITY WHERE comment CHANGED AND issue = OPS-4 SHOW entityId, action, text ORDER BY time");
        let of: Vec<(&str, &str)> = rows
            .iter()
            .filter(|row| row["entityId"] == id)
            .map(|row| (row["action"].as_str().expect("a text"), row["text"].as_str().expect("a text")))
            .collect();
        let wanted = [("created", "Comment 0 on 3"), ("updated", "Second thoughts"), ("updated", "Third thoughts")];
        assert_eq!(of, wanted, "{kind:?}");
    }
}

#[test]
fn a_link_that_went_is_gone() {
    let mut jira = Jira::new(Kind::Cloud, 6);
    jira.link(10_001, 10_004);
    let site = Site::start(jira);
    let place = Place::new();
    place.sync(&site);
    assert_eq!(place.rows("links"), 1);
    site.jira().unlink(10_001, 10_004);
    place.sync(&site);
    assert_eq!(place.rows("links"), 0);
    assert_eq!(place.ask("ACTIVITY WHERE link REMOVED").len(), 2, "the change logs of both ends tell who did it");
}

/// Issues are changed while the pages are read: in front of the reader, behind it, within a minute of many issues.
#[test]
fn changes_between_two_pages_lose_nothing() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let begin = || {
            let mut jira = Jira::new(kind, 24);
            // A bulk edit: as many updates in one minute as three pages hold.
            let now = jira.touch(10_000);
            for id in 10_000..10_018 {
                jira.issue(id)["fields"]["updated"] = serde_json::json!(now);
            }
            jira.wait(30);
            (Site::start(jira), Place::new(), jqlx::sync::Options { batch: 50, ..Place::options() })
        };
        let (site, place, options) = begin();
        place.try_sync(&site, options).expect("a sync");
        let is_page = |request: &super::http::Request| {
            request.path.contains("/search") && request.body["fields"] == serde_json::json!(["*all"])
        };
        let pages = site.http.taken().iter().filter(|request| is_page(request)).count();
        assert!(pages > 6, "{kind:?}: {pages} pages");
        // Behind the last page nobody looks.
        for at in 1..pages {
            let (site, place, options) = begin();
            site.meanwhile(at, |jira| {
                for id in [10_001, 10_012, 10_020] {
                    jira.comment(id, "meanwhile");
                }
                jira.delete_issue(10_002);
            });
            // A comparison of all ids would make good for what was lost.
            place.try_sync(&site, jqlx::sync::Options { scan: false, ..options.clone() }).expect("a sync");
            let found = place.ask("ACTIVITY WHERE comment CREATED SHOW text");
            assert_eq!(found.iter().filter(|row| row["text"] == "meanwhile").count(), 3, "{kind:?}, change at page {at}");
            let there = place.ask("created IS NOT EMPTY").len();
            assert!((23..=24).contains(&there), "{kind:?}, change at page {at}: {there} issues");
            place.try_sync(&site, options).expect("a sync");
            assert_eq!(place.ask("created IS NOT EMPTY").len(), 23, "{kind:?}, change at page {at}");
        }
    }
}

#[test]
fn issues_that_come_into_sight_are_fetched() {
    let mut jira = Jira::new(Kind::Cloud, 12);
    jira.hidden = vec![10_003, 10_004];
    let site = Site::start(jira);
    let place = Place::new();
    assert_eq!(place.sync(&site).issues, 10);
    site.jira().wait(24 * 60);
    site.jira().hidden.clear();
    assert_eq!(place.sync(&site).issues, 2, "they were not updated, and can be seen now");
    place.same_as_import(&site);
}

#[test]
fn a_store_is_that_of_one_site() {
    let place = Place::new();
    place.sync(&Site::start(Jira::new(Kind::Cloud, 3)));
    let other = Site::start(Jira::new(Kind::Cloud, 3));
    other.fault("serverInfo", 0, 100, |mut body| {
        body["baseUrl"] = serde_json::json!("https://other.example.org");
        super::http::Reply::ok(body)
    });
    let (code, message) = place.refused(&other);
    assert_eq!(code, "jqlx::sync::other_site");
    assert!(message.contains("https://model.example.org") && message.contains("https://other.example.org"), "{message}");
}
