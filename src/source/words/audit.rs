//! Summaries and action keys of the audit logs of Jira and Confluence.

use std::borrow::Cow;

use super::{Happening, Table, find, split};

/// Summaries whose words mean something else than they say. Keys of Data Center are read as the words in them.
pub(super) const SUMMARIES: Table = &[
    ("user added to group", "group membership", "added"),
    ("user removed from group", "group membership", "removed"),
    ("group user added", "group membership", "added"),
    ("group user removed", "group membership", "removed"),
    ("group added to group", "group membership", "added"),
    ("group removed from group", "group membership", "removed"),
    ("user's password changed", "password", "updated"),
    ("user password changed", "password", "updated"),
    ("user password reset", "password", "updated"),
    ("user's details changed", "user", "updated"),
    ("user's email changed", "user", "updated"),
    ("user's username changed", "user", "renamed"),
    ("user login successful", "user", "logged in"),
    ("user login failed", "user", "failed"),
    ("login failed", "user", "failed"),
    ("global permission added", "global permission", "granted"),
    ("global permission removed", "global permission", "revoked"),
    ("global permission deleted", "global permission", "revoked"),
    ("global permission added to a group", "global permission", "granted"),
    ("global permission removed from a group", "global permission", "revoked"),
    ("permission added", "permission", "granted"),
    ("permission added to scheme", "permission", "granted"),
    ("permission removed from scheme", "permission", "revoked"),
    ("permission removed", "permission", "revoked"),
    ("permission scheme permission added", "permission", "granted"),
    ("permission scheme permission removed", "permission", "revoked"),
    ("space permission added", "space permission", "granted"),
    ("space permission removed", "space permission", "revoked"),
    ("permission scheme edited", "permission scheme", "updated"),
    ("anonymous access granted", "anonymous access", "enabled"),
    ("anonymous access revoked", "anonymous access", "disabled"),
    ("anonymous global access enabled", "anonymous access", "enabled"),
    ("anonymous global access disabled", "anonymous access", "disabled"),
    ("customer permissions changed", "service desk", "updated"),
    ("workflow draft published", "workflow", "published"),
    ("workflow scheme draft published", "workflow scheme", "published"),
    ("field added to screen", "screen", "updated"),
    ("field removed from screen", "screen", "updated"),
    ("tab added to screen", "screen", "updated"),
    ("tab updated in screen", "screen", "updated"),
    ("tab removed from screen", "screen", "updated"),
    ("screen tab added", "screen", "updated"),
    ("screen tab removed", "screen", "updated"),
    ("custom field context added", "field context", "created"),
    ("auditing on", "audit log", "enabled"),
    ("auditing off", "audit log", "disabled"),
    ("auditing enabled", "audit log", "enabled"),
    ("auditing disabled", "audit log", "disabled"),
    ("audit config updated", "audit log", "updated"),
    ("audit log search performed", "audit log", "viewed"),
    ("audit search", "audit log", "viewed"),
    ("jqlsearchperformed", "search", "executed"),
    ("jqlsearch performed", "search", "executed"),
    ("token created", "api token", "created"),
    ("token revoked", "api token", "revoked"),
    ("token deleted", "api token", "deleted"),
    ("space export", "space", "exported"),
    ("space import", "space", "imported"),
    ("space marked as deleted", "space", "trashed"),
    ("space trash emptied", "page", "purged"),
    ("trash emptied", "page", "purged"),
    ("space exported to xml", "space", "exported"),
    ("site backup created", "data export", "created"),
    ("site exported", "data export", "created"),
    ("site restored", "data import", "completed"),
];

/// What stands before the words in action keys of Data Center.
const PREFIXES: &[&str] = &[
    "jira.auditing.",
    "jira.audit.",
    "audit.logging.summary.",
    "atlassian.audit.event.action.",
    "personal.access.tokens.audit.log.summary.",
    "issuenav.",
];

/// What a record of an audit log is: by its summary (`Permission scheme updated`), or by its action key
/// (`jira.auditing.version.released`), which is the same in every language.
///
/// Where neither the table nor a participle tells, the entity is the type of the affected object and the action
/// `changed`.
pub fn of_audit(summary: &str, object_type: Option<&str>) -> Happening {
    let said = summary.trim().to_lowercase();
    let is_key = !said.contains(' ') && said.contains('.');
    let said = match PREFIXES.iter().find_map(|prefix| said.strip_prefix(prefix)) {
        Some(rest) => rest.replace('.', " "),
        None if is_key => said.replace('.', " "),
        None => said,
    };
    if let Some(happening) = find(SUMMARIES, &said) {
        return happening;
    }
    let words: Vec<&str> = said.split_whitespace().collect();
    split::happening(&words).unwrap_or_else(|| by_type(object_type, &words))
}

fn by_type(object_type: Option<&str>, words: &[&str]) -> Happening {
    let noun = match object_type.map(|kind| kind.trim().to_lowercase().replace('_', " ")).filter(|kind| !kind.is_empty()) {
        Some(kind) => kind,
        None => words.join(" "),
    };
    match split::named(&noun) {
        Some(entity) => Happening::new(entity.name, "changed"),
        None => Happening { entity: Cow::Owned(noun), action: Cow::Borrowed("changed") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_and_keys() {
        for (said, entity, action) in [
            ("Permission scheme updated", "permission scheme", "updated"),
            ("Permission scheme added to project", "permission scheme", "assigned"),
            ("jira.auditing.permission.scheme.added.to.project", "permission scheme", "assigned"),
            ("jira.auditing.version.released", "version", "released"),
            ("jira.auditing.project.roles.changed", "project role", "updated"),
            ("User added to group", "group membership", "added"),
            ("User created", "user", "created"),
            ("Project version released", "version", "released"),
            ("Issue Security scheme deleted", "security scheme", "deleted"),
            ("Field Configuration scheme updated", "field configuration scheme", "updated"),
            ("Workflow renamed", "workflow", "renamed"),
            ("Sprint closed", "sprint", "closed"),
            ("Space logo uploaded", "space", "updated"),
            ("audit.logging.summary.space.permission.added", "space permission", "granted"),
            ("Personal access token created", "api token", "created"),
            ("personal.access.tokens.audit.log.summary.token.created", "api token", "created"),
            ("atlassian.audit.event.action.audit.search", "audit log", "viewed"),
            ("issuenav.jqlsearch.performed", "search", "executed"),
            ("New license added", "license", "added"),
            ("jira.auditing.system.license.added", "license", "added"),
            ("jira.auditing.customfield.created", "custom field", "created"),
            ("jira.auditing.resolutions.created", "resolution", "created"),
            ("jira.auditing.field.layout.scheme.removed.from.project", "field configuration scheme", "unassigned"),
            ("jira.auditing.project.lead.updated", "project", "updated"),
            ("jira.auditing.project.archived", "project", "archived"),
            ("jira.auditing.global.permission.added", "global permission", "granted"),
            ("jira.auditing.user.anonymized", "user", "updated"),
            ("audit.logging.summary.group.membership.removed", "group membership", "removed"),
            ("audit.logging.summary.page.shared", "page", "shared"),
            ("audit.logging.summary.space.copied", "space", "copied"),
            ("atlassian.audit.event.action.audit.config.updated", "audit log", "updated"),
            ("Public link disabled", "public link", "disabled"),
            ("Content restriction added", "restriction", "added"),
            ("Automation rule enabled", "automation rule", "enabled"),
        ] {
            assert_eq!(of_audit(said, None), Happening::new(entity, action), "{said}");
        }
    }

    #[test]
    fn the_objects_type_stands_in() {
        assert_eq!(of_audit("Berechtigungsschema", Some("PROJECT_COMPONENT")), Happening::new("component", "changed"));
        let unknown = of_audit("Irgendwas", Some("SCHEME"));
        assert_eq!((&*unknown.entity, &*unknown.action), ("scheme", "changed"));
        assert_eq!(of_audit("", None).action, "changed");
    }
}
