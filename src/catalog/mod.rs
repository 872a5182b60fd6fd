//! What a query may name, said once: fields, functions, entities, verbs, and what the data adds to them.
//!
//! The binder, completion, `jqlx fields` and the docs read these tables. Nothing here evaluates anything.

pub mod attributes;
pub mod columns;
pub mod entities;
mod entity_table;
mod field_table;
pub mod fields;
mod function_table;
pub mod functions;
mod nearest;
mod reference;
mod script;
mod script_table;
mod site;
pub mod verbs;

pub use nearest::nearest;
pub use reference::{reference, words};
pub(crate) use site::eq;
pub use site::{Catalog, CustomField, Filter, LinkType, LookedUp, NamedValue, Person, Project, Role, Values, Version, Wanted};
