//! What is asked of a site ends where it may.

use super::{live, rows, searches};
use crate::sync::Place;
use crate::sync::model::{Jira, Kind};
use crate::sync::site::Site;

#[test]
fn a_limit_ends_the_paging() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = Site::start(Jira::new(kind, 60));
        let place = Place::new();
        for query in
            ["project = PAY LIMIT 3", "summary ~ Issue ORDER BY created DESC LIMIT 3", "project = PAY ORDER BY updated ASC LIMIT 3"]
        {
            site.http.taken();
            assert_eq!(rows(&place, &site, &[query]).len(), 3, "{query}");
            let asked = searches(&site).len();
            assert!((1..=2).contains(&asked), "{kind:?} {query}: {asked} pages");
        }
        site.http.taken();
        assert_eq!(rows(&place, &site, &["project = PAY"]).len(), 40);
        assert_eq!(searches(&site).len(), 6, "pages of seven");
    }
}

#[test]
fn a_whole_site_is_fetched_only_if_somebody_says_so() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    let place = Place::new();
    for query in ["summary ~ Issue", "created IS NOT EMPTY ORDER BY priority LIMIT 2", "Weight > 3"] {
        site.http.taken();
        let refused = live(&place, &site, "query", &[query]);
        assert_eq!(refused.code, Some(1), "{query}: {}", refused.out);
        assert!(
            refused.err.contains("jqlx::live::whole_site") && refused.err.contains("--yes") && refused.err.contains("LIMIT"),
            "{}",
            refused.err
        );
        assert!(searches(&site).is_empty());
    }
    assert_eq!(rows(&place, &site, &["--yes", "summary ~ Issue"]).len(), 12);
    assert!(searches(&site).iter().all(|request| super::jql(request).starts_with("project IS NOT EMPTY ORDER BY ")));
    assert_eq!(rows(&place, &site, &["summary ~ Issue LIMIT 2"]).len(), 2);
}
