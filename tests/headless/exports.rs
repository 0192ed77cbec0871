//! Saved exports: listed, shown, renamed, removed.

use writeback::testing::sandbox::samples;

use crate::stage::{Stage, ended};

async fn with_one() -> Stage {
    let stage = Stage::new().await;
    let definition =
        stage.definition(samples::QUOTED, "[schedule]\nevery = \"day\"\nat = \"06:30\"\ntimezone = \"Asia/Tokyo\"\n");
    let folder = stage.home.path().join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::rename(definition, folder.join("a-test.toml")).unwrap();
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_listed_with_their_schedules_and_a_wrong_one_with_its_line() {
    let mut stage = with_one().await;
    // No crontab of this computer is looked at.
    stage.set("PATH", "/nowhere");
    std::fs::write(stage.home.path().join("exports/wrong.toml"), "name = 1").unwrap();
    let ran = stage.run(&["exports", "list"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.out.contains("Every day at 06:30, Asia/Tokyo"), "{}", ran.out);
    assert!(!ran.out.contains("21:30"), "no scheduler has it: {}", ran.out);
    assert!(ran.out.contains("! not scheduled here"), "{}", ran.out);
    assert!(ran.err.starts_with("writeback: ") && ran.err.contains("wrong.toml, line 1: "), "{}", ran.err);
    assert_eq!((ran.out.lines().count(), ran.err.lines().count()), (2, 1), "{ran:?}");
    let ran = stage.run(&["exports", "list", "--json"]).await;
    assert!(ran.code == Some(2) && ran.err.contains("wrong.toml, line 1: "), "{ran:?}");
    let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(rows[0]["file"], "a-test");
    assert!(rows[0]["next"].as_str().unwrap().ends_with("T21:30:00Z"), "{rows}");
    assert!(rows[1]["error"].is_string(), "{rows}");
    std::fs::remove_file(stage.home.path().join("exports/a-test.toml")).unwrap();
    let ran = stage.run(&["exports", "list"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    std::fs::remove_file(stage.home.path().join("exports/wrong.toml")).unwrap();
    let ran = stage.run(&["exports", "list"]).await;
    assert!(ran.code == Some(0) && ran.out.starts_with("No exports yet."), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_shown_renamed_and_removed() {
    let stage = with_one().await;
    let ran = stage.run(&["exports", "show", "A test"]).await;
    assert!(ran.out.starts_with("name = \"A test\""), "{ran:?}");
    let ran = stage.run(&["exports", "rename", "a-test", "Another"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(stage.run(&["exports", "show", "a-test"]).await.code, Some(2));
    let ran = stage.run(&["exports", "show", "another"]).await;
    assert!(ran.out.starts_with("name = \"Another\""), "{ran:?}");
    assert_eq!(stage.run(&["exports", "remove", "another"]).await.code, Some(2), "nobody can be asked");
    assert_eq!(stage.run(&["exports", "remove", "another", "--yes"]).await.code, Some(0));
    assert_eq!(stage.run(&["exports", "remove", "another", "--yes"]).await.code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_a_person_has_named_is_found_by_the_name_that_is_listed() {
    let mut stage = with_one().await;
    stage.set("PATH", "/nowhere");
    let folder = stage.home.path().join("exports");
    let name = "nightly sales";
    std::fs::rename(folder.join("a-test.toml"), folder.join("nightly sales.toml")).unwrap();
    let listed = stage.run(&["exports", "list", "--json"]).await;
    let rows: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(rows[0]["file"], name);
    for (args, code) in [
        (&["run", name][..], 0),
        (&["check", name], 0),
        (&["history", name], 0),
        (&["exports", "show", name], 0),
        (&["schedule", name, "--to", "cron", "--computer-zone", "UTC"], 0),
        // Nobody answers.
        (&["edit", name, "--plain"], 130),
    ] {
        let ran = stage.run(args).await;
        assert_eq!(ran.code, Some(code), "{args:?}: {ran:?}");
    }
    let history = stage.run(&["history", name, "--json"]).await;
    assert!(history.out.contains("\"total\": 1"), "{history:?}");
    let mistyped = stage.run(&["run", "nigthly sales"]).await;
    assert!(mistyped.err.ends_with("Did you mean `nightly sales`?\n"), "{mistyped:?}");
    assert_eq!(stage.run(&["exports", "rename", name, "Daily"]).await.code, Some(0));
    assert!(!folder.join("nightly sales.toml").exists());
    std::fs::rename(folder.join("daily.toml"), folder.join("nightly sales.toml")).unwrap();
    assert_eq!(stage.run(&["exports", "remove", name, "--yes"]).await.code, Some(0));
    assert!(!folder.join("nightly sales.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_mistypes_a_name_is_told_what_there_is() {
    let stage = with_one().await;
    for args in [
        &["run", "a-tset"][..],
        &["check", "a-tset"],
        &["edit", "a-tset"],
        &["exports", "show", "a-tset"],
        &["exports", "rename", "a-tset", "Other"],
        &["exports", "remove", "a-tset", "--yes"],
        &["schedule", "a-tset", "--to", "systemd"],
    ] {
        let ran = stage.run(args).await;
        let said = "writeback: There is no export `a-tset`. Did you mean `a-test`?\n";
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(2), "", said), "{args:?}");
    }
    assert!(stage.home.path().join("exports/a-test.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_saved_is_edited_and_what_is_not_says_so() {
    let stage = with_one().await;
    let other = stage.definition(samples::QUOTED, "");
    let folder = stage.home.path().join("exports");
    let ran = stage.run(&["edit", &other, "--plain"]).await;
    let said = format!("writeback: {other} is not among the saved exports, and this command is for those. Move it to ");
    assert!(ran.code == Some(2) && ran.err.starts_with(&said), "{ran:?}");
    assert!(ran.err.contains(&folder.display().to_string()), "{ran:?}");
    let gone = other.replace("test.toml", "gone.toml");
    let ran = stage.run(&["edit", &gone, "--plain"]).await;
    assert!(
        ran.code == Some(2) && ran.err.starts_with(&format!("writeback: There is no export at {gone}.")),
        "{ran:?}"
    );
    let saved = folder.join("a-test.toml").display().to_string();
    let ran = stage.run(&["edit", &saved, "--plain"]).await;
    assert!(ran.code == Some(130) && ran.out.contains("Step 1 of 5"), "nobody answers: {ran:?}");
    #[cfg(target_os = "linux")]
    {
        // A file that `exports list` does not list, and that would not be the one that is written.
        let loud = folder.join("loud.TOML").display().to_string();
        std::fs::copy(&saved, &loud).unwrap();
        let ran = stage.run(&["edit", &loud, "--plain"]).await;
        assert!(ran.code == Some(2) && ran.err.contains("is not among the saved exports"), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_can_be_kept_and_run() {
    let stage = Stage::new().await;
    let ran = stage.run(&["exports", "show", "--example"]).await;
    let path = stage.home.path().join("example.toml");
    std::fs::write(&path, ran.out.replace("domo = \"acme\"", "").replace("dataworld = \"analyst\"", "")).unwrap();
    let ran = stage.run(&["run", "--dry-run", path.to_str().unwrap()]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_takes_an_export_takes_its_name_or_its_file() {
    let mut stage = with_one().await;
    stage.set("PATH", "/nowhere");
    let exports = stage.home.path().join("exports");
    let commands = [
        &["run", "--dry-run"][..],
        &["check"],
        &["history"],
        &["exports", "show"],
        &["schedule", "--to", "systemd"],
        &["schedule", "--to", "kubernetes"],
        &["schedule", "--remove", "--to", "kubernetes"],
    ];
    for args in commands {
        let mut all = Vec::new();
        for export in ["a-test", "./a-test.toml", &exports.join("a-test.toml").display().to_string()] {
            let ran = stage.command(&[args, &[export]].concat()).current_dir(&exports).spawn().unwrap();
            let ran = ended(ran).await;
            assert!(
                !ran.err.contains("no such export") && !ran.err.contains("There is no export"),
                "{args:?}: {ran:?}"
            );
            all.push(ran.code);
        }
        assert_eq!(all, [all[0]; 3], "{args:?}");
    }
    // Commands that change saved exports take no other definition.
    let other = stage.definition(samples::QUOTED, "");
    for args in [
        &["edit", other.as_str()][..],
        &["exports", "rename", &other, "x"],
        &["exports", "remove", "--yes", &other],
        &["schedule", &other, "--to", "cron"],
        &["schedule", &other, "--to", "cron", "--remove"],
    ] {
        let ran = stage.run(args).await;
        let said = format!("writeback: {other} is not among the saved exports");
        assert!(ran.code == Some(2) && ran.err.starts_with(&said), "{args:?}: {ran:?}");
    }
    assert!(std::path::Path::new(&other).exists());
    let path = exports.join("a-test.toml").display().to_string();
    assert_eq!(stage.run(&["exports", "rename", &path, "Other"]).await.code, Some(0));
    let path = exports.join("other.toml").display().to_string();
    assert_eq!(stage.run(&["exports", "remove", &path, "--yes"]).await.code, Some(0));
    assert_eq!(std::fs::read_dir(&exports).unwrap().count(), 0);
}
