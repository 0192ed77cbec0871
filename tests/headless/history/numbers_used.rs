//! A number is used up by what is sent under it, and by nothing else.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::history::{numbered, numbers, quick};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_sends_nothing_uses_up_no_number() {
    let stage = quick().await;
    let (good, bad) = (numbered(&stage, "good", samples::QUOTED), numbered(&stage, "bad", samples::HASH_ROWS));
    assert_eq!(stage.run(&["run", &good]).await.code, Some(0));
    // A check refuses the rows, Domo has no export, nobody has credentials.
    assert_eq!(stage.run(&["run", &bad]).await.code, Some(4));
    let export = Route::Path { method: None, prefix: format!("/v1/datasets/{}/data", samples::QUOTED) };
    stage.sandbox.fault(Fault::once(export, Effect::status(404, "{}")));
    assert_eq!(stage.run(&["run", &good]).await.code, Some(1));
    assert_eq!(stage.run(&["run", &good]).await.code, Some(0));
    assert_eq!(numbers(&stage), [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_has_begun_to_send_uses_its_number_up() {
    let stage = quick().await;
    let good = numbered(&stage, "good", samples::QUOTED);
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(403, "{}")));
    assert_ne!(stage.run(&["run", &good]).await.code, Some(0));
    assert_eq!(stage.run(&["run", &good]).await.code, Some(0));
    assert_eq!(numbers(&stage), [1, 2]);
}
