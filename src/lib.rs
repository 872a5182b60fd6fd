//! jqlx: JQL extended with activity, compiled to DataFusion plans over Arrow and Parquet.

pub mod data;
pub mod diagnostic;
pub mod source;
pub mod syntax;
