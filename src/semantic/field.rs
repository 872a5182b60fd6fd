//! What a name on the left side of an operator stands for.

use super::binder::{Binder, did_you_mean};
use super::bound::{BoundField, HistoryField, Scope, Shape};
use crate::catalog::attributes::{self, Attribute};
use crate::catalog::columns::column_function;
use crate::catalog::fields::{self, Field, Kind, Operators, Source, ops};
use crate::catalog::{CustomField, nearest};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::FieldRef;

/// A resolved name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// What messages call it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) operators: Operators,
    pub(crate) place: Place,
    pub(crate) orderable: bool,
    /// History in events; several where custom fields share the name.
    pub(crate) history: Vec<HistoryField>,
}

/// Where the present values are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Columns; several where custom fields share a name.
    Columns(Vec<BoundField>),
    /// Elsewhere, as the table of fields says.
    Of(Source),
    /// Links that say this, or any.
    Links(Option<String>),
    /// A value within an entity property.
    Property { key: String, path: String },
    /// Nowhere; the text says what is needed.
    Missing(String),
}

impl Named {
    /// The single column behind the name.
    pub(crate) fn column(&self) -> Option<&BoundField> {
        match &self.place {
            Place::Columns(columns) => columns.first(),
            _ => None,
        }
    }
}

/// A column of the issues table.
pub(crate) fn issue_column(name: &str, column: &str, shape: Shape) -> BoundField {
    BoundField { name: name.to_string(), scope: Scope::Issue, column: column.to_string(), shape }
}

/// A column of the events table.
pub(crate) fn event_column(name: &str, column: &str, shape: Shape) -> BoundField {
    BoundField { name: name.to_string(), scope: Scope::Event, column: column.to_string(), shape }
}

impl Binder<'_> {
    /// Resolves a field, or reports why not.
    pub(crate) fn field(&self, reference: &FieldRef) -> Option<Named> {
        if !reference.properties.is_empty() {
            return self.property_field(reference);
        }
        self.find_field(&reference.name.text).or_else(|| self.unknown_field(&reference.name.text, reference.span))
    }

    /// Resolves a name without reporting.
    pub(crate) fn find_field(&self, name: &str) -> Option<Named> {
        if self.in_activity() {
            if let Some(attribute) = attributes::attribute(name) {
                return Some(self.attribute(attribute));
            }
            if let Some(rest) = strip_issue(name)
                && let Some(named) = self.find_issue_field(rest)
            {
                return Some(named);
            }
        }
        self.find_issue_field(name)
    }

    fn find_issue_field(&self, name: &str) -> Option<Named> {
        if let Some(field) = fields::field(name) {
            return Some(self.system(field));
        }
        if let Some(phrase) = self.catalog.link_phrase(name) {
            return Some(self.links(phrase));
        }
        let custom = self.catalog.find_custom_fields(name);
        (!custom.is_empty()).then(|| self.custom(&custom))
    }

    /// `issueLink["is blocked by"]`, `development[commits].all`, `issue.property[key].path`
    fn property_field(&self, reference: &FieldRef) -> Option<Named> {
        let name = &reference.name.text;
        let [property] = reference.properties.as_slice() else {
            return self.unknown_property(reference);
        };
        let path: String = property.path.iter().map(|p| p.text.as_str()).collect();
        if ["issue.property", "workItem.property"].iter().any(|n| n.eq_ignore_ascii_case(name)) {
            let place = if !self.catalog.properties {
                Place::Missing("a table of entity properties".into())
            } else {
                Place::Property { key: property.key.text.clone(), path: path.trim_start_matches('.').to_string() }
            };
            let name = format!("{name}[{}]{path}", property.key.text);
            return Some(Named { name, kind: Kind::Name, operators: ops("ECT!I"), place, orderable: false, history: Vec::new() });
        }
        let is_link = fields::field(name).is_some_and(|f| f.source == Source::Links);
        if is_link && path.is_empty() {
            return match self.catalog.link_phrases().find(|p| p.eq_ignore_ascii_case(&property.key.text)) {
                Some(phrase) => Some(self.links(phrase)),
                None => self.unknown_link(&property.key.text, property.key.span),
            };
        }
        match fields::field(&format!("{name}[{}]{path}", property.key.text)) {
            Some(field) => Some(self.system(field)),
            None => self.unknown_property(reference),
        }
    }

    fn unknown_property<T>(&self, reference: &FieldRef) -> Option<T> {
        self.refuse(
            codes::UNKNOWN_FIELD,
            reference.span,
            format!("`{}` has no such property", reference.name.text),
            "an entity property is issue.property[key].path; a field name with brackets goes in quotes: \"Team[Dropdown]\""
                .to_string(),
        )
    }

    /// Reports what no link says.
    pub(crate) fn unknown_link<T>(&self, text: &str, span: Span) -> Option<T> {
        let near = nearest(text, self.catalog.link_phrases());
        self.refuse(codes::UNKNOWN_VALUE, span, format!("no link says `{text}`"), did_you_mean(&near))
    }

    fn links(&self, phrase: &str) -> Named {
        Named {
            name: format!("issueLink[\"{phrase}\"]"),
            kind: Kind::Issue,
            operators: ops("E"),
            place: Place::Links(Some(phrase.to_string())),
            orderable: false,
            history: Vec::new(),
        }
    }

    fn attribute(&self, attribute: &Attribute) -> Named {
        let place = if attribute.of_thing {
            let scope = Scope::Thing;
            let (name, column) = (attribute.name.to_string(), attribute.column.to_string());
            Place::Columns(vec![BoundField { name, scope, column, shape: attribute.shape }])
        } else if self.catalog.event_columns.contains(attribute.column) {
            Place::Columns(vec![event_column(attribute.name, attribute.column, attribute.shape)])
        } else {
            Place::Missing(format!("the column `{}` of the events table", attribute.column))
        };
        Named {
            name: attribute.name.to_string(),
            kind: attribute.kind,
            operators: attribute.operators,
            place,
            orderable: true,
            // `project CHANGED` in ACTIVITY speaks of the issue field.
            history: fields::field(attribute.name).map(|f| self.history(f)).unwrap_or_default(),
        }
    }

    fn system(&self, field: &Field) -> Named {
        let place = match field.source {
            _ if self.lacks_past(field).is_some() => Place::Missing(self.lacks_past(field).unwrap_or_default()),
            Source::Issue(column, shape) if self.catalog.issue_columns.contains(column) => {
                Place::Columns(vec![issue_column(field.name, column, shape)])
            }
            Source::Issue(column, _) => Place::Missing(format!("the column `{column}` of the issues table")),
            Source::WorkRatio => {
                match ["time_spent", "original_estimate"].iter().find(|c| !self.catalog.issue_columns.contains(**c)) {
                    Some(column) => Place::Missing(format!("the column `{column}` of the issues table")),
                    None => Place::Columns(vec![issue_column(field.name, "time_spent", Shape::WorkRatio)]),
                }
            }
            Source::Missing(what) => Place::Missing(what.to_string()),
            Source::Links => Place::Links(None),
            other => Place::Of(other),
        };
        Named {
            name: field.name.to_string(),
            kind: field.kind,
            operators: field.operators,
            place,
            orderable: field.orderable,
            history: self.history(field),
        }
    }

    pub(super) fn history(&self, field: &Field) -> Vec<HistoryField> {
        if field.history.is_empty() {
            return Vec::new();
        }
        let present = match field.source {
            Source::Issue(column, shape) if self.catalog.issue_columns.contains(column) => {
                Some(issue_column(field.name, column, shape))
            }
            _ => None,
        };
        vec![HistoryField {
            name: field.name.to_string(),
            event_fields: field.history.iter().map(|h| h.to_string()).collect(),
            event_field_id: None,
            multi: matches!(field.source, Source::Issue(_, Shape::TextList)),
            present,
        }]
    }

    /// The fields with several values whose changes are recorded.
    pub(super) fn lists(&self) -> Vec<HistoryField> {
        let system = fields::FIELDS.iter().flat_map(|field| self.history(field));
        let custom = self.catalog.custom_fields.iter().flat_map(|field| self.custom(&[field]).history);
        system.chain(custom).filter(|field| field.multi).collect()
    }

    fn custom(&self, custom: &[&CustomField]) -> Named {
        let kind = custom[0].kind;
        let name = custom[0].name.clone();
        let columns: Vec<BoundField> = custom.iter().filter_map(|c| Some(issue_column(&c.name, &c.id, c.shape?))).collect();
        let place = if columns.is_empty() {
            Place::Missing(format!("a column for the custom field {name} in the issues table"))
        } else {
            Place::Columns(columns)
        };
        let history = custom
            .iter()
            .map(|c| HistoryField {
                name: c.name.clone(),
                event_fields: vec![c.name.clone()],
                event_field_id: self.catalog.event_columns.contains("field_id").then(|| c.id.clone()),
                present: c.shape.map(|shape| issue_column(&c.name, &c.id, shape)),
                multi: c.shape == Some(Shape::TextList),
            })
            .collect();
        let operators = match kind {
            Kind::Text => ops("T!I"),
            Kind::Number | Kind::Date | Kind::DateTime | Kind::Duration => ops("ECI"),
            _ => ops("EI"),
        };
        Named { name, kind, operators, place, orderable: true, history }
    }

    /// Reports an unknown name with the nearest known ones.
    pub(crate) fn unknown_field<T>(&self, name: &str, span: Span) -> Option<T> {
        if !self.in_activity()
            && let Some(attribute) = attributes::attribute(name)
        {
            return self.refuse(
                codes::NEEDS_ACTIVITY,
                span,
                format!("`{}` is an attribute of events, and this query asks for issues", attribute.name),
                "begin the query with ACTIVITY WHERE, or ask issues with a clause such as `comment DELETED BY alice`".to_string(),
            );
        }
        if let Some(function) = column_function(name) {
            let help = format!("{}() computes a column and stands behind SHOW, not in a condition", function.name);
            return self.refuse(codes::UNKNOWN_FIELD, span, format!("there is no field called `{name}`"), help);
        }
        let system = fields::FIELDS.iter().flat_map(|f| std::iter::once(&f.name).chain(f.aliases)).copied();
        let custom = self.catalog.custom_fields.iter().map(|c| c.name.as_str());
        let attributes = attributes::ATTRIBUTES.iter().filter(|_| self.in_activity()).map(|a| a.name);
        let near = nearest(name, system.chain(custom).chain(attributes));
        let help = did_you_mean(&near).unwrap_or_else(|| "`jqlx fields` lists them all".to_string());
        self.refuse(codes::UNKNOWN_FIELD, span, format!("there is no field called `{name}`"), help)
    }
}

fn strip_issue(name: &str) -> Option<&str> {
    let prefix = name.get(..6)?;
    prefix.eq_ignore_ascii_case("issue.").then(|| &name[6..])
}
