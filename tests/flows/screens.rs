//! The wizard's screen in each state, at three sizes.

mod room;
mod scroll;

use ratatui::style::{Color, Modifier};

use crate::samples::{DATA_SET, account, refusal, start};
use crate::screen::{self, CLIENT_SECRET, Driver as _, TOKEN, Wizard, text_of};
use writeback::testing::accounts::{KeyringError, SecretHome};
use writeback::testing::export::{Export, Service};
use writeback::testing::services::domo::Ownership;
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::state::DataSetReply;
use writeback::testing::tui::wizard::{Effect, Field, Msg, Original, Page, Remote, Start, update};

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
    wizard.press("Tab Space t t Space Tab Ctrl-U").type_text("6:30");
    wizard.press("Tab Tab").type_text("denver").press("Enter");
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
    let mut states = vec![Wizard::first(), Wizard::filled()];
    let mut list = Wizard::at_details();
    list.press("Down").answer();
    let mut asking = Wizard::filled();
    asking.press("Esc");
    let mut help = Wizard::filled();
    help.press("F1");
    let mut describe = Wizard::at_scheduling();
    describe.press("Ctrl-N");
    states.extend([list, asking, help, every_two_weeks(), describe, Wizard::at_review()]);
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
    for wizard in [&list, &Wizard::filled(), &every_two_weeks()] {
        let buffer = wizard.buffer(80, 24, &theme);
        for cell in &buffer.content {
            assert_eq!((cell.fg, cell.bg, cell.underline_color), (Color::Reset, Color::Reset, Color::Reset));
        }
    }
    let buffer = list.buffer(80, 24, &theme);
    let marked: Vec<u16> = (0..24).filter(|y| buffer[(0, *y)].symbol() == "▌").collect();
    assert_eq!(marked, [7], "the second row of the list");
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
