//! Definitions, names and credentials that are missing or wrong.

use writeback::testing::sandbox::samples;

use crate::stage::{FILE, Ran, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_export_runs_by_its_name() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    std::fs::create_dir_all(stage.home.path().join("exports")).unwrap();
    std::fs::rename(definition, stage.home.path().join("exports/a-test.toml")).unwrap();
    for name in ["a-test", "A test"] {
        let ran = stage.run(&["run", name]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_definition_is_exit_code_2_and_names_the_line() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "apend = \"date\"\n");
    let ran = stage.run(&["run", &definition]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("test.toml, line 8: "), "{}", ran.err);
    assert!(ran.err.contains("`append`"), "{}", ran.err);
    let ran = stage.run(&["run", "nothing-here"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = stage.run(&["run"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(stage.sandbox.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_credentials_are_exit_code_3_and_name_the_variables() {
    let mut stage = Stage::new().await;
    stage.set("DW_AUTH_TOKEN", "");
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("DW_AUTH_TOKEN") && ran.err.contains("writeback accounts add"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_exports_run_one_after_the_other_and_the_first_failure_is_the_exit_code() {
    let stage = Stage::new().await;
    let good = stage.definition(samples::QUOTED, "");
    let bad = stage.home.path().join("bad.toml").display().to_string();
    let text = std::fs::read_to_string(&good).unwrap();
    std::fs::write(&bad, text.replace(samples::QUOTED, samples::HASH_ROWS)).unwrap();
    let ran = stage.run(&["run", "--json", &bad, &good]).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(said(&ran).map(|object| object["exit_code"].as_i64().unwrap()).collect::<Vec<_>>(), [4, 0]);
    assert!(stage.file(FILE).is_some());
    let ran = stage.run(&["run", &bad, &good]).await;
    assert_eq!(ran.out.lines().last().unwrap(), format!("2 exports: 1 refused ({bad}), 1 done."), "{ran:?}");
    let ran = stage.run(&["run", &good]).await;
    assert!(!ran.out.contains("exports:"), "one needs no summary: {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_name_nothing_is_run() {
    let stage = Stage::new().await;
    let ran = stage.run(&["run"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("No exports yet. `writeback new` creates one."), "{ran:?}");
    let exports = stage.home.path().join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    std::fs::copy(stage.definition(samples::QUOTED, ""), exports.join("daily.toml")).unwrap();
    for arguments in [&["run"][..], &["run", "--json"]] {
        let ran = stage.run(arguments).await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains("Which export? `writeback run NAME` runs one"), "{ran:?}");
    }
}

/// The objects that `--json` printed.
fn said(ran: &Ran) -> impl Iterator<Item = serde_json::Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_run_when_one_of_several_is_wrong_and_all_that_are_wrong_are_named() {
    let stage = Stage::new().await;
    let good = stage.definition(samples::QUOTED, "");
    let bad = stage.home.path().join("bad.toml").display().to_string();
    std::fs::write(&bad, "name = 1").unwrap();
    let ran = stage.run(&["run", &good, "missing", &bad]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 4, "{ran:?}");
    assert!(lines[0].contains("missing") && lines[1].contains("bad.toml, line 1: "), "{ran:?}");
    assert_eq!(lines[2], format!("Nothing was run, because of missing, {bad}."));
    assert_eq!(lines[3], format!("To run what is right: writeback run {good}"));
    let ran = stage.run(&["run", &good, "no such", &good, "--dry-run", "--scheduled"]).await;
    let right = format!("To run what is right: writeback run {good} {good} --dry-run --scheduled");
    assert_eq!(ran.err.lines().last(), Some(right.as_str()), "{ran:?}");
    let ran = stage.run(&["run", "missing", &bad]).await;
    assert!(ran.err.ends_with("Nothing was run, because of missing, bad.toml.\n".replace("bad.toml", &bad).as_str()));

    let ran = stage.run(&["run", "--json", &good, "missing", &bad]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let objects: Vec<_> = said(&ran).collect();
    for (object, name) in objects.iter().zip([good.as_str(), "missing", bad.as_str()]) {
        let known = (&object["export"], &object["result"], &object["exit_code"]);
        assert_eq!(known, (&name.into(), &"failed".into(), &2.into()), "{object}");
    }
    let why = format!("Nothing was run, because of missing, {bad}.");
    assert_eq!((objects.len(), &objects[0]["message"]), (3, &why.into()));
    assert_eq!(stage.sandbox.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_goes_to_a_plain_address() {
    let mut stage = Stage::new().await;
    stage.set("WRITEBACK_DATAWORLD_URL", "http://data.example");
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("https://"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_as_json_is_json_when_it_fails() {
    let stage = Stage::new().await;
    std::fs::write(stage.home.path().join("config.toml"), "[limits]\nstall_secnds = 1\n").unwrap();
    let definition = stage.definition(samples::QUOTED, "");
    let wrong = "there is no key `stall_secnds` here";
    for args in [
        &["run", "--json", &definition, "other"][..],
        &["check", "--json"],
        &["history", "--json"],
        &["ls", "--json"],
        &["accounts", "list", "--json"],
        &["exports", "list", "--json"],
        &["schedule", "--list", "--json"],
    ] {
        let ran = stage.run(args).await;
        assert!(ran.code == Some(2) && ran.err.contains(wrong), "{args:?}: {ran:?}");
        let ends: Vec<_> = said(&ran).collect();
        let of_row = |end: &serde_json::Value| end[0]["error"].as_str().map(str::to_owned);
        let of_object = |end: &serde_json::Value| {
            assert_eq!(end["exit_code"], 2, "{end}");
            end["message"].as_str().map(str::to_owned)
        };
        let why = ends.iter().map(|end| if end.is_array() { of_row(end) } else { of_object(end) });
        assert!(why.flatten().all(|why| why.contains(wrong)) && !ends.is_empty(), "{args:?}: {ran:?}");
        if args[0] == "run" {
            let named: Vec<_> = ends.iter().map(|end| end["export"].as_str().unwrap()).collect();
            assert_eq!(named, [definition.as_str(), "other"]);
        }
    }
}
