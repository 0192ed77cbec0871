//! The page that gives an export to a scheduler.

use std::path::PathBuf;

use writeback::testing::schedulers::{LocalSchedule, ScheduleState, SchedulerKind};
use writeback::testing::tui::form::{Field, Intent};
use writeback::testing::tui::state::{Effect, Msg, ScheduleChange, ScheduleReply};
use writeback::testing::tui::wizard::Step;

use crate::dashboard::screens::pin_at;
use crate::dashboard::support::*;
use crate::samples::{refusal, saved_as};
use crate::screen::Driver as _;

/// Home with *Daily sales*, which has a schedule that no scheduler has, on its page.
fn unscheduled() -> Person {
    let mut person = Person::usual();
    person.handed.all.clear();
    person.press("F5").answer();
    person.on("Daily sales").press("s").answer();
    person
}

fn change(person: &mut Person) -> ScheduleChange {
    let effect = person.effects.iter().rfind(|effect| matches!(effect, Effect::ChangeSchedule { .. }));
    let Some(Effect::ChangeSchedule { change, slug, .. }) = effect else { panic!("nothing is changed") };
    assert_eq!(slug, "daily-sales");
    change.clone()
}

fn reply(person: &mut Person, reply: ScheduleReply) {
    let request = person.asked(|effect| matches!(effect, Effect::ChangeSchedule { .. }));
    person.reply(&request, reply).answer();
}

fn done(sentence: &str) -> ScheduleReply {
    ScheduleReply::Done { sentences: vec![sentence.to_owned()], first_run: None }
}

fn first_run(person: &Person) -> ScheduleReply {
    ScheduleReply::Done { sentences: vec!["It is there.".to_owned()], first_run: person.saved[1].export.clone().ok() }
}

#[test]
fn s_shows_the_schedulers_of_this_computer_and_what_would_be_installed() {
    let mut person = unscheduled();
    let text = person.text(80, 40);
    for part in [
        "Schedule of Daily sales",
        "Every day at 16:30, UTC. Once scheduled, it runs next on ",
        "systemd       ○ this computer, not scheduled yet",
        "your crontab  ○ this computer, not scheduled yet",
        "Kubernetes    ○ another computer, takes a file",
        "writeback-daily-sales.timer",
        "OnCalendar=*-*-* 16:30:00 UTC",
    ] {
        assert!(text.contains(part), "no {part:?} on\n{text}");
    }
    assert!(!text.contains("keyring"), "{text}");
    person.press("Down");
    let text = person.text(80, 40);
    assert!(text.contains("! Runs by cron may not reach your keyring.") && text.contains("30 16 * * *"), "{text}");
    pin_at([(120, 40), (80, 24), (60, 15)], "home_schedule", &person);
}

#[test]
fn an_export_is_installed_updated_and_removed_on_its_page() {
    let mut person = unscheduled();
    person.press("Enter");
    assert_eq!(change(&mut person), ScheduleChange::Install(SchedulerKind::Systemd));
    assert!(person.text(80, 24).contains("● asking systemd…"), "{}", person.text(80, 24));
    person.press("Enter");
    assert_eq!(person.effects.len(), 1, "once");
    let row = has(&person.saved[1], true);
    person.handed.all.push(row);
    reply(&mut person, done("writeback-daily-sales.timer runs."));
    let text = person.text(80, 24);
    assert!(text.contains("✓ writeback-daily-sales.timer runs."), "{text}");
    assert!(text.contains("✓ this computer, scheduled") && !text.contains("Enter install"), "{text}");

    person.handed.all[0].state = ScheduleState::Differs;
    person.press("F5").answer();
    assert!(person.text(80, 24).contains("! installed, but not as it is saved now"), "{}", person.text(80, 24));
    person.press("Enter");
    assert_eq!(change(&mut person), ScheduleChange::Install(SchedulerKind::Systemd));
    person.handed.all[0].state = ScheduleState::Matches;
    reply(&mut person, done("It is there."));

    person.press("x");
    assert_eq!(change(&mut person), ScheduleChange::Remove(SchedulerKind::Systemd));
    reply(&mut person, ScheduleReply::Failed(refusal()));
    assert!(person.text(80, 24).contains(&format!("✗ {}", &refusal().what[..40])), "{}", person.text(80, 24));
    person.press("Esc");
    assert!(person.line("Daily sales").contains("in 4 h"), "{}", person.line("Daily sales"));
}

#[test]
fn a_schedule_that_starts_at_once_makes_its_first_run_on_the_screen() {
    let mut person = unscheduled();
    person.press("Enter");
    let first = first_run(&person);
    reply(&mut person, first);
    let started: Vec<_> = person.started().into_iter().map(|(_, name, dry)| (name, dry)).collect();
    assert_eq!(started, [("Daily sales".to_owned(), false)]);
}

#[test]
fn for_a_scheduler_elsewhere_a_file_is_written_and_none_replaced_unasked() {
    let mut person = unscheduled();
    person.press("Down Down Enter");
    assert!(person.text(80, 24).contains("> writeback-daily-sales.yaml"), "{}", person.text(80, 24));
    person.press("Enter");
    let write = |replace| ScheduleChange::Write {
        target: SchedulerKind::Kubernetes,
        to: PathBuf::from("writeback-daily-sales.yaml"),
        replace,
    };
    assert_eq!(change(&mut person), write(false));
    reply(&mut person, ScheduleReply::Exists(PathBuf::from("writeback-daily-sales.yaml")));
    assert!(person.text(80, 24).contains("Replace writeback-daily-sales.yaml?"), "{}", person.text(80, 24));
    person.press("y");
    assert_eq!(change(&mut person), write(true));
}

#[test]
fn a_late_question_is_not_asked_over_another_tab() {
    let mut person = unscheduled();
    person.press("Down Down Enter Enter 2").answer();
    reply(&mut person, ScheduleReply::Exists(PathBuf::from("x.yaml")));
    assert_eq!(person.notice(), "Daily sales: x.yaml is there already, and stays as it is.");
    assert!(!person.text(80, 24).contains("Replace"), "{}", person.text(80, 24));
}

#[test]
fn an_export_that_is_not_saved_is_not_scheduled() {
    let mut person = Person::at_review();
    person
        .button(Field::RUN_ONCE)
        .end("Daily Sales by Region", crate::dashboard::support::done(false))
        .answer()
        .press("s");
    assert_eq!(person.notice(), "Daily Sales by Region is not saved. Save it first, and then schedule it.");
    assert!(person.app.home.schedule.is_none());
}

#[test]
fn without_a_schedule_the_key_says_how_to_give_one() {
    let mut person = Person::usual();
    person.on("Costs").press("s");
    assert_eq!(person.notice(), "Costs has no schedule: it runs only when someone runs it. Press e to give it one.");
    assert!(person.app.home.schedule.is_none());
    assert!(!person.text(80, 24).contains("✓ Costs"), "nothing was done: {}", person.text(80, 24));
}

#[test]
fn without_a_schedule_by_now_an_export_is_removed_from_the_scheduler_that_still_runs_it() {
    let mut person = Person::usual();
    let costs = person.handed.all.iter_mut().find(|has| has.slug == "costs").unwrap();
    costs.state = ScheduleState::Manual;
    person.press("F5").answer().on("Costs");
    assert!(person.line("Costs").contains("still runs"), "{}", person.line("Costs"));
    let text = person.text(80, 24);
    assert!(text.contains("systemd still runs it.") && text.contains("Press s to remove it there."), "{text}");
    person.press("x");
    assert!(person.text(80, 24).contains("In systemd it stays"), "{}", person.text(80, 24));
    person.press("n s").answer();
    let text = person.text(80, 24);
    assert!(text.contains("! still installed, without a schedule") && text.contains("x remove"), "{text}");
    person.press("x");
    let effect = person.taken(|effect| matches!(effect, Effect::ChangeSchedule { .. }));
    let Effect::ChangeSchedule { change, .. } = effect else { unreachable!() };
    assert_eq!(change, ScheduleChange::Remove(SchedulerKind::Systemd));
}

#[test]
fn an_export_of_another_home_is_shown_and_left_alone() {
    let mut person = unscheduled();
    person.press("Esc");
    let row = LocalSchedule { state: ScheduleState::OtherHome { has_home: true }, ..has(&person.saved[1], true) };
    person.handed.all.push(row);
    person.press("F5").answer();
    assert!(person.line("Daily sales").contains("unscheduled"), "{}", person.line("Daily sales"));
    person.press("s").answer();
    let text = person.text(80, 24);
    assert!(text.contains("! has one of this name, of another WRITEBACK_HOME"), "{text}");
    assert!(text.contains("! systemd has the export daily-sales of another WRITEBACK_HOME"), "{text}");
    person.press("Enter x");
    assert_eq!(person.effects, [], "nothing is asked for");
}

#[test]
fn the_demo_shows_a_schedule_and_neither_asks_nor_changes_a_scheduler() {
    let mut person = Person::usual();
    person.app.home.demo = true;
    person.on("Daily sales").press("s").answer();
    let text = person.text(80, 30);
    assert!(
        text.contains("systemd       ○ this computer, not scheduled yet") && text.contains("This is what would be"),
        "{text}"
    );
    person.press("Enter x");
    assert_eq!(person.effects, [], "nothing is asked for");
    person.press("Enter");
    assert!(person.notice().starts_with("The demo installs nothing."), "{}", person.notice());
}

#[test]
fn review_saves_an_export_and_goes_on_to_its_schedulers() {
    let mut person = Person::usual();
    person.on("Daily sales").press("e").answer();
    let wizard = person.app.wizard.as_mut().unwrap();
    wizard.step = Step::Review;
    person.tell(Msg::Intent(Intent::Choose(Field::SAVE_AND_SCHEDULE, 0)));
    let request = person.asked(|effect| matches!(effect, Effect::SaveExport { .. }));
    person.reply(&request, saved_as("daily-sales")).answer();
    assert!(person.app.wizard.is_none());
    assert!(person.text(80, 24).contains("Schedule of Daily sales"), "{}", person.text(80, 24));
    assert!(person.notice().starts_with("Saved as "), "{}", person.notice());
}

#[test]
fn the_choice_follows_its_scheduler_when_the_list_is_sorted_anew() {
    let mut person = unscheduled();
    person.press("Down Enter");
    assert_eq!(change(&mut person), ScheduleChange::Install(SchedulerKind::Cron));
    let row = LocalSchedule { target: SchedulerKind::Cron, ..has(&person.saved[1], true) };
    person.handed.all.push(row);
    reply(&mut person, done("It is in your crontab."));
    let text = person.text(80, 24);
    assert!(text.contains("▌ your crontab  ✓ this computer, scheduled"), "it is the first by now: {text}");
    person.press("x");
    assert_eq!(change(&mut person), ScheduleChange::Remove(SchedulerKind::Cron));
    person.handed.all.clear();
    reply(&mut person, done("It is gone."));
    assert!(
        person.text(80, 24).contains("▌ your crontab  ○ this computer, not scheduled yet"),
        "{}",
        person.text(80, 24)
    );
}

#[test]
fn what_comes_after_the_page_was_left_is_said() {
    let replies: [(ScheduleReply, &str); 3] = [
        (ScheduleReply::Failed(refusal()), &format!("Daily sales: {}", refusal().what)),
        (done("It is there."), "Daily sales: It is there."),
        (ScheduleReply::Exists(PathBuf::from("x.yaml")), "Daily sales: x.yaml is there already, and stays as it is."),
    ];
    for (answer, said) in replies {
        let mut person = unscheduled();
        person.press("Enter Esc");
        reply(&mut person, answer);
        assert!(person.notice().starts_with(said), "{}", person.notice());
    }
    let mut person = unscheduled();
    person.press("Enter Esc e").answer();
    reply(&mut person, ScheduleReply::Failed(refusal()));
    assert!(
        person.app.wizard.as_ref().unwrap().shell.notice.as_ref().unwrap().text.contains(&refusal().what),
        "over the wizard"
    );
}

#[test]
fn a_first_run_starts_before_its_row_is_loaded_and_after_the_page_is_left() {
    let mut person = unscheduled();
    person.press("Enter Esc");
    let first = first_run(&person);
    person.saved.clear();
    person.press("F5").answer();
    let request = person.asked(|effect| matches!(effect, Effect::ChangeSchedule { .. }));
    person.reply(&request, first);
    let started: Vec<_> = person.started().into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(started, ["Daily sales"]);
}

#[test]
fn enter_that_is_held_on_save_and_schedule_installs_nothing() {
    let mut person = Person::usual();
    person.on("Daily sales").press("e").answer();
    let wizard = person.app.wizard.as_mut().unwrap();
    (wizard.step, wizard.focus) = (Step::Review, Field::SAVE_AND_SCHEDULE);
    person.press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::SaveExport { .. }));
    person.handed.all.clear();
    person.reply(&request, saved_as("daily-sales")).answer();
    person.press("Enter Enter").answer();
    assert!(person.app.home.schedule.is_some());
    assert!(
        !person.effects.iter().any(|effect| matches!(effect, Effect::ChangeSchedule { .. })),
        "{:?}",
        person.effects
    );
}

#[test]
fn a_click_chooses_a_scheduler_and_installs_nothing() {
    let mut person = unscheduled();
    person.tell(Msg::Open);
    assert_eq!(person.effects, []);
    person.tell(Msg::Point { row: 1, top: 0 }).tell(Msg::Open);
    assert_eq!(person.effects, []);
    person.press("Enter");
    assert_eq!(change(&mut person), ScheduleChange::Install(SchedulerKind::Cron));
}

#[test]
fn on_a_low_screen_the_list_scrolls_and_a_result_is_whole() {
    let mut person = unscheduled();
    person.press("Down Down");
    assert!(person.text(60, 12).contains("▌ Kubernetes"), "{}", person.text(60, 12));
    person.press("Home Up Up Enter");
    let result = "writeback-daily-sales.timer is in /home/ann/.config/systemd/user and runs. It runs while you are logged in; \
                  after `loginctl enable-linger`, always.";
    reply(&mut person, done(result));
    let text = person.text(60, 12);
    assert!(text.contains("always."), "{text}");
}

#[test]
fn a_run_that_is_ordered_in_the_wizard_closes_the_page() {
    let mut person = unscheduled();
    let name = person.app.home.schedule.as_ref().unwrap().name.clone();
    let other = Person::at_review();
    person.app.wizard = other.app.wizard;
    person.button(Field::RUN_ONCE).answer();
    assert!(person.app.home.schedule.is_none(), "{}", person.text(80, 24));
    assert!(!person.text(80, 24).contains(&format!("Schedule of {name}")));
}
