//! Scheduling, and Name & Describe: nothing has to be entered there, and what is entered arrives.

use crossterm::event::KeyCode;
use writeback::testing::export::schedule::{Rhythm, TimeOfDay};
use writeback::testing::export::{Append, Checks, Export, HashRows, Label, Retry, Update};
use writeback::testing::schedulers::{LocalSchedule, LocalSchedules, ScheduleState, SchedulerKind};
use writeback::testing::services::domo::{Ownership, Preview};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::wizard::{Effect, Field, Msg, Original, Start, Step, review};

use crate::samples;
use crate::wizard::support::*;

/// Chooses until the field shows what is wanted.
fn choose(wizard: &mut Wizard, field: Field, times: usize) {
    wizard.focus(field);
    for _ in 0..times {
        wizard.press(KeyCode::Char(' '));
    }
}

fn enter(wizard: &mut Wizard, field: Field, text: &str) {
    wizard.focus(field);
    wizard.ctrl('u');
    wizard.type_text(text);
    if wizard.model.list.is_some() {
        wizard.press(KeyCode::Enter);
    }
}

/// Checks exactly these days of the week.
fn mark(wizard: &mut Wizard, days: impl IntoIterator<Item = usize>) {
    wizard.tell(Msg::Intent(Intent::Mark(Field::ON_DAYS, days.into_iter().collect())));
}

/// The next runs, as `23 Nov 06:30`, in UTC.
fn next(wizard: &Wizard) -> Vec<String> {
    let runs = wizard.model.scheduling.next_runs(wizard.model.now);
    runs.iter().map(|run| run.format("%-d %b %H:%M").to_string()).collect()
}

pub(crate) fn every_two_weeks() -> Wizard {
    let mut wizard = Wizard::at_scheduling();
    choose(&mut wizard, Field::INTERVAL, 4);
    enter(&mut wizard, Field::EVERY, "2");
    mark(&mut wizard, [0, 3]);
    enter(&mut wizard, Field::START_TIME, "6:30");
    enter(&mut wizard, Field::TIME_ZONE, "America/Denver");
    wizard
}

#[test]
fn who_wants_none_of_it_goes_on_twice() {
    let wizard = Wizard::at_review();
    let export = review::export(&wizard.model).unwrap();
    assert!(export.schedule.is_manual() && export.retry.is_none() && export.description.is_none());
    assert_eq!(export.name, "Daily Sales by Region", "that of the DataSet");
    let text = export.to_toml().unwrap();
    for nothing in ["schedule", "retry", "log", "keep", "labels"] {
        assert!(!text.contains(nothing), "{text}");
    }
}

#[test]
fn the_next_runs_are_shown_while_one_types() {
    let wizard = every_two_weeks();
    assert_eq!(next(&wizard), ["23 Nov 13:30", "26 Nov 13:30", "7 Dec 13:30", "10 Dec 13:30", "21 Dec 13:30"]);
    let mut wizard = wizard;
    mark(&mut wizard, [1]);
    assert_eq!(next(&wizard)[..2], ["24 Nov 13:30", "8 Dec 13:30"]);
    enter(&mut wizard, Field::START_DATE, "2026-11-30");
    assert_eq!(next(&wizard)[..2], ["1 Dec 13:30", "15 Dec 13:30"], "counted from the week of the start date");
    enter(&mut wizard, Field::START_TIME, "6:3");
    assert!(next(&wizard).is_empty());
}

#[test]
fn the_definition_gets_what_was_entered() {
    let mut wizard = every_two_weeks();
    choose(&mut wizard, Field::RETRY, 1);
    enter(&mut wizard, Field::RETRY_MINUTES, "15");
    choose(&mut wizard, Field::UPDATE_METHOD, 1);
    choose(&mut wizard, Field::ONLY_WHEN_UPDATED, 1);
    wizard.ctrl('n');
    enter(&mut wizard, Field::EXPORT_NAME, "Sales to the mart");
    enter(&mut wizard, Field::EXPORT_DESCRIPTION, "For the meeting");
    enter(&mut wizard, Field::FILE_DESCRIPTION, "What was sold");
    wizard.tell(Msg::Intent(Intent::Choose(Field::FILE_LABELS, 3)));
    wizard.ctrl('n');
    let effects = wizard.ctrl('s');
    let [Effect::SaveExport { export, replaces: None, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(
        export.schedule.describe(),
        "Every 2 weeks on Monday and Thursday at 06:30, from 23 Nov 2026, America/Denver"
    );
    assert_eq!(export.retry, Some(Retry::new(15, 3).unwrap()));
    assert_eq!((export.log.update, export.input.only_when_updated), (Update::Replace, true));
    assert_eq!((export.name.as_str(), export.description.as_deref()), ("Sales to the mart", Some("For the meeting")));
    assert_eq!(export.output.description.as_ref().unwrap().as_str(), "What was sold");
    assert_eq!(export.output.labels, [Label::CleanData]);
    wizard.reply(saved_as("sales-to-the-mart"));
    assert_eq!(wizard.model.step, Step::Review, "it was saved without running");
    assert!(wizard.notice().contains("writeback run sales-to-the-mart"), "{}", wizard.notice());
    assert_eq!(wizard.press(KeyCode::Esc), [Effect::LeaveWizard], "nothing would be lost");
}

/// Saves an export with a schedule, and returns the effects that follow.
fn saved(wizard: &mut Wizard) -> Vec<Effect> {
    wizard.on_to_review();
    wizard.ctrl('s');
    wizard.reply(saved_as("sales"))
}

fn handed(all: Vec<LocalSchedule>) -> Answer<LocalSchedules> {
    Answer::Ok(LocalSchedules { all, unasked: Vec::new(), proposed: Some(SchedulerKind::Cron) })
}

#[test]
fn who_has_saved_a_schedule_is_told_that_nothing_runs_it_yet() {
    let mut wizard = every_two_weeks();
    assert!(matches!(saved(&mut wizard)[..], [Effect::AskSchedulers { .. }]));
    assert!(wizard.model.saving.is_waiting(), "it waits for the answer");
    assert!(wizard.notice().contains(".toml. `writeback run sales` runs it"), "{}", wizard.notice());
    assert!(!wizard.notice().contains("Not scheduled"), "nothing is claimed before: {}", wizard.notice());
    wizard.reply(handed(Vec::new()));
    let said = "Not scheduled on this computer: it will not run by itself here. Schedule it: writeback schedule sales --to cron --install";
    assert!(wizard.notice().contains(".toml. `writeback run sales` runs it"), "{}", wizard.notice());
    assert!(wizard.notice().ends_with(said), "{}", wizard.notice());
    assert!(!wizard.model.saving.is_waiting());

    // Said without what a key has put away.
    let mut wizard = every_two_weeks();
    saved(&mut wizard);
    wizard.press(KeyCode::Tab);
    wizard.reply(handed(Vec::new()));
    assert_eq!(wizard.notice(), said);
}

#[test]
fn a_schedule_that_a_scheduler_has_is_done_once_it_is_saved_and_one_that_it_had_before_is_not() {
    let has =
        |state| vec![LocalSchedule { slug: "sales".to_owned(), target: SchedulerKind::Systemd, state, next: None }];
    let (matches, differs) = (ScheduleState::Matches, ScheduleState::Differs);
    for (state, said) in
        [(matches.clone(), ""), (differs, "Schedule it anew: writeback schedule sales --to systemd --install")]
    {
        let mut wizard = every_two_weeks();
        saved(&mut wizard);
        let before = wizard.notice().to_owned();
        wizard.reply(handed(has(state.clone())));
        assert_eq!(wizard.notice() == before, state == matches, "{}", wizard.notice());
        assert!(wizard.notice().ends_with(said), "{}", wizard.notice());
    }
}

#[test]
fn without_a_schedule_and_in_the_demo_no_scheduler_is_asked() {
    let mut wizard = Wizard::at_review();
    wizard.ctrl('s');
    assert!(wizard.reply(saved_as("sales")).is_empty());
    let mut wizard = every_two_weeks();
    wizard.model.demo = true;
    assert!(saved(&mut wizard).is_empty());
    // Nor is a command named that finds nothing outside the demo.
    let notice = wizard.notice();
    assert!(!notice.contains("writeback schedule") && !wizard.model.saving.is_waiting(), "{notice}");
    let mut wizard = every_two_weeks();
    wizard.model.demo = true;
    let lines = writeback::testing::tui::wizard::review::lines(&wizard.model);
    let said: Vec<_> = lines.iter().filter(|line| line.label == "Schedule").map(|line| line.text.as_str()).collect();
    assert!(said.iter().any(|line| line.starts_with("It does not run by itself")), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("--to")), "{said:?}");
}

#[test]
fn each_mistake_is_said_at_its_field() {
    let table = [
        (Field::EVERY, "0", "Enter the number of weeks."),
        (Field::EVERY, "53", "Every 53 weeks is more than the 52 weeks that `every` takes."),
        (Field::START_TIME, "25:00", "A time of day has hours and minutes"),
        (Field::START_DATE, "soon", "Enter a date like 2026-11-23, 23 Nov, or 11/23/2026."),
    ];
    for (field, text, said) in table {
        let mut wizard = every_two_weeks();
        enter(&mut wizard, field, text);
        wizard.ctrl('n');
        assert_eq!((wizard.model.step, wizard.model.focus), (Step::Scheduling, field));
        let error = wizard.model.error(field).unwrap();
        assert!(error.starts_with(said), "{error}");
        wizard.type_text("1");
        assert_eq!(wizard.model.error(field), None, "typing clears it");
        wizard.ctrl('p');
        assert_eq!(wizard.model.step, Step::Details, "back never validates");
    }
}

#[test]
fn basic_and_advanced_exclude_each_other_and_lose_nothing() {
    let mut wizard = every_two_weeks();
    choose(&mut wizard, Field::SCHEDULE_MODE, 1);
    assert!(!wizard.model.fields().contains(&Field::INTERVAL));
    wizard.ctrl('n');
    assert!(
        wizard.model.error(Field::MONTH_DAYS).unwrap().contains("For every day at a set time, use Basic Scheduling.")
    );
    enter(&mut wizard, Field::MONTH_DAYS, "2nd Sunday, last Fri");
    assert_eq!(next(&wizard)[..3], ["27 Nov 13:30", "13 Dec 13:30", "25 Dec 13:30"]);
    choose(&mut wizard, Field::BY_INTERVAL, 1);
    enter(&mut wizard, Field::ADVANCED_INTERVAL, "8 hours");
    assert!(next(&wizard)[0].starts_with("27 Nov"), "{:?}", next(&wizard));
    choose(&mut wizard, Field::SCHEDULE_MODE, 1);
    enter(&mut wizard, Field::CRON, "0 6 * *");
    wizard.ctrl('n');
    assert!(wizard.model.error(Field::CRON).unwrap().contains("five fields"));
    wizard.type_text(" 1");
    assert_eq!(next(&wizard)[0], "23 Nov 13:00");
    choose(&mut wizard, Field::SCHEDULE_MODE, 1);
    assert_eq!(next(&wizard)[0], "23 Nov 13:30", "Basic is as it was");
}

#[test]
fn keeping_the_last_files_is_offered_where_there_will_be_several() {
    let mut wizard = Wizard::at_scheduling();
    assert!(!wizard.model.fields().contains(&Field::KEEP));
    wizard.ctrl('p');
    choose(&mut wizard, Field::APPEND, 1);
    wizard.ctrl('n');
    enter(&mut wizard, Field::KEEP, "0");
    wizard.ctrl('n');
    assert!(wizard.model.error(Field::KEEP).is_some());
    enter(&mut wizard, Field::KEEP, "14");
    wizard.on_to_review();
    assert_eq!(review::export(&wizard.model).unwrap().output.keep.map(|keep| keep.count()), Some(14));
    assert!(
        review::lines(&wizard.model)
            .iter()
            .any(|line| line.text == "The last 14 of its files are kept; older ones that it wrote are deleted.")
    );
}

#[test]
fn the_date_in_the_name_is_that_of_the_zone() {
    let mut wizard = Wizard::at_scheduling();
    let name = |wizard: &Wizard| wizard.model.next_file(Append::Date).unwrap().name;
    assert_eq!(name(&wizard), "weekly_11-22-2026.csv");
    choose(&mut wizard, Field::INTERVAL, 2);
    // It is noon in UTC.
    enter(&mut wizard, Field::TIME_ZONE, "Pacific/Kiritimati");
    assert_eq!(name(&wizard), "weekly_11-23-2026.csv");
}

#[test]
fn what_is_faster_than_a_quarter_of_an_hour_is_warned_about_and_goes_on() {
    let mut wizard = Wizard::at_scheduling();
    choose(&mut wizard, Field::SCHEDULE_MODE, 2);
    enter(&mut wizard, Field::CRON, "*/5 * * * *");
    wizard.on_to_review();
    let lines = review::lines(&wizard.model);
    assert!(lines.iter().any(|line| line.text.contains("more often than every 15 minutes")), "{lines:?}");
}

#[test]
fn a_name_is_proposed_until_one_is_entered_and_is_unique() {
    let mut wizard = Wizard::at_scheduling();
    wizard.model.exports = vec![export("daily sales by region"), export("Costs")];
    wizard.ctrl('n');
    assert_eq!(wizard.model.describe.values.text(Field::EXPORT_NAME), "Daily Sales by Region 2");
    enter(&mut wizard, Field::EXPORT_NAME, " costs! ");
    wizard.ctrl('n');
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Describe, Field::EXPORT_NAME));
    assert!(wizard.model.error(Field::EXPORT_NAME).unwrap().starts_with("There is already an export Costs."));
    enter(&mut wizard, Field::EXPORT_NAME, "Mine");
    wizard.ctrl('p');
    wizard.ctrl('n');
    assert_eq!(wizard.model.describe.values.text(Field::EXPORT_NAME), "Mine", "it is no longer proposed");
    wizard.ctrl('u');
    wizard.ctrl('n');
    assert_eq!(wizard.model.error(Field::EXPORT_NAME), Some("Enter a name for the export."));
    enter(&mut wizard, Field::FILE_DESCRIPTION, &"x".repeat(121));
    enter(&mut wizard, Field::EXPORT_NAME, "Mine");
    wizard.ctrl('n');
    assert!(wizard.model.error(Field::FILE_DESCRIPTION).unwrap().contains("at most 120 characters"));
}

/// The example that `exports show --example` prints: every key is in it.
fn example() -> Export {
    let text = include_str!("../../../assets/example.toml");
    let mut export = Export::parse(text, std::path::Path::new("example.toml")).unwrap();
    export.csv.nulls = writeback::testing::export::Nulls::Empty;
    export.checks.allow_shrink = true;
    export
}

fn editing(export: &Export, ownership: Ownership) -> Wizard {
    editing_of(Original::new(export.clone()), ownership)
}

fn editing_of(original: Original, ownership: Ownership) -> Wizard {
    let export = original.export.clone();
    let accounts = vec![
        account(writeback::testing::export::Service::DataWorld, "analyst"),
        account(writeback::testing::export::Service::DataWorld, "other"),
        account(writeback::testing::export::Service::Domo, "other"),
        account(writeback::testing::export::Service::Domo, "acme"),
    ];
    let mut wizard = Wizard::started(Start {
        accounts,
        exports: vec![Export::clone(&export), samples::export("Costs")],
        edit: Some(original),
        ..samples::start()
    });
    wizard.ctrl('n');
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    assert_eq!(wizard.model.step, Step::Details);
    wizard.found(ownership);
    let key = export.output.dataset.to_string();
    wizard.reply(DatasetReply::Dataset(Ok(dataset(&key, writeback::testing::services::dataworld::Access::Write))));
    wizard
}

/// The export saved after `change` in Details.
fn saved_after(before: &Export, change: impl FnOnce(&mut Wizard)) -> Export {
    let mut wizard = editing(before, Ownership::Proven);
    change(&mut wizard);
    wizard.ctrl('n');
    wizard.on_to_review();
    let effects = wizard.ctrl('s');
    let [Effect::SaveExport { export, .. }] = &effects[..] else { panic!("{effects:?}") };
    (**export).clone()
}

#[test]
fn another_file_keeps_what_was_decided_about_the_data_and_another_dataset_keeps_how_null_is_written() {
    let mut before = example();
    before.csv.hash_rows = HashRows::Quote;
    before.input.owner_confirmed = true;
    before.checks = Checks { allow_empty: true, allow_shrink: true, allow_unproven: true, allow_unreadable: true };
    let after = saved_after(&before, |wizard| enter(wizard, Field::FILE_NAME, "other"));
    assert_eq!(after.output.file.as_str(), "other");
    assert_eq!((after.csv, after.input.owner_confirmed), (before.csv, true));
    let about_the_data = Checks { allow_unproven: true, allow_unreadable: true, ..Checks::default() };
    assert_eq!(after.checks, about_the_data, "the others were about the file that is replaced no more");

    let after = saved_after(&before, |wizard| {
        wizard.focus(Field::INPUT_DATA_SET);
        wizard.ctrl('u');
        wizard.paste(OTHER_DATA_SET);
        wizard.reply(DataSetReply::DataSet(Ok(named_data_set(OTHER_DATA_SET, "Costs", 1_204_331))));
        wizard.reply(DataSetReply::Ownership(Ownership::Proven));
        wizard.reply(DataSetReply::Preview(Ok(Preview::default())));
    });
    assert_eq!(after.input.dataset.to_string(), OTHER_DATA_SET);
    assert_eq!((after.csv.nulls, after.csv.hash_rows), (before.csv.nulls, HashRows::Refuse));
    assert_eq!((after.checks, after.input.owner_confirmed), Default::default());
}

#[test]
fn editing_shows_every_value_back() {
    let before = example();
    for ownership in [Ownership::Unknown, Ownership::Proven] {
        let mut wizard = editing(&before, ownership);
        wizard.ctrl('n');
        wizard.on_to_review();
        let effects = wizard.ctrl('s');
        let [Effect::SaveExport { export, replaces, .. }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(**export, before);
        assert_eq!(replaces.as_ref().map(|it| it.stem.as_str()), Some("daily-sales"));
    }
}

#[test]
fn who_saves_over_what_another_program_has_changed_is_asked_first() {
    let mut wizard = editing(&example(), Ownership::Proven);
    wizard.ctrl('n');
    wizard.on_to_review();
    let replaced = |effects: Vec<Effect>| match &effects[..] {
        [Effect::SaveExport { replaces, .. }] => replaces.clone().map(|original| *original.export),
        _ => panic!("{effects:?}"),
    };
    assert_eq!(replaced(wizard.ctrl('s')), Some(example()));
    let theirs = Export { description: Some("theirs".to_owned()), ..example() };
    let changed = |found| SaveReply::Changed { found, explanation: why("It was changed by another program.") };
    assert!(wizard.reply(changed(Some(Box::new(theirs.clone())))).is_empty(), "nothing is saved, and nobody leaves");
    assert!(wizard.notice().starts_with("It was changed by another program."), "{}", wizard.notice());
    assert_eq!(replaced(wizard.ctrl('s')), Some(theirs), "who saves again replaces what they were told of");
    wizard.reply(changed(None));
    assert_eq!(replaced(wizard.ctrl('s')), None, "it is new, for the other is gone");
}

#[test]
fn an_export_whose_file_is_called_otherwise_stays_in_it_and_runs_by_its_name() {
    let original = Original { export: Box::new(example()), stem: "s2".to_owned() };
    for name in ["Daily sales", "Sales Two"] {
        let mut wizard = editing_of(original.clone(), Ownership::Proven);
        wizard.ctrl('n');
        wizard.ctrl('n');
        enter(&mut wizard, Field::EXPORT_NAME, name);
        wizard.ctrl('n');
        assert_eq!(wizard.model.step, Step::Review);
        let lines = review::lines(&wizard.model);
        assert!(lines.iter().any(|line| line.text.ends_with("writeback schedule s2 --install")), "{lines:?}");
        for _ in 0..2 {
            let effects = wizard.ctrl('s');
            let [Effect::SaveExport { replaces, .. }] = &effects[..] else { panic!("{effects:?}") };
            assert_eq!(replaces.as_ref().map(|it| it.stem.as_str()), Some("s2"));
            wizard.reply(saved_as("s2"));
        }
        let effects = wizard.run_once();
        let [Effect::OpenRun(order)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(order.entry.definition.to_str(), Some("s2.toml"), "the run is of that file, and locks it");
    }
    let mut by_path = editing_of(Original { stem: "My sales".to_owned(), ..original }, Ownership::Proven);
    by_path.ctrl('n');
    by_path.on_to_review();
    let lines = review::lines(&by_path.model);
    assert!(lines.iter().any(|line| line.text.ends_with("writeback schedule \"My sales\" --install")), "{lines:?}");
}

#[test]
fn an_export_that_is_edited_may_get_another_name_but_not_that_of_a_third() {
    let mut wizard = editing(&example(), Ownership::Unknown);
    wizard.ctrl('n');
    wizard.ctrl('n');
    enter(&mut wizard, Field::EXPORT_NAME, "costs");
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Describe);
    enter(&mut wizard, Field::EXPORT_NAME, "Sales");
    wizard.ctrl('n');
    wizard.ctrl('s');
    wizard.reply(saved_as("sales"));
    let names: Vec<&str> = wizard.model.exports.iter().map(|export| export.name.as_str()).collect();
    assert_eq!(names, ["Costs", "Sales"]);
    assert_eq!(wizard.model.saved_as.as_deref(), Some("Sales"));
}

#[test]
fn a_month_has_a_day_and_a_day_has_hours() {
    let mut wizard = Wizard::at_scheduling();
    choose(&mut wizard, Field::INTERVAL, 5);
    enter(&mut wizard, Field::DAY_OF_MONTH, "31");
    assert_eq!(next(&wizard)[..2], ["30 Nov 06:00", "31 Dec 06:00"]);
    choose(&mut wizard, Field::INTERVAL, 2);
    enter(&mut wizard, Field::EVERY, "3");
    enter(&mut wizard, Field::ACTIVE_FROM, "22:00");
    enter(&mut wizard, Field::ACTIVE_TO, "4:00");
    assert_eq!(next(&wizard)[..3], ["22 Nov 22:00", "23 Nov 01:00", "23 Nov 22:00"]);
    let schedule = wizard.model.scheduling.schedule(wizard.model.now).unwrap();
    let Rhythm::Hours { active, .. } = schedule.rhythm else { panic!("{schedule:?}") };
    assert_eq!(active.to, Some(TimeOfDay::new(4, 0).unwrap()));
}

#[test]
fn what_is_wrong_is_said_as_soon_as_a_field_is_left_and_not_before() {
    let said = |wizard: &mut Wizard, field: Field, text: &str| {
        enter(wizard, field, text);
        assert_eq!(wizard.model.error(field), None, "{field:?} is still typed into");
        wizard.press(KeyCode::Tab);
        wizard.model.error(field).unwrap_or_default().to_owned()
    };
    let mut wizard = Wizard::at_scheduling();
    choose(&mut wizard, Field::INTERVAL, 4);
    for (field, text, error) in [
        (Field::EVERY, "x", "Enter the number of weeks."),
        (Field::START_TIME, "6.3", "A time of day"),
        (Field::START_DATE, "soon", "Enter a date like 2026-11-23"),
    ] {
        let said = said(&mut wizard, field, text);
        assert!(!said.is_empty() && said.starts_with(error), "{field:?}: {said}");
    }
    choose(&mut wizard, Field::RETRY, 1);
    assert_eq!(said(&mut wizard, Field::RETRY_MINUTES, "0"), "Enter the minutes between attempts, 1 to 1440.");
    assert_eq!(said(&mut wizard, Field::EVERY, "2"), "", "it is mended");
    choose(&mut wizard, Field::INTERVAL, 3);
    assert!(said(&mut wizard, Field::ACTIVE_TO, "late").starts_with("A time of day"));

    let mut wizard = Wizard::at_details();
    assert_eq!(wizard.press(KeyCode::Tab), []);
    assert!(wizard.model.errors.is_empty(), "what is empty may be filled in later");
    assert!(said(&mut wizard, Field::INPUT_DATA_SET, "5a1e5").starts_with("That is not a DataSet ID."));
    assert!(!said(&mut wizard, Field::FILE_NAME, "a/b").is_empty());
    wizard.focus(Field::DATASET_METHOD);
    wizard.press(KeyCode::Char(' '));
    assert!(!said(&mut wizard, Field::DATASET_ID, "sales").is_empty());
}

#[test]
fn what_is_wrong_and_not_on_screen_any_more_stops_nothing() {
    let mut wizard = every_two_weeks();
    enter(&mut wizard, Field::START_DATE, "soon");
    // Manually.
    choose(&mut wizard, Field::INTERVAL, 2);
    wizard.ctrl('n');
    wizard.ctrl('n');
    assert_eq!(wizard.model.step, Step::Review);
    assert!(review::export(&wizard.model).unwrap().schedule.is_manual());
}

#[test]
fn what_was_said_of_a_field_goes_when_another_one_makes_it_right() {
    let mut wizard = Wizard::at_scheduling();
    choose(&mut wizard, Field::INTERVAL, 4);
    wizard.ctrl('n');
    assert_eq!(wizard.model.error(Field::ON_DAYS), Some("Choose at least one day."));
    choose(&mut wizard, Field::INTERVAL, 1);
    assert_eq!(wizard.model.error(Field::ON_DAYS), None, "every month has no days of the week");
}
