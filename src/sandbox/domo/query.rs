//! SQL over a DataSet (developer portal, "Query a DataSet") on both hosts.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use super::dataset::{Column, DataSet, Kind};
use super::export::{records, visible};
use super::people::Person;
use super::token::Signed;
use crate::sandbox::intercept::InForce;
use crate::sandbox::sql::{self, What};
use crate::sandbox::world::lock;

/// "Queries return a maximum of one million rows" (knowledge base, command line tool).
const MOST: u64 = 1_000_000;

#[derive(Debug, Deserialize)]
pub(crate) struct QueryBody {
    sql: String,
}

/// A query. The public API (`POST /v1/datasets/query/execute/{id}`) and an instance (`POST
/// /api/query/v1/execute/export/{id}`) answer with columns and rows (developer portal, "Query Data"); an instance also
/// with a list of `OBJECTS` (`POST /api/query/v1/execute/{id}`; "Product APIs", "Query with SQL").
pub(super) async fn post<const HOST: bool, const OBJECTS: bool>(
    Signed(person, world): Signed<HOST>,
    Path(id): Path<String>,
    fault: InForce,
    wanted: Result<Json<QueryBody>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(wanted) = wanted.map_err(|rejection| Refusal::bad_request(rejection.body_text()))?;
    let dataset = lock(&world.domo).existing(&id)?.clone();
    let (columns, rows) = answer(&dataset, person, &wanted, fault.more_rows())?;
    Ok(if OBJECTS { objects(&columns, &rows) } else { table(&dataset, &columns, &rows) })
}

/// Runs a query. A count is wrong by so many rows. The table's name does not matter: a DataSet is one table.
fn answer(
    dataset: &DataSet,
    person: Person,
    wanted: &QueryBody,
    more_rows: i64,
) -> Result<(Vec<Column>, Vec<Vec<Value>>), Refusal> {
    dataset.has_rows_at_hand()?;
    if dataset.kind == Kind::Unqueried {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Queries are not allowed on this DataSet"));
    }
    let Some(select) = sql::parse(&wanted.sql) else {
        return Err(Refusal::bad_request(format!("Unable to parse SQL: {}", wanted.sql)));
    };
    Ok(match select.what {
        What::Count => {
            let count = Column { name: "COUNT(*)".to_owned(), kind: "LONG".to_owned() };
            (vec![count], vec![vec![json!(visible(dataset, person).saturating_add_signed(more_rows))]])
        }
        What::Rows(limit) => {
            let limit = limit.unwrap_or(MOST).min(MOST);
            let typed =
                |cells: Vec<String>| dataset.columns.iter().zip(cells).map(|(c, text)| value(c, text)).collect();
            let rows = records(dataset, person, limit as usize).into_iter().map(typed).collect::<Vec<Vec<Value>>>();
            (dataset.columns.clone(), rows)
        }
    })
}

fn table(dataset: &DataSet, columns: &[Column], rows: &[Vec<Value>]) -> Response {
    let metadata = |column: &Column| json!({"type": column.kind, "dataSourceId": dataset.id, "maxLength": -1, "minLength": -1, "periodIndex": 0});
    Json(json!({
        "datasource": dataset.id,
        "columns": columns.iter().map(|column| &column.name).collect::<Vec<_>>(),
        "metadata": columns.iter().map(metadata).collect::<Vec<_>>(),
        "numRows": rows.len(),
        "numColumns": columns.len(),
        "rows": rows,
        "fromcache": false,
    }))
    .into_response()
}

/// Rows as objects. Their keys stand in the order of the columns, which a map of `serde_json` would sort.
fn objects(columns: &[Column], rows: &[Vec<Value>]) -> Response {
    let field = |(column, value): (&Column, &Value)| format!("{}:{value}", Value::from(column.name.as_str()));
    let object = |row: &Vec<Value>| format!("{{{}}}", columns.iter().zip(row).map(field).collect::<Vec<_>>().join(","));
    let list = format!("[{}]", rows.iter().map(object).collect::<Vec<_>>().join(","));
    ([(header::CONTENT_TYPE, "application/json")], list).into_response()
}

/// A cell as JSON: a number in a column of numbers, null if it is empty.
fn value(column: &Column, text: String) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let number = match column.kind.as_str() {
        "LONG" => text.parse::<i64>().ok().map(Value::from),
        "DOUBLE" | "DECIMAL" => text.parse::<f64>().ok().map(Value::from),
        _ => None,
    };
    number.unwrap_or_else(|| text.into())
}
