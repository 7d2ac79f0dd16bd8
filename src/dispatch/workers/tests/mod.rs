//! Tests in which the workers are driven step by step.

mod cancelling;
mod choice;
mod ending;
mod parking;
mod support;
