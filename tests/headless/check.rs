//! `writeback check`: the real binary against the sandbox, good and bad networks.

use crate::network::{Authority, Server};
use crate::stage::{FILE, OLD, Ran, Stage};
use serde_json::Value;
use writeback::testing::sandbox::{Effect, Fault, Route, samples};

/// Runs a check that gives JSON.
async fn json(stage: &Stage, args: &[&str]) -> (Ran, Value) {
    let ran = stage.run(&[&["check", "--json"], args].concat()).await;
    let said = serde_json::from_str(&ran.out).unwrap_or_default();
    (ran, said)
}

/// The steps of a service, as `name state`.
fn steps(said: &Value, service: &str) -> Vec<String> {
    let of_service = |step: &&Value| step["service"] == service;
    let line = |step: &Value| format!("{} {}", step["step"].as_str().unwrap(), step["state"].as_str().unwrap());
    said["steps"].as_array().unwrap().iter().filter(of_service).map(line).collect()
}

/// Nothing of a secret is shown: no part of more than four characters.
fn no_secret(shown: &str) {
    // The sandbox's developer token begins with words.
    let developer = samples::DEVELOPER_TOKEN.trim_start_matches("DDCIsandboxdevelopertokenofanalyst");
    for secret in [samples::CLIENT_SECRET, samples::READ_WRITE, developer] {
        let parts = secret.as_bytes().windows(5).map(|part| std::str::from_utf8(part).unwrap());
        for part in parts {
            assert!(!shown.contains(part), "{part} of a secret is in: {shown}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well_and_its_names_are_stable() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    let (ran, said) = json(&stage, &[&stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let way = ["credentials", "proxy", "name", "connection"].map(|step| format!("{step} done"));
    let rest = ["tls skipped", "service done", "clock done", "token done", "permission done", "end skipped"];
    let both: Vec<String> = way.into_iter().chain(rest.map(str::to_owned)).collect();
    let domo = ["data-set done", "owner done", "pdp done", "export done"].map(str::to_owned);
    let dataworld = ["dataset done", "file done"].map(str::to_owned);
    assert_eq!(steps(&said, "domo"), [&both[..], &domo].concat());
    assert_eq!(steps(&said, "data.world"), [&both[..], &dataworld].concat());
    let keys: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["addresses", "at", "exit_code", "file", "input", "output", "platform", "steps", "writeback"],
        "other programs read these"
    );
    let keys: Vec<&String> = said["steps"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["account", "advice", "found", "message", "seconds", "service", "state", "step", "support_id"]);
    let found: Vec<&str> = said["steps"].as_array().unwrap().iter().filter_map(|step| step["found"].as_str()).collect();
    assert!(found.contains(&"Daily Sales by Region, 240,000 rows"), "{found:?}");
    assert!(found.iter().any(|found| found.starts_with("daily-sales-copy.csv exists (29 B, ")), "{found:?}");
    assert_eq!(stage.requests("PUT", "/"), 0, "nothing is changed");
    no_secret(&ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_can_be_pasted_into_a_ticket() {
    let stage = Stage::new().await;
    let refusal = r#"{"code":401,"message":"Gone","details":"b6267b6a-92de"}"#;
    let user = Route::Path { method: None, prefix: "/v0/user".into() };
    stage.sandbox.fault(Fault::always(user, Effect::status(401, refusal)));
    let ran = stage.run(&["check", &stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let (list, ticket) = ran.out.split_once("\nFor a support ticket\n").unwrap();
    for line in [
        "  ✗ API token        failed\n",
        "      data.world does not accept the API token (401). data.world says: Gone.\n",
        "      Support id b6267b6a-92de.\n",
        "  – 4 steps          skipped: the API token was not accepted\n",
        "  ✓ DataSet          Daily Sales by Region, 240,000 rows\n",
    ] {
        assert!(list.contains(line), "{line} is not in {list}");
    }
    let version = format!("  Writeback {} on ", env!("CARGO_PKG_VERSION"));
    let data_set = format!("  DataSet     {}\n", samples::DAILY_SALES);
    for part in [
        version.as_str(),
        " UTC\n",
        "  Export      ",
        &data_set,
        "  Result      1 step failed\n",
        "data.world  API token       failed",
        "\n              Copy the token again in data.world under Settings, Advanced",
        "\n              Support id b6267b6a-92de\n",
        "data.world  4 steps         skipped\n",
        "Domo        DataSet         done in ",
        ", Daily Sales by Region, 240,000 rows\n",
    ] {
        assert!(ticket.contains(part), "{part} is not in {ticket}");
    }
    assert!(
        ticket.ends_with("\n\n✗ 1 step failed: API token of data.world.\n"),
        "the verdict is the last line: {ticket}"
    );
    assert!(!ran.out.contains('\u{1b}'), "colors are for terminals");
    no_secret(&ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_check_is_one_line_and_a_report_if_it_is_asked_for() {
    let stage = Stage::new().await;
    let export = stage.definition(samples::DAILY_SALES, "");
    let ran = stage.run(&["check", &export]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.out, "✓ Verdict: no problems.\n");
    let ran = stage.run(&["check", &export, "--ticket"]).await;
    assert!(
        ran.out.contains("  ✓ API token  ")
            && ran.out.contains("\nFor a support ticket\n")
            && ran.out.ends_with("\n\n✓ Verdict: no problems.\n"),
        "{}",
        ran.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_only_read_fails_a_check_of_an_export_and_no_other() {
    let mut stage = Stage::new().await;
    stage.set("DW_AUTH_TOKEN", samples::READ_ONLY);
    let (ran, said) = json(&stage, &[]).await;
    assert_eq!(ran.code, Some(0), "it can browse: {ran:?}");
    assert!(steps(&said, "data.world").contains(&"permission warning".to_owned()), "{said}");
    let (ran, said) = json(&stage, &[&stage.definition(samples::DAILY_SALES, "")]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let failed = said["steps"].as_array().unwrap().iter().find(|step| step["state"] == "failed").unwrap();
    assert_eq!(failed["step"], "permission");
    assert_eq!(failed["message"], "The API token says that it is read-only, and an export has to write its file.");
    assert!(steps(&said, "data.world").ends_with(&["dataset done".to_owned(), "file done".to_owned()]), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_depends_on_a_step_that_failed_is_left_out_and_nothing_else() {
    let user = || Route::Path { method: None, prefix: "/v0/user".into() };
    let html = "<html>";
    let cases = [
        (Route::DomoToken, Effect::ResetAfter(0), "domo", "service failed", "token skipped"),
        (Route::DomoToken, Effect::status(200, html), "domo", "service failed", "clock skipped"),
        (Route::DomoToken, Effect::status(401, "{}"), "domo", "token failed", "data-set skipped"),
        (Route::DomoDataSet, Effect::status(404, "{}"), "domo", "data-set failed", "export skipped"),
        (Route::Export, Effect::status(503, "{}"), "domo", "export failed", "pdp done"),
        (Route::Export, Effect::TruncateAfter(0), "domo", "export failed", "owner done"),
        (
            user(),
            Effect::Redirect { to: "https://login.example/".into() },
            "data.world",
            "service failed",
            "token skipped",
        ),
        (user(), Effect::status(429, "{}"), "data.world", "token failed", "dataset skipped"),
        (Route::Dataset, Effect::status(404, "{}"), "data.world", "dataset failed", "file skipped"),
    ];
    for (on, what, service, failed, other) in cases {
        let stage = Stage::new().await;
        let name = format!("{on:?} {what:?}");
        stage.sandbox.fault(Fault::always(on, what));
        let (ran, said) = json(&stage, &[&stage.definition(samples::DAILY_SALES, "")]).await;
        assert_ne!(ran.code, Some(0), "{name}");
        let steps_of = steps(&said, service);
        assert!(steps_of.iter().any(|step| step == failed), "{name}: {steps_of:?}");
        assert!(steps_of.iter().any(|step| step == other), "{name}: {steps_of:?}");
        let healthy = if service == "domo" { "data.world" } else { "domo" };
        assert!(!steps(&said, healthy).iter().any(|step| step.ends_with("failed")), "{name}: {said}");
        assert!(ran.out.matches("\"failed\"").count() == 1, "{name}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_added_is_trusted_with_and_without_a_proxy() {
    let authority = Authority::new();
    let mut stage = Stage::new().await;
    let front =
        Server::tls(&authority.certify("api.data.world.example", 2020..2090), &stage.sandbox.dataworld_url()).await;
    let proxy = Server::proxy_to(front.address).await;
    stage.set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example");
    stage.set("https_proxy", &format!("http://proxyuser:proxypassword@{}", proxy.address));
    let (ran, said) = json(&stage, &[]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(steps(&said, "data.world").contains(&"tls failed".to_owned()), "{said}");

    std::fs::write(stage.home.path().join("company.pem"), &authority.pem).unwrap();
    let config = stage.home.path().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap() + "\n[network]\nca_file = \"company.pem\"\n";
    std::fs::write(config, text).unwrap();
    let (ran, said) = json(&stage, &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(steps(&said, "data.world").contains(&"tls done".to_owned()), "{said}");
    assert!(ran.out.contains(&format!("{}, from https_proxy", proxy.address)), "{}", ran.out);
    assert!(!ran.out.contains("proxypassword") && !ran.out.contains("proxyuser"), "{}", ran.out);

    let direct = Server::tls(&authority.certify("127.0.0.1", 2020..2090), &stage.sandbox.dataworld_url()).await;
    stage.set("WRITEBACK_DATAWORLD_URL", &format!("https://{}", direct.address));
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(0), "a run trusts it too: {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_that_is_not_understood_is_told_and_not_repeated() {
    let mut stage = Stage::new().await;
    stage.set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example");
    stage.set("NO_PROXY", "localhost, 10.0.0/8; secret:word, .data.world.example");
    let step = |said: &serde_json::Value| {
        let mut steps = said["steps"].as_array().unwrap().iter();
        steps.find(|step| step["service"] == "data.world" && step["step"] == "proxy").unwrap().clone()
    };
    assert_eq!(step(&json(&stage, &[]).await.1)["state"], "done", "there is no proxy");
    stage.set("https_proxy", "http://proxy.example:8080");
    let (ran, said) = json(&stage, &[]).await;
    let step = step(&said);
    assert_eq!((step["state"].as_str(), step["found"].as_str()), (Some("warning"), Some("none, because of NO_PROXY")));
    assert_eq!(step["message"], "Entries 2, 3 of NO_PROXY are not understood, and not followed.");
    assert!(!ran.out.contains("secret"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_proxy_that_only_the_call_gets_through_no_more_is_said_than_that_it_is_there() {
    let authority = Authority::new();
    let mut stage = Stage::new().await;
    stage.set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example");
    // It is spoken to over TLS, and its certificate is not the service's.
    let identity = authority.certify("127.0.0.1", 2020..2090);
    let secure = Server::tls(&identity, &stage.sandbox.dataworld_url()).await;

    for proxy in [format!("https://{}", secure.address), format!("socks5h://{}", secure.address)] {
        stage.set("https_proxy", &proxy);
        let (ran, said) = json(&stage, &[]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let dataworld = said["steps"].as_array().unwrap().iter().filter(|step| step["service"] == "data.world");
        let connection = dataworld.clone().find(|step| step["step"] == "connection").unwrap();
        assert!(connection.to_string().contains("the proxy is reached at 127.0.0.1:"), "{connection}");
        assert!(!ran.out.contains("through the proxy"), "{}", ran.out);
        let blamed = ran.out.contains("The certificate of 127.0.0.1 is signed by Acme Web Gateway CA (Acme)");
        assert!(blamed == proxy.starts_with("https") && !ran.out.contains("certificate of api.data"), "{}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_each_service_says_what_is_missing() {
    let mut stage = Stage::new().await;
    for name in ["DW_AUTH_TOKEN", "DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"] {
        stage.set(name, "");
    }
    let ran = stage.run(&["check"]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    let (failed, skipped) = ("  ✗ Credentials      failed", "  – 9 steps          skipped: no credentials");
    assert_eq!(lines.len(), 11, "each thing is said once: {}", ran.out);
    assert_eq!(lines[9..], ["", "✗ 2 steps failed: Credentials of Domo, Credentials of data.world."]);
    assert_eq!([lines[0], lines[1], lines[3], lines[4]], ["Domo", failed, skipped, ""]);
    assert_eq!([lines[5], lines[6], lines[8]], ["data.world", failed, skipped]);
    assert!(lines[2].contains("There are no Domo credentials. Set DOMO_CLIENT_ID and DOMO_CLIENT_SECRET"), "{ran:?}");
    assert!(lines[7].contains("There are no data.world credentials. Set DW_AUTH_TOKEN"), "{ran:?}");
    let ran = stage.run(&["check", "--ticket"]).await;
    assert!(
        ran.out.contains("\nFor a support ticket\n") && ran.out.contains("  Result      2 steps failed\n"),
        "{ran:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_token_proves_who_owns_a_data_set() {
    let mut stage = Stage::new().await;
    stage.set("DOMO_DEVELOPER_TOKEN", samples::DEVELOPER_TOKEN);
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    let definition = stage.definition(samples::NOT_OWNED_CO_OWNED, "");
    let (ran, said) = json(&stage, &[&definition]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("\"owner or co-owner\""), "{said}");
    no_secret(&ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_pair_in_the_environment_is_a_problem_beside_saved_accounts_too() {
    let mut stage = Stage::new().await;
    let book = "[[account]]\nname = \"acme\"\nservice = \"domo\"\nclient_id = \"id\"\n";
    std::fs::write(stage.home.path().join("accounts.toml"), book).unwrap();
    for (left, missing) in [("DOMO_CLIENT_SECRET", "DOMO_CLIENT_ID"), ("DOMO_INSTANCE", "DOMO_DEVELOPER_TOKEN")] {
        for name in ["DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"] {
            stage.set(name, "");
        }
        stage.set(left, samples::INSTANCE);
        let ran = stage.run(&["check"]).await;
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert!(ran.out.contains(&format!("{left} is set, but {missing} is not.")), "{ran:?}");
        assert!(ran.out.contains("acme"), "{ran:?}");
        stage.set(left, "");
    }
}
