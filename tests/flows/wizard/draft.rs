//! An unfinished export: kept when the wizard is left, offered at the next start.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use writeback::testing::accounts::{SecretHome, Stored};
use writeback::testing::export::{Append, Export, Label, Service};
use writeback::testing::services::domo::Ownership;
use writeback::testing::tui::app::{App, update};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::wizard::{Draft, Effect, Field, Msg, Original, Overlay, Start, Step, review, spec};

use crate::samples;
use crate::wizard::support::*;

/// The draft of a wizard that is ended from outside, written and read back; and its text.
fn kept(wizard: &mut Wizard) -> Option<(Draft, String)> {
    let effects = wizard.tell(Msg::Ending);
    match &effects[..] {
        [] => None,
        [Effect::KeepDraft(draft)] => {
            let text = toml::to_string(draft).unwrap();
            let read: Draft = toml::from_str(&text).unwrap();
            assert_eq!(read, **draft);
            Some((read, text))
        }
        other => panic!("{other:?}"),
    }
}

fn start(draft: Option<Draft>, demo: bool) -> Wizard {
    let accounts = vec![
        account(Service::DataWorld, "other"),
        account(Service::DataWorld, "analyst"),
        account(Service::Domo, "other"),
        account(Service::Domo, "acme"),
    ];
    Wizard::started(Start { accounts, drafts: draft.into_iter().collect(), demo, ..samples::start() })
}

fn enter(wizard: &mut Wizard, field: Field, text: &str) {
    wizard.focus(field);
    wizard.ctrl('u');
    wizard.type_text(text);
}

/// Every pane with something in it, Name & Describe on screen.
fn filled_in() -> Wizard {
    let mut wizard = start(None, false);
    wizard.focus(Field::DATA_WORLD_ACCOUNT);
    wizard.press(KeyCode::Right);
    wizard.focus(Field::DOMO_ACCOUNT);
    wizard.press(KeyCode::Right);
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    details(&mut wizard);
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Char(' '));
    enter(&mut wizard, Field::DATASET_ID, "acme-analytics/sales-mart");
    wizard.press(KeyCode::Tab);
    wizard.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    enter(&mut wizard, Field::FILE_NAME, "weekly");
    wizard.focus(Field::APPEND);
    wizard.press(KeyCode::Left);
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Scheduling);
    wizard.focus(Field::INTERVAL);
    wizard.press(KeyCode::Right);
    wizard.press(KeyCode::Right);
    enter(&mut wizard, Field::START_TIME, "06:30");
    wizard.focus(Field::RETRY);
    wizard.press(KeyCode::Char(' '));
    enter(&mut wizard, Field::RETRY_MINUTES, "7");
    wizard.focus(Field::ONLY_WHEN_UPDATED);
    wizard.press(KeyCode::Char(' '));
    enter(&mut wizard, Field::KEEP, "14");
    wizard.ctrl('n');
    enter(&mut wizard, Field::EXPORT_NAME, "Weekly");
    enter(&mut wizard, Field::FILE_DESCRIPTION, "What was sold");
    wizard.tell(Msg::Intent(Intent::Choose(Field::FILE_LABELS, 3)));
    wizard
}

fn details(wizard: &mut Wizard) {
    assert_eq!(wizard.model.step, Step::Details);
    wizard.paste(DATA_SET);
    wizard.found(Ownership::Unknown);
    wizard.focus(Field::OWNER_CONFIRMED);
    wizard.press(KeyCode::Char(' '));
}

#[test]
fn what_was_entered_is_there_again_at_the_next_start() {
    let mut before = filled_in();
    let (draft, _) = kept(&mut before).unwrap();
    let mut after = start(Some(draft.clone()), false);
    assert_eq!(after.model.overlay, Some(Overlay::Draft));
    after.press(KeyCode::Enter);
    assert_eq!((after.model.overlay, after.model.step), (None, Step::Credentials), "they are tested");
    after.reply(Answer::Ok(user()));
    after.reply(Answer::Ok(identity()));
    assert_eq!(after.model.step, Step::Details);
    after.found(Ownership::Unknown);
    after.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    assert_eq!((after.model.step, after.model.focus), (Step::Describe, Field::FILE_LABELS), "where they were");
    assert!(after.model.shell.notice.as_ref().unwrap().text.starts_with("Continuing your draft."));
    let export = review::export(&after.model).unwrap();
    assert_eq!(Some(&export), review::export(&before.model).as_ref());
    assert_eq!((export.name.as_str(), export.output.append), ("Weekly", Append::Number));
    assert_eq!((export.output.labels, export.input.owner_confirmed), (vec![Label::CleanData], true));
    assert_eq!(export.credentials.domo.as_deref(), Some("acme"));
    // Left once more, it is the same draft, begun when it was begun.
    after.tell(Msg::Now(at(2026, 12, 24)));
    assert_eq!(kept(&mut after).unwrap().0, draft);
}

#[test]
fn the_way_to_where_a_draft_was_left_ends_at_what_is_wrong_and_no_run_is_begun_on_it() {
    let (mut draft, text) = kept(&mut filled_in()).unwrap();
    let tested = |draft: &Draft| {
        let mut wizard = start(Some(draft.clone()), false);
        wizard.press(KeyCode::Char('y'));
        wizard.reply(Answer::Ok(user()));
        wizard.reply(Answer::Ok(identity()));
        wizard.found(Ownership::Unknown);
        wizard
    };
    // The dataset is gone.
    let mut gone = tested(&draft);
    gone.reply(DatasetReply::Dataset(Err(why("There is no such dataset."))));
    assert_eq!((gone.model.step, gone.model.focus), (Step::Details, Field::DATASET_ID));
    gone.ctrl('n');
    gone.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    assert_eq!(gone.model.step, Step::Scheduling, "by hand, pane by pane");

    // Whoever goes back on the way stays there.
    let mut back = tested(&draft);
    back.ctrl('p');
    back.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    assert_eq!(back.model.step, Step::Credentials);

    // A draft of the version in which a run was a pane of its own.
    let place = text.lines().find(|line| line.starts_with("left_at")).unwrap();
    draft = toml::from_str(&text.replace(place, "left_at = [5, \"progress\"]")).unwrap();
    let mut run = tested(&draft);
    run.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    assert_eq!((run.model.step, run.model.focus), (Step::Review, Field::SAVE_AND_RUN));

    // A draft of an earlier version.
    draft = toml::from_str(&text.replace(place, "")).unwrap();
    let mut old = start(Some(draft), false);
    assert!(old.press(KeyCode::Char('y')).is_empty());
    assert_eq!(old.model.step, Step::Credentials);
}

#[test]
fn secrets_are_entered_again_on_the_way_to_where_a_draft_was_left() {
    let mut before = Wizard::first_start();
    before.paste(TOKEN);
    before.focus(Field::DOMO_CLIENT_ID);
    before.type_text("b0876cee");
    before.focus(Field::DOMO_CLIENT_SECRET);
    before.paste(CLIENT_SECRET);
    before.ctrl('n');
    before.reply(Answer::Ok(user()));
    before.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    before.reply(Answer::Ok(identity()));
    before.reply(Answer::<Stored>::Err(why("There is no room.")));
    assert_eq!(before.model.step, Step::Details);
    before.paste(DATA_SET);
    let (draft, _) = kept(&mut before).unwrap();
    let mut after = start(Some(draft), false);
    after.press(KeyCode::Char('y'));
    assert!(after.model.errors.is_empty(), "nothing was done wrong");
    assert!(after.model.shell.notice.as_ref().unwrap().text.starts_with("Enter what is missing here,"));
    assert_eq!(after.model.focus, Field::DOMO_CLIENT_SECRET);
    after.paste(CLIENT_SECRET);
    after.ctrl('n');
    after.reply(Answer::Ok(user()));
    after.reply(Answer::Ok(identity()));
    after.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    assert_eq!((after.model.step, after.model.focus), (Step::Details, Field::INPUT_DATA_SET));
}

#[test]
fn every_field_that_takes_text_is_kept_and_no_secret_is() {
    let mut wizard = Wizard::first_start();
    let mut there = wizard.model.fields();
    wizard.paste(TOKEN);
    wizard.focus(Field::DOMO_CLIENT_ID);
    wizard.type_text("b0876cee");
    wizard.focus(Field::DOMO_CLIENT_SECRET);
    wizard.paste(CLIENT_SECRET);
    let (_, text) = kept(&mut wizard).unwrap();
    assert!(text.contains("b0876cee") && !text.contains(TOKEN) && !text.contains(CLIENT_SECRET), "{text}");
    wizard.focus(Field::DOMO_METHOD);
    wizard.press(KeyCode::Char(' '));
    there.extend(wizard.model.fields());
    wizard.focus(Field::DOMO_TOKEN);
    wizard.paste("a-developer-token");
    let (_, text) = kept(&mut wizard).unwrap();
    assert!(!text.contains("a-developer-token") && !text.contains(TOKEN), "{text}");

    let mut wizard = filled_in();
    there.extend(wizard.model.fields());
    wizard.ctrl('p');
    for _ in 0..3 {
        for _ in 0..6 {
            there.extend(wizard.model.fields());
            wizard.focus(if wizard.model.fields().contains(&Field::INTERVAL) {
                Field::INTERVAL
            } else {
                Field::SCHEDULE_MODE
            });
            if wizard.model.focus == Field::INTERVAL {
                wizard.press(KeyCode::Right);
            }
        }
        if wizard.model.fields().contains(&Field::BY_INTERVAL) {
            wizard.focus(Field::BY_INTERVAL);
            wizard.press(KeyCode::Right);
            there.extend(wizard.model.fields());
        }
        wizard.focus(Field::SCHEDULE_MODE);
        wizard.press(KeyCode::Right);
    }
    wizard.ctrl('p');
    there.extend(wizard.model.fields());
    let (_, text) = kept(&mut wizard).unwrap();
    let fields = text.parse::<toml::Table>().unwrap()["fields"].as_table().unwrap().clone();
    for field in there.into_iter().filter(|field| spec(*field).takes_text() && !spec(*field).is_secret()) {
        assert!(fields.contains_key(field.name()), "{field:?} is not among {fields:?}");
    }
}

#[test]
fn leaving_keeps_what_was_entered_and_nothing_else() {
    let mut wizard = filled_in();
    wizard.press(KeyCode::Esc);
    let effects = wizard.press(KeyCode::Char('y'));
    assert!(matches!(effects[..], [Effect::KeepDraft(_), Effect::LeaveWizard]), "{effects:?}");
    let effects = filled_in().ctrl('c');
    assert!(matches!(effects[..], [Effect::KeepDraft(_), Effect::Quit]), "{effects:?}");

    assert_eq!(kept(&mut start(None, false)), None, "nothing was entered");
    let mut demo = start(None, true);
    demo.focus(Field::DATA_WORLD_ACCOUNT);
    demo.press(KeyCode::Right);
    assert!(demo.model.touched);
    assert_eq!(kept(&mut demo), None, "the demo keeps nothing");
}

#[test]
fn a_draft_is_dropped_when_it_is_declined_or_saved() {
    let (draft, _) = kept(&mut filled_in()).unwrap();
    let mut declined = start(Some(draft.clone()), false);
    assert_eq!(declined.press(KeyCode::Char('n')), [Effect::DropDraft(now())]);
    assert_eq!((declined.model.overlay, kept(&mut declined)), (None, None));
    // Esc puts the decision off.
    let mut later = start(Some(draft), false);
    assert!(later.press(KeyCode::Esc).is_empty());
    assert_eq!(later.model.overlay, None);
    assert_eq!(later.press(KeyCode::Esc), [Effect::LeaveWizard]);

    let mut saved = Wizard::at_review();
    assert!(kept(&mut saved).is_some());
    saved.ctrl('s');
    assert_eq!(saved.reply(saved_as("weekly")), [Effect::DropDraft(now())]);
    assert_eq!(kept(&mut saved), None);
    let mut refused = Wizard::at_review();
    assert!(kept(&mut refused).is_some());
    refused.ctrl('s');
    assert!(refused.reply(SaveReply::Failed(why("No."))).is_empty());
}

#[test]
fn an_account_that_was_entered_and_kept_is_a_saved_one_then() {
    let mut wizard = Wizard::first_start();
    wizard.paste(TOKEN);
    wizard.focus(Field::DOMO_CLIENT_ID);
    wizard.type_text("b0876cee");
    wizard.focus(Field::DOMO_CLIENT_SECRET);
    wizard.paste(CLIENT_SECRET);
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(stored(SecretHome::Keyring("Secret Service"))));
    let (draft, _) = kept(&mut wizard).unwrap();
    let mut after = start(Some(draft), false);
    after.press(KeyCode::Char('y'));
    let credentials = &after.model.credentials;
    assert_eq!(credentials.saved_name(Service::DataWorld).as_deref(), Some("analyst"));
    assert!(credentials.domo.is_new());
    assert_eq!(credentials.values.text(Field::DOMO_CLIENT_ID), "b0876cee");
}

#[test]
fn home_offers_what_was_left_as_soon_as_a_new_export_is_opened() {
    let (draft, _) = kept(&mut filled_in()).unwrap();
    let start = Start { drafts: vec![draft], ..samples::start() };
    let mut app = App::at_home(&start);
    assert_eq!(app.home.unfinished, Some(now()));
    let press = |app: &mut App, code| update(app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    press(&mut app, KeyCode::Char('n'));
    assert_eq!(app.wizard.as_ref().unwrap().overlay, Some(Overlay::Draft));
    press(&mut app, KeyCode::Char('y'));
    // Left for home once more, it is kept and offered again.
    press(&mut app, KeyCode::Esc);
    let effects = press(&mut app, KeyCode::Char('y'));
    assert!(matches!(effects.first(), Some(Effect::KeepDraft(_))), "{effects:?}");
    assert!(app.wizard.is_none());
    press(&mut app, KeyCode::Char('n'));
    assert_eq!(press(&mut app, KeyCode::Char('n')), [Effect::DropDraft(now())]);
    press(&mut app, KeyCode::Esc);
    press(&mut app, KeyCode::Char('n'));
    assert_eq!(app.wizard.as_ref().unwrap().overlay, None, "declined once and for all");
    assert_eq!(app.home.unfinished, None);
}

/// The same draft, begun on that day of the month.
fn begun(draft: &Draft, day: u32) -> Draft {
    let mut draft = draft.clone();
    draft.began = at(2026, 11, day);
    draft
}

/// Saves the export on screen, and returns the effects on drafts.
fn save(wizard: &mut Wizard) -> Vec<Effect> {
    wizard.ctrl('s');
    let mut effects = wizard.reply(saved_as("weekly"));
    effects.retain(|effect| !matches!(effect, Effect::AskSchedulers { .. }));
    effects
}

#[test]
fn to_finish_one_export_drops_nothing_of_another() {
    let mut other = Wizard::at_review();
    assert!(save(&mut other).is_empty(), "nothing was kept of it");

    // A draft that is put off stays, and another export is begun.
    let (draft, _) = kept(&mut filled_in()).unwrap();
    let mut later = start(Some(begun(&draft, 1)), false);
    later.press(KeyCode::Esc);
    later.focus(Field::DATA_WORLD_ACCOUNT);
    later.press(KeyCode::Right);
    assert_eq!(kept(&mut later).unwrap().0.began, now(), "it is kept beside the other");

    // Gone on with, it is what is dropped.
    let mut resumed = start(Some(begun(&draft, 1)), false);
    resumed.press(KeyCode::Char('y'));
    resumed.reply(Answer::Ok(user()));
    resumed.reply(Answer::Ok(identity()));
    resumed.found(Ownership::Unknown);
    resumed.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    resumed.ctrl('n');
    assert_eq!(resumed.model.step, Step::Review);
    assert_eq!(save(&mut resumed), [Effect::DropDraft(at(2026, 11, 1))]);
    assert!(save(&mut resumed).is_empty(), "once");
}

#[test]
fn the_question_names_the_export_by_what_is_known_of_it() {
    let question = |draft: &Draft| {
        let question = writeback::testing::tui::wizard::draft_question(draft);
        question.strip_suffix(" on 22 Nov 2026. Continue with it?").unwrap_or_else(|| panic!("{question}")).to_owned()
    };
    let of = |wizard: &mut Wizard| question(&kept(wizard).unwrap().0);
    let mut first = Wizard::at_details();
    first.focus(Field::FILE_NAME);
    first.type_text("weekly");
    assert_eq!(of(&mut first), "You started an export");
    first.focus(Field::INPUT_DATA_SET);
    first.paste(DATA_SET);
    assert_eq!(of(&mut first), format!("You started an export of DataSet {DATA_SET}"));
    assert_eq!(of(&mut Wizard::filled_in()), "You started an export to acme-analytics/sales-mart/weekly");
    let mut draft = kept(&mut filled_in()).unwrap().0;
    assert_eq!(question(&draft), "You started the export Weekly");
    draft.edits = Some("Daily\u{202e} sales".to_owned());
    assert_eq!(question(&draft), "You started to change Daily<U+202E> sales");
}

#[test]
fn of_several_a_new_export_and_the_newest_is_offered() {
    let (draft, _) = kept(&mut filled_in()).unwrap();
    let edits = |day, name: &str| {
        let mut draft = begun(&draft, day);
        draft.edits = Some(name.to_owned());
        draft
    };
    let drafts = [begun(&draft, 1), edits(3, "Costs"), begun(&draft, 2), edits(4, "Sales")];
    let export = review::export(&filled_in().model).unwrap();
    let offered = |edit: Option<&str>| {
        let edit = edit.map(|name| Original::new(Export { name: name.to_owned(), ..export.clone() }));
        let wizard = Wizard::started(Start { edit, drafts: drafts.to_vec(), ..samples::start() });
        wizard.model.draft.map(|draft| draft.began)
    };
    assert_eq!(offered(None), Some(at(2026, 11, 2)));
    assert_eq!(offered(Some("Costs")), Some(at(2026, 11, 3)));
    assert_eq!(offered(Some("Other")), None);
}
