//! Details, in the order of Domo's connector.

mod dataset;
mod file;

use crossterm::event::KeyCode;
use writeback::testing::accounts::Stored;
use writeback::testing::explain::{Explanation, OWNER_RULE};
use writeback::testing::export::Append;
use writeback::testing::services::dataworld::{Access, Dataset, Visibility};
use writeback::testing::services::domo::{DataSet, DataSetKind, Ownership};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::wizard::details::replaced_file;
use writeback::testing::tui::wizard::{Effect, Field, Model, Msg, Page, Remote, Severity, Start, Step, review, spec};

use crate::samples::start;
use crate::wizard::support::*;

fn warnings(wizard: &Wizard, field: Field) -> String {
    (spec(field).warnings)(&wizard.model).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_pasted_address_is_looked_up_at_once() {
    let mut wizard = Wizard::at_details();
    assert_eq!(wizard.model.focus, Field::INPUT_DATA_SET);
    let effects = wizard.paste(&format!("https://acme.domo.com/datasources/{DATA_SET}/details/settings\r\n"));
    assert!(matches!(&effects[..], [Effect::LookUpDataSet { id, .. }] if id.as_str() == DATA_SET), "{effects:?}");
    wizard.found(Ownership::Proven);
    assert_eq!(wizard.model.details.input.dataset.data.ready().unwrap().name, "Daily Sales by Region");
    assert_eq!(warnings(&wizard, Field::INPUT_DATA_SET), "");
}

#[test]
fn an_address_of_another_instance_is_noticed() {
    let mut wizard = Wizard::at_details();
    wizard.paste(&format!("https://umbrella.domo.com/datasources/{DATA_SET}"));
    let warnings = warnings(&wizard, Field::INPUT_DATA_SET);
    assert!(warnings.contains("umbrella.domo.com"), "{warnings}");
}

#[test]
fn a_typed_id_is_looked_up_when_it_is_whole_and_only_once() {
    let mut wizard = Wizard::at_details();
    assert!(wizard.type_text(&DATA_SET[..35]).is_empty());
    assert_eq!(wizard.type_text(&DATA_SET[35..]).len(), 1);
    assert!(wizard.press(KeyCode::Tab).is_empty(), "it is on its way");
    wizard.press(KeyCode::BackTab);
    wizard.type_text(" ");
    assert_eq!(wizard.count(|effect| matches!(effect, Effect::LookUpDataSet { .. })), 1, "a blank changes nothing");
}

#[test]
fn each_mistake_about_the_data_set_has_its_own_sentence() {
    let mut wizard = Wizard::at_details();
    wizard.ctrl('n');
    assert!(wizard.model.error(Field::INPUT_DATA_SET).unwrap().starts_with("Enter the Input DataSet ID"));
    wizard.type_text("5a1e5");
    assert_eq!(wizard.model.error(Field::INPUT_DATA_SET), None);
    wizard.ctrl('n');
    assert!(wizard.model.error(Field::INPUT_DATA_SET).unwrap().starts_with("That is not a DataSet ID."));

    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.ctrl('u');
    wizard.paste(OTHER_DATA_SET);
    wizard.reply(DataSetReply::DataSet(Err(why("There is no such DataSet."))));
    let effects = wizard.ctrl('n');
    assert!(matches!(effects[..], [Effect::LookUpDataSet { .. }]), "what failed is asked again: {effects:?}");
    assert_eq!(wizard.model.step, Step::Details);
    wizard.reply(DataSetReply::DataSet(Err(why("The DataSet was deleted."))));
    assert_eq!(wizard.model.error(Field::INPUT_DATA_SET), Some("The DataSet was deleted."));
    assert_eq!(wizard.model.step, Step::Details);
}

#[test]
fn what_a_service_has_against_a_value_stands_under_it_and_its_advice_in_the_help() {
    let asks = |wizard: &mut Wizard, field, what: &str, advice: &str| {
        wizard.focus(field);
        for (width, height) in [(120, 40), (80, 24)] {
            let text = wizard.text(width, height);
            assert_eq!((text.matches(what).count(), text.matches(advice).count()), (1, 1), "{text}");
            assert!(!text.contains(&format!("{what} {advice}")), "{text}");
        }
        let copied = match &wizard.ctrl('y')[..] {
            [Effect::Copy { text, .. }] => text.clone(),
            effects => panic!("{effects:?}"),
        };
        assert!(copied.contains(what) && copied.contains(advice), "{copied}");
    };
    // Before the pane is left.
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    wizard.reply(DataSetReply::DataSet(Err(why("There is no such DataSet."))));
    asks(&mut wizard, Field::INPUT_DATA_SET, "There is no such DataSet.", "Try again.");
    let mut wizard = Wizard::filled_in();
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Read))));
    let (what, advice) = ("You can read acme-analytics/sales-mart", "Ask its owner");
    asks(&mut wizard, Field::DATASET_ID, what, advice);
    // And as it is left.
    wizard.ctrl('n');
    asks(&mut wizard, Field::DATASET_ID, what, advice);
}

#[test]
fn an_older_look_up_is_ignored() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    let old = wizard.request::<DataSetReply>();
    wizard.ctrl('u');
    wizard.paste(OTHER_DATA_SET);
    wizard.reply_to(&old, DataSetReply::DataSet(Ok(named_data_set(DATA_SET, "The one before", 1_204_331))));
    wizard.reply_to(&old, DataSetReply::Ownership(Ownership::Denied));
    assert!(wizard.model.details.input.dataset.data.is_loading());
    assert!(wizard.model.details.input.ownership.is_loading());
    wizard.reply(DataSetReply::DataSet(Ok(named_data_set(OTHER_DATA_SET, "The one that is meant", 1_204_331))));
    assert_eq!(wizard.model.details.input.dataset.data.ready().unwrap().name, "The one that is meant");
}

#[test]
fn the_data_set_can_be_chosen_from_a_list() {
    let mut wizard = Wizard::at_details();
    let effects = wizard.press(KeyCode::Down);
    assert!(matches!(effects[..], [Effect::ListDataSets { .. }]), "{effects:?}");
    for page in all(vec![
        named_data_set(DATA_SET, "Daily Sales", 1_204_331),
        named_data_set(OTHER_DATA_SET, "Costs", 1_204_331),
    ]) {
        wizard.reply(page);
    }
    wizard.type_text("daily");
    assert_eq!(wizard.model.details.input.list.count(), "1/2");
    let effects = wizard.press(KeyCode::Enter);
    assert!(matches!(&effects[..], [Effect::LookUpDataSet { id, .. }] if id.as_str() == DATA_SET), "{effects:?}");
    assert_eq!(wizard.model.details.values.text(Field::INPUT_DATA_SET), DATA_SET);
    assert_eq!(wizard.model.list, None);
}

#[test]
fn an_owner_passes() {
    let mut wizard = Wizard::filled_in();
    assert!(!wizard.model.fields().contains(&Field::OWNER_CONFIRMED));
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Scheduling);
}

#[test]
fn who_is_no_owner_is_refused_in_the_connectors_words() {
    let mut wizard = Wizard::filled_in();
    wizard.reply(DataSetReply::Ownership(Ownership::Denied));
    wizard.ctrl('n');
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Details, Field::INPUT_DATA_SET));
    let said = wizard.model.error(Field::INPUT_DATA_SET).unwrap();
    assert!(
        said.starts_with("The owner of a writeback dataset must also be an owner or co-owner of the input dataset.")
    );
}

#[test]
fn who_cannot_be_told_confirms_and_the_definition_keeps_it() {
    let mut wizard = Wizard::filled_in();
    wizard.reply(DataSetReply::Ownership(Ownership::Unknown));
    let plain = wizard.model.details.input.confirmation_reason();
    let pdp = DataSet { pdp_enabled: true, ..named_data_set(DATA_SET, "Daily Sales by Region", 1_204_331) };
    wizard.reply(DataSetReply::DataSet(Ok(pdp)));
    assert_ne!(wizard.model.details.input.confirmation_reason(), plain);
    assert!(wizard.model.details.input.confirmation_reason().contains("PDP is enabled"));

    wizard.ctrl('n');
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Details, Field::OWNER_CONFIRMED));
    assert!(wizard.model.errors[&Field::OWNER_CONFIRMED].advice.contains(OWNER_RULE));
    wizard.press(KeyCode::Char(' '));
    assert_eq!(wizard.model.error(Field::OWNER_CONFIRMED), None);
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Scheduling);
    wizard.on_to_review();
    let effects = wizard.run_once();
    assert!(
        matches!(&effects[..], [Effect::OpenRun(order)] if order.entry.export.input.owner_confirmed),
        "{effects:?}"
    );
}

#[test]
fn who_sees_all_rows_without_owning_them_may_go_on() {
    let mut wizard = Wizard::filled_in();
    wizard.reply(DataSetReply::Ownership(Ownership::SeesAll));
    assert!(wizard.model.details.input.confirmation_reason().contains("lets it see all rows"));
    wizard.ctrl('n');
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Details, Field::UNOWNED_CONFIRMED));
    assert!(wizard.model.errors[&Field::UNOWNED_CONFIRMED].advice.contains(OWNER_RULE), "the rule stays the default");
    wizard.press(KeyCode::Char(' '));
    wizard.ctrl('n');
    wizard.on_to_review();
    let effects = wizard.run_once();
    assert!(
        matches!(&effects[..], [Effect::OpenRun(order)] if order.entry.export.input.owner_confirmed),
        "{effects:?}"
    );
}

#[test]
fn what_domo_does_not_export_is_refused_before_it_is_run() {
    let known = named_data_set(DATA_SET, "Daily Sales by Region", 1_204_331);
    for (data_set, said) in [
        (DataSet { is_archived: true, ..known.clone() }, "Press Start on the DataSet's page in Domo"),
        (DataSet { kind: DataSetKind::DataFusion, ..known }, "The DataSet is a DataFusion"),
    ] {
        let mut wizard = Wizard::filled_in();
        wizard.reply(DataSetReply::DataSet(Ok(data_set)));
        wizard.ctrl('n');
        assert_eq!(wizard.model.step, Step::Details);
        let error = wizard.model.errors[&Field::INPUT_DATA_SET].to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn only_when_updated_is_not_saved_for_a_data_set_that_does_not_tell_when_it_changes() {
    for kind in [DataSetKind::Federated, DataSetKind::CloudIntegration, DataSetKind::View] {
        let mut wizard = Wizard::filled_in();
        wizard.reply(DataSetReply::DataSet(Ok(DataSet {
            kind,
            ..named_data_set(DATA_SET, "Daily Sales by Region", 1_204_331)
        })));
        wizard.ctrl('n');
        assert_eq!(wizard.model.step, Step::Scheduling);
        wizard.focus(Field::ONLY_WHEN_UPDATED);
        wizard.press(KeyCode::Char(' '));
        wizard.ctrl('n');
        assert_eq!((wizard.model.step, wizard.model.focus), (Step::Scheduling, Field::ONLY_WHEN_UPDATED));
        let error = wizard.model.error(Field::ONLY_WHEN_UPDATED).unwrap();
        assert!(error.contains("runs might be skipped for ever"), "{error}");
        wizard.press(KeyCode::Char(' '));
        wizard.ctrl('n');
        assert_ne!(wizard.model.step, Step::Scheduling);
    }
}

#[test]
fn a_word_given_for_one_data_set_is_not_given_for_the_next() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    wizard.found(Ownership::Unknown);
    wizard.focus(Field::OWNER_CONFIRMED);
    wizard.press(KeyCode::Char(' '));
    assert!(wizard.model.details.is_confirmed());
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.ctrl('u');
    wizard.paste(OTHER_DATA_SET);
    wizard.reply(DataSetReply::DataSet(Ok(named_data_set(OTHER_DATA_SET, "Costs", 1_204_331))));
    wizard.reply(DataSetReply::Ownership(Ownership::Unknown));
    assert!(!wizard.model.details.is_confirmed());
}

#[test]
fn the_pane_waits_for_what_is_on_its_way_and_then_moves_on() {
    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.ctrl('u');
    wizard.paste(OTHER_DATA_SET);
    assert!(wizard.ctrl('n').is_empty());
    assert_eq!(wizard.model.step, Step::Details);
    wizard.reply(DataSetReply::DataSet(Ok(named_data_set(OTHER_DATA_SET, "Costs", 1_204_331))));
    assert_eq!(wizard.model.step, Step::Details, "the owner rule is not settled");
    wizard.reply(DataSetReply::Ownership(Ownership::Proven));
    assert_eq!(wizard.model.step, Step::Scheduling);
}

#[test]
fn typing_while_the_pane_waits_keeps_one_there() {
    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.ctrl('u');
    wizard.paste(OTHER_DATA_SET);
    wizard.ctrl('n');
    wizard.focus(Field::FILE_NAME);
    wizard.type_text("2");
    wizard.reply(DataSetReply::DataSet(Ok(named_data_set(OTHER_DATA_SET, "Costs", 1_204_331))));
    wizard.reply(DataSetReply::Ownership(Ownership::Proven));
    assert_eq!(wizard.model.step, Step::Details);
}

#[test]
fn validation_puts_the_focus_on_the_first_wrong_field() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::APPEND);
    wizard.ctrl('n');
    let mut wrong = wizard.model.fields();
    wrong.retain(|field| wizard.model.error(*field).is_some());
    assert_eq!(wrong, [Field::INPUT_DATA_SET, Field::DATASET, Field::FILE_NAME]);
    assert_eq!(wizard.model.focus, Field::INPUT_DATA_SET);
    wizard.paste(DATA_SET);
    wizard.ctrl('n');
    assert_eq!(wizard.model.focus, Field::DATASET);
}

#[test]
fn back_never_validates_and_keeps_everything() {
    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.press(KeyCode::End);
    wizard.type_text("badc0de");
    wizard.ctrl('p');
    assert_eq!(wizard.model.step, Step::Credentials);
    assert!(wizard.model.errors.is_empty());
    wizard.ctrl('n');
    let details = &wizard.model.details;
    assert_eq!(details.values.text(Field::INPUT_DATA_SET), format!("{DATA_SET}badc0de"));
    assert_eq!(details.values.text(Field::DATASET_ID), "acme-analytics/sales-mart");
    assert_eq!(details.values.text(Field::FILE_NAME), "weekly");
    assert_eq!(details.values.choice(Field::DATASET_METHOD), 1);
    assert!(matches!(details.output.dataset.data, Remote::Ready(_)), "the same credentials: nothing is asked again");
}

#[test]
fn a_method_keeps_what_the_other_one_has() {
    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Left);
    assert!(wizard.model.details.output.dataset.data.ready().is_none(), "nothing is selected");
    let effects = wizard.press(KeyCode::Left);
    assert!(matches!(&effects[..], [Effect::LookUpDataset { .. }]), "{effects:?}");
    assert_eq!(wizard.model.details.values.text(Field::DATASET_ID), "acme-analytics/sales-mart");
}

#[test]
fn what_is_odd_about_the_data_set_is_said_by_the_review_too() {
    let mut wizard = Wizard::filled_in();
    let why = Explanation::new("Domo cannot show its first rows.", "Most likely it is archived.");
    wizard.reply(DataSetReply::Preview(Err(why)));
    wizard.ctrl('n');
    wizard.on_to_review();
    let lines = review::lines(&wizard.model);
    let said = lines.iter().find(|line| line.text.contains("Most likely it is archived"));
    assert_eq!(said.map(|line| line.severity), Some(Severity::Warning), "{lines:?}");
}

#[test]
fn pasted_text_comes_without_control_characters() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::FILE_NAME);
    wizard.paste("da\u{1b}[31mily\r\n\u{7}");
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "da[31mily");
    assert_eq!(wizard.model.focus, Field::FILE_NAME, "a pasted line break is no Enter");
}

#[test]
fn other_credentials_ask_anew_and_keep_what_was_entered() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('p');
    wizard.focus(Field::DATA_WORLD_ACCOUNT);
    wizard.press(KeyCode::Char(' '));
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste(TOKEN);
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    let effects = wizard.reply(Answer::<Stored>::Err(why("There is no keyring.")));
    assert_eq!(wizard.model.step, Step::Details);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LookUpDataSet { .. })));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LookUpDataset { .. })));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ListDatasets { .. })));
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "weekly");
}

#[test]
fn the_first_field_that_is_wrong_has_the_keys_even_if_it_was_refused_before() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    wizard.reply(DataSetReply::DataSet(Err(why("Domo has no DataSet with this ID (404)."))));
    wizard.ctrl('n');
    assert_eq!(wizard.model.focus, Field::INPUT_DATA_SET);
    assert_eq!(wizard.model.error(Field::INPUT_DATA_SET), Some("Domo has no DataSet with this ID (404)."));
    assert!(wizard.model.error(Field::DATASET).is_some() && wizard.model.error(Field::FILE_NAME).is_some());
    // Another one is asked for, and nothing is held against it.
    wizard.ctrl('u');
    wizard.paste(OTHER_DATA_SET);
    assert_eq!(wizard.model.error(Field::INPUT_DATA_SET), None);
}
