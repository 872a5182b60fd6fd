//! Rights: who got them, who used them, who should have lost them.

use super::super::World;
use super::Story;

const ADDED: (&str, &str) = ("group membership", "added");
const REMOVED: (&str, &str) = ("group membership", "removed");
const SCHEME: (&str, &str) = ("permission scheme", "updated");
const GRANTED: (&str, &str) = ("permission", "granted");
const REVOKED: (&str, &str) = ("permission", "revoked");
const ADMINS: &str = "jira-administrators";

pub(super) fn fill(world: &mut World) {
    admins(&mut Story::new(world, 2));
    deactivated(&mut Story::new(world, 7));
    exports(&mut Story::new(world, 8));
    public(&mut Story::new(world, 17));
    rights(&mut Story::new(world, 18));
}

/// Question 2. Three who got a right of administrators change a scheme within a day: uma by a group, walt by a role, yuri
/// by a global permission. Vera comes an hour late, quinn's group is none of administrators, and it is trent who
/// changes a scheme after rosa's grant.
fn admins(story: &mut Story<'_>) {
    story.tell_all(&[
        ("04-14 09:00", "trent", ADDED, ("uma", "Uma Example"), ("", ADMINS)),
        ("04-14 16:30", "uma", SCHEME, ("803", "Finance permissions"), ("", "")),
        ("04-17 09:00", "trent", REMOVED, ("uma", "Uma Example"), (ADMINS, "")),
        ("04-19 10:00", "walt", SCHEME, ("804", "Change permissions"), ("", "")),
        ("04-20 10:00", "trent", ("project role", "added"), ("walt", "Walt Example"), ("", "Administrators")),
        ("04-20 15:00", "walt", SCHEME, ("804", "Change permissions"), ("", "")),
        ("04-27 08:00", "victor", ("global permission", "granted"), ("yuri", "Yuri Example"), ("", "Administer Jira")),
        ("04-28 07:30", "yuri", SCHEME, ("804", "Change permissions"), ("", "")),
        ("04-30 09:00", "victor", ("global permission", "revoked"), ("yuri", "Yuri Example"), ("Administer Jira", "")),
        ("05-04 09:00", "trent", ADDED, ("vera", "Vera Example"), ("", ADMINS)),
        ("05-05 10:00", "vera", SCHEME, ("804", "Change permissions"), ("", "")),
        ("05-06 09:00", "trent", ADDED, ("quinn", "Quinn Example"), ("", "finance-approvers")),
        ("05-06 11:00", "quinn", SCHEME, ("803", "Finance permissions"), ("", "")),
        ("05-07 09:00", "trent", ADDED, ("rosa", "Rosa Example"), ("", ADMINS)),
        ("05-07 10:00", "trent", SCHEME, ("803", "Finance permissions"), ("", "")),
        ("05-08 09:00", "trent", REMOVED, ("rosa", "Rosa Example"), (ADMINS, "")),
        ("05-08 09:05", "trent", REMOVED, ("vera", "Vera Example"), (ADMINS, "")),
    ]);
}

/// Question 7. Tess acts after her account is deactivated; sam does not. Her comment is told with the change requests.
fn deactivated(story: &mut Story<'_>) {
    story.tell_all(&[
        ("05-22 08:30", "tess", ("user", "logged in"), ("tess", "Tess Example"), ("", "")),
        ("05-25 09:00", "trent", ("user", "deactivated"), ("tess", "Tess Example"), ("", "")),
        ("05-26 02:10", "tess", ("user", "logged in"), ("tess", "Tess Example"), ("", "")),
        ("05-27 02:30", "tess", ("filter", "updated"), ("10151", "All changes"), ("", "")),
        ("06-02 13:00", "sam", ("user", "logged in"), ("sam", "Sam Example"), ("", "")),
        ("06-03 15:00", "trent", ("user", "deactivated"), ("sam", "Sam Example"), ("", "")),
    ]);
}

/// Question 8. Sam exports a space, a filter and a list of issues, how much stands in the new value, and is gone within
/// 30 days. Tess is gone after 35, yuri is still there.
fn exports(story: &mut Story<'_>) {
    story.tell_all(&[
        ("04-20 13:00", "tess", ("filter", "exported"), ("10151", "All changes"), ("", "40 issues")),
        ("05-12 13:30", "sam", ("space", "exported"), ("FINWIKI", "Finance handbook"), ("", "310 pages")),
        ("05-12 13:45", "sam", ("filter", "exported"), ("10152", "All finance issues"), ("", "1240 issues")),
        ("05-13 09:15", "yuri", ("space", "exported"), ("ARC", "Archive"), ("", "95 pages")),
        ("05-18 13:20", "sam", ("search", "exported"), ("", "project = FIN"), ("", "860 issues")),
    ]);
}

/// Question 17. A page is public for 44 hours and read by somebody without an account, a space open for twelve and a half
/// hours, and one page is public still.
fn public(story: &mut Story<'_>) {
    const ON: (&str, &str) = ("public link", "enabled");
    const OFF: (&str, &str) = ("public link", "disabled");
    const BUDGET: (&str, &str) = ("5301", "Budget 2026");
    story.tell_all(&[
        ("05-04 13:00", "uma", ON, BUDGET, ("", "")),
        ("05-06 09:00", "trent", OFF, BUDGET, ("", "")),
        ("05-18 08:00", "walt", ("anonymous access", "enabled"), ("FINWIKI", "Finance handbook"), ("", "")),
        ("05-18 20:30", "walt", ("anonymous access", "disabled"), ("FINWIKI", "Finance handbook"), ("", "")),
        ("06-08 10:00", "yuri", ON, ("5302", "Calendar of changes"), ("", "")),
    ]);
    let mut seen = story.event("05-05 22:40", "", ("page", "viewed"), BUDGET, ("", ""));
    seen.actor_kind = Some("anonymous".into());
    seen.space = Some("FINWIKI".into());
    seen.remote_address = Some("203.0.113.9".into());
    story.tell(seen);
}

/// Question 18. What walt does with his right is told with the change requests, as are the uses of the others.
fn rights(story: &mut Story<'_>) {
    const DELETE: (&str, &str) = ("710", "Delete all comments");
    const EDIT: (&str, &str) = ("711", "Edit all comments");
    story.tell_all(&[
        ("03-02 09:00", "trent", REVOKED, DELETE, ("service-team", "")),
        ("05-21 16:00", "walt", GRANTED, DELETE, ("", "service-team")),
        ("05-21 16:45", "walt", REVOKED, DELETE, ("service-team", "")),
        ("05-22 09:00", "yuri", GRANTED, EDIT, ("", "service-team")),
        ("05-22 11:00", "yuri", REVOKED, EDIT, ("service-team", "")),
        ("05-25 10:00", "trent", GRANTED, DELETE, ("", "service-team")),
        ("05-25 10:30", "trent", REVOKED, DELETE, ("service-team", "")),
        ("05-26 13:00", "uma", GRANTED, DELETE, ("", "service-team")),
        ("05-26 13:40", "uma", REVOKED, DELETE, ("service-team", "")),
    ]);
}
