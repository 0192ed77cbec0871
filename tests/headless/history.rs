//! The history, the numbers and the locks of `writeback run`: the real binary against the sandbox.
//!
//! Whatever happens to runs or to the history: no number is taken twice, no file is replaced, one export runs once at a
//! time, and the next run is right.

mod at_once;
mod command;
#[cfg(unix)]
mod killed;
mod late;
mod lost;
mod moved;
#[cfg(target_os = "linux")]
mod narrow;
mod numbers_used;
#[cfg(target_os = "linux")]
mod on_screen;
#[cfg(target_os = "linux")]
mod whole;

use crate::stage::Stage;
use serde_json::Value;
use writeback::testing::sandbox::{Options, samples};

/// A stage on which data.world processes files at once.
async fn quick() -> Stage {
    Stage::with(Options { processing: std::time::Duration::ZERO, ..Options::default() }).await
}

/// Writes `NAME.toml`, whose files get numbers: `sales_1.csv`, `sales_2.csv`.
fn numbered(stage: &Stage, name: &str, data_set: &str) -> String {
    let (owner, id) = (samples::ORGANIZATION, samples::SALES_MART);
    let text = format!(
        "name = \"Export {name}\"\n[input]\ndataset = \"{data_set}\"\nowner_confirmed = true\n\
         [output]\ndataset = \"{owner}/{id}\"\nfile = \"sales\"\nappend = \"number\"\n"
    );
    let path = stage.home.path().join(format!("{name}.toml"));
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// The names that uploads were sent to, in order.
fn uploads(stage: &Stage) -> Vec<String> {
    let requests = stage.sandbox.requests();
    let puts = requests.iter().filter(|request| request.method == "PUT" && request.path.starts_with("/v0/uploads"));
    puts.map(|put| put.path.rsplit('/').next().unwrap().to_owned()).collect()
}

/// The numbers in those names.
fn numbers(stage: &Stage) -> Vec<u64> {
    let number = |name: &String| name.strip_prefix("sales_")?.strip_suffix(".csv")?.parse().ok();
    uploads(stage).iter().filter_map(number).collect()
}

/// Reads `writeback history --json`.
async fn history(stage: &Stage, args: &[&str]) -> Value {
    let ran = stage.run(&[&["history", "--json", "--limit", "1000"], args].concat()).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// The results of the runs, the oldest first.
fn results(history: &Value) -> Vec<&str> {
    history["runs"].as_array().unwrap().iter().rev().map(|run| run["result"].as_str().unwrap_or("running")).collect()
}
