//! Row counts: stated in a part of their own, counted by a query, or not known at all.

use serde_json::Value;
use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::{FILE, OLD, Ran, Stage};

/// The same person at Domo, by an access token.
async fn with_token() -> Stage {
    let mut stage = Stage::new().await;
    stage.set("DOMO_DEVELOPER_TOKEN", samples::DEVELOPER_TOKEN);
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    stage
}

async fn both() -> [Stage; 2] {
    [Stage::new().await, with_token().await]
}

async fn run(stage: &Stage, data_set: &str, more: &str, flags: &[&str]) -> Ran {
    let definition = stage.definition(data_set, more);
    stage.run(&[&["run", &definition], flags].concat()).await
}

fn json(ran: &Ran) -> Value {
    let read = serde_json::from_str(&ran.out);
    assert!(read.is_ok(), "{read:?}: {ran:?}");
    read.unwrap_or_default()
}

/// The newest run in the history, as JSON and as a table.
async fn history(stage: &Stage) -> (Value, String) {
    let kept = json(&stage.run(&["history", "--json"]).await);
    (kept["runs"][0].clone(), stage.run(&["history"]).await.out)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_runs_with_rows_that_have_a_part_of_their_own() {
    let stage = with_token().await;
    let checked = stage.run(&["check", &stage.definition(samples::QUOTED, ""), "--ticket"]).await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.contains("Customer Feedback, 2,500 rows"), "{}", checked.out);
    let dry = run(&stage, samples::QUOTED, "", &["--dry-run"]).await;
    assert_eq!(dry.code, Some(0), "{dry:?}");
    let ran = json(&run(&stage, samples::QUOTED, "", &["--json"]).await);
    assert_eq!((&ran["rows"], &ran["row_count"]), (&2_500.into(), &"metadata".into()), "{ran}");
    assert_eq!(history(&stage).await.0["row_count"], "metadata");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_metadata_does_not_keep_are_counted_by_a_query() {
    for (stage, views) in both().await.iter().zip([false, true]) {
        let all = [(samples::FEDERATED, 1_500), (samples::CLOUD, 700), (samples::STALE_VIEW, 950)];
        for (data_set, rows) in all.into_iter().take(if views { 3 } else { 2 }) {
            let checked = stage.run(&["check", &stage.definition(data_set, ""), "--ticket"]).await;
            assert_eq!(checked.code, Some(0), "{checked:?}");
            assert!(checked.out.contains("; a query counts "), "{}", checked.out);
            let dry = run(stage, data_set, "", &["--dry-run"]).await;
            assert!(dry.out.contains("Proven: rows equal those that a query in Domo counts. Nothing"), "{dry:?}");
            let ran = run(stage, data_set, "", &[]).await;
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert!(ran.out.contains("rows equal those that a query in Domo counts, size equals"), "{ran:?}");
            let ran = json(&run(stage, data_set, "", &["--json"]).await);
            assert_eq!((&ran["rows"], &ran["row_count"]), (&rows.into(), &"query".into()), "{ran}");
            assert_eq!(history(stage).await.0["row_count"], "query");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_a_query_counts_and_that_do_not_come_are_missed() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    let headers = vec![("Content-Type".to_owned(), "text/csv".to_owned())];
    let body = "shipment,shipped,region,carrier,tracking,weight_kg\n1,2026-01-01,North,UPS,1,2.5\n".to_owned();
    stage.sandbox.fault(Fault::always(Route::Export, Effect::Status { code: 200, headers, body }));
    let ran = run(&stage, samples::FEDERATED, "", &[]).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("Domo counts 1,500 rows, but 1 arrived."), "{}", ran.err);
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_another_day_that_a_client_is_told_gives_way_to_a_query() {
    let stage = Stage::new().await;
    let ran = json(&run(&stage, samples::STALE_VIEW, "", &["--json"]).await);
    assert_eq!((&ran["rows"], &ran["row_count"]), (&950.into(), &"query".into()), "{ran}");
    // Rows that are missing are missing by the query, too.
    stage.sandbox.fault(Fault::always(Route::Export, Effect::TruncateAfter(1_000)));
    let ran = run(&stage, samples::STALE_VIEW, "", &[]).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("Domo counts 950 rows, but "), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_nobody_counts_are_exported_only_where_that_is_allowed_and_never_called_proven() {
    for stage in both().await {
        let ran = run(&stage, samples::NO_COUNT, "", &[]).await;
        assert_eq!(ran.code, Some(4), "{ran:?}");
        assert!(ran.err.contains("could not be proven") && ran.err.contains("allow_unproven = true"), "{}", ran.err);
        assert!(stage.file(FILE).is_none());
        let allowed = "[checks]\nallow_unproven = true\n";
        let dry = run(&stage, samples::NO_COUNT, allowed, &["--dry-run"]).await;
        assert!(dry.out.contains("Not proven") && !dry.out.contains("Proven: "), "{dry:?}");
        let ran = run(&stage, samples::NO_COUNT, allowed, &[]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.starts_with("! 640 rows") && ran.out.contains("Not proven"), "{}", ran.out);
        assert!(!ran.out.contains("Proven: "), "{}", ran.out);
        assert_eq!(stage.file(FILE).unwrap().content.unwrap().iter().filter(|byte| **byte == b'\n').count(), 641);
        let ran = json(&run(&stage, samples::NO_COUNT, allowed, &["--json"]).await);
        assert_eq!((&ran["result"], &ran["row_count"]), (&"done".into(), &"not proven".into()));
        let (kept, table) = history(&stage).await;
        assert_eq!(kept["row_count"], "not proven");
        assert!(table.contains("done, not proven"), "{table}");
        let checked = stage.run(&["check", &stage.definition(samples::NO_COUNT, allowed), "--ticket"]).await;
        assert!(checked.out.contains("not proven: Domo gives no row count"), "{checked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_when_updated_is_refused_where_domo_does_not_keep_when_rows_change() {
    for stage in both().await {
        for data_set in [samples::FEDERATED, samples::CLOUD] {
            let definition = stage.definition(data_set, "");
            let text = std::fs::read_to_string(&definition).unwrap();
            let only = text.replace("owner_confirmed", "only_when_updated = true\nowner_confirmed");
            std::fs::write(&definition, only).unwrap();
            for command in ["run", "check"] {
                let ran = stage.run(&[command, &definition]).await;
                assert_eq!(ran.code, Some(4), "{ran:?}");
                let said = ran.out + &ran.err;
                assert!(said.contains("\"Only when updated\" cannot be used with this DataSet"), "{said}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_domo_does_not_export_is_explained() {
    let [client, token] = both().await;
    let cases = [
        (samples::ARCHIVED, "The DataSet is archived in Domo", "Press Start on the DataSet's page in Domo"),
        (samples::DATA_FUSION, "The DataSet is a DataFusion, which Domo does not export.", "make a DataFlow or a View"),
    ];
    for (data_set, known, advice) in cases {
        for command in ["run", "check"] {
            let ran = token.run(&[command, &token.definition(data_set, "")]).await;
            let said = ran.out + &ran.err;
            assert!(ran.code == Some(4) && said.contains(known) && said.contains(advice), "{command}: {said}");
            let ran = client.run(&[command, &client.definition(data_set, "")]).await;
            let said = ran.out + &ran.err;
            assert!(said.contains("Domo could not export the DataSet (40"), "{command}: {said}");
            assert!(
                said.contains("Most likely it is archived: press Start") && !said.contains("no DataSet with"),
                "{said}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_all_rows_without_owning_them_may_go_on() {
    let mut stage = Stage::new().await;
    stage.set("DOMO_DEVELOPER_TOKEN", samples::ADMIN_DEVELOPER_TOKEN);
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    let definition = stage.definition(samples::PDP, "");
    let text = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&definition, text.replace("owner_confirmed = true\n", "")).unwrap();
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    for part in ["must also be an owner or co-owner", "lets it see all rows, unmasked", "owner_confirmed = true"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    std::fs::write(&definition, text).unwrap();
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("12,000 rows") && ran.out.contains("! Domo does not show this account as an"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_counted_again_after_they_came() {
    let stage = Stage::new().await;
    let query = || Route::Path { method: Some("POST"), prefix: "/v1/datasets/query".to_owned() };
    // The first two counts are those of the run's beginning and of the export's.
    for _ in 0..2 {
        stage.sandbox.fault(Fault::once(query(), Effect::Delay(std::time::Duration::ZERO)));
    }
    stage.sandbox.fault(Fault::once(query(), Effect::status(200, r#"{"columns":["n"],"rows":[[1501]]}"#)));
    let ran = run(&stage, samples::FEDERATED, "", &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let again = "The DataSet kept being updated in Domo while it was exported. Exporting again (attempt 2 of 3)";
    assert!(ran.err.contains(again), "{}", ran.err);
    assert_eq!(stage.requests("POST", "/v1/datasets/query"), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_query_is_allowed_no_rows_are_proven_by_metadata() {
    let stage = Stage::new().await;
    let query = Route::Path { method: Some("POST"), prefix: "/v1/datasets/query".to_owned() };
    stage.sandbox.fault(Fault::always(query, Effect::status(403, "{}")));
    let ran = json(&run(&stage, samples::EMPTY, "", &["--dry-run", "--json"]).await);
    assert_eq!((&ran["rows"], &ran["row_count"]), (&0.into(), &"metadata".into()), "{ran}");
    assert_ne!(stage.requests("POST", "/v1/datasets/query"), 0, "it may be federated, which a client is not told");
}
