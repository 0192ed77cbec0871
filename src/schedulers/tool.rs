//! Schedulers' own tools, what they print, and the files that they read.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use encoding_rs::{Encoding, UTF_16LE};

use super::{Foreign, SchedulerError, SchedulerKind};
use crate::system::files::{self, PathError};

#[derive(Debug, Clone, Copy)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) scheduler: SchedulerKind,
}

impl Tool {
    pub(super) fn is_there(self) -> bool {
        let paths = crate::system::variable::get("PATH").unwrap_or_default();
        let names = [self.name.to_owned(), format!("{}{}", self.name, std::env::consts::EXE_SUFFIX)];
        std::env::split_paths(&paths).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
    }

    /// Calls it and takes what it answers, whether it does what was asked or not.
    pub(super) fn ask(self, arguments: &[&str], input: Option<&str>) -> Result<Output, SchedulerError> {
        if !self.is_there() {
            return Err(self.missing());
        }
        let failed = |error: std::io::Error| self.refused(arguments, &error.to_string());
        let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child = crate::system::process::command(self.name)
            .args(arguments)
            // Answers are parsed.
            .env("LC_ALL", "C")
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let (Some(mut pipe), Some(text)) = (child.stdin.take(), input) {
            pipe.write_all(text.as_bytes()).map_err(failed)?;
        }
        child.wait_with_output().map_err(failed)
    }

    /// Calls it, and fails when it does.
    pub(super) fn call(self, arguments: &[&str], input: Option<&str>) -> Result<String, SchedulerError> {
        let output = self.ask(arguments, input)?;
        if output.status.success() {
            return Ok(console_text(&output.stdout));
        }
        Err(self.refused(arguments, &said(&output)))
    }

    pub(super) fn missing(self) -> SchedulerError {
        SchedulerError::Missing { tool: self.name, scheduler: self.scheduler }
    }

    pub(super) fn refused(self, arguments: &[&str], said: &str) -> SchedulerError {
        let said = said.trim_end_matches('.').to_owned();
        SchedulerError::Refused { command: self.command(arguments), said }
    }

    pub(super) fn command(self, arguments: &[&str]) -> String {
        format!("{} {}", self.name, arguments.join(" "))
    }
}

/// Text that a tool has printed: UTF-16 and UTF-8 show what they are, and anything else is in the code page of this
/// computer's console.
pub(super) fn console_text(bytes: &[u8]) -> String {
    decode(bytes, code_page())
}

fn decode(bytes: &[u8], code_page: Option<u16>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    // No text of one byte a letter has any.
    if bytes.contains(&0) {
        return UTF_16LE.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // encoding_rs knows the pages that the web uses, those of East Asia among them, but few of the others.
    let table = code_page.and_then(|page| oem_cp::code_table::DECODING_TABLE_CP_MAP.get(&page));
    let encoding = code_page.and_then(codepage::to_encoding);
    match (table, encoding) {
        (Some(table), _) => table.decode_string_lossy(bytes),
        (None, Some(encoding)) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        (None, None) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The code page in which a console of this computer begins (learn.microsoft.com, "Code Page Identifiers").
#[cfg(windows)]
fn code_page() -> Option<u16> {
    let key = windows_registry::LOCAL_MACHINE.open(r"SYSTEM\CurrentControlSet\Control\Nls\CodePage").ok()?;
    key.get_string("OEMCP").ok()?.parse().ok()
}

#[cfg(not(windows))]
fn code_page() -> Option<u16> {
    None
}

/// The reason that a tool gave for its failure, in one line.
pub(super) fn said(output: &Output) -> String {
    let text = [&output.stderr, &output.stdout].map(|bytes| console_text(bytes).trim().to_owned());
    let said = text.iter().find(|text| !text.is_empty());
    said.map_or_else(|| output.status.to_string(), |text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text of a file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, SchedulerError> {
    match files::read_bytes(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(path, error)),
    }
}

pub(super) fn file_error(path: &Path, error: std::io::Error) -> SchedulerError {
    SchedulerError::File(PathError::new(path, error))
}

/// Files as they are before they are replaced.
#[derive(Debug)]
pub(super) struct Before(Vec<(PathBuf, Option<String>)>);

impl Before {
    /// Reads the files.
    ///
    /// # Errors
    /// When a file is not Writeback's, or cannot be read.
    pub(super) fn read(paths: &[PathBuf], is_ours: impl Fn(&str) -> bool) -> Result<Self, SchedulerError> {
        let read = |path: &PathBuf| match read(path)? {
            Some(text) if !is_ours(&text) => Err(SchedulerError::Foreign(Foreign::File(path.clone()))),
            text => Ok((path.clone(), text)),
        };
        paths.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn was_there(&self) -> bool {
        self.0.iter().any(|(_, text)| text.is_some())
    }

    /// Makes the files what they were.
    pub(super) fn put_back(&self) -> Result<(), SchedulerError> {
        let put_back = |(path, before): &(PathBuf, Option<String>)| match (read(path)?, before) {
            (now, before) if now == *before => Ok(()),
            (_, Some(text)) => write(path, text),
            (_, None) => delete(path),
        };
        self.0.iter().map(put_back).fold(Ok(()), Result::and)
    }
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), SchedulerError> {
    files::write_whole(path, text.as_bytes()).map_err(|error| file_error(path, error))
}

/// Deletes a file that may be gone already.
pub(super) fn delete(path: &Path) -> Result<(), SchedulerError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(path, error)),
        _ => Ok(()),
    }
}

/// The files of a folder whose names begin and end like that, with their texts; none where there is no such folder.
pub(super) fn files_like(folder: &Path, begin: &str, end: &str) -> Result<Vec<(PathBuf, String)>, SchedulerError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_error(folder, error)),
    };
    let is_like = |path: &Path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(begin) && name.ends_with(end))
    };
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_like(path)).collect();
    paths.sort();
    let read = |path: PathBuf| Ok(read(&path)?.map(|text| (path, text)));
    paths.into_iter().map(read).filter_map(Result::transpose).collect()
}

/// The number of this person, for tools that want it.
pub(super) fn user() -> String {
    #[cfg(unix)]
    return rustix::process::getuid().as_raw().to_string();
    #[cfg(not(unix))]
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_as_what_it_is() {
        let text = "Größe";
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_mark: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf_16.iter().copied()).collect();
        let of_850 = b"Gr\x94\xe1e".as_slice();
        let of_1252 = b"Gr\xf6\xdfe".as_slice();
        for (bytes, page) in [
            (text.as_bytes(), Some(850)),
            (&*utf_16, Some(850)),
            (&*with_mark, None),
            (of_850, Some(850)),
            (of_850, Some(437)),
            (of_1252, Some(1252)),
        ] {
            assert_eq!(decode(bytes, page), text, "{bytes:x?} in {page:?}");
        }
        assert_eq!(decode(b"\x93\xfa\x96{", Some(932)), "日本");
        assert_eq!(decode(b"a\xff", None), "a\u{fffd}", "of a page that nobody knows");
    }

    #[cfg(windows)]
    #[test]
    fn the_code_page_of_the_console_is_known() {
        assert!(code_page().is_some());
    }
}
