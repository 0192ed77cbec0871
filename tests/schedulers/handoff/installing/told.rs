//! What the person is told: what is printed, what is listed, and what will be missing.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_installed_says_what_to_do() {
    let computer = Computer::new(&[]).await;
    computer.save(DAILY);
    for (to, code, said) in [
        ("systemd", 1, "There is no systemctl on this computer."),
        ("cron", 1, "There is no crontab on this computer. Install cron, or use `--to systemd`."),
        ("launchd", 1, "There is no launchctl on this computer."),
        ("windows", 1, "There is no schtasks on this computer."),
        ("kubernetes", 2, "Kubernetes takes what this command prints without --install"),
        ("airflow", 2, "Airflow takes what this command prints without --install"),
    ] {
        let ran = computer.install(to).await;
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.err.contains(said), "{ran:?}");
    }
    assert_eq!(computer.list().await, []);
    computer.save("timezone = \"UTC\"");
    let ran = computer.install("systemd").await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("daily-sales has no schedule"), "{ran:?}");
    let ran = computer.schedule(&["nothing", "--to", "cron"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_install_it_is_only_printed() {
    let computer = Computer::new(&[("crontab", CRONTAB), ("systemctl", "")]).await;
    computer.save(DAILY);
    let units = computer.schedule(&["Daily sales", "--to", "systemd"]).await;
    assert!(units.out.starts_with("#### writeback-daily-sales.timer\n# writeback: daily-sales\n"), "{units:?}");
    assert!(units.out.contains("\n\n#### writeback-daily-sales.service\n"), "{units:?}");
    let line = computer.schedule(&["daily-sales", "--to", "cron", "--computer-zone", "UTC"]).await;
    assert_eq!((line.out.lines().count(), line.err.contains("fires more often")), (2, false), "{line:?}");
    // They are asked for nothing but their variables.
    let asks = |call: &String| matches!(&call[..], "systemctl --user show-environment" | "crontab -l");
    assert!(computer.calls().iter().all(asks));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_a_next_run_while_a_scheduler_has_what_is_saved() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo yes")]).await;
    let list = async || computer.stage.run(&["exports", "list"]).await.out;
    let said = async || {
        let ran = computer.stage.run(&["exports", "list", "--json"]).await;
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()[0].take()
    };
    computer.save(DAILY);
    let listed = list().await;
    assert!(listed.contains("! not scheduled here") && !listed.contains(" 06:30  "), "{listed}");
    assert_eq!(said().await["schedulers"], serde_json::json!([]));
    computer.install("systemd").await;
    let listed = list().await;
    assert!(listed.contains(" 06:30  ") && listed.contains("no scheduled run yet"), "{listed}");
    assert_eq!(said().await["schedulers"], serde_json::json!([{"scheduler": "systemd", "matches": true}]));
    computer.save(WEEKLY);
    let listed = list().await;
    assert!(listed.contains("! outdated in systemd"), "{listed}");
    assert!(!listed.contains(" 06:30  "), "nobody knows which of the two it is: {listed}");
    let said = said().await;
    assert_eq!(said["schedulers"][0]["matches"], false);
    assert!(said["next"].as_str().unwrap().ends_with("T06:30:00Z"), "by its schedule: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_scheduler_cannot_be_asked_nobody_knows_when_an_export_runs_next() {
    let computer = Computer::new(&[("crontab", "echo 'You are not allowed to use this program' >&2; exit 1")]).await;
    computer.save("timezone = \"UTC\"");
    assert_eq!(computer.stage.run(&["exports", "list"]).await.err, "", "without a schedule, nobody is asked");
    computer.save(DAILY);
    let ran = computer.stage.run(&["exports", "list"]).await;
    assert!(ran.err.contains("! `crontab -l` has failed: You are not allowed to use this program"), "{ran:?}");
    assert!(ran.out.contains(" ? ") && !ran.out.contains(" 06:30  "), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_fails_when_a_scheduler_cannot_be_asked_and_says_what_the_others_have() {
    let computer = Computer::new(&[
        ("systemctl", ""),
        ("loginctl", "echo yes"),
        ("crontab", "echo 'You are not allowed to use this program' >&2; exit 1"),
    ])
    .await;
    let said = "What your crontab has could not be found out; list again once `crontab -l` works here. `crontab -l` has \
                failed: You are not allowed to use this program.";
    let ran = computer.schedule(&["--list"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "nobody knows whether anything is installed: {ran:?}");
    assert!(ran.err.starts_with(&format!("writeback: {said}")), "{ran:?}");
    computer.save(DAILY);
    computer.install("systemd").await;
    let ran = computer.schedule(&["--list"]).await;
    let table = ran.out.lines().filter(|line| !line.starts_with('!'));
    assert_eq!((ran.code, table.count()), (Some(1), 2), "{ran:?}");
    assert!(ran.out.contains("daily-sales  systemd") && ran.err.contains(said), "{ran:?}");
    let ran = computer.schedule(&["--list", "--json"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&rows[0]["export"], &rows[0]["error"]), (&"daily-sales".into(), &serde_json::Value::Null));
    let cron =
        serde_json::json!({"export": null, "scheduler": "cron", "next": null, "state": "unknown", "error": said});
    assert_eq!(rows[1], cron);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_names_a_definition_that_cannot_be_read() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo yes")]).await;
    computer.save(DAILY);
    computer.install("systemd").await;
    std::fs::write(computer.path("exports/daily-sales.toml"), "name = 1").unwrap();
    let ran = computer.schedule(&["--list"]).await;
    assert_eq!(ran.code, Some(2), "as `exports list` ends: {ran:?}");
    assert!(ran.out.contains("its definition cannot be read") && !ran.out.contains("install it again"), "{ran:?}");
    assert!(ran.err.starts_with("writeback: ") && ran.err.contains("daily-sales.toml, line 1: "), "{ran:?}");
    let ran = computer.schedule(&["--list", "--json"]).await;
    let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &rows[0]["state"]), (Some(2), &"unreadable".into()), "{ran:?}");
    assert!(rows[0]["error"].as_str().unwrap().contains("daily-sales.toml, line 1: "), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_says_where_it_goes_and_how_it_is_taken_out_again() {
    let computer = Computer::new(&[]).await;
    computer.save(DAILY);
    let mut said = String::new();
    for to in ["systemd", "cron", "launchd", "windows", "kubernetes", "airflow"] {
        let ran = computer.schedule(&["daily-sales", "--to", to, "--computer-zone", "UTC"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        // The document alone is piped to the scheduler.
        assert!(!ran.out.contains("To take it out again"), "{ran:?}");
        assert_eq!(ran.err.is_empty(), matches!(to, "kubernetes" | "airflow"), "{ran:?}");
        said.push_str(&format!("--to {to}\n{}\n", ran.err));
    }
    insta::with_settings!({snapshot_path => "../../../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("places", said);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_a_scheduler_will_not_find_are_told_when_it_gets_the_export() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo yes"), ("crontab", CRONTAB)]).await;
    computer.save(DAILY);
    let only_here = "will not find the data.world credentials: only this environment has DW_AUTH_TOKEN.";
    let ran = computer.install("systemd").await;
    assert!(ran.err.contains(&format!("! Runs by systemd {only_here}")), "{ran:?}");
    assert!(ran.err.contains("Save an account with `writeback accounts add data.world --name NAME`."), "{ran:?}");
    let printed = computer.schedule(&["daily-sales", "--to", "systemd"]).await;
    assert!(printed.err.contains(only_here) && !printed.out.contains("DW_AUTH_TOKEN"), "{printed:?}");
    let table = computer.schedule(&["--list"]).await;
    assert!(table.out.contains(&format!("! daily-sales: Runs by systemd {only_here}")), "{table:?}");
    let listed = computer.schedule(&["--list", "--json"]).await;
    let rows: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    assert!(rows[0]["warnings"][1].as_str().unwrap().contains(only_here), "{rows}");

    // systemd has them itself.
    let domo = "echo DOMO_CLIENT_ID=x; echo DOMO_CLIENT_SECRET=x; echo DW_AUTH_TOKEN=x";
    computer.tool("systemctl", domo);
    assert!(!computer.install("systemd").await.err.contains("will not find"));

    // Accounts are in a keyring, which systemd reaches and cron may not.
    let account = "[[account]]\nname = \"acme\"\nservice = \"domo\"\nclient_id = \"b0876cee-327b\"\n\
                   [[account]]\nname = \"analyst\"\nservice = \"data.world\"\n";
    std::fs::write(computer.path("accounts.toml"), account).unwrap();
    computer.tool("systemctl", "");
    let ran = computer.install("systemd").await;
    assert_eq!(ran.err, "", "{ran:?}");
    let ran = computer.install("cron").await;
    assert!(
        ran.err.contains(
            "may not reach your keyring, which has the Domo account acme and the data.world account analyst."
        ),
        "{ran:?}"
    );
    let variables = "DW_AUTH_TOKEN=x\nDOMO_INSTANCE=x\nDOMO_DEVELOPER_TOKEN = x\n";
    std::fs::write(computer.path("crontab"), variables).unwrap();
    let ran = computer.install("cron").await;
    assert_eq!(ran.err, "", "the crontab sets the variables: {ran:?}");

    std::fs::write(computer.path("accounts.toml"), "[[account]").unwrap();
    let ran = computer.install("systemd").await;
    assert!(ran.code == Some(0) && ran.err.contains("accounts.toml, line 1"), "accounts that cannot be read: {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_without_a_schedule_by_now_is_known_where_it_is_still_installed() {
    let computer = Computer::new(&[("crontab", CRONTAB)]).await;
    computer.save(DAILY);
    computer.install("cron").await;
    computer.save("");
    assert_eq!(computer.list().await, pairs(&[("cron", "manual")]));
    let listed = computer.stage.run(&["exports", "list"]).await;
    assert!(listed.out.contains("! still in your crontab"), "{listed:?}");
    let removed = computer.schedule(&["daily-sales", "--remove"]).await;
    assert_eq!((removed.code, removed.out.trim()), (Some(0), "daily-sales is no longer in your crontab."));
}
