//! The tour of the house in `src/lib.rs` is true: what stands higher uses what stands lower.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the source has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Uses of what stands higher, as the tour says: the front doors share a few things.
const EXCEPTIONS: [(&str, &str); 2] = [("plain", "cli"), ("plain", "tui")];

/// The modules of the table, each with its row.
fn rows() -> BTreeMap<String, usize> {
    let lib = std::fs::read_to_string(source().join("lib.rs")).unwrap();
    let cells = lib.lines().filter_map(|line| line.strip_prefix("//! | ")?.split(" | ").next());
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    cells.enumerate().flat_map(|(row, cell)| names(cell).into_iter().map(move |name| (name, row))).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_code(path: &Path) -> bool {
    let mut parts = path.components().map(|part| part.as_os_str());
    path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") && parts.all(|part| part != "tests")
}

/// The modules that a file names, but for its tests and its comments.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split("\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let name = |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    lines.flat_map(|line| line.split("crate::").skip(1)).map(move |rest| &rest[..name(rest)])
}

#[test]
fn what_stands_higher_uses_what_stands_lower() {
    let (rows, source) = (rows(), source());
    let row = |name: &str| *rows.get(name).unwrap_or_else(|| panic!("`{name}` has no row in the table of src/lib.rs"));
    let mut upwards = BTreeSet::new();
    for path in files(&source).into_iter().filter(|path| is_code(path)) {
        let inside = path.strip_prefix(&source).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let higher = named(&text).filter(|name| row(name) < row(module));
        upwards.extend(higher.map(|name| (module.to_owned(), name.to_owned())));
    }
    let upwards: Vec<(&str, &str)> = upwards.iter().map(|(who, what)| (who.as_str(), what.as_str())).collect();
    assert_eq!(upwards, EXCEPTIONS, "(who, uses what stands higher)");
}

#[test]
fn variables_are_read_and_children_are_made_in_one_place() {
    let source = source();
    for (what, home) in [("env::var", "variable.rs"), ("Command::new(", "process.rs"), ("thread::spawn(", "nowhere.rs")]
    {
        for path in files(&source).into_iter().filter(|path| is_code(path)) {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            assert!(path.ends_with(home) || !code.contains(what), "{what} in {}", path.display());
        }
    }
}

#[test]
fn answers_of_services_are_read_from_objects_alone() {
    let source = source();
    let is_code = |path: &PathBuf| path.extension().is_some_and(|it| it == "rs");
    for module in ["domo", "dataworld", "http"] {
        for path in files(&source.join(module)).into_iter().filter(is_code) {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")).collect();
            for lines in lines.windows(2).filter(|lines| lines[0].contains("Deserialize)]")) {
                assert!(lines[1].contains("remote = \"Self\""), "{}: {}", path.display(), lines[1]);
            }
        }
    }
}
