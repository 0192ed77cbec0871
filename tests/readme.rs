//! The README says what is: its table of keys, its example, its exit codes.
//!
//! `UPDATE_README=1 cargo test --test readme` writes the table of keys anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the README has failed")]

use std::path::Path;

use writeback::export::Export;

fn readme() -> (std::path::PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// The text between `<!-- NAME -->` and `<!-- /NAME -->`.
fn part<'a>(text: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).unwrap() + open.len();
    &text[start..start + text[start..].find(&close).unwrap()]
}

#[test]
fn the_table_of_keys_is_that_of_the_actions() {
    let (path, text) = readme();
    let (old, new) = (part(&text, "keys"), writeback::app::keys());
    if std::env::var_os("UPDATE_README").is_some() {
        let open = "<!-- keys -->\n";
        std::fs::write(path, text.replace(&format!("{open}{old}"), &format!("{open}{new}"))).unwrap();
    } else {
        assert_eq!(old, new, "run: UPDATE_README=1 cargo test --test readme");
    }
}

#[test]
fn the_example_is_a_definition() {
    let (_, text) = readme();
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let export = Export::parse(example, Path::new("README.md")).unwrap();
    assert_eq!(export.slug(), "daily-sales");
    assert!(export.input.owner_confirmed);
}
