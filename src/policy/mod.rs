//! What holds for calls wherever they come from and whatever does the work: no HTTP, no JavaScript.

mod admission;

pub use admission::{Admission, Held, Overloaded, Permit};
