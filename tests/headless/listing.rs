//! `ls`, `sandbox` and `demo --run`.

use std::io::{BufRead as _, Read as _};

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::{OLD, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn datasets_and_files_are_listed() {
    let stage = Stage::new().await;
    stage.old_file("a\u{1b}[31mred.csv", OLD);
    let ran = stage.run(&["ls"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("acme-analytics/sales-mart"), "{}", ran.out);
    let ran = stage.run(&["ls", "--json"]).await;
    let all: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(all.as_array().unwrap().len() > 120);
    let ran = stage.run(&["ls", "--json", samples::FINANCE]).await;
    let some: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(some.as_array().unwrap().iter().all(|row| row["dataset"].as_str().unwrap().starts_with("acme-finance/")));
    let ran = stage.run(&["ls", "https://data.world/acme-analytics/sales-mart"]).await;
    assert!(ran.out.contains("29 B"), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "no escape sequence of a file's name reaches the terminal");
    let ran = stage.run(&["ls", "analyst/legacy-archive"]).await;
    assert!(ran.out.contains("synced") && ran.out.contains("processing") && ran.out.contains("analyst"), "{}", ran.out);
    let ran = stage.run(&["ls", "--liked"]).await;
    assert!(ran.out.contains("city-open-data/transit-stops") && ran.out.ends_with("2 datasets\n"), "{}", ran.out);
    let ran = stage.run(&["ls", "--projects", "--json"]).await;
    let projects: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&projects[0]["dataset"], &projects[0]["project"]), (&"analyst/q4-forecast".into(), &true.into()));
    assert_eq!(projects.as_array().unwrap().len(), 1, "{projects}");
    let ran = stage.run(&["ls", "acme-analytics/nothing-here"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_look_alike_are_listed_so_that_one_sees_which_is_which() {
    let stage = Stage::new().await;
    let names = [
        "x sales.csv",
        "x\u{a0}sales.csv",
        "x\u{2003}sales.csv",
        "x\u{2800}sales.csv",
        "x\tsales.csv",
        "x sales.csv ",
        "x sales\u{200b}.csv",
        "x sales\u{202d}.csv",
        "x sales\u{202e}.csv",
    ];
    names.iter().for_each(|name| stage.old_file(name, OLD));
    let ran = stage.run(&["ls", "acme-analytics/sales-mart"]).await;
    for shown in [
        "x sales.csv  ",
        "x<U+00A0>sales.csv  ",
        "x<U+2003>sales.csv  ",
        "x<U+2800>sales.csv  ",
        "x<U+0009>sales.csv  ",
        "x sales.csv<U+0020>  ",
        "x sales<U+200B>.csv  ",
        "x sales<U+202D>.csv  ",
        "x sales<U+202E>.csv  ",
    ] {
        assert_eq!(ran.out.lines().filter(|line| line.starts_with(shown)).count(), 1, "{shown}: {}", ran.out);
    }
    let ran = stage.run(&["ls", "acme-analytics/sales-mart", "--json"]).await;
    let files: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let told: Vec<&str> = files.as_array().unwrap().iter().filter_map(|file| file["file"].as_str()).collect();
    assert!(names.iter().all(|name| told.contains(name)), "a program gets them as they are: {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_accounts_one_is_chosen_by_what_the_command_has() {
    let mut stage = Stage::new().await;
    stage.set("DW_AUTH_TOKEN", "");
    let account = |name| format!("[[account]]\nname = \"{name}\"\nservice = \"data.world\"\n");
    std::fs::write(stage.home.path().join("accounts.toml"), account("analyst") + &account("boss")).unwrap();
    for args in [&["ls"][..], &["get", "acme-analytics/sales-mart", "a.csv"]] {
        let ran = stage.run(args).await;
        assert_eq!(ran.code, Some(3), "{ran:?}");
        let said =
            "There are 2 data.world accounts: analyst, boss. Choose one with --account NAME, or set DW_AUTH_TOKEN.";
        assert!(ran.err.contains(said), "{}", ran.err);
        let ran = stage.run(&[args, &["--account", "boss"]].concat()).await;
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert!(ran.err.contains("The secret of the data.world account `boss`"), "{}", ran.err);
        assert!(!ran.err.contains("export"), "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_waited_for_is_said_and_not_among_what_is_listed() {
    let stage = Stage::new().await;
    stage.old_file("a.csv", OLD);
    for (args, out) in [
        (&["ls", "acme-analytics/sales-mart", "--json"][..], "["),
        (&["get", "acme-analytics/sales-mart", "a.csv", "-o", "-"], "date,region\n"),
    ] {
        stage.sandbox.fault(Fault::once(Route::Dataset, Effect::status(503, "")));
        let ran = stage.run(args).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.starts_with(out), "{ran:?}");
        let first = ran.err.lines().next().unwrap_or_default();
        assert!(first.starts_with("  ! data.world has a problem of its own (503). Trying again in "), "{}", ran.err);
        assert!(first.ends_with(" (attempt 2 of 3)."), "{}", ran.err);
        assert_eq!(ran.err.matches("Trying again").count(), 1, "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_told_are_not_listed_as_none() {
    let stage = Stage::new().await;
    let many = format!("{{\"files\":[{}]}}", vec!["{\"name\":\"a.csv\"}"; 100_001].join(","));
    for untold in ["{}", "{\"files\":null}", &many] {
        stage.sandbox.clear_faults();
        stage.sandbox.fault(Fault::always(Route::Dataset, Effect::status(200, untold)));
        for more in [&[][..], &["--json"]] {
            let ran = stage.run(&[&["ls", "acme-analytics/sales-mart"], more].concat()).await;
            let said = "data.world does not list the files of this dataset. Try again in a few minutes.";
            assert!(ran.code == Some(1) && ran.err.contains(said), "{ran:?}");
            let listed = if more.is_empty() { "".to_owned() } else { format!("[{{\"error\":\"{said}") };
            assert!(ran.out.starts_with(&listed) && ran.out.is_empty() == more.is_empty(), "{ran:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_prints_the_environment_that_points_at_it() {
    let stage = Stage::new().await;
    let mut child = stage.command(&["sandbox", "--shell", "sh"]).spawn().unwrap();
    let out = child.stdout.take().unwrap();
    let lines: Vec<String> = std::io::BufReader::new(out).lines().take(5).map(Result::unwrap).collect();
    let variable = |name: &str| {
        let prefix = format!("export {name}=");
        lines.iter().find_map(|line| line.strip_prefix(&prefix)).unwrap().to_owned()
    };
    let user = format!("{}/v0/user", variable("WRITEBACK_DATAWORLD_URL"));
    let answer = reqwest::Client::new().get(user).bearer_auth(variable("DW_AUTH_TOKEN")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut said = String::new();
    let url = variable("WRITEBACK_DOMO_URL");
    let mut stderr = child.stderr.take().unwrap();
    child.kill().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    let last = format!(
        "\nDomo and data.world are served at {url} until Ctrl-C. To use them, enter these lines in another terminal:\n"
    );
    assert!(said.ends_with(&last), "what to do with them is not among the lines: {said}");
    child.wait().unwrap();
    let ran = stage.run(&["sandbox", "--help"]).await;
    assert!(ran.out.contains("Enter these lines in another"), "{}", ran.out);
}

/// A sandbox of the binary's own, with these arguments: its first lines on both outputs.
async fn served(stage: &Stage, arguments: &[&str], until: &str) -> (std::process::Child, String, String) {
    let mut child = stage.command(&[&["sandbox"], arguments].concat()).spawn().unwrap();
    let out = std::io::BufReader::new(child.stdout.take().unwrap()).lines().take(5).map(Result::unwrap);
    let out = out.collect::<Vec<_>>().join("\n");
    let mut err = String::new();
    let mut lines = std::io::BufReader::new(child.stderr.take().unwrap());
    while !err.contains(until) && lines.read_line(&mut err).unwrap() > 0 {}
    (child, out, err)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_prints_every_credential_that_it_knows_and_what_each_is_for() {
    let (mut child, _, said) = served(&Stage::new().await, &[], samples::NON_OWNER_DEVELOPER_TOKEN).await;
    child.kill().unwrap();
    child.wait().unwrap();
    for (purpose, variable, value) in [
        ("data.world, read and write", "DW_AUTH_TOKEN", samples::READ_WRITE),
        ("data.world, read only: an upload is refused", "DW_AUTH_TOKEN", samples::READ_ONLY),
        ("Domo, an access token of the same person", "DOMO_DEVELOPER_TOKEN", samples::DEVELOPER_TOKEN),
        (
            "Domo, an access token of somebody who owns no DataSet",
            "DOMO_DEVELOPER_TOKEN",
            samples::NON_OWNER_DEVELOPER_TOKEN,
        ),
    ] {
        let (_, rest) = said.split_once(&format!("  {purpose}\n")).unwrap_or_else(|| panic!("{purpose}: {said}"));
        let lines: Vec<&str> = rest.lines().take_while(|line| line.starts_with("    ")).map(str::trim).collect();
        assert!(lines.contains(&format!("{variable}={value}").as_str()), "{purpose}: {lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_does_wrong_what_its_rules_say_and_as_often() {
    let rules =
        ["--shell=sh", "--fault=GET/v0/user:status=503,header=Retry-After:7,times=2", "--fault=dataset:truncate=3"];
    let (mut child, out, said) = served(&Stage::new().await, &rules, "dataset:truncate").await;
    let url = out.lines().find_map(|line| line.strip_prefix("export WRITEBACK_DATAWORLD_URL=")).unwrap();
    let get = async |path: &str| {
        let request = reqwest::Client::new().get(format!("{url}/v0/{path}"));
        let answer = request.bearer_auth(samples::READ_WRITE).send().await.unwrap();
        let wait = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), wait, answer.text().await.unwrap())
    };
    let refused = (503, Some("7".to_owned()), String::new());
    assert_eq!([get("user").await, get("user").await], [refused.clone(), refused]);
    assert_eq!(get("user").await.0, 200);
    assert_eq!(get("datasets/analyst/scratch").await, (200, None, "{\"a".to_owned()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        said.ends_with(
            "It does this wrong:\n  GET/v0/user:status=503,times=2,header=Retry-After:7\n  dataset:truncate=3\n"
        ),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_none_says_which_was_meant() {
    let stage = Stage::new().await;
    let ran = stage.run(&["sandbox", "--fault", "uplaod:status=503"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("there is no place `uplaod`; did you mean `upload`?"), "{}", ran.err);
    let help = stage.run(&["sandbox", "--help"]).await.out;
    assert!(help.contains("--fault upload:status=429,header=Retry-After:7,times=2"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_names_a_service_on_the_line_that_asks_for_it() {
    let stage = Stage::new().await;
    for command in ["replace", "test", "rename", "move", "remove"] {
        let ran = stage.run(&["accounts", command, "--help"]).await;
        assert!(ran.out.contains("[possible values: data.world, domo]"), "{}", ran.out);
    }
    let ran = stage.run(&["--help"]).await;
    assert!(ran.out.contains("    3  credentials missing or refused\n"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_is_not_there_is_no_missing_dataset() {
    let ran = Stage::new().await.run(&["ls", "nobody"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("data.world has no such user or organization (404)."), "{}", ran.err);
    assert!(ran.err.contains("the first part of a dataset's address"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_needs_nothing_and_keeps_nothing() {
    let mut stage = Stage::new().await;
    for name in
        ["WRITEBACK_DOMO_URL", "WRITEBACK_DATAWORLD_URL", "DW_AUTH_TOKEN", "DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"]
    {
        stage.set(name, "");
    }
    std::fs::remove_file(stage.home.path().join("config.toml")).unwrap();
    let ran = stage.run(&["demo", "--run"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("✓ 240,000 rows") && ran.out.contains("https://data.world/"), "{}", ran.out);
    let left: Vec<_> = std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["spool"]);
}
