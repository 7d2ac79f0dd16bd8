//! Tests in which the workers are driven step by step.

mod cancelling;
mod choice;
mod ending;
mod model;
mod parking;
mod support;
