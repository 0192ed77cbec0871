//! Folders, addresses and limits: defaults, then `config.toml`, then the environment, then flags.

mod address;
mod appearance;
mod environment;
mod file;
mod spool;

pub(crate) use address::is_this_computer;
pub use address::{Address, AddressError, Addresses, InstanceError, parse_instance};
pub use appearance::{Appearance, InvalidSetting, KeyBinding, Located, ThemeName};
pub use environment::Environment;
pub use file::{Config, ConfigError, Limits, Network, SettingError};

use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Configuration: `accounts.toml`, `config.toml`, `exports/`.
    pub config: PathBuf,
    /// State: history, drafts, logs.
    pub state: PathBuf,
}

impl Paths {
    /// Both folders are `home` when `WRITEBACK_HOME` names one, else the platform's own. `None` when the platform knows
    /// no home folder.
    pub fn find(home: Option<PathBuf>) -> Option<Self> {
        if let Some(home) = home {
            return Some(Self { config: home.clone(), state: home });
        }
        let dirs = directories::ProjectDirs::from("", "", "writeback")?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Some(Self { config: dirs.config_dir().to_owned(), state: state.to_owned() })
    }

    pub fn exports(&self) -> PathBuf {
        self.config.join("exports")
    }

    pub fn accounts(&self) -> PathBuf {
        self.config.join("accounts.toml")
    }

    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }
}
