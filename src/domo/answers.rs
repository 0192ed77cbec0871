//! Domo's answers as they come. Every field may be missing, and ids are numbers in some answers and text in others.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Column, DataSet, DataSetPage, Preview};
use crate::export::DataSetId;
use crate::printable::cut;

/// As much of a name is kept, in bytes.
const LONGEST_NAME: usize = 240;

/// Text, or a number that stands for it.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A count, which may come as text.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        // Some of Domo's own models declare counts as floating point.
        Value::Number(number) => {
            number.as_u64().or_else(|| number.as_f64().filter(|float| *float >= 0.0).map(|float| float as u64))
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// A moment: ISO 8601 with or without fractions and zone, or milliseconds since 1970.
pub(super) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => DateTime::parse_from_rfc3339(&text)
            .map(|moment| moment.to_utc())
            .or_else(|_| text.parse::<NaiveDateTime>().map(|moment| moment.and_utc()))
            .ok(),
        Value::Number(number) => number.as_i64().and_then(DateTime::from_timestamp_millis),
        _ => None,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    #[serde(deserialize_with = "text")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Schema {
    pub(super) columns: Vec<SchemaColumn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SchemaColumn {
    #[serde(deserialize_with = "text")]
    name: Option<String>,
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
}

/// A DataSet of either API: they differ in the names of some fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DataSetAnswer {
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(deserialize_with = "text")]
    name: Option<String>,
    #[serde(alias = "rowCount", deserialize_with = "count")]
    rows: Option<u64>,
    #[serde(alias = "columnCount", deserialize_with = "count")]
    columns: Option<u64>,
    schema: Option<Schema>,
    owner: Option<Owner>,
    #[serde(rename = "updatedAt", alias = "lastUpdated", deserialize_with = "moment")]
    updated: Option<DateTime<Utc>>,
    #[serde(rename = "dataCurrentAt", deserialize_with = "moment")]
    data_current: Option<DateTime<Utc>>,
    #[serde(rename = "pdpEnabled")]
    pdp_enabled: Option<bool>,
    pub(super) deleted: Option<bool>,
}

impl DataSetAnswer {
    /// The DataSet, if the answer has an id.
    pub(super) fn into_data_set(self) -> Option<DataSet> {
        let id: DataSetId = self.id?.parse().ok()?;
        let schema = self.schema.unwrap_or_default().into_columns();
        let owner = self.owner.unwrap_or_default();
        Some(DataSet {
            name: cut(self.name.unwrap_or_else(|| id.to_string()), LONGEST_NAME),
            rows: self.rows,
            columns: self.columns.or((!schema.is_empty()).then_some(schema.len() as u64)),
            schema,
            owner_id: owner.id,
            owner_name: owner.name.map(|name| cut(name, LONGEST_NAME)),
            updated: self.updated,
            // Not the instance's `lastTouched`: by its name it may move whenever somebody reads the DataSet, as an export
            // does, which would then seem to have changed under itself.
            data_current: self.data_current,
            pdp_enabled: self.pdp_enabled.unwrap_or(false),
            id,
        })
    }
}

/// The page of a list that began at `offset`. What has no usable ID is no DataSet, but has its place in the list.
pub(super) fn page(answers: Vec<DataSetAnswer>, offset: usize) -> DataSetPage {
    let next = (!answers.is_empty()).then_some(offset + answers.len());
    let data_sets = answers.into_iter().filter_map(DataSetAnswer::into_data_set).map(DataSet::without_schema);
    DataSetPage { data_sets: data_sets.collect(), next }
}

impl Schema {
    pub(super) fn into_columns(self) -> Vec<Column> {
        let column = |column: SchemaColumn| Column {
            name: column.name.unwrap_or_default(),
            kind: column.kind.unwrap_or_default(),
        };
        self.columns.into_iter().map(column).collect()
    }
}

/// The answer to a query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct QueryAnswer {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl QueryAnswer {
    pub(super) fn into_preview(self) -> Preview {
        let cell = |value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let rows = self.rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
        Preview { columns: self.columns, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
