//! Ids as people have them: typed, or pasted as a whole address.

use std::borrow::Cow;
use std::str::FromStr;

use derive_more::Display;
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use crate::text::secret::may_be_secret;
use crate::text::serde_as_text;

serde_as_text!(DataSetId, DatasetKey);

/// The GUID of a Domo DataSet, lower case.
///
/// Any GUID by its shape: Domo's documentation itself shows one that is of no UUID version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Display)]
pub struct DataSetId(String);

/// A DataSet as it was typed or pasted: its id and, when it came as an address, the Domo instance it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSetAddress {
    /// The DataSet.
    pub id: DataSetId,
    /// `acme` of `https://acme.domo.com/datasources/…`.
    pub instance: Option<String>,
}

/// The error in an id, as a sentence that says what to enter instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was entered.
    NoDataSetId,
    /// Not a GUID and not an address that holds one.
    MalformedDataSetId,
    /// Nothing was entered.
    NoDatasetKey,
    /// Only one part.
    OnePart,
    /// Characters that no id has.
    MalformedDatasetKey,
    /// Something that may be a token.
    MayBeSecret,
    /// An address of another site.
    OtherSite,
}

impl DataSetId {
    /// The GUID as Domo writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DataSetId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Ok(DataSetAddress::from_str(text)?.id)
    }
}

impl FromStr for DataSetAddress {
    type Err = IdError;

    /// Reads a GUID in any case, with blanks or quotes around it, or any address of the DataSet's pages in Domo:
    /// `https://acme.domo.com/datasources/<GUID>/details/settings?userId=1`.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = unquoted(text);
        if text.is_empty() {
            return Err(IdError::NoDataSetId);
        }
        let (host, path) = split_address(text);
        let candidate = match path.split_once("datasources/") {
            Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
            None if host.is_none() => text,
            None => return Err(IdError::MalformedDataSetId),
        };
        // `Uuid` also reads forms without hyphens, in braces and as a URN, which Domo does not know.
        if candidate.len() != 36 || Uuid::try_parse(candidate).is_err() {
            return Err(IdError::MalformedDataSetId);
        }
        let instance = host.as_deref().and_then(|host| host.strip_suffix(".domo.com")).map(str::to_owned);
        Ok(Self { id: DataSetId(candidate.to_ascii_lowercase()), instance })
    }
}

/// A data.world dataset: `owner/id`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Display)]
#[display("{owner}/{id}")]
pub struct DatasetKey {
    owner: String,
    id: String,
}

impl DatasetKey {
    /// A key from parts that the service itself has given.
    pub fn new(owner: impl Into<String>, id: impl Into<String>) -> Self {
        Self { owner: owner.into(), id: id.into() }
    }

    /// The user or organization that owns the dataset.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The dataset's id within its owner.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl FromStr for DatasetKey {
    type Err = IdError;

    /// Reads `owner/id`, `@owner/id`, or any address of the dataset's pages, on data.world itself or on an
    /// organization's instance (`https://acme.app.data.world/…`, `https://acme.data.world/…`).
    ///
    /// An id is 3 to 95 characters of lower-case letters, digits and single hyphens (data.world API, path parameter
    /// `id`); an owner's length is not checked, since newer descriptions of the API do not limit it.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = unquoted(text);
        if text.is_empty() {
            return Err(IdError::NoDatasetKey);
        }
        let (host, path) = split_address(text);
        if host.as_ref().is_some_and(|host| host != "data.world" && !host.ends_with(".data.world")) {
            return Err(IdError::OtherSite);
        }
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.trim_matches('/').split(['/', '\\']);
        let owner = parts.next().unwrap_or_default().trim_start_matches('@');
        let Some(id) = parts.next() else { return Err(IdError::OnePart) };
        let is_token = may_be_secret(owner) || may_be_secret(id);
        let (owner, id) = (owner.to_ascii_lowercase(), id.to_ascii_lowercase());
        // Without a host, more parts would be a path to something else, as they are in any case if they go back.
        if parts.any(|part| host.is_none() || is_dots(part)) {
            return Err(IdError::MalformedDatasetKey);
        }
        if is_token {
            Err(IdError::MayBeSecret)
        } else if is_slug(&owner) && is_slug(&id) && (3..=95).contains(&id.len()) {
            Ok(Self { owner, id })
        } else {
            Err(IdError::MalformedDatasetKey)
        }
    }
}

/// Reads `owner/id/file`, or the address of a file's page (`https://data.world/owner/id/workspace/file?filename=NAME`).
/// The file is `None` for a dataset alone, as [`DatasetKey`] reads it.
///
/// # Errors
/// As for a [`DatasetKey`].
pub fn parse_file_address(text: &str) -> Result<(DatasetKey, Option<String>), IdError> {
    let text = unquoted(text);
    let (host, path) = split_address(text);
    if host.is_some() {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let file = query.split('&').find_map(|parameter| parameter.strip_prefix("filename="));
        let file = file.and_then(|file| percent_decode_str(file).decode_utf8().ok());
        return Ok((text.parse()?, file.filter(|file| !file.is_empty()).map(Cow::into_owned)));
    }
    match text.match_indices('/').nth(1) {
        Some((at, _)) if at + 1 < text.len() => Ok((text[..at].parse()?, Some(text[at + 1..].to_owned()))),
        _ => Ok((text.parse()?, None)),
    }
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\u{feff}'))
}

/// Tells whether a part of a path leads back, as browsers read it (WHATWG URL, "double-dot URL path segment").
fn is_dots(part: &str) -> bool {
    matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// The host, in lower case, if the text is an address with or without its scheme, and what follows it.
fn split_address(text: &str) -> (Option<String>, &str) {
    let bare = ["https://", "http://"].into_iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let rest = bare.unwrap_or(text);
    // Browsers take a backslash for a slash.
    let (first, path) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
    // `data.world/owner/id`: a dot never stands in an owner's name.
    if bare.is_none() && !first.contains('.') {
        return (None, rest);
    }
    let host = first.rsplit_once('@').map_or(first, |(_, host)| host).to_ascii_lowercase();
    (Some(host), path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GUID: &str = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    #[test]
    fn a_file_is_read_from_its_page_and_from_its_path() {
        let key: DatasetKey = "acme/sales".parse().unwrap();
        for (text, file) in [
            ("acme/sales", None),
            ("acme/sales/", None),
            ("acme/sales/a.csv", Some("a.csv")),
            ("@acme/sales/sub/a b.csv", Some("sub/a b.csv")),
            ("https://data.world/acme/sales", None),
            ("https://data.world/acme/sales/workspace/file?filename=a%20b%2Bc%2F%C3%A9.csv#top", Some("a b+c/é.csv")),
            ("\"https://acme.app.data.world/acme/sales/workspace/file?agentid=x&filename=a.csv\"", Some("a.csv")),
            ("https://data.world/acme/sales/workspace/file?filename=%FF", None),
        ] {
            assert_eq!(parse_file_address(text), Ok((key.clone(), file.map(str::to_owned))), "{text}");
        }
        assert_eq!(parse_file_address("https://example.com/acme/sales?filename=a"), Err(IdError::OtherSite));
    }

    const SLUG: &str = "[a-z0-9]{1,20}(-[a-z0-9]{1,9}){0,3}";

    proptest! {
        #[test]
        fn a_data_set_is_read_from_every_form_of_its_address(
            guid in GUID,
            instance in "[a-z][a-z0-9-]{1,12}(\\.demo)?",
            scheme in "|https://|http://",
            page in "|/|/details/settings|/details/overview|/details/data/table|/details/settings\\?userId=1565237008|#x",
            blanks in "[ \n\t\"']{0,3}",
        ) {
            let lower = guid.to_ascii_lowercase();
            let bare: DataSetAddress = format!("{blanks}{guid}{blanks}").parse().unwrap();
            prop_assert_eq!(bare.id.as_str(), &lower);
            prop_assert_eq!(bare.instance, None);
            let address = format!("{blanks}{scheme}{instance}.domo.com/datasources/{guid}{page}{blanks}");
            let pasted: DataSetAddress = address.parse().unwrap();
            prop_assert_eq!(pasted.id.as_str(), &lower);
            prop_assert_eq!(pasted.instance, Some(instance));
        }

        #[test]
        fn a_dataset_is_read_from_every_form_of_its_address(
            owner in SLUG,
            id in "[a-z0-9]{3,20}(-[a-z0-9]{1,9}){0,3}|[g-z][a-z0-9]{31,94}",
            host in "|https://data\\.world/|http://data\\.world/|data\\.world/|https://acme\\.app\\.data\\.world/|https://acme\\.data\\.world/|@",
            rest in "|/|\\?a=b|#files",
        ) {
            let key: DatasetKey = format!("{host}{owner}/{id}{rest}").parse().unwrap();
            prop_assert_eq!(key.to_string(), format!("{}/{}", owner, id));
            let page: DatasetKey = format!("https://data.world/{owner}/{id}/workspace/file?filename=a%2Fb.csv").parse().unwrap();
            prop_assert_eq!(page, key);
        }

        #[test]
        fn what_is_read_of_an_address_is_what_a_browser_opens(
            scheme in "https://|http://|HTTPS://",
            user in "(u(:p)?@)?",
            host in "data\\.world|Data\\.World|acme\\.app\\.data\\.world|acme\\.domo\\.com|ACME\\.Domo\\.com|evil\\.example|evil\\.example[?#\\\\@]\\.(data\\.world|domo\\.com)",
            path in "([/\\\\](acme|sales-mart|@jo|\\.|\\.\\.|%2e%2E|datasources|845305d8-da3d-4107-a9d6-13ef3f86d4a4|[a-c?#]{1,3})){0,6}/?",
        ) {
            let text = format!("{scheme}{user}{host}{path}");
            let url = reqwest::Url::parse(&text).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            let opened = url.host_str().unwrap();
            if let Ok(key) = text.parse::<DatasetKey>() {
                prop_assert!(opened == "data.world" || opened.ends_with(".data.world"), "{}", url);
                prop_assert_eq!(segments[0].trim_start_matches('@'), key.owner(), "{}", url);
                prop_assert_eq!(segments[1], key.id(), "{}", url);
            }
            if let Ok(DataSetAddress { id, instance }) = text.parse() {
                prop_assert!(text.contains(id.as_str()));
                prop_assert_eq!(instance.as_deref(), opened.strip_suffix(".domo.com"), "{}", url);
            }
        }

        #[test]
        fn no_text_makes_the_reading_of_ids_panic(text in ".{0,60}") {
            let _ = text.parse::<DataSetAddress>();
            let _ = text.parse::<DatasetKey>();
        }
    }

    #[test]
    fn a_token_is_no_dataset() {
        use crate::sandbox::samples::{CLIENT_SECRET, DEVELOPER_TOKEN, READ_WRITE};
        for token in [CLIENT_SECRET, DEVELOPER_TOKEN, READ_WRITE] {
            assert_eq!(token.parse::<DataSetId>(), Err(IdError::MalformedDataSetId));
            assert!(token.parse::<DatasetKey>().is_err());
            assert_eq!(format!("acme/{token}").parse::<DatasetKey>(), Err(IdError::MayBeSecret));
        }
    }

    #[test]
    fn each_mistake_has_its_own_sentence() {
        assert_eq!(" ".parse::<DataSetId>(), Err(IdError::NoDataSetId));
        for wrong in [
            "845305d8",
            "845305d8da3d4107a9d613ef3f86d4a4",
            "https://acme.domo.com/page/12",
            "845305d8-da3d-4107-a9d6-13ef3f86d4ag",
        ] {
            assert_eq!(wrong.parse::<DataSetId>(), Err(IdError::MalformedDataSetId), "{wrong}");
        }
        assert_eq!("".parse::<DatasetKey>(), Err(IdError::NoDatasetKey));
        assert_eq!("sales-mart".parse::<DatasetKey>(), Err(IdError::OnePart));
        assert_eq!("https://data.world/acme".parse::<DatasetKey>(), Err(IdError::OnePart));
        assert_eq!("https://example.com/acme/sales".parse::<DatasetKey>(), Err(IdError::OtherSite));
        for wrong in ["acme/sales_mart", "acme/sa", "acme/-sales", "acme/sales--mart", "acme/sales/mart"] {
            assert_eq!(wrong.parse::<DatasetKey>(), Err(IdError::MalformedDatasetKey), "{wrong}");
        }
    }
}
