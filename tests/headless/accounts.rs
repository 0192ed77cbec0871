//! `accounts` where there is no keyring, as on a server.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::stage::Stage;

#[tokio::test]
async fn testing_accounts_where_there_is_none_says_so() {
    let mut stage = Stage::new().await;
    let ran = stage.run(&["accounts", "test"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.out.starts_with("✓ data.world from environment: valid (analyst)\n✓ Domo from environment: "),
        "{ran:?}"
    );
    for name in ["DW_AUTH_TOKEN", "DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"] {
        stage.set(name, "");
    }
    let ran = stage.run(&["accounts", "test"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{ran:?}");
    assert!(ran.err.starts_with("writeback: There is nothing to test: "), "{ran:?}");
}

/// Elsewhere there is always a keyring.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_token_that_cannot_be_kept_is_tested_and_the_variables_are_named() {
    let stage = Stage::new().await;
    let ran = stage.run_with(&["accounts", "add", "data.world", "--name", "ann"], samples::READ_WRITE).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.ends_with("✓ data.world API token: valid (analyst)\n"), "{ran:?}");
    assert!(ran.err.contains("could not be stored in a keyring") && ran.err.contains("set DW_AUTH_TOKEN"), "{ran:?}");
}

#[tokio::test]
async fn an_answer_that_says_of_nobody_whose_credentials_they_are_proves_nothing() {
    let mut stage = Stage::new().await;
    stage.sandbox.fault(Fault::always(Route::Any, Effect::status(200, "{}")));
    let ran = stage.run(&["accounts", "test"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = format!("{}{}", ran.out, ran.err);
    let unread = |reason: &str| said.contains(&format!("answer could not be read: the answer has no {reason}."));
    assert!(unread("user id") && unread("sign-in"), "{ran:?}");
    stage.set("DOMO_CLIENT_ID", "");
    stage.set("DOMO_CLIENT_SECRET", "");
    stage.set("DOMO_DEVELOPER_TOKEN", samples::DEVELOPER_TOKEN);
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    let ran = stage.run(&["accounts", "test"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        format!("{}{}", ran.out, ran.err).contains("Domo's answer could not be read: the answer has no user id."),
        "{ran:?}"
    );
}

#[tokio::test]
async fn an_account_that_is_not_there_ends_as_it_does_a_run() {
    let stage = Stage::new().await;
    let ran = stage.run(&["accounts", "test", "domo", "nope"]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("There is no Domo account `nope`."), "{ran:?}");
}

#[tokio::test]
async fn an_account_that_is_there_is_not_replaced_by_adding_one() {
    let stage = Stage::new().await;
    let book = "[[account]]\nname = \"ann b\"\nservice = \"data.world\"\n";
    std::fs::write(stage.home.path().join("accounts.toml"), book).unwrap();
    let ran = stage.run(&["accounts", "add", "data.world", "--name", "ann b"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("`writeback accounts replace data.world \"ann b\"`"), "{ran:?}");
    assert_eq!(stage.requests("GET", "/"), 0);
}

#[tokio::test]
async fn of_two_credentials_of_domo_in_the_environment_it_is_said_which_is_used() {
    let mut stage = Stage::new().await;
    stage.set("DOMO_DEVELOPER_TOKEN", "DDCIwrongwrongwrongwrongwrong");
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    let said = "  ! DOMO_DEVELOPER_TOKEN is used. DOMO_CLIENT_ID and DOMO_CLIENT_SECRET are set too, and are used only \
                without it.\n";
    let definition = stage.definition(samples::QUOTED, "");
    let ran = stage.run(&["run", &definition, &definition]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(ran.err.matches(said).count(), 1, "{ran:?}");
    let ran = stage.run(&["accounts", "test"]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let (before, after) = ran.out.split_once("✗ Domo from environment: ").unwrap();
    assert!(!before.contains(said) && after.ends_with(said), "{ran:?}");
    let ran = stage.run(&["check"]).await;
    assert!(ran.out.contains("the access token from the environment, not the client there"), "{ran:?}");

    stage.set("DOMO_CLIENT_SECRET", "");
    let ran = stage.run(&["accounts", "test"]).await;
    assert!(!ran.out.contains("  ! "), "half a client is none: {ran:?}");
}
