//! The dependencies between modules.

use std::fs;
use std::path::{Path, PathBuf};

/// From the outside in: each may name those after it.
const MODULES: [&str; 15] = [
    "node", "workers", "server", "http", "hooks", "dispatch", "policy", "registry", "config", "exposure",
    "envelope", "error", "kind", "json", "panic",
];

#[test]
fn modules_name_none_that_is_further_out() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (place, module) in MODULES.iter().enumerate() {
        for file in files_of(&source, module) {
            let text = fs::read_to_string(&file).unwrap();
            let named = MODULES[..place].iter().filter(|outer| text.contains(&format!("crate::{outer}::")));
            wrong.extend(named.map(|outer| format!("{} names {outer}", file.display())));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// `module.rs`, or all files of its folder.
fn files_of(source: &Path, module: &str) -> Vec<PathBuf> {
    let file = source.join(format!("{module}.rs"));
    if file.exists() { vec![file] } else { files_in(&source.join(module)) }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_in(&path)) } else { files.push(path) }
    }
    files
}
