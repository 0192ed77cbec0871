//! The tour in `src/lib.rs` is true: a room uses only the rooms below it. Effects on the process have one home each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The rooms of the table, from the top down.
fn rooms() -> Vec<String> {
    let lib = std::fs::read_to_string(source().join("lib.rs")).unwrap();
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The tokens of each file in `src`, by its path there, without tests.
fn code() -> impl Iterator<Item = (PathBuf, Vec<TokenTree>)> {
    let is_code = |path: &PathBuf| {
        path.extension().is_some_and(|it| it == "rs")
            && !path.ends_with("tests.rs")
            && path.components().all(|part| part.as_os_str() != "tests")
    };
    files(&source()).into_iter().filter(is_code).map(|path| {
        let tokens: TokenStream = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let mut flat = Vec::new();
        flatten(tokens, &mut flat);
        (path.strip_prefix(source()).unwrap().to_owned(), flat)
    })
}

/// Lists the tokens, each group between its brackets, and leaves out modules called `tests`.
fn flatten(tokens: TokenStream, flat: &mut Vec<TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_word(flat.last(), "tests") && is_word(flat.iter().nth_back(1), "mod") => {
                flat.push(TokenTree::Group(Group::new(group.delimiter(), TokenStream::new())));
            }
            TokenTree::Group(group) => {
                let inside = group.stream();
                flat.push(TokenTree::Group(Group::new(group.delimiter(), TokenStream::new())));
                flatten(inside, flat);
            }
            other => flat.push(other),
        }
    }
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// The names that follow each `path::`, such as `["env", "var"]`.
fn follow<'a>(tokens: &'a [TokenTree], path: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let length = path.len() * 3;
    tokens.windows(length + 1).filter_map(move |window| {
        let matches = path
            .iter()
            .zip(window.chunks(3))
            .all(|(word, chunk)| is_word(Some(&chunk[0]), word) && chunk[1..].iter().all(is_colon));
        match &window[length] {
            TokenTree::Ident(name) if matches => Some(name.to_string()),
            TokenTree::Group(group) if matches && path == ["crate"] && group.delimiter() == Delimiter::Brace => {
                panic!("name each room in a `use` of its own, not in `crate::{{…}}`")
            }
            _ => None,
        }
    })
}

#[test]
fn a_room_uses_only_the_rooms_below_it() {
    let rooms = rooms();
    assert!(rooms.len() <= 16, "{} rooms", rooms.len());
    let floor = |name: &str| rooms.iter().position(|room| room == name);
    let mut upward = BTreeSet::new();
    for (path, tokens) in code() {
        let room = path.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if ["lib", "main", "testing"].contains(&room.as_str()) {
            continue;
        }
        let own = floor(&room).unwrap_or_else(|| panic!("`{room}` has no row in the table of src/lib.rs"));
        let used = follow(&tokens, &["crate"]).filter(|name| floor(name).is_none_or(|floor| floor < own));
        upward.extend(used.map(|name| (path.clone(), name)));
    }
    assert!(upward.is_empty(), "{upward:#?}");
}

#[test]
fn variables_are_read_and_children_and_threads_are_started_in_one_place() {
    let homes =
        [("env", "var", "system/variable.rs"), ("Command", "new", "system/process.rs"), ("thread", "spawn", "-")];
    for (path, tokens) in code() {
        for (owner, prefix, home) in homes {
            let used = follow(&tokens, &[owner]).any(|name| name.starts_with(prefix));
            assert!(!used || path == Path::new(home), "{owner}::{prefix} in {}", path.display());
        }
    }
}

/// Serde's derive reads a JSON list as a struct by position; `remote = "Self"` and the macro `objects!` forbid that.
#[test]
fn answers_of_services_are_read_from_objects_alone() {
    for (path, tokens) in code().filter(|(path, _)| path.starts_with("services")) {
        let derives = (0..tokens.len()).filter(|&start| is_word(tokens.get(start), "derive"));
        for start in derives {
            let is_item = |token: &&TokenTree| is_word(Some(token), "struct") || is_word(Some(token), "enum");
            let attributes: Vec<_> = tokens[start..].iter().take_while(|token| !is_item(token)).collect();
            let has = |word: &str| attributes.iter().any(|token| is_word(Some(token), word));
            assert!(!has("Deserialize") || has("remote"), "{}: {attributes:?}", path.display());
        }
    }
}

/// Tests for a finished sentence: several words, from a capital to a full stop. A text of several lines is a document.
fn is_sentence(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_uppercase() || matches!(c, '{' | '`'));
    begins && text.ends_with(['.', '!', '?']) && text.split_whitespace().count() > 2 && !text.contains('\n')
}

/// Tests for a command of the program, as somebody would enter it.
fn names_command(text: &str) -> bool {
    let commands = ["new", "edit", "run", "check", "history", "ls", "get", "accounts", "exports", "schedule"];
    let words = text.match_indices("writeback ").map(|(at, name)| &text[at + name.len()..]);
    let is_command = |rest: &str| commands.iter().any(|command| rest.split([' ', '`', '.']).next() == Some(command));
    words.into_iter().any(is_command) && !text.contains('\n')
}

#[test]
fn errors_are_sentences_and_commands_are_named_in_explain_alone() {
    let rooms = rooms();
    let floor = |name: &str| rooms.iter().position(|room| room == name);
    let mut found = BTreeSet::new();
    for (path, tokens) in code() {
        let room = path.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        // The sandbox speaks as the services do, and the manual is a list of examples.
        if room == "explain" || room == "sandbox" || path.ends_with("cli/manual.rs") {
            continue;
        }
        let is_below = floor(&room) > floor("explain");
        for (at, token) in tokens.iter().enumerate() {
            let TokenTree::Literal(literal) = token else { continue };
            let is_comment = at > 1 && is_word(tokens.get(at - 2), "doc");
            let text = text_of(literal);
            if !is_comment && ((is_below && is_sentence(&text)) || names_command(&text)) {
                found.insert((path.clone(), text));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The text of a string, with its line breaks where the source has `\` at the end of a line taken out.
fn text_of(literal: &proc_macro2::Literal) -> String {
    let text = literal.to_string();
    let text = text.trim_start_matches('r').trim_matches('#').trim_matches('"');
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + line.trim_start()).replace("\\n", "\n")
}
