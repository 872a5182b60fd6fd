//! Custom fields of Jira's own making, which have columns like the fields of the system.

use std::collections::BTreeMap;

use super::development;
use crate::data::rows::{CustomValue, IssueRow};

/// What a custom field is to jqlx.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Rank,
    Organizations,
    RequestType,
    RequestChannel,
    RequestLastActivity,
    ChangeGating,
    Development,
    Epic,
}

impl Role {
    /// By the type that the site's list of fields states, such as `com.pyxis.greenhopper.jira:gh-lexo-rank`.
    fn of_type(key: &str) -> Option<Self> {
        Some(match key.rsplit_once(':').map_or(key, |(_, name)| name) {
            "gh-lexo-rank" => Self::Rank,
            "sd-customer-organizations" => Self::Organizations,
            "vp-origin" => Self::RequestType,
            "sd-request-channel-type" | "request-channel-type" => Self::RequestChannel,
            "sd-request-last-activity-time" | "request-last-activity-time" => Self::RequestLastActivity,
            "change-gating-type" | "sd-change-gating-type" => Self::ChangeGating,
            "devsummarycf" | "devsummary" => Self::Development,
            "gh-epic-link" => Self::Epic,
            _ => return None,
        })
    }

    /// The columns that it fills.
    #[cfg(feature = "sync")]
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Rank => &["rank"],
            Self::Organizations => &["organizations"],
            Self::RequestType => &["request_type"],
            Self::RequestChannel => &["request_channel"],
            Self::RequestLastActivity => &["request_last_activity"],
            Self::ChangeGating => &["change_gating"],
            Self::Development => development::COLUMNS,
            Self::Epic => &["epic"],
        }
    }

    /// By the name that Jira gives it.
    fn of_name(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            "rank" => Self::Rank,
            "organizations" | "organisations" => Self::Organizations,
            "request type" | "customer request type" => Self::RequestType,
            "request channel type" | "request-channel-type" => Self::RequestChannel,
            "request last activity time" | "request-last-activity-time" => Self::RequestLastActivity,
            "change gating type" | "change-gating-type" => Self::ChangeGating,
            "development" => Self::Development,
            "epic link" => Self::Epic,
            _ => return None,
        })
    }

    /// Puts the value into the issue's column. False: it is not what such a field holds.
    fn fill(self, value: &CustomValue, issue: &mut IssueRow) -> bool {
        match (self, value) {
            (Self::Rank, CustomValue::Text(rank)) if rank.contains('|') => issue.rank = Some(rank.clone()),
            (Self::Organizations, CustomValue::TextList(names)) => issue.organizations.clone_from(names),
            (Self::Organizations, CustomValue::Text(name)) => issue.organizations = vec![name.clone()],
            (Self::RequestType, CustomValue::Text(name)) => issue.request_type = Some(name.clone()),
            (Self::RequestChannel, CustomValue::Text(name)) => issue.request_channel = Some(name.clone()),
            (Self::RequestLastActivity, CustomValue::Time(time)) => issue.request_last_activity = Some(*time),
            (Self::ChangeGating, CustomValue::Text(name)) => issue.change_gating = Some(name.clone()),
            (Self::Development, CustomValue::Text(summary)) => return development::read(summary, issue),
            (Self::Epic, CustomValue::Text(key)) => {
                issue.epic.get_or_insert_with(|| key.clone());
            }
            _ => return false,
        }
        true
    }
}

/// Which column of a site is what.
#[derive(Default)]
pub(crate) struct Known {
    roles: BTreeMap<String, Role>,
}

impl Known {
    /// Finds them among fields: column, name, and type where it is known. Of two that could be the
    /// same, one whose type says so is it, else the first.
    pub(super) fn of<'a>(fields: impl Iterator<Item = (String, &'a str, Option<&'a str>)>) -> Self {
        let mut found: BTreeMap<Role, (bool, String)> = BTreeMap::new();
        for (column, name, key) in fields {
            // What users make may have any name.
            let made = key.is_some_and(|k| k.starts_with("com.atlassian.jira.plugin.system.customfieldtypes:"));
            let typed = key.and_then(Role::of_type);
            let Some(role) = typed.or_else(|| Role::of_name(name).filter(|_| !made)) else {
                continue;
            };
            let candidate = (typed.is_none(), column);
            match found.get_mut(&role) {
                Some(best) if *best <= candidate => {}
                Some(best) => *best = candidate,
                None => drop(found.insert(role, candidate)),
            }
        }
        Self { roles: found.into_iter().map(|(role, (_, column))| (column, role)).collect() }
    }

    /// The custom fields that a column is made of.
    #[cfg(feature = "sync")]
    pub(crate) fn fields_of(&self, column: &str) -> impl Iterator<Item = &str> {
        self.roles.iter().filter(move |(_, role)| role.columns().contains(&column)).map(|(field, _)| field.as_str())
    }

    /// Whether a custom field fills columns of its own.
    #[cfg(feature = "sync")]
    pub(crate) fn has(&self, field: &str) -> bool {
        self.roles.contains_key(field)
    }

    /// Moves what an issue's custom columns hold of them into the columns that are theirs.
    pub(super) fn settle(&self, issue: &mut IssueRow) {
        let mut custom = std::mem::take(&mut issue.custom);
        custom.retain(|(column, value)| !self.roles.get(column).is_some_and(|role| role.fill(value, issue)));
        issue.custom = custom;
    }
}
