//! The Development field: counts of pull requests, commits, reviews and builds.
//!
//! Its text is what Java prints of a map, `{pullrequest={...}, json={"cachedValue": ...}}`. The JSON
//! within tells everything, the rest only the most striking kind; without the JSON that has to do.

use serde_json::Value;

use super::json::{Object, int, object, text};
use crate::data::rows::IssueRow;

/// The columns that it fills.
#[cfg(feature = "sync")]
pub(super) const COLUMNS: &[&str] =
    &["pull_requests", "pull_requests_open", "commits", "reviews", "reviews_open", "builds_failing"];

/// Fills the counts of an issue. False: the text is no such summary.
pub(super) fn read(summary: &str, issue: &mut IssueRow) -> bool {
    let Some(inner) = summary.trim().strip_prefix('{') else {
        return false;
    };
    let found = json(summary);
    let part = |name: &str| match &found {
        Some(found) => object(found, name).map(|part| Part::of(object(part, "overall").unwrap_or(part))),
        None => printed(inner, name),
    };
    // What the summary does not mention there is none of.
    let pulls = part("pullrequest").unwrap_or_default();
    let commits = part("commit").or_else(|| part("repository")).unwrap_or_default();
    let reviews = part("review").unwrap_or_default();
    let builds = part("build").unwrap_or_default();
    issue.pull_requests = Some(pulls.count);
    issue.pull_requests_open = Some(pulls.open);
    issue.commits = Some(commits.count);
    issue.reviews = Some(reviews.count);
    issue.reviews_open = Some(reviews.open);
    issue.builds_failing = Some(builds.failing);
    true
}

/// What a summary says of one kind.
#[derive(Default)]
struct Part {
    count: i64,
    open: i64,
    failing: i64,
}

impl Part {
    fn of(overall: &Object) -> Self {
        let number = |name: &str| overall.get(name).and_then(int);
        let of_state = number("stateCount").or(number("count")).unwrap_or(0);
        Self {
            count: number("count").unwrap_or(of_state),
            open: if is_open(text(overall, "state")) { of_state } else { 0 },
            failing: number("failedBuildCount").unwrap_or(0),
        }
    }
}

/// The state of a summary is that of the least finished ones.
fn is_open(state: Option<&str>) -> bool {
    state.is_some_and(|s| ["open", "review", "draft", "approval", "in_review"].contains(&s.to_lowercase().as_str()))
}

/// The parts by name, out of `json={...}` or out of a text that is JSON as a whole.
fn json(summary: &str) -> Option<Object> {
    let text = summary.split_once("json=").map_or(summary, |(_, json)| json);
    let Some(Ok(Value::Object(whole))) = serde_json::Deserializer::from_str(text).into_iter::<Value>().next() else {
        return None;
    };
    let whole = object(&whole, "cachedValue").unwrap_or(&whole);
    Some(object(whole, "summary").unwrap_or(whole).clone())
}

/// `name={count=1, state=OPEN}` in what Java prints.
fn printed(inner: &str, name: &str) -> Option<Part> {
    let (_, part) = inner.split_once(&format!("{name}={{"))?;
    let (part, _) = part.split_once('}')?;
    let pairs = part.split(", ").filter_map(|pair| pair.split_once('='));
    let overall: Object = pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    Some(Part::of(&overall))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(summary: &str) -> Option<[i64; 6]> {
        let mut issue = IssueRow::default();
        read(summary, &mut issue).then(|| {
            let IssueRow { pull_requests, pull_requests_open, commits, reviews, reviews_open, builds_failing, .. } = issue;
            [pull_requests, pull_requests_open, commits, reviews, reviews_open, builds_failing].map(|n| n.unwrap_or(-1))
        })
    }

    #[test]
    fn reads_the_json_or_what_is_around_it() {
        let whole = r#"{pullrequest={dataType=pullrequest, state=OPEN, stateCount=1}, json={"cachedValue":{"errors":[],"summary":{"pullrequest":{"overall":{"count":2,"stateCount":1,"state":"OPEN"}},"repository":{"overall":{"count":7}},"review":{"overall":{"count":3,"stateCount":2,"state":"REVIEW"}},"build":{"overall":{"count":4,"failedBuildCount":1}}}},"isStale":true}}"#;
        assert_eq!(counts(whole), Some([2, 1, 7, 3, 2, 1]));
        assert_eq!(counts("{pullrequest={dataType=pullrequest, state=MERGED, stateCount=2}}"), Some([2, 0, 0, 0, 0, 0]));
        assert_eq!(counts("{repository={count=3, dataType=repository}, json={\"cut"), Some([0, 0, 3, 0, 0, 0]));
        assert_eq!(counts("{}"), Some([0; 6]));
        assert_eq!(counts("{?=}{"), Some([0; 6]));
        assert_eq!(counts("see the wiki"), None);
    }
}
