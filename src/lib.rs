//! jqlx: JQL extended with activity, compiled to DataFusion plans over Arrow and Parquet.

// pest's derived code names this crate where pest is built without std.
extern crate alloc;

pub mod data;
pub mod diagnostic;
pub mod source;
pub mod syntax;
