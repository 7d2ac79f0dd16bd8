//! Passes the linker the flags that a Node addon needs. The core alone needs none.

fn main() {
    #[cfg(feature = "node")]
    napi_build::setup();
}
