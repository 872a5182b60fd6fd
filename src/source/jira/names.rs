//! Names and types of fields, which answers give before, behind or beside the issues.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{Object, list, object, text};
use super::known::Known;
use crate::data::rows::{CustomValue, FieldRow, IssueRow};

/// Before the name of a custom field of which the record does not tell the id.
pub(in crate::source) const BY_NAME: &str = "name:";

/// The fields of a site.
#[derive(Default)]
pub(crate) struct Names {
    fields: BTreeMap<String, FieldRow>,
    /// What makes each field, by its id, such as `com.pyxis.greenhopper.jira:gh-lexo-rank`.
    makers: BTreeMap<String, String>,
    /// Id and name by name in lower case, as changes tell both.
    changed: BTreeMap<String, (String, String)>,
    /// Names by id, as changes tell them.
    of_changed: BTreeMap<String, String>,
    /// Fields that were known before, which this import need not tell of.
    known: BTreeMap<String, FieldRow>,
    /// Names that issues use where ids are usual.
    used: BTreeMap<String, String>,
}

impl Names {
    /// Names of fields that are known before.
    pub(super) fn beside(fields: &[FieldRow]) -> Self {
        Self { known: fields.iter().map(|field| (field.id.clone(), field.clone())).collect(), ..Self::default() }
    }

    /// Notes an element of the answer of `GET /field`.
    pub(super) fn field(&mut self, field: &Object) -> Option<()> {
        let (id, name) = (text(field, "id")?, text(field, "name")?);
        let row = self.fields.entry(id.to_owned()).or_default();
        row.id = id.to_owned();
        row.name = name.to_owned();
        row.field_type = object(field, "schema").and_then(field_type).or(row.field_type.take());
        if let Some(maker) = object(field, "schema").and_then(|s| text(s, "custom")) {
            self.makers.insert(id.to_owned(), maker.to_owned());
        }
        for alias in list(field, "clauseNames").iter().filter_map(Value::as_str) {
            if alias != name && !row.aliases.iter().any(|a| a == alias) {
                row.aliases.push(alias.to_owned());
            }
        }
        Some(())
    }

    /// Notes `names` and `schema` of an answer that was asked to expand them.
    pub(crate) fn expanded(&mut self, answer: &Object) {
        for (id, name) in object(answer, "names").into_iter().flatten() {
            if let Some(name) = name.as_str() {
                let row = self.fields.entry(id.clone()).or_default();
                row.id.clone_from(id);
                row.name = name.to_owned();
            }
        }
        for (id, schema) in object(answer, "schema").into_iter().flatten() {
            if let (Some(row), Some(schema)) = (self.fields.get_mut(id), schema.as_object()) {
                row.field_type = field_type(schema).or(row.field_type.take());
            }
            if let Some(maker) = schema.as_object().and_then(|s| text(s, "custom")) {
                self.makers.insert(id.clone(), maker.to_owned());
            }
        }
    }

    /// Notes the name that a change gives for a custom field.
    pub(super) fn changed(&mut self, id: &str, name: &str) {
        if id.starts_with("customfield_") {
            self.changed.insert(name.to_lowercase(), (id.to_owned(), name.to_owned()));
            self.of_changed.insert(id.to_owned(), name.to_owned());
        }
    }

    /// Notes that an issue holds a field under its name.
    pub(in crate::source) fn used(&mut self, name: &str) {
        self.used.entry(name.to_lowercase()).or_insert_with(|| name.to_owned());
    }

    /// The column of a custom field by its name.
    fn column(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        if let Some((id, _)) = self.changed.get(&lower) {
            return id.clone();
        }
        let named = |f: &&FieldRow| f.id.starts_with("customfield_") && f.name.to_lowercase() == lower;
        if let Some(field) = self.fields.values().find(|f| f.name == name && named(f)).or_else(|| self.fields.values().find(named))
        {
            return field.id.clone();
        }
        if let Some(field) = self.known.values().find(|f| f.name == name && named(f)).or_else(|| self.known.values().find(named)) {
            return field.id.clone();
        }
        let slug: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        format!("customfield_{slug}")
    }

    /// The name of a custom field by its id.
    fn name(&self, id: &str) -> Option<&str> {
        let field = self.fields.get(id).map(|f| &f.name);
        let known = || self.known.get(id).map(|f| &f.name);
        field.or_else(|| self.of_changed.get(id)).or_else(known).map(String::as_str)
    }

    /// The type of a field, by its id or by a name that is that of one field only.
    pub(super) fn type_of(&self, id: Option<&str>, name: &str) -> Option<&str> {
        let field = match id {
            Some(id) => self.fields.get(id).filter(|f| f.field_type.is_some()).or_else(|| self.known.get(id)),
            None => {
                let unknown = self.known.values().filter(|f| !self.fields.contains_key(&f.id));
                let mut named = self.fields.values().chain(unknown).filter(|f| f.name == name);
                named.next().filter(|_| named.next().is_none())
            }
        };
        field?.field_type.as_deref()
    }

    /// The custom fields that have columns of their own.
    pub(crate) fn known(&self) -> Known {
        let listed = self.fields.values().filter(|f| f.id.starts_with("customfield_"));
        let listed = listed.map(|f| (f.id.clone(), f.name.as_str(), self.makers.get(&f.id).map(String::as_str)));
        // A type may be known of a field without a name.
        let made = self.makers.iter().filter(|(id, _)| !self.fields.contains_key(*id));
        let made = made.map(|(id, maker)| (id.clone(), "", Some(maker.as_str())));
        let changed = self.of_changed.iter().filter(|(id, _)| !self.fields.contains_key(*id) && !self.makers.contains_key(*id));
        let changed = changed.map(|(id, name)| (id.clone(), name.as_str(), None));
        let used = self.used.values().map(|name| (self.column(name), name.as_str()));
        let used = used.map(|(column, name)| {
            let maker = self.makers.get(&column).map(String::as_str);
            (column, name, maker)
        });
        Known::of(listed.chain(made).chain(changed).chain(used))
    }

    /// Gives an issue's custom fields their ids, and fills the columns that only names tell apart.
    pub(crate) fn settle(&self, known: &Known, issue: &mut IssueRow) {
        let mut named: Vec<(String, String)> = Vec::new();
        for (column, _) in &mut issue.custom {
            if let Some(name) = column.strip_prefix(BY_NAME).map(str::to_owned) {
                *column = self.column(&name);
                named.push((column.clone(), name));
            }
        }
        issue.custom.sort_by(|a, b| a.0.cmp(&b.0));
        issue.custom.dedup_by(|a, b| a.0 == b.0);
        known.settle(issue);
        for (column, value) in &mut issue.custom {
            // A cascading select shows no list where only its parent is chosen.
            if let CustomValue::Text(parent) = value
                && self.fields.get(column).and_then(|f| f.field_type.as_deref()) == Some("option-with-child")
            {
                *value = CustomValue::TextList(vec![std::mem::take(parent)]);
            }
        }
        let mut estimate = None;
        for (column, value) in &issue.custom {
            let by_name = || named.iter().find(|(of, _)| of == column).map(|(_, name)| name.as_str());
            let Some(name) = self.name(column).or_else(by_name) else {
                continue;
            };
            match value {
                CustomValue::Number(n) if name.eq_ignore_ascii_case("story points") => {
                    issue.story_points = Some(*n);
                }
                CustomValue::Number(n) if name.eq_ignore_ascii_case("story point estimate") => estimate = Some(*n),
                CustomValue::Text(key) if name.eq_ignore_ascii_case("parent link") && issue.parent.is_none() => {
                    issue.parent = Some(key.clone());
                }
                _ => {}
            }
        }
        issue.story_points = issue.story_points.or(estimate);
    }

    /// The fields that have a name.
    pub(super) fn into_rows(mut self) -> Vec<FieldRow> {
        for (id, name) in &self.of_changed {
            let new = || FieldRow { id: id.clone(), name: name.clone(), ..FieldRow::default() };
            self.fields.entry(id.clone()).or_insert_with(new);
        }
        let used: Vec<String> = self.used.values().cloned().collect();
        for name in used {
            let id = self.column(&name);
            let new = || FieldRow { id: id.clone(), name, ..FieldRow::default() };
            self.fields.entry(id.clone()).or_insert_with(new);
        }
        self.fields.into_values().collect()
    }
}

/// The type of a field in the words of the table.
fn field_type(schema: &Object) -> Option<String> {
    let word = |word: &str| match word {
        "string" => "text".to_owned(),
        other => other.to_owned(),
    };
    match text(schema, "type")? {
        "array" => Some(match text(schema, "items") {
            Some(items) => format!("array of {}", word(items)),
            None => "array".to_owned(),
        }),
        other => Some(word(other)),
    }
}
