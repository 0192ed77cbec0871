use super::*;

#[tokio::test]
async fn rename_takes_the_secret_and_the_exports_along() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    let path = ann.export("Sales", "acme", "analyst");
    let output = ann.run("rename data.world analyst ann").await.unwrap();
    assert_eq!(output, "Renamed the data.world account analyst to ann, also in the export Sales.\n");
    assert_eq!(ann.keyring_has("data.world:ann").as_deref(), Some(samples::READ_WRITE));
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
    assert_eq!(ann.book().iter().map(|account| account.name.as_str()).collect::<Vec<_>>(), ["ann"]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Mine.") && text.contains("dataworld = \"ann\""), "{text}");

    ann.run("add data.world --name other").await.unwrap();
    for (line, expected) in [
        ("rename data.world ann other", "There is already a data.world account `other`."),
        ("rename data.world ann Other", "There is already a data.world account `other`."),
        ("rename data.world ann a/b", "The name cannot contain '/'."),
        ("rename data.world nobody x", "There is no data.world account `nobody`."),
    ] {
        let error = ann.run(line).await.unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(ann.keyring_has("data.world:Other"), None, "nothing is left behind");
}

#[tokio::test]
async fn a_rename_that_fails_has_changed_nothing() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    let path = ann.export("Sales", "acme", "analyst");
    let is_as_before = |ann: &Person, why: &str| {
        assert_eq!(ann.book().len(), 1, "{why}");
        assert_eq!(ann.book()[0].name, "analyst", "{why}");
        assert!(ann.keyring_has("data.world:analyst").is_some(), "{why}");
        assert_eq!(Export::load(&path).unwrap().credentials.dataworld.as_deref(), Some("analyst"), "{why}");
    };
    ann.keyring_fails("data.world:ann", keyring::Error::NotSupportedByStore("no".to_owned()));
    ann.run("rename data.world analyst ann").await.unwrap_err();
    is_as_before(&ann, "the keyring does not take the new one");
    ann.keyring_fails("data.world:analyst", keyring::Error::NotSupportedByStore("no".to_owned()));
    ann.run("rename data.world analyst ann").await.unwrap_err();
    is_as_before(&ann, "the keyring does not give the old one");
    let wrong = ann.home.path().join("exports/wrong.toml");
    std::fs::write(&wrong, "name = 1").unwrap();
    let error = ann.run("rename data.world analyst ann").await.unwrap_err();
    assert!(error.contains("wrong.toml, line 1"), "{error}");
    is_as_before(&ann, "an export cannot be read");
    assert_eq!(ann.keyring_has("data.world:ann"), None);
}

#[tokio::test]
async fn move_takes_all_exports_to_another_account() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    ann.export("Sales", "acme", "gone");
    ann.export("Costs", "acme", "gone");
    let output = ann.run("move data.world --from gone --to analyst").await.unwrap();
    assert_eq!(output, "Moved the exports Costs, Sales from the data.world account gone to analyst.\n");
    assert!(ann.run("move data.world --from gone --to analyst").await.unwrap_err().contains("`gone`"));
    assert!(ann.run("move data.world --from analyst --to nobody").await.unwrap_err().contains("`nobody`"));
    ann.run("add data.world --name other").await.unwrap();
    let output = ann.run("move data.world --from other --to analyst").await.unwrap();
    assert_eq!(output, "No export uses the data.world account other: nothing was moved.\n");
}

#[tokio::test]
async fn remove_names_what_stops_working_and_asks() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    let error = ann.run("remove data.world analist").await.unwrap_err();
    assert!(error.starts_with("There is no data.world account `analist`. Did you mean `analyst`?"), "{error}");

    let path = ann.export("Sales", "acme", "analyst");
    let error = ann.run("remove data.world analyst").await.unwrap_err();
    assert!(error.starts_with("Nothing was removed."), "{error}");
    assert!(ann.keyring_has("data.world:analyst").is_some() && ann.book().len() == 1);

    ann.export("Costs", "acme", "analyst");
    ann.says_yes = true;
    let output = ann.run("remove data.world analyst").await.unwrap();
    assert_eq!(
        output,
        "The account is used by the exports Costs, Sales; they stop working.\n\
         Removed the data.world account analyst and its secret.\n\
         The token stays valid until you revoke it in data.world under Settings, Advanced.\n"
    );
    assert!(ann.keyring_has("data.world:analyst").is_none() && ann.book().is_empty());

    ann.run("add data.world --name analyst").await.unwrap();
    std::fs::write(path, "name = 1").unwrap();
    let output = ann.run("remove dataworld analyst --yes").await.unwrap();
    assert!(
        output.starts_with("The account is used by the export Costs; it stops working.\nAn export that"),
        "{output}"
    );
}

#[tokio::test]
async fn an_export_that_names_no_account_uses_the_only_one() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    ann.unnamed("Sales");
    let json: serde_json::Value = serde_json::from_str(&ann.run("list --json").await.unwrap()).unwrap();
    assert_eq!(json[0]["exports"], serde_json::json!(["Sales"]));
    let output = ann.run("remove data.world analyst --yes").await.unwrap();
    assert!(output.starts_with("The account is used by the export Sales; it stops working.\n"), "{output}");

    // With two accounts a run's choice is ambiguous, so it takes neither.
    for name in ["analyst", "other"] {
        ann.run(&format!("add data.world --name {name}")).await.unwrap();
    }
    ann.unnamed("Sales");
    let output = ann.run("remove data.world analyst --yes").await.unwrap();
    assert!(output.starts_with("Removed the data.world account analyst"), "{output}");
}

#[tokio::test]
async fn a_locked_keyring_keeps_the_account_and_another_failure_does_not() {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    #[cfg(target_os = "linux")]
    {
        let locked = keyring::Error::NoStorageAccess(Box::new(dbus_secret_service::Error::Locked));
        ann.keyring_fails("data.world:analyst", locked);
        let error = ann.run("remove data.world analyst --yes").await.unwrap_err();
        assert!(error.contains("was not removed") && error.contains("is locked"), "{error}");
        assert_eq!(ann.book().len(), 1);
    }
    ann.keyring_fails("data.world:analyst", keyring::Error::NotSupportedByStore("no".to_owned()));
    let output = ann.run("remove data.world analyst --yes").await.unwrap();
    assert!(output.contains("If a keyring has its secret, it is still there"), "{output}");
    assert!(ann.book().is_empty());
}
