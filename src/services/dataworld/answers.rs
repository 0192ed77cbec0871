//! data.world's answers. Fields that its description calls required may be missing, and enums have grown over the
//! years.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::{Access, Dataset, File, Organization, User, Visibility};
use crate::export::DatasetKey;
use crate::services::http::{bounded, objects};
use crate::text::terminal_text::cut;

objects!(UserAnswer, Page<T>, DatasetAnswer, FileAnswer, SourceAnswer, CreatedAnswer);

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|moment| moment.to_utc()))
}

pub(super) trait Record: DeserializeOwned {
    fn text(&self) -> usize;
}

impl Record for UserAnswer {
    fn text(&self) -> usize {
        self.id.len() + self.display_name.as_ref().map_or(0, String::len)
    }
}

impl Record for DatasetAnswer {
    fn text(&self) -> usize {
        let texts = [&self.owner, &self.id, &self.title, &self.status];
        texts.into_iter().flatten().map(|text| text.len().min(LONGEST_NAME)).sum()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
pub(super) struct UserAnswer {
    id: String,
    display_name: Option<String>,
    base_url: Option<String>,
}

impl UserAnswer {
    /// `None` without a user id, as from a proxy that answers `{}` to everything.
    pub(super) fn into_user(self, token_may_write: Option<bool>) -> Option<User> {
        let Self { id, display_name, base_url } = self;
        (!id.is_empty()).then_some(User { id, display_name, base_url, token_may_write })
    }

    pub(super) fn into_organization(self) -> Organization {
        Organization { display_name: self.display_name.unwrap_or_else(|| self.id.clone()), id: self.id }
    }
}

/// Records of a page that are kept. data.world gives 100 at most.
const MOST_RECORDS: usize = 20_000;
/// Files of a dataset that are kept. Normal entries reach the limit of an answer's length first; this bounds the memory
/// for nearly empty ones.
const MOST_FILES: usize = 100_000;
/// Bytes of a title that are kept. data.world's have 60 characters at most.
const LONGEST_TITLE: usize = 240;
/// The longest valid owner, id or file name; a file of an archive has a path as its name.
const LONGEST_NAME: usize = 1_024;

fn records<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    bounded::<MOST_RECORDS, _, _>(deserializer).map(|(records, _)| records)
}

/// A page of a list. The documentation's examples call the token `next`, its schema and all clients `nextPageToken`.
#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct Page<T> {
    #[serde(default = "Vec::new", deserialize_with = "records", bound(deserialize = "T: Deserialize<'de>"))]
    records: Vec<T>,
    #[serde(rename = "nextPageToken")]
    next_page_token: Option<String>,
    next: Option<String>,
}

impl<T> Page<T> {
    pub(super) fn into_parts(self) -> (Vec<T>, Option<String>) {
        (self.records, self.next_page_token.or(self.next).filter(|token| !token.is_empty()))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
pub(super) struct DatasetAnswer {
    owner: Option<String>,
    id: Option<String>,
    title: Option<String>,
    access_level: Option<String>,
    visibility: Option<String>,
    is_project: Option<bool>,
    #[serde(deserialize_with = "moment")]
    updated: Option<DateTime<Utc>>,
    status: Option<String>,
    #[serde(deserialize_with = "files")]
    files: Option<Vec<FileAnswer>>,
}

/// `None` unless all files are here: some of them cannot tell whether a name is taken.
fn files<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<FileAnswer>>, D::Error> {
    bounded::<MOST_FILES, _, _>(deserializer).map(|(files, is_all)| is_all.then_some(files))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
struct FileAnswer {
    name: String,
    size_in_bytes: Option<u64>,
    #[serde(deserialize_with = "moment")]
    created: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "moment")]
    updated: Option<DateTime<Utc>>,
    updated_by: Option<String>,
    source: Option<SourceAnswer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
struct SourceAnswer {
    sync_status: Option<String>,
}

impl DatasetAnswer {
    /// A dataset of a list; `None` without its key.
    pub(super) fn listed(self) -> Option<Dataset> {
        let key = self.key()?;
        Some(self.into_dataset(key))
    }

    /// The dataset requested as `asked`; the answer may spell its key differently.
    pub(super) fn read(self, asked: &DatasetKey) -> Dataset {
        let key = self.key().unwrap_or_else(|| asked.clone());
        self.into_dataset(key)
    }

    fn key(&self) -> Option<DatasetKey> {
        let (owner, id) = (self.owner.as_ref()?, self.id.as_ref()?);
        (owner.len().max(id.len()) <= LONGEST_NAME).then(|| DatasetKey::new(owner, id))
    }

    fn into_dataset(self, key: DatasetKey) -> Dataset {
        let files = |files: Vec<FileAnswer>| {
            files.into_iter().filter(|file| file.name.len() <= LONGEST_NAME).map(FileAnswer::file).collect()
        };
        Dataset {
            title: cut(self.title.unwrap_or_else(|| key.id().to_owned()), LONGEST_TITLE),
            access: match self.access_level.as_deref() {
                Some("NONE" | "DISCOVER") => Access::None,
                Some("READ") => Access::Read,
                Some("WRITE") => Access::Write,
                Some("ADMIN") => Access::Admin,
                _ => Access::Unknown,
            },
            visibility: match self.visibility.as_deref() {
                Some("OPEN") => Some(Visibility::Open),
                Some("PRIVATE" | "DISCOVERABLE") => Some(Visibility::Private),
                _ => None,
            },
            is_project: self.is_project.unwrap_or(false),
            updated: self.updated,
            status: self.status.map(|status| cut(status, LONGEST_TITLE)),
            files: self.files.map(files),
            key,
        }
    }
}

impl FileAnswer {
    fn file(self) -> File {
        File {
            name: self.name,
            size: self.size_in_bytes,
            created: self.created,
            updated: self.updated,
            updated_by: self.updated_by.map(|name| cut(name, LONGEST_TITLE)),
            sync_status: self.source.and_then(|source| source.sync_status).map(|status| cut(status, LONGEST_TITLE)),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
pub(super) struct CreatedAnswer {
    uri: Option<String>,
}

impl CreatedAnswer {
    /// Takes the key from the last two parts of the URL: data.world chooses the id.
    pub(super) fn key(&self) -> Option<DatasetKey> {
        let mut parts = self.uri.as_deref()?.trim_end_matches('/').rsplit('/');
        let (id, owner) = (parts.next()?, parts.next()?);
        format!("{owner}/{id}").parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::export::Service;
    use crate::services::http::tests::{bytes, read};

    const KEYS: &str = "records|nextPageToken|next|count|owner|id|title|accessLevel|visibility|isProject|updated|created|status|\
                        files|name|sizeInBytes|updatedBy|source|syncStatus|displayName|baseUrl|uri";

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused_in_a_sentence(bytes in bytes(KEYS)) {
            let service = Service::DataWorld;
            if let Some(page) = read::<Page<DatasetAnswer>>(service, &bytes) {
                for dataset in page.into_parts().0.into_iter().filter_map(DatasetAnswer::listed) {
                    prop_assert!(dataset.title.len() <= LONGEST_TITLE);
                    prop_assert!(dataset.key.owner().len().max(dataset.key.id().len()) <= LONGEST_NAME);
                }
            }
            if let Some(page) = read::<Page<UserAnswer>>(service, &bytes) {
                page.into_parts().0.into_iter().map(UserAnswer::into_organization).for_each(drop);
            }
            read::<DatasetAnswer>(service, &bytes).map(|answer| answer.read(&DatasetKey::new("acme", "sales")));
            read::<UserAnswer>(service, &bytes).and_then(|answer| answer.into_user(None));
            read::<CreatedAnswer>(service, &bytes).and_then(|answer| answer.key());
        }
    }

    #[test]
    fn sparse_records_are_read() {
        let page: Page<DatasetAnswer> = serde_json::from_str(
            r#"{"count":2,"next":"abc=","records":[{"owner":"acme","id":"a-b","accessLevel":"NEW_ONE","files":[{"name":"x/y.csv"}]},{"title":"no id"}]}"#,
        )
        .unwrap();
        let (records, next) = page.into_parts();
        assert_eq!(next.as_deref(), Some("abc="));
        let read: Vec<_> = records.into_iter().filter_map(DatasetAnswer::listed).collect();
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].title.as_str(), read[0].access), ("a-b", Access::Unknown));
        assert_eq!(read[0].files.as_ref().unwrap()[0].size, None);
    }

    #[test]
    fn an_incomplete_list_of_files_counts_as_unknown() {
        let files = |files: &str| {
            let answer: DatasetAnswer = serde_json::from_str(&format!("{{{files}}}")).unwrap();
            answer.read(&DatasetKey::new("acme", "sales")).files.map(|files| files.len())
        };
        let of = |count: usize| format!("\"files\":[{}]", vec!["{\"name\":\"a.csv\"}"; count].join(","));
        assert_eq!((files(""), files("\"files\":null")), (None, None));
        assert_eq!((files(&of(0)), files(&of(2))), (Some(0), Some(2)));
        assert_eq!((files(&of(MOST_FILES)), files(&of(MOST_FILES + 1))), (Some(MOST_FILES), None));
    }

    #[test]
    fn the_id_of_a_new_dataset_is_taken_from_its_address() {
        let created = |uri: &str| CreatedAnswer { uri: Some(uri.to_owned()) }.key().map(|key| key.to_string());
        assert_eq!(created("https://data.world/acme/api-sandbox").as_deref(), Some("acme/api-sandbox"));
        assert_eq!(created("https://acme.app.data.world/acme/x-1/").as_deref(), Some("acme/x-1"));
        assert_eq!(created("nonsense"), None);
    }
}
