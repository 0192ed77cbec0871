//! The tab Exports.

use std::path::PathBuf;
use std::time::Duration;

use writeback::testing::export::Setting;
use writeback::testing::export::schedule::Punctuality;
use writeback::testing::history::{Phase, RunResult};
use writeback::testing::schedulers::{LocalSchedules, SchedulerError, SchedulerKind};
use writeback::testing::transfer::{Failure, Outcome, PhaseState, Progress, Refusal};
use writeback::testing::tui::dashboard::exports::Standing;
use writeback::testing::tui::state::{Effect, LocalData, Login, Msg, RunOrder};

use crate::dashboard::support::*;
use crate::samples::{finished, midway, now, refusal};
use crate::screen::Driver as _;

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Failed { failure: Failure::Refused(refusal), file_now: None }
}

#[test]
fn exports_are_listed_by_name_with_how_they_stand() {
    let person = Person::usual();
    let names: Vec<&str> = person.app.home.exports.list.matches(0).map(|row| row.name.as_str()).collect();
    assert_eq!(names[..3], ["broken", "Costs", "Daily sales"]);
    assert!(person.line("broken").contains("✗ cannot be read"));
    assert!(person.line("Costs").contains("✗ failed 2 h ago"), "{}", person.line("Costs"));
    assert!(person.line("Daily sales").contains("✓ 1 h ago"), "{}", person.line("Daily sales"));
    assert!(person.line("Daily sales").contains("in 4 h"), "{}", person.line("Daily sales"));
    assert!(person.line("Weekly").contains("○ not run yet"));
    assert!(person.line("failing").contains("✗ 2 failing"));
}

#[test]
fn several_run_at_once_and_each_row_shows_its_own() {
    let mut person = Person::usual();
    person.on("Costs").press("r").on("Daily sales").press("r");
    let started = person.started();
    assert_eq!(
        started.iter().map(|(_, name, dry)| (name.as_str(), *dry)).collect::<Vec<_>>(),
        [("Costs", false), ("Daily sales", false)]
    );
    assert_ne!(started[0].0, started[1].0);
    assert!(person.app.is_animated());
    for seconds in 0..=7 {
        person.progress("Daily sales", midway(seconds));
    }
    person.progress("Costs", midway(1));
    assert!(person.line("Daily sales").contains("65 %"), "{}", person.line("Daily sales"));
    assert!(person.line("Costs").contains(" 8 %"), "{}", person.line("Costs"));
    assert!(person.line("Writeback").contains("2 runs under way"));
    person.progress("Daily sales", finished()).end("Daily sales", done(false));
    assert!(person.notice().contains("daily-sales.csv is on data.world"), "{}", person.notice());
    assert!(person.line("Daily sales  ").contains("✓ just now"), "{}", person.line("Daily sales  "));
    assert!(person.line("Costs").contains(" 8 %"), "the other one goes on");
    assert!(person.line("Writeback").contains("1 run under way"));
}

#[test]
fn a_run_has_the_accounts_and_the_file_of_its_definition() {
    let with_accounts = export("Costs", "[credentials]\ndomo = \"acme\"");
    let mut person = Person::at_home(vec![with_accounts], Vec::new());
    person.press("r");
    let Some(Effect::StartRun { order, .. }) = person.effects.first() else { panic!("{:?}", person.effects) };
    let RunOrder { entry, domo, dataworld, .. } = &**order;
    assert_eq!(entry.definition, file("Costs"));
    assert_eq!(*domo, Login::Named(Some("acme".to_owned())));
    assert_eq!(*dataworld, Login::Named(None));
}

#[test]
fn an_export_that_runs_is_not_started_again_nor_changed() {
    let mut person = Person::usual();
    person.on("Costs").press("r r");
    assert_eq!(person.started().len(), 1);
    assert_eq!(person.notice(), "Costs is already running. Press c to cancel it.");
    person.press("e");
    assert!(person.app.wizard.is_none() && person.notice().starts_with("It is running:"), "{}", person.notice());
    person.press("x");
    assert!(person.app.home.overlay.is_none() && person.notice().starts_with("It is running:"), "{}", person.notice());
}

#[test]
fn one_of_several_runs_is_cancelled() {
    let mut person = Person::usual();
    person.on("Costs").press("r").on("Daily sales").press("r c");
    let cancelled: Vec<_> = person.effects.iter().filter(|effect| matches!(effect, Effect::Cancel(_))).collect();
    assert_eq!(cancelled, [&Effect::Cancel(person.started()[1].0.id)]);
    assert!(person.line("Daily sales").contains("cancelling…"));
    person.end("Daily sales", Outcome::Cancelled { file_now: None });
    assert!(person.line("Daily sales  ").contains("– cancelled just now"), "{}", person.line("Daily sales  "));
    assert_eq!(person.app.home.exports.running(), 1);
}

#[test]
fn progress_of_a_run_that_is_over_changes_nothing() {
    let mut person = Person::usual();
    person.on("Costs").press("r");
    let old = person.started()[0].0.clone();
    person.end("Costs", Outcome::Cancelled { file_now: None }).press("r");
    person.reply(&old, RunReply::Progress(midway(5))).reply(&old, RunReply::Ended(done(false)));
    let row = person.app.home.exports.list.under_cursor().unwrap();
    let live = person.app.home.exports.in_progress(row).unwrap();
    assert!(live.is_running());
    assert_eq!(live.progress.bytes_out, 0);
}

#[test]
fn a_dry_run_opens_its_report_and_changes_no_standing() {
    let mut person = Person::usual();
    person.on("Costs").press("D");
    assert!(person.started()[0].2);
    person.progress("Costs", midway(3));
    assert!(person.line("Costs").contains("Upload") || person.line("Costs").contains("Export"));
    person.end("Costs", done(true)).answer();
    assert!(person.notice().contains("dry run of Costs went well"), "{}", person.notice());
    assert!(person.line("Costs  ").contains("✗ failed"), "what is on data.world is as it was");
    person.press("Enter");
    assert!(person.text(120, 40).contains("Dry run: 1,204,331 rows"), "{}", person.text(120, 40));
    person.press("y r");
    assert!(person.copied().contains("nothing was uploaded"), "{}", person.copied());
    person.press("Esc");
    assert!(person.text(80, 24).contains("Name  "));
}

#[test]
fn the_run_of_the_history_is_opened_where_none_was_made_here() {
    let mut person = Person::usual();
    person.on("Costs").press("Enter");
    let text = person.text(100, 30);
    for part in ["Costs: failed at Upload", "read-only (403)", "Read/Write", "untouched", "b6267b6a"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    person.press("y r");
    assert!(person.copied().starts_with("Writeback ") && person.copied().contains("Support id  b6267b6a"));
    person.press("Esc").on("Weekly \u{1b}[31mreport\u{202e} 売上データ").press("Enter");
    assert!(person.notice().contains("has not run yet"), "{}", person.notice());
}

#[test]
fn what_was_refused_is_allowed_saved_and_run_again() {
    let mut person = Person::usual();
    person
        .on("Costs")
        .press("r")
        .end("Costs", refused(Refusal::WouldShrink { old: 84_234_567, new: 1000 }))
        .answer()
        .press("Enter w");
    let changed = person.effects.iter().find_map(|effect| match effect {
        Effect::ChangeExport { file, setting, .. } => Some((file.clone(), *setting)),
        _ => None,
    });
    assert_eq!(changed, Some((file("Costs"), Setting::AllowShrink)));
    assert_eq!(allowed(&person), [(false, false), (false, true)]);
    assert_eq!(person.app.home.exports.running(), 1);
    person.answer();
    let kept = person.saved.iter().find(|saved| saved.file == file("Costs")).unwrap();
    assert!(kept.export.as_ref().unwrap().checks.allow_shrink);
}

/// Of each run that was started, whether it may empty a file and whether it may shrink one.
fn allowed(person: &Person) -> Vec<(bool, bool)> {
    let checks = person.effects.iter().filter_map(|effect| match effect {
        Effect::StartRun { order, .. } => Some(order.entry.export.checks),
        _ => None,
    });
    checks.map(|checks| (checks.allow_empty, checks.allow_shrink)).collect()
}

#[test]
fn what_is_allowed_this_time_is_written_nowhere_and_not_allowed_the_next_time() {
    let mut person = Person::usual();
    person
        .on("Costs")
        .press("r")
        .end("Costs", refused(Refusal::WouldShrink { old: 84_234_567, new: 1000 }))
        .answer()
        .press("Enter a")
        .end("Costs", refused(Refusal::WouldEmpty { old: Some(84_234_567), new: 0 }))
        .answer()
        // Both hold for the run that follows.
        .press("a")
        .end("Costs", done(false))
        .answer()
        .press("r");
    assert_eq!(allowed(&person), [(false, false), (false, true), (true, true), (false, false)]);
    let kept = person.saved.iter().find(|saved| saved.file == file("Costs")).unwrap();
    assert!(!kept.export.as_ref().unwrap().checks.allow_shrink);
    assert!(!person.effects.iter().any(|effect| matches!(effect, Effect::ChangeExport { .. })));
}

#[test]
fn a_newer_run_of_a_scheduler_is_what_counts() {
    let mut person = Person::usual();
    person.on("Daily sales").press("r").end("Daily sales", Outcome::Cancelled { file_now: None });
    let later = run("Daily sales", RunResult::Refused, -1);
    person.saved.iter_mut().find(|saved| saved.file == file("Daily sales")).unwrap().last = Some(later);
    person.press("F5").answer();
    let row = person.app.home.exports.list.under_cursor().unwrap();
    let standing = row.standing(person.app.home.exports.run_of(row));
    assert!(matches!(standing, Standing::Failing(RunResult::Refused, _)), "{standing:?}");
    person.press("Enter");
    assert!(person.text(80, 24).contains("Daily sales: refused at Proof"), "{}", person.text(80, 24));
}

#[test]
fn removing_asks_first() {
    let mut person = Person::usual();
    person.on("Costs").press("x");
    assert!(person.text(80, 24).contains("Remove Costs?"));
    person.press("n").answer();
    assert_eq!(person.saved.len(), 4);
    person.press("x y").answer();
    assert_eq!(person.saved.len(), 3);
    assert_eq!(person.notice(), "Costs was removed.");
    assert!(!person.app.home.exports.list.all().any(|row| row.name == "Costs"));
    // An export that cannot be read can be removed too.
    person.on("broken").press("x y").answer();
    assert_eq!(person.saved.len(), 2);
}

#[test]
fn an_export_that_cannot_be_removed_is_still_there_and_says_why() {
    let mut person = Person::usual();
    person.on("Costs").press("x y");
    let Some(Effect::RemoveExport { request, .. }) = person.effects.pop() else { panic!("{:?}", person.effects) };
    person.reply(&request, Err(refusal())).answer();
    assert_eq!(person.notice(), refusal().what);
    assert_eq!(person.under_cursor(), "Costs");
}

#[test]
fn the_command_is_copied_as_a_shell_takes_it() {
    let mut person = Person::usual();
    person.on("Daily sales").press("y c");
    assert_eq!(person.copied(), "writeback run daily-sales");
    let mut by_hand = export("By hand", "");
    by_hand.file = PathBuf::from("/x/exports/It's_mine.toml");
    let mut person = Person::at_home(vec![by_hand], Vec::new());
    person.press("y");
    assert_eq!(person.copied(), "writeback run \"It's_mine\"");
    person.app.home.demo = true;
    person.effects.clear();
    assert!(person.press("y").effects.is_empty(), "outside the demo nothing finds it");
}

#[test]
fn a_run_that_has_sent_nothing_yet_shows_its_phase_and_no_speed() {
    let mut person = Person::usual();
    person.on("Daily sales").press("r");
    let row = |person: &Person| [person.line("● "), person.text(60, 15)].join("\n");
    assert!(row(&person).contains("● asking"), "{}", row(&person));
    // Rows come, and none has gone yet.
    person.progress("Daily sales", Progress { bytes_out: 0, ..midway(2) });
    assert!(row(&person).contains("● Export ━") && row(&person).contains("19 %"), "{}", row(&person));
    assert!(!row(&person).contains("B/s"), "{}", row(&person));
    person.press("Enter");
    let opened = person.text(80, 24);
    assert!(opened.contains("● Upload       0 B ") && !opened.contains("B/s"), "{opened}");
    person.press("Esc").progress("Daily sales", midway(3));
    assert!(row(&person).contains("● Upload ") && row(&person).contains("B/s"), "{}", row(&person));
    // All rows are there, and the upload begins anew.
    let mut again = Progress { bytes_out: 0, ..midway(4) };
    again.phases[Phase::Export as usize] = PhaseState::Done(Duration::from_secs(4));
    person.progress("Daily sales", again);
    assert!(row(&person).contains("● Upload ─") && !row(&person).contains("B/s"), "{}", row(&person));
}

#[test]
fn of_an_old_file_is_spoken_only_where_there_is_one() {
    let mut person = Person::usual();
    person.on("Daily sales").press("r Enter");
    let said = |person: &Person| person.text(80, 24);
    assert!(said(&person).contains("A file that is there stays until every row has arrived."), "{}", said(&person));
    person.progress("Daily sales", Progress { replaces: Some(false), ..midway(1) });
    assert!(said(&person).contains("The file is new: it is there once every row has arrived."), "{}", said(&person));
    let mut waiting = Progress { replaces: Some(true), bytes_out: 0, ..midway(2) };
    waiting.phases[Phase::Upload as usize] = PhaseState::Waiting;
    person.progress("Daily sales", waiting.clone());
    assert!(said(&person).contains("Upload       to data.world, once every row is here"), "{}", said(&person));
    // Nothing goes out: the speed is that of what comes in.
    for seconds in 3..6 {
        person.progress(
            "Daily sales",
            Progress { replaces: Some(true), bytes_out: 0, phases: waiting.phases, ..midway(seconds) },
        );
    }
    assert!(said(&person).contains("MB/s"), "{}", said(&person));
    assert!(said(&person).contains("The old file stays until every row has arrived."), "{}", said(&person));
    let leaves = |person: &mut Person, text: &str| {
        person.press("Esc q");
        let words = said(person).split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(words.contains(text), "{words}");
        person.press("n Enter");
    };
    leaves(&mut person, "It will be cancelled, and data.world stays as it is.");
    let mut sent = midway(3);
    sent.phases[Phase::Upload as usize] = PhaseState::Done(Duration::from_secs(3));
    person.progress("Daily sales", sent);
    assert!(said(&person).contains("The whole file was sent."), "{}", said(&person));
    leaves(&mut person, "A file that was sent already stays, without the proof that it arrived.");
    let mut person = Person::usual();
    person.on("Daily sales").press("D Enter").progress("Daily sales", midway(1));
    assert!(said(&person).contains("A dry run sends nothing: data.world stays as it is."), "{}", said(&person));
}

#[test]
fn names_that_begin_alike_are_told_apart_at_every_size() {
    let names = ["Daily sales by region EMEA", "Daily sales by region APAC"];
    let saved: Vec<_> = names.iter().map(|name| export(name, "")).collect();
    let person = Person::at_home(saved, names.map(|name| run(name, RunResult::Done, 2)).to_vec());
    let text = person.text(80, 24);
    assert!(names.iter().all(|name| text.contains(name)), "there is room for all of both:\n{text}");
    let mut history = Person::at_home(person.saved.clone(), person.runs.clone());
    history.press("4").answer();
    for person in [&person, &history] {
        for (width, height) in [(40, 8), (60, 15), (80, 24), (100, 30)] {
            let text = person.text(width, height);
            for end in ["MEA", "PAC"] {
                let told = text.lines().any(|line| line.starts_with(['▌', ' ']) && line.contains(&format!("{end}  ")));
                assert!(told, "{end}, {width}x{height}:\n{text}");
            }
        }
    }
}

#[test]
fn the_cursor_stays_on_its_export_when_others_come() {
    let mut person = Person::usual();
    person.on("Daily sales");
    person.saved.insert(0, export("Aardvarks", ""));
    person.tell(Msg::Now(now() + chrono::TimeDelta::seconds(60))).answer();
    assert_eq!(person.app.home.exports.list.total(), 5, "what is a minute old is read again");
    assert_eq!(person.under_cursor(), "Daily sales");
}

#[test]
fn what_cannot_be_read_at_all_says_so() {
    let mut person = Person::at_home(Vec::new(), Vec::new());
    assert!(person.text(80, 24).contains("There are no exports yet."));
    person.press("F5");
    let Some(Effect::LoadHome { request }) = person.effects.first().cloned() else { panic!("{:?}", person.effects) };
    person.reply(&request, Answer::<LocalData>::Err(refusal()));
    assert!(person.text(80, 24).contains("✗ data.world refused the upload"));
}

#[test]
fn one_whose_scheduler_was_silent_is_late() {
    let mut person = Person::usual();
    let daily = person.saved.iter_mut().find(|saved| saved.file == file("Daily sales")).unwrap();
    daily.punctuality = Some(Punctuality::Late(now() - chrono::TimeDelta::hours(3)));
    person.press("F5").answer().on("Daily sales");
    assert!(person.line("Daily sales  ").contains("! late: due 3 h ago"), "{}", person.line("Daily sales  "));
    assert!(person.line("failing").contains("✗ 2 failing   ! 1 late"), "{}", person.line("failing"));
    assert!(person.text(80, 24).contains("The run due 22 Nov 2026 09:00 UTC has not begun."));
    // A run by hand that fails matters more.
    person.press("r").end("Daily sales", refused(Refusal::Moved)).answer();
    assert!(person.line("Daily sales  ").contains("✗ refused just now"), "{}", person.line("Daily sales  "));
}

/// Home with one export, which is to run every day, and what the schedulers have of it.
fn daily(punctuality: Punctuality, matches: Option<bool>) -> Person {
    let mut daily = export("Daily sales", "[schedule]\nevery = \"day\"\nat = \"16:30\"");
    daily.punctuality = Some(punctuality);
    let handed = matches.map(|matches| has(&daily, matches));
    let mut person = Person::at_home(vec![daily], Vec::new());
    person.handed.all = handed.into_iter().collect();
    person.press("F5").answer();
    person
}

/// Each size tells the next run, and more about it as far as there is room.
fn is_said(person: &Person, next: &str, more: &[&str]) {
    for (width, height) in [(80, 24), (100, 30), (60, 15)] {
        let text = person.text(width, height);
        let row = text.lines().find(|line| line.contains("not run yet")).unwrap_or_else(|| panic!("{text}"));
        assert!(row.ends_with(next), "{width}x{height}:\n{text}");
        for said in more.iter().filter(|_| height > 15) {
            assert!(text.contains(said), "{width}x{height}, {said}:\n{text}");
        }
    }
}

#[test]
fn a_schedule_that_no_scheduler_has_gives_no_next_run() {
    let person = daily(Punctuality::NotYet, None);
    let why = "! Not scheduled on this computer: it will not run by itself here.";
    is_said(&person, "  unscheduled", &[why, "Press s to schedule it."]);
    let low = person.text(60, 15);
    assert!(low.contains("! Press s to schedule it.\n"), "{low}");
}

#[test]
fn a_schedule_that_a_scheduler_has_gives_the_next_run_and_its_name() {
    let person = daily(Punctuality::NotYet, Some(true));
    is_said(&person, "  in 4 h", &["Every day at 16:30, UTC · kept by systemd · no scheduled run yet"]);
    let person = daily(Punctuality::OnTime, None);
    is_said(&person, "  in 4 h", &["Every day at 16:30, UTC · kept by another scheduler"]);
}

#[test]
fn what_a_scheduler_has_and_is_not_what_is_saved_gives_no_next_run() {
    let person = daily(Punctuality::OnTime, Some(false));
    let why = "! What systemd has of it is not what is saved.";
    is_said(&person, "  outdated", &[why, "Press s to schedule it."]);
}

#[test]
fn until_the_schedulers_have_answered_nothing_is_claimed() {
    let mut person = Person::at_home(Vec::new(), Vec::new());
    assert!(!person.effects.iter().any(|effect| matches!(effect, Effect::AskSchedulers { .. })));
    person.saved = vec![export("Daily sales", "[schedule]\nevery = \"day\"\nat = \"16:30\"")];
    person.press("F5");
    let Some(Effect::LoadHome { request }) = person.effects.pop() else { panic!("{:?}", person.effects) };
    person.reply(&request, Answer::Ok(LocalData { exports: person.saved.clone(), accounts: Vec::new() }));
    is_said(&person, "  …", &["Every day at 16:30, UTC"]);
    assert!(!person.text(80, 24).contains("scheduler"), "{}", person.text(80, 24));
    person.handed.unasked = vec![(
        SchedulerKind::Cron,
        SchedulerError::Refused { command: "crontab -l".to_owned(), said: "You are not allowed".to_owned() },
    )];
    person.answer();
    is_said(&person, "  not known", &["! Whether a scheduler on this computer has it is not known. `crontab -l` has"]);
    // An answer to an older question changes nothing.
    let asked = person.press("F5").answer_home();
    let old = asked.into_iter().find_map(|effect| match effect {
        Effect::AskSchedulers { request } => Some(request),
        _ => None,
    });
    let old = old.expect("they are asked again");
    person.handed = LocalSchedules::default();
    person.press("F5").answer().reply(&old, Answer::<LocalSchedules>::Err(refusal()));
    is_said(&person, "  unscheduled", &["! Not scheduled on this computer"]);
}

#[test]
fn who_removes_an_export_learns_that_a_scheduler_goes_on_with_it() {
    let daily = export("Daily sales", "[schedule]\nevery = \"day\"\nat = \"16:30\"");
    let mut person = Person::at_home(vec![daily, export("Costs", "")], Vec::new());
    for (name, is_said) in [("Daily sales", true), ("Costs", false)] {
        let text = person.on(name).press("x").text(60, 15);
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ │ ", "");
        assert!(said.contains("Its definition will be deleted."), "{text}");
        assert_eq!(said.contains("--remove"), is_said, "{text}");
        assert_eq!(said.contains("In systemd it stays, and fails,"), is_said, "{text}");
        person.press("n");
    }
}

#[test]
fn a_definition_that_a_person_has_named_is_handed_over_by_that_name() {
    let mut by_hand = export("By hand", "[schedule]\nevery = \"day\"\nat = \"16:30\"");
    by_hand.file = PathBuf::from("/x/exports/It's_mine.toml");
    let mut person = Person::at_home(vec![by_hand], Vec::new());
    person.handed.all.clear();
    person.press("F5").answer();
    let text = person.text(80, 24);
    // Without what the lines are broken by.
    let said: Vec<_> = text.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty()).collect();
    let said = said.join(" ");
    assert!(said.contains("! Not scheduled on this computer"), "{text}");
    person.press("s");
    let asked = |effect: &Effect| matches!(effect, Effect::PlanSchedules { slug, .. } if slug == "It's_mine");
    assert!(person.effects.iter().any(asked), "{:?}", person.effects);
}

#[test]
fn the_demo_asks_no_scheduler_of_the_computer() {
    let mut start = crate::samples::start();
    start.demo = true;
    let saved = vec![export("Daily sales", "[schedule]\nevery = \"day\"\nat = \"16:30\"")];
    let person = Person::starting(&start, saved, Vec::new());
    is_said(&person, "  unscheduled", &["! It does not run by itself", "Press s to schedule it."]);
    // No command is named that would find nothing outside the demo.
    assert!(!person.text(80, 24).contains("writeback schedule daily-sales"), "{}", person.text(80, 24));
}
