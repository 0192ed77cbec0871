//! Calls a scheduler's own tool.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use super::{SchedulerError, console};
use crate::schedulers::handoff::SchedulerKind;
use crate::system::files;

/// A tool of a scheduler.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    /// The scheduler that it belongs to.
    pub(super) scheduler: SchedulerKind,
}

impl Tool {
    /// Whether it is there.
    pub(super) fn is_there(self) -> bool {
        is_there(self.name)
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
            // What they say is read here.
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
            return Ok(console::text(&output.stdout));
        }
        Err(self.refused(arguments, &said(&output)))
    }

    pub(super) fn missing(self) -> SchedulerError {
        SchedulerError::Missing { tool: self.name, advice: instead(self.scheduler, OWN) }
    }

    pub(super) fn refused(self, arguments: &[&str], said: &str) -> SchedulerError {
        let said = said.trim_end_matches('.').to_owned();
        SchedulerError::Refused { command: format!("{} {}", self.name, arguments.join(" ")), said }
    }
}

/// The scheduler that belongs to this platform.
pub(super) const OWN: SchedulerKind = if cfg!(windows) {
    SchedulerKind::Windows
} else if cfg!(target_os = "macos") {
    SchedulerKind::Launchd
} else {
    SchedulerKind::Systemd
};

/// Advice where a scheduler is not there, on a platform whose `own` one is another or the same.
fn instead(missing: SchedulerKind, own: SchedulerKind) -> String {
    match (missing, own) {
        (SchedulerKind::Systemd, SchedulerKind::Systemd) => "Where systemd is not, `--to cron` often works.".to_owned(),
        (SchedulerKind::Cron, SchedulerKind::Systemd) => "Install cron, or use `--to systemd`.".to_owned(),
        (missing, own) if missing == own => "It belongs to the system: add its folder to PATH.".to_owned(),
        (_, own) => format!("On this computer use `--to {}`.", own.word()),
    }
}

/// Whether there is a tool of that name.
pub(super) fn is_there(name: &str) -> bool {
    let paths = crate::system::variable::get("PATH").unwrap_or_default();
    let names = [name.to_owned(), format!("{name}{}", std::env::consts::EXE_SUFFIX)];
    std::env::split_paths(&paths).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

/// What a tool said of its failure, in one line.
pub(super) fn said(output: &Output) -> String {
    let text = [&output.stderr, &output.stdout].map(|bytes| console::text(bytes).trim().to_owned());
    let said = text.iter().find(|text| !text.is_empty());
    said.map_or_else(|| output.status.to_string(), |text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text of a file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, SchedulerError> {
    match files::read_bytes(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SchedulerError::File { path: path.to_owned(), source }),
    }
}

/// Files as they are before they are replaced.
#[derive(Debug)]
pub(super) struct Before(Vec<(PathBuf, Option<String>)>);

impl Before {
    /// Reads the files.
    ///
    /// # Errors
    /// When one of them is not Writeback's, or cannot be read.
    pub(super) fn read(paths: &[PathBuf], is_ours: impl Fn(&str) -> bool) -> Result<Self, SchedulerError> {
        let read = |path: &PathBuf| match read(path)? {
            Some(text) if !is_ours(&text) => Err(SchedulerError::Foreign(path.display().to_string())),
            text => Ok((path.clone(), text)),
        };
        paths.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there was something.
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
    let written = files::write_whole(path, text.as_bytes());
    written.map_err(|source| SchedulerError::File { path: path.to_owned(), source })
}

/// Deletes a file that may be gone already.
pub(super) fn delete(path: &Path) -> Result<(), SchedulerError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(SchedulerError::File { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

/// The files of a folder whose names begin and end like that, with their texts; none where there is no such folder.
pub(super) fn files_like(folder: &Path, begin: &str, end: &str) -> Result<Vec<(PathBuf, String)>, SchedulerError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(SchedulerError::File { path: folder.to_owned(), source }),
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
    fn no_platform_is_sent_to_the_scheduler_of_another() {
        for own in [SchedulerKind::Systemd, SchedulerKind::Launchd, SchedulerKind::Windows] {
            for missing in [SchedulerKind::Systemd, SchedulerKind::Cron, SchedulerKind::Launchd, SchedulerKind::Windows]
            {
                let advice = instead(missing, own);
                for other in [SchedulerKind::Systemd, SchedulerKind::Launchd, SchedulerKind::Windows]
                    .iter()
                    .filter(|it| **it != own)
                {
                    assert!(!advice.contains(&format!("--to {}", other.word())), "{missing:?} on {own:?}: {advice}");
                }
            }
        }
    }
}
