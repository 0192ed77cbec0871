//! Home in the real program: a pseudo-terminal, saved exports, and the sandbox.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]
#![cfg(target_os = "linux")]

#[path = "support/stage.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod stage;

#[path = "support/terminal.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "other tests use the rest; its helpers fail by panicking"
)]
mod terminal;

use std::time::Duration;

use stage::Stage;
use terminal::Pty;
use writeback::sandbox::{Effect, Fault, Options, Route, samples};

const CTRL_C: &str = "\x03";
const CTRL_N: &str = "\x0e";
const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const TAB: &str = "\t";

/// A stage on which data.world processes files at once, and uploads that stall are tried again for a minute.
async fn patient() -> Stage {
    let stage = Stage::with(Options { processing: Duration::ZERO, ..Options::default() }).await;
    stage.config("stall_seconds = 3\nanswer_seconds = 60\nattempts = 20");
    stage
}

/// Saves an export of the sample DataSet.
fn save(stage: &Stage, name: &str) {
    let (owner, id) = (samples::ORGANIZATION, samples::SALES_MART);
    let text = format!(
        "name = \"{name}\"\n[input]\ndataset = \"{}\"\nowner_confirmed = true\n\
         [output]\ndataset = \"{owner}/{id}\"\nfile = \"{name}\"\n",
        samples::DAILY_SALES
    );
    let folder = stage.home.path().join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}

/// The program on the stage, with these arguments.
fn open(stage: &Stage, arguments: &str) -> Pty {
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", stage.home.path().display().to_string()));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Pty::writeback(80, 24, arguments, &variables)
}

/// The results of all runs, the newest first.
async fn results(stage: &Stage) -> Vec<String> {
    let ran = stage.run(&["history", "--json"]).await;
    let kept: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let runs = kept["runs"].as_array().unwrap();
    runs.iter().map(|run| run["result"].as_str().unwrap_or("running").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_exports_run_at_once_to_their_end_while_keys_still_answer() {
    let stage = patient().await;
    save(&stage, "first");
    save(&stage, "second");
    // Both stop half-way, until the keys were tried.
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("second").send("r").wait("1 run under way").send(DOWN).send("r").wait("2 runs under way");
        pty.wait_until("two bars", |screen| screen.contents().matches("● Upload ━").count() == 2);
        pty.send("r").wait("second runs already. c cancels it.");
        pty.send("/").send("fir").wait("1/2").send(ESC).wait("2 exports");
        for (columns, rows) in [(60, 15), (20, 4), (120, 40), (80, 24)] {
            pty.resize(columns, rows);
        }
        // A key that comes with the new size would hide it from crossterm 0.29.
        pty.wait("2 runs under way");
        pty.send("4").wait("Start (UTC)").wait("2 runs under way").wait("● running");
        pty.send("1").wait("● Upload").send(ENTER).wait("The old file stays until every row has arrived.");
        pty.send(ESC)
            .wait("2 exports")
            .send("n")
            .wait("1 Credentials")
            .send(ESC)
            .wait("1 Exports")
            .wait("2 runs under way");
        stage.sandbox.clear_faults();
        pty.wait_gone("under way")
            .wait_until("both done", |screen| screen.contents().matches("✓ just now").count() == 2);
        pty.send(ENTER).wait("Proven").wait("240,000 rows").send(ESC).wait("2 exports");
        pty.send("q").ends_with(0);
    });
    assert_eq!(results(&stage).await, ["done", "done"]);
    for name in ["first.csv", "second.csv"] {
        assert!(stage.file(name).is_some(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_asks_and_cancels_all_runs() {
    let stage = patient().await;
    save(&stage, "first");
    save(&stage, "second");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("second").send("r").send(DOWN).send("r").wait("2 runs under way");
        pty.wait_until("two bars", |screen| screen.contents().matches("● Upload ━").count() == 2);
        pty.send("q").wait("Leave Writeback?").send("n").wait_gone("Leave Writeback?");
        // One is cancelled by itself, the other by leaving.
        pty.send("c").wait("cancelled just now").wait("1 run under way");
        pty.send("q").wait("Leave Writeback?").send("y").ends_with(0);
    });
    assert_eq!(results(&stage).await, ["cancelled", "cancelled"]);
    assert!(stage.file("first.csv").is_none() && stage.file("second.csv").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_runs_elsewhere_is_seen_and_refused() {
    let stage = patient().await;
    save(&stage, "first");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    let mut other = stage.command(&["run", "first"]).spawn().unwrap();
    stage.until_request("PUT", "first.csv").await;
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("● runs elsewhere").send("r").wait("first is already running: process").send(CTRL_C).ends_with(130);
    });
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_is_the_wizard_and_the_next_is_home() {
    let stage = patient().await;
    tokio::task::block_in_place(|| {
        open(&stage, "").wait("1 Credentials").send(ESC).ends_with(0);
        save(&stage, "first");
        open(&stage, "").wait("1 Exports").wait("○ not run yet").send("q").ends_with(0);
    });
}

#[test]
fn the_demo_goes_on_home_with_what_was_saved() {
    let mut pty = Pty::writeback(80, 24, "demo", &[]);
    pty.wait("from environment").send(CTRL_N).wait("Input DataSet ID").paste(samples::QUOTED).wait("✓");
    pty.send(TAB).send(TAB).send(DOWN).wait("Choose a data.world dataset").wait("/139");
    pty.send("sales-mart").wait("> sales-mart").send(ENTER).wait("you may write here");
    pty.send(TAB).send(TAB).send("from-the-test").wait("next file: from-the-test.csv").send(CTRL_N);
    pty.wait("Update interval").send(CTRL_N).wait("writeback run").send(CTRL_N).wait("Start the export");
    pty.send(ENTER).wait("Proven").send("s").wait("Saved.").send("h").wait("1 export").wait("✓ just now");
    // The sandbox's accounts are the environment's: it runs again from here.
    pty.send("d").wait("The dry run of").send("q").ends_with(0);
}
