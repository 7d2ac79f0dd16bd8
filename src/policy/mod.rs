//! What holds for calls wherever they come from and whoever does the work: no HTTP, no JavaScript.

mod admission;

pub use admission::{Admission, Held, Overloaded, Permit};
