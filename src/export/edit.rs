//! Changes of single keys in a definition's text. Everything else stays, including comments.

use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, RawString, Table, TableLike, Value};

use super::{CredentialNames, DefinitionError, Export, HashRows, saved};
use crate::export::Service;
use crate::system::files::{FileFault, PathError, Text, folder_of};

/// A lasting decision after a refused run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    OwnerConfirmed,
    HashRows(HashRows),
    AllowEmpty,
    AllowShrink,
    AllowUnproven,
    AllowUnreadable,
}

impl Setting {
    pub fn apply(self, export: &mut Export) {
        match self {
            Self::OwnerConfirmed => export.input.owner_confirmed = true,
            Self::HashRows(to) => export.csv.hash_rows = to,
            Self::AllowEmpty => export.checks.allow_empty = true,
            Self::AllowShrink => export.checks.allow_shrink = true,
            Self::AllowUnproven => export.checks.allow_unproven = true,
            Self::AllowUnreadable => export.checks.allow_unreadable = true,
        }
    }

    /// Sets the key in the definition file as it is now on disk.
    ///
    /// # Errors
    /// When the file is no longer a definition, or cannot be written.
    pub fn save(self, path: &Path) -> Result<(), DefinitionError> {
        let (table, key, value) = match self {
            Self::OwnerConfirmed => ("input", "owner_confirmed", true.into()),
            Self::HashRows(HashRows::Refuse) => ("csv", "hash_rows", "refuse".into()),
            Self::HashRows(HashRows::Quote) => ("csv", "hash_rows", "quote".into()),
            Self::HashRows(HashRows::Allow) => ("csv", "hash_rows", "allow".into()),
            Self::AllowEmpty => ("checks", "allow_empty", true.into()),
            Self::AllowShrink => ("checks", "allow_shrink", true.into()),
            Self::AllowUnproven => ("checks", "allow_unproven", true.into()),
            Self::AllowUnreadable => ("checks", "allow_unreadable", true.into()),
        };
        let _lock = saved::lock(folder_of(path))?;
        let (before, after) = change_text(path, |document| set_key(document, table, key, value))?;
        write(path, &before, &after)
    }
}

#[derive(Debug)]
pub(crate) struct EditedDefinition {
    before: Text,
    after: String,
}

impl EditedDefinition {
    /// Restores the definition, unless it was changed since. If that fails, the definition names an existing account,
    /// so the error is ignored.
    pub(crate) fn undo(&self) {
        let _ = self.before.put_back(&self.after);
    }
}

/// Names an account in a definition that names none for the service; `None` if it names one by now.
///
/// # Errors
/// When the file is no longer a definition, or cannot be written.
pub(crate) fn name_account(
    path: &Path,
    service: Service,
    account: &str,
) -> Result<Option<EditedDefinition>, DefinitionError> {
    let export = Export::load(path)?;
    if export.credentials.get(service).is_some() {
        return Ok(None);
    }
    set_account(path, service, account).map(Some)
}

/// Replaces the account name `from` by `to`.
///
/// # Errors
/// When the file no longer names `from`, is no longer a definition, or cannot be written.
pub(crate) fn rename_account(
    path: &Path,
    service: Service,
    from: &str,
    to: &str,
) -> Result<EditedDefinition, DefinitionError> {
    if Export::load(path)?.credentials.get(service) != Some(from) {
        return Err(DefinitionError::Unwritable(PathError::new(path, FileFault::Changing)));
    }
    set_account(path, service, to)
}

fn set_account(path: &Path, service: Service, account: &str) -> Result<EditedDefinition, DefinitionError> {
    let key = CredentialNames::key(service);
    let (before, after) = change_text(path, |document| set_key(document, "credentials", key, account.into()))?;
    write(path, &before, &after)?;
    Ok(EditedDefinition { before, after })
}

pub(super) fn with_name(path: &Path, name: &str) -> Result<(Text, String), DefinitionError> {
    change_text(path, |document| put_value(document.as_table_mut(), "name", name.into()))
}

fn write(path: &Path, before: &Text, after: &str) -> Result<(), DefinitionError> {
    before.replace(after).map_err(|error| DefinitionError::Unwritable(PathError::new(path, error)))
}

/// Reads a definition, and returns its text before and after a change.
///
/// # Errors
/// When it is not a definition before or after the change.
fn change_text(path: &Path, change: impl FnOnce(&mut DocumentMut)) -> Result<(Text, String), DefinitionError> {
    let missing = || DefinitionError::Missing { path: path.to_owned(), nearest: None };
    let before = Text::read(path, "export at")?.ok_or_else(missing)?;
    Export::parse(&before.text, path)?;
    let unwritable = |error| DefinitionError::Unwritable(PathError::new(path, std::io::Error::other(error)));
    let mut document: DocumentMut = before.text.parse().map_err(unwritable)?;
    change(&mut document);
    let after = text_of(&document, &before.text);
    Export::parse(&after, path)?;
    Ok((before, after))
}

/// Formats the document with its original line ends, because `toml_edit` drops the CR of CRLF outside of values. Where
/// restoring them would change a value, its output stays.
pub(super) fn text_of(document: &DocumentMut, before: &str) -> String {
    let text = document.to_string();
    let windows = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let values = |text: &str| text.parse::<toml::Table>().ok();
    if before.contains("\r\n") && values(&windows) == values(&text) { windows } else { text }
}

fn set_key(document: &mut DocumentMut, table: &str, key: &str, value: Value) {
    let new = || {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        Item::Table(table)
    };
    let table = document.entry(table).or_insert_with(new);
    let value = match table.as_inline_table_mut() {
        Some(inline) if !inline.contains_key(key) => at_end(inline, value),
        _ => value,
    };
    if let Some(table) = table.as_table_like_mut() {
        put_value(table, key, value);
    }
}

/// Moves the blank before the closing brace of an inline table behind the new last value.
fn at_end(table: &mut InlineTable, mut value: Value) -> Value {
    if let Some((_, last)) = table.iter_mut().last()
        && let Some(blank) = last.decor().suffix().and_then(RawString::as_str)
        && blank.trim().is_empty()
    {
        let blank = blank.to_owned();
        last.decor_mut().set_suffix("");
        value.decor_mut().set_suffix(blank);
    }
    value
}

pub(super) fn put_value(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(before) => {
            *value.decor_mut() = before.decor().clone();
            *before = value;
        }
        None => drop(table.insert(key, Item::Value(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::saved::tests::exports_folder;

    const BY_HAND: &str = "# Mine.\nname = \"Sales\" # not Costs\n[input]\n\
                           dataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\n# Where it goes.\n[output]\n\
                           dataset = \"acme/sales\"\nfile = \"sales\"\n";

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let (home, folder) = exports_folder();
        let path = folder.join("sales.toml");
        std::fs::write(&path, text).unwrap();
        (home, path)
    }

    #[test]
    fn one_key_is_set_and_all_else_stays() {
        for (setting, before, after) in [
            (Setting::AllowShrink, "", "\n[checks]\nallow_shrink = true\n"),
            (Setting::AllowUnproven, "", "\n[checks]\nallow_unproven = true\n"),
            (Setting::AllowUnreadable, "", "\n[checks]\nallow_unreadable = true\n"),
            (
                Setting::AllowEmpty,
                "[checks]\nallow_shrink = true\n",
                "[checks]\nallow_shrink = true\nallow_empty = true\n",
            ),
            (Setting::AllowEmpty, "[checks]\nallow_empty = false # no\n", "[checks]\nallow_empty = true # no\n"),
            (Setting::HashRows(HashRows::Quote), "csv = { nulls = \"empty\" }\n", ""),
            (Setting::HashRows(HashRows::Allow), "[csv]\nhash_rows = 'quote'\n", "[csv]\nhash_rows = \"allow\"\n"),
        ] {
            let is_inline = before.starts_with("csv =");
            let whole = |more: &str| if is_inline { format!("{more}{BY_HAND}") } else { format!("{BY_HAND}{more}") };
            let (_folder, path) = file(&whole(before));
            let mut export = Export::load(&path).unwrap();
            setting.save(&path).unwrap();
            setting.apply(&mut export);
            assert_eq!(Export::load(&path).unwrap(), export, "{setting:?}");
            let text = std::fs::read_to_string(&path).unwrap();
            let after = if is_inline { "csv = { nulls = \"empty\", hash_rows = \"quote\" }\n" } else { after };
            assert_eq!(text, whole(after), "{setting:?}");
        }
        let (_folder, path) = file(BY_HAND);
        Setting::OwnerConfirmed.save(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("13ef3f86d4a4\"\nowner_confirmed = true\n\n# Where it goes.\n[output]"), "{text}");
    }

    #[test]
    fn line_ends_stay_and_never_change_a_value() {
        let spelled =
            BY_HAND.replace("[input]", "description = \"\"\"\nAll\nof it\"\"\"\n[input]").replace('\n', "\r\n");
        for text in [spelled.replace("All\r\n", "All\n"), spelled] {
            let (_folder, path) = file(&text);
            let mut export = Export::load(&path).unwrap();
            Setting::AllowShrink.save(&path).unwrap();
            Setting::AllowShrink.apply(&mut export);
            assert_eq!(Export::load(&path).unwrap(), export);
            if export.description.is_some_and(|text| text.contains("\r\n")) {
                let after = format!("{text}\r\n[checks]\r\nallow_shrink = true\r\n");
                assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
            }
        }
    }

    #[test]
    fn a_file_that_is_no_longer_a_definition_stays_as_it_is() {
        let (_folder, path) = file("name = 1");
        assert!(Setting::AllowEmpty.save(&path).unwrap_err().to_string().contains("sales.toml, line 1"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "name = 1");
        std::fs::remove_file(&path).unwrap();
        assert!(Setting::AllowEmpty.save(&path).is_err() && !path.exists(), "it is not made anew");
    }
}
