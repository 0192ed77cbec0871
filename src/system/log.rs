//! The log: what the program did, to find causes afterwards.
//!
//! The folder `logs` of the state folder has a file a day, the newest 14 are kept. A process has one log, as it has one
//! panic hook, so the log is the only thing here that is not passed as an argument.
//!
//! A line has a method, a path, a status, a phase, figures, a failure's sentence and its causes. It never has a header,
//! a query, a body, a pressed key or a row. Only events of this crate are written: those of other crates are not
//! reviewed for secrets. A log that cannot be written stops nothing.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use chrono::{DateTime, NaiveDate, Utc};
use strum::{EnumString, IntoStaticStr};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::text::secret::mask;

/// In days.
const MOST_FILES: usize = 14;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, serde::Deserialize)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive, parse_err_ty = LevelError, parse_err_fn = LevelError::new)]
#[serde(try_from = "String")]
pub enum Level {
    Off,
    Error,
    Warn,
    /// Adds every call, and every phase of a run.
    #[default]
    Info,
    Debug,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct LevelError(pub(crate) String);

impl LevelError {
    fn new(word: &str) -> Self {
        Self(word.to_owned())
    }
}

impl TryFrom<String> for Level {
    type Error = LevelError;

    fn try_from(word: String) -> Result<Self, LevelError> {
        word.trim().parse()
    }
}

/// Begins the log of this process below the state folder. Touches no file before the first line. A panic calls
/// `after_panic` once it is in the log.
pub fn start(state: &Path, level: Level, after_panic: fn()) {
    if level == Level::Off || FOLDER.set(state.join("logs")).is_err() {
        return;
    }
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(Mutex::new(Days { folder: state.join("logs"), day: None, file: None }))
        .with_ansi(false)
        .with_target(false)
        // An internal error would be written over the screen.
        .log_internal_errors(false);
    let level: LevelFilter = <&str>::from(level).parse().unwrap_or(LevelFilter::INFO);
    let ours = Targets::new().with_target(env!("CARGO_PKG_NAME"), level);
    // Fails if a log was begun before, which then goes on.
    let _ = tracing_subscriber::registry().with(ours).with(layer).try_init();
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(at = panic.location().map(tracing::field::display), "panic: {}", words(panic));
        print(panic);
        after_panic();
    }));
}

/// Today's file; `None` without a log.
pub fn file() -> Option<PathBuf> {
    FOLDER.get().map(|folder| folder.join(name(Utc::now())))
}

/// The file of the day `then`, in the folder of `log`; `None` if it may have been removed by `now`.
pub fn of_day(log: &Path, then: DateTime<Utc>, now: DateTime<Utc>) -> Option<PathBuf> {
    let days = (now.date_naive() - then.date_naive()).num_days();
    (days < MOST_FILES as i64).then(|| log.with_file_name(name(then)))
}

fn name(day: DateTime<Utc>) -> String {
    format!("writeback.{}.log", day.format("%Y-%m-%d"))
}

/// An error with all its causes on one line, the outermost first, without repetitions.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |error| error.source()).map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

fn words<'a>(panic: &'a std::panic::PanicHookInfo<'_>) -> &'a str {
    panic.payload_as_str().unwrap_or("no words")
}

/// Opens a day's file at its first line, so that the first frame does not wait for it.
#[derive(Debug)]
struct Days {
    folder: PathBuf,
    /// `None` before the first line.
    day: Option<NaiveDate>,
    /// `None` if it cannot be written.
    file: Option<File>,
}

impl Write for Days {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let now = Utc::now();
        if self.day != Some(now.date_naive()) {
            self.day = Some(now.date_naive());
            self.file = open(&self.folder, now).ok();
        }
        // Each call has a whole line.
        let line = String::from_utf8_lossy(bytes);
        let line = mask(&line);
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(line.as_bytes())).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens the file of a day, and removes old ones. The file is private: it holds no secret, but it names what is
/// exported.
fn open(folder: &Path, now: DateTime<Utc>) -> io::Result<File> {
    crate::system::files::make_folder(folder)?;
    let mut file =
        crate::system::files::open_private(&folder.join(name(now)), File::options().create(true).append(true))?;
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let (version, process) = (env!("CARGO_PKG_VERSION"), std::process::id());
    writeln!(file, "--- writeback {version}, {os} {architecture}, process {process}")?;
    let entries = std::fs::read_dir(folder)?.flatten();
    let mut days: Vec<_> = entries.filter_map(|it| Some((day_of(it.file_name().to_str()?)?, it.path()))).collect();
    days.sort_unstable();
    for (_, old) in days.iter().rev().skip(MOST_FILES) {
        let _ = std::fs::remove_file(old);
    }
    Ok(file)
}

/// The day of a log file's name; `None` for any other file.
fn day_of(name: &str) -> Option<NaiveDate> {
    name.strip_prefix("writeback.")?.strip_suffix(".log")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn causes_are_named_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("no connection")]
        struct Outer(#[source] io::Error);
        let error = Outer(io::Error::other("refused"));
        assert_eq!(causes(&error), "no connection: refused");
    }

    #[test]
    fn the_newest_fourteen_files_stay_and_no_other_file_goes() {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::from_timestamp(1_795_300_000, 0).unwrap();
        for days in 0..20 {
            std::fs::write(folder.path().join(name(now - TimeDelta::days(days))), "").unwrap();
        }
        std::fs::write(folder.path().join("writeback.old.log"), "").unwrap();
        open(folder.path(), now).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 15);
        assert!(folder.path().join(name(now - TimeDelta::days(13))).exists());
    }

    #[cfg(unix)]
    #[test]
    fn the_log_is_its_owners_alone_and_follows_no_link() {
        use std::os::unix::fs::PermissionsExt;
        let state = tempfile::tempdir().unwrap();
        let (real, folder) = (state.path().join("real"), state.path().join("logs"));
        std::fs::create_dir(&real).unwrap();
        std::fs::set_permissions(&real, PermissionsExt::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&real, &folder).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        open(&folder, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((mode(&real), mode(&real.join(name(DateTime::UNIX_EPOCH)))), (0o755, 0o600));
        let (today, mine) = (DateTime::UNIX_EPOCH + TimeDelta::days(1), state.path().join("mine"));
        std::fs::write(&mine, "mine").unwrap();
        std::os::unix::fs::symlink(&mine, real.join(name(today))).unwrap();
        assert!(open(&folder, today).is_err());
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
    }

    #[test]
    fn a_level_is_one_of_five_words() {
        assert_eq!("WARN".parse(), Ok(Level::Warn));
        let error = "loud".parse::<Level>().unwrap_err().to_string();
        assert_eq!(error, "`loud` is no level of the log. Levels are off, error, warn, info and debug");
    }
}
