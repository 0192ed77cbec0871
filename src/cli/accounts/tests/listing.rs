use super::*;

#[tokio::test]
async fn list_shows_everything_but_the_secret() {
    let mut ann = Person::new().await;
    assert!(ann.run("list").await.unwrap().starts_with("There are no accounts yet, and the environment has no"));
    assert_eq!(ann.run("list --json").await.unwrap(), "[]\n");
    let answer = "{\"id\":\"ann\\u001b[31m\"}";
    ann.sandbox
        .fault(Fault::once(Route::Path { method: None, prefix: "/v0/user".to_owned() }, Effect::status(200, answer)));
    ann.run("add data.world --name analyst").await.unwrap();
    ann.types = samples::CLIENT_SECRET;
    ann.run(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    ann.export("Sales", "acme", "analyst");
    ann.export("Costs", "acme", "other");
    let table = ann.run("list").await.unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let words =
        |line: &str| line.split("  ").filter(|it| !it.is_empty()).map(|it| it.trim().to_owned()).collect::<Vec<_>>();
    assert_eq!(words(lines[0]), ["Service", "Name", "User", "Instance", "Exports", "Last tested (UTC)"]);
    assert_eq!(words(lines[1]), ["data.world", "analyst", "ann<U+001B>[31m", "-", "1", "22 Nov 2026 12:00, valid"]);
    assert_eq!(words(lines[2])[3..], ["acme", "2", "22 Nov 2026 12:00, valid"]);
    let json = ann.run("list --json").await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&read[0]["service"], &read[1]["client_id"]), (&"data.world".into(), &samples::CLIENT_ID.into()));
    assert_eq!(read[1]["exports"], serde_json::json!(["Costs", "Sales"]));
    assert!(!json.contains("eyJ") && !table.contains("eyJ"));
}

#[tokio::test]
async fn test_records_its_result() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    ann.types = samples::CLIENT_SECRET;
    ann.run(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    let (output, exit) = ann.run_with_exit("test").await;
    assert_eq!(exit, Ok(Exit::Done));
    assert!(output.starts_with("✓ data.world analyst: valid (analyst)\n✓ Domo acme: valid"), "{output}");

    let user = || Route::Path { method: None, prefix: "/v0/user".to_owned() };
    ann.sandbox.fault(Fault::once(user(), Effect::status(503, "")));
    let (output, exit) = ann.run_with_exit("test data.world analyst").await;
    assert_eq!(exit, Ok(Exit::Failed));
    assert!(output.starts_with("✗ data.world analyst: data.world has a problem of its own"), "{output}");
    assert_eq!(ann.book()[0].refused, None, "a service that cannot be asked has refused nothing");

    ann.sandbox.fault(Fault::once(user(), Effect::status(401, "")));
    assert_eq!(ann.run_with_exit("test").await.1, Ok(Exit::Credentials));
    assert_eq!(ann.book()[0].refused, Some(noon()));
    assert!(ann.run("list").await.unwrap().contains("12:00, not valid"));
    ann.run("test data.world analyst").await.unwrap();
    assert_eq!(ann.book()[0].refused, None);
}

#[tokio::test]
async fn a_token_that_may_only_read_is_valid_and_no_export_can_use_it() {
    let mut ann = Person::new().await;
    ann.types = samples::READ_ONLY;
    ann.run("add data.world --name reader").await.unwrap();
    let (output, exit) = ann.run_with_exit("test").await;
    assert_eq!(exit, Ok(Exit::Done), "it can browse");
    assert_eq!(
        output,
        "✓ data.world reader: valid (analyst)\n  ! The API token says that it is read-only, so data.world will probably \
         refuse an upload. Use a \"Read/Write\" token from data.world under Settings, Advanced; a custom one needs \"Read and write\" or more.\n"
    );
}

#[tokio::test]
async fn environment_credentials_are_listed_and_tested_but_not_saved() {
    let mut ann = Person::new().await;
    let (output, exit) = ann.run_with_exit("test").await;
    let error = exit.unwrap_err();
    assert!(output.is_empty() && error.starts_with("There is nothing to test: no account is saved, and"), "{error}");

    ann.environment.dataworld_token = Some(Secret::new(samples::READ_WRITE));
    ann.environment.domo_client_id = Some(samples::CLIENT_ID.to_owned());
    ann.export("Sales", "acme", "analyst");
    let path = ann.export("Costs", "acme", "analyst");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.split("[credentials]").next().unwrap()).unwrap();
    let half = "DOMO_CLIENT_ID is set, but DOMO_CLIENT_SECRET is not. Domo needs both.";
    let (output, exit) = ann.run_with_exit("test").await;
    assert_eq!(exit, Ok(Exit::Credentials));
    assert_eq!(output, format!("✓ data.world from environment: valid (analyst)\n✗ Domo from environment: {half}\n"));
    let table = ann.run("list").await.unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].starts_with("data.world  from environment") && lines[1].ends_with("1        -"), "{table}");
    assert!(lines[2].contains("from environment") && lines[2].ends_with(half), "{table}");
    let json: serde_json::Value = serde_json::from_str(&ann.run("list --json").await.unwrap()).unwrap();
    assert_eq!((&json[0]["origin"], &json[0]["wrong"]), (&"environment".into(), &serde_json::Value::Null));
    assert_eq!((&json[0]["exports"], &json[1]["wrong"]), (&serde_json::json!(["Costs"]), &half.into()));

    ann.environment.domo_client_secret = Some(Secret::new("wrong"));
    let (output, exit) = ann.run_with_exit("test").await;
    assert_eq!(exit, Ok(Exit::Credentials));
    assert!(output.contains("✗ Domo from environment: Domo"), "{output}");
    ann.environment.domo_client_secret = Some(Secret::new(samples::CLIENT_SECRET));
    ann.run("add data.world --name analyst").await.unwrap();
    let (output, exit) = ann.run_with_exit("test").await;
    assert_eq!((exit, output.lines().count(), output.matches('✓').count()), (Ok(Exit::Done), 3, 3), "{output}");
    assert_eq!(ann.book().len(), 1, "what is in the environment is in no book");
    let json: serde_json::Value = serde_json::from_str(&ann.run("list --json").await.unwrap()).unwrap();
    assert_eq!(json[0]["origin"], "account");
}
