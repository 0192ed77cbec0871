//! SQL over a dataset's CSV files, enough to preview and to count. A table is named after its file: `daily_sales` for
//! `daily-sales.csv`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::dataset::{Dataset, File};
use super::request::{Asked, Given};
use super::token::{Reader, With};
use super::{OneDataset, Refusal};
use crate::sandbox::rows::Cells;
use crate::sandbox::sql::{self, What};
use crate::sandbox::world::{Shared, lock};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SqlRequest {
    query: String,
    #[serde(default)]
    include_table_schema: bool,
    // Checked for their type, and ignored.
    #[serde(default, rename = "queryRunToken", alias = "queryruntoken")]
    _query_run_token: Given<String>,
    #[serde(default, rename = "datasetVersions")]
    _dataset_versions: Given<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Manner {
    #[serde(rename = "dialect")]
    _dialect: Given<Dialect>,
    #[serde(rename = "diagnose")]
    _diagnose: bool,
}

#[derive(Debug, Deserialize)]
enum Dialect {
    #[serde(rename = "DW_SQL")]
    DataWorld,
    #[serde(rename = "POSTGRESQL")]
    Postgres,
}

struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub(super) async fn by_query(
    With(world): Reader,
    Path((owner, id)): OneDataset,
    headers: HeaderMap,
    _: Asked<Manner>,
    Asked(asked): Asked<SqlRequest>,
) -> Result<Response, Refusal> {
    answer(&world, &owner, &id, &headers, &asked)
}

/// `POST /sql/{owner}/{id}`, with JSON or with a form: data.world's documents and its drivers differ.
pub(super) async fn by_body(
    With(world): Reader,
    Path((owner, id)): OneDataset,
    headers: HeaderMap,
    _: Asked<Manner>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let is_json =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let asked: Option<SqlRequest> = if is_json {
        serde_json::from_slice(&body).ok()
    } else {
        // A form has the syntax of a query.
        let query = format!("/?{}", String::from_utf8_lossy(&body));
        query.parse().ok().and_then(|uri| Query::try_from_uri(&uri).ok()).map(|Query(asked)| asked)
    };
    let asked = asked.ok_or_else(|| Refusal::bad_request("query is required"))?;
    answer(&world, &owner, &id, &headers, &asked)
}

fn answer(world: &Shared, owner: &str, id: &str, headers: &HeaderMap, asked: &SqlRequest) -> Result<Response, Refusal> {
    let table = run(lock(&world.dataworld).find(owner, id)?, &asked.query)?;
    let accept = headers.get(header::ACCEPT).map(|accept| String::from_utf8_lossy(accept.as_bytes()).into_owned());
    if accept.is_some_and(|accept| accept.contains("text/csv")) {
        return Ok(([(header::CONTENT_TYPE, "text/csv")], csv_text(&table)).into_response());
    }
    let mut answer = Vec::new();
    if asked.include_table_schema {
        let fields: Vec<Value> = table.columns.iter().map(|name| json!({"name": name, "type": "string"})).collect();
        answer.push(json!({"fields": fields}));
    }
    answer.extend(table.rows.into_iter().map(|row| {
        let cells = table.columns.iter().cloned().zip(row.into_iter().map(Value::from));
        Value::Object(cells.collect::<Map<_, _>>())
    }));
    Ok(Json(answer).into_response())
}

fn run(dataset: &Dataset, statement: &str) -> Result<Table, Refusal> {
    let select =
        sql::parse(statement).ok_or_else(|| Refusal::bad_request(format!("Cannot parse query: {statement}")))?;
    if select.table.eq_ignore_ascii_case("tables") {
        let rows = dataset
            .files
            .iter()
            .filter(|file| file.name.ends_with(".csv"))
            .map(|file| vec![table_name(file)])
            .collect();
        return Ok(Table { columns: vec!["tableName".to_owned()], rows });
    }
    let file = dataset
        .files
        .iter()
        .find(|file| file.name.ends_with(".csv") && table_name(file) == select.table.to_lowercase());
    let content = file
        .and_then(|file| file.content.as_ref())
        .ok_or_else(|| Refusal::bad_request(format!("Table '{}' does not exist.", select.table)))?;
    // data.world takes a line that starts with '#' for a comment ("Supported file types").
    let mut reader = csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(&content[..]);
    let text =
        |record: &csv::ByteRecord| record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let columns = reader.byte_headers().map(&text).unwrap_or_default();
    let records = reader.byte_records().map_while(Result::ok);
    Ok(match select.what {
        What::Count => Table { columns: vec!["count".to_owned()], rows: vec![vec![records.count().to_string()]] },
        What::Rows(limit) => {
            let limit = limit.map_or(usize::MAX, |limit| limit as usize);
            Table { columns, rows: records.take(limit).map(|record| text(&record)).collect() }
        }
    })
}

fn table_name(file: &File) -> String {
    file.name.trim_end_matches(".csv").to_lowercase().replace('-', "_")
}

fn csv_text(table: &Table) -> Vec<u8> {
    let mut text = Vec::new();
    for row in std::iter::once(&table.columns).chain(&table.rows) {
        let mut cells = Cells::new(false);
        for cell in row {
            cells.cell(cell);
        }
        text.extend(cells.into_line());
        text.push(b'\n');
    }
    text
}
