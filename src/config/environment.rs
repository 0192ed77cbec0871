//! The environment, read once at the start.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::secret::{Secret, remember};
use crate::variable::{self, VariableError, Wrong};

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
    /// `TMPDIR`: where temporary files go.
    pub temporary: Option<PathBuf>,
    /// `WRITEBACK_LOG`: how much is written to the log.
    pub log: Option<String>,
    /// The variables that are set to something that cannot be used.
    pub wrong: Vec<VariableError>,
}

/// Variables that libraries read as they are: where certificates and folders are.
const READ_BY_LIBRARIES: [&str; 6] =
    ["SSL_CERT_FILE", "SSL_CERT_DIR", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"];

/// Variables of credentials. One that is wrong stops only what needs it.
const CREDENTIALS: [&str; 5] =
    ["DW_AUTH_TOKEN", "DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET", "DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE"];

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self::read(variable::get)
    }

    /// Has these secrets masked wherever text leaves the program.
    pub(crate) fn remember_secrets(&self) {
        let secrets = [&self.dataworld_token, &self.domo_client_secret, &self.domo_developer_token];
        secrets.into_iter().flatten().for_each(|secret| remember(secret.expose()));
    }

    /// Reads the variables through `get`.
    pub fn read<V: Into<OsString>>(get: impl Fn(&str) -> Option<V>) -> Self {
        let get = |name| get(name).map(Into::into);
        let mut wrong = Vec::new();
        let mut text = |name| variable::text(name, get(name)).unwrap_or_else(|error| note(&mut wrong, error));
        let home = text("WRITEBACK_HOME").map(PathBuf::from);
        let (dataworld_url, domo_url) = (text("WRITEBACK_DATAWORLD_URL"), text("WRITEBACK_DOMO_URL"));
        let (domo_client_id, domo_instance) = (text("DOMO_CLIENT_ID"), text("DOMO_INSTANCE"));
        let log = text("WRITEBACK_LOG");
        let mut folder = |name| {
            let read = variable::text_unless_empty(name, get(name)).unwrap_or_else(|error| note(&mut wrong, error));
            read.map(PathBuf::from)
        };
        let (credentials_directory, temporary) = (folder("CREDENTIALS_DIRECTORY"), folder("TMPDIR"));
        let mut secret = |name| variable::secret(name, get(name)).unwrap_or_else(|error| note(&mut wrong, error));
        let dataworld_token = secret("DW_AUTH_TOKEN");
        let (domo_client_secret, domo_developer_token) = (secret("DOMO_CLIENT_SECRET"), secret("DOMO_DEVELOPER_TOKEN"));
        wrong.extend(
            READ_BY_LIBRARIES.into_iter().filter_map(|name| variable::check_bare(name, get(name).as_deref()).err()),
        );
        Self {
            home,
            dataworld_token,
            domo_client_id,
            domo_client_secret,
            domo_developer_token,
            domo_instance,
            dataworld_url,
            domo_url,
            credentials_directory,
            temporary,
            log,
            wrong,
        }
    }

    /// Checks the variables that every command needs.
    ///
    /// # Errors
    /// The first that is set to something that cannot be used.
    pub fn check(&self) -> Result<(), VariableError> {
        self.wrong.iter().find(|error| !CREDENTIALS.contains(&error.name)).copied().map_or(Ok(()), Err)
    }

    /// Finds the error of one of these variables.
    pub fn wrong_of(&self, names: &[&str]) -> Option<VariableError> {
        self.wrong.iter().find(|error| names.contains(&error.name)).copied()
    }

    /// The same, but for one that is empty: services that are started with all variables leave those empty that they
    /// have nothing for.
    pub fn wrong_but_not_empty(&self, names: &[&str]) -> Option<VariableError> {
        let is_meant = |error: &&VariableError| names.contains(&error.name) && error.wrong != Wrong::Empty;
        self.wrong.iter().find(is_meant).copied()
    }
}

/// Keeps an error aside: the variable counts as none until somebody needs it.
fn note<T>(wrong: &mut Vec<VariableError>, error: VariableError) -> Option<T> {
    wrong.push(error);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_loses_what_is_pasted_along() {
        let environment = Environment::read(|name| match name {
            "DW_AUTH_TOKEN" => Some(" \"Bearer eyJ.abc\"\r\n".to_owned()),
            "SSL_CERT_FILE" | "SSL_CERT_DIR" | "HOME" | "XDG_CONFIG_HOME" | "XDG_STATE_HOME" | "XDG_DATA_HOME" => None,
            name => Some(format!("\"of-{name}\"\r\n")),
        });
        let folder = |name| Some(PathBuf::from(format!("of-{name}")));
        let text = |name: &str| Some(format!("of-{name}"));
        let expected = Environment {
            home: folder("WRITEBACK_HOME"),
            dataworld_token: Some(Secret::new("eyJ.abc")),
            domo_client_id: text("DOMO_CLIENT_ID"),
            domo_client_secret: Some(Secret::new("of-DOMO_CLIENT_SECRET")),
            domo_developer_token: Some(Secret::new("of-DOMO_DEVELOPER_TOKEN")),
            domo_instance: text("DOMO_INSTANCE"),
            dataworld_url: text("WRITEBACK_DATAWORLD_URL"),
            domo_url: text("WRITEBACK_DOMO_URL"),
            credentials_directory: folder("CREDENTIALS_DIRECTORY"),
            temporary: folder("TMPDIR"),
            log: text("WRITEBACK_LOG"),
            wrong: Vec::new(),
        };
        assert_eq!(environment, expected);
    }

    #[test]
    fn what_cannot_be_used_is_known_by_its_name() {
        let names = |value: &'static str| {
            let environment = Environment::read(|_| Some(value.to_owned()));
            let mut names: Vec<&str> = environment.wrong.iter().map(|error| error.name).collect();
            names.sort_unstable();
            (names, environment.check().is_err())
        };
        let ours =
            [&CREDENTIALS[..], &["WRITEBACK_HOME", "WRITEBACK_DATAWORLD_URL", "WRITEBACK_DOMO_URL", "WRITEBACK_LOG"]];
        let mut ours = ours.concat();
        ours.sort_unstable();
        assert_eq!(names(""), (ours.clone(), true), "of what all programs read, an empty one is none");
        let mut all = [&ours[..], &["CREDENTIALS_DIRECTORY", "TMPDIR"]].concat();
        all.sort_unstable();
        assert_eq!(names("a\nb"), (all, true));
        assert_eq!(names("\"x\"").0, {
            let mut libraries = READ_BY_LIBRARIES.to_vec();
            libraries.sort_unstable();
            libraries
        });
        let one = |name: &'static str| Environment::read(|asked| (asked == name).then(String::new));
        assert_eq!(one("DW_AUTH_TOKEN").check(), Ok(()), "it stops only what needs it");
        assert!(one("WRITEBACK_HOME").check().is_err());
    }
}
