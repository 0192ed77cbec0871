//! A definition's schedule zone, and the description and labels that data.world shows beside the file.

use chrono::Utc;
use writeback::testing::export::schedule::parse_zone;
use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::{FILE, Stage};

const DESCRIBED: &str = "description = \"What was sold\"\nlabels = [\"clean data\", \"report\"]\n";
const METADATA: &str = "/v0/datasets/acme-analytics/sales-mart/files/";

async fn metadata(stage: &Stage) -> serde_json::Value {
    let url = format!("{}{METADATA}{FILE}/metadata", stage.sandbox.dataworld_url());
    reqwest::Client::new().get(url).bearer_auth(samples::READ_WRITE).send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_date_in_the_name_is_that_of_the_schedules_zone() {
    // Somewhere between the two there is always midnight.
    for zone in ["Pacific/Kiritimati", "Etc/GMT+12"] {
        let stage = Stage::new().await;
        let more = format!("append = \"date\"\n[schedule]\ntimezone = \"{zone}\"");
        let ran = stage.run(&["run", &stage.definition(samples::QUOTED, &more)]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let date = Utc::now().with_timezone(&parse_zone(zone).unwrap()).format("%m-%d-%Y");
        let name = FILE.replace(".csv", &format!("_{date}.csv"));
        assert!(stage.file(&name).is_some(), "{name}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_described_once_it_has_arrived() {
    let stage = Stage::new().await;
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, DESCRIBED)]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let shown = metadata(&stage).await;
    assert_eq!(shown["description"], "What was sold");
    assert_eq!(shown["labels"], serde_json::json!(["clean data", "report"]));
    let requests = stage.sandbox.requests();
    let at = |method: &str| requests.iter().rposition(|request| request.method == method).unwrap();
    assert!(at("PATCH") > at("PUT"), "after the upload");

    // Metadata that the definition does not have stays.
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "description = \"Sold\"\n")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let shown = metadata(&stage).await;
    assert_eq!((&shown["description"], &shown["labels"][1]), (&"Sold".into(), &"report".into()));
    let patches = stage.requests("PATCH", METADATA);
    stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    stage.run(&["run", "--dry-run", &stage.definition(samples::QUOTED, DESCRIBED)]).await;
    assert_eq!(stage.requests("PATCH", METADATA), patches, "neither without a description nor in a dry run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_described_is_still_exported() {
    let stage = Stage::new().await;
    let patch = Route::Path { method: Some("PATCH"), prefix: METADATA.to_owned() };
    stage.sandbox.fault(Fault::always(patch, Effect::status(403, r#"{"code":403,"message":"No."}"#)));
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, DESCRIBED)]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(stage.file(FILE).is_some());
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("The file is there, but its description could not be set."), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_may_be_empty() {
    let stage = Stage::new().await;
    for code in [200, 204] {
        let patch = Route::Path { method: Some("PATCH"), prefix: METADATA.to_owned() };
        stage.sandbox.fault(Fault::once(patch, Effect::status(code, "")));
        let ran = stage.run(&["run", &stage.definition(samples::QUOTED, DESCRIBED)]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(!format!("{}{}", ran.out, ran.err).contains("could not be described"), "{ran:?}");
    }
}
