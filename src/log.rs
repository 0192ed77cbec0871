//! The log: what the program did, for when something has to be found out afterwards.
//!
//! One file a day in the folder `logs` of the state folder, the newest 14 kept. There is one log a process,
//! as there is one panic hook, so that it is the one thing here that is not passed as an argument.
//!
//! A line has a method, a path, a status, a phase, figures, a failure's sentence and its causes. It never has a header, a
//! query, a body, a key that was pressed or a row; only events of this crate are written, because what other crates trace
//! nobody here has read. A log that cannot be written stops nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use tracing_appender::rolling::{RollingFileAppender, RollingWriter, Rotation};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Days of which the log is kept.
const MOST_FILES: usize = 14;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// How much is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub enum Level {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// And what was tried again.
    Warn,
    /// And every call, and every phase of a run.
    #[default]
    Info,
    /// And what leads to them.
    Debug,
}

/// A word that is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no level of the log. Levels are off, error, warn, info and debug")]
pub struct LevelError(String);

impl std::str::FromStr for Level {
    type Err = LevelError;

    fn from_str(word: &str) -> Result<Self, LevelError> {
        Ok(match word.trim().to_ascii_lowercase().as_str() {
            "off" => Self::Off,
            "error" => Self::Error,
            "warn" => Self::Warn,
            "info" => Self::Info,
            "debug" => Self::Debug,
            _ => return Err(LevelError(word.to_owned())),
        })
    }
}

impl TryFrom<String> for Level {
    type Error = LevelError;

    fn try_from(word: String) -> Result<Self, LevelError> {
        word.parse()
    }
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::OFF,
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
        }
    }
}

/// Begins the log of this process below the state folder. No file is touched before there is something to write.
pub fn start(state: &Path, level: Level) {
    if level == Level::Off || FOLDER.set(state.join("logs")).is_err() {
        return;
    }
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(Lazy(OnceLock::new()))
        .with_ansi(false)
        .with_target(false)
        // Its complaint would be written over the screen.
        .log_internal_errors(false);
    let ours = Targets::new().with_target(env!("CARGO_PKG_NAME"), LevelFilter::from(level));
    // It fails where a log was begun before, which then goes on.
    let _ = tracing_subscriber::registry().with(ours).with(layer).try_init();
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(at = panic.location().map(tracing::field::display), "panic: {}", words(panic));
        print(panic);
        let _ = writeln!(io::stderr(), "{}", sentence());
    }));
}

/// The file that is written to today; `None` where there is no log.
pub fn file() -> Option<PathBuf> {
    FOLDER.get().map(|folder| folder.join(name(Utc::now())))
}

/// The file that was written to `then`, beside the one of another day; `None` where it may have been removed by `now`.
pub fn of_day(log: &Path, then: DateTime<Utc>, now: DateTime<Utc>) -> Option<PathBuf> {
    let days = (now.date_naive() - then.date_naive()).num_days();
    (days < MOST_FILES as i64).then(|| log.with_file_name(name(then)))
}

fn name(day: DateTime<Utc>) -> String {
    format!("writeback.{}.log", day.format("%Y-%m-%d"))
}

/// A sentence that says where the log is; nothing where there is none.
pub fn sentence() -> String {
    file().filter(|file| file.exists()).map(|file| format!("The log is {}.", file.display())).unwrap_or_default()
}

/// An error with all its causes on one line, the outermost first, none said twice.
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

/// The file, opened when the first line is written: the first frame does not wait for it.
struct Lazy(OnceLock<Option<RollingFileAppender>>);

impl<'a> MakeWriter<'a> for Lazy {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        let file = self.0.get_or_init(|| FOLDER.get().and_then(|folder| open(folder).ok()));
        Line(file.as_ref().map(RollingFileAppender::make_writer))
    }
}

/// One line of the log, or nothing where it cannot be written.
struct Line<'a>(Option<RollingWriter<'a>>);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(bytes.len()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush)
    }
}

fn open(folder: &Path) -> io::Result<RollingFileAppender> {
    crate::files::make_folder(folder)?;
    // What is exported is nobody else's business, though there is no secret in it.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let builder = RollingFileAppender::builder().rotation(Rotation::DAILY).max_log_files(MOST_FILES);
    let mut file =
        builder.filename_prefix("writeback").filename_suffix("log").build(folder).map_err(io::Error::other)?;
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let (version, process) = (env!("CARGO_PKG_VERSION"), std::process::id());
    writeln!(file, "--- writeback {version}, {os} {architecture}, process {process}")?;
    Ok(file)
}

#[cfg(test)]
mod tests {
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
    fn a_level_is_one_of_five_words() {
        assert_eq!("WARN".parse(), Ok(Level::Warn));
        let error = "loud".parse::<Level>().unwrap_err().to_string();
        assert_eq!(error, "`loud` is no level of the log. Levels are off, error, warn, info and debug");
    }
}
