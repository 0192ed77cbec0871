//! An export as a file such as `exports/daily-sales.toml`. It names accounts, never secrets.

use std::io;
use std::path::Path;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Append, DataSetId, DatasetKey, DefinitionError, FileDescription, FileStem, Keep, Label, Retry, Schedule};
use crate::export::Service;
use crate::system::files::{PathError, is_device, read_text, read_toml_text, write_whole};
use crate::text::secret::may_be_secret;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    #[serde(deserialize_with = "name")]
    pub name: String,
    pub description: Option<String>,
    pub input: Input,
    pub output: Output,
    #[serde(default, skip_serializing_if = "is_default")]
    pub credentials: CredentialNames,
    #[serde(default, skip_serializing_if = "is_default")]
    pub schedule: Schedule,
    /// *Always retry when an update fails*; without it, *Do not retry when update fails*. For scheduled runs only.
    pub retry: Option<Retry>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub log: Log,
    #[serde(default, skip_serializing_if = "is_default")]
    pub csv: Csv,
    #[serde(default, skip_serializing_if = "is_default")]
    pub checks: Checks,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// *Input DataSet ID*: the GUID, or the DataSet's address.
    pub dataset: DataSetId,
    /// The user has confirmed to own or co-own the DataSet, where the credentials cannot tell, or to export it with an
    /// account that sees all rows without owning it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owner_confirmed: bool,
    /// Skips a run if the data has not changed since the last successful one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub only_when_updated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// `owner/id`, or the dataset's address.
    pub dataset: DatasetKey,
    pub file: FileStem,
    #[serde(default)]
    pub append: Append,
    /// The number of dated or numbered files to keep; `None` keeps all.
    pub keep: Option<Keep>,
    /// `None` leaves data.world's description as it is.
    pub description: Option<FileDescription>,
    /// An empty list leaves data.world's labels as they are.
    #[serde(default, deserialize_with = "super::described::labels", skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// *Update Method*. In a writeback, Domo applies it to this log and never to the file (Domo, "JSON Advanced
    /// Writeback", FAQ).
    #[serde(default)]
    pub update: Update,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    #[default]
    Append,
    Replace,
}

/// Accounts by name. An omitted one comes from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialNames {
    #[serde(default, deserialize_with = "some_name")]
    pub domo: Option<String>,
    #[serde(default, deserialize_with = "some_name")]
    pub dataworld: Option<String>,
}

impl CredentialNames {
    pub fn get(&self, service: Service) -> Option<&str> {
        match service {
            Service::Domo => self.domo.as_deref(),
            Service::DataWorld => self.dataworld.as_deref(),
        }
    }

    pub(crate) fn key(service: Service) -> &'static str {
        match service {
            Service::Domo => "domo",
            Service::DataWorld => "dataworld",
        }
    }
}

/// Changes to the CSV on the way; none by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Csv {
    #[serde(default, skip_serializing_if = "is_default")]
    pub hash_rows: HashRows,
    #[serde(default, skip_serializing_if = "is_default")]
    pub nulls: Nulls,
}

/// Handling of rows that begin with `#`, which data.world ignores as comments (data.world, "Supported file types").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashRows {
    #[default]
    Refuse,
    /// Quotes the first field, so that the line does not begin with `#`.
    Quote,
    Allow,
}

/// Handling of `\N`, Domo's optional null marker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nulls {
    #[default]
    Keep,
    Empty,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// Allows an export without rows to replace a file with rows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allow_empty: bool,
    /// Allows a file to shrink to less than half its size.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allow_shrink: bool,
    /// Allows an export whose row count Domo does not state.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allow_unproven: bool,
    /// Allows bytes that are not text: invalid UTF-8, or NUL.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allow_unreadable: bool,
}

impl Export {
    /// Tells if both export the same DataSet to the same file.
    pub(crate) fn has_the_way_of(&self, other: &Self) -> bool {
        let way =
            |of: &Self| (of.input.dataset.clone(), of.output.dataset.clone(), of.output.file.clone(), of.output.append);
        way(self) == way(other)
    }

    /// Reads a definition.
    ///
    /// # Errors
    /// When the file cannot be read or is invalid. Names the line, and the nearest known key for an unknown one.
    pub fn load(path: &Path) -> Result<Self, DefinitionError> {
        let missing = || DefinitionError::Missing { path: path.to_owned(), nearest: None };
        let text = read_text(path, "export at")?.ok_or_else(missing)?;
        Self::parse(&text, path)
    }

    /// Parses a definition; `path` appears in errors.
    ///
    /// # Errors
    /// As [`Export::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, DefinitionError> {
        let export: Self = read_toml_text(text, path)?;
        export
            .output
            .file
            .fits(export.output.append)
            .map_err(|source| DefinitionError::Output { path: path.to_owned(), source })?;
        if export.output.keep.is_some() && export.output.append == Append::None {
            return Err(DefinitionError::Keep(path.to_owned()));
        }
        Ok(export)
    }

    /// Formats the definition as TOML.
    ///
    /// # Errors
    /// When a value has no TOML form.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Writes the definition atomically, readable by its owner only.
    ///
    /// # Errors
    /// When the folder or the file cannot be written; the old file then remains.
    pub fn save(&self, path: &Path) -> Result<(), DefinitionError> {
        let unwritable = |error: io::Error| DefinitionError::Unwritable(PathError::new(path, error));
        let text = self.to_toml().map_err(|error| unwritable(io::Error::other(error)))?;
        write_whole(path, text.as_bytes()).map_err(unwritable)
    }

    /// What a run writes, and where, as text. Equal texts mean equal output. Left out are names, schedule, accounts,
    /// upkeep and permissions.
    ///
    /// # Errors
    /// As [`Export::to_toml`].
    pub fn content(&self) -> Result<String, toml::ser::Error> {
        let export = Self {
            name: String::new(),
            description: None,
            input: Input { dataset: self.input.dataset.clone(), owner_confirmed: false, only_when_updated: false },
            output: Output {
                dataset: self.output.dataset.clone(),
                file: self.output.file.clone(),
                append: self.output.append,
                keep: None,
                description: self.output.description.clone(),
                labels: self.output.labels.clone(),
            },
            credentials: CredentialNames::default(),
            schedule: Schedule::default(),
            retry: None,
            log: Log::default(),
            csv: self.csv,
            checks: Checks::default(),
        };
        export.to_toml()
    }

    /// The DataSet and the target files. Two saved exports with the same route are one export that was moved.
    pub(crate) fn route(&self) -> String {
        let Output { dataset, file, append, .. } = &self.output;
        format!("{} {dataset}/{file} {append:?}", self.input.dataset)
    }

    /// Compares DataSet and target with an earlier [`content`](Self::content). Other settings may have changed since,
    /// or held for one run only.
    pub(crate) fn wrote(&self, content: &str) -> bool {
        toml::from_str::<Self>(content).is_ok_and(|Self { input, output, .. }| {
            self.input.dataset == input.dataset
                && self.output.dataset == output.dataset
                && self.output.file == output.file
                && self.output.append == output.append
        })
    }

    /// The file name in the exports folder: `daily-sales` for `Daily sales`.
    pub fn slug(&self) -> String {
        slug(&self.name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExportNameError {
    /// Nothing, or only blanks.
    Empty,
    /// A secret in its place.
    MayBeSecret,
}

/// Checks a name that is given to an export. It is shown, logged and kept.
///
/// # Errors
/// When there is nothing in it, or what may be a secret.
pub fn check_export_name(name: &str) -> Result<(), ExportNameError> {
    match name.trim() {
        "" => Err(ExportNameError::Empty),
        name if may_be_secret(name) => Err(ExportNameError::MayBeSecret),
        _ => Ok(()),
    }
}

/// Reads the name of an export or an account, which is no secret.
fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    match check_export_name(&name) {
        Err(error @ ExportNameError::MayBeSecret) => Err(D::Error::custom(error)),
        _ => Ok(name),
    }
}

fn some_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    name(deserializer).map(Some)
}

pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    // Most systems allow 255 bytes; Windows reserves some short names for devices.
    let end = slug.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 120).last().unwrap_or(0);
    let slug = slug[..end].trim_end_matches('-');
    if slug.is_empty() || is_device(slug) {
        format!("export-{slug}").trim_end_matches('-').to_owned()
    } else {
        slug.to_owned()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = r#"
name = "Daily sales"

[input]
dataset = "https://acme.domo.com/datasources/845305D8-da3d-4107-a9d6-13ef3f86d4a4/details/settings"

[output]
dataset = "https://data.world/acme-analytics/sales-mart"
file = "daily-sales.csv"
"#;

    fn parse(text: &str) -> Result<Export, DefinitionError> {
        Export::parse(text, Path::new("daily-sales.toml"))
    }

    #[test]
    fn a_definition_by_hand_may_hold_addresses() {
        let export = parse(SMALLEST).unwrap();
        assert_eq!(export.input.dataset.as_str(), "845305d8-da3d-4107-a9d6-13ef3f86d4a4");
        assert_eq!(export.output.dataset.to_string(), "acme-analytics/sales-mart");
        assert_eq!(export.output.file.as_str(), "daily-sales");
        assert_eq!(export.output.append, Append::None);
        assert_eq!(export.slug(), "daily-sales");
    }

    #[test]
    fn a_saved_definition_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exports/daily-sales.toml");
        let mut export = parse(SMALLEST).unwrap();
        export.input.owner_confirmed = true;
        export.output.append = Append::Number;
        export.credentials.domo = Some("acme".to_owned());
        export.csv = Csv { hash_rows: HashRows::Quote, nulls: Nulls::Empty };
        export.checks.allow_shrink = true;
        export.checks.allow_unproven = true;
        export.schedule = toml::from_str("every = \"weekday\"\nat = \"06:30\"\ntimezone = \"Asia/Tokyo\"").unwrap();
        export.retry = Some(Retry::default());
        export.log.update = Update::Replace;
        export.input.only_when_updated = true;
        export.output.keep = Some(Keep::new(14).unwrap());
        export.output.description = Some("What was sold".parse::<FileDescription>().unwrap());
        export.output.labels = vec![Label::CleanData, Label::Report];
        export.save(&path).unwrap();
        assert_eq!(Export::load(&path).unwrap(), export);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_one() {
        let error = parse(&SMALLEST.replace("file =", "flie =")).unwrap_err().to_string();
        assert_eq!(error, "daily-sales.toml, line 9: there is no key `flie` here. Did you mean `file`?");
        let error = parse(&SMALLEST.replace("https://data.world/acme-analytics/sales-mart", "sales-mart"))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("daily-sales.toml, line 8: That names only one part."), "{error}");
        let error = parse("name = \"x\"").unwrap_err().to_string();
        assert!(error.contains("`input` is missing"), "{error}");
    }

    #[test]
    fn a_mistake_in_a_schedule_is_named_with_its_line() {
        let error = |rest: &str| parse(&format!("{SMALLEST}{rest}")).unwrap_err().to_string();
        let error_text = error("[schedule]\nevery = \"day\"\nat = \"6.3\"");
        assert!(error_text.starts_with("daily-sales.toml, line 12: A time of day"), "{error_text}");
        let error_text = error("[schedule]\nevery = \"day\"");
        assert!(error_text.starts_with("daily-sales.toml, line 10: The schedule lacks `at`"), "{error_text}");
        let error_text = error("[retry]\nevery = \"5 minutes\"\natmost = 3");
        assert!(
            error_text.ends_with("line 12: there is no key `atmost` here. Did you mean `at_most`?"),
            "{error_text}"
        );
        let error_text = error("[retry]\nevery = \"2 days\"");
        assert!(error_text.contains("line 11: A retry comes after 1 minute to 24 hours"), "{error_text}");
        let error_text = error("keep = 3");
        assert!(error_text.contains("`keep` is for files with a date or a number."), "{error_text}");
        let error_text = error("append = \"date\"\nkeep = 0");
        assert!(error_text.contains("line 11: `keep` must be at least 1"), "{error_text}");
        let error_text = error("labels = [\"raw\"]");
        assert!(error_text.contains("Did you mean `raw data`?"), "{error_text}");
        let error_text = error("labels = [\"report\", \"script\", \"report\"]");
        assert!(
            error_text.ends_with("line 10: The label `report` is there twice. Leave one of the two out."),
            "{error_text}"
        );
        let error_text = error(&format!("description = \"{}\"", "x".repeat(121)));
        assert!(
            error_text.contains("line 10: A description has at most 120 characters; this one has 121."),
            "{error_text}"
        );
    }

    #[test]
    fn a_name_over_the_limit_with_its_suffix_is_refused() {
        let long = SMALLEST.replace("daily-sales.csv", &"x".repeat(120));
        assert!(parse(&long).is_ok());
        let error = parse(&format!("{long}append = \"date\"")).unwrap_err().to_string();
        assert!(error.contains("135 characters"), "{error}");
    }
}
