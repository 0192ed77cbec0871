//! The file `config.toml`. Every key may be left out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::appearance::{self, AppearanceForm, KeysForm};
use super::{AddressError, Addresses, Appearance, Environment, InvalidSetting, KeyBinding};
use crate::export::schedule::parse_zone;
use crate::system::files::{FileError, Mistake, read_text, read_toml_text};
use crate::system::log::Level;
use crate::system::variable::{VariableError, is_unexpanded};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    pub limits: Limits,
    pub addresses: Addresses,
    /// `[spool] folder`, if given: see [`Config::spool`].
    pub spool_folder: Option<PathBuf>,
    /// `[mouse] enabled`: clicks and the wheel go to Writeback, and the terminal no longer selects text.
    pub mouse: bool,
    /// `[screen] time_zone`: the zone of the dashboard's times, if it is not this computer's.
    pub time_zone: Option<Tz>,
    pub keys: Vec<KeyBinding>,
    pub theme: Appearance,
    pub log: Level,
    pub network: Network,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// `ca_file`: certificates in PEM, trusted besides those of the operating system, such as that of a company's
    /// proxy.
    #[serde(deserialize_with = "whole_path")]
    pub ca_file: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Longest time of a transfer without a byte either way.
    #[serde(rename = "stall_seconds", deserialize_with = "seconds")]
    pub stall: Duration,
    /// Longest wait for the first byte of an answer. Domo makes an export before it sends any.
    #[serde(rename = "answer_seconds", deserialize_with = "seconds")]
    pub answer: Duration,
    #[serde(rename = "connect_seconds", deserialize_with = "seconds")]
    pub connect: Duration,
    /// Longest time for data.world to process a file.
    #[serde(rename = "processing_seconds", deserialize_with = "seconds")]
    pub processing: Duration,
    #[serde(deserialize_with = "attempts")]
    pub attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(60),
            answer: Duration::from_secs(600),
            connect: Duration::from_secs(10),
            processing: Duration::from_secs(600),
            attempts: 5,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    File(#[from] FileError),
    Variable { variable: &'static str, source: AddressError },
    Unusable(#[from] VariableError),
    NoHome,
}

/// A value of the file that is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    Unexpanded,
    Seconds,
    Attempts,
}

impl ConfigError {
    pub fn invalid_setting(path: &Path, InvalidSetting { line, reason }: InvalidSetting) -> Self {
        Self::File(FileError::Wrong { path: path.to_owned(), line, mistake: Mistake::Other(reason) })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    limits: Limits,
    addresses: Addresses,
    spool: SpoolForm,
    log: LogForm,
    theme: AppearanceForm,
    network: Network,
    mouse: MouseForm,
    screen: ScreenForm,
    keys: KeysForm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogForm {
    level: Level,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SpoolForm {
    #[serde(deserialize_with = "whole_path")]
    folder: Option<PathBuf>,
}

/// Deserializes a path in which nothing is left for a shell to replace: no shell reads the file.
fn whole_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = String::deserialize(deserializer)?;
    if is_unexpanded(&path) { Err(D::Error::custom(SettingError::Unexpanded)) } else { Ok(Some(path.into())) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MouseForm {
    enabled: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScreenForm {
    #[serde(deserialize_with = "time_zone")]
    time_zone: Option<Tz>,
}

/// Deserializes a zone as in a schedule: an IANA name, or its city.
fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Tz>, D::Error> {
    parse_zone(&String::deserialize(deserializer)?).map(Some).map_err(D::Error::custom)
}

/// Deserializes a time limit of at most a day: without one, a dead connection would hang forever.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    match i64::deserialize(deserializer)? {
        seconds @ 1..=86_400 => Ok(Duration::from_secs(seconds.unsigned_abs())),
        _ => Err(D::Error::custom(SettingError::Seconds)),
    }
}

fn attempts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let attempts = u32::try_from(i64::deserialize(deserializer)?).ok().filter(|attempts| (1..=20).contains(attempts));
    attempts.ok_or_else(|| D::Error::custom(SettingError::Attempts))
}

impl Config {
    /// The folder of the spool file: the one in the configuration, else the platform's for temporary files.
    pub fn spool(&self, environment: &Environment) -> PathBuf {
        let usual = || super::spool::default_folder(environment.temporary.as_deref());
        self.spool_folder.clone().unwrap_or_else(usual)
    }

    /// Reads the file; without one, the defaults apply.
    ///
    /// # Errors
    /// When it cannot be read, or a key or value is unknown or wrong, with the line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        read_text(path, "configuration in")?.map_or_else(|| Ok(Self::default()), |text| Self::parse(&text, path))
    }

    /// Parses the file's text. `path` appears in errors, and relative paths start at its folder.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let form: Form = read_toml_text(text, path)?;
        let beside = |given: PathBuf| path.parent().unwrap_or(Path::new("")).join(given);
        Ok(Self {
            limits: form.limits,
            addresses: form.addresses,
            mouse: form.mouse.enabled,
            time_zone: form.screen.time_zone,
            keys: appearance::key_bindings(form.keys, text),
            theme: form.theme.into_appearance(text),
            log: form.log.level,
            spool_folder: form.spool.folder.map(beside),
            network: Network { ca_file: form.network.ca_file.map(beside) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Located, ThemeName};

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("/home/me/config.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn missing_keys_keep_their_defaults() {
        assert_eq!(parse("").unwrap(), Config::default());
        assert_eq!(Config::load(Path::new("/nowhere/config.toml")).unwrap(), Config::default());
        let config = parse("[limits]\nstall_seconds = 5\nattempts = 2\n[spool]\nfolder = \"spool\"\n").unwrap();
        let limits = Limits { stall: Duration::from_secs(5), attempts: 2, ..Limits::default() };
        assert_eq!(config.limits, limits);
        assert_eq!(config.spool_folder.as_deref(), Some(Path::new("/home/me/spool")));
        let said = parse("[network]\nca_file = \"~/company.pem\"\n").unwrap_err();
        assert!(said.starts_with("/home/me/config.toml, line 2: only a shell replaces `~` and `$`."), "{said}");
    }

    #[test]
    fn every_key_is_read() {
        let text = "[limits]\nstall_seconds = 1\nanswer_seconds = 2\nconnect_seconds = 3\nprocessing_seconds = 4\n\
                    attempts = 5\n[addresses]\ndomo = \"http://localhost:1\"\ndataworld = \"https://dw.example/v0/\"\n\
                    [spool]\nfolder = \"/var/tmp\"\n[log]\nlevel = \"debug\"\n[theme]\naccent = \"blue\"\nname = \"light\"\n\
                    [network]\nca_file = \"company.pem\"\n[mouse]\nenabled = true\n[screen]\n\
                    time_zone = \"Berlin\"\n[keys]\nrun.retry = [\"f9\"]\n";
        let seconds = Duration::from_secs;
        let expected = Config {
            limits: Limits {
                stall: seconds(1),
                answer: seconds(2),
                connect: seconds(3),
                processing: seconds(4),
                attempts: 5,
            },
            addresses: Addresses {
                domo: "http://localhost:1".parse().ok(),
                dataworld: "https://dw.example".parse().ok(),
            },
            spool_folder: Some(PathBuf::from("/var/tmp")),
            mouse: true,
            time_zone: Some(Tz::Europe__Berlin),
            keys: vec![KeyBinding { action: "run.retry".to_owned(), keys: vec!["f9".to_owned()], line: 24 }],
            theme: Appearance {
                theme: ThemeName::Light,
                colors: [("accent".to_owned(), Located { value: "blue".to_owned(), line: 15 })].into(),
            },
            log: Level::Debug,
            network: Network { ca_file: Some(PathBuf::from("/home/me/company.pem")) },
        };
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            (
                "[limits]\nstal_seconds = 5",
                "line 2: there is no key `stal_seconds` here. Did you mean `stall_seconds`?",
            ),
            ("\n[limit]", "line 2: there is no key `limit` here. Did you mean `limits`?"),
            ("[theme]\nname = \"lihgt\"", "line 2: `lihgt` is not a valid value here. Did you mean `light`?"),
            ("[theme]\nacent = \"red\"", "line 2: there is no key `acent` here. Did you mean `accent`?"),
            ("[log]\nlevel = \"loud\"", "line 2: `loud` is no level of the log."),
            ("[screen]\ntime_zone = \"Berln\"", "line 2: `Berln` is not a time zone. Did you mean Europe/Berlin?"),
            ("[limits]\nattempts = 0", "line 2: attempts must be from 1 to 20"),
            ("[limits]\nanswer_seconds = -1", "line 2: a time limit is 1 to 86400 seconds"),
            ("[addresses]\ndomo = \"http://example.com\"", "line 2: The address has to begin with https://: a token"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(&format!("/home/me/config.toml, {expected}")), "{error}");
        }
    }
}
