//! Folders that are moved: what is known of an export goes along, and never to another export.

use std::path::{Path, PathBuf};

use serde_json::Value;
use writeback::testing::sandbox::samples;

use crate::history::{numbers, quick};
use crate::stage::{Ran, Stage, ended};

/// Saves an export in that home.
fn save(home: &Path, name: &str, data_set: &str, more: &str) {
    let text = format!(
        "name = \"{name}\"\n[input]\ndataset = \"{data_set}\"\nowner_confirmed = true\nonly_when_updated = {}\n\
         [output]\ndataset = \"{}/{}\"\nfile = \"sales\"\nappend = \"number\"\n{more}",
        more.is_empty(),
        samples::ORGANIZATION,
        samples::SALES_MART
    );
    std::fs::create_dir_all(home.join("exports")).unwrap();
    std::fs::write(home.join("exports/daily.toml"), text).unwrap();
}

async fn at(stage: &Stage, home: &Path, args: &[&str]) -> Ran {
    let mut command = stage.command(args);
    command.env("WRITEBACK_HOME", home).env("TMPDIR", stage.spool());
    ended(command.spawn().unwrap()).await
}

/// The results of the runs that `history daily` lists.
async fn results(stage: &Stage, home: &Path) -> Vec<String> {
    let ran = at(stage, home, &["history", "daily", "--json"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    said["runs"].as_array().unwrap().iter().map(|run| run["result"].as_str().unwrap().to_owned()).collect()
}

fn homes(stage: &Stage) -> [PathBuf; 2] {
    ["one", "two"].map(|name| stage.home.path().join(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_keeps_its_history_when_its_folder_is_moved() {
    let stage = quick().await;
    let [one, two] = homes(&stage);
    save(&one, "Daily", samples::QUOTED, "keep = 1\n");
    assert_eq!(at(&stage, &one, &["run", "daily"]).await.code, Some(0));
    std::fs::rename(&one, &two).unwrap();
    assert_eq!(results(&stage, &two).await, ["done"]);
    std::fs::rename(&two, &one).unwrap();
    let ran = at(&stage, &one, &["run", "daily"]).await;
    assert!(ran.out.contains("Deleted sales_1.csv"), "what it wrote before is its own: {ran:?}");
    assert_eq!(numbers(&stage), [1, 2]);
    save(&one, "Daily", samples::QUOTED, "");
    assert_eq!(at(&stage, &one, &["run", "daily"]).await.code, Some(0));
    std::fs::rename(&one, &two).unwrap();
    let ran = at(&stage, &two, &["run", "daily"]).await;
    assert!(ran.out.contains("Skipped: the data of"), "{ran:?}");
    assert_eq!(at(&stage, &two, &["exports", "rename", "daily", "Weekly"]).await.code, Some(0));
    std::fs::rename(&two, &one).unwrap();
    assert_eq!(at(&stage, &one, &["exports", "rename", "weekly", "Daily"]).await.code, Some(0));
    assert_eq!(results(&stage, &one).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_never_gets_the_history_of_another() {
    let stage = quick().await;
    let [one, two] = homes(&stage);
    for (name, data_set, folder_stays) in
        [("Daily", samples::SINGLE_COLUMN, false), ("Other", samples::QUOTED, false), ("Daily", samples::QUOTED, true)]
    {
        save(&one, "Daily", samples::QUOTED, "");
        assert_eq!(at(&stage, &one, &["run", "daily"]).await.code, Some(0));
        let _ = std::fs::remove_dir_all(&two);
        std::fs::create_dir(&two).unwrap();
        std::fs::rename(one.join("history.sqlite"), two.join("history.sqlite")).unwrap();
        if !folder_stays {
            std::fs::remove_dir_all(&one).unwrap();
        }
        save(&two, name, data_set, "");
        assert_eq!(results(&stage, &two).await, [""; 0], "{name} {folder_stays}");
        let ran = at(&stage, &two, &["run", "daily"]).await;
        assert!(ran.out.contains("Proven"), "nothing is skipped: {ran:?}");
    }
}
