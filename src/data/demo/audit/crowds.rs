//! Much in a short time: deletions, and looking at everything.

use super::super::issues::place;
use super::super::{MINUTE, SECOND, World};
use super::{Story, instant};

pub(super) fn fill(world: &mut World) {
    pages(&mut Story::new(world, 1));
    crawling(&mut Story::new(world, 12));
}

/// Question 1. Yuri deletes twenty pages within nine and a half minutes. Vera needs more than twelve minutes for as many,
/// and walt stops after nineteen.
fn pages(story: &mut Story<'_>) {
    let mut page = 5400;
    for (who, start, count, gap) in [
        ("yuri", "05-11 14:00", 20, 30 * SECOND),
        ("vera", "05-12 05:00", 20, 40 * SECOND),
        ("walt", "05-13 10:00", 19, 20 * SECOND),
    ] {
        for n in 0..count {
            page += 1;
            let name = format!("Minutes {}", page - 5400);
            let mut event = story.event(start, who, ("page", "deleted"), (&page.to_string(), &name), ("", ""));
            event.time += n * gap;
            event.space = Some("ARC".into());
            story.tell(event);
        }
    }
}

/// Question 12. Vera looks at forty issues of four projects within forty minutes. Rosa looks at fifteen of one project in
/// as long, and walt at twenty of four projects over five hours.
fn crawling(story: &mut Story<'_>) {
    let all = ["PAY", "OPS", "WEB", "SEC"];
    let start = instant("06-01 05:00");
    for (who, start, count, gap, projects) in [
        ("vera", start, 40, MINUTE, &all[..]),
        ("rosa", instant("06-02 13:00"), 15, 2 * MINUTE, &all[..1]),
        ("walt", instant("06-03 09:00"), 20, 15 * MINUTE, &all[..]),
    ] {
        for n in 0..count {
            let project = projects[n % projects.len()];
            let alive = |row: &crate::data::rows::IssueRow| {
                row.project.as_deref() == Some(project) && row.deleted_at.is_none() && row.created < Some(start)
            };
            let mut known = story.world.issues.iter().map(|live| &live.row).filter(|row| alive(row));
            let Some(row) = known.nth(n / projects.len()) else { continue };
            let (key, summary) = (row.key.clone(), row.summary.clone().unwrap_or_default());
            let mut event = story.event("06-01 05:00", who, ("issue", "viewed"), (&key, &summary), ("", ""));
            event.time = start + n as i64 * gap;
            place(&mut event, row);
            story.tell(event);
        }
    }
}
