//! Change requests: who approved them, how they ended, and what the rules did to them.

use super::super::World;
use super::Story;
use super::case::Case;

pub(super) fn fill(world: &mut World) {
    scenery(&mut Story::new(world, 0));
    approvals(&mut Story::new(world, 9));
    without_review(&mut Story::new(world, 10));
    rules(&mut Story::new(world, 14));
    breaches(&mut Story::new(world, 15));
    uses(&mut Story::new(world, 18));
}

fn scenery(story: &mut Story<'_>) {
    let mut case = Case::open(story, "CHG-1", "05-04 09:00", "vera", "New mail server", None);
    let joined = case.event(story, "05-04 09:30", "vera", ("participant", "added"), ("rosa", "Rosa Example"), ("", "rosa"));
    case.tell(story, joined);
    let property = case.event(story, "05-04 09:40", "app-chat", ("issue property", "updated"), ("", "thread"), ("", "open"));
    case.tell(story, property);
    // Question 7: her account was deactivated the day before.
    let mut after = Story::new(story.world, 7);
    case.comment(&mut after, "05-26 02:15", "tess", "41030", "Please go on without me.");
    case.done(story);
}

/// Question 9. Walt approves CHG-2 while it is his to implement, yuri CHG-3 that yuri asked for. Quinn approves CHG-4, CHG-5
/// becomes yuri's only after yuri approved it, and CHG-6 is declined.
fn approvals(story: &mut Story<'_>) {
    let cases = [
        ("CHG-2", "05-18 09:00", "vera", "walt", "approved"),
        ("CHG-3", "05-18 09:10", "yuri", "yuri", "approved"),
        ("CHG-4", "05-18 09:20", "vera", "quinn", "approved"),
        ("CHG-5", "05-18 09:30", "vera", "yuri", "approved"),
        ("CHG-6", "05-18 09:40", "yuri", "yuri", "declined"),
    ];
    for ((key, opened, reporter, approver, decision), number) in cases.into_iter().zip(44_001..) {
        let mut case = Case::open(story, key, opened, reporter, "Restart of a cluster", None);
        let thing = (&*number.to_string(), "Approve the change");
        let asked = case.event(story, opened, "", ("approval", "created"), thing, ("", "pending"));
        case.tell(story, asked);
        case.assign(story, "05-18 11:00", "vera", "walt");
        let decided = case.event(story, "05-19 13:00", approver, ("approval", "completed"), thing, ("pending", decision));
        case.tell(story, decided);
        if matches!(key, "CHG-2" | "CHG-5") {
            case.assign(story, "05-20 09:00", "vera", "yuri");
        }
        case.done(story);
    }
}

/// Question 10. CHG-7 and CHG-9 are closed and never were in review; CHG-8 and CHG-10 were.
fn without_review(story: &mut Story<'_>) {
    let all: [(&str, &[&str]); 4] = [
        ("CHG-7", &["In Progress", "Closed"]),
        ("CHG-8", &["In Progress", "In Review", "Closed"]),
        ("CHG-9", &["Closed"]),
        ("CHG-10", &["In Progress", "In Review", "In Progress", "Closed"]),
    ];
    for (key, statuses) in all {
        let mut case = Case::open(story, key, "05-18 09:50", "vera", "Update of a library", None);
        for (status, day) in statuses.iter().zip(19..) {
            case.status(story, &format!("05-{day} 10:00"), "yuri", status);
        }
        case.done(story);
    }
}

/// Question 14. Yuri changes a rule, and it closes CHG-11, CHG-12 and CHG-13 within the hour; walt changes the workflow, and
/// CHG-14 follows. CHG-15 comes half an hour too late, CHG-16 is moved by a person, and nothing follows trent's change of a
/// field configuration.
fn rules(story: &mut Story<'_>) {
    story.tell_all(&[
        ("06-09 13:00", "yuri", ("automation rule", "updated"), ("11010", "Close reviewed changes"), ("", "")),
        ("06-10 09:00", "walt", ("workflow", "updated"), ("505", "Change flow"), ("", "")),
        ("06-11 09:00", "trent", ("field configuration", "updated"), ("10200", "Change fields"), ("", "")),
    ]);
    let cases = [
        ("CHG-11", "06-09 13:10", "automation", "Closed"),
        ("CHG-12", "06-09 13:12", "automation", "Closed"),
        ("CHG-13", "06-09 13:40", "automation", "Closed"),
        ("CHG-14", "06-10 09:50", "automation", "Closed"),
        ("CHG-15", "06-10 10:30", "automation", "In Progress"),
        ("CHG-16", "06-09 13:20", "yuri", "In Progress"),
    ];
    for (key, at, who, to) in cases {
        let mut case = Case::open(story, key, "06-05 09:00", "vera", "Patch of a host", None);
        case.status(story, "06-08 09:00", "yuri", "In Review");
        case.status(story, at, who, to);
        case.done(story);
    }
}

/// Question 15. CHG-17 is made unimportant forty minutes before its time runs out. CHG-18 is made more important, CHG-19
/// less so after the breach, CHG-20 two days before.
fn breaches(story: &mut Story<'_>) {
    let cases = [
        ("CHG-17", "Highest", ("05-27 12:20", "Low"), "05-27 13:00"),
        ("CHG-18", "High", ("05-27 12:30", "Highest"), "05-27 12:50"),
        ("CHG-19", "High", ("05-27 11:30", "Low"), "05-27 11:00"),
        ("CHG-20", "Highest", ("05-25 09:00", "Lowest"), "05-27 14:00"),
    ];
    for ((key, first, (at, then), breach), number) in cases.into_iter().zip(45_001..) {
        let mut case = Case::open(story, key, "05-22 09:00", "vera", "Slow network", None);
        case.prioritise(story, "05-22 10:00", "walt", first);
        case.prioritise(story, at, "yuri", then);
        let failed = case.event(story, breach, "", ("sla", "failed"), (&number.to_string(), "Time to resolution"), ("", ""));
        case.tell(story, failed);
        case.done(story);
    }
}

/// Question 18. Within the forty-five minutes in which walt lets the team delete comments, walt deletes one of vera's. Yuri
/// edits one and keeps the right for two hours; while uma lends the right, it is walt who deletes, and his own.
fn uses(story: &mut Story<'_>) {
    let mut case = Case::open(story, "CHG-21", "05-19 09:00", "vera", "Firewall of the office", None);
    case.comment(story, "05-20 09:00", "vera", "41040", "Who opened this port?");
    case.comment(story, "05-20 09:10", "vera", "41041", "Open since Monday.");
    case.comment(story, "05-20 09:20", "walt", "41042", "Looking into it.");
    case.delete_comment(story, "05-21 16:20", Some("walt"), "41040", false);
    case.edit_comment(story, "05-22 09:30", "yuri", "41041", "Open since Tuesday.");
    case.delete_comment(story, "05-26 13:10", Some("walt"), "41042", true);
    case.done(story);
}
