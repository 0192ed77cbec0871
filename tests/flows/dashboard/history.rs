//! The tab History.

use writeback::testing::history::{Run, RunResult};
use writeback::testing::tui::state::{Effect, Msg};

use crate::dashboard::support::*;
use crate::samples::now;
use crate::screen::Driver as _;

fn at_history(runs: Vec<writeback::testing::history::Run>) -> Person {
    let mut person = Person::at_home(vec![export("Daily sales", "")], runs);
    person.press("4").answer();
    person
}

#[test]
fn runs_are_listed_the_newest_first() {
    let mut person = Person::usual();
    person.press("4").answer();
    let exports: Vec<&str> = person.app.home.history.list.matches(0).map(|run| run.export.as_str()).collect();
    assert_eq!(exports, ["Daily sales", "Costs", "Daily sales"]);
    let line = person.line("Costs  ");
    for part in ["✗ failed", "1,204,031", "10.4 s"] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn results_are_chosen_and_asked_for() {
    let mut person = Person::usual();
    person.press("4").answer().press("f");
    let asked = person.effects.iter().find_map(|effect| match effect {
        Effect::ListRuns { results, definition: None, .. } => Some(*results),
        _ => None,
    });
    assert_eq!(asked, Some(&[RunResult::Failed, RunResult::Refused, RunResult::Interrupted][..]));
    person.answer();
    let head = person.line("all  failed, refused, interrupted  done");
    assert!(head.ends_with(" 1 run"), "{head}");
    person.press("/ c");
    assert!(person.text(60, 15).contains("  1/1 run · failed, refused, interrupted\n"), "{}", person.text(60, 15));
    person.press("Esc");
    person.press("f").answer();
    assert_eq!(person.app.home.history.list.total(), 2);
    person.press("f").answer();
    assert!(person.text(80, 24).contains("No runs with these results. Press f for others."));
    person.press("f").answer();
    assert_eq!(person.app.home.history.list.total(), 3);
}

#[test]
fn how_many_runs_there_are_is_not_said_before_it_is_known() {
    let mut person = Person::usual();
    person.press("4");
    let head = "all  failed, refused, interrupted  done  cancelled, skipped";
    assert_eq!(person.line("interrupted").trim(), head);
    person.answer();
    assert!(person.line(head).ends_with(" 3 runs"), "{}", person.line(head));
}

#[test]
fn runs_are_filtered_by_their_export() {
    let mut person = Person::usual();
    person.press("4").answer().press("/").type_text("costs");
    assert_eq!(person.app.home.history.list.search.len(), 1);
    assert!(person.line("> costs").ends_with("1/3 runs"), "{}", person.line("> costs"));
}

#[test]
fn runs_are_filtered_by_their_result_too() {
    let mut person = Person::usual();
    person.press("4").answer().press("/").type_text("failed");
    assert_eq!(person.app.home.history.list.search.len(), 1);
    assert!(person.line("> failed").ends_with("1/3 runs"), "{}", person.line("> failed"));
}

#[test]
fn the_trend_counts_a_run_that_has_ended_while_another_tab_was_in_sight() {
    let mut person = Person::usual();
    person.on("Daily sales").answer().press("r 2").answer().end("Daily sales", done(false)).answer();
    let is_trend = |effect: &Effect| matches!(effect, Effect::ListRuns { definition: Some(_), .. });
    person.effects.clear();
    person.press("1");
    assert_eq!(person.effects.iter().filter(|effect| is_trend(effect)).count(), 1, "{:?}", person.effects);
}

#[test]
fn the_history_of_one_export_is_a_key_away() {
    let mut person = Person::usual();
    person.on("Daily sales").press("h").answer();
    assert_eq!(person.app.home.history.list.search.len(), 2);
    assert!(person.line("/ \"Daily sales\"").ends_with("2/3 runs"));
}

#[test]
fn what_a_good_run_has_to_say_besides_is_in_its_details() {
    let note = "The API token says that it is read-only.";
    let noted = Run { notes: vec![note.to_owned()], ..run("Daily sales", RunResult::Done, 2) };
    let mut person = at_history(vec![noted]);
    person.press("Enter");
    assert_eq!(person.line(note).trim_start(), format!("! {note}"));
}

#[test]
fn the_trend_is_that_of_the_export_under_the_cursor() {
    let mut person = Person::usual();
    person.press("4").answer();
    assert!(person.text(80, 24).contains("Daily sales  100 % good (2 of 2) · 10.0 s on average"));
    assert!(person.line("rows  ").contains("█  1,204,131"));
    person.press("Down");
    let asked = person.effects.iter().filter(|effect| matches!(effect, Effect::ListRuns { .. })).count();
    assert_eq!(asked, 1);
    person.answer();
    assert!(person.text(80, 24).contains("Costs  0 % good (0 of 1)"));
}

#[test]
fn an_old_answer_changes_nothing() {
    let mut person = Person::usual();
    person.press("4");
    let old = person.effects.clone();
    person.effects.clear();
    person.press("f").answer();
    let shown = person.app.home.history.list.total();
    person.effects = old;
    person.answer();
    assert_eq!(person.app.home.history.list.total(), shown);
}

#[test]
fn one_run_is_opened_and_copied_as_text() {
    let mut person = Person::usual();
    person.app.home.shell.log = Some("/x/writeback.log".into());
    person.press("4").answer().press("Down Enter");
    let text = person.text(80, 24);
    for part in ["Costs: failed at Upload", "✓ Ask", "✓ Export", "✗ Upload", "○ Processing", "Attempts", "b6267b6a"]
    {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    person.press("y");
    let report = person.copied();
    let version = format!("Writeback {} on ", env!("CARGO_PKG_VERSION"));
    assert!(report.starts_with(&version), "{report}");
    for line in [
        "Export      Costs",
        "DataSet     845305d8-da3d-4107-a9d6-13ef3f86d4a4",
        "File        acme-analytics/sales-mart/daily-sales.csv",
        "Result      failed at Upload",
        "Attempts    1",
        "Reason      data.world refused the upload: the token is read-only (403).",
        "Support id  b6267b6a-92de-4f15-b02d-10b073e76b83",
        "Log         /x/writeback.log",
    ] {
        assert!(report.lines().any(|it| it == line), "no {line:?} in\n{report}");
    }
    person.press("Esc");
    assert!(person.text(80, 24).contains("Start (UTC)"));
}

#[test]
fn after_midnight_the_help_names_the_log_of_the_new_day() {
    let mut person = Person::usual();
    person.app.home.shell.log = Some("/srv/logs/writeback.2026-11-22.log".into());
    person.press("n").tell(Msg::Now("2026-11-23T00:00:30Z".parse().unwrap()));
    let wizard = person.app.wizard.as_ref().unwrap().shell.log.clone();
    let log = Some("/srv/logs/writeback.2026-11-23.log".into());
    assert_eq!((&person.app.home.shell.log, &wizard), (&log, &log));
}

#[test]
fn a_run_that_failed_names_the_log_of_its_day() {
    let mut person = Person::usual();
    person.app.home.shell.log = Some("/home/ada/.local/state/writeback/logs/writeback.2026-11-22.log".into());
    let day = chrono::TimeDelta::days(1);
    let failed = Run { ended: Some(now() - day), ..run("Costs", RunResult::Failed, 25) };
    person.runs = vec![run("Daily sales", RunResult::Done, 1), failed];
    person.press("4").answer().press("Enter");
    assert!(!person.text(80, 24).contains("Log:"), "what went well needs none");
    person.press("Esc Down Enter");
    let log = "Log: /home/ada/.local/state/writeback/logs/writeback.2026-11-21.log";
    let text = |person: &Person, width, height| person.text(width, height).replace('\\', "/");
    assert!(text(&person, 80, 24).contains(log), "{}", text(&person, 80, 24));
    // On a low screen it is found below.
    person.press("PgDn PgDn");
    let text = text(&person, 60, 15);
    let whole: String = text.lines().map(str::trim).collect();
    assert!(text.contains("Started by") && whole.contains(log.trim_start_matches("Log: ")), "{text}");
    // The log of that day has been removed since.
    person.tell(writeback::testing::tui::state::Msg::Now(now() + day * 13)).answer();
    assert!(!person.text(80, 24).contains("Log:"));
}

#[test]
fn an_opened_run_stays_open_when_newer_ones_come() {
    let mut person = Person::usual();
    person.press("4").answer().press("Down Enter");
    person.runs.insert(0, run("Daily sales", RunResult::Done, 0));
    person.tell(writeback::testing::tui::state::Msg::Now(now() + chrono::TimeDelta::seconds(60))).answer();
    assert_eq!(person.app.home.history.list.total(), 4);
    assert!(person.text(80, 24).contains("Costs: failed at Upload"));
}

#[test]
fn of_thousands_of_runs_the_newest_are_shown_and_it_is_said() {
    let runs: Vec<_> = (0..1500).map(|hours| run("Daily sales", RunResult::Done, hours)).collect();
    let mut person = at_history(runs);
    assert!(person.text(80, 24).contains("the newest 1,000 of 1,500"));
    person.press("End");
    assert_eq!(person.app.home.history.list.search.cursor, 999);
    assert!(person.text(80, 24).contains("1,000 of 1,500"));
}

#[test]
fn an_empty_history_says_what_to_do() {
    let person = at_history(Vec::new());
    assert!(person.text(80, 24).contains("Nothing has run yet."));
}
