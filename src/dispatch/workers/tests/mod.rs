//! Workers that are driven by hand.

mod cancelling;
mod choice;
mod ending;
mod parking;
mod support;
