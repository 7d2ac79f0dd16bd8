//! Bounds on calls, independent of HTTP and JavaScript.

mod admission;

pub use admission::{Admission, Held, Overloaded, Permit};
