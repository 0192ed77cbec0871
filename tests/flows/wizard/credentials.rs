//! Credentials: tested before they are saved, and never lost.

use crossterm::event::KeyCode;
use writeback::testing::accounts::{KeyringError, Named, SecretHome, Stored};
use writeback::testing::config::Environment;
use writeback::testing::explain::Explanation;
use writeback::testing::export::Service;
use writeback::testing::services::dataworld::{Access, User};
use writeback::testing::services::domo::DomoCredential;
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::form::{Note, Value};
use writeback::testing::tui::wizard::credentials::{Source, secret_storage};
use writeback::testing::tui::wizard::{Effect, Field, Login, Msg, Severity, Step, spec};

use crate::wizard::support::*;

#[test]
fn the_place_of_the_secret_is_said_before_it_is_typed() {
    let mut wizard = Wizard::new(Environment::default(), Vec::new());
    assert!(matches!(wizard.asked[..], [Effect::FindVault { .. }]));
    assert_eq!(secret_storage(wizard.model.credentials.home.as_ref()), "looking for the keyring…");
    wizard.reply(SecretHome::Keyring("Secret Service"));
    assert!(secret_storage(wizard.model.credentials.home.as_ref()).contains("Secret Service"));
}

#[test]
fn without_a_keyring_the_variables_are_named() {
    let mut wizard = Wizard::new(Environment::default(), Vec::new());
    wizard.reply(SecretHome::Session(KeyringError::NoBus));
    let said = secret_storage(wizard.model.credentials.home.as_ref());
    assert!(said.contains("or in a container. Secrets last until Writeback ends."), "{said}");
    for name in ["DW_AUTH_TOKEN", "DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET", "DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE"] {
        assert!(said.contains(name), "{name}: {said}");
    }
}

#[test]
fn a_first_start_asks_for_both_services() {
    let wizard = Wizard::first_start();
    let fields = [
        Field::DATA_WORLD_TOKEN,
        Field::DATA_WORLD_ADDRESS,
        Field::DATA_WORLD_NAME,
        Field::DOMO_METHOD,
        Field::DOMO_CLIENT_ID,
        Field::DOMO_CLIENT_SECRET,
        Field::DOMO_NAME,
    ];
    assert_eq!(wizard.model.fields(), fields);
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_TOKEN);
    assert!(spec(Field::DATA_WORLD_TOKEN).hint_in_lines().contains("User Setting >> Advanced Tab"));
    assert!(spec(Field::DOMO_CLIENT_SECRET).hint_in_lines().contains("password is not a client secret"));
}

#[test]
fn saved_accounts_come_first_then_the_environment_then_a_new_one() {
    let accounts = vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")];
    let mut wizard = Wizard::new(environment(), accounts);
    let labels = |wizard: &Wizard| -> Vec<String> {
        let sources = &wizard.model.credentials.dataworld.sources;
        sources.iter().map(|source| source.label(wizard.model.today, "from environment")).collect()
    };
    assert_eq!(labels(&wizard), ["analyst (tested yesterday)", "from environment", "a new account…"]);
    assert_eq!(wizard.model.fields(), [Field::DATA_WORLD_ACCOUNT, Field::DOMO_ACCOUNT], "nothing is typed for them");
    wizard.press(KeyCode::Char(' '));
    assert_eq!(*wizard.model.credentials.dataworld.source(), Source::Environment);
    wizard.press(KeyCode::Right);
    assert!(wizard.model.fields().contains(&Field::DATA_WORLD_TOKEN));
    wizard.press(KeyCode::Left);
    wizard.press(KeyCode::Left);
    let effects = wizard.ctrl('n');
    assert!(
        matches!(&effects[0], Effect::TestDataWorld { login: Login::Named(Some(name)), .. } if name == "analyst"),
        "{effects:?}"
    );
}

#[test]
fn what_comes_from_the_environment_is_tested_and_never_saved() {
    let wizard = Wizard::at_details();
    assert_eq!(wizard.count(|effect| matches!(effect, Effect::TestDomo { login: Login::Named(None), .. })), 1);
    assert_eq!(wizard.count(|effect| matches!(effect, Effect::KeepAccount { .. })), 0);
}

#[test]
fn half_a_pair_of_variables_is_named() {
    let environment = Environment { domo_client_id: Some("client".to_owned()), ..Environment::default() };
    let wizard = Wizard::new(environment, Vec::new());
    let said = wizard.model.credentials.environment_error();
    assert_eq!(said.as_deref(), Some("DOMO_CLIENT_ID is set, but DOMO_CLIENT_SECRET is not. Domo needs both."));
    assert!(!wizard.model.fields().contains(&Field::DOMO_ACCOUNT), "half a pair is not offered");
}

#[test]
fn a_developer_token_of_the_environment_is_offered_with_its_instance() {
    let environment = Environment {
        domo_developer_token: Some(Secret::new("token")),
        domo_instance: Some("https://acme.domo.com/".to_owned()),
        ..Environment::default()
    };
    let wizard = Wizard::new(environment, Vec::new());
    assert_eq!(wizard.model.credentials.domo_login(), Some(Login::Named(None)));
}

#[test]
fn continuing_with_nothing_entered_goes_to_the_first_wrong_field_and_asks_nobody() {
    let mut wizard = Wizard::first_start();
    wizard.focus(Field::DOMO_NAME);
    assert!(wizard.ctrl('n').is_empty());
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_TOKEN);
    assert_eq!(wizard.model.error(Field::DATA_WORLD_TOKEN), Some("Enter the API Token."));
    assert!(wizard.model.error(Field::DOMO_CLIENT_SECRET).is_some());
    wizard.type_text("e");
    assert_eq!(wizard.model.error(Field::DATA_WORLD_TOKEN), None, "typing clears the error");
    assert!(wizard.model.error(Field::DOMO_CLIENT_SECRET).is_some(), "of this field only");
}

#[test]
fn continuing_tests_then_saves_then_moves_on() {
    let mut wizard = entered();
    let effects = wizard.ctrl('n');
    assert!(matches!(effects[..], [Effect::TestDataWorld { .. }, Effect::TestDomo { .. }]), "{effects:?}");
    assert!(wizard.model.moves());

    let effects = wizard.reply(Answer::Ok(user()));
    let [Effect::KeepAccount { account, secret, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((account.name.as_str(), account.user.as_deref()), ("analyst", Some("analyst")), "named after the user");
    assert_eq!(secret.expose(), TOKEN);
    wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    assert_eq!(wizard.model.step, Step::Credentials, "Domo has not answered");

    let effects = wizard.reply(Answer::Ok(identity()));
    let [Effect::KeepAccount { account, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((account.name.as_str(), account.client_id.as_deref()), ("acme", Some("client")));
    assert_eq!(wizard.model.step, Step::Credentials, "it is not saved yet");
    wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    assert_eq!(wizard.model.step, Step::Details);
}

#[test]
fn what_was_tested_is_not_tested_again_until_it_changes() {
    let mut wizard = Wizard::at_details();
    wizard.ctrl('p');
    assert_eq!(wizard.model.step, Step::Credentials);
    let before = wizard.asked.len();
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Details);
    let asked = &wizard.asked[before..];
    assert!(!asked.iter().any(|effect| matches!(effect, Effect::TestDataWorld { .. } | Effect::TestDomo { .. })));
}

#[test]
fn a_refused_token_is_said_at_its_field_and_the_other_one_is_kept() {
    let mut wizard = entered();
    wizard.ctrl('n');
    wizard.reply(Answer::<User>::Err(why("data.world refused the token.")));
    assert_eq!(wizard.model.error(Field::DATA_WORLD_TOKEN), Some("data.world refused the token."));
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_TOKEN);
    let effects = wizard.reply(Answer::Ok(identity()));
    assert!(matches!(effects[..], [Effect::KeepAccount { .. }]), "valid credentials are saved: {effects:?}");
    assert_eq!(wizard.model.step, Step::Credentials);

    wizard.paste(TOKEN);
    let effects = wizard.ctrl('n');
    assert!(matches!(effects[..], [Effect::TestDataWorld { .. }]), "only that one again: {effects:?}");
}

#[test]
fn an_error_is_short_under_its_field_and_whole_beside_it_and_on_the_clipboard() {
    let mut wizard = entered();
    wizard.ctrl('n');
    let refused = Explanation { support_id: Some("b6267b6a".to_owned()), ..why("data.world refused the token.") };
    wizard.reply(Answer::<User>::Err(refused));
    for (width, height) in [(120, 40), (80, 24)] {
        let text = wizard.text(width, height);
        let of_field = text.lines().find(|line| line.contains("✗ ")).unwrap();
        assert!(of_field.contains("✗ data.world refused the token.") && !of_field.contains("Try again."), "{text}");
        for part in ["Try again.", "Support id b6267b6a.", "Ctrl-Y copies all of it."] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        assert_eq!(text.matches("Try again.").count(), 1, "{text}");
    }
    let effects = wizard.ctrl('y');
    let [Effect::Copy { text, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.starts_with(&format!("Writeback {} on ", env!("CARGO_PKG_VERSION"))), "{text}");
    let whole = "Reason      data.world refused the token.\nAdvice      Try again.\nSupport id  b6267b6a";
    assert!(text.ends_with(whole), "{text}");
}

#[test]
fn a_first_start_says_what_this_is_and_opens_the_page_where_a_token_is_made() {
    let mut wizard = Wizard::first_start();
    let text = wizard.text(80, 24);
    for part in ["exports a Domo DataSet to a file in a data.world dataset", "`writeback demo`"] {
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(part), "{part}:\n{text}");
    }
    assert!(text.contains("https://data.world/settings/advanced"), "{text}");
    let effects = wizard.ctrl('o');
    let [Effect::OpenLink { link, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(link, "https://data.world/settings/advanced");
    wizard.reply(false);
    assert!(wizard.notice().ends_with("The page is https://data.world/settings/advanced"), "{}", wizard.notice());
    // Who has an account knows.
    let saved = Wizard::started(start_of(&["acme"]));
    assert!(!saved.text(80, 24).contains("writeback demo"), "{}", saved.text(80, 24));
}

#[test]
fn the_accounts_of_the_demo_are_called_so() {
    let environment = Environment { is_demo: true, ..environment() };
    let wizard = Wizard::new(environment, Vec::new());
    let text = wizard.text(80, 24);
    assert!(text.contains("demo account") && !text.contains("from environment"), "{text}");
}

/// Exports that used the only account of a service without naming it.
fn named(service: Service) -> Named {
    let (account, exports) = ("analyst".to_owned(), vec!["Costs".to_owned()]);
    let (cron, failed, unreadable) = (Vec::new(), Vec::new(), Vec::new());
    Named { service, account, exports, cron, failed, unreadable }
}

#[test]
fn exports_that_used_the_only_account_are_named_beside_what_else_there_is_to_say() {
    let mut wizard = Wizard::started(start_of(&["analyst"]));
    wizard.press(KeyCode::Right);
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste(TOKEN);
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(identity()));
    wizard.reply(Answer::Ok(User { token_may_write: Some(false), ..user() }));
    let named = Some(named(Service::DataWorld));
    wizard.reply(Answer::Ok(Stored { named, ..stored(SecretHome::Keyring("Secret Service")) }));
    let done = "The export Costs used the only data.world account without naming it: its definition names analyst now.";
    let notice = wizard.notice();
    assert!(notice.starts_with("The API token says that it is read-only") && notice.ends_with(done), "{notice}");
    assert_eq!(wizard.model.shell.notice.as_ref().map(|notice| notice.severity), Some(Severity::Warning));
    wizard.ctrl('n');
    assert_eq!((wizard.model.step, wizard.notice()), (Step::Details, ""));
}

#[test]
fn half_typed_credentials_are_not_tested_when_the_other_answer_comes() {
    let mut wizard = entered();
    wizard.ctrl('n');
    wizard.focus(Field::DOMO_CLIENT_ID);
    wizard.type_text("2");
    let effects = wizard.reply(Answer::Ok(user()));
    assert!(matches!(effects[..], [Effect::KeepAccount { .. }]), "{effects:?}");
}

#[test]
fn an_answer_to_a_token_that_was_changed_is_ignored() {
    let mut wizard = entered();
    wizard.ctrl('n');
    let old = wizard.request::<Answer<User>>();
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.type_text("x");
    assert!(wizard.reply_to(&old, Answer::Ok(user())).is_empty());
    assert!(wizard.model.credentials.dataworld.test.data.ready().is_none());
}

#[test]
fn a_failed_save_keeps_the_token_until_the_end_and_says_so() {
    let mut wizard = entered();
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(identity()));
    wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::<Stored>::Err(why("The keyring is locked.")));
    assert_eq!(wizard.model.step, Step::Details);
    assert!(wizard.notice().contains("analyst could not be saved, and is kept until Writeback ends."));
    assert!(wizard.notice().contains("The keyring is locked."));
    let Some(Login::Entered { credential, .. }) = wizard.model.credentials.dataworld_login() else {
        panic!("the token is gone")
    };
    assert_eq!(credential.expose(), TOKEN);
    assert_eq!(wizard.model.credentials.saved_name(Service::DataWorld), None, "no definition may name it");
}

#[test]
fn a_token_that_may_not_write_is_said_before_going_on() {
    let mut wizard = Wizard::new(environment(), Vec::new());
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(identity()));
    wizard.reply(Answer::Ok(User { token_may_write: Some(false), ..user() }));
    assert_eq!(wizard.model.step, Step::Credentials);
    assert!(wizard.notice().contains("is read-only"), "{}", wizard.notice());
    assert_eq!(wizard.model.shell.notice.as_ref().unwrap().severity, Severity::Warning);
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Details, "it is a hint, not a verdict");
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Char(' '));
    wizard.focus(Field::DATASET_ID);
    wizard.paste("acme-analytics/sales-mart");
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Write))));
    let notes = (spec(Field::DATASET_ID).notes)(&wizard.model);
    assert!(matches!(&notes[..], [Note::Warning(said)] if said.what.contains("is read-only")), "{notes:?}");
}

#[test]
fn a_pasted_token_comes_without_what_surrounds_it() {
    let mut wizard = Wizard::first_start();
    wizard.paste(&format!("  \"Bearer {}\r\n{}\"\n", &TOKEN[..20], &TOKEN[20..]));
    assert_eq!(wizard.model.credentials.values.secret(Field::DATA_WORLD_TOKEN).expose(), TOKEN);
    assert_eq!(wizard.model.credentials.token_warning(), None);
}

#[test]
fn a_token_of_another_shape_is_doubted_but_tested() {
    let mut wizard = entered();
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste("abc.def");
    assert!(wizard.model.credentials.token_warning().is_some());
    let effects = wizard.ctrl('n');
    assert!(effects.iter().any(|effect| matches!(effect, Effect::TestDataWorld { .. })));
}

#[test]
fn a_secret_is_masked_and_can_be_shown() {
    let mut wizard = Wizard::first_start();
    wizard.type_text("abcd");
    wizard.press(KeyCode::Backspace);
    let token = |wizard: &Wizard| match wizard.model.value(Field::DATA_WORLD_TOKEN) {
        Value::Secret(secret) => secret.shown(),
        other => panic!("{other:?}"),
    };
    assert_eq!(token(&wizard), "•••");
    wizard.ctrl('r');
    assert_eq!(token(&wizard), "abc");
    wizard.ctrl('r');
    assert_eq!(token(&wizard), "•••");
    wizard.ctrl('u');
    assert_eq!(token(&wizard), "");
}

#[test]
fn an_instance_is_read_from_every_form() {
    for (text, expected) in [
        ("acme", Some("acme")),
        ("acme.domo.com", Some("acme")),
        (" https://Acme.domo.com/datasources/x?y ", Some("acme")),
        ("acme-dev.domo.com", Some("acme-dev")),
        ("acme.example.com", None),
        ("", None),
        (".domo.com", None),
        ("a b", None),
    ] {
        let mut wizard = Wizard::first_start();
        wizard.focus(Field::DOMO_METHOD);
        wizard.press(KeyCode::Char(' '));
        wizard.focus(Field::DOMO_INSTANCE);
        wizard.paste(text);
        wizard.focus(Field::DOMO_TOKEN);
        wizard.paste("token");
        let instance = wizard.model.credentials.domo_login().map(|login| match login {
            Login::Entered { credential: DomoCredential::DeveloperToken { instance, .. }, .. } => instance,
            other => panic!("{other:?}"),
        });
        assert_eq!(instance.as_deref(), expected, "{text}");
        wizard.ctrl('n');
        assert_eq!(wizard.model.error(Field::DOMO_INSTANCE).is_some(), expected.is_none(), "{text}");
    }
}

#[test]
fn an_address_is_one_that_nobody_reads_along() {
    for (text, expected) in [
        ("", Ok(None)),
        ("api.acme.data.world", Ok(Some("https://api.acme.data.world"))),
        ("https://api.acme.data.world/v0/", Ok(Some("https://api.acme.data.world"))),
        ("http://127.0.0.1:8080", Ok(Some("http://127.0.0.1:8080"))),
        ("http://api.acme.data.world", Err(())),
        ("ftp://api.acme.data.world", Err(())),
        ("not an address", Err(())),
    ] {
        let mut wizard = entered();
        wizard.focus(Field::DATA_WORLD_ADDRESS);
        wizard.paste(text);
        let login = wizard.model.credentials.dataworld_login().ok_or(());
        let address = login.map(|login| match login {
            Login::Entered { address, .. } => address,
            other => panic!("{other:?}"),
        });
        assert_eq!(address, expected.map(|address| address.map(str::to_owned)), "{text}");
        wizard.ctrl('n');
        assert_eq!(wizard.model.error(Field::DATA_WORLD_ADDRESS).is_some(), expected.is_err(), "{text}");
    }
}

#[test]
fn a_shown_secret_is_hidden_again_when_the_pane_is_left() {
    let mut wizard = entered();
    wizard.ctrl('r');
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(identity()));
    wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    assert_eq!(wizard.model.step, Step::Details);
    let Value::Secret(secret) = wizard.model.credentials.values.get(Field::DOMO_CLIENT_SECRET) else { panic!() };
    assert!(!secret.shown().contains(CLIENT_SECRET));
}

#[test]
fn debug_shows_no_secret() {
    let mut wizard = entered();
    wizard.ctrl('r');
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    for shown in [format!("{:?}", wizard.model), format!("{:?}", wizard.asked)] {
        assert!(shown.contains("analyst"));
        assert!(!shown.contains(TOKEN) && !shown.contains(CLIENT_SECRET), "{shown}");
    }
    let environment = Wizard::new(environment(), Vec::new());
    let shown = format!("{:?} {:?}", environment.model, Msg::Paste(Secret::new(TOKEN)));
    assert!(!shown.contains(TOKEN) && !shown.contains(CLIENT_SECRET), "{shown}");
}
