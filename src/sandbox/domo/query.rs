//! SQL over a DataSet (developer portal, "Query a DataSet"), as both hosts answer it.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use super::dataset::{Column, DataSet, Kind};
use super::export::{records, visible};
use super::people::Person;
use crate::sandbox::sql::{self, What};

/// "Queries return a maximum of one million rows" (knowledge base, command line tool).
const MOST: u64 = 1_000_000;

/// The body of a query.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    sql: String,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// `{columns, rows: [[…]]}`.
    Rows,
    /// `[{column: value}]`.
    Objects,
}

/// The answer to a query, which counts so many rows beyond those that there are. The name of the table may be anything: a
/// DataSet is one table.
pub(crate) fn answer(
    dataset: &DataSet,
    person: Person,
    wanted: &Wanted,
    form: Form,
    more_rows: i64,
) -> Result<Response, Refusal> {
    dataset.has_rows_at_hand()?;
    if dataset.kind == Kind::Unqueried {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Queries are not allowed on this DataSet"));
    }
    let Some(select) = sql::parse(&wanted.sql) else {
        return Err(Refusal::bad_request(format!("Unable to parse SQL: {}", wanted.sql)));
    };
    let (columns, rows) = match select.what {
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
    };
    if let Form::Objects = form {
        return Ok(objects(&columns, &rows));
    }
    let metadata = |column: &Column| json!({"type": column.kind, "dataSourceId": dataset.id, "maxLength": -1, "minLength": -1, "periodIndex": 0});
    Ok(Json(json!({
        "datasource": dataset.id,
        "columns": columns.iter().map(|column| &column.name).collect::<Vec<_>>(),
        "metadata": columns.iter().map(metadata).collect::<Vec<_>>(),
        "numRows": rows.len(),
        "numColumns": columns.len(),
        "rows": rows,
        "fromcache": false,
    }))
    .into_response())
}

/// Rows as objects. Their keys stand in the order of the columns, which a map of `serde_json` would sort.
fn objects(columns: &[Column], rows: &[Vec<Value>]) -> Response {
    let field = |(column, value): (&Column, &Value)| format!("{}:{value}", Value::from(column.name.as_str()));
    let object = |row: &Vec<Value>| format!("{{{}}}", columns.iter().zip(row).map(field).collect::<Vec<_>>().join(","));
    let list = format!("[{}]", rows.iter().map(object).collect::<Vec<_>>().join(","));
    ([(header::CONTENT_TYPE, "application/json")], list).into_response()
}

/// A cell as JSON: a number where the column has numbers, null where it is empty.
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
