//! What a query may name, said once: fields, functions, entities, verbs, and what the data adds to them.
//!
//! The binder, completion, `jqlx fields` and the docs read these tables. Nothing here evaluates anything.

pub mod attributes;
pub mod columns;
pub mod entities;
pub mod fields;
pub mod functions;
mod nearest;
mod site;
pub mod verbs;

pub use nearest::nearest;
pub use site::{Catalog, CustomField, NamedValue, Person, Project, Values, Version};
