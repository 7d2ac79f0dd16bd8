//! Forms, driven by hand.
