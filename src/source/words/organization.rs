//! Actions of the organisation's audit log.

use std::borrow::Cow;

use super::{Happening, Table, find, split};

/// Actions whose words stand in another order, or mean something else.
pub(super) const ACTIONS: Table = &[
    ("user_granted_role", "admin role", "granted"),
    ("user_revoked_role", "admin role", "revoked"),
    ("user_role_granted", "admin role", "granted"),
    ("user_role_revoked", "admin role", "revoked"),
    ("user_made_org_admin", "admin role", "granted"),
    ("user_promoted_to_org_admin", "admin role", "granted"),
    ("user_demoted_from_org_admin", "admin role", "revoked"),
    ("added_org_admin", "admin role", "granted"),
    ("removed_org_admin", "admin role", "revoked"),
    ("group_granted_admin_access", "admin role", "granted"),
    ("group_revoked_admin_access", "admin role", "revoked"),
    ("twosv_enabled_for_user", "user", "updated"),
    ("twosv_disabled_for_user", "user", "updated"),
    ("changed_email_address", "user", "updated"),
    ("requested_password_recovery_link", "password", "updated"),
    ("added_user_to_group", "group membership", "added"),
    ("removed_user_from_group", "group membership", "removed"),
    ("user_granted_product_access", "product access", "granted"),
    ("user_revoked_product_access", "product access", "revoked"),
    ("user_product_access_granted", "product access", "granted"),
    ("user_product_access_revoked", "product access", "revoked"),
    ("group_granted_product_access", "product access", "granted"),
    ("group_revoked_product_access", "product access", "revoked"),
    ("group_granted_role", "admin role", "granted"),
    ("group_revoked_role", "admin role", "revoked"),
    ("user_added_to_group", "group membership", "added"),
    ("user_removed_from_group", "group membership", "removed"),
    ("group_member_added", "group membership", "added"),
    ("group_member_removed", "group membership", "removed"),
    ("group_membership_added", "group membership", "added"),
    ("group_membership_removed", "group membership", "removed"),
    ("user_added_to_org", "user", "added"),
    ("user_removed_from_org", "user", "removed"),
    ("user_added_to_site", "product access", "added"),
    ("user_removed_from_site", "product access", "removed"),
    ("user_login", "user", "logged in"),
    ("user_logout", "user", "logged out"),
    ("login", "user", "logged in"),
    ("logout", "user", "logged out"),
    ("login_failed", "user", "failed"),
    ("user_login_failed", "user", "failed"),
    ("user_failed_login", "user", "failed"),
    ("user_password_changed", "password", "updated"),
    ("user_password_reset", "password", "updated"),
    ("user_api_token_created", "api token", "created"),
    ("user_api_token_revoked", "api token", "revoked"),
    ("user_suspended", "user", "deactivated"),
    ("user_unsuspended", "user", "reactivated"),
    ("user_access_suspended", "user", "deactivated"),
    ("user_access_restored", "user", "reactivated"),
    ("audit_log_exported", "audit log", "exported"),
    ("audit_log_searched", "audit log", "viewed"),
    ("page_public_link_enabled", "public link", "enabled"),
    ("page_public_link_disabled", "public link", "disabled"),
    ("space_anonymous_access_enabled", "anonymous access", "enabled"),
    ("space_anonymous_access_disabled", "anonymous access", "disabled"),
    ("anonymous_access_granted", "anonymous access", "enabled"),
    ("anonymous_access_revoked", "anonymous access", "disabled"),
];

/// What an action of the organisation's audit log is: `user_granted_role`, `jira_issue_viewed`.
///
/// The list of actions is open. One without a participle becomes `changed`.
pub fn of_organization(action: &str) -> Happening {
    let action = action.trim().to_lowercase().replace(['.', '-', ' '], "_");
    // The product stands in a column of its own.
    let product = ["jira_", "confluence_", "bitbucket_", "loom_"].into_iter().find_map(|product| action.strip_prefix(product));
    if let Some(happening) = find(ACTIONS, product.unwrap_or(&action)) {
        return happening;
    }
    let words: Vec<&str> = product.unwrap_or(&action).split('_').filter(|w| !w.is_empty()).collect();
    split::happening(&words).unwrap_or_else(|| match split::named(&words.join(" ")) {
        Some(entity) => Happening::new(entity.name, "changed"),
        None => Happening { entity: Cow::Owned(words.join(" ")), action: Cow::Borrowed("changed") },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_of_the_organisation() {
        for (name, entity, action) in [
            ("user_granted_role", "admin role", "granted"),
            ("group_member_added", "group membership", "added"),
            ("user_added_to_group", "group membership", "added"),
            ("user_deactivated", "user", "deactivated"),
            ("api_token_created", "api token", "created"),
            ("domain_verified", "domain", "activated"),
            ("ip_allowlist_updated", "ip allowlist", "updated"),
            ("jira_issue_viewed", "issue", "viewed"),
            ("confluence_space_exported", "space", "exported"),
            ("authentication_policy_created", "authentication policy", "created"),
            ("app_installed", "app", "installed"),
            ("billing", "billing", "changed"),
            ("added_org_admin", "admin role", "granted"),
            ("Deactivated account", "user", "deactivated"),
            ("Added user to group", "group membership", "added"),
        ] {
            assert_eq!(of_organization(name), Happening::new(entity, action), "{name}");
        }
        let unknown = of_organization("flux_capacitor");
        assert_eq!((&*unknown.entity, &*unknown.action), ("flux capacitor", "changed"));
        assert_eq!(of_organization("").action, "changed");
    }
}
