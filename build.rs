//! Hands the linker what a Node addon needs; the core alone needs nothing.

fn main() {
    #[cfg(feature = "node")]
    {
        napi_build::setup();
        // The last environment that uses the addon would unload it, under a thread that still looks up a host name.
        #[expect(clippy::disallowed_methods, reason = "it is how cargo talks to build scripts")]
        let target = std::env::var("CARGO_CFG_TARGET_OS");
        if target.as_deref() == Ok("linux") {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
    }
}
