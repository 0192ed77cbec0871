//! A DataSet as CSV: the export of both hosts, and single records for queries.

use axum::body::Body;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::Refusal;
use super::dataset::{Content, DataSet};
use super::people::Person;
use super::token::Signed;
use crate::sandbox::body::paced;
use crate::sandbox::rows::{Blocks, Cells, Table};
use crate::sandbox::world::lock;

#[derive(Debug)]
pub(crate) struct ExportQuery {
    /// False by default (DataSet API).
    header: bool,
    /// `disableFormulaInterpretation`, known from Domo's Java SDK only. Its default is not documented; true is the
    /// hardest on a client.
    escape: bool,
    file_name: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for ExportQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<ExportQuery, Refusal> {
        let mut wanted = ExportQuery { header: false, escape: true, file_name: None };
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| Refusal::bad_request(error.to_string()))?;
        for (name, value) in query.0 {
            match name.as_str() {
                "includeHeader" => wanted.header = boolean(&name, &value)?,
                "disableFormulaInterpretation" => wanted.escape = boolean(&name, &value)?,
                "fileName" => wanted.file_name = Some(value),
                _ => {}
            }
        }
        Ok(wanted)
    }
}

/// In any case: Domo's Python SDK sends `True`.
fn boolean(name: &str, value: &str) -> Result<bool, Refusal> {
    value
        .to_ascii_lowercase()
        .parse()
        .map_err(|_| Refusal::bad_request(format!("Failed to convert '{name}' with value: '{value}'")))
}

/// `GET /v1/datasets/{id}/data`, and `GET /api/query/v1/execute/export/{id}` of an instance: CSV without a
/// Content-Length, as its person sees it.
pub(super) async fn get<const HOST: bool>(
    Signed(person, world): Signed<HOST>,
    Path(id): Path<String>,
    query: ExportQuery,
) -> Result<Response, Refusal> {
    let domo = lock(&world.domo);
    let dataset = domo.existing(&id)?;
    dataset.has_rows_at_hand()?;
    let header = query.header.then(|| header_line(dataset));
    let blocks = blocks(dataset, person, query.escape || dataset.always_escapes);
    let parts = header.into_iter().chain(blocks).map(Ok::<_, std::convert::Infallible>);
    // Yields to other tasks between two blocks, even if the client reads as fast as they are made.
    let parts = stream::iter(parts).then(|block| async {
        tokio::task::yield_now().await;
        block
    });
    let mut body = Body::from_stream(parts);
    if let Some(rate) = world.options.bandwidth {
        body = paced(body, rate);
    }
    let mut response = ([(header::CONTENT_TYPE, "text/csv")], body).into_response();
    if let Some(name) = &query.file_name {
        // A name that does not fit a header is left out; Domo's behavior is not documented.
        if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
            response.headers_mut().insert(HeaderName::from_static("content-disposition"), value);
        }
    }
    Ok(response)
}

pub(crate) fn visible(dataset: &DataSet, person: Person) -> u64 {
    let regions = crate::sandbox::rows::REGIONS.len() as u64;
    match dataset.limited_to(person) {
        None => dataset.rows,
        Some(region) => dataset.rows.saturating_sub(region as u64).div_ceil(regions),
    }
}

pub(crate) fn records(dataset: &DataSet, person: Person, limit: usize) -> Vec<Vec<String>> {
    let one_by_one: Box<dyn Iterator<Item = Vec<String>>> = match &dataset.content {
        Content::Generated { .. } => {
            // Record by record: a CSV reader skips the empty line of a null.
            Box::new(
                generated(dataset, person, false)
                    .into_iter()
                    .flat_map(Blocks::rows)
                    .map(|row| read(&row).next().unwrap_or_else(|| vec![String::new()])),
            )
        }
        Content::Stored(csv) => Box::new(read(csv)),
    };
    one_by_one.take(limit).collect()
}

/// Counts the records of CSV without a header.
pub(crate) fn count(csv: &[u8]) -> u64 {
    read(csv).count() as u64
}

fn read(csv: &[u8]) -> impl Iterator<Item = Vec<String>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv);
    let cells =
        |record: csv::ByteRecord| record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    reader.into_byte_records().map_while(Result::ok).map(cells)
}

fn header_line(dataset: &DataSet) -> Bytes {
    let mut cells = Cells::new(false);
    for column in &dataset.columns {
        cells.cell(&column.name);
    }
    let mut line = cells.into_line();
    line.push(b'\n');
    line.into()
}

fn blocks(dataset: &DataSet, person: Person, escape: bool) -> Box<dyn Iterator<Item = Bytes> + Send> {
    match &dataset.content {
        Content::Generated { .. } => Box::new(generated(dataset, person, escape).into_iter().flatten()),
        // Imported rows stay as they are; only generated DataSets show escaping.
        Content::Stored(csv) => Box::new(std::iter::once(Bytes::copy_from_slice(csv))),
    }
}

fn generated(dataset: &DataSet, person: Person, escape: bool) -> Option<Blocks> {
    let Content::Generated { family, seed } = dataset.content else {
        return None;
    };
    let table = Table::new(family, seed, escape);
    Some(match dataset.limited_to(person) {
        None => Blocks::all(table, dataset.rows),
        Some(region) => Blocks::of_region(table, region, dataset.rows),
    })
}
