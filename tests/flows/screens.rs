//! The wizard's screen in each state, at three sizes.

mod room;
mod scroll;

use std::time::Duration;

use ratatui::style::{Color, Modifier};

use crate::samples::{
    DATA_SET, account, cancelled_at, failed_at, finished, midway, refusal, refused, start, summary, untouched,
};
use crate::screen::{self, CLIENT_SECRET, Driver as _, TOKEN, Wizard, text_of};
use writeback::testing::accounts::{KeyringError, SecretHome};
use writeback::testing::export::{Export, Service};
use writeback::testing::history::Phase;
use writeback::testing::services::domo::{Hiding, Ownership};
use writeback::testing::services::http::Retry;
use writeback::testing::transfer::{Failure, NoCount, Outcome, Pause, PhaseState, Progress, Refusal, RowStart};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::state::DataSetReply;
use writeback::testing::tui::wizard::{Effect, Field, Msg, Origin, Original, Page, Remote, Start, actions, update};

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (60, 15)];

/// Pins the screen at three sizes, and looks at what holds on every screen.
fn pin(name: &str, wizard: &Wizard) {
    let mut pinned = String::new();
    for (width, height) in SIZES {
        let text = wizard.text(width, height);
        for secret in [TOKEN, CLIENT_SECRET] {
            assert!(!text.contains(&secret[..10]), "{name} shows a secret:\n{text}");
        }
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{name} shows what a terminal obeys");
        let plain = text_of(&wizard.buffer(width, height, &Theme::monochrome()));
        assert_eq!(text, plain, "{name} says something by color alone");
        screen::assert_names_the_way_out(name, &text, wizard.model.overlay.is_some());
        pinned.push_str(&format!("{width}x{height}\n{text}\n"));
    }
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots"}, {
        insta::assert_snapshot!(name, pinned);
    });
}

#[test]
fn credentials() {
    let mut wizard = Wizard::first();
    pin("credentials_empty", &wizard);
    wizard.enter_credentials();
    pin("credentials_entered", &wizard);
    wizard.press("Ctrl-N");
    pin("credentials_tested", &wizard);
    wizard.reply(|effect| match effect {
        Effect::TestDataWorld { request, .. } => Some(request.reply(Err(refusal()))),
        _ => None,
    });
    pin("credentials_refused", &wizard);
}

#[test]
fn credentials_with_nothing_entered() {
    let mut wizard = Wizard::first();
    wizard.press("Ctrl-N");
    pin("credentials_missing", &wizard);
}

#[test]
fn credentials_of_saved_accounts() {
    let accounts = vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")];
    let start = Start { accounts, ..start() };
    pin("credentials_saved", &Wizard::with(start));
}

#[test]
fn credentials_without_a_keyring() {
    let mut wizard = Wizard::first();
    wizard.vault(SecretHome::Session(KeyringError::NoProgram));
    pin("credentials_no_keyring", &wizard);
}

#[test]
fn details() {
    let mut wizard = Wizard::at_details();
    pin("details_empty", &wizard);
    wizard.press("Ctrl-N");
    pin("details_missing", &wizard);
    let mut wizard = Wizard::filled();
    pin("details_filled", &wizard);
    wizard.press("Tab Space Space");
    pin("details_append", &wizard);
    wizard.press("Tab");
    pin("details_input", &wizard);
}

#[test]
fn details_while_asking() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    pin("details_asking", &wizard);
    wizard.reply(|effect| match effect {
        Effect::LookUpDataSet { request, .. } => Some(request.reply(DataSetReply::DataSet(Err(refusal())))),
        _ => None,
    });
    pin("details_unknown", &wizard);
}

#[test]
fn details_where_the_person_has_to_say_who_owns_it() {
    let mut wizard = Wizard::at_details();
    wizard.ownership = Ownership::Unknown;
    wizard.paste(DATA_SET).answer().press("Tab");
    pin("details_owner", &wizard);
}

#[test]
fn a_new_dataset() {
    let mut wizard = Wizard::at_details();
    wizard.press("Tab Tab F2").answer().type_text("Sales mart");
    pin("details_new_dataset", &wizard);
}

#[test]
fn lists() {
    let mut wizard = Wizard::at_details();
    wizard.press("Down");
    pin("list_loading", &wizard);
    wizard.answer().press("Down");
    pin("list_filled", &wizard);
    wizard.type_text("sales");
    pin("list_filtered", &wizard);
    wizard.type_text("xyz");
    pin("list_nothing_matches", &wizard);
}

#[test]
fn a_list_of_datasets() {
    let mut wizard = Wizard::at_details();
    wizard.press("Tab Tab Down").answer();
    pin("list_datasets", &wizard);
}

#[test]
fn a_list_that_fails_says_how_to_go_on() {
    let mut wizard = Wizard::at_details();
    wizard.press("Down").reply(|effect| match effect {
        Effect::ListDataSets { request, .. } => Some(request.reply(Page::Failed(refusal()))),
        _ => None,
    });
    pin("list_failed", &wizard);
}

/// Every 2 weeks on Monday and Thursday, in Denver.
fn every_two_weeks() -> Wizard {
    let mut wizard = Wizard::at_scheduling();
    wizard.press("Tab Space Space Space Space Tab Ctrl-U").type_text("2");
    wizard.press("Tab").type_text("Mon, Thu").press("Tab Ctrl-U").type_text("6:30");
    wizard.press("Tab Tab Ctrl-U").type_text("America/Denver");
    wizard
}

#[test]
fn scheduling() {
    pin("scheduling_manually", &Wizard::at_scheduling());
    let mut wizard = every_two_weeks();
    pin("scheduling_weeks", &wizard);
    wizard.press("Tab Space");
    pin("scheduling_retry", &wizard);
    wizard.press("Tab Ctrl-U Ctrl-N");
    pin("scheduling_wrong", &wizard);
}

#[test]
fn advanced_scheduling() {
    let mut wizard = Wizard::at_scheduling();
    wizard.press("Space Tab").type_text("2nd Sunday, 4th Sunday");
    pin("scheduling_advanced", &wizard);
    wizard.press("Ctrl-U Tab Space Tab Ctrl-U").type_text("5 minutes");
    pin("scheduling_fast", &wizard);
}

#[test]
fn a_cron_expression() {
    let mut wizard = Wizard::at_scheduling();
    wizard.press("Space Space Tab").type_text("30 6 * * 1-5");
    pin("scheduling_cron", &wizard);
}

#[test]
fn name_and_describe() {
    let mut wizard = Wizard::at_scheduling();
    wizard.press("Ctrl-N");
    pin("describe", &wizard);
    wizard.press("Ctrl-U").type_text("costs").press("Tab").type_text("For the weekly meeting");
    wizard.press("Tab").type_text("What was sold, by region and day").press("Tab Space");
    pin("describe_filled", &wizard);
    wizard.press("Ctrl-N");
    pin("describe_taken", &wizard);
}

#[test]
fn review() {
    pin("review", &Wizard::at_review());
    let mut wizard = every_two_weeks();
    wizard.press("Tab Space Ctrl-N Tab Tab").type_text("What was sold").press("Ctrl-N");
    pin("review_scheduled", &wizard);
    wizard.press("Ctrl-S").answer();
    pin("review_saved", &wizard);
}

#[test]
fn run() {
    let mut wizard = Wizard::running();
    pin("run_started", &wizard);
    for seconds in 0..=7 {
        wizard.progress(midway(seconds));
    }
    pin("run_midway", &wizard);
    wizard.press("c");
    pin("run_cancel_question", &wizard);
    let mut sent = Wizard::running();
    sent.progress(finished()).press("c");
    assert!(sent.text(80, 24).contains("may stay, without"), "{}", sent.text(80, 24));
    wizard.press("y");
    pin("run_cancelling", &wizard);
    wizard.progress(cancelled_at(Phase::Upload));
    wizard.end(Outcome::Cancelled { file_now: Some(untouched()) });
    pin("run_cancelled", &wizard);
}

#[test]
fn run_that_tries_again() {
    let mut wizard = Wizard::running();
    let mut progress = midway(3);
    progress.attempt = 2;
    progress.bytes_out = 0;
    progress.note =
        Some(Pause::Call(Retry { error: refused(503, "Busy"), wait: Duration::from_secs(4), attempt: 2, attempts: 5 }));
    wizard.progress(midway(2)).progress(progress);
    pin("run_again", &wizard);
}

#[test]
fn the_end() {
    let mut wizard = Wizard::running();
    wizard.progress(finished()).end(Outcome::Done(summary()));
    pin("done", &wizard);
    wizard.press("h");
    pin("done_unsaved", &wizard);
    wizard.press("Esc s");
    wizard.answer();
    pin("done_saved", &wizard);
    let mut wizard = every_two_weeks();
    wizard.press("Ctrl-N Ctrl-N").run_once().progress(finished()).end(Outcome::Done(summary()));
    wizard.press("s").answer();
    pin("done_scheduled", &wizard);
}

#[test]
fn in_the_demo_the_end_names_no_command_that_does_not_work() {
    let mut wizard = every_two_weeks();
    wizard.model.demo = true;
    wizard.press("Ctrl-N Ctrl-N").run_once().progress(finished()).end(Outcome::Done(summary()));
    for words in
        ["Save the export to find it on the tab Exports until the demo ends.", "It is saved until the demo ends."]
    {
        let text = wizard.text(80, 24);
        assert!(text.contains(words) && !text.contains("writeback "), "{text}");
        assert!(text.starts_with(" Writeback  demo: nothing here is real, or kept afterwards"), "{text}");
        assert!(wizard.text(60, 15).contains("or kept afterwards\n"));
        wizard.press("s").answer().press("Up");
    }
}

#[test]
fn a_failure() {
    let mut wizard = Wizard::running();
    wizard.progress(failed_at(Phase::Upload)).end(Outcome::Failed {
        failure: Failure::Api(refused(403, "This token may only read")),
        file_now: Some(untouched()),
    });
    pin("failed", &wizard);
}

#[test]
fn a_service_that_refuses_when_both_are_asked_is_named() {
    let mut wizard = Wizard::running();
    let mut progress = Progress { failed_by: Some(Service::DataWorld), ..Progress::default() };
    progress.phases[0] = PhaseState::Failed;
    let failure = Failure::Api(refused(401, "Invalid or expired authentication token"));
    wizard.progress(progress).end(Outcome::Failed { failure, file_now: None });
    pin("failed_at_once", &wizard);
}

#[test]
fn refusals_with_what_may_be_decided() {
    for (name, refusal) in [
        ("refused_shrunk", Refusal::WouldShrink { old: 84_234_567, new: 1000 }),
        (
            "refused_hash_rows",
            Refusal::HashRows {
                first: Some(347_982),
                found: 12,
                rows: 348_000,
                begins: RowStart::from_bytes(b"#12,North,\"Ladders, outdoor\",1204.50,2026-11-21\n"),
            },
        ),
        (
            "refused_unreadable",
            Refusal::Unreadable {
                first: Some(347_982),
                not_utf8: 12,
                nul: 1,
                rows: 348_000,
                line: RowStart::from_bytes(b"347982,Jos\xe9,\"Ladders, outdoor\",1204.50,2026-11-21\n"),
            },
        ),
    ] {
        let mut wizard = Wizard::running();
        let failure = Failure::Refused(refusal);
        wizard.progress(failed_at(Phase::Export)).end(Outcome::Failed { failure, file_now: Some(untouched()) });
        pin(name, &wizard);
    }
}

#[test]
fn after_every_end_of_a_run_the_way_out_is_named() {
    let hash_rows =
        Refusal::HashRows { first: Some(3), found: 1, rows: 9, begins: RowStart::from_bytes(b"#12,North\n") };
    let shrinks = Refusal::WouldShrink { old: 84_234_567, new: 1000 };
    let uncounted = Refusal::NoRowCount(NoCount::Filtered(Hiding::Pdp));
    let refusals = [hash_rows, shrinks, Refusal::OwnerUnconfirmed(Hiding::Pdp), Refusal::SeesAll, uncounted];
    let failures = refusals.map(|refusal| Outcome::Failed { failure: Failure::Refused(refusal), file_now: None });
    let outcomes =
        failures.into_iter().chain([Outcome::Done(summary()), Outcome::Cancelled { file_now: Some(untouched()) }]);
    for outcome in outcomes {
        for origin in [Origin::Alone, Origin::Program, Origin::Home] {
            let mut wizard = Wizard::running();
            wizard.model.origin = origin;
            wizard.end(outcome.clone());
            for width in [60, 80, 100] {
                let text = wizard.text(width, 15);
                screen::assert_names_the_way_out("the end", &text, false);
                // "The keys are below."
                let keys = text.lines().last().expect("a row");
                let decisions =
                    actions::footer(&wizard.model).into_iter().filter(|hint| "fawo".contains(hint.first.name));
                decisions.for_each(|hint| assert!(keys.contains(&format!("{} ", hint.first.name)), "{hint:?}\n{text}"));
            }
            // There is nothing to ask.
            wizard.model.touched = false;
            let quits = wizard.press("q").effects.contains(&Effect::Quit);
            assert_eq!(quits, origin != Origin::Home, "home asks before it quits");
        }
    }
}

#[test]
fn accounts_that_are_gone() {
    let accounts =
        vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme"), account(Service::Domo, "bee")];
    let text = "name = \"Sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n[output]\n\
                dataset = \"acme/sales\"\nfile = \"sales\"\n[credentials]\ndataworld = \"left\"";
    let export = Export::parse(text, std::path::Path::new("x.toml")).expect("a definition");
    let mut wizard = Wizard::with(Start { accounts, edit: Some(Original::new(export)), ..start() });
    wizard.press("Ctrl-N");
    pin("credentials_gone", &wizard);
}

#[test]
fn over_the_pane() {
    let mut wizard = Wizard::filled();
    wizard.press("F1");
    pin("help", &wizard);
    wizard.press("Esc Esc");
    pin("leave", &wizard);
    let effects = update(&mut wizard.model, Msg::Ending);
    let Some(Effect::KeepDraft(draft)) = effects.into_iter().next() else { panic!("nothing is kept") };
    let mut wizard = Wizard::with(Start { drafts: vec![*draft], ..start() });
    pin("draft", &wizard);
    wizard.press("y");
    pin("draft_continued", &wizard);
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    let wizard = Wizard::filled();
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots"}, {
        insta::assert_snapshot!("small_39x7", wizard.text(39, 7));
        insta::assert_snapshot!("small_40x8", wizard.text(40, 8));
    });
}

#[test]
fn no_size_makes_the_drawing_fail() {
    let mut states = vec![Wizard::first(), Wizard::filled(), Wizard::running()];
    let mut list = Wizard::at_details();
    list.press("Down").answer();
    let mut ended = Wizard::running();
    ended.progress(midway(3)).end(Outcome::Done(summary())).press("s");
    let mut asking = Wizard::filled();
    asking.press("Esc");
    let mut help = Wizard::filled();
    help.press("F1");
    let mut describe = Wizard::at_scheduling();
    describe.press("Ctrl-N");
    states.extend([list, ended, asking, help, every_two_weeks(), describe, Wizard::at_review()]);
    for wizard in &states {
        for width in (1..130).step_by(7) {
            for height in (1..45).step_by(2) {
                wizard.text(width, height);
            }
        }
    }
}

#[test]
fn the_focused_field_is_on_screen_at_every_size() {
    let mut described = Wizard::at_scheduling();
    described.press("Ctrl-N");
    for mut wizard in [Wizard::filled(), every_two_weeks(), described] {
        for _ in 0..14 {
            wizard.press("Tab");
            for (width, height) in [(40, 8), (60, 15), (80, 24), (100, 30)] {
                let text = wizard.text(width, height);
                assert!(text.contains('▌'), "{:?} at {width}x{height}:\n{text}", wizard.model.focus);
            }
        }
    }
}

#[test]
fn a_secret_is_shown_only_when_asked_for() {
    let mut wizard = Wizard::first();
    wizard.paste(TOKEN);
    assert!(wizard.text(100, 30).contains("••••••"));
    assert!(!wizard.text(100, 30).contains("eyJ"));
    wizard.press("Ctrl-R");
    // The end of it is where the cursor is.
    assert!(wizard.text(100, 30).contains(&TOKEN[TOKEN.len() - 20..]));
    wizard.press("Ctrl-R");
    assert!(!wizard.text(100, 30).contains(&TOKEN[TOKEN.len() - 20..]));
}

#[test]
fn files_that_are_not_told_are_not_drawn_as_none() {
    let mut wizard = Wizard::filled();
    let output = &mut wizard.model.details.output;
    if let Remote::Ready(dataset) = &mut output.dataset.data {
        dataset.files = None;
    }
    wizard.tell(Msg::Intent(Intent::Focus(Field::DATASET_ID)));
    let text = wizard.text(120, 30);
    assert!(text.contains("data.world does not list the") && !text.contains("no files yet"), "{text}");
}

#[test]
fn text_of_a_service_cannot_command_the_terminal() {
    let mut wizard = Wizard::at_details();
    wizard.press("Down").answer();
    let text = wizard.text(80, 24);
    assert!(text.contains("Red<U+001B>[31mAlert<U+202E>vsc"), "{text}");
    assert!(text.contains("売上データ 東京"), "{text}");
}

#[test]
fn monochrome_has_no_colour_and_still_marks_selection_and_focus() {
    let theme = Theme::monochrome();
    let mut list = Wizard::at_details();
    list.press("Down").answer().press("Down");
    let mut running = Wizard::running();
    running.progress(midway(1)).progress(midway(4));
    for wizard in [&list, &Wizard::filled(), &running, &every_two_weeks()] {
        let buffer = wizard.buffer(80, 24, &theme);
        for cell in &buffer.content {
            assert_eq!((cell.fg, cell.bg, cell.underline_color), (Color::Reset, Color::Reset, Color::Reset));
        }
    }
    let buffer = list.buffer(80, 24, &theme);
    let reversed: Vec<u16> = (0..24).filter(|y| buffer[(10, *y)].modifier.contains(Modifier::REVERSED)).collect();
    assert_eq!(reversed, [7], "the second row of the list");
    let buffer = Wizard::filled().buffer(80, 24, &theme);
    let marked: Vec<u16> = (0..24).filter(|y| buffer[(0, *y)].symbol() == "▌").collect();
    assert!(!marked.is_empty());
}

#[test]
fn a_text_that_typing_replaces_looks_selected() {
    let mut wizard = Wizard::at_scheduling();
    wizard.press("Tab Right Right Tab Tab");
    assert_eq!(wizard.model.focus, Field::START_TIME);
    let selected = |wizard: &Wizard| {
        let buffer = wizard.buffer(80, 24, &Theme::monochrome());
        let cells = buffer.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED));
        cells.map(|cell| cell.symbol()).collect::<String>()
    };
    assert_eq!(selected(&wizard), "06:00");
    wizard.press("End");
    assert_eq!(selected(&wizard), "");
}

#[test]
fn colour_says_done_and_failed_besides_the_sign() {
    let mut wizard = Wizard::running();
    wizard.progress(failed_at(Phase::Upload));
    let buffer = wizard.buffer(80, 24, &Theme::color());
    let colour_of = |sign: &str| {
        let row = buffer.content.iter().skip(3 * 80);
        row.filter(|cell| cell.symbol() == sign).map(|cell| cell.fg).next()
    };
    assert_eq!(colour_of("✓"), Some(Color::Green));
    assert_eq!(colour_of("✗"), Some(Color::Red));
    assert!(matches!(failed_at(Phase::Export).phases[1], PhaseState::Failed));
}
