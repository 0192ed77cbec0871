//! The environment, read once at the start.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::system::variable::{self, VariableError, Wrong};
use crate::text::secret::{Secret, remember};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    pub home: Option<PathBuf>,
    pub dataworld_token: Option<Secret>,
    pub domo_client_id: Option<String>,
    pub domo_client_secret: Option<Secret>,
    pub domo_developer_token: Option<Secret>,
    pub domo_instance: Option<String>,
    pub dataworld_url: Option<String>,
    pub domo_url: Option<String>,
    /// `CREDENTIALS_DIRECTORY`: the folder of a systemd service's credentials (systemd.exec(5), `LoadCredential=`).
    pub credentials_directory: Option<PathBuf>,
    /// `TMPDIR`.
    pub temporary: Option<PathBuf>,
    pub log: Option<String>,
    /// The credentials are the demo's.
    pub is_demo: bool,
    /// Errors of variables with an unusable value.
    pub errors: Vec<VariableError>,
}

const READ_BY_LIBRARIES: [&str; 6] =
    ["SSL_CERT_FILE", "SSL_CERT_DIR", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"];

/// A wrong value here stops only a command that needs the credential.
const CREDENTIALS: [&str; 5] =
    ["DW_AUTH_TOKEN", "DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET", "DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE"];

impl Environment {
    pub fn from_process() -> Self {
        Self::read(variable::get)
    }

    /// Masks these secrets in everything that leaves the program.
    pub(crate) fn remember_secrets(&self) {
        let secrets = [&self.dataworld_token, &self.domo_client_secret, &self.domo_developer_token];
        secrets.into_iter().flatten().for_each(|secret| remember(secret.expose()));
    }

    pub fn read<V: Into<OsString>>(get: impl Fn(&str) -> Option<V>) -> Self {
        let get = |name| get(name).map(Into::into);
        let errors = RefCell::new(Vec::new());
        let text = |name| keep(variable::text(name, get(name)), &errors);
        let folder = |name| keep(variable::path_unless_empty(name, get(name)), &errors);
        let secret = |name| keep(variable::secret(name, get(name)), &errors);
        let mut environment = Self {
            home: keep(variable::path("WRITEBACK_HOME", get("WRITEBACK_HOME")), &errors),
            domo_client_id: keep(variable::client_id("DOMO_CLIENT_ID", get("DOMO_CLIENT_ID")), &errors),
            dataworld_url: text("WRITEBACK_DATAWORLD_URL"),
            domo_url: text("WRITEBACK_DOMO_URL"),
            domo_instance: text("DOMO_INSTANCE"),
            log: text("WRITEBACK_LOG"),
            is_demo: false,
            credentials_directory: folder("CREDENTIALS_DIRECTORY"),
            temporary: folder("TMPDIR"),
            dataworld_token: secret("DW_AUTH_TOKEN"),
            domo_client_secret: secret("DOMO_CLIENT_SECRET"),
            domo_developer_token: secret("DOMO_DEVELOPER_TOKEN"),
            errors: errors.take(),
        };
        // The folders of XDG count on Linux only, where no folder is named for all files; `directories` ignores one that is
        // not absolute, as `~/x` is.
        let is_used = |name: &str, value: &OsStr| {
            let is_relative = value.to_str().is_some_and(|value| value.starts_with(['~', '$']));
            !name.starts_with("XDG_") || (cfg!(target_os = "linux") && environment.home.is_none() && !is_relative)
        };
        let check = |name| {
            let value = get(name)?;
            variable::check_bare(name, &value, is_used(name, &value)).err()
        };
        let errors: Vec<_> = READ_BY_LIBRARIES.into_iter().filter_map(check).collect();
        environment.errors.extend(errors);
        environment
    }

    /// Checks the variables that every command needs.
    ///
    /// # Errors
    /// The first unusable one.
    pub fn check(&self) -> Result<(), VariableError> {
        self.errors.iter().find(|error| !CREDENTIALS.contains(&error.name)).copied().map_or(Ok(()), Err)
    }

    pub fn error_of(&self, names: &[&str]) -> Option<VariableError> {
        self.errors.iter().find(|error| names.contains(&error.name)).copied()
    }

    /// Ignores an empty variable: services that pass all variables leave those empty that they have no value for.
    pub fn error_unless_empty(&self, names: &[&str]) -> Option<VariableError> {
        let is_meant = |error: &&VariableError| names.contains(&error.name) && error.wrong != Wrong::Empty;
        self.errors.iter().find(is_meant).copied()
    }
}

/// Sets an error aside: the variable counts as unset until a command needs it.
fn keep<T>(read: Result<Option<T>, VariableError>, errors: &RefCell<Vec<VariableError>>) -> Option<T> {
    read.unwrap_or_else(|error| {
        errors.borrow_mut().push(error);
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_cleaned_of_pasted_extras() {
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
            is_demo: false,
            errors: Vec::new(),
        };
        assert_eq!(environment, expected);
    }

    #[test]
    fn unusable_variables_are_listed_by_name() {
        let names = |value: &'static str| {
            let environment = Environment::read(|_| Some(value.to_owned()));
            let mut names: Vec<&str> = environment.errors.iter().map(|error| error.name).collect();
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

    #[test]
    fn folders_of_xdg_are_checked_where_they_count() {
        let wrong = |folder: &'static str, home: Option<&'static str>| {
            let environment = Environment::read(|name| match name {
                "XDG_CONFIG_HOME" => Some(folder),
                "WRITEBACK_HOME" => home,
                _ => None,
            });
            environment.check().is_err()
        };
        assert_eq!(wrong("/srv/$USER", None), cfg!(target_os = "linux"));
        assert!(!wrong("/srv/$USER", Some("/srv/x")) && !wrong("~/.config", None));
    }
}
