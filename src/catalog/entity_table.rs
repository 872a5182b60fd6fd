//! The table of nouns, and which verbs each can have.
//!
//! A verb stands with a noun where any source could tell it. That a source tells it today is not needed.

use super::entities::Entity;

type Verbs = &'static [&'static str];

const LIFE: Verbs = &["created", "updated", "deleted"];
const NAMED: Verbs = &["renamed", "copied"];
const JOINED: Verbs = &["added", "removed"];
const GIVEN: Verbs = &["granted", "revoked"];
const SWITCHED: Verbs = &["enabled", "disabled"];
const ASSIGNED: Verbs = &["assigned", "unassigned"];
const PUT_AWAY: Verbs = &["archived", "unarchived", "restored"];
const BINNED: Verbs = &["trashed", "restored", "purged"];
const SHOWN: Verbs = &["published", "unpublished", "shared", "unshared"];
const TAKEN: Verbs = &["viewed", "exported", "downloaded"];
const CARRIED: Verbs = &["imported", "exported"];
const MOVED: Verbs = &["moved"];
const MERGED: Verbs = &["merged"];
const RUN: Verbs = &["started", "completed", "closed", "reopened"];
const TRIED: Verbs = &["executed", "failed"];

macro_rules! entity {
    ($name:literal $(| $alias:literal)*, [$($flag:ident)*], [$($verbs:ident)*] $([$($verb:literal)*])?, $doc:literal) => {
        Entity {
            name: $name,
            aliases: &[$($alias),*],
            verbs: &[$($verbs,)* $(&[$($verb),*])?],
            doc: $doc,
            $($flag: true,)*
            ..NONE
        }
    };
}

const NONE: Entity = Entity { name: "", aliases: &[], of_issue: false, no_values: false, verbs: &[], doc: "" };

/// Every entity, issue-bound ones first.
#[rustfmt::skip]
#[allow(clippy::needless_update, reason = "most have not all flags")]
pub const ENTITIES: &[Entity] = &[
    entity!("issue" | "issues" | "work item" | "workitem", [of_issue], [LIFE NAMED ASSIGNED PUT_AWAY BINNED SHOWN TAKEN CARRIED MOVED MERGED RUN] ["linked" "unlinked"], "The issue itself; field changes are its updates."),
    entity!("comment" | "comments", [of_issue no_values], [LIFE BINNED MOVED] ["imported" "closed" "reopened"], "A comment on an issue or page."),
    entity!("worklog" | "worklogs" | "work log" | "work logs", [of_issue], [LIFE MOVED] ["logged" "imported"], "Logged work; its values are seconds."),
    entity!("attachment" | "attachments" | "file" | "files", [of_issue], [LIFE NAMED JOINED PUT_AWAY BINNED TAKEN MOVED] ["uploaded" "imported"], "A file on an issue or page."),
    entity!("link" | "links" | "issue link" | "issue links", [of_issue], [LIFE JOINED], "A link between two issues."),
    entity!("remote link" | "remote links" | "web link" | "web links", [of_issue], [LIFE JOINED], "A link from an issue to elsewhere."),
    entity!("watcher" | "watchers", [of_issue], [JOINED], "Somebody who watches an issue."),
    entity!("vote" | "votes", [of_issue], [JOINED], "A vote for an issue."),
    entity!("participant" | "participants" | "request participant", [of_issue], [JOINED], "Somebody who takes part in a request."),
    entity!("issue property" | "issue properties" | "property" | "properties", [of_issue], [LIFE], "A property that an app keeps at an issue."),
    entity!("approval" | "approvals", [of_issue], [LIFE GIVEN RUN ASSIGNED] ["expired" "failed"], "A decision on a request; what was decided is the new value of its completion."),
    entity!("sla" | "slas" | "service level agreement", [of_issue], [LIFE RUN] ["failed" "expired"], "A clock of a request; a breach is its failure."),
    // What projects have.
    entity!("project" | "projects", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN CARRIED MOVED], "A project."),
    entity!("project category" | "project categories", [], [LIFE NAMED JOINED ASSIGNED], "What projects are sorted by."),
    entity!("project role" | "project roles" | "role", [], [LIFE NAMED JOINED GIVEN ASSIGNED], "A role in a project and who has it."),
    entity!("version" | "versions" | "release" | "releases", [], [LIFE NAMED PUT_AWAY MOVED MERGED RUN] ["released" "unreleased"], "A version of a project."),
    entity!("component" | "components", [], [LIFE NAMED PUT_AWAY MOVED MERGED], "A component of a project."),
    entity!("sprint" | "sprints", [], [LIFE NAMED RUN MOVED], "A sprint of a board."),
    entity!("board" | "boards", [], [LIFE NAMED SHOWN TAKEN MOVED], "A board."),
    entity!("plan" | "plans", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN], "A plan over several projects."),
    // How Jira is set up.
    entity!("issue type" | "issue types" | "work type" | "work types", [], [LIFE NAMED JOINED], "A type of issues."),
    entity!("issue type scheme" | "issue type schemes" | "work type scheme", [], [LIFE NAMED JOINED ASSIGNED], "Which types a project has."),
    entity!("priority" | "priorities", [], [LIFE NAMED MOVED], "A priority, as the site defines it."),
    entity!("priority scheme" | "priority schemes", [], [LIFE NAMED JOINED ASSIGNED], "Which priorities a project has."),
    entity!("resolution" | "resolutions", [], [LIFE NAMED MOVED], "A resolution, as the site defines it."),
    entity!("status" | "statuses", [], [LIFE NAMED JOINED MOVED], "A status, as the site defines it."),
    entity!("workflow" | "workflows", [], [LIFE NAMED SHOWN CARRIED ASSIGNED] ["activated" "deactivated"], "A workflow."),
    entity!("workflow scheme" | "workflow schemes", [], [LIFE NAMED JOINED ASSIGNED SHOWN], "Which workflows a project uses."),
    entity!("permission" | "permissions", [], [LIFE JOINED GIVEN], "A right given to somebody."),
    entity!("global permission" | "global permissions", [], [LIFE JOINED GIVEN], "A right on the whole site, given to somebody."),
    entity!("permission scheme" | "permission schemes", [], [LIFE NAMED JOINED ASSIGNED], "A set of permissions."),
    entity!("notification" | "notifications", [], [LIFE JOINED SWITCHED], "Who is told of something."),
    entity!("notification scheme" | "notification schemes", [], [LIFE NAMED JOINED ASSIGNED], "A set of notifications."),
    entity!("security scheme" | "security schemes" | "issue security scheme" | "issue security schemes", [], [LIFE NAMED JOINED ASSIGNED], "A set of security levels."),
    entity!("security level" | "security levels" | "issue security level", [], [LIFE NAMED JOINED GIVEN], "Who sees an issue, as a scheme defines it."),
    entity!("custom field" | "custom fields", [], [LIFE NAMED JOINED BINNED SWITCHED], "A field that an administrator made."),
    entity!("field option" | "field options" | "custom field option", [], [LIFE NAMED JOINED SWITCHED MOVED], "A value that a field offers."),
    entity!("field context" | "field contexts" | "custom field context", [], [LIFE NAMED JOINED ASSIGNED], "Where a field has which options."),
    entity!("field configuration" | "field configurations", [], [LIFE NAMED], "Which fields are required, hidden or shown how."),
    entity!("field configuration scheme" | "field configuration schemes" | "field scheme", [], [LIFE NAMED JOINED ASSIGNED], "Which field configurations a project uses."),
    entity!("screen" | "screens", [], [LIFE NAMED JOINED], "A screen."),
    entity!("screen scheme" | "screen schemes", [], [LIFE NAMED JOINED ASSIGNED], "Which screens an operation shows."),
    entity!("issue type screen scheme" | "issue type screen schemes", [], [LIFE NAMED JOINED ASSIGNED], "Which screen schemes a project uses."),
    entity!("link type" | "link types" | "issue link type", [], [LIFE NAMED SWITCHED], "A type of links between issues."),
    entity!("feature" | "features", [], [LIFE SWITCHED] ["activated" "deactivated"], "A feature of the site."),
    entity!("setting" | "settings" | "general configuration", [], [LIFE SWITCHED CARRIED], "A setting of the site."),
    entity!("webhook" | "webhooks", [], [LIFE SWITCHED TRIED] ["expired"], "An address that is told of events."),
    entity!("application link" | "application links", [], [LIFE SWITCHED JOINED], "A link to another application."),
    entity!("filter" | "filters", [], [LIFE NAMED SHOWN TAKEN], "A saved filter."),
    entity!("subscription" | "subscriptions" | "filter subscription", [], [LIFE JOINED], "A filter that is mailed to somebody."),
    entity!("search" | "searches" | "jql search", [], [TRIED TAKEN], "A search, and what was taken out of it."),
    entity!("dashboard" | "dashboards", [], [LIFE NAMED SHOWN TAKEN BINNED], "A dashboard."),
    entity!("automation rule" | "automation rules" | "automation", [], [LIFE NAMED SWITCHED CARRIED TRIED MOVED], "A rule that acts by itself."),
    entity!("asset" | "assets", [], [LIFE NAMED CARRIED MOVED TAKEN PUT_AWAY], "An object of Assets."),
    entity!("object schema" | "object schemas" | "asset schema", [], [LIFE NAMED CARRIED], "What kinds of objects Assets has."),
    // Service management.
    entity!("service desk" | "service desks" | "portal" | "service project", [], [LIFE SWITCHED SHOWN TAKEN], "A service project's portal."),
    entity!("request type" | "request types", [], [LIFE NAMED SWITCHED MOVED], "What customers can ask for."),
    entity!("queue" | "queues", [], [LIFE NAMED MOVED TAKEN], "A queue of requests."),
    entity!("customer" | "customers", [], [LIFE JOINED] ["invited" "activated" "deactivated"], "Somebody who makes requests."),
    entity!("customer organization" | "organization" | "organizations" | "customer organisation" | "organisation", [], [LIFE NAMED JOINED], "A group of customers."),
    entity!("knowledge base" | "knowledge bases", [], [LIFE SWITCHED TAKEN] ["linked" "unlinked"], "A space whose pages answer requests."),
    // Confluence.
    entity!("page" | "pages" | "live doc" | "live docs", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN CARRIED MOVED MERGED], "A Confluence page."),
    entity!("blog post" | "blog posts" | "blogpost", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN CARRIED MOVED], "A Confluence blog post."),
    entity!("whiteboard" | "whiteboards", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN MOVED], "A Confluence whiteboard."),
    entity!("database" | "databases", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN CARRIED MOVED], "A Confluence database."),
    entity!("folder" | "folders", [], [LIFE NAMED PUT_AWAY BINNED MOVED TAKEN], "A folder of Confluence pages."),
    entity!("template" | "templates" | "page template" | "space template", [], [LIFE NAMED SWITCHED SHOWN TAKEN], "A template of pages."),
    entity!("label" | "page label" | "content label", [], [LIFE JOINED NAMED], "A label of Confluence; labels of issues are a field."),
    entity!("restriction" | "restrictions" | "page restriction" | "content restriction", [], [LIFE JOINED GIVEN SWITCHED], "Who may see or edit a page."),
    entity!("reaction" | "reactions" | "like" | "likes", [], [JOINED], "What somebody thinks of a page or comment."),
    entity!("space" | "spaces", [], [LIFE NAMED PUT_AWAY BINNED SHOWN TAKEN CARRIED MOVED], "A Confluence space."),
    entity!("space permission" | "space permissions", [], [LIFE JOINED GIVEN], "A right in a space."),
    entity!("public link" | "public links", [], [LIFE SWITCHED SHOWN GIVEN] ["viewed" "expired"], "A link that works without an account."),
    entity!("anonymous access", [], [LIFE SWITCHED GIVEN], "What people without an account can see."),
    // The organisation.
    entity!("user" | "users" | "account" | "managed account", [], [LIFE NAMED JOINED SWITCHED MERGED CARRIED] ["activated" "deactivated" "reactivated" "invited" "logged in" "logged out" "failed" "viewed"], "An account."),
    entity!("password" | "passwords", [], [LIFE] ["rotated" "expired" "failed"], "A user's password."),
    entity!("group" | "groups", [], [LIFE NAMED JOINED CARRIED], "A group of users."),
    entity!("group membership" | "group memberships" | "membership", [], [LIFE JOINED GIVEN], "A user's place in a group."),
    entity!("product access" | "app access" | "site access", [], [LIFE JOINED GIVEN], "Who may use a product."),
    entity!("admin role" | "admin roles" | "organization role" | "user role", [], [LIFE JOINED GIVEN ASSIGNED], "A role in the organisation or a product, and who has it."),
    entity!("app" | "apps" | "plugin" | "plugins", [], [LIFE SWITCHED JOINED TRIED] ["installed" "uninstalled" "expired"], "An installed app."),
    entity!("api token" | "api tokens" | "api key" | "api keys" | "token" | "personal access token", [], [LIFE GIVEN] ["rotated" "expired" "viewed"], "A token for the API."),
    entity!("session" | "sessions" | "login", [no_values], [LIFE RUN TRIED] ["revoked" "expired" "logged in" "logged out"], "A user's session."),
    entity!("authentication policy" | "authentication policies", [], [LIFE JOINED ASSIGNED SWITCHED], "How users have to sign in."),
    entity!("security policy" | "security policies" | "data security policy", [], [LIFE JOINED ASSIGNED SWITCHED], "What users may do with data."),
    entity!("identity provider" | "identity providers" | "user directory" | "directory", [], [LIFE JOINED SWITCHED TRIED] ["linked" "unlinked"], "Where accounts come from."),
    entity!("ip allowlist" | "ip allowlists" | "allowlist", [], [LIFE JOINED SWITCHED], "From which addresses the site may be used."),
    entity!("domain" | "domains", [], [LIFE JOINED] ["activated" "failed"], "A domain of the organisation; verified is activated."),
    entity!("site" | "sites", [], [LIFE NAMED PUT_AWAY MOVED JOINED], "A site of the organisation."),
    entity!("data export" | "data exports" | "export" | "backup" | "backups", [], [LIFE RUN TRIED TAKEN] ["expired"], "Data taken out of a product as a whole."),
    entity!("data import" | "data imports" | "import", [], [LIFE RUN TRIED], "Data brought into a product as a whole."),
    entity!("audit log" | "audit logs", [], [LIFE SWITCHED TAKEN TRIED], "The log of administration."),
    entity!("license" | "licenses" | "licence", [], [LIFE JOINED ASSIGNED] ["expired"], "A licence."),
    entity!("billing" | "billing account" | "invoice", [], [LIFE TAKEN TRIED], "What the organisation pays, and how."),
];
