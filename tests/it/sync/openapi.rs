//! Every request that a sync makes is one that the official description of the API allows.

use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::Place;
use super::http::{Reply, Request};
use super::model::{Jira, Kind};
use super::site::Site;

/// Requests of a whole sync, of a later one with deletions, and of one without bulk change logs.
fn requests() -> Vec<Request> {
    let mut jira = Jira::new(Kind::Cloud, 20);
    jira.link(10_001, 10_004);
    let site = Site::start(jira);
    let place = Place::new();
    place.sync(&site);
    {
        let mut jira = site.jira();
        let comment = jira.comments(10_003)[0];
        jira.delete_comment(10_003, comment);
        jira.delete_issue(10_007);
        let file: i64 = jira.issues[&10_005]["fields"]["attachment"][0]["id"].as_str().expect("an id").parse().expect("a number");
        jira.delete_attachment(10_005, file);
        jira.hidden = vec![10_009];
    }
    place.sync(&site);
    site.jira().hidden.clear();
    place.sync(&site);
    site.fault("changelog/bulkfetch", 0, 1000, |_| Reply::status(404, "no"));
    Place::new().sync(&site);
    site.http.taken()
}

#[test]
fn every_request_fits_the_official_description() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/openapi/jira-cloud-platform-v3.openapi.json.gz");
    let Ok(file) = std::fs::File::open(&file) else {
        println!("skipped: there is no {}", file.display());
        return;
    };
    let description: Value = serde_json::from_reader(GzDecoder::new(file)).expect("JSON");
    let (mut checked, mut operations) = (0, std::collections::BTreeSet::new());
    for request in requests() {
        // The description has the platform's API only.
        if !request.path.starts_with("/rest/api/3/") {
            assert!(
                request.path.starts_with("/rest/agile/1.0/board") || request.path.starts_with("/rest/servicedeskapi/organization")
            );
            continue;
        }
        let (path, operation) = operation(&description, &request);
        check(&description, operation, &request);
        operations.insert(format!("{} {path}", request.method));
        checked += 1;
    }
    assert!(checked > 100 && operations.len() > 25, "{checked} requests of {} operations: {operations:#?}", operations.len());
}

/// The operation that a request is, by its path.
fn operation<'d>(description: &'d Value, request: &Request) -> (&'d str, &'d Value) {
    let parts: Vec<&str> = request.path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    let paths = description["paths"].as_object().expect("paths");
    let mut found: Vec<&String> = paths.keys().filter(|template| fits(template)).collect();
    // Of several, the one that says more.
    found.sort_by_key(|template| template.matches('{').count());
    let path = found.first().unwrap_or_else(|| panic!("there is no {}", request.path));
    let operation = &paths[*path][request.method.to_lowercase()];
    assert!(operation.is_object(), "{} {path} is none", request.method);
    // Of priorities the description has nothing that is not deprecated; this one has come back in later ones.
    let is_kept = path.ends_with("/priority/search");
    assert!(is_kept || operation["deprecated"] != true, "{} {path} is deprecated", request.method);
    (path, operation)
}

fn check(description: &Value, operation: &Value, request: &Request) {
    let name = format!("{} {}", request.method, request.path);
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for (key, value) in &request.query {
        let known = parameters.iter().find(|parameter| parameter["in"] == "query" && parameter["name"] == key.as_str());
        let known = known.unwrap_or_else(|| panic!("{name} has no parameter {key}"));
        scalar(&known["schema"], value, &format!("{name}: {key}"));
    }
    for parameter in &parameters {
        let is_there = request.query.iter().any(|(key, _)| parameter["name"] == key.as_str());
        assert!(is_there || parameter["in"] != "query" || parameter["required"] != true, "{name} lacks {}", parameter["name"]);
    }
    match &operation["requestBody"] {
        Value::Null => assert!(request.body.is_null(), "{name} has no body"),
        body => fits(description, &body["content"]["application/json"]["schema"], &request.body, &name),
    }
}

/// A text of a query that is to be of some type.
fn scalar(schema: &Value, value: &str, name: &str) {
    let fits = match schema["type"].as_str() {
        Some("integer") => value.parse::<i64>().is_ok(),
        Some("boolean") => matches!(value, "true" | "false"),
        Some("array") => return scalar(&schema["items"], value, name),
        Some("string") => schema["enum"].as_array().is_none_or(|words| words.iter().any(|word| word == value)),
        other => panic!("{name}: the type {other:?} is not known here"),
    };
    assert!(fits, "{name}: {value} is no {}", schema["type"]);
    if let (Some(most), Ok(value)) = (schema["maximum"].as_f64(), value.parse::<f64>()) {
        assert!(value <= most, "{name}: {value} is more than {most}");
    }
}

/// Whether a value is what a schema says.
fn fits(description: &Value, schema: &Value, value: &Value, name: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        return fits(description, description.pointer(pointer).expect("a schema"), value, name);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let known = schema["properties"].as_object().expect("properties");
            for (key, value) in value.as_object().unwrap_or_else(|| panic!("{name}: {value} is no object")) {
                let property = known.get(key).unwrap_or_else(|| panic!("{name} has no property {key}"));
                fits(description, property, value, &format!("{name}: {key}"));
            }
            for needed in schema["required"].as_array().into_iter().flatten() {
                assert!(!value[needed.as_str().expect("a name")].is_null(), "{name} lacks {needed}");
            }
        }
        Some("array") => {
            let list = value.as_array().unwrap_or_else(|| panic!("{name}: {value} is no list"));
            assert!(schema["maxItems"].as_u64().is_none_or(|most| list.len() as u64 <= most), "{name} has {} elements", list.len());
            assert!(
                schema["minItems"].as_u64().is_none_or(|least| list.len() as u64 >= least),
                "{name} has {} elements",
                list.len()
            );
            list.iter().for_each(|value| fits(description, &schema["items"], value, name));
        }
        Some("string") => assert!(value.is_string(), "{name}: {value} is no text"),
        Some("integer") => {
            let number = value.as_i64().unwrap_or_else(|| panic!("{name}: {value} is no whole number"));
            assert!(schema["maximum"].as_i64().is_none_or(|most| number <= most), "{name}: {number} is too large");
            assert!(schema["minimum"].as_i64().is_none_or(|least| number >= least), "{name}: {number} is too small");
        }
        Some("boolean") => assert!(value.is_boolean(), "{name}: {value} is neither true nor false"),
        other => panic!("{name}: the type {other:?} is not known here"),
    }
}
