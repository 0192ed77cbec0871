//! The tab Accounts: what each is used by, and what is done with it.

use writeback::accounts::{Account, SecretHome};
use writeback::dataworld::User;
use writeback::explain::Explanation;
use writeback::home::Overlay;
use writeback::secret::Secret;
use writeback::service::Service;
use writeback::state::{AccountChange, Effect, Msg, Reply};
use writeback::wizard::Field;

use crate::screen::start;
use crate::support::{Person, export, three_hours_ago};

pub(crate) fn account(service: Service, name: &str) -> Account {
    Account {
        name: name.to_owned(),
        service,
        client_id: None,
        instance: (service == Service::Domo).then(|| "acme".to_owned()),
        address: None,
        user: Some("Ana \u{1b}[31mLyst".to_owned()),
        tested: Some(three_hours_ago()),
        refused: None,
    }
}

/// Three accounts, one of which an export uses.
pub(crate) fn with_accounts() -> Person {
    let mut start = start();
    let refused = Account { refused: Some(three_hours_ago()), ..account(Service::DataWorld, "old") };
    start.accounts = vec![account(Service::DataWorld, "analyst"), refused, account(Service::Domo, "acme")];
    let mut person = Person::keeping(&start);
    person.saved = vec![export("Daily sales", "[credentials]\ndataworld = \"analyst\"")];
    person.press("F5").answer().press("3");
    person
}

fn changes(person: &Person) -> Vec<(&str, &AccountChange)> {
    let mut changes = Vec::new();
    for effect in &person.effects {
        if let Effect::ChangeAccount { name, change, .. } = effect {
            changes.push((name.as_str(), change));
        }
    }
    changes
}

#[test]
fn each_is_tested_renamed_moved_and_removed() {
    let mut person = with_accounts();
    person.press("Home Down").press("Up");
    let text = person.text(80, 24);
    assert!(text.contains("not valid"), "{text}");
    // Domo comes after data.world.
    person.press("Home a");
    let test = &AccountChange::Test;
    assert_eq!(changes(&person), [("analyst", test), ("old", test), ("acme", test)]);
    assert!(person.text(80, 24).contains("testing…"));
    let request = person.asked(|effect| matches!(effect, Effect::ChangeAccount { .. }));
    person.reply(request, Reply::AccountChanged(Err(Explanation::new("It was refused.", "Make another."))));
    assert_eq!(person.app.home.notice.as_ref().unwrap().text, "It was refused. Make another.");
    person.answer().effects.clear();
    person.press("Home");

    person.press("n Ctrl-U").type_text("a/b").press("Enter");
    assert!(person.text(80, 24).contains("cannot contain"), "a wrong name is said to be one");
    person.press("Ctrl-U").type_text("ann").press("Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::Rename("ann".to_owned()))]);
    person.effects.clear();
    person.press("m Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::MoveTo("old".to_owned()))]);
    person.effects.clear();
    person.press("Delete");
    let Some(Overlay::Ask(question)) = &person.app.home.overlay else { panic!("it asks") };
    assert!(question.text.starts_with("The export Daily sales stops working."), "{}", question.text);
    person.press("y");
    assert_eq!(changes(&person), [("analyst", &AccountChange::Remove)]);
}

#[test]
fn exports_that_name_no_account_use_the_only_one() {
    let mut start = start();
    start.accounts = vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")];
    let mut person = Person::keeping(&start);
    person.saved = vec![export("Costs", ""), export("Daily sales", "[credentials]\ndataworld = \"analyst\"")];
    person.press("F5").answer().press("3 Home");
    assert!(person.text(80, 24).contains("Used by Costs, Daily sales"), "{}", person.text(80, 24));
    person.press("Delete");
    let Some(Overlay::Ask(question)) = &person.app.home.overlay else { panic!("it asks") };
    assert!(question.text.starts_with("The exports Costs, Daily sales stop working."), "{}", question.text);

    start.environment.dataworld_token = Some(Secret::new("a.b.c"));
    let mut person = Person::keeping(&start);
    person.saved = vec![export("Costs", "")];
    person.press("F5").answer().press("3 Home");
    assert_eq!(person.app.home.accounts.list.under_cursor().unwrap().exports, [""; 0], "the environment comes first");
}

#[test]
fn add_and_replace_ask_for_the_credentials_of_one_service_and_come_back() {
    let mut person = with_accounts();
    person.press("w");
    let text = person.text(80, 24);
    assert!(text.contains("data.world account") && !text.contains("Client id"), "{text}");
    person.press("Esc");
    assert!(person.app.wizard.is_none());
    person.press("Home p");
    let text = person.text(80, 24);
    assert!(text.contains("The account analyst exists: it will get these credentials."), "{text}");
}

#[test]
fn what_is_typed_is_for_the_account_that_it_was_asked_for() {
    let gone = |person: &mut Person| {
        // Meanwhile another program has removed it, and the cursor is on the next one.
        person.accounts.retain(|account| account.name != "analyst");
        person.press("F5");
        let now = person.app.home.now + chrono::TimeDelta::minutes(5);
        person.tell(Msg::Now(now)).answer();
        assert_eq!(person.app.home.accounts.list.under_cursor().unwrap().account.name, "old");
    };
    let mut person = with_accounts();
    person.press("Home n Ctrl-U").type_text("ann");
    gone(&mut person);
    person.press("Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::Rename("ann".to_owned()))]);
    let mut person = with_accounts();
    person.press("Home m");
    gone(&mut person);
    person.press("Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::MoveTo("old".to_owned()))]);
}

/// A new data.world account, whose token was found valid and is being kept.
fn being_kept() -> Person {
    let mut person = with_accounts();
    person.press("w").tell(Msg::Paste(Secret::new("a.b.c"))).press("Ctrl-N");
    let request = person.asked(|effect| matches!(effect, Effect::TestDataWorld { .. }));
    let user = User { id: "ann".to_owned(), display_name: None, base_url: None, token_may_write: Some(true) };
    person.reply(request, Reply::DataWorldTested(Ok(user)));
    person
}

fn kept(person: &mut Person, result: Result<SecretHome, Explanation>) {
    let request = person.asked(|effect| matches!(effect, Effect::KeepAccount { .. }));
    person.reply(request, Reply::AccountKept(result));
}

#[test]
fn an_account_that_could_not_be_saved_is_not_left_behind() {
    let mut person = being_kept();
    kept(&mut person, Err(Explanation::new("The disk is full.", "Make room.")));
    let wizard = person.app.wizard.as_ref().expect("what was entered is still there");
    assert_eq!(wizard.focus, Field::DataWorldName);
    let text = person.text(80, 24);
    assert!(text.contains("The account was not saved. The disk is full. Make room."), "{text}");
    assert!(text.contains("ann, not saved"), "{text}");
    let low = person.text(60, 15);
    assert!(low.contains("The account was not saved."), "{low}");
    // Going on again tries again, under the same name or another one.
    person.press("Ctrl-N");
    kept(&mut person, Ok(SecretHome::Session("There is no keyring.".to_owned())));
    let text = person.text(80, 24);
    assert!(text.contains("The account was not saved, because its secret cannot be stored."), "{text}");
    person.press("Ctrl-N");
    kept(&mut person, Ok(SecretHome::Keyring("Secret Service")));
    assert!(person.app.wizard.is_none(), "it is kept");
}
