//! The rest of what is administered in the demo, so that every noun of the catalogue happens.

use super::{DAY, HOUR, NOW, World};

/// Product, days ago, actor, entity, action, id, name, from, to. Empty texts are none.
type Line = (&'static str, i64, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const LINES: &[Line] = &[
    ("jira", 557, "trent", "project category", "created", "10020", "Payments", "", ""),
    ("jira", 176, "trent", "plan", "created", "30", "Second half of 2026", "", ""),
    ("jira", 171, "carol", "plan", "shared", "30", "Second half of 2026", "", "product-managers"),
    ("jira", 555, "trent", "issue type", "created", "10004", "Incident", "", ""),
    ("jira", 554, "trent", "issue type scheme", "assigned", "10060", "Operations types", "", "OPS"),
    ("jira", 553, "trent", "priority", "renamed", "1", "Highest", "Blocker", "Highest"),
    ("jira", 552, "trent", "priority scheme", "assigned", "10070", "Default priorities", "", "PAY"),
    ("jira", 551, "trent", "resolution", "created", "10003", "Cannot Reproduce", "", ""),
    ("jira", 550, "trent", "status", "renamed", "10000", "To Do", "Open", "To Do"),
    ("jira", 232, "victor", "notification", "removed", "750", "Issue viewed", "watchers", ""),
    ("jira", 231, "victor", "notification scheme", "updated", "10080", "Default notifications", "", ""),
    ("jira", 230, "trent", "security scheme", "assigned", "10090", "Security issues", "", "SEC"),
    ("jira", 229, "trent", "security level", "created", "10091", "Internal", "", ""),
    ("jira", 228, "trent", "field option", "added", "10101", "Red", "", "Team"),
    ("jira", 227, "trent", "field context", "created", "10110", "Team, shop projects", "", ""),
    ("jira", 226, "trent", "field configuration scheme", "assigned", "10120", "Shop fields", "", "WEB"),
    ("jira", 225, "trent", "screen scheme", "updated", "10130", "Incident screens", "", ""),
    ("jira", 224, "trent", "issue type screen scheme", "assigned", "10140", "Operations screens", "", "OPS"),
    ("jira", 223, "trent", "link type", "created", "10150", "Duplicate", "", ""),
    ("jira", 222, "victor", "setting", "updated", "base-url", "Base URL", "http://jira.example.com", "https://jira.example.com"),
    ("jira", 147, "dave", "webhook", "created", "41", "Deploy bot", "", ""),
    ("jira", 146, "app-git", "webhook", "failed", "41", "Deploy bot", "", ""),
    ("jira", 143, "victor", "application link", "created", "wiki", "Wiki", "", ""),
    ("jira", 137, "alice", "subscription", "created", "10161", "My open bugs", "", "alice"),
    ("jira", 136, "frank", "object schema", "created", "CMDB", "Machines", "", ""),
    ("jira", 300, "bob", "service desk", "created", "2", "Operations", "", ""),
    ("jira", 299, "bob", "request type", "created", "81", "Report an outage", "", ""),
    ("jira", 298, "bob", "queue", "created", "91", "Outages of today", "", ""),
    ("jira", 297, "bob", "customer", "invited", "peggy", "Peggy Example", "", "OPS"),
    ("jira", 296, "bob", "customer organization", "created", "1", "Acme", "", ""),
    ("jira", 295, "bob", "knowledge base", "linked", "ENG", "Engineering", "", "OPS"),
    ("confluence", 134, "heidi", "whiteboard", "created", "5601", "Payment flows", "", ""),
    ("confluence", 133, "heidi", "database", "created", "5602", "Suppliers", "", ""),
    ("confluence", 132, "heidi", "folder", "created", "5603", "Decisions", "", ""),
    ("confluence", 131, "heidi", "template", "created", "5604", "Meeting notes", "", ""),
    ("confluence", 129, "ivan", "label", "added", "5002", "On-call handbook", "", "runbook"),
    ("confluence", 128, "ivan", "restriction", "added", "5002", "On-call handbook", "", "developers"),
    ("confluence", 127, "judy", "reaction", "added", "5100", "Welcome Leo", "", "applause"),
    ("admin", 63, "trent", "password", "updated", "peggy", "Peggy Example", "", ""),
    ("admin", 126, "trent", "product access", "granted", "leo", "Leo Example", "", "confluence"),
    ("admin", 125, "trent", "admin role", "granted", "victor", "Victor Example", "", "site administrator"),
    ("admin", 124, "trent", "authentication policy", "updated", "p-1", "Staff", "", ""),
    ("admin", 123, "trent", "security policy", "created", "p-2", "No exports for contractors", "", ""),
    ("admin", 122, "trent", "identity provider", "linked", "idp-1", "Staff directory", "", ""),
    ("admin", 121, "trent", "ip allowlist", "enabled", "a-1", "Offices", "", ""),
    ("admin", 119, "trent", "domain", "activated", "d-1", "example.com", "", ""),
    ("admin", 117, "trent", "site", "created", "s-1", "example", "", ""),
    ("admin", 116, "victor", "data export", "completed", "e-1", "Yearly backup", "", ""),
    ("admin", 112, "victor", "data import", "completed", "i-1", "Issues of the legacy shop", "", ""),
    ("admin", 111, "victor", "audit log", "exported", "l-1", "Audit log", "", ""),
    ("admin", 108, "victor", "license", "updated", "jira", "Jira", "25 users", "50 users"),
    ("admin", 107, "zoe", "billing", "updated", "b-1", "Billing contact", "zoe@example.com", "billing@example.com"),
];

pub(super) fn fill(world: &mut World) {
    for (number, line) in (1..).zip(LINES) {
        let (product, days, actor, entity, action, id, name, from, to) = *line;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut row = world.event(NOW - NOW.rem_euclid(DAY) - days * DAY + 10 * HOUR, actor, entity, action);
        row.event_id = format!("demo:y{number:04}");
        row.product = some(product);
        row.entity_id = some(id);
        row.entity_name = some(name);
        row.from_value = some(from);
        row.to_value = some(to);
        if product == "confluence" {
            row.space = some("ENG");
        }
        world.stories.push(row);
    }
}
