//! Details, in the order of Domo's connector.

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
fn a_dataset_is_selected_among_those_that_can_be_written_to() {
    let mut wizard = Wizard::at_details();
    assert_eq!(wizard.count(|effect| matches!(effect, Effect::ListDatasets { .. })), 1, "asked for on the way in");
    let listed = |key: &str, access| Dataset { files: None, ..dataset(key, access) };
    wizard.reply(Page::More(vec![listed("acme/archive", Access::Read), listed("acme/sales", Access::Admin)]));
    wizard.reply(Page::More(vec![listed("acme/costs", Access::Write)]));
    wizard.reply(Page::<Dataset>::End);
    wizard.focus(Field::DATASET);
    assert!(wizard.press(KeyCode::Enter).is_empty());
    let list = &wizard.model.details.output.list;
    let keys: Vec<String> = list.matches(0).map(|dataset| dataset.key.to_string()).collect();
    assert_eq!(keys, ["acme/costs", "acme/sales", "acme/archive"], "read-only ones come last");

    wizard.type_text("archive");
    assert!(wizard.press(KeyCode::Enter).is_empty());
    assert!(
        wizard.notice().contains("You can read acme/archive on data.world but not write to it."),
        "{}",
        wizard.notice()
    );
    assert!(wizard.model.list.is_some() && wizard.model.details.values.picked(Field::DATASET).is_none());

    wizard.ctrl('u');
    let effects = wizard.press(KeyCode::Enter);
    assert!(matches!(&effects[..], [Effect::LookUpDataset { key, .. }] if key.id() == "costs"), "{effects:?}");
    assert_eq!(wizard.model.details.values.picked(Field::DATASET), Some("acme/costs"));
}

#[test]
fn an_entered_dataset_is_looked_up_when_the_field_is_left() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Right);
    wizard.focus(Field::DATASET_ID);
    assert!(wizard.type_text("acme-analytics/sales-mart").is_empty(), "every longer id is one too");
    let effects = wizard.press(KeyCode::Enter);
    assert!(matches!(&effects[..], [Effect::LookUpDataset { .. }]), "{effects:?}");
    wizard.press(KeyCode::BackTab);
    wizard.ctrl('u');
    let effects = wizard.paste("https://data.world/acme-analytics/sales-mart/workspace/file?filename=x.csv");
    assert!(matches!(&effects[..], [Effect::LookUpDataset { .. }]), "{effects:?}");
}

#[test]
fn an_entered_dataset_that_cannot_be_written_to_is_refused_with_the_reason() {
    let mut wizard = Wizard::filled_in();
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Read))));
    wizard.ctrl('n');
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Details, Field::DATASET_ID));
    assert!(wizard.model.errors[&Field::DATASET_ID].advice.contains("Ask its owner for write access"));
}

#[test]
fn a_list_that_fails_does_not_stand_in_the_way_of_typing() {
    let mut wizard = Wizard::at_details();
    wizard.reply(Page::<Dataset>::Failed(why("data.world did not answer.")));
    wizard.press(KeyCode::Down);
    wizard.reply(Page::<DataSet>::Failed(why("Domo did not answer.")));
    let effects = wizard.press(KeyCode::F(5));
    assert!(matches!(effects[..], [Effect::ListDataSets { .. }]), "it can be asked for again: {effects:?}");
    wizard.reply(Page::<DataSet>::Failed(why("Domo did not answer.")));
    wizard.press(KeyCode::Esc);
    wizard.type_text(DATA_SET);
    wizard.found(Ownership::Proven);
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Char(' '));
    wizard.focus(Field::DATASET_ID);
    wizard.type_text("acme/sales");
    wizard.focus(Field::FILE_NAME);
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme/sales", Access::Write))));
    wizard.type_text("daily");
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Scheduling, "{:?}", wizard.model.errors);
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
fn a_file_is_selected_among_those_that_a_run_can_replace() {
    let mut wizard = Wizard::filled_in();
    wizard.focus(Field::FILE_METHOD);
    wizard.press(KeyCode::Left);
    wizard.focus(Field::FILES);
    wizard.press(KeyCode::Down);
    let names: Vec<&str> = wizard.model.details.files.matches(0).map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["daily-sales.csv", "sales_1.csv", "sales_2.csv"]);
    wizard.press(KeyCode::Enter);
    assert_eq!(wizard.model.details.values.picked(Field::FILES), Some("daily-sales.csv"));
    let said = replaced_file(&wizard.model).unwrap();
    assert_eq!(said, "daily-sales.csv exists (84.2 MB, 21 Nov 2026 06:00 UTC): it will be replaced.");
}

#[test]
fn an_entered_name_that_exists_is_said_to_be_replaced() {
    let mut wizard = Wizard::filled_in();
    assert_eq!(replaced_file(&wizard.model), None);
    wizard.ctrl('u');
    wizard.type_text("daily-sales.csv");
    assert!(replaced_file(&wizard.model).is_some());
    wizard.focus(Field::APPEND);
    wizard.press(KeyCode::Right);
    assert_eq!(replaced_file(&wizard.model), None, "today's file is not there yet");
}

#[test]
fn each_append_shows_the_next_file() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('u');
    wizard.type_text("sales");
    let names = |model: &Model| {
        [Append::None, Append::Date, Append::Number].map(|append| model.next_file(append).unwrap().name)
    };
    assert_eq!(names(&wizard.model), ["sales.csv", "sales_11-22-2026.csv", "sales_3.csv"]);
    wizard.focus(Field::APPEND);
    wizard.press(KeyCode::Left);
    assert_eq!(wizard.model.details.append(), Append::Number);
    assert_eq!(replaced_file(&wizard.model), None, "a number never replaces a file");
    assert!(wizard.model.next_file(Append::Number).unwrap().certain);

    let mut unknown = Wizard::at_details();
    unknown.focus(Field::FILE_NAME);
    unknown.type_text("sales");
    assert!(!unknown.model.next_file(Append::Number).unwrap().certain);
}

#[test]
fn files_that_are_not_told_are_not_taken_for_none() {
    let mut wizard = Wizard::filled_in();
    let untold = Dataset { files: None, ..dataset("acme-analytics/sales-mart", Access::Write) };
    wizard.reply(DatasetReply::Dataset(Ok(untold.clone())));
    for append in [Append::None, Append::Date, Append::Number] {
        assert!(!wizard.model.next_file(append).unwrap().certain, "{append:?}");
    }
    let failed = wizard.model.details.files.load.data.failed().unwrap();
    assert_eq!(failed.what, "data.world does not list the files of this dataset.");
    let file = |model: &Model| review::lines(model).into_iter().find(|line| line.label == "File").unwrap().text;
    assert_eq!(file(&wizard.model), "weekly.csv. It is not known whether the dataset has that file already.");
    wizard.focus(Field::APPEND);
    wizard.press(KeyCode::Left);
    assert_eq!(file(&wizard.model), "weekly_1.csv, or the next free number.");
    let effects = wizard.ctrl('n');
    assert!(matches!(effects[..], [Effect::LookUpDataset { .. }]), "what was not told is asked again: {effects:?}");
    wizard.reply(DatasetReply::Dataset(Ok(untold)));
    assert_eq!(wizard.model.step, Step::Scheduling);
}

#[test]
fn the_next_number_is_above_those_that_the_history_has_given() {
    let mut wizard = Wizard::filled_in();
    wizard.ctrl('u');
    wizard.type_text("sales");
    let given = |last: u64| DatasetReply::Numbers([("sales".to_owned(), last), ("other".to_owned(), 99)].into());
    let next = |wizard: &Wizard| wizard.model.next_file(Append::Number).unwrap().name;
    wizard.reply(given(7));
    assert_eq!(next(&wizard), "sales_8.csv", "though the last one there is sales_2.csv");
    wizard.reply(given(1));
    assert_eq!(next(&wizard), "sales_3.csv");
    // Numbers given in another dataset do not count in this one.
    let before = wizard.request::<DatasetReply>();
    wizard.focus(Field::DATASET_ID);
    wizard.type_text("-2");
    wizard.press(KeyCode::Tab);
    wizard.reply_to(&before, given(7));
    assert_eq!(next(&wizard), "sales_1.csv");
}

#[test]
fn a_name_that_is_too_long_with_what_is_appended_is_refused() {
    let mut wizard = Wizard::filled_in();
    wizard.type_text(&"x".repeat(112));
    wizard.focus(Field::APPEND);
    wizard.press(KeyCode::Right);
    wizard.ctrl('n');
    assert_eq!(wizard.model.focus, Field::FILE_NAME);
    assert!(wizard.model.error(Field::FILE_NAME).unwrap().contains("too long"));
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
fn a_filter_that_finds_no_dataset_is_the_title_of_a_new_one() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::DATASET);
    wizard.press(KeyCode::Down);
    wizard.type_text("Quarterly Numbers");
    wizard.press(KeyCode::F(2));
    assert_eq!(wizard.model.details.values.text(Field::NEW_TITLE), "Quarterly Numbers");
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
fn a_new_dataset_is_made_and_taken() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::DATASET);
    wizard.press(KeyCode::Down);
    let effects = wizard.press(KeyCode::F(2));
    assert!(matches!(effects[..], [Effect::ListOrganizations { .. }]), "{effects:?}");
    wizard.reply(Answer::Ok(vec!["acme".to_owned(), "analyst".to_owned()]));
    assert_eq!(wizard.model.fields(), [Field::NEW_OWNER, Field::NEW_TITLE, Field::NEW_VISIBILITY]);
    assert_eq!(wizard.model.details.output.new.as_ref().unwrap().owners, ["analyst", "acme"]);
    assert!(wizard.ctrl('n').is_empty());
    assert_eq!(wizard.model.error(Field::NEW_TITLE), Some("Enter a title for the new dataset."));
    wizard.type_text(&"x".repeat(61));
    assert!(wizard.ctrl('n').is_empty());
    assert!(wizard.model.error(Field::NEW_TITLE).unwrap().contains("at most 60 characters"));
    wizard.ctrl('u');
    wizard.type_text("Sales mart");
    wizard.focus(Field::NEW_OWNER);
    wizard.press(KeyCode::Char(' '));
    let effects = wizard.ctrl('n');
    let [Effect::CreateDataset { new, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((new.owner.as_str(), new.title.as_str(), new.visibility), ("acme", "Sales mart", Visibility::Private));
    let effects = wizard.reply(CreateReply::Created(key("acme/sales-mart")));
    assert!(matches!(&effects[..], [Effect::LookUpDataset { key, .. }] if key.id() == "sales-mart"), "{effects:?}");
    assert_eq!(wizard.model.details.values.picked(Field::DATASET), Some("acme/sales-mart"));
    assert!(wizard.model.details.output.new.is_none());
}

#[test]
fn a_dataset_that_cannot_be_made_leaves_what_was_entered() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::DATASET);
    wizard.press(KeyCode::F(2));
    wizard.reply(Answer::<Vec<String>>::Err(why("There is no list.")));
    wizard.type_text("Sales mart");
    wizard.ctrl('n');
    wizard.reply(CreateReply::Failed(why("There is one of that title.")));
    assert_eq!(wizard.model.error(Field::NEW_TITLE), Some("There is one of that title."));
    assert_eq!(wizard.model.details.values.text(Field::NEW_TITLE), "Sales mart");
    wizard.press(KeyCode::Esc);
    assert!(wizard.model.details.output.new.is_none());
    assert_eq!(wizard.model.focus, Field::DATASET);
}

#[test]
fn the_dataset_that_has_the_title_can_be_used_instead() {
    let entered = |title: &str| {
        let mut wizard = Wizard::at_details();
        all(vec![dataset("analyst/sales-mart", Access::Write)]).into_iter().for_each(|page| drop(wizard.reply(page)));
        wizard.focus(Field::DATASET);
        wizard.press(KeyCode::F(2));
        wizard.type_text(title);
        wizard
    };
    let offers = |wizard: &Wizard| wizard.text(100, 30).contains("F2 use that dataset");
    let uses = |wizard: &mut Wizard, expected: &str| {
        assert!(offers(wizard), "{}", wizard.text(100, 30));
        assert!(wizard.text(60, 15).contains("F2 use "), "{}", wizard.text(60, 15));
        let effects = wizard.press(KeyCode::F(2));
        assert!(matches!(&effects[..], [Effect::LookUpDataset { key, .. }] if key.to_string() == expected));
        let Model { focus, errors, details, .. } = &wizard.model;
        assert_eq!((*focus, errors.len(), details.output.new.is_none()), (Field::DATASET, 0, true));
        assert_eq!(details.values.picked(Field::DATASET), Some(expected));
    };
    // It is in the list, which is there before data.world is asked.
    uses(&mut entered("Sales mart"), "analyst/sales-mart");
    // Or data.world says so.
    let mut wizard = entered("Costs");
    assert!(!offers(&wizard), "{}", wizard.text(100, 30));
    wizard.ctrl('n');
    wizard.reply(CreateReply::Taken(why("data.world has a dataset with this title.")));
    assert_eq!(wizard.model.error(Field::NEW_TITLE), Some("data.world has a dataset with this title."));
    uses(&mut wizard, "analyst/costs");
    // Another title may be free, and another failure says nothing of it.
    let mut wizard = entered("Costs");
    wizard.ctrl('n');
    wizard.reply(CreateReply::Taken(why("It is taken.")));
    wizard.type_text("x");
    assert!(!offers(&wizard), "{}", wizard.text(100, 30));
    wizard.ctrl('n');
    wizard.reply(CreateReply::Failed(why("The network is down.")));
    assert!(!offers(&wizard), "{}", wizard.text(100, 30));
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

#[test]
fn another_export_that_writes_the_same_file_is_named() {
    let mut wizard = Wizard::started(Start { environment: environment(), exports: vec![export("Costs")], ..start() });
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    wizard.paste(DATA_SET);
    wizard.found(Ownership::Proven);
    wizard.focus(Field::DATASET);
    wizard.paste("acme-analytics/sales-mart");
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Write))));
    wizard.focus(Field::FILE_NAME);
    let warnings = |wizard: &Wizard| warnings(wizard, Field::FILE_NAME);
    assert_eq!(warnings(&wizard), "");
    wizard.type_text("costs");
    let shared = "The export Costs writes that file too: each of the two replaces what the other one wrote.";
    assert_eq!(warnings(&wizard), shared);
    wizard.ctrl('n');
    wizard.on_to_review();
    assert!(review::lines(&wizard.model).iter().any(|line| line.text == shared && line.severity == Severity::Warning));
    wizard.tell(Msg::Intent(Intent::Choose(Field::SAVE, 0)));
    wizard.reply(saved_as("sales"));
    assert!(review::lines(&wizard.model).iter().any(|line| line.text == shared), "its own file is not another's");
    wizard.model.exports.retain(|other| other.name != "Costs");
    assert!(!review::lines(&wizard.model).iter().any(|line| line.text.starts_with("The export")));
}

#[test]
fn the_name_of_the_data_set_is_proposed_for_the_file() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    wizard.found(Ownership::Proven);
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "daily-sales-by-region");
    wizard.paste(OTHER_DATA_SET);
    wizard.reply(DataSetReply::DataSet(Ok(named_data_set(OTHER_DATA_SET, "Store Targets", 5))));
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "store-targets", "of the DataSet that is chosen");
    wizard.focus(Field::FILE_NAME);
    wizard.type_text("mine");
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "mine", "typing replaces it");
    wizard.focus(Field::INPUT_DATA_SET);
    wizard.paste(DATA_SET);
    wizard.found(Ownership::Proven);
    assert_eq!(wizard.model.details.values.text(Field::FILE_NAME), "mine", "what was entered stays");
}

#[test]
fn a_name_with_the_ending_of_another_format_is_remarked() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::FILE_NAME);
    wizard.type_text("Report.XLSX");
    assert_eq!(warnings(&wizard, Field::FILE_NAME), "The file is a CSV: it will be called Report.XLSX.csv.");
    for plain in ["sales v1.2", "sales.csv", "xlsx"] {
        wizard.ctrl('u');
        wizard.type_text(plain);
        assert_eq!(warnings(&wizard, Field::FILE_NAME), "", "{plain}");
    }
}

#[test]
fn the_id_of_a_new_dataset_is_shown_as_its_title_is_typed_and_one_that_is_there_is_named() {
    let mut wizard = Wizard::at_details();
    all(vec![dataset("analyst/sales-mart", Access::Write)]).into_iter().for_each(|page| drop(wizard.reply(page)));
    wizard.tell(Msg::Intent(Intent::Open(Field::DATASET)));
    wizard.tell(Msg::Intent(Intent::Create));
    wizard.type_text("Umsätze_2026 Nord");
    let shown = |wizard: &Wizard| {
        let spec = spec(Field::NEW_TITLE);
        let notes = (spec.notes)(&wizard.model).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        (notes, warnings(wizard, Field::NEW_TITLE))
    };
    assert_eq!(shown(&wizard), ("its id is likely analyst/umstze2026-nord, without _ ä".to_owned(), String::new()));
    wizard.ctrl('u');
    wizard.type_text("sales MART");
    let there = "analyst/sales-mart is there already, titled Sales mart. Choose it instead, or enter another title.";
    assert_eq!(shown(&wizard), ("its id is likely analyst/sales-mart".to_owned(), there.to_owned()));
}
