//! The pages in `docs` say what is: the table of keys, the example, the rules of faults.
//!
//! `UPDATE_DOCS=1 cargo test --test house readme` writes what is generated anew.

use std::path::Path;

use writeback::testing::export::Export;

fn page(name: &str) -> (std::path::PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// The text between `<!-- NAME -->` and `<!-- /NAME -->`.
fn part<'a>(text: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).unwrap() + open.len();
    &text[start..start + text[start..].find(&close).unwrap()]
}

/// Holds a part of a page against what the code makes of it, or writes it anew.
fn is_generated(name: &str, what: &str, new: &str) {
    let (path, text) = page(name);
    let old = part(&text, what);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let open = format!("<!-- {what} -->\n");
        std::fs::write(path, text.replace(&format!("{open}{old}"), &format!("{open}{new}"))).unwrap();
    } else {
        assert_eq!(old, new, "run: UPDATE_DOCS=1 cargo test --test house readme");
    }
}

#[test]
fn the_table_of_keys_is_that_of_the_actions() {
    is_generated("docs/keys.md", "keys", &writeback::testing::tui::app::keys_markdown());
}

#[test]
fn the_tables_of_variables_and_exit_codes_are_those_of_the_manual() {
    let [variables, exit_codes] = writeback::testing::cli::manual::tables_markdown();
    is_generated("docs/configuration.md", "variables", &variables);
    is_generated("docs/configuration.md", "exit codes", &exit_codes);
}

#[test]
fn the_rules_of_faults_are_those_that_the_sandbox_takes() {
    is_generated("docs/sandbox.md", "rules", &format!("```text\n{}```\n", writeback::testing::sandbox::rules()));
}

#[test]
fn the_example_is_a_definition() {
    let (_, text) = page("docs/definition.md");
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let export = Export::parse(example, Path::new("definition.md")).unwrap();
    assert_eq!(export.slug(), "daily-sales");
    assert!(export.input.owner_confirmed);
}

#[test]
fn links_between_the_pages_lead_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    for path in docs.chain([root.join("README.md"), root.join("CHANGELOG.md")]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let file = path.parent().unwrap().join(link);
            assert!(link.is_empty() || link.starts_with("https://") || file.exists(), "{link} in {}", path.display());
        }
    }
}
