//! The data.world dataset: selected, entered, or created.

use super::*;

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
fn a_filter_that_finds_no_dataset_is_the_title_of_a_new_one() {
    let mut wizard = Wizard::at_details();
    wizard.focus(Field::DATASET);
    wizard.press(KeyCode::Down);
    wizard.type_text("Quarterly Numbers");
    wizard.press(KeyCode::F(2));
    assert_eq!(wizard.model.details.values.text(Field::NEW_TITLE), "Quarterly Numbers");
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
