//! The order of priorities and versions, which Jira has and issues do not show.

use std::collections::BTreeMap;

use crate::data::rows::{PriorityRow, VersionRow};

/// How grave the names are that Jira ships, or has shipped, priorities under.
fn gravity(name: &str) -> Option<u8> {
    const NAMES: &[&str] = &[
        "blocker", "highest", "critical", "urgent", "high", "major", "medium", "normal", "minor", "low", "lowest", "trivial",
        "none",
    ];
    let name = name.to_lowercase();
    NAMES.iter().position(|n| *n == name).and_then(|i| u8::try_from(i).ok())
}

pub(super) fn rank_priorities(priorities: &mut Vec<PriorityRow>) {
    let listed = priorities.iter().all(|p| p.rank.is_some());
    if !listed {
        if priorities.iter().all(|p| gravity(&p.name).is_some()) {
            priorities.sort_by_key(|p| gravity(&p.name));
        } else {
            let number = |p: &PriorityRow| p.id.as_deref().and_then(|id| id.parse::<u64>().ok());
            priorities.sort_by_key(|p| number(p).unwrap_or(u64::MAX));
        }
    }
    // Two ids of one name are one priority to a query, and one rank.
    let mut next = 0;
    let mut ranks: BTreeMap<String, i64> = BTreeMap::new();
    for priority in priorities {
        let rank = *ranks.entry(priority.name.clone()).or_insert_with(|| {
            next += 1;
            next - 1
        });
        priority.rank = Some(rank);
    }
}

/// By release day, those without one last, then by id.
pub(super) fn rank_versions(versions: &mut [VersionRow]) {
    let number = |v: &VersionRow| v.id.as_deref().and_then(|id| id.parse::<u64>().ok()).unwrap_or(u64::MAX);
    versions.sort_by(|a, b| {
        let key = |v: &VersionRow| (v.project.clone(), v.release_date.unwrap_or(i32::MAX), number(v));
        key(a).cmp(&key(b))
    });
    let mut rank = 0;
    for at in 0..versions.len() {
        let same = at > 0 && versions[at].project == versions[at - 1].project;
        rank = if same { rank + 1 } else { 0 };
        versions[at].rank = Some(rank);
    }
}
