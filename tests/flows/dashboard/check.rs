//! A check over the tabs Accounts and Exports: step by step, stopped, copied, made again.

use std::time::Duration;

use writeback::testing::accounts::{AccountRef, CredentialOrigin, CredentialOwner};
use writeback::testing::check::{Checked, State, Step, StepResult, Warning};
use writeback::testing::explain::Explanation;
use writeback::testing::export::{Export, Service};
use writeback::testing::services::domo::Hiding;
use writeback::testing::services::http::{Action, ApiError, Broken, Distrust, LinkFault};
use writeback::testing::transfer::{Failure, Refusal};
use writeback::testing::tui::dashboard::Tab;
use writeback::testing::tui::state::{CheckReply, Copied, Effect, Request, Subject, actions};

use crate::dashboard::support::Person;
use crate::requests::request;
use crate::samples::now;
use crate::screen::Driver as _;

/// The way to a service on another computer, and what is found on it.
const WAY: [(Step, &str); 7] = [
    (Step::Credentials, "account analyst"),
    (Step::Proxy, "none"),
    (Step::Name, "api.data.world is 104.18.2.35"),
    (Step::Connection, "104.18.2.35:443"),
    (Step::Tls, "the certificate is valid"),
    (Step::Service, "data.world answers at api.data.world"),
    (Step::Clock, "as the service's"),
];
const DATA_WORLD: [(Step, &str); 3] = [
    (Step::Token, "analyst (Ana \u{1b}[31mLyst)"),
    (Step::Permission, "may read and write"),
    (Step::End, "on 21 Nov 2027"),
];
const DOMO: [(Step, &str); 3] = [
    (Step::Token, "Ana Lyst, role Privileged, instance acme"),
    (Step::Permission, "scope data"),
    (Step::End, "on 21 Nov 2027"),
];
const INPUT: [(Step, &str); 4] = [
    (Step::DataSet, "Daily Sales by Region, 1,204,331 rows"),
    (Step::Owner, "owner or co-owner"),
    (Step::Pdp, "off"),
    (Step::Export, "its first 16.4 kB came"),
];
const OUTPUT: [(Step, &str); 2] = [
    (Step::Dataset, "acme-analytics/sales-mart, may write"),
    (Step::File, "daily-sales.csv exists (84.2 MB, 21 Nov 2026, by analyst): it will be replaced"),
];

fn result(service: Service, at: usize, (step, found): (Step, &str)) -> StepResult {
    let took = Some(Duration::from_micros(700 + 41_300 * at as u64));
    let account = CredentialOrigin::Account(if service == Service::Domo { "acme" } else { "analyst" }.to_owned());
    StepResult { service, account, step, state: State::Done(found.to_owned()), took, owner: None }
}

fn of(service: Service, parts: &[&[(Step, &str)]]) -> Vec<StepResult> {
    parts.concat().into_iter().enumerate().map(|(at, step)| result(service, at, step)).collect()
}

/// A test of a data.world account that has gone well.
fn account() -> Vec<StepResult> {
    of(Service::DataWorld, &[&WAY, &DATA_WORLD])
}

/// A check of an export that has gone well.
fn export() -> Vec<StepResult> {
    [of(Service::Domo, &[&WAY, &DOMO, &INPUT]), of(Service::DataWorld, &[&WAY, &DATA_WORLD, &OUTPUT])].concat()
}

/// A step of a service fails, and those after it are left out.
fn failing(mut results: Vec<StepResult>, service: Service, step: Step, broken: Broken) -> Vec<StepResult> {
    let reason = match step {
        Step::Connection => "no connection",
        Step::Tls => "no trusted connection",
        _ => "the API token was not accepted",
    };
    let error = ApiError { service, action: Action::Test, host: "api.data.world".to_owned(), broken };
    let mut left_out = false;
    for result in results.iter_mut().filter(|result| result.service == service) {
        if left_out {
            (result.state, result.took) = (State::Skipped(reason), None);
        }
        if result.step == step {
            result.state = State::Failed(Box::new(error.clone().into()));
            left_out = true;
        }
    }
    results
}

fn refused() -> Broken {
    Broken::Status {
        code: 401,
        message: Some("Invalid or expired authentication token".to_owned()),
        support_id: Some("b6267b6a-92de-4f15-b02d-10b073e76b83".to_owned()),
        retry_after: None,
    }
}

/// A step is under way, and those after it wait.
fn halfway(mut results: Vec<StepResult>, step: Step) -> Vec<StepResult> {
    let mut begun = false;
    for result in &mut results {
        begun |= result.step == step;
        if begun {
            let running = result.step == step;
            (result.state, result.took) = (if running { State::Running } else { State::Waiting }, None);
        }
    }
    results
}

fn wrong_twice() -> Vec<StepResult> {
    let mut results = failing(export(), Service::DataWorld, Step::Token, refused());
    for result in results.iter_mut().filter(|result| result.service == Service::Domo) {
        match result.step {
            Step::Owner => result.state = failed(Refusal::OwnerUnconfirmed(Hiding::Pdp).into()),
            Step::Pdp => result.state = State::Warned("on".to_owned(), Warning::Hiding(Hiding::Pdp)),
            _ => {}
        }
    }
    results
}

fn failed(failure: Failure) -> State {
    State::Failed(Box::new(failure))
}

/// Says how far the check is that was asked for last.
fn progress(person: &mut Person, export: Option<Export>, results: Vec<StepResult>) {
    let addresses = vec![(Service::DataWorld, "https://api.data.world/v0".to_owned())];
    let checked = Checked { begun: now(), addresses, export, results };
    let request = asked(person);
    person.reply(&request, CheckReply::Progress(Box::new(checked)));
}

fn asked(person: &Person) -> Request<CheckReply> {
    person.effects.iter().rev().find_map(request).expect("a check is asked for")
}

fn testing(results: Vec<StepResult>) -> Person {
    let mut person = crate::dashboard::accounts::with_accounts();
    person.press("Home t");
    progress(&mut person, None, results);
    person
}

fn checking(results: Vec<StepResult>) -> Person {
    let mut person = Person::usual();
    person.on("Daily sales").press("t");
    let export = person.app.home.exports.list.under_cursor().unwrap().export.clone().unwrap();
    progress(&mut person, Some(*export), results);
    person
}

fn stopped(person: &Person) -> usize {
    person.effects.iter().filter(|effect| matches!(effect, Effect::Cancel(_))).count()
}

/// Every state of a check by the name of its snapshot.
pub(crate) fn states() -> Vec<(&'static str, Person)> {
    let data_world = Service::DataWorld;
    let unreachable = Broken::Connect(LinkFault::Other("no answer within 10.0 s".to_owned()));
    let mut asked = crate::dashboard::accounts::with_accounts();
    asked.press("Home t");
    let mut second = checking(wrong_twice());
    second.press("Down Down");
    vec![
        ("home_check_asked", asked),
        ("home_check_midway", testing(halfway(account(), Step::Connection))),
        ("home_check_good", testing(account())),
        ("home_check_refused", testing(failing(account(), data_world, Step::Token, refused()))),
        ("home_check_unreachable", testing(failing(account(), data_world, Step::Connection, unreachable))),
        ("home_check_expired", testing(failing(account(), data_world, Step::Tls, Broken::Tls(Distrust::Expired)))),
        ("home_check_export_midway", checking(halfway(export(), Step::Token))),
        ("home_check_export_good", checking(export())),
        ("home_check_export_wrong", checking(wrong_twice())),
        ("home_check_export_wrong_below", second),
    ]
}

#[test]
fn a_test_shows_its_steps_and_is_stopped_by_esc() {
    let mut person = crate::dashboard::accounts::with_accounts();
    person.press("Home t");
    let subject = Subject::Account(AccountRef::Account(Service::DataWorld, "analyst".to_owned()));
    assert!(person.effects.iter().any(|effect| matches!(effect, Effect::Check { subject: of, .. } if *of == subject)));
    assert!(person.line("Test of analyst").contains("● testing…"));
    progress(&mut person, None, halfway(account(), Step::Connection));
    assert!(person.line("Connection").contains("● Connection     running"));
    assert!(person.line("Test of analyst").contains("● testing, 3 of 10 steps"));
    person.press("y t 1");
    assert_eq!((person.copied(), person.app.home.tab, person.has_quit()), ("", Tab::Exports, false));
    person.press("3");
    assert!(person.line("Test of analyst").contains("● testing"), "it goes on meanwhile");
    let request = asked(&person);
    person.press("Esc");
    assert!(person.effects.contains(&Effect::Cancel(request.id)));
    assert!(person.line("Service").contains("Last tested"), "the list is back");
    // A reply that was on its way comes too late.
    progress(&mut person, None, account());
    person.reply(&request, CheckReply::Ended(Err(Explanation::new("Too late.", ""))));
    assert!(person.app.home.check.is_none());
    assert_eq!(person.notice(), "");
    assert!(matches!(person.effects.last(), Some(Effect::LoadHome { .. })), "what was kept nevertheless is read");
}

#[test]
fn a_test_that_has_ended_is_read_copied_and_made_again() {
    let mut person = testing(failing(account(), Service::DataWorld, Step::Token, refused()));
    person.effects.retain(|effect| matches!(effect, Effect::Check { .. }));
    let request = asked(&person);
    person.reply(&request, CheckReply::Ended(Ok(())));
    assert!(
        person.effects.iter().any(|effect| matches!(effect, Effect::LoadHome { .. })),
        "whether it is valid is read again"
    );
    let text = person.text(80, 24);
    for part in
        ["✗ 1 step failed", "✗ API token      failed", "289 ms", "Copy the token again", "– May write      skipped"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    person.press("y");
    let report = person.copied().to_owned();
    for part in [
        concat!("Writeback ", env!("CARGO_PKG_VERSION")),
        "data.world  https://api.data.world/v0\n",
        "data.world  Credentials     done in 0 ms, account analyst\n",
        "data.world  API token       failed in 289 ms\n",
        "            data.world does not accept the API token (401).",
        "            Support id b6267b6a-92de-4f15-b02d-10b073e76b83\n",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    assert!(!report.contains('\u{1b}'));
    person.is_copied(Copied::Tmux);
    assert_eq!(person.notice(), "Copied to tmux.");
    person.press("t");
    assert_ne!(asked(&person), request);
    assert!(person.line("Test of analyst").contains("● testing…"));
    progress(&mut person, None, account());
    assert!(person.line("Test of analyst").contains("✓ no problems"));
    person.press("Enter");
    assert!(person.app.home.check.is_none());
    assert_eq!(stopped(&person), 0, "there was nothing to stop any more");
}

#[test]
fn a_test_that_cannot_begin_says_why_on_the_tab() {
    let mut person = crate::dashboard::accounts::with_accounts();
    person.press("Home t");
    let request = asked(&person);
    person.reply(&request, CheckReply::Ended(Err(Explanation::new("The accounts cannot be read.", "Look."))));
    assert!(person.app.home.check.is_none());
    assert_eq!(person.notice(), "The accounts cannot be read. Look.");
    // Once it has begun its steps stay, whatever cannot be kept.
    let mut person = testing(account());
    let request = asked(&person);
    person.reply(&request, CheckReply::Ended(Err(Explanation::new("The disk is full.", ""))));
    assert_eq!(person.notice(), "The disk is full.");
    assert!(person.app.home.check.is_some());
}

#[test]
fn all_accounts_are_tested_without_their_steps() {
    let mut person = crate::dashboard::accounts::with_accounts();
    person.press("a");
    let test = |effect: &&Effect| matches!(effect, Effect::TestAccount { .. });
    assert_eq!(person.effects.iter().filter(test).count(), 3);
    assert!(person.app.home.check.is_none());
}

#[test]
fn an_export_is_checked_with_all_that_it_needs() {
    let mut person = Person::usual();
    person.on("Daily sales").press("t");
    let Some(Effect::Check { subject: Subject::Export(export), .. }) = person.effects.last() else {
        panic!("{:?}", person.effects)
    };
    assert_eq!(export.name, "Daily sales");
    // Keys of the tab below do nothing to it.
    let asked = person.effects.len();
    person.press("r d e x h n");
    assert_eq!(person.effects.len(), asked);
    assert!(person.app.home.overlay.is_none());
    person.press("Esc").on("broken").press("t");
    assert!(person.app.home.check.is_none(), "a definition that cannot be read cannot be checked");
}

#[test]
fn a_check_of_an_export_tests_its_accounts() {
    let mut person = crate::dashboard::accounts::with_accounts();
    person.press("3");
    assert!(person.line("acme  ").contains("3 h ago"), "{}", person.text(80, 24));
    person.press("1").on("Daily sales").press("t");
    let mut results = failing(export(), Service::Domo, Step::DataSet, refused());
    let owner = CredentialOwner { user: Some("analyst".to_owned()), instance: None, reads_only: false };
    for result in results.iter_mut().filter(|result| result.step == Step::Token) {
        result.owner = Some(owner.clone());
    }
    progress(&mut person, None, results);
    person.press("Esc 3");
    for account in ["acme  ", "analyst  "] {
        assert!(person.line(account).contains("just now"), "{}", person.text(80, 24));
    }
}

#[test]
fn the_help_explains_the_connectors_words_where_keys_leave_room() {
    let mut person = checking(export());
    person.press("F1");
    let text = person.text(80, 24);
    assert!(text.contains("Owner rule  only an owner or co-owner exports a DataSet"), "{text}");
    assert!(text.contains("PDP         Personalized Data Permissions, may hide rows"), "{text}");
    let mut person = Person::usual();
    person.on("Daily sales").press("r Enter F1");
    for (width, height) in [(80, 24), (60, 15)] {
        let text = person.text(width, height);
        assert!(text.contains("Proof       rows equal Domo's, size equals data.world's\n"), "{text}");
    }
    let low = person.text(60, 12);
    assert!(low.contains("help") && !low.contains("rows equal"), "{low}");
}

#[test]
fn each_problem_can_be_brought_into_sight() {
    for (width, height) in [(80, 24), (60, 15)] {
        let mut person = checking(wrong_twice());
        assert!(person.text(width, height).contains("✗ Owner rule     failed"));
        assert!(person.text(width, height).contains("… ↓ shows the next problem"));
        let before = person.text(width, height);
        assert_ne!(person.press("Down").text(width, height), before, "each key does something");
        person.press("Down Down");
        let text = person.text(width, height);
        assert!(text.contains("✗ API token      failed") && text.contains("Support id b6267b6a"), "{text}");
        person.press("Up Up");
        assert!(person.text(width, height).contains("✗ Owner rule     failed"));
    }
    let mut person = testing(account());
    person.press("Down");
    assert_eq!(person.app.home.check.as_ref().unwrap().problem, 0, "there is none");
}

#[test]
fn every_key_that_the_footer_names_does_something() {
    for (name, person) in states() {
        for hint in actions::footer(&person.app.home) {
            let mut person = states().into_iter().find(|(of, _)| *of == name).unwrap().1;
            let (before, asked) = (format!("{:?}", person.app), person.effects.len());
            person.press(hint.keys.split(' ').next().unwrap());
            assert!(person.effects.len() > asked || format!("{:?}", person.app) != before, "{name}: {hint:?}");
        }
    }
}
