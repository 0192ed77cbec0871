//! Accounts in the pane Credentials: how a new one is called, and those that an export names and that are gone.

use crossterm::event::KeyCode;
use writeback::testing::config::Environment;
use writeback::testing::export::{CredentialNames, Export, Service};
use writeback::testing::tui::wizard::{Effect, Field, Msg, Original, Start, Step};

use crate::wizard::support::*;

#[test]
fn a_new_account_does_not_take_the_name_of_another_users() {
    let mut other = account(Service::DataWorld, "analyst");
    other.user = Some("someone".to_owned());
    for (saved, name) in [(other, "analyst-2"), (account(Service::DataWorld, "analyst"), "analyst")] {
        let mut wizard = Wizard::new(environment(), vec![saved]);
        wizard.press(KeyCode::Left);
        wizard.focus(Field::DATA_WORLD_TOKEN);
        wizard.paste(TOKEN);
        wizard.ctrl('n');
        let effects = wizard.reply(Answer::Ok(user()));
        assert!(matches!(&effects[..], [Effect::KeepAccount { account, .. }] if account.name == name), "{effects:?}");
    }
}

#[test]
fn an_account_that_gets_a_new_secret_is_named() {
    let mut wizard = Wizard::new(environment(), vec![account(Service::DataWorld, "analyst")]);
    wizard.press(KeyCode::Left);
    wizard.focus(Field::DATA_WORLD_NAME);
    wizard.type_text("analys");
    assert!(wizard.model.credentials.replaces(Service::DataWorld).is_none());
    wizard.type_text("t");
    assert_eq!(wizard.model.credentials.replaces(Service::DataWorld).unwrap(), "analyst");
}

#[test]
fn a_name_that_no_account_may_have_is_refused_before_anything_is_asked() {
    let mut wizard = entered();
    wizard.focus(Field::DATA_WORLD_NAME);
    wizard.type_text("../analyst");
    assert!(wizard.ctrl('n').is_empty());
    assert_eq!(wizard.model.focus, Field::DATA_WORLD_NAME);
    assert!(wizard.model.error(Field::DATA_WORLD_NAME).is_some());
}

#[test]
fn half_a_name_is_not_saved() {
    let mut wizard = entered();
    wizard.ctrl('n');
    wizard.focus(Field::DATA_WORLD_NAME);
    wizard.type_text("ana");
    assert!(wizard.reply(Answer::Ok(user())).is_empty());
    wizard.type_text("lytics");
    let effects = wizard.ctrl('n');
    assert!(
        matches!(&effects[..], [Effect::KeepAccount { account, .. }] if account.name == "analytics"),
        "{effects:?}"
    );
}

/// An export that names these accounts, opened to change it, with accounts of these names.
fn editing(export: CredentialNames, environment: Environment, names: &[&str]) -> Wizard {
    let text = format!(
        "name = \"Sales\"\n[input]\ndataset = \"{DATA_SET}\"\n[output]\ndataset = \"acme/sales\"\nfile = \"sales\""
    );
    let edit = Export { credentials: export, ..Export::parse(&text, std::path::Path::new("x.toml")).unwrap() };
    Wizard::started(Start { environment, edit: Some(Original::new(edit)), ..start_of(names) })
}

fn labels(wizard: &Wizard) -> Vec<String> {
    let section = &wizard.model.credentials.dataworld;
    section.sources.iter().map(|source| source.label(wizard.model.today, "from environment")).collect()
}

#[test]
fn an_account_that_is_gone_is_not_replaced_by_another_one_in_silence() {
    let gone = CredentialNames { dataworld: Some("gone".to_owned()), domo: Some("acme".to_owned()) };
    let mut wizard = editing(gone, Environment::default(), &["acme", "bee"]);
    let chosen = wizard.model.credentials.dataworld.chosen;
    assert_eq!(labels(&wizard)[chosen], "gone (missing)");
    assert!(wizard.ctrl('n').is_empty(), "nobody is asked");
    let said = wizard.model.error(Field::DATA_WORLD_ACCOUNT).unwrap();
    assert!(said.starts_with("The data.world account gone no longer exists. Choose another one"), "{said}");
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Credentials, Field::DATA_WORLD_ACCOUNT));
    assert_eq!(wizard.model.error(Field::DOMO_ACCOUNT), None);
    // As soon as the person chooses, it goes on.
    wizard.press(KeyCode::Left);
    assert_eq!(wizard.model.credentials.saved_name(Service::DataWorld).as_deref(), Some("bee"));
    assert_eq!(wizard.ctrl('n').len(), 2, "both are tested");
}

#[test]
fn an_environment_that_is_gone_is_not_replaced_by_one_of_several_accounts() {
    let mut wizard = editing(CredentialNames::default(), Environment::default(), &["acme", "bee"]);
    let chosen = wizard.model.credentials.dataworld.chosen;
    assert_eq!(labels(&wizard)[chosen], "from environment (not set)");
    wizard.ctrl('n');
    for field in [Field::DATA_WORLD_ACCOUNT, Field::DOMO_ACCOUNT] {
        let said = wizard.model.error(field).unwrap();
        assert!(said.contains("from the environment, which has none now."), "{said}");
    }
    // The chosen account is kept with the rest, and is missing still.
    wizard.focus(Field::DOMO_ACCOUNT);
    wizard.press(KeyCode::Left);
    let effects = wizard.tell(Msg::Ending);
    let Some(Effect::KeepDraft(draft)) = effects.first() else { panic!("{effects:?}") };
    let mut after = Wizard::started(Start { drafts: vec![(**draft).clone()], ..start_of(&["acme", "bee"]) });
    after.press(KeyCode::Char('y'));
    assert_eq!(labels(&after)[after.model.credentials.dataworld.chosen], "from environment (not set)");

    // These a run would use as well.
    let there = editing(CredentialNames::default(), environment(), &["acme", "bee"]);
    assert_eq!(there.model.credentials.saved_name(Service::DataWorld), None);
    let only = editing(CredentialNames::default(), Environment::default(), &["acme"]);
    assert_eq!(only.model.credentials.saved_name(Service::DataWorld).as_deref(), Some("acme"));
    let none = editing(CredentialNames::default(), Environment::default(), &[]);
    assert!(none.model.credentials.dataworld.is_new());
}
