//! Review: what will happen, saved and started.

use crossterm::event::KeyCode;
use writeback::testing::accounts::{KeyringError, SecretHome};
use writeback::testing::export::Service;
use writeback::testing::services::dataworld::User;
use writeback::testing::services::domo::Ownership;
use writeback::testing::tui::state::{RunEntry, RunOrder};
use writeback::testing::tui::wizard::{Effect, Field, Origin, Severity, Step, review};

use crate::wizard::support::*;

#[test]
fn the_review_says_what_will_happen() {
    let mut wizard = Wizard::filled_in();
    wizard.reply(DataSetReply::Ownership(Ownership::Unknown));
    wizard.focus(Field::OWNER_CONFIRMED);
    wizard.press(KeyCode::Char(' '));
    wizard.ctrl('n');
    wizard.on_to_review();
    assert_eq!(wizard.model.focus, Field::SAVE_AND_RUN);
    let lines: Vec<String> =
        review::lines(&wizard.model).into_iter().map(|line| format!("{}: {}", line.label, line.text)).collect();
    assert_eq!(
        lines,
        [
            format!("From: DataSet Daily Sales by Region ({DATA_SET}), 1,204,331 rows according to Domo"),
            "To: acme-analytics/sales-mart (Sales mart)".to_owned(),
            "File: weekly.csv is new.".to_owned(),
            "Each run: The file is replaced on every run.".to_owned(),
            "Owner: You have confirmed that you are an owner or co-owner of the DataSet.".to_owned(),
            "Schedule: Manually.".to_owned(),
            "Name: Daily Sales by Region".to_owned(),
            "Domo: from environment (user 964382593, role Privileged, instance acme)".to_owned(),
            "data.world: from environment (Ada Analyst (analyst))".to_owned(),
        ]
    );
}

#[test]
fn the_review_warns_of_a_file_that_will_be_replaced() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('u');
    wizard.type_text("daily-sales");
    wizard.ctrl('n');
    let file = review::lines(&wizard.model).into_iter().find(|line| line.label == "File").unwrap();
    assert_eq!(file.severity, Severity::Warning);
    assert!(file.text.ends_with("it will be replaced."), "{}", file.text);
}

#[test]
fn the_run_gets_all_that_it_needs() {
    let mut wizard = Wizard::at_review();
    let effects = wizard.run_once();
    let [Effect::OpenRun(order)] = &effects[..] else { panic!("{effects:?}") };
    let RunOrder { entry: RunEntry { export, definition, dry_run, .. }, domo, dataworld, .. } = &**order;
    assert_eq!((definition.to_str(), dry_run), (Some("daily-sales-by-region.toml"), &false));
    assert_eq!(export.name, "Daily Sales by Region");
    assert_eq!(export.input.dataset.as_str(), DATA_SET);
    assert!(!export.input.owner_confirmed, "it was proven");
    assert_eq!(export.output.dataset, key("acme-analytics/sales-mart"));
    assert_eq!(export.output.file.as_str(), "weekly");
    assert_eq!((&export.credentials.domo, &export.credentials.dataworld), (&None, &None), "from the environment");
    assert_eq!(Some(domo), wizard.model.credentials.domo_login().as_ref());
    assert_eq!(Some(dataworld), wizard.model.credentials.dataworld_login().as_ref());
}

#[test]
fn saved_accounts_are_named_in_the_definition() {
    let mut wizard = Wizard::new(
        writeback::testing::config::Environment::default(),
        vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")],
    );
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    assert_eq!(wizard.model.credentials.saved_name(Service::Domo).as_deref(), Some("acme"));
    assert_eq!(wizard.model.credentials.saved_name(Service::DataWorld).as_deref(), Some("analyst"));
}

#[test]
fn who_saves_without_a_run_goes_on_home() {
    let saved = || saved_as("daily-sales-by-region");
    let at_review = |origin| {
        let mut wizard = Wizard::at_review();
        wizard.model.origin = origin;
        assert!(matches!(wizard.ctrl('s')[..], [Effect::SaveExport { .. }]));
        wizard
    };
    for origin in [Origin::Program, Origin::Home] {
        let mut wizard = at_review(origin);
        assert_eq!(wizard.reply(saved()), [Effect::GoHome]);
        assert_eq!(wizard.model.shell.notice.as_ref().map(|notice| notice.severity), Some(Severity::Info));
        assert!(wizard.notice().starts_with("Saved as "), "{}", wizard.notice());
    }
    let mut wizard = at_review(Origin::Program);
    assert_eq!(wizard.reply(SaveReply::Failed(why("The disk is full."))), [], "it is mended here");
    assert_eq!(wizard.model.shell.notice.as_ref().map(|notice| notice.severity), Some(Severity::Warning));
    assert_eq!(at_review(Origin::Alone).reply(saved()), [], "there is no home");
}

#[test]
fn an_account_that_lasts_until_the_end_is_said_in_the_review() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('p');
    wizard.press(KeyCode::Char(' '));
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste(TOKEN);
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(User { display_name: None, ..user() }));
    wizard.reply(Answer::Ok(stored(SecretHome::Session(KeyringError::NoBus))));
    wizard.found(Ownership::Proven);
    wizard.reply(DatasetReply::Dataset(Ok(dataset(
        "acme-analytics/sales-mart",
        writeback::testing::services::dataworld::Access::Write,
    ))));
    wizard.ctrl('n');
    wizard.on_to_review();
    let line = review::lines(&wizard.model).into_iter().find(|line| line.label == "data.world").unwrap();
    assert_eq!(line.text, "account analyst (analyst), kept until Writeback ends");
    let export = review::export(&wizard.model).unwrap();
    assert_eq!(export.credentials.dataworld, None, "a definition names only what is there the next time");
}

#[test]
fn saving_makes_the_command_right() {
    let mut wizard = Wizard::at_review();
    assert_eq!(wizard.model.saving.command(), None, "nothing is saved yet");
    let effects = wizard.ctrl('s');
    let [Effect::SaveExport { export, replaces: None, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(export.name, "Daily Sales by Region", "as Name & Describe has it");
    assert!(wizard.ctrl('s').is_empty(), "it is on its way");
    wizard.reply(saved_as("daily-sales-by-region"));
    assert_eq!(wizard.model.saving.command().as_deref(), Some("writeback run daily-sales-by-region"));
    assert!(wizard.notice().contains("the credentials in your environment"), "{}", wizard.notice());
}

#[test]
fn the_demo_promises_nothing_that_outlasts_it() {
    let mut wizard = Wizard::at_review();
    wizard.model.demo = true;
    wizard.ctrl('s');
    wizard.reply(saved_as("daily-sales-by-region"));
    assert!(wizard.notice().ends_with("Saved. It is on the tab Exports until the demo ends."));
}

#[test]
fn a_save_that_fails_says_why_and_can_be_tried_again() {
    let mut wizard = Wizard::at_review();
    wizard.ctrl('s');
    wizard.reply(SaveReply::Failed(why("The disk is full.")));
    assert_eq!(wizard.notice(), "The disk is full. Try again.");
    assert_eq!((wizard.model.step, wizard.model.saving.command()), (Step::Review, None));
    assert_eq!(wizard.ctrl('s').len(), 1);
}
