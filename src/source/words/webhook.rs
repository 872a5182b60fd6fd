//! Names of webhook events.

use super::{Happening, Table, find, split};
use crate::catalog::entities;

/// Names that do not say by themselves what they mean, without the prefix `jira:`.
pub(super) const EVENTS: Table = &[
    // What `issue_event_type_name` says beside `jira:issue_updated`.
    ("issue_generic", "issue", "updated"),
    ("issue_commented", "comment", "created"),
    ("issue_comment_edited", "comment", "updated"),
    ("issue_comment_deleted", "comment", "deleted"),
    ("issue_worklogged", "worklog", "created"),
    ("issue_work_logged", "worklog", "created"),
    ("issue_worklog_created", "worklog", "created"),
    ("issue_worklog_updated", "worklog", "updated"),
    ("issue_worklog_deleted", "worklog", "deleted"),
    ("issue_work_started", "issue", "started"),
    ("issue_work_stopped", "issue", "updated"),
    // Properties, projects, options.
    ("issue_property_set", "issue property", "updated"),
    ("project_soft_deleted", "project", "trashed"),
    ("project_restored_deleted", "project", "restored"),
    ("project_restored_archived", "project", "unarchived"),
    ("option_voting_changed", "feature", "updated"),
    ("option_watching_changed", "feature", "updated"),
    ("option_unassigned_issues_changed", "feature", "updated"),
    ("option_subtasks_changed", "feature", "updated"),
    ("option_attachments_changed", "feature", "updated"),
    ("option_issuelinks_changed", "feature", "updated"),
    ("option_timetracking_changed", "feature", "updated"),
    ("jira_expression_evaluation_failed", "app", "failed"),
    ("app_access_to_objects_blocked", "app", "disabled"),
    ("app_access_to_objects_in_container_blocked", "app", "disabled"),
    // Confluence.
    ("blog_removed", "blog post", "deleted"),
    ("page_removed", "page", "deleted"),
    ("page_children_reordered", "page", "moved"),
    ("page_liked", "reaction", "added"),
    ("page_unliked", "reaction", "removed"),
    ("blog_liked", "reaction", "added"),
    ("blog_unliked", "reaction", "removed"),
    ("space_permissions_updated", "space permission", "updated"),
    ("relation_created", "reaction", "added"),
    ("relation_deleted", "reaction", "removed"),
    ("search_performed", "search", "executed"),
];

/// What a webhook event is: `comment_created`, `jira:issue_deleted`, `avi:confluence:viewed:page`.
///
/// Values of `issue_event_type_name` are read too. None for a name that tells no entity of the catalogue.
pub fn of_webhook(name: &str) -> Option<Happening> {
    let name = name.trim().to_lowercase();
    // Forge names the participle first.
    if let Some(forge) = name.strip_prefix("avi:") {
        let (_, event) = forge.split_once(':')?;
        let (action, noun) = event.split_once(':')?;
        return of_webhook(&format!("{}_{action}", noun.replace([':', '-'], "_")));
    }
    let name = name.rsplit_once(':').map_or(name.as_str(), |(_, event)| event);
    if let Some(happening) = find(EVENTS, name) {
        return Some(happening);
    }
    let words: Vec<&str> = name.split('_').filter(|w| !w.is_empty()).collect();
    split::happening(&words).filter(|happening| entities::entity(&happening.entity).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_jira_and_confluence() {
        for (name, entity, action) in [
            ("jira:issue_created", "issue", "created"),
            ("jira:issue_deleted", "issue", "deleted"),
            ("comment_created", "comment", "created"),
            ("jira:version_released", "version", "released"),
            ("jira:version_merged", "version", "merged"),
            ("sprint_started", "sprint", "started"),
            ("board_configuration_changed", "board", "updated"),
            ("user_deleted", "user", "deleted"),
            ("option_voting_changed", "feature", "updated"),
            ("issuelink_created", "link", "created"),
            ("issuelink_deleted", "link", "deleted"),
            ("jira:worklog_updated", "worklog", "updated"),
            ("issuetype_updated", "issue type", "updated"),
            ("issue_assigned", "issue", "assigned"),
            ("issue_resolved", "issue", "closed"),
            ("issue_moved", "issue", "moved"),
            ("issue_property_deleted", "issue property", "deleted"),
            ("blog_trashed", "blog post", "trashed"),
            ("attachment_viewed", "attachment", "viewed"),
            ("label_added", "label", "added"),
            ("content_permissions_updated", "restriction", "updated"),
            ("user_reactivated", "user", "reactivated"),
            ("avi:confluence:viewed:page", "page", "viewed"),
            ("avi:jira:updated:issue", "issue", "updated"),
            ("avi:jira:deleted:issuelink", "link", "deleted"),
        ] {
            assert_eq!(of_webhook(name), Some(Happening::new(entity, action)), "{name}");
        }
        for name in ["", "jira:", "issue", "something_else_happened", "avi:", "avi:jira:issue", "flux_created"] {
            assert_eq!(of_webhook(name), None, "{name}");
        }
    }
}
