//! Saves a definition over another one, changing only the keys that differ.
//!
//! Lines of removed keys are cut from the text by position, because `toml_edit` would also remove the comments above
//! them. Other changes go into the remaining text.

use std::ops::Range;
use std::path::Path;

use toml::{Table as Contents, Value as Content};
use toml_edit::{Document, DocumentMut, Item, Table};

use super::Export;
use super::edit::{put_value, text_of};

/// Merges `export` into the text of `found`, keeping comments, order and spelling. `None` if the result would differ
/// from `export`.
pub(super) fn merged_text(before: &str, found: &Export, export: &Export) -> Option<String> {
    let (from, to) = (Contents::try_from(found).ok()?, Contents::try_from(export).ok()?);
    let new: DocumentMut = export.to_toml().ok()?.parse().ok()?;
    let mut document: DocumentMut = cut_removed(before, &from, &to)?.parse().ok()?;
    insert_changed(document.as_table_mut(), &from, &to, &new);
    let after = text_of(&document, before);
    (Export::parse(&after, Path::new("")).ok()? == *export).then_some(after)
}

fn cut_removed(text: &str, from: &Contents, to: &Contents) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let mut removed = removed_lines(text, document.as_table(), from, to);
    removed.sort_by_key(|lines| std::cmp::Reverse(lines.start));
    let mut text = text.to_owned();
    removed.into_iter().for_each(|lines| text.replace_range(lines, ""));
    Some(text)
}

/// Finds these lines. A section that becomes empty goes with its header and the blank lines above.
fn removed_lines(text: &str, table: &Table, from: &Contents, to: &Contents) -> Vec<Range<usize>> {
    let mut removed = Vec::new();
    for (key, content) in from {
        let Some((name, item)) = table.get_key_value(key) else { continue };
        match (item, content) {
            (Item::Table(section), Content::Table(from)) => {
                let keys = removed_lines(text, section, from, &section_of(to, key));
                if let Some(header) = section.span().filter(|_| !section.is_dotted())
                    && !to.contains_key(key)
                    && keys.len() == section.len()
                {
                    let before = text[..header.start].trim_end().len();
                    let start = if before == 0 { 0 } else { next_line(text, before) };
                    removed.push(start..next_line(text, header.end));
                }
                removed.extend(keys);
            }
            _ if to.contains_key(key) => {}
            _ => {
                if let (Some(name), Some(value)) = (name.span(), item.span()) {
                    let start = text[..name.start].rfind('\n').map_or(0, |before| before + 1);
                    removed.push(start..next_line(text, value.end));
                }
            }
        }
    }
    removed
}

fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Inserts changed values in the form that they have in `new`. An inline table counts as a value.
fn insert_changed(table: &mut Table, from: &Contents, to: &Contents, new: &Table) {
    for (key, item) in new.iter().filter(|(key, _)| from.get(*key) != to.get(*key)) {
        match (table.get_mut(key), item) {
            (Some(Item::Table(section)), Item::Table(new)) => {
                insert_changed(section, &section_of(from, key), &section_of(to, key), new);
            }
            (None, Item::Table(section)) => {
                let mut section = section.clone();
                section.set_position(None);
                table.insert(key, Item::Table(section));
            }
            _ => {
                if let Ok(value) = item.clone().into_value() {
                    put_value(table, key, value);
                }
            }
        }
    }
}

fn section_of(contents: &Contents, key: &str) -> Contents {
    contents.get(key).and_then(Content::as_table).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::export::saved::tests::{exports_folder, save_over};
    use crate::export::{Append, FileDescription, HashRows, Keep, Label, Retry, Setting, Update};

    const BY_HAND: &str = "# Owner: Jo\ndescription = 'For the board' # monthly\nname = \"Sales\"\n\n[input]\n\
        # The one of finance.\ndataset = \"https://acme.domo.com/datasources/845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\n\
        # Where it goes.\n[output]\nfile = \"sales.csv\"   # no date\ndataset = 'acme/sales'\nlabels = [\n  \
        \"report\", # as agreed\n]\n\n[checks] # ask Jo\nallow_empty = false\nallow_shrink = true\n\
        \n[csv]\nhash_rows = \"quote\"\n# The end.\n";

    fn saved_over(text: &str, change: impl FnOnce(&mut Export)) -> String {
        let (_home, folder) = exports_folder();
        let path = folder.join("s2.toml");
        std::fs::write(&path, text).unwrap();
        let mut export = Export::load(&path).unwrap();
        change(&mut export);
        save_over(&folder, &export, Some("s2")).unwrap();
        assert_eq!(Export::load(&path).unwrap(), export);
        std::fs::read_to_string(&path).unwrap()
    }

    #[test]
    fn only_changed_keys_change_in_the_text() {
        type Change = fn(&mut Export);
        let changes: [(Change, &str, &str); 8] = [
            (|export| export.name = "Costs".to_owned(), "\"Sales\"", "\"Costs\""),
            (|export| export.description = None, "description = 'For the board' # monthly\n", ""),
            (|export| export.output.append = Append::Date, "]\n\n[ch", "]\nappend = \"date\"\n\n[ch"),
            (|export| export.output.labels.clear(), "labels = [\n  \"report\", # as agreed\n]\n", ""),
            (|export| export.checks.allow_shrink = false, "allow_shrink = true\n", ""),
            (|export| export.csv.hash_rows = HashRows::Refuse, "\n[csv]\nhash_rows = \"quote\"\n", ""),
            (
                |export| export.credentials.domo = Some("acme".to_owned()),
                "# The end.",
                "\n[credentials]\ndomo = \"acme\"\n# The end.",
            ),
            (|export| export.checks.allow_empty = true, "allow_empty = false", "allow_empty = true"),
        ];
        for (change, before, after) in changes {
            assert_eq!(saved_over(BY_HAND, change), BY_HAND.replacen(before, after, 1));
        }
        let windows = BY_HAND.replace('\n', "\r\n");
        let text = saved_over(&windows, |export| export.description = None);
        assert_eq!(text, windows.replace("description = 'For the board' # monthly\r\n", ""));
        let dotted =
            BY_HAND.replace("[input]", "log.update = \"replace\"\nretry.every = \"1 hour\" # at least\n[input]");
        let text = saved_over(&dotted, |export| (export.log, export.retry) = Default::default());
        assert_eq!(text, BY_HAND);
        let inline = BY_HAND.replace("[input]", "csv = { hash_rows = \"quote\" } # no\n[input]");
        let inline = inline.replace("\n[csv]\nhash_rows = \"quote\"\n", "\n");
        let text = saved_over(&inline, |export| export.csv.nulls = crate::export::Nulls::Empty);
        assert_eq!(text, inline.replace("\"quote\" }", "\"quote\", nulls = \"empty\" }"));
    }

    #[test]
    fn multiline_text_keeps_its_line_ends() {
        let lines = BY_HAND.replace("'For the board'", "\"\"\"\nFor\nthe board\"\"\"");
        let windows = lines.replace('\n', "\r\n");
        let text = saved_over(&windows, |export| export.name = "Costs".to_owned());
        assert_eq!(text, windows.replace("Sales", "Costs"));
        let mixed = windows.replace("For\r\n", "For\n");
        let text = saved_over(&mixed, |export| export.name = "Costs".to_owned());
        assert!(text.contains("For\nthe board\"\"\" # monthly") && text.contains("# The end."), "{text}");
    }

    #[test]
    fn adjacent_removed_sections_take_their_blank_lines_along() {
        let blank = "[retry] \nevery = \"1 hour\"   \n\n\t[log]\nupdate = \"replace\"";
        for (rest, left) in [("", ""), ("\n# The end.\n", "# The end.\n")] {
            let text = saved_over(&format!("{BY_HAND}{blank}{rest}"), |export| {
                (export.log, export.retry) = Default::default();
            });
            assert_eq!(text, format!("{BY_HAND}{left}"));
        }
    }

    #[test]
    fn comments_above_removed_keys_stay_and_an_unchanged_file_is_not_written() {
        let commented = BY_HAND.replace("allow_shrink", "# allow_shrink = false\n  # or so\n  allow_shrink");
        let text = saved_over(&commented, |export| export.checks.allow_shrink = false);
        assert_eq!(text, commented.replace("  allow_shrink = true\n", ""));
        let last = format!("{BY_HAND}\n# Try again.\n[retry]\nevery = \"1 hour\"");
        let text = saved_over(&last, |export| export.retry = None);
        assert_eq!(text, format!("{BY_HAND}\n# Try again.\n"));

        let (_home, folder) = exports_folder();
        let path = folder.join("s2.toml");
        std::fs::write(&path, BY_HAND).unwrap();
        let then = std::time::SystemTime::UNIX_EPOCH;
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(then).unwrap();
        save_over(&folder, &Export::load(&path).unwrap(), Some("s2")).unwrap();
        assert_eq!(path.metadata().unwrap().modified().unwrap(), then);
    }

    /// A definition by hand with foreign lines in it, and with parts doubled, cut or misspelled.
    fn mangled() -> impl Strategy<Value = String> {
        let lines = [
            "name = 'a'",
            "name = \"\\u00e9\"",
            "[csv]",
            "[checks]",
            "csv.nulls = \"empty\"",
            "nulls = \"empty\"",
            "'''",
            "allow_unreadable = true",
            "[schedule]",
            "every = \"day\"",
            "at = \"06:30\"",
            "cron = \"@daily\"",
            "\"\"\"",
            "csv = { nulls = \"keep\" }",
            "checks = { } # none",
            "checks.allow_empty = true",
            "#",
            "\r",
            "labels = [",
            "]",
            "[[output]]",
            "description = \"\"\"",
            "retry = {}",
            "[input]",
            "é",
        ];
        let line = prop_oneof![prop::sample::select(lines.to_vec()).prop_map(str::to_owned), "[a-z =\"'#{}]{0,9}"];
        let edit = (any::<prop::sample::Index>(), 0usize..30, line);
        (prop::collection::vec(edit, 0..4), any::<bool>()).prop_map(|(edits, windows)| {
            let mut text = BY_HAND.to_owned();
            for (at, cut, line) in edits {
                let starts: Vec<usize> =
                    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
                let start = *at.get(&starts);
                // Inserts the line, or replaces the beginning of another one.
                let cut = if cut > 20 { 0 } else { cut };
                let end = (start..=text.len()).filter(|at| text.is_char_boundary(*at)).take(cut + 1).last();
                text.replace_range(start..end.unwrap_or(start), &format!("{line}\n"));
            }
            if windows { text.replace('\n', "\r\n") } else { text }
        })
    }

    proptest! {
        #[test]
        fn every_valid_definition_survives_reading_and_writing(text in mangled(), bits in any::<u16>()) {
            let path = Path::new("x.toml");
            let Ok(export) = Export::parse(&text, path) else { return Ok(()) };
            prop_assert_eq!(&Export::parse(&export.to_toml().unwrap(), path).unwrap(), &export);
            prop_assert_eq!(&saved_over(&text, |_| ()), &text);
            let settings = [
                Setting::OwnerConfirmed,
                Setting::AllowEmpty,
                Setting::AllowShrink,
                Setting::AllowUnreadable,
                Setting::HashRows(HashRows::Allow),
            ];
            let (_home, folder) = exports_folder();
            let file = folder.join("s2.toml");
            std::fs::write(&file, &text).unwrap();
            let mut set = export.clone();
            for (_, setting) in settings.into_iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1) {
                setting.save(&file).unwrap();
                setting.apply(&mut set);
            }
            prop_assert_eq!(&Export::load(&file).unwrap(), &set);
            // The export that is saved over it wins, whatever its text looked like.
            let back = saved_over(&std::fs::read_to_string(&file).unwrap(), |now| *now = export.clone());
            prop_assert_eq!(Export::parse(&back, path).unwrap(), export);
        }

        #[test]
        fn saved_exports_are_read_back_and_unchanged_text_stays(bits in any::<u16>(), again in any::<u16>()) {
            let set = |bits: u16| move |export: &mut Export| {
                let on = |bit: u16| bits >> bit & 1 == 1;
                export.description = on(0).then(|| "What".to_owned());
                export.output.append = if on(1) { Append::Number } else { Append::None };
                export.output.keep = (on(1) && on(2)).then(|| Keep::new(3).unwrap());
                export.output.labels = if on(3) { vec![Label::RawData] } else { Vec::new() };
                export.output.description = on(4).then(|| "x".parse::<FileDescription>().unwrap());
                export.retry = on(5).then(Retry::default);
                export.log.update = if on(6) { Update::Replace } else { Update::Append };
                export.credentials.dataworld = on(7).then(|| "jo".to_owned());
                export.input.owner_confirmed = on(8);
                export.checks.allow_empty = on(9);
                export.checks.allow_unproven = on(13);
                export.csv.hash_rows = if on(10) { HashRows::Allow } else { HashRows::Refuse };
                let schedule = if on(11) { "every = \"day\"\nat = \"06:30\"" } else { "cron = \"0 6 * * *\"" };
                export.schedule = toml::from_str(if on(12) { schedule } else { "" }).unwrap();
            };
            let text = saved_over(BY_HAND, set(bits));
            prop_assert!(text.contains("# Owner: Jo\n") && text.contains("# Where it goes.\n[output]"), "{}", text);
            let text = saved_over(&text, set(again));
            prop_assert!(text.contains("# Owner: Jo\n") && text.ends_with("# The end.\n"), "{}", text);
            prop_assert_eq!(saved_over(&text, |_| ()), text);
        }
    }
}
