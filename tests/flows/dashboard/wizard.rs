//! Between home and the wizard.

use writeback::testing::accounts::{Account, SecretHome};
use writeback::testing::export::{Export, Service};
use writeback::testing::services::domo::Ownership;
use writeback::testing::tui::state::{Answer, Effect, Tab};
use writeback::testing::tui::wizard::{Field, Start, Step, spec};

use crate::dashboard::accounts::{being_kept, kept};
use crate::dashboard::support::*;
use crate::samples::{identity, refusal, sample_replies, saved_as, start, user};
use crate::screen::Driver as _;
use crate::wizard::support::environment;

#[test]
fn a_new_export_opens_the_wizard_and_esc_comes_back() {
    let mut person = Person::usual();
    person.press("n");
    assert!(person.text(80, 24).contains("1 Credentials"));
    person.press("Esc").answer();
    assert!(person.app.wizard.is_none() && !person.has_quit());
    assert!(person.text(80, 24).contains("1 Exports"));
}

#[test]
fn what_was_entered_is_asked_for_before_it_is_lost() {
    let mut person = Person::usual();
    person.press("n").type_text("token").press("Esc");
    assert!(person.text(80, 24).contains("Leave the wizard?"), "{}", person.text(80, 24));
    person.press("y");
    assert!(person.app.wizard.is_none() && !person.has_quit());
}

#[test]
fn edit_fills_the_wizard_and_keeps_the_file() {
    let mut person = Person::usual();
    person.on("Daily sales").press("e");
    let wizard = person.app.wizard.as_ref().unwrap();
    assert_eq!(wizard.saved_as.as_deref(), Some("Daily sales"));
    assert_eq!(wizard.describe.values.text(Field::EXPORT_NAME), "Daily sales");
    assert_eq!(wizard.step, Step::Credentials);
    person.press("Esc").answer();
    assert_eq!(person.under_cursor(), "Daily sales");
}

#[test]
fn edit_keeps_a_file_that_is_called_otherwise() {
    let saved =
        writeback::testing::tui::state::SavedExport { file: "/x/exports/s2.toml".into(), ..export("Sales Two", "") };
    let mut person = Person::at_home(vec![saved], Vec::new());
    person.on("Sales Two").press("e");
    let wizard = person.app.wizard.as_ref().unwrap();
    assert_eq!((wizard.saved_as.as_deref(), wizard.saved_in.as_deref()), (Some("Sales Two"), Some("s2")));
    person.press("Esc").answer().press("p");
    assert_eq!(person.app.wizard.as_ref().unwrap().saved_in, None, "a copy has a file of its own");
}

#[test]
fn a_copy_has_another_name_and_replaces_nothing() {
    let mut person = Person::usual();
    person.on("Daily sales").press("p");
    let wizard = person.app.wizard.as_ref().unwrap();
    assert_eq!(
        (wizard.describe.values.text(Field::EXPORT_NAME), wizard.saved_as.as_deref()),
        ("Daily sales copy", None)
    );
    assert!(wizard.exports.iter().any(|export| export.name == "Daily sales"), "whose names are taken is known");
    assert_eq!(wizard.copy_of.as_deref(), Some("Daily sales"));
}

#[test]
fn a_copy_starts_at_the_name_of_its_file() {
    let mut person =
        Person::starting(&Start { environment: environment(), ..start() }, vec![export("Costs", "")], Vec::new());
    person.answer().press("1").answer().on("Costs").press("p");
    for _ in 0..5 {
        for effect in std::mem::take(&mut person.effects) {
            for reply in sample_replies(&effect, Ownership::Proven) {
                person.tell(reply);
            }
        }
    }
    let wizard = person.app.wizard.as_ref().unwrap();
    assert_eq!((wizard.step, wizard.focus), (Step::Details, Field::FILE_NAME));
    let warnings = (spec(Field::FILE_NAME).warnings)(wizard);
    assert!(
        warnings.iter().any(|warning| warning.what.starts_with("The export Costs writes that file too")),
        "{warnings:?}"
    );
}

#[test]
fn the_wizard_names_the_export_that_is_changed_or_copied() {
    let names = |person: &Person, about: &str| {
        for (width, height) in [(80, 24), (100, 30), (60, 15)] {
            let text = person.text(width, height);
            assert_eq!(text.matches(about).count(), 1, "{width}x{height}:\n{text}");
        }
    };
    let mut person = Person::usual();
    person.on("Daily sales").press("e");
    names(&person, "editing Dail");
    assert!(person.line("Writeback").contains("Writeback  editing Daily sales"), "{}", person.line("Writeback"));
    person.press("Esc").answer().press("p");
    names(&person, "copy of Dail");
    assert!(person.text(60, 15).contains("  copy of Daily sales\n"), "{}", person.text(60, 15));
    let mut person = Person::usual();
    person.press("n");
    assert!(!person.text(80, 24).contains("editing") && !person.text(80, 24).contains("copy of"));
}

#[test]
fn what_was_saved_without_a_run_is_the_row_to_look_at() {
    let mut person = Person::usual();
    person.press("2").answer();
    person.press("1").on("Costs").press("p");
    // From wherever the wizard was opened.
    person.app.home.tab = Tab::Browse;
    let wizard = person.app.wizard.as_mut().unwrap();
    wizard.step = Step::Review;
    wizard.saving.export =
        Some(Export { name: "Costs copy".to_owned(), ..(**export("Costs", "").export.as_ref().unwrap()).clone() });
    person.press("Ctrl-S");
    let saved = person.asked(|effect| matches!(effect, Effect::SaveExport { .. }));
    person.saved.push(export("Costs copy", ""));
    person.reply(&saved, saved_as("costs-copy")).answer();
    assert!(person.app.wizard.is_none());
    assert_eq!(person.under_cursor(), "Costs copy");
    for (width, height) in [(80, 24), (60, 15)] {
        let text = person.text(width, height);
        assert!(text.contains("✓ Saved as costs-copy.toml. `writeback run costs-copy`"), "{text}");
    }
    person.press("Down");
    assert!(!person.text(80, 24).contains("Saved as "), "until the next key");
}

#[test]
fn what_a_run_has_said_in_the_wizard_is_said_once() {
    let mut person = Person::usual();
    person.on("Costs").press("r n").end("Costs", done(false)).answer();
    assert!(person.text(80, 24).contains("is on data.world."), "{}", person.text(80, 24));
    person.press("Esc").answer();
    assert!(!person.text(80, 24).contains("is on data.world."), "{}", person.text(80, 24));
}

#[test]
fn ctrl_c_in_the_wizard_quits_the_program() {
    let mut person = Person::usual();
    person.press("n Ctrl-C");
    assert!(person.has_quit());
}

#[test]
fn runs_of_home_go_on_behind_the_wizard() {
    let mut person = Person::usual();
    person.on("Costs").press("r n");
    person.progress("Costs", crate::samples::midway(3));
    assert!(person.app.is_animated());
    person.end("Costs", done(false)).press("Esc").answer();
    assert_eq!(person.app.home.exports.running(), 0);
    assert!(person.line("Costs  ").contains("✓ just now"), "{}", person.line("Costs  "));
}

#[test]
fn an_answer_for_a_wizard_that_is_closed_reaches_no_other() {
    let mut person = Person::starting(&Start { environment: environment(), ..start() }, Vec::new(), Vec::new());
    let test = |person: &mut Person| {
        person.press("n Ctrl-N");
        let asked = std::mem::take(&mut person.effects);
        asked.iter().find_map(|effect| match effect {
            Effect::TestDataWorld { request, .. } => Some(request.clone()),
            _ => None,
        })
    };
    let first = test(&mut person).unwrap();
    person.press("Esc").answer();
    let second = test(&mut person).unwrap();
    let failed =
        |person: &Person| person.app.wizard.as_ref().unwrap().credentials.dataworld.test.data.failed().is_some();
    person.reply(&first, Err(refusal()));
    assert!(!failed(&person), "the first wizard is closed");
    person.reply(&second, Err(refusal()));
    assert!(failed(&person));
}

#[test]
fn credentials_of_the_environment_that_the_wizard_has_tested_are_not_called_untested() {
    let mut person = Person::starting(&Start { environment: environment(), ..start() }, Vec::new(), Vec::new());
    person.press("n Ctrl-N").answer();
    let dataworld = person.asked(|effect| matches!(effect, Effect::TestDataWorld { .. }));
    let domo = person.asked(|effect| matches!(effect, Effect::TestDomo { .. }));
    person.reply(&dataworld, Answer::Ok(user())).reply(&domo, Answer::Ok(identity()));
    person.press("Esc").answer().press("3");
    let tested = person.text(80, 24).lines().filter(|line| line.contains("✓ just now")).count();
    assert_eq!(tested, 2, "{}", person.text(80, 24));
}

#[test]
fn an_account_that_was_added_is_said_to_be_saved_and_is_under_the_cursor() {
    let mut person = being_kept();
    kept(&mut person, Ok(SecretHome::Keyring("Secret Service")));
    assert!(person.app.wizard.is_none(), "it is kept");
    assert_eq!(person.notice(), "The account ann is saved, its secret in Secret Service.");
    person.accounts.push(Account::new(Service::DataWorld, "ann"));
    person.answer();
    let text = person.text(60, 15);
    assert!(text.contains("✓ The account ann is saved, its secret in Secret Service."), "{text}");
    person.press("e n");
    let text = person.text(80, 24);
    assert!(text.contains("Rename ann"), "the cursor is on it: {text}");
}
