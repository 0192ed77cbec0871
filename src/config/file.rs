//! The file `config.toml`. Every key may be left out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::appearance::{self, AppearanceForm, KeysForm};
use super::{Address, AddressError, Appearance, Environment, InvalidSetting, KeyBinding};
use crate::system::files::{FileError, Mistake, read_text, read_toml_text};
use crate::system::log::Level;
use crate::system::variable::{VariableError, is_unexpanded};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    pub limits: Limits,
    pub domo: Option<Address>,
    pub dataworld: Option<Address>,
    /// `[spool] folder`, if given: see [`Config::spool`].
    pub spool_folder: Option<PathBuf>,
    /// `[mouse] enabled`: clicks and the wheel go to Writeback, and the terminal no longer selects text.
    pub mouse: bool,
    pub keys: Vec<KeyBinding>,
    pub theme: Appearance,
    pub log: Level,
    pub network: Network,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// `ca_file`: certificates in PEM, trusted besides those of the operating system, such as that of a company's
    /// proxy.
    pub ca_file: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest time of a transfer without a byte either way.
    pub stall: Duration,
    /// Longest wait for the first byte of an answer. Domo makes an export before it sends any.
    pub answer: Duration,
    pub connect: Duration,
    /// Longest time for data.world to process a file.
    pub processing: Duration,
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
    limits: LimitsForm,
    addresses: AddressesForm,
    spool: SpoolForm,
    log: LogForm,
    theme: AppearanceForm,
    network: NetworkForm,
    mouse: MouseForm,
    keys: KeysForm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogForm {
    level: Level,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsForm {
    stall_seconds: Option<Seconds>,
    answer_seconds: Option<Seconds>,
    connect_seconds: Option<Seconds>,
    processing_seconds: Option<Seconds>,
    attempts: Option<Attempts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AddressesForm {
    domo: Option<Address>,
    dataworld: Option<Address>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SpoolForm {
    folder: Option<WholePath>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NetworkForm {
    ca_file: Option<WholePath>,
}

/// A path in which nothing is left for a shell to replace: no shell reads the file.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct WholePath(PathBuf);

impl TryFrom<String> for WholePath {
    type Error = SettingError;

    fn try_from(path: String) -> Result<Self, SettingError> {
        match is_unexpanded(&path) {
            true => Err(SettingError::Unexpanded),
            false => Ok(Self(PathBuf::from(path))),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MouseForm {
    enabled: bool,
}

/// A time limit of at most a day: without one, a dead connection would hang forever.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Seconds(u32);

impl TryFrom<i64> for Seconds {
    type Error = SettingError;

    fn try_from(seconds: i64) -> Result<Self, SettingError> {
        match u32::try_from(seconds) {
            Ok(seconds @ 1..=86_400) => Ok(Self(seconds)),
            _ => Err(SettingError::Seconds),
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Attempts(u32);

impl TryFrom<i64> for Attempts {
    type Error = SettingError;

    fn try_from(attempts: i64) -> Result<Self, SettingError> {
        match u32::try_from(attempts) {
            Ok(attempts @ 1..=20) => Ok(Self(attempts)),
            _ => Err(SettingError::Attempts),
        }
    }
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
        let usual = Limits::default();
        let beside = |WholePath(given): WholePath| path.parent().unwrap_or(Path::new("")).join(given);
        let time =
            |given: Option<Seconds>, usual| given.map_or(usual, |Seconds(count)| Duration::from_secs(u64::from(count)));
        Ok(Self {
            limits: Limits {
                stall: time(form.limits.stall_seconds, usual.stall),
                answer: time(form.limits.answer_seconds, usual.answer),
                connect: time(form.limits.connect_seconds, usual.connect),
                processing: time(form.limits.processing_seconds, usual.processing),
                attempts: form.limits.attempts.map_or(usual.attempts, |Attempts(count)| count),
            },
            domo: form.addresses.domo,
            dataworld: form.addresses.dataworld,
            mouse: form.mouse.enabled,
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
                    [network]\nca_file = \"company.pem\"\n[mouse]\nenabled = true\n[keys]\nrun.retry = [\"f9\"]\n";
        let seconds = Duration::from_secs;
        let expected = Config {
            limits: Limits {
                stall: seconds(1),
                answer: seconds(2),
                connect: seconds(3),
                processing: seconds(4),
                attempts: 5,
            },
            domo: Some(Address::parse("http://localhost:1").unwrap()),
            dataworld: Some(Address::parse("https://dw.example").unwrap()),
            spool_folder: Some(PathBuf::from("/var/tmp")),
            mouse: true,
            keys: vec![KeyBinding { action: "run.retry".to_owned(), keys: vec!["f9".to_owned()], line: 22 }],
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
            ("[limits]\nattempts = 0", "line 2: attempts must be from 1 to 20"),
            ("[limits]\nanswer_seconds = -1", "line 2: a time limit is 1 to 86400 seconds"),
            ("[addresses]\ndomo = \"http://example.com\"", "line 2: The address has to begin with https://: a token"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(&format!("/home/me/config.toml, {expected}")), "{error}");
        }
    }
}
