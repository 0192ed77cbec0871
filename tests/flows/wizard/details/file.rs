//! The file: its name, what is appended to it, and what it replaces.

use super::*;

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
