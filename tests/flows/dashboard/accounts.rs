//! The tab Accounts: what each is used by, and what is done with it.

use writeback::testing::accounts::{
    Account, AccountRef, CredentialOrigin, CredentialOwner, KeyringError, Named, SecretHome, Stored,
};
use writeback::testing::check::{Checked, State, Step, StepResult};
use writeback::testing::explain::Explanation;
use writeback::testing::export::Service;
use writeback::testing::services::dataworld::User;
use writeback::testing::services::domo::DomoIdentity;
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::dashboard::Overlay;
use writeback::testing::tui::state::{AccountChange, Answer, CheckReply, Effect, Login, Msg, Subject, Tested};
use writeback::testing::tui::wizard::Field;

use crate::dashboard::support::{Person, export, three_hours_ago};
use crate::samples::{now, start, stored};
use crate::screen::Driver as _;

pub(crate) fn account(service: Service, name: &str) -> Account {
    Account {
        instance: (service == Service::Domo).then(|| "acme".to_owned()),
        user: Some("Ana \u{1b}[31mLyst".to_owned()),
        tested: Some(three_hours_ago()),
        ..Account::new(service, name)
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
fn exports_that_cannot_be_read_are_named_before_an_account_is_removed() {
    let mut person = with_accounts();
    let broken = |name: &str| writeback::testing::tui::state::SavedExport {
        export: Err("line 1: unknown key `nmae`".to_owned()),
        ..export(name, "")
    };
    person.press("Delete");
    assert!(!person.text(80, 24).contains("cannot be read"));
    for (name, said) in [
        ("broken", "The export broken cannot be read, and may use it too."),
        ("torn", "The exports broken, torn cannot be read, and may use it too."),
    ] {
        person.saved.push(broken(name));
        person.press("Esc F5").answer().press("Delete");
        for (width, height) in [(80, 24), (60, 15)] {
            let text = person.text(width, height);
            let words: Vec<&str> = text.lines().filter_map(|line| line.split('│').nth(1)).map(str::trim).collect();
            let words = words.join(" ");
            assert!(words.contains(said) && words.contains("Daily sales stops working."), "{text}");
            assert!(words.contains("Its secret is removed too."), "{text}");
        }
    }
}

#[test]
fn each_is_renamed_moved_and_removed() {
    let mut person = with_accounts();
    person.press("Home Down").press("Up");
    let text = person.text(80, 24);
    assert!(text.contains("not valid"), "{text}");
    person.press("Home");

    person.press("e n Ctrl-U").type_text("a/b").press("Enter");
    assert!(person.text(80, 24).contains("cannot contain"), "a wrong name is said to be one");
    person.press("Ctrl-U").type_text("ann").press("Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::Rename("ann".to_owned()))]);
    assert!(person.line("analyst  ").contains("● changing…"));
    let request = person.asked(|effect| matches!(effect, Effect::ChangeAccount { .. }));
    person.reply(&request, Answer::<String>::Err(Explanation::new("It was refused.", "Take another.")));
    assert_eq!(person.notice(), "It was refused. Take another.");
    person.answer().effects.clear();
    person.press("e m Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::MoveTo("old".to_owned()))]);
    person.effects.clear();
    person.press("Delete");
    let Some(Overlay::Ask(question)) = &person.app.home.overlay else { panic!("it asks") };
    assert!(question.text.starts_with("The export Daily sales stops working."), "{}", question.text);
    person.press("y");
    assert_eq!(changes(&person), [("analyst", &AccountChange::Remove)]);
}

#[test]
fn the_cursor_stays_on_an_account_that_is_renamed() {
    let mut person = with_accounts();
    person.press("Home e n Ctrl-U").type_text("zoe").press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::ChangeAccount { .. }));
    let renamed = Account { name: "zoe".to_owned(), ..person.accounts.remove(0) };
    person.press("F5").answer();
    person.accounts.push(renamed);
    person.reply(&request, Answer::Ok("It is called zoe.".to_owned())).answer();
    person.press("e n");
    assert!(person.text(80, 24).contains("Rename zoe"), "{}", person.text(80, 24));
}

/// The same, with a token in the environment, and half of a Domo client.
pub(crate) fn with_an_environment() -> Person {
    let mut start = start();
    start.accounts = vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")];
    start.environment.dataworld_token = Some(Secret::new("a.b.c"));
    start.environment.domo_client_id = Some("id".to_owned());
    let mut person = Person::keeping(&start);
    person.saved = vec![export("Costs", "[credentials]\ndomo = \"acme\"")];
    person.press("F5").answer().press("3 Home");
    person
}

/// A test of all of them, of which the first was refused and the second could not be made.
pub(crate) fn midway() -> Person {
    let mut person = with_an_environment();
    person.press("a");
    let why = |what: &str| Explanation::new(what, "Do something.");
    tested(&mut person, Tested::Refused(why("data.world does not accept the API token (401).")));
    tested(&mut person, Tested::Unknown(why("Domo could not be reached: no answer within 10.0 s.")));
    person
}

/// Answers the first test that is not answered yet.
fn tested(person: &mut Person, tested: Tested) {
    let request = person.asked(|effect| matches!(effect, Effect::TestAccount { .. }));
    person.reply(&request, tested);
}

#[test]
fn all_are_tested_each_in_its_row_and_counted_at_the_end() {
    let mut person = with_an_environment();
    person.press("a");
    let holders: Vec<AccountRef> = person
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::TestAccount { holder, .. } => Some(holder.clone()),
            _ => None,
        })
        .collect();
    let account_of = |service, name: &str| AccountRef::Account(service, name.to_owned());
    let environment = [Service::DataWorld, Service::Domo].map(AccountRef::Environment);
    let [dataworld, domo] = environment;
    let (analyst, acme) = (account_of(Service::DataWorld, "analyst"), account_of(Service::Domo, "acme"));
    assert_eq!(holders, [analyst, acme, dataworld, domo]);
    assert_eq!(person.text(80, 24).matches("● testing…").count(), 4);
    assert!(person.line("testing, 0 of 4").contains('●'));
    person.press("a");
    assert_eq!(person.notice(), "All 4 are being tested.");
    assert_eq!(person.effects.len(), 4, "none is tested twice");

    let mut person = midway();
    let text = person.text(80, 24);
    for part in ["● testing, 2 of 4", "✗ not valid", "! could not be tested", "● testing…", "does not accept the API"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let owner = Account { user: Some("pat".to_owned()), ..account(Service::DataWorld, "from environment") };
    tested(&mut person, Tested::Valid(Box::new(owner)));
    assert!(person.line("from environment  data.world").contains("pat"), "it is not waited for the others");
    assert_eq!(person.notice(), "");
    tested(&mut person, Tested::Unknown(Explanation::new("Half.", "")));
    let said = "Tested 4: 1 valid, 1 not valid, 2 could not be tested. What is wrong is said under the list.";
    assert_eq!(person.notice(), said);
    assert_eq!(person.effects.len(), 1, "what was written down is read once: {:?}", person.effects);
    // The next test of all begins anew, and what was wrong is forgotten where it is not any more.
    person.answer().press("a");
    for (service, name) in [
        (Service::DataWorld, "analyst"),
        (Service::Domo, "acme"),
        (Service::DataWorld, "from environment"),
        (Service::Domo, "from environment"),
    ] {
        tested(&mut person, Tested::Valid(Box::new(account(service, name))));
    }
    assert_eq!(person.notice(), "Tested 4: 4 valid.");
    assert!(!person.text(80, 24).contains("does not accept"));
}

#[test]
fn what_the_environment_has_is_tested_and_not_changed() {
    let mut person = with_an_environment();
    person.press("Down");
    let text = person.text(80, 24);
    assert!(text.contains("Set in DW_AUTH_TOKEN. Used by Costs"), "{text}");
    for key in ["e c", "e n", "Delete"] {
        person.press(key);
        assert!(person.notice().starts_with("These credentials are DW_AUTH_TOKEN in the environment: "), "{key}");
        assert!(person.app.home.overlay.is_none() && person.app.wizard.is_none());
    }
    person.press("e m");
    assert!(person.notice().starts_with("Costs cannot be moved here: an export that uses the environment names no"));
    // Half a pair says what is missing.
    person.press("End");
    let text = person.text(80, 24);
    assert!(text.contains("✗ cannot be used") && text.contains("but DOMO_CLIENT_SECRET is not"), "{text}");
    person.press("e m");
    assert_eq!(person.notice(), "No export uses the credentials from environment: there is nothing to move.");

    person.press("Home Down t");
    assert!(person.line("Test of").contains("Test of data.world, from environment"));
    let request = match person.effects.last() {
        Some(Effect::Check { request, subject: Subject::Account(AccountRef::Environment(Service::DataWorld)) }) => {
            request.clone()
        }
        other => panic!("{other:?}"),
    };
    let owner = CredentialOwner { user: Some("analyst".to_owned()), ..CredentialOwner::default() };
    let token = StepResult {
        service: Service::DataWorld,
        account: CredentialOrigin::Environment,
        step: Step::Token,
        state: State::Done("analyst".to_owned()),
        took: None,
        owner: Some(owner),
    };
    let checked = Checked { begun: now(), addresses: Vec::new(), export: None, results: vec![token] };
    // It is left as soon as it shows the end, which comes a moment before the message that nothing more comes.
    person.reply(&request, CheckReply::Progress(Box::new(checked))).press("Esc");
    person.reply(&request, CheckReply::Ended(Ok(()))).answer();
    assert!(person.line("data.world  analyst").contains("✓ "), "{}", person.text(80, 24));
}

#[test]
fn what_was_said_of_a_refusal_goes_when_another_test_finds_the_account_valid() {
    let mut person = with_an_environment();
    person.press("Home a");
    let (said, now) = ("It does not accept the API token.", person.app.home.now);
    tested(&mut person, Tested::Refused(Explanation::new(said, "Copy it again.")));
    person.accounts[0].refused = Some(now);
    person.press("F5").answer();
    assert!(person.text(80, 24).contains("✗ not valid") && person.text(80, 24).contains(said));
    person.accounts[0] = Account { tested: Some(now), refused: None, ..person.accounts[0].clone() };
    person.press("F5").answer();
    let row = person.line("analyst  ");
    assert!(row.contains("✓ just now") && !person.text(80, 24).contains(said), "{row}");
}

#[test]
fn an_account_without_exports_says_that_there_is_nothing_to_move() {
    let mut person = with_accounts();
    person.press("Home Down e m");
    assert_eq!(person.notice(), "No export uses the account old: there is nothing to move.");
    assert!(person.app.home.overlay.is_none());
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
    person.press("n w");
    let text = person.text(80, 24);
    assert!(text.contains("data.world account") && !text.contains("Client id"), "{text}");
    person.press("Esc");
    assert!(person.app.wizard.is_none());
    person.press("Home e c");
    let text = person.text(80, 24);
    assert!(text.contains("The account analyst exists: it will get these credentials."), "{text}");
}

#[test]
fn new_credentials_go_to_the_address_of_the_account_that_gets_them() {
    let mut start = start();
    start.environment.domo_url = Some("https://usual.example/".to_owned());
    let own = Some("https://own.example/".to_owned());
    start.accounts = vec![Account { address: own.clone(), ..account(Service::Domo, "acme") }];
    let mut person = Person::keeping(&start);
    person
        .press("F5")
        .answer()
        .press("3 Home e c Tab Tab")
        .tell(Msg::Paste(Secret::new("a-new-token")))
        .press("Ctrl-N");
    let tested = person.effects.iter().find_map(|effect| match effect {
        Effect::TestDomo { request, login: Login::Entered { address, .. } } => Some((request.clone(), address.clone())),
        _ => None,
    });
    let (request, address) = tested.unwrap_or_else(|| panic!("{}", person.text(80, 24)));
    assert_eq!(address, own);
    let (user_id, instance) = (Some("27".to_owned()), Some("acme".to_owned()));
    let identity = DomoIdentity { user_id, user_name: None, instance, role: None, scopes: Vec::new() };
    person.reply(&request, Answer::Ok(identity));
    let Some(Effect::KeepAccount { account, .. }) = person.effects.last() else {
        panic!("{:?}", person.effects.last())
    };
    assert_eq!(account.address, own);
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
    person.press("Home e n Ctrl-U").type_text("ann");
    gone(&mut person);
    person.press("Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::Rename("ann".to_owned()))]);
    let mut person = with_accounts();
    person.press("Home e m");
    gone(&mut person);
    person.press("Enter");
    assert_eq!(changes(&person), [("analyst", &AccountChange::MoveTo("old".to_owned()))]);
}

/// A new data.world account, whose token was found valid and is being kept.
pub(crate) fn being_kept() -> Person {
    let mut person = with_accounts();
    person.press("n w").tell(Msg::Paste(Secret::new("a.b.c"))).press("Ctrl-N");
    let request = person.asked(|effect| matches!(effect, Effect::TestDataWorld { .. }));
    let user = User { id: "ann".to_owned(), display_name: None, base_url: None, token_may_write: Some(true) };
    person.reply(&request, Answer::Ok(user));
    person
}

/// The account has been kept, or has not.
pub(crate) fn kept(person: &mut Person, result: Result<SecretHome, Explanation>) {
    let request = person.asked(|effect| matches!(effect, Effect::KeepAccount { .. }));
    person.reply(&request, result.map(stored));
}

#[test]
fn an_account_that_could_not_be_saved_is_not_left_behind() {
    let mut person = being_kept();
    kept(&mut person, Err(Explanation::new("The disk is full.", "Make room.")));
    let wizard = person.app.wizard.as_ref().expect("what was entered is still there");
    assert_eq!(wizard.focus, Field::DATA_WORLD_NAME);
    let text = person.text(80, 24);
    assert!(text.contains("✗ The account was not saved. The disk is full.\n") && text.contains("Make room."), "{text}");
    assert!(text.contains("ann, not saved"), "{text}");
    let low = person.text(60, 15);
    assert!(low.contains("The account was not saved."), "{low}");
    // Going on again tries again, under the same name or another one.
    person.press("Ctrl-N");
    kept(&mut person, Ok(SecretHome::Session(KeyringError::NoBus)));
    let text = person.text(80, 24);
    assert!(text.contains("The account was not saved, because its secret cannot be stored."), "{text}");
    person.press("Ctrl-N");
    kept(&mut person, Ok(SecretHome::Keyring("Secret Service")));
    assert!(person.app.wizard.is_none(), "it is kept");
}

#[test]
fn exports_that_used_the_only_account_are_named_at_home() {
    let mut person = being_kept();
    let request = person.asked(|effect| matches!(effect, Effect::KeepAccount { .. }));
    let named = Named {
        service: Service::DataWorld,
        account: "analyst".to_owned(),
        exports: vec!["Costs".to_owned(), "Stock".to_owned()],
        cron: vec!["Nightly".to_owned()],
        failed: Vec::new(),
        unreadable: Vec::new(),
    };
    person.reply(&request, Answer::Ok(Stored { named: Some(named), ..stored(SecretHome::Keyring("Secret Service")) }));
    assert!(person.app.wizard.is_none(), "it is kept");
    let notice = person.notice();
    assert!(
        notice.starts_with(
            "The exports Costs, Stock used the only data.world account without naming it: their definitions name \
             analyst now. Nightly names no account, and cron has it: "
        ),
        "{notice}"
    );
    let low = person.text(60, 15);
    assert!(low.contains("Nightly names no account"), "{low}");
}
