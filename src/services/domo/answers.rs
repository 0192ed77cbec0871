//! Domo's answers. Every field may be missing, and ids are numbers in some answers and text in others.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Column, DataSet, DataSetKind, DataSetPage, Ownership, Preview};
use crate::export::DataSetId;
use crate::services::http::{Scalar, bounded, first, objects};
use crate::text::terminal_text::cut;

const LONGEST_NAME: usize = 240;
/// DataSets of a page that are kept. Domo gives 50 at most.
const MOST_DATA_SETS: usize = 5_000;
/// Columns of a DataSet that are kept. A connector's have 1,500 at most (knowledge base, "Connector limits").
const MOST_COLUMNS: usize = 10_000;
const MOST_SHARES: usize = 100_000;
/// Rows of a query's answer that are kept, and cells of each: a preview asks for 50 rows, a count for one.
const MOST_ROWS: usize = 100;
const MOST_CELLS: usize = 2_000;

objects!(
    TokenAnswer,
    MeAnswer,
    Owner,
    Page,
    Schema,
    SchemaColumn,
    SchemaAnswer,
    DataSetAnswer,
    AccessList,
    AccessEntry
);

/// A field that may be missing or of another type than documented, which is then nothing.
#[derive(Debug, Default)]
pub(super) struct Said<T>(pub(super) Option<T>);

impl<'de, T: FromScalar> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer).map(|scalar| Self(T::from_scalar(scalar)))
    }
}

pub(super) trait FromScalar: Sized {
    fn from_scalar(scalar: Scalar) -> Option<Self>;
}

impl FromScalar for String {
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        scalar.text()
    }
}

impl FromScalar for u64 {
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        scalar.count()
    }
}

impl FromScalar for bool {
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        if let Scalar::Bool(value) = scalar { Some(value) } else { None }
    }
}

impl FromScalar for DateTime<Utc> {
    /// ISO 8601 with or without fractions and zone, or milliseconds since 1970.
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => DateTime::parse_from_rfc3339(&text)
                .map(|moment| moment.to_utc())
                .or_else(|_| text.parse::<NaiveDateTime>().map(|moment| moment.and_utc()))
                .ok(),
            Scalar::Unsigned(millis) => i64::try_from(millis).ok().and_then(DateTime::from_timestamp_millis),
            Scalar::Signed(millis) => DateTime::from_timestamp_millis(millis),
            _ => None,
        }
    }
}

/// The answer of `/oauth/token` (Domo, "API Authentication").
#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
pub(super) struct TokenAnswer {
    pub(super) access_token: String,
    pub(super) customer: Said<String>,
    pub(super) expires_in: Said<u64>,
    pub(super) role: Said<String>,
    pub(super) scope: Said<String>,
    #[serde(rename = "userId")]
    pub(super) user_id: Said<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
pub(super) struct MeAnswer {
    pub(super) id: Said<String>,
    pub(super) display_name: Said<String>,
    pub(super) name: Said<String>,
    pub(super) role: Said<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct Owner {
    id: Said<String>,
    name: Said<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
pub(super) struct Schema {
    columns: List<MOST_COLUMNS, SchemaColumn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
pub(super) struct SchemaAnswer {
    pub(super) schema: Schema,
}

pub(super) type DataSetAnswers = List<MOST_DATA_SETS, DataSetAnswer>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
pub(super) struct Page {
    pub(super) data_sources: DataSetAnswers,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct SchemaColumn {
    name: Said<String>,
    r#type: Said<String>,
}

/// A DataSet of either API. They differ in the names of some fields, and an answer may have both; aliases are no
/// solution, since serde refuses an answer with two names of one field.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
pub(super) struct DataSetAnswer {
    id: Said<String>,
    name: Said<String>,
    rows: Said<u64>,
    row_count: Said<u64>,
    columns: Said<u64>,
    column_count: Said<u64>,
    schema: Option<Schema>,
    owner: Option<Owner>,
    updated_at: Said<DateTime<Utc>>,
    last_updated: Said<DateTime<Utc>>,
    data_current_at: Said<DateTime<Utc>>,
    pdp_enabled: Said<bool>,
    current_user_full_access: Said<bool>,
    masked: Said<bool>,
    cryo_status: Said<String>,
    r#type: Said<String>,
    display_type: Said<String>,
    data_provider_type: Said<String>,
    cloud_id: Said<String>,
    cloud_engine: Said<String>,
    deleted: Said<bool>,
}

impl DataSetAnswer {
    /// The number of rows is missing, although this kind of DataSet has one.
    pub(super) fn lacks_rows(&self) -> bool {
        self.rows().is_none() && !self.is_deleted() && self.kind().keeps_row_count()
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted.0 == Some(true)
    }

    /// Fills in missing numbers of rows and columns from another answer about the same DataSet.
    pub(super) fn complete(&mut self, other: &Self) {
        self.rows.0 = self.rows().or(other.rows());
        self.columns.0 = self.columns().or(other.columns());
    }

    fn rows(&self) -> Option<u64> {
        self.rows.0.or(self.row_count.0)
    }

    fn columns(&self) -> Option<u64> {
        self.columns.0.or(self.column_count.0)
    }

    /// Derives the kind from undocumented words, as seen in working clients. A DataSet whose rows are in Domo has
    /// `domo` as its cloud (developer portal, "Product APIs", "Get metadata").
    fn kind(&self) -> DataSetKind {
        let plain = |text: &String| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        let words = [&self.r#type.0, &self.display_type.0, &self.data_provider_type.0];
        let words: Vec<String> = words.into_iter().flatten().map(plain).collect();
        let clouds = [&self.cloud_id.0, &self.cloud_engine.0];
        let is = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        if is(&["datafusion", "fusion"]) {
            DataSetKind::DataFusion
        } else if words.iter().any(|word| word.contains("federat")) {
            DataSetKind::Federated
        } else if is(&["datasetview", "dataview", "view"]) {
            DataSetKind::View
        } else if clouds.into_iter().flatten().any(|cloud| plain(cloud) != "domo") {
            DataSetKind::CloudIntegration
        } else if words.is_empty() {
            DataSetKind::Unsaid
        } else {
            DataSetKind::Stored
        }
    }

    /// Recognizes undocumented words for an archived DataSet. Other words mean nothing.
    fn is_archived(&self) -> bool {
        self.cryo_status.0.as_ref().is_some_and(|cryo| {
            ["archived", "cryo", "frozen"].iter().any(|archived| cryo.eq_ignore_ascii_case(archived))
        })
    }

    pub(super) fn into_data_set(self) -> Option<DataSet> {
        let (kind, is_archived) = (self.kind(), self.is_archived());
        let (rows, columns) = (self.rows(), self.columns());
        let full_access = match (self.current_user_full_access.0, self.masked.0) {
            (_, Some(true)) => Some(false),
            (full_access, _) => full_access,
        };
        let id: DataSetId = self.id.0?.parse().ok()?;
        let schema = self.schema.unwrap_or_default().into_columns();
        let owner = self.owner.unwrap_or_default();
        Some(DataSet {
            name: cut(self.name.0.unwrap_or_else(|| id.to_string()), LONGEST_NAME),
            rows,
            columns: columns.or((!schema.is_empty()).then_some(schema.len() as u64)),
            schema,
            owner_id: owner.id.0,
            owner_name: owner.name.0.map(|name| cut(name, LONGEST_NAME)),
            updated: self.updated_at.0.or(self.last_updated.0),
            // Not the instance's `lastTouched`: its name suggests that reading the DataSet changes it, so each export
            // would seem to change the DataSet.
            data_current: self.data_current_at.0,
            pdp_enabled: self.pdp_enabled.0.unwrap_or(false),
            full_access,
            kind,
            is_archived,
            id,
        })
    }
}

/// Builds the page that began at `offset`. A record without a usable ID is no DataSet, but counts for the offset.
/// `None` if there are far more records than requested.
pub(super) fn page(List(answers, is_all): DataSetAnswers, offset: usize) -> Option<DataSetPage> {
    let next = (!answers.is_empty()).then_some(offset + answers.len());
    let data_sets = answers.into_iter().filter_map(DataSetAnswer::into_data_set).map(DataSet::without_schema);
    is_all.then(|| DataSetPage { data_sets: data_sets.collect(), next })
}

impl Schema {
    pub(super) fn into_columns(self) -> Vec<Column> {
        let column = |column: SchemaColumn| Column {
            name: column.name.0.unwrap_or_default(),
            kind: column.r#type.0.unwrap_or_default(),
        };
        self.columns.0.into_iter().map(column).collect()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
pub(super) struct AccessList {
    list: List<MOST_SHARES, AccessEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", remote = "Self")]
struct AccessEntry {
    r#type: Said<String>,
    id: Said<String>,
    access_level: Said<String>,
}

impl AccessList {
    /// A group among the owners proves nothing, since the account may be a member.
    pub(super) fn ownership(&self, me: Option<&str>) -> Ownership {
        let owns = |entry: &&AccessEntry| matches!(entry.access_level.0.as_deref(), Some("OWNER" | "CO_OWNER"));
        let is_user = |entry: &AccessEntry| entry.r#type.0.as_deref() == Some("USER");
        let mut owners = self.list.0.iter().filter(owns).peekable();
        if me.is_none() || owners.peek().is_none() {
            Ownership::Unknown
        } else if owners.clone().any(|entry| is_user(entry) && entry.id.0.as_deref() == me) {
            Ownership::Proven
        } else if owners.all(is_user) {
            Ownership::Denied
        } else {
            Ownership::Unknown
        }
    }
}

/// The answer to a query, in either documented form: columns and rows (developer portal, "Query Data"), or a list of
/// objects ("Query with SQL").
#[derive(Debug, Default)]
pub(super) struct QueryAnswer {
    columns: Vec<String>,
    rows: Vec<Vec<Scalar>>,
}

impl QueryAnswer {
    pub(super) fn into_preview(self) -> Preview {
        let cells = |row: Vec<Scalar>| row.iter().map(ToString::to_string).collect();
        Preview { columns: self.columns, rows: self.rows.into_iter().map(cells).collect() }
    }

    pub(super) fn count(&self) -> Option<u64> {
        match self.rows.as_slice() {
            [row] if row.len() == 1 => row[0].count(),
            _ => None,
        }
    }

    fn of_rows(columns: Vec<String>, rows: Vec<Row>) -> Self {
        let names = rows.first().map(|row| row.names.clone()).unwrap_or_default();
        let columns = if columns.is_empty() { names } else { columns };
        Self { columns, rows: rows.into_iter().map(|row| row.cells).collect() }
    }
}

impl Either for QueryAnswer {
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        Ok(Self::of_rows(Vec::new(), first(MOST_ROWS, &mut list)?.0))
    }

    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let (mut columns, mut rows) = (List::<MOST_CELLS, Scalar>::default(), List::<MOST_ROWS, Row>::default());
        while let Some(key) = object.next_key::<Scalar>()? {
            match key {
                Scalar::Text(key) if key == "columns" => columns = object.next_value()?,
                Scalar::Text(key) if key == "rows" => rows = object.next_value()?,
                _ => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Self::of_rows(columns.0.iter().map(ToString::to_string).collect(), rows.0))
    }
}

impl<'de> Deserialize<'de> for QueryAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

/// A value that comes as a list or as an object, and is read while it comes.
trait Either: Sized {
    fn of_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error>;
    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Self, A::Error>;
}

fn either<'de, D: Deserializer<'de>, T: Either>(deserializer: D) -> Result<T, D::Error> {
    struct Forms<T>(PhantomData<T>);
    impl<'de, T: Either> Visitor<'de> for Forms<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list or an object")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
            T::of_list(list)
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
            T::of_object(object)
        }
    }
    deserializer.deserialize_any(Forms(PhantomData))
}

/// The first `MOST` entries of a list, and whether these are all; the rest is read and dropped.
#[derive(Debug)]
pub(super) struct List<const MOST: usize, T>(pub(super) Vec<T>, bool);

impl<const MOST: usize, T> Default for List<MOST, T> {
    fn default() -> Self {
        Self(Vec::new(), true)
    }
}

impl<'de, const MOST: usize, T: Deserialize<'de>> Deserialize<'de> for List<MOST, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bounded::<MOST, _, _>(deserializer).map(|(entries, is_all)| Self(entries, is_all))
    }
}

/// A list of cells, or an object whose keys are the columns.
#[derive(Debug, Default)]
struct Row {
    names: Vec<String>,
    cells: Vec<Scalar>,
}

impl Either for Row {
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        Ok(Self { names: Vec::new(), cells: first(MOST_CELLS, &mut list)?.0 })
    }

    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut row = Self::default();
        while let Some((name, cell)) = object.next_entry::<String, Scalar>()? {
            if row.cells.len() < MOST_CELLS {
                row.names.push(name);
                row.cells.push(cell);
            }
        }
        Ok(row)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::export::Service;
    use crate::services::http::tests::{bytes, json, read};

    const ID: &str = "845305d8-da3d-4107-a9d6-13ef3f86d4a4";

    const KEYS: &str = "id|name|rows|rowCount|columns|columnCount|schema|owner|updatedAt|lastUpdated|dataCurrentAt|deleted|list|\
                        type|dataSources";

    proptest! {
        #[test]
        fn an_answer_with_an_id_is_a_data_set_with_its_stated_count(mut answer in json(KEYS), has_id in any::<bool>()) {
            if let Value::Object(fields) = &mut answer && has_id {
                fields.insert("id".to_owned(), ID.into());
            }
            let Ok(read) = serde_json::from_value::<DataSetAnswer>(answer.clone()) else { return Ok(()) };
            prop_assert!(answer.is_object());
            let Some(data_set) = read.into_data_set() else { return Ok(()) };
            prop_assert_eq!(data_set.id.as_str(), ID);
            if let Some(rows) = data_set.rows {
                let stated = ["rows", "rowCount"].map(|key| match answer.get(key) {
                    Some(Value::Number(number)) => number.as_f64(),
                    Some(Value::String(text)) => text.parse().ok(),
                    _ => None,
                });
                prop_assert!(stated.contains(&Some(rows as f64)), "{}", answer);
            }
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused_in_a_sentence(bytes in bytes(KEYS)) {
            let service = Service::Domo;
            if let Some(page) = read::<DataSetAnswers>(service, &bytes).and_then(|list| page(list, 0)) {
                prop_assert!(page.data_sets.iter().all(|it| it.name.len() <= LONGEST_NAME));
            }
            read::<DataSetAnswer>(service, &bytes).and_then(DataSetAnswer::into_data_set);
            if let Some(answer) = read::<QueryAnswer>(service, &bytes) {
                answer.count();
                answer.into_preview();
            }
            read::<Schema>(service, &bytes).map(Schema::into_columns);
            read::<Owner>(service, &bytes);
        }
    }

    #[test]
    fn an_answer_may_use_the_field_names_of_both_apis() {
        for (fields, rows) in [
            (r#""rows":5,"rowCount":5,"columns":2,"columnCount":2"#, Some(5)),
            (r#""rows":null,"rowCount":5,"columnCount":2"#, Some(5)),
            (r#""rowCount":-1,"columns":2,"rows":null"#, None),
        ] {
            let dates = r#""updatedAt":"2026-01-01T00:00:00Z","lastUpdated":1767225600000"#;
            let answer: DataSetAnswer = serde_json::from_str(&format!(r#"{{"id":"{ID}",{fields},{dates}}}"#)).unwrap();
            let data_set = answer.into_data_set().unwrap();
            assert_eq!((data_set.rows, data_set.columns), (rows, Some(2)), "{fields}");
            assert_eq!(data_set.updated.map(|date| date.timestamp()), Some(1_767_225_600));
        }
    }

    #[test]
    fn a_query_answer_is_read_in_both_forms() {
        let read = |json: &str| serde_json::from_str::<QueryAnswer>(json).unwrap();
        for (json, count) in [
            (r#"{"columns":["COUNT(*)"],"rows":[[42]],"numRows":1}"#, Some(42)),
            (r#"{"rows":[["42"]],"metadata":[{}]}"#, Some(42)),
            (r#"{"rows":[[" 42.0 "]]}"#, Some(42)),
            (r#"[{"COUNT(*)":42}]"#, Some(42)),
            (r#"{"rows":[{"COUNT(*)":4.2e1}]}"#, Some(42)),
            ("[]", None),
            (r#"{"rows":[[1,2]]}"#, None),
            (r#"[{"COUNT(*)":-1}]"#, None),
            (r#"[{"COUNT(*)":[42]}]"#, None),
            (r#"{"rows":null,"columns":null}"#, None),
        ] {
            assert_eq!(read(json).count(), count, "{json}");
        }
        let preview = read(r#"[{"z":1,"a":null},{"z":2,"a":true}]"#).into_preview();
        assert_eq!(preview.columns, ["z", "a"]);
        assert_eq!(preview.rows, [["1", ""], ["2", "true"]]);
    }

    #[test]
    fn an_oversized_page_is_rejected() {
        let read = |count: usize| {
            let records = vec!["{}"; count].join(",");
            page(serde_json::from_str(&format!("[{records}]")).unwrap(), 0)
        };
        assert_eq!(read(MOST_DATA_SETS).unwrap().next, Some(MOST_DATA_SETS));
        assert_eq!(read(MOST_DATA_SETS + 1), None);
        let rows = format!(r#"{{"rows":[{}]}}"#, vec!["[1]"; 100_000].join(","));
        assert_eq!(serde_json::from_str::<QueryAnswer>(&rows).unwrap().rows.len(), MOST_ROWS);
        let tree = format!(r#"{{"id":[{}],"rows":{{"a":[1]}}}}"#, vec!["{}"; 1_000].join(","));
        assert_eq!(serde_json::from_str::<DataSetAnswer>(&tree).unwrap().into_data_set(), None);
    }

    #[test]
    fn the_kind_of_a_data_set_is_derived_from_its_words() {
        let kind = |fields: &str| {
            let json = format!(r#"{{"id":"845305d8-da3d-4107-a9d6-13ef3f86d4a4"{fields}}}"#);
            serde_json::from_str::<DataSetAnswer>(&json).unwrap().into_data_set().unwrap().kind
        };
        for (fields, expected) in [
            ("", DataSetKind::Unsaid),
            (r#","type":"webform","cloudId":"domo","cloudEngine":"domo""#, DataSetKind::Stored),
            (r#","type":"oracle-fusion-cloud""#, DataSetKind::Stored),
            (r#","dataProviderType":"FEDERATED_QUERY""#, DataSetKind::Federated),
            (r#","displayType":"DataSetView","type":"dataset-view""#, DataSetKind::View),
            (r#","type":"snowflake","cloudId":"4f0e""#, DataSetKind::CloudIntegration),
            (r#","type":"DATA_FUSION""#, DataSetKind::DataFusion),
        ] {
            assert_eq!(kind(fields), expected, "{fields}");
        }
    }

    #[test]
    fn both_apis_and_their_oddities_are_read() {
        let public: DataSetAnswer = serde_json::from_str(
            r#"{"id":"845305d8-da3d-4107-a9d6-13ef3f86d4a4","name":"Sales","rows":99,"owner":{"id":27,"name":"Ana"},
                "updatedAt":"2016-02-29T20:56:20.567Z","schema":{"columns":[{"type":"LONG","name":"units"}]},"description":null}"#,
        )
        .unwrap();
        let public = public.into_data_set().unwrap();
        assert_eq!((public.rows, public.columns, public.owner_id.as_deref()), (Some(99), Some(1), Some("27")));
        let instance: DataSetAnswer = serde_json::from_str(
            r#"{"id":"845305D8-da3d-4107-a9d6-13ef3f86d4a4","rowCount":5,"columnCount":2,"lastUpdated":1456779380567,"lastTouched":1795168800000}"#,
        )
        .unwrap();
        let instance = instance.into_data_set().unwrap();
        assert_eq!(instance.updated, public.updated);
        assert_eq!((instance.rows, instance.columns), (Some(5), Some(2)));
        let touched: DataSetAnswer =
            serde_json::from_str(r#"{"id":"845305d8-da3d-4107-a9d6-13ef3f86d4a4","lastTouched":1456779380567}"#)
                .unwrap();
        assert_eq!(touched.into_data_set().unwrap().data_date(), None, "an export may touch it as well");
        let endless: DataSetAnswer = serde_json::from_value(serde_json::json!({
            "id": "845305d8-da3d-4107-a9d6-13ef3f86d4a4", "name": "é".repeat(9_000), "owner": { "name": "n".repeat(9_000) },
        }))
        .unwrap();
        let endless = endless.into_data_set().unwrap();
        assert_eq!((endless.name.len(), endless.owner_name.map(|name| name.len())), (LONGEST_NAME, Some(LONGEST_NAME)));
        assert_eq!(
            (instance.data_date(), public.data_date()),
            (public.updated, public.updated),
            "not when it was touched"
        );
    }

    fn verdict_of(list: &str) -> Ownership {
        serde_json::from_str::<AccessList>(list).unwrap().ownership(Some("7"))
    }

    #[test]
    fn the_access_list_proves_denies_or_does_not_tell() {
        let me = r#"{"type":"USER","id":"7","accessLevel":"CO_OWNER"}"#;
        let other = r#"{"type":"USER","id":"8","accessLevel":"OWNER"}"#;
        let reader = r#"{"type":"USER","id":7,"accessLevel":"CAN_SHARE"}"#;
        let group = r#"{"type":"GROUP","id":"9","accessLevel":"OWNER"}"#;
        assert_eq!(verdict_of(&format!(r#"{{"list":[{other},{me}]}}"#)), Ownership::Proven);
        assert_eq!(verdict_of(&format!(r#"{{"list":[{other},{reader}]}}"#)), Ownership::Denied);
        assert_eq!(verdict_of(&format!(r#"{{"list":[{group},{reader}]}}"#)), Ownership::Unknown);
        assert_eq!(verdict_of(r#"{"list":[]}"#), Ownership::Unknown);
    }
}
