//! Hands the linker what a Node addon needs; the core alone needs nothing.

fn main() {
    #[cfg(feature = "node")]
    napi_build::setup();
}
