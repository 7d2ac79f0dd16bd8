//! Workers outside of this process: programs that take calls and complete them.

pub mod json_lines;
