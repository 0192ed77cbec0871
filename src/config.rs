//! Where things are: folders, addresses, what the environment says.

use std::path::PathBuf;

use crate::secret::Secret;

/// The folders of one person's Writeback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Configuration: `accounts.toml`, `config.toml`, `exports/`.
    pub config: PathBuf,
    /// State: history, drafts, logs.
    pub state: PathBuf,
}

impl Paths {
    /// The folders: both in `home` when `WRITEBACK_HOME` names one, else where the platform keeps such things.
    /// `None` when the platform knows no home folder.
    pub fn find(home: Option<PathBuf>) -> Option<Self> {
        if let Some(home) = home {
            return Some(Self { config: home.clone(), state: home });
        }
        let dirs = directories::ProjectDirs::from("", "", "writeback")?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Some(Self { config: dirs.config_dir().to_owned(), state: state.to_owned() })
    }

    /// The folder of saved exports.
    pub fn exports(&self) -> PathBuf {
        self.config.join("exports")
    }

    /// The file of accounts.
    pub fn accounts(&self) -> PathBuf {
        self.config.join("accounts.toml")
    }
}

/// What the environment says, read once at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `WRITEBACK_HOME`: one folder for everything.
    pub home: Option<PathBuf>,
    /// `DW_AUTH_TOKEN`.
    pub dataworld_token: Option<Secret>,
    /// `DOMO_CLIENT_ID`.
    pub domo_client_id: Option<String>,
    /// `DOMO_CLIENT_SECRET`.
    pub domo_client_secret: Option<Secret>,
    /// `DOMO_DEVELOPER_TOKEN`.
    pub domo_developer_token: Option<Secret>,
    /// `DOMO_INSTANCE`.
    pub domo_instance: Option<String>,
    /// `WRITEBACK_DATAWORLD_URL`.
    pub dataworld_url: Option<String>,
    /// `WRITEBACK_DOMO_URL`.
    pub domo_url: Option<String>,
}

impl Environment {
    /// Reads the variables through `get`; an empty one counts as not set.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let secret = |name: &str| get(name).map(|value| Secret::from_paste(&value)).filter(|value| !value.is_empty());
        Self {
            home: text("WRITEBACK_HOME").map(PathBuf::from),
            dataworld_token: secret("DW_AUTH_TOKEN"),
            domo_client_id: text("DOMO_CLIENT_ID"),
            domo_client_secret: secret("DOMO_CLIENT_SECRET"),
            domo_developer_token: secret("DOMO_DEVELOPER_TOKEN"),
            domo_instance: text("DOMO_INSTANCE"),
            dataworld_url: text("WRITEBACK_DATAWORLD_URL"),
            domo_url: text("WRITEBACK_DOMO_URL"),
        }
    }
}
