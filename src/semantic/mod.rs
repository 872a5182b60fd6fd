//! Tree and catalogue to bound query: resolved names, typed values, absolute instants, all semantic diagnostics.

pub mod bound;
pub mod text;
