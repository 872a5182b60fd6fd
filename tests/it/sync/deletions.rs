//! What is no longer there becomes an event, with the time between which it went, and nobody who did it.

use serde_json::Value;

use super::model::{Jira, Kind};
use super::site::Site;
use super::{Place, texts};

const DELETED: &str = "SHOW eventId, entityId, actor, issue, text, time, \"from\" ORDER BY eventId";

fn deleted(place: &Place, noun: &str) -> Vec<Value> {
    place.ask(&format!("ACTIVITY WHERE {noun} DELETED {DELETED}"))
}

#[test]
fn a_deleted_comment_is_an_event_with_its_text() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    let place = Place::new();
    let comment = site.jira().comments(10_003)[1];
    place.sync(&site);
    assert_eq!(deleted(&place, "comment").len(), 0);
    site.jira().delete_comment(10_003, comment);
    assert_eq!(place.sync(&site).gone.comments, 1);
    let rows = deleted(&place, "comment");
    assert_eq!(texts(&rows, "eventId"), [format!("jira:comment:{comment}:deleted")]);
    let row = &rows[0];
    assert_eq!((&row["entityId"], &row["actor"], &row["issue"]), (&comment.to_string().into(), &Value::Null, &"OPS-4".into()));
    assert_eq!(row["text"], "Comment 1 on 3");
    site.jira().touch(10_003);
    assert_eq!(place.sync(&site).gone, jqlx::sync::Gone::default(), "it is told once");
    assert_eq!(deleted(&place, "comment"), rows);
    assert_eq!(place.verified(), Vec::<String>::new());
}

/// Data Center's change log says who deleted it: there is no second event.
#[test]
fn a_deletion_that_the_change_log_tells_is_told_once() {
    let site = Site::start(Jira::new(Kind::DataCenter, 12));
    let place = Place::new();
    let comment = site.jira().comments(10_003)[0];
    place.sync(&site);
    site.jira().delete_comment(10_003, comment);
    assert_eq!(place.sync(&site).gone.comments, 0);
    let rows = deleted(&place, "comment");
    assert_eq!((rows.len(), rows[0]["text"].as_str()), (1, Some("Comment 0 on 3")));
    assert!(rows[0]["actor"].is_string());
}

#[test]
fn of_a_deleted_work_log_the_best_source_counts() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 12));
        let place = Place::new();
        place.sync(&site);
        let logs = |id: i64| -> Vec<i64> {
            let jira = site.jira();
            let logs = jira.issues[&id]["fields"]["worklog"]["worklogs"].as_array().expect("a list");
            logs.iter().map(|log| log["id"].as_str().expect("an id").parse().expect("a number")).collect()
        };
        let (silent, told) = (logs(10_002)[0], logs(10_006)[1]);
        site.jira().delete_worklog(10_002, silent, false);
        let at = site.jira().deleted_worklogs[0].1;
        site.jira().delete_worklog(10_006, told, true);
        let summary = place.sync(&site);
        assert!(summary.gone.worklogs >= 1, "{kind:?}: {summary:?}");
        let rows = deleted(&place, "worklog");
        let of = |id: i64| rows.iter().filter(|row| row["eventId"] == format!("jira:worklog:{id}:deleted")).collect::<Vec<_>>();
        assert_eq!((rows.len(), of(silent).len(), of(told).len()), (2, 1, 1), "{kind:?}: {rows:?}");
        // The feed of deletions tells the instant and nobody, the change log both.
        let time: jiff::Timestamp = of(silent)[0]["time"].as_str().expect("an instant").parse().expect("an instant");
        assert_eq!((time.as_millisecond(), &of(silent)[0]["actor"], &of(silent)[0]["from"]), (at, &Value::Null, &"600".into()));
        assert!(of(told)[0]["actor"].is_string(), "{kind:?}");
        assert_eq!(place.sync(&site).gone.worklogs, 0, "{kind:?}: it is told once");
        assert_eq!(deleted(&place, "worklog").len(), 2);
    }
}

#[test]
fn deletions_of_work_logs_before_the_first_sync_are_told_page_by_page() {
    let mut jira = Jira::new(Kind::Cloud, 12);
    // Several at one instant, more than a page of the feed holds.
    jira.deleted_worklogs = (1..=5).map(|id| (id, 1_700_000_000_000 + id / 3)).collect();
    let site = Site::start(jira);
    let place = Place::new();
    place.sync(&site);
    let found = deleted(&place, "worklog").len();
    assert!(found >= 3, "an instant that fills more than a page cannot be read to its end: {found}");
}

#[test]
fn a_deleted_attachment_is_an_event() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    let place = Place::new();
    place.sync(&site);
    let file = {
        let jira = site.jira();
        let file: i64 = jira.issues[&10_005]["fields"]["attachment"][0]["id"].as_str().expect("an id").parse().expect("a number");
        file
    };
    site.jira().delete_attachment(10_005, file);
    assert_eq!(place.sync(&site).gone.attachments, 1);
    let rows = deleted(&place, "attachment");
    assert_eq!((rows.len(), rows[0]["from"].as_str()), (1, Some("file-5.txt")));
}

#[test]
fn a_deleted_issue_is_an_event_and_no_issue() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 30));
        let place = Place::new();
        place.sync(&site);
        let before = jiff::Timestamp::now();
        site.jira().delete_issue(10_007);
        site.jira().delete_issue(10_009);
        let summary = place.sync(&site);
        assert_eq!((summary.gone.issues, summary.left_out), (2, Vec::new()), "{kind:?}");
        let rows = deleted(&place, "issue");
        assert_eq!(texts(&rows, "eventId"), ["jira:issue:10007:deleted", "jira:issue:10009:deleted"]);
        let time: jiff::Timestamp = rows[0]["time"].as_str().expect("an instant").parse().expect("an instant");
        assert!(time >= before - jiff::SignedDuration::from_secs(1), "{kind:?}: {time}");
        assert_eq!(place.ask("key = PAY-8").len(), 0, "{kind:?}: it is not there any more");
        assert_eq!(place.ask("key = PAY-8 AS OF \"2026-03-02\"").len(), 1, "{kind:?}: and it was");
        assert_eq!(place.sync(&site).gone.issues, 0, "{kind:?}: it is told once");
        assert_eq!(place.verified(), Vec::<String>::new());
    }
}

#[test]
fn without_a_scan_no_issue_is_missed() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    let place = Place::new();
    place.sync(&site);
    site.jira().delete_issue(10_007);
    let options = jqlx::sync::Options { scan: false, ..Place::options() };
    assert_eq!(place.try_sync(&site, options).expect("a sync").gone.issues, 0);
    assert_eq!(place.sync(&site).gone.issues, 1, "and the next one with a scan finds it");
}

/// Nothing tells a project that was deleted from one that the account may no longer see.
#[test]
fn issues_of_a_hidden_project_are_not_taken_to_be_deleted() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    let place = Place::new();
    place.sync(&site);
    site.jira().hidden_projects = vec!["OPS"];
    let summary = place.sync(&site);
    assert_eq!(summary.gone.issues, 0);
    assert_eq!(summary.left_out.iter().map(|d| d.code.name).collect::<Vec<_>>(), ["jqlx::sync::hidden"]);
    assert_eq!(place.ask("project = OPS").len(), 4);
}
