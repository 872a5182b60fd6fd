//! The nouns of activity clauses.

/// One kind of thing that events happen to.
#[derive(Clone, Copy, Debug)]
pub struct Entity {
    /// The noun, as it stands in `events.entity`.
    pub name: &'static str,
    /// Other spellings, in queries and in data.
    pub aliases: &'static [&'static str],
    /// Whether its events belong to an issue, so that issues can be asked for by them.
    pub of_issue: bool,
    /// One sentence.
    pub doc: &'static str,
}

macro_rules! entity {
    ($name:literal $(| $alias:literal)*, $of_issue:literal, $doc:literal) => {
        Entity { name: $name, aliases: &[$($alias),*], of_issue: $of_issue, doc: $doc }
    };
}

/// Every entity, issue-bound ones first.
pub const ENTITIES: &[Entity] = &[
    entity!("issue" | "issues" | "work item" | "workitem", true, "The issue itself; field changes are its updates."),
    entity!("comment" | "comments", true, "A comment on an issue."),
    entity!("worklog" | "worklogs" | "work log", true, "Logged work."),
    entity!("attachment" | "attachments" | "file", true, "A file on an issue or page."),
    entity!("link" | "links" | "issue link", true, "A link between two issues."),
    entity!("remote link" | "remote links" | "web link", true, "A link from an issue to elsewhere."),
    entity!("watcher" | "watchers", true, "Somebody who watches an issue."),
    entity!("vote" | "votes", true, "A vote for an issue."),
    entity!("version" | "versions", false, "A version of a project."),
    entity!("component" | "components", false, "A component of a project."),
    entity!("sprint" | "sprints", false, "A sprint of a board."),
    entity!("board" | "boards", false, "A board."),
    entity!("project" | "projects", false, "A project."),
    entity!("project role" | "role", false, "A role in a project and who has it."),
    entity!("user" | "users", false, "An account."),
    entity!("group" | "groups", false, "A group of users."),
    entity!("group membership" | "membership", false, "A user's place in a group."),
    entity!("workflow" | "workflows", false, "A workflow."),
    entity!("workflow scheme" | "workflow schemes", false, "Which workflows a project uses."),
    entity!("permission" | "permissions", false, "A right given to somebody."),
    entity!("permission scheme" | "permission schemes", false, "A set of permissions."),
    entity!("custom field" | "custom fields", false, "A field that an administrator made."),
    entity!("screen" | "screens", false, "A screen."),
    entity!("filter" | "filters", false, "A saved filter."),
    entity!("dashboard" | "dashboards", false, "A dashboard."),
    entity!("automation rule" | "automation rules" | "automation", false, "A rule that acts by itself."),
    entity!("feature" | "features", false, "A feature of the site."),
    entity!("asset" | "assets", false, "An object of Assets."),
    entity!("app" | "apps", false, "An installed app."),
    entity!("api token" | "api tokens" | "token", false, "A token for the API."),
    entity!("session" | "login", false, "A user's session."),
    entity!("page" | "pages", false, "A Confluence page."),
    entity!("blog post" | "blog posts", false, "A Confluence blog post."),
    entity!("space" | "spaces", false, "A Confluence space."),
    entity!("space permission" | "space permissions", false, "A right in a space."),
];

impl Entity {
    /// Whether the noun, ignoring case, is one of the entity's.
    pub fn is_called(&self, noun: &str) -> bool {
        self.name.eq_ignore_ascii_case(noun) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(noun))
    }

    /// All spellings that data may have in `events.entity`.
    pub fn spellings(&self) -> Vec<String> {
        std::iter::once(&self.name).chain(self.aliases).map(|s| s.to_string()).collect()
    }
}

/// The entity of a noun, ignoring case.
pub fn entity(noun: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|e| e.is_called(noun))
}
