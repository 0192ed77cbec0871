//! api.domo.com: DataSets as CSV.

use std::time::{Duration, Instant};

use writeback::testing::sandbox::{Options, Sandbox, samples};

use super::{domo, export, json, records, start};

#[tokio::test]
async fn an_export_has_a_header_only_when_it_is_asked_for() {
    let sandbox = start().await;
    assert_eq!(export(&sandbox, samples::EMPTY, "").await, "");
    let header = export(&sandbox, samples::EMPTY, "includeHeader=True").await;
    assert_eq!(header, "order_id,order_date,region,store,product,units,amount,discount\n");
    let answer = domo(&sandbox, &format!("/v1/datasets/{}/data?fileName=x.csv", samples::EMPTY)).await;
    assert_eq!(answer.headers()["content-type"], "text/csv");
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"x.csv\"");
    assert_eq!(answer.headers().get("content-length"), None);
    assert_eq!(domo(&sandbox, &format!("/v1/datasets/{}/data?includeHeader=2", samples::EMPTY)).await.status(), 400);
    assert_eq!(domo(&sandbox, &format!("/v1/datasets/{}/data", samples::DELETED)).await.status(), 404);
}

#[tokio::test]
async fn every_export_has_the_rows_that_are_stated_but_where_domo_knows_them_not() {
    let sandbox = start().await;
    for dataset in json(domo(&sandbox, "/v1/datasets").await).await.as_array().unwrap() {
        let id = dataset["id"].as_str().unwrap();
        if [samples::ARCHIVED, samples::DATA_FUSION].contains(&id) {
            continue;
        }
        let csv = export(&sandbox, id, "").await;
        // An empty line is a null in a DataSet of one column, and no record at all for a reader of CSV.
        let rows = if id == samples::SINGLE_COLUMN { csv.lines().count() } else { records(&csv) };
        let expected = match id {
            samples::PDP => 2_400,
            samples::FEDERATED => 1_500,
            samples::STALE_VIEW => 950,
            samples::CLOUD => 700,
            samples::NO_COUNT => 640,
            _ => dataset["rows"].as_u64().unwrap() as usize,
        };
        assert_eq!(rows, expected, "{}", dataset["name"]);
    }
}

#[tokio::test]
async fn the_difficult_contents_are_there() {
    let sandbox = start().await;
    let quoted = export(&sandbox, samples::QUOTED, "disableFormulaInterpretation=false").await;
    for part in [
        "\"\"never again\"\"",
        "\"Two lines:\nthis",
        "line\r\nends",
        "\u{1F600}",
        ",\\N\n",
        ",\"\\N\"\n",
        ",=SUM(A1:A3),",
        ",\"\"\n",
    ] {
        assert!(quoted.contains(part), "{part:?}");
    }
    let escaped = export(&sandbox, samples::QUOTED, "").await;
    for part in [",'=SUM(A1:A3),", ",'+1 555 0100,", ",'@support", "\"'-5% off"] {
        assert!(escaped.contains(part), "{part:?}");
    }
    assert_eq!(escaped, export(&sandbox, samples::QUOTED, "disableFormulaInterpretation=TRUE").await);
    let sales = export(&sandbox, samples::DAILY_SALES, "").await;
    assert!(sales.contains(",-") && !sales.contains("'-"), "numbers below zero stay numbers");
    assert!(export(&sandbox, samples::HASH_ROWS, "").await.lines().filter(|line| line.starts_with('#')).count() > 100);
    assert!(export(&sandbox, samples::SINGLE_COLUMN, "").await.lines().filter(|line| line.is_empty()).count() > 50);
}

#[tokio::test]
async fn a_big_dataset_is_there_on_demand_and_always_the_same() {
    let big = async |rows| {
        let sandbox = Sandbox::start(Options { rows: Some(rows), ..Options::default() }).await.unwrap();
        export(&sandbox, samples::BIG, "").await
    };
    let (small, large) = (big(1_000).await, big(5_000).await);
    assert_eq!((records(&small), records(&large)), (1_000, 5_000));
    assert!(large.starts_with(&small));
    let without = start().await;
    assert_eq!(domo(&without, &format!("/v1/datasets/{}", samples::BIG)).await.status(), 404);
}

#[tokio::test]
async fn bandwidth_slows_an_export() {
    let sandbox = Sandbox::start(Options { bandwidth: Some(60_000), ..Options::default() }).await.unwrap();
    let started = Instant::now();
    let bytes =
        export(&sandbox, samples::HASH_ROWS, "").await.len() + export(&sandbox, samples::SINGLE_COLUMN, "").await.len();
    assert!(bytes > 20_000, "{bytes}");
    assert!(started.elapsed() > Duration::from_millis(250), "{:?}", started.elapsed());
}
