//! Workers outside of this process: programs that run calls.

pub mod json_lines;
