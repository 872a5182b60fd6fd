//! Text to tree. Knows no fields, no data, no DataFusion and does no IO.

pub mod ast;
