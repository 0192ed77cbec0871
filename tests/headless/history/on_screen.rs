//! The screen's runs are in the same history.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::history::{history, quick, results};
use crate::pty::{CTRL_C, CTRL_N, DOWN, ENTER, ESC, Pty, TAB};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_on_the_screen_is_kept_and_so_is_one_that_was_left() {
    let stage = quick().await;
    let home = stage.home.path().display().to_string();
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", home));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    tokio::task::block_in_place(|| {
        let mut pty = Pty::writeback(100, 30, "new", &variables);
        pty.wait("from environment").send(CTRL_N);
        pty.wait("Input DataSet ID").paste(samples::DAILY_SALES).wait("✓");
        pty.send(TAB).send(TAB).send(DOWN).wait("Choose a data.world dataset").wait("/139");
        pty.send("sales-mart").wait("> sales-mart").send(ENTER).wait("you may write here");
        pty.send(TAB).send(TAB).send("from-the-test").wait("next file: from-the-test.csv");
        pty.send(CTRL_N).wait("Update interval").send(CTRL_N).wait("writeback run").send(CTRL_N);
        pty.wait("Run once").send(TAB).send(TAB);
        let stall = Fault::always(Route::Upload, Effect::StallAfter(1_000_000));
        stage.sandbox.fault(stall.clone());
        pty.send(ENTER).wait("● Upload").send("c").send("y").wait("Cancelled.");
        stage.sandbox.clear_faults();
        pty.send("r").wait("Proven: rows equal Domo's");
        stage.sandbox.fault(stall);
        pty.send(ESC).wait("Run once");
        pty.send(ENTER).wait("● Upload").send(CTRL_C).ends_with(130);
    });
    let kept = history(&stage, &[]).await;
    assert_eq!(results(&kept), ["cancelled", "done", "cancelled"]);
    let (left, done) = (&kept["runs"][0], &kept["runs"][1]);
    assert_eq!((&done["kind"], &done["rows"]), (&"manual".into(), &240_000.into()));
    assert_eq!(done["file"], "acme-analytics/sales-mart/from-the-test.csv");
    assert_eq!((&left["phase"], &left["definition"]), (&"upload".into(), &done["definition"]));
    assert!(done["definition"].as_str().unwrap().contains("/exports/"), "{done}");
}
