//! The environment, read once at the start.

use std::path::PathBuf;

use crate::secret::Secret;

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
    /// `CREDENTIALS_DIRECTORY`: where systemd puts the credentials of a service (systemd.exec(5), `LoadCredential=`).
    pub credentials_directory: Option<PathBuf>,
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
            credentials_directory: text("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let environment = Environment::read(|name| match name {
            "DW_AUTH_TOKEN" => Some(" Bearer eyJ.abc \n".to_owned()),
            "DOMO_CLIENT_ID" => Some(" id ".to_owned()),
            "CREDENTIALS_DIRECTORY" => Some("/run/credentials/x".to_owned()),
            _ => Some("  ".to_owned()),
        });
        let expected = Environment {
            dataworld_token: Some(Secret::new("eyJ.abc")),
            domo_client_id: Some("id".to_owned()),
            credentials_directory: Some(PathBuf::from("/run/credentials/x")),
            ..Environment::default()
        };
        assert_eq!(environment, expected);
    }
}
