//! Files of this computer: definitions, accounts, configuration, history, and downloads.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use super::Explanation;
use crate::accounts::BookError;
use crate::config::ConfigError;
use crate::export::{DefinitionError, Export};
use crate::history::HistoryError;
use crate::system::files::{FileError, FileFault, Kind, Mistake, PathError, nearest};
use crate::text::secret::mask_named;
use crate::transfer::download::DownloadError;

// A clause, which follows the name of the file.
sentences! { FileFault:
    NoPermission(folder) =>
        "the folder {} cannot be written, because this user has no permission; change its owner or its mode",
        folder.display();
    ReadOnlyDisk(folder) =>
        "the folder {} cannot be written, because its disk is read-only; make the disk writable", folder.display();
    Kind(kind) => "it is {kind}, and only plain files are read";
    NotPlain => "it is no plain file";
    DanglingLink(to) => "it is a link to {}, and there is no such file", to.display();
    Device(name) => "to Windows {name} is a device, not a file";
    TooLarge => "it has more than 4 MiB, which is no file of Writeback's";
    Empty => "it is empty";
    NotText { line, looks_like } =>
        "it is not UTF-8{}, it looks like {looks_like}. Save it as UTF-8: in an editor under \"Save as\", in \
         PowerShell with `Set-Content -Encoding utf8`", in_line(*line);
    Locked => "another Writeback is changing it; try again";
    Changed => "another program has just changed it; try again";
    Changing => "another program is changing it";
    HeldOpen => "it is open in another program; close it there and try again";
    Group { id, error } => "its group ({id}) cannot be kept: {error}";
}

fn in_line(line: Option<usize>) -> String {
    line.map(|line| format!(" in line {line}")).unwrap_or_default()
}

sentences! { FileError:
    Unreadable { what, path, source } => "The {what} {} cannot be read: {source}.", path.display();
    Wrong { path, line, mistake } => "{}, line {line}: {}", path.display(), mask_named(&mistake.to_string());
}

sentences! { Mistake:
    Key(unknown, known) => "there is no key `{unknown}` here{}", meant(unknown, known);
    Value(unknown, known) => "`{unknown}` is not a valid value here{}", meant(unknown, known);
    Missing(key) => "`{key}` is missing";
    Type { key, found, wanted: Kind::Section, example: _ } =>
        "`{key}` is {}; a section is wanted here, as in `[{key}]`", kind(*found);
    Type { key, found, wanted, example } =>
        "`{key}` is {}; {} is wanted here, as in `{key} = {example}`", kind(*found), wanted_kind(*wanted);
    Other(reason) => "{reason}";
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text",
        Kind::Number => "a number",
        Kind::Whole => "a whole number",
        Kind::Boolean => "true or false",
        Kind::List => "a list",
        Kind::Section => "a section",
    }
}

fn wanted_kind(wanted: Kind) -> &'static str {
    if wanted == Kind::Text { "a text in quotes" } else { kind(wanted) }
}

/// The end of a sentence about an unknown key or value: the nearest one that is known, or all.
fn meant(unknown: &str, known: &[String]) -> String {
    if let Some(nearest) = nearest(unknown, known.iter().map(String::as_str)) {
        return format!(". Did you mean `{nearest}`?");
    }
    match known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().split_last() {
        Some((last, [])) => format!("; only {last} is possible"),
        Some((last, others)) => format!("; possible are {} and {last}", others.join(", ")),
        None => String::new(),
    }
}

sentences! { DefinitionError:
    Missing { path, nearest } => "There is no export at {}. {}", path.display(), export_hint(nearest.as_deref());
    Unknown { name, nearest } => "There is no export `{name}`. {}", export_hint(nearest.as_deref());
    Elsewhere { path, folder } =>
        "{} is not among the saved exports, and this command is for those. Move it to {} first.",
        path.display(), folder.display();
    File(error) => "{error}";
    UnreadableFolder(PathError { path, source }) =>
        "The saved exports in {} cannot be read: {source}. Check what is there, and that you may read it.",
        path.display();
    Unwritable(PathError { path, source }) => "The export could not be saved to {}: {source}.", path.display();
    Changed { path, found } =>
        "{} was {} by another program after you opened it here, so nothing was saved.",
        path.file_name().unwrap_or_default().display(), changed_words(found.is_some());
    Taken { name, path } =>
        "There is an export {name} already, {}. Choose another name, or remove that one first.", path.display();
    Unremovable(PathError { path, source }) => "The export {} could not be removed: {source}.", path.display();
    Output { path, source } => "{}: {source}", path.display();
    Keep(path) =>
        "{}: `keep` is for files with a date or a number. Without `append` there is only one file, which is \
         replaced.", path.display();
}

fn export_hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("Did you mean `{nearest}`?"),
        None => {
            "`writeback exports list` shows those that are saved; any other definition goes by its path.".to_owned()
        }
    }
}

fn changed_words(is_there: bool) -> &'static str {
    if is_there { "changed" } else { "renamed or removed" }
}

/// Another program has changed the export. Saving again replaces it, because the user is warned.
pub fn changed_meanwhile(error: &DefinitionError) -> Explanation {
    let gone = matches!(error, DefinitionError::Changed { found: None, .. });
    let advice = match gone {
        true => "Save again to write it as a new export, or leave without saving.",
        false => "Save again to replace it with what you entered, or leave without saving to keep what is there.",
    };
    Explanation::new(error.to_string(), advice)
}

/// A new export with the name of another one.
pub fn name_in_use(other: &str) -> String {
    format!("There is already an export {other}. Choose another name, or change that one with `writeback edit`.")
}

sentences! { BookError:
    File(error) => "{error}";
    Unwritable(PathError { path, source }) => "The account could not be saved to {}: {source}.", path.display();
    Name(error) => "{error}";
    NameAt { path, line, source } => "{}, line {line}: {source}", path.display();
    Twice { path, line, service, name } =>
        "{}, line {line}: there is already a {service} account `{name}`", path.display();
    SameButForCase { service, existing } =>
        "There is already a {service} account `{existing}`. Names have to differ by more than upper and lower case.";
}

sentences! { ConfigError:
    File(error) => "{error}";
    Variable { variable, source } => "{variable}: {source}";
    Unusable(error) => "{error}";
    NoHome => "There is no home folder. Name a folder for Writeback's files in WRITEBACK_HOME.";
}

// A clause, which follows what cannot be kept.
sentences! { HistoryError:
    Newer { path, form, known } =>
        "a newer Writeback has written {} (form {form}, this one knows {known})", path.display();
    Unusable(PathError { path, source }) => "{}: {source}", path.display();
    Damaged => "its file is damaged";
    BrokeOff => "the writing broke off";
    Sqlite(error) => "its file cannot be used ({error})";
}

pub fn history_unreadable(error: &HistoryError) -> String {
    format!("The history cannot be read: {error}.")
}

pub fn lateness_unknown(error: &HistoryError) -> String {
    format!("What is late is not known: {error}.")
}

pub fn history_damaged(kept: &Path) -> String {
    format!("The history of runs was damaged. It is kept as {}; a new one has begun.", kept.display())
}

pub fn number_without_history(error: &HistoryError) -> String {
    format!("The number is one above those on data.world, for the history could not give it: {error}.")
}

pub fn end_not_in_history(error: &HistoryError) -> String {
    format!("How this run ended is not in the history: {error}.")
}

pub fn runs_under_old_name(error: &HistoryError) -> String {
    format!("Its past runs are still listed under its old name: {error}.")
}

pub fn not_forgotten(error: &HistoryError) -> String {
    format!("The history still counts the files of an export that had this name to it: {error}.")
}

pub fn not_in_history(error: &HistoryError, export: &Export) -> String {
    let keys = [("`only_when_updated`", export.input.only_when_updated), ("`keep`", export.output.keep.is_some())];
    let keys: Vec<&str> = keys.iter().filter(|(_, is_set)| *is_set).map(|(key, _)| *key).collect();
    let undone = match keys.as_slice() {
        [] => String::new(),
        [one] => format!(" Without a history {one} does nothing."),
        several => format!(" Without a history {} do nothing.", several.join(" and ")),
    };
    let elsewhere = if error.is_of_its_disk() { format!(" {ELSEWHERE}") } else { String::new() };
    format!("This run is not in the history: {error}.{undone}{elsewhere}")
}

pub fn without_lock(error: &std::io::Error) -> String {
    format!("This export is not protected against running twice at once: its lock could not be created: {error}.")
}

/// Some network drives have no locks (<https://www.sqlite.org/faq.html#q5>).
#[cfg(target_os = "linux")]
const ELSEWHERE: &str = "A history needs a disk that can be written and has file locks, which some network drives lack: \
                         set WRITEBACK_HOME, or XDG_STATE_HOME for the history alone, to a folder on such a disk.";
#[cfg(not(target_os = "linux"))]
const ELSEWHERE: &str = "A history needs a disk that can be written and has file locks, which some network drives lack: \
                         set WRITEBACK_HOME to a folder on such a disk.";

sentences! { DownloadError:
    Api(error) => "{error}";
    Size { stated, came } => "data.world states {stated} bytes for the file, but {} came.", came_words(*stated, *came);
    Exists(path) => "{} already exists.", path.display();
    NoFile(path) => "{} is not a regular file, so it cannot be replaced.", path.display();
    Device(PathError { path, source }) => "{} cannot be written: {source}.", path.display();
    InUse(path) => "{} is open in another program, such as Excel, so it cannot be replaced.", path.display();
    Name(name) => "`{name}` is not a valid file name on this computer.";
    NoFolder(path) => "There is no folder {}.", path.display();
    Unwritable(PathError { path, source }) => "{} could not be written: {source}.", path.display();
    Output(error) => "The file could not be handed on: {error}.";
}

fn came_words(stated: u64, came: u64) -> String {
    if came > stated { "more".to_owned() } else { came.to_string() }
}

pub fn download(error: &DownloadError) -> Explanation {
    let advice = match error {
        DownloadError::Api(error) => return super::api(error),
        DownloadError::Size { .. } => "Nothing was kept. Someone may be replacing the file: try again in a minute.",
        DownloadError::InUse(_) => "Close it there, and try again.",
        DownloadError::Exists(_) | DownloadError::NoFile(_) | DownloadError::Device(_) | DownloadError::Name(_) => {
            "Choose another name for it."
        }
        DownloadError::NoFolder(_) => "Create it first, or choose another.",
        DownloadError::Unwritable(_) => "Check that there is enough space and that you can write there.",
        DownloadError::Output(_) => "The program that was reading it has exited.",
    };
    Explanation::new(error.to_string(), advice)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_run_without_a_history_says_which_wishes_it_cannot_heed() {
        let text = "name = \"x\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                    [output]\ndataset = \"acme/sales\"\nfile = \"sales\"\nappend = \"date\"\n";
        let said = |text: &str| {
            let error = HistoryError::Unusable(PathError::new(Path::new("/x"), io::Error::other("No locks available")));
            not_in_history(&error, &Export::parse(text, Path::new("x.toml")).unwrap())
        };
        let beginning = "This run is not in the history: /x: No locks available.";
        assert!(said(text).starts_with(&format!("{beginning} A history needs a disk that")), "{}", said(text));
        let keep = said(&format!("{text}keep = 3"));
        assert!(keep.starts_with(&format!("{beginning} Without a history `keep` does nothing. A history")), "{keep}");
        let both = said(&format!("{text}keep = 3").replace("[output]", "only_when_updated = true\n[output]"));
        assert!(both.contains(" Without a history `only_when_updated` and `keep` do nothing. "), "{both}");
    }
}
