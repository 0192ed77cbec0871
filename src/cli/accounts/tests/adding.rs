//! `add` and `replace`: tested and saved credentials.

use super::*;

#[tokio::test]
async fn add_tests_saves_and_reports_the_place_and_the_owner() {
    let mut ann = Person::new().await;
    let output = ann.run("add data.world --name analyst").await.unwrap();
    assert_eq!(
        output,
        "Added the data.world account analyst: valid (analyst). Its API token is in the Mock Keyring.\n"
    );
    assert_eq!(ann.asked, ["data.world API token: "]);
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some(samples::READ_WRITE));
    let account = &ann.book()[0];
    assert_eq!((account.user.as_deref(), account.tested), (Some("analyst"), Some(noon())));
    assert!(!std::fs::read_to_string(ann.home.path().join("accounts.toml")).unwrap().contains("eyJ"));

    ann.types = samples::READ_ONLY;
    let refused = ann.run("add dataworld --name analyst").await.unwrap_err();
    assert_eq!(
        refused,
        "There is already a data.world account `analyst`. `writeback accounts replace data.world analyst` replaces its \
         credentials."
    );
    let refused = ann.run("add dataworld --name Analyst").await.unwrap_err();
    assert!(refused.contains("`analyst`"), "{refused}");
    assert_eq!(ann.asked.len(), 1, "no secret is asked for in vain");
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some(samples::READ_WRITE));
    let output = ann.run("replace dataworld analyst").await.unwrap();
    assert!(output.starts_with("Replaced the data.world account analyst: "), "{output}");
    assert!(output.contains("\n  ! The API token says that it is read-only"), "{output}");
    assert_eq!(ann.keyring_has("data.world:analyst").as_deref(), Some(samples::READ_ONLY));
    assert_eq!(ann.book().len(), 1);
}

#[tokio::test]
async fn an_account_may_have_an_address_of_its_own() {
    let mut ann = Person::new().await;
    let other = Sandbox::start(Options::default()).await.unwrap();
    let url = other.dataworld_url();
    ann.run(&format!("add data.world --name other --url {url}/v0/")).await.unwrap();
    assert_eq!(other.requests().len(), 1);
    assert!(ann.sandbox.requests().is_empty());
    assert_eq!(ann.book()[0].address.as_deref(), Some(url.as_str()));
}

#[tokio::test]
async fn a_domo_account_is_a_client_or_a_developer_token() {
    let mut ann = Person::new().await;
    ann.types = samples::CLIENT_SECRET;
    let output = ann.run(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    assert!(output.contains(", at acme.domo.com. Its client secret is in the Mock Keyring."), "{output}");
    assert_eq!(ann.book()[0].instance.as_deref(), Some("acme"));

    ann.types = samples::DEVELOPER_TOKEN;
    let output = ann.run("add domo --name dev --instance https://acme.domo.com/home").await.unwrap();
    assert!(output.ends_with("Its access token is in the Mock Keyring.\n"), "{output}");
    assert_eq!((ann.book()[1].client_id.as_deref(), ann.book()[1].instance.as_deref()), (None, Some("acme")));

    for wrong in [
        "add domo --name a",
        "add domo --name a --client-id 0f --instance acme",
        "add domo --client-id 0f",
        "add data.world --name a --token x",
        "test data.world",
    ] {
        assert!(Cli::try_parse_from(std::iter::once("accounts").chain(wrong.split(' '))).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn refused_credentials_are_not_saved() {
    let mut ann = Person::new().await;
    ann.types = samples::EXPIRED;
    let error = ann.run("add data.world --name analyst").await.unwrap_err();
    assert!(error.contains("so data.world does not accept it (401)."), "{error}");
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
    assert!(ann.book().is_empty());

    let requests = ann.sandbox.requests().len();
    for (line, expected) in [
        ("add data.world --name ../x", "The name cannot contain '/'."),
        ("add data.world --name a --url http://dw.example", "--url: The address has to begin with https://"),
        ("add domo --name a --instance api.domo.com", "--instance: `api.domo.com` is no Domo instance."),
    ] {
        let error = ann.run(line).await.unwrap_err();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(ann.sandbox.requests().len(), requests, "nothing is sent anywhere");
    }
}

#[tokio::test]
async fn without_a_keyring_a_secret_is_tested_and_the_variables_are_named() {
    let mut ann = Person::new().await;
    ann.has_keyring = false;
    let (output, exit) = ann.run_with_exit("add data.world --name analyst").await;
    assert_eq!(
        output,
        "The API token cannot be kept here, so it is only tested.\n\
         ✓ data.world API token: valid (analyst)\n"
    );
    let error = exit.unwrap_err();
    assert!(
        error.starts_with(
            "Nothing was saved, because the data.world API token could not be stored in a keyring. There is"
        ),
        "{error}"
    );
    assert!(error.ends_with("set DW_AUTH_TOKEN instead of saving an account."), "{error}");
    assert!(ann.book().is_empty());

    ann.types = samples::EXPIRED;
    let (output, exit) = ann.run_with_exit("add data.world --name analyst").await;
    assert!(!output.contains('✓') && exit.unwrap_err().contains("does not accept it (401)"), "{output}");
}

#[tokio::test]
async fn a_keyring_that_fails_at_the_end_leaves_no_account() {
    let mut ann = Person::new().await;
    ann.keyring_fails("data.world:analyst", keyring::Error::TooLong("secret".to_owned(), 8));
    let (output, exit) = ann.run_with_exit("add data.world --name analyst").await;
    assert_eq!(output, "✓ data.world API token: valid (analyst)\n");
    let error = exit.unwrap_err();
    assert!(error.contains("longer than the 8 characters"), "{error}");
    assert!(ann.book().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_book_that_cannot_be_written_leaves_no_secret() {
    let mut ann = Person::new().await;
    // A folder stands where the lock's file should be.
    std::fs::create_dir(ann.home.path().join("accounts.toml.lock")).unwrap();
    let error = ann.run("add data.world --name analyst").await.unwrap_err();
    assert!(error.starts_with("The account could not be saved"), "{error}");
    assert_eq!(ann.keyring_has("data.world:analyst"), None);
}

#[tokio::test]
async fn replace_keeps_omitted_options() {
    let mut ann = Person::new().await;
    ann.types = samples::CLIENT_SECRET;
    ann.run(&format!("add domo --name acme --client-id {}", samples::CLIENT_ID)).await.unwrap();
    let output = ann.run("replace domo acme").await.unwrap();
    assert!(output.starts_with("Replaced the Domo account acme: valid"), "{output}");
    assert_eq!(ann.book()[0].client_id.as_deref(), Some(samples::CLIENT_ID));
    ann.types = samples::DEVELOPER_TOKEN;
    ann.run("replace domo acme --instance acme").await.unwrap();
    assert_eq!((ann.book().len(), ann.book()[0].client_id.as_deref()), (1, None));
    assert_eq!(ann.keyring_has("domo:acme").as_deref(), Some(samples::DEVELOPER_TOKEN));

    ann.types = "wrong";
    ann.run("replace domo acme").await.unwrap_err();
    assert_eq!(ann.keyring_has("domo:acme").as_deref(), Some(samples::DEVELOPER_TOKEN), "the old one stays");
    assert!(ann.run("replace domo nobody").await.unwrap_err().starts_with("There is no Domo account `nobody`."));
    ann.types = samples::READ_WRITE;
    ann.run("add data.world --name analyst").await.unwrap();
    assert!(ann.run("replace data.world analyst --client-id 0f").await.unwrap_err().contains("for Domo accounts"));
}
