//! The finance project: comments, hours, files and levels that change after the fact.

use super::super::World;
use super::Story;
use super::case::Case;

const SECRET: Option<&str> = Some("Board only");

pub(super) fn fill(world: &mut World) {
    bounces(&mut Story::new(world, 3));
    deleted_comments(&mut Story::new(world, 4));
    edited_comments(&mut Story::new(world, 5));
    hours(&mut Story::new(world, 6));
    levels(&mut Story::new(world, 11));
    files(&mut Story::new(world, 13));
    worklogs(&mut Story::new(world, 16));
}

/// Question 3. FIN-1 goes three times to review and back within a week. FIN-2 needs a month for it, FIN-3 goes to and fro
/// among more than two.
fn bounces(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-1", "04-08 13:00", "quinn", "Invoices of the first quarter", None);
    case.statuses(
        story,
        &[
            ("05-11 13:00", "rosa", "In Progress"),
            ("05-11 14:00", "rosa", "In Review"),
            ("05-12 13:00", "quinn", "In Progress"),
            ("05-12 14:00", "rosa", "In Review"),
            ("05-13 13:00", "quinn", "In Progress"),
            ("05-13 14:30", "rosa", "In Review"),
            ("05-15 13:00", "quinn", "In Progress"),
        ],
    );
    case.done(story);
    let mut case = Case::open(story, "FIN-2", "04-08 13:10", "quinn", "Travel costs", None);
    case.statuses(
        story,
        &[
            ("04-20 13:00", "rosa", "In Progress"),
            ("04-20 14:00", "rosa", "In Review"),
            ("04-22 13:00", "quinn", "In Progress"),
            ("04-29 13:00", "rosa", "In Review"),
            ("05-06 13:00", "quinn", "In Progress"),
            ("05-13 13:00", "rosa", "In Review"),
            ("05-20 13:00", "quinn", "In Progress"),
        ],
    );
    case.done(story);
    let mut case = Case::open(story, "FIN-3", "04-08 13:20", "rosa", "Bank statements", None);
    case.statuses(
        story,
        &[
            ("05-18 13:00", "rosa", "In Progress"),
            ("05-19 13:00", "rosa", "Blocked"),
            ("05-19 14:00", "quinn", "In Progress"),
            ("05-20 13:00", "rosa", "In Review"),
            ("05-20 14:00", "quinn", "In Progress"),
            ("05-21 13:00", "quinn", "To Do"),
        ],
    );
    case.done(story);
}

/// Question 4. Sam and tess delete what rosa wrote, quinn what quinn wrote; of one deletion nobody knows who did it. What
/// the comments said stands in earlier events.
fn deleted_comments(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-4", "04-09 13:00", "rosa", "Payments to suppliers", None);
    case.comment(story, "05-11 13:00", "rosa", "41001", "The supplier was paid twice in March.");
    case.comment(story, "05-11 13:10", "quinn", "41002", "I will ask.");
    case.delete_comment(story, "05-11 13:20", Some("quinn"), "41002", true);
    case.delete_comment(story, "05-12 14:00", Some("sam"), "41001", false);
    case.comment(story, "05-13 13:00", "rosa", "41003", "Ask the bank.");
    case.edit_comment(story, "05-13 13:30", "rosa", "41003", "Ask the bank for the second transfer.");
    case.delete_comment(story, "05-15 14:00", Some("tess"), "41003", true);
    case.comment(story, "05-18 13:00", "sam", "41004", "Nothing to see here.");
    case.delete_comment(story, "05-19 13:00", None, "41004", false);
    case.comment(story, "05-20 13:00", "rosa", "41005", "The bank has answered.");
    case.done(story);
}

/// Question 5. Comments 41010 and 41014 are edited days after they were written, on issues that only the board sees. FIN-6
/// has no level, and FIN-8 not yet.
fn edited_comments(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-5", "04-10 13:00", "quinn", "Salaries of the board", SECRET);
    case.comment(story, "05-11 13:00", "quinn", "41010", "The bonus is 20 percent.");
    case.comment(story, "05-11 13:30", "rosa", "41011", "Understod.");
    case.edit_comment(story, "05-11 14:30", "rosa", "41011", "Understood.");
    case.edit_comment(story, "05-13 13:00", "quinn", "41010", "The bonus is 10 percent.");
    case.done(story);
    let mut case = Case::open(story, "FIN-6", "04-10 13:10", "quinn", "Stationery", None);
    case.comment(story, "05-11 13:40", "rosa", "41012", "Ten boxes.");
    case.edit_comment(story, "05-15 13:00", "rosa", "41012", "Twelve boxes.");
    case.done(story);
    let mut case = Case::open(story, "FIN-8", "04-10 13:20", "rosa", "Sale of the old office", None);
    case.comment(story, "05-12 13:00", "rosa", "41013", "The offer is too low.");
    case.edit_comment(story, "05-15 13:30", "rosa", "41013", "The offer is low.");
    case.level(story, "05-18 13:00", "quinn", SECRET);
    case.done(story);
    let mut case = Case::open(story, "FIN-11", "04-10 13:30", "uma", "Merger", SECRET);
    case.comment(story, "05-12 13:10", "uma", "41014", "The price is agreed.");
    case.edit_comment(story, "05-18 14:00", "uma", "41014", "The price is open.");
    // Question 11: its level is gone for good.
    case.level(story, "05-28 13:00", "quinn", None);
    case.view(story, "06-01 13:00", "uma");
    case.done(story);
}

/// Question 6. Sam works at night, tess on a Saturday, rosa in the evening, quinn on the first of May. For vera and for sam
/// it is day where they are, though not everywhere.
fn hours(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-9", "04-13 13:00", "quinn", "Closing of the books", None);
    case.comment(story, "05-01 10:00", "quinn", "41021", "Half of it is done.");
    case.comment(story, "05-13 03:10", "sam", "41020", "Booked the rest.");
    case.worklog(story, "05-16 14:00", "tess", ("43010", "2026-05-16"), (None, Some(2)));
    case.comment(story, "05-19 01:00", "vera", "41022", "Which account is it?");
    case.comment(story, "05-19 20:00", "sam", "41023", "The second one.");
    case.status(story, "05-20 19:40", "rosa", "In Progress");
    case.done(story);
}

/// Question 11. FIN-7 has no level for two days: sam and yuri look at it meanwhile, rosa before and after.
fn levels(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-7", "04-14 13:00", "quinn", "Notice to a supplier", SECRET);
    case.view(story, "05-18 13:00", "rosa");
    case.level(story, "05-19 13:10", "quinn", None);
    case.view(story, "05-19 14:00", "sam");
    case.view(story, "05-20 13:30", "yuri");
    case.level(story, "05-21 13:00", "quinn", SECRET);
    case.view(story, "05-22 13:00", "rosa");
    case.done(story);
}

/// Question 13. `payroll.xlsx` and `salaries.csv` are there for less than an hour, `invoice.pdf` for a day, `bank.pdf` still.
fn files(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-12", "04-15 13:00", "rosa", "Documents for the auditor", None);
    case.view(story, "05-19 14:10", "sam");
    case.attachment(story, "05-20 13:00", "sam", ("42001", "payroll.xlsx"), true);
    case.attachment(story, "05-20 13:05", "rosa", ("42002", "invoice.pdf"), true);
    case.attachment(story, "05-20 13:10", "quinn", ("42003", "bank.pdf"), true);
    case.attachment(story, "05-20 13:25", "sam", ("42001", "payroll.xlsx"), false);
    case.attachment(story, "05-21 13:40", "rosa", ("42002", "invoice.pdf"), false);
    case.attachment(story, "06-08 13:00", "rosa", ("42004", "salaries.csv"), true);
    case.attachment(story, "06-08 13:50", "quinn", ("42004", "salaries.csv"), false);
    case.done(story);
}

/// Question 16. April is invoiced on the first of May: hours of April change on the sixth and vanish on the seventh.
fn worklogs(story: &mut Story<'_>) {
    let mut case = Case::open(story, "FIN-10", "04-16 13:00", "quinn", "Hours of the consultants", None);
    case.worklog(story, "04-27 13:00", "rosa", ("43003", "2026-04-27"), (None, Some(4)));
    case.worklog(story, "04-28 13:00", "rosa", ("43001", "2026-04-28"), (None, Some(3)));
    case.worklog(story, "04-29 13:00", "sam", ("43002", "2026-04-29"), (None, Some(2)));
    case.worklog(story, "04-29 13:30", "rosa", ("43003", "2026-04-27"), (Some(4), Some(5)));
    case.worklog(story, "05-05 13:00", "rosa", ("43005", "2026-04-30"), (None, Some(1)));
    case.worklog(story, "05-06 13:00", "rosa", ("43001", "2026-04-28"), (Some(3), Some(6)));
    case.worklog(story, "05-07 13:00", "quinn", ("43002", "2026-04-29"), (Some(2), None));
    case.worklog(story, "05-12 13:00", "tess", ("43004", "2026-05-12"), (None, Some(1)));
    case.worklog(story, "05-13 13:00", "tess", ("43004", "2026-05-12"), (Some(1), None));
    case.done(story);
}
