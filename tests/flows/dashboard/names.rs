//! Names of all scripts in every list: nothing beside them moves, and a terminal shows what was meant.

use std::num::NonZero;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use writeback::testing::accounts::Account;
use writeback::testing::export::Service;
use writeback::testing::history::{Run, RunResult};
use writeback::testing::services::dataworld::{Head, Shelf};
use writeback::testing::tui::screen::{self as drawing, Theme};
use writeback::testing::tui::state::{Answer, BrowseReply, DatasetReply, Effect, Page, SavedExport};

use crate::dashboard::accounts::account;
use crate::dashboard::browse::{file, listed};
use crate::dashboard::screens::pin_at;
use crate::dashboard::support::{Person, export, run};
use crate::samples::start;
use crate::screen::{Driver as _, text_of};

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (60, 15)];

/// Arabic with lam and alef, Hebrew with points, Persian with a joiner, Latin with marks, Chinese and Japanese, half-width
/// katakana, Devanagari, Thai, Hangul in parts, and emoji of one and of several parts.
const NAMES: [&str; 10] = [
    "مبيعات الإسلام 2026",
    "מכירות שָׁבוּעִיּוֹת 12",
    "می\u{200c}خواهم",
    "cafe\u{301} e\u{323}\u{302}tude",
    "売上データ 東京",
    "ﾊﾞﾅﾅ ﾌﾟﾗﾝ",
    "बिक्री क्षेत्र",
    "ยอดขายที่ดี",
    "\u{1112}\u{1161}\u{11ab}국 매출",
    "👨\u{200d}👩\u{200d}👧 👍🏽 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 🇩🇪",
];

fn exports() -> Person {
    let saved = |name: &&str| SavedExport { last: Some(run(name, RunResult::Done, 2)), ..export(name, "") };
    Person::at_home(NAMES.iter().map(saved).collect(), Vec::new())
}

fn browse() -> Person {
    let mut person = Person::at_home(Vec::new(), Vec::new());
    person.press("2");
    let request = person.asked(|effect| matches!(effect, Effect::Browse { .. }));
    let datasets = NAMES.iter().zip(0..).map(|(name, at)| listed(&format!("acme/d-{at}"), name, Shelf::Own));
    person.reply(&request, BrowseReply::Page(Page::More(datasets.collect())));
    person.reply(&request, BrowseReply::Page(Page::End));
    person
}

fn files() -> Person {
    let mut person = browse();
    person.press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
    let mut dataset = listed("acme/d-0", NAMES[0], Shelf::Own).dataset;
    let by = |name: &&str| writeback::testing::services::dataworld::File {
        updated_by: Some((*name).to_owned()),
        ..file(&format!("{name}.csv"), Some(84_234_567))
    };
    dataset.files = Some(NAMES.iter().map(by).collect());
    person.reply(&request, DatasetReply::Dataset(Ok(dataset)));
    person
}

fn preview() -> Person {
    let mut person = files();
    person.press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::ReadHead { .. }));
    let mut text = format!("number,{},x\n", NAMES.map(|name| name.replace(',', " ")).join(","));
    for at in 0..NAMES.len() {
        let row: Vec<&str> = NAMES.iter().cycle().skip(at).take(NAMES.len()).copied().collect();
        text.push_str(&format!("{at},{},x\n", row.join(",")));
    }
    person.reply(&request, Answer::Ok(Head::read("a.csv", text.as_bytes(), true)));
    person
}

fn accounts() -> Person {
    let mut start = start();
    let named = |name: &&str| Account {
        user: Some((*name).to_owned()),
        instance: Some((*name).to_owned()),
        ..account(Service::DataWorld, name)
    };
    start.accounts = NAMES.iter().map(named).collect();
    let mut person = Person::keeping(&start);
    person.saved = vec![export(NAMES[0], &format!("[credentials]\ndataworld = \"{}\"", NAMES[4]))];
    person.press("F5").answer().press("3");
    person
}

fn history() -> Person {
    let failed = |(name, hours): (&&str, i64)| Run {
        reason: Some(format!("Domo says: {name}.")),
        file: Some(format!("acme/sales/{name}.csv")),
        ..run(name, RunResult::Failed, hours)
    };
    let runs = NAMES.iter().zip(1..).map(failed).collect();
    let mut person = Person::at_home(vec![export(NAMES[0], "")], runs);
    person.press("4").answer();
    person
}

fn all() -> [(&'static str, Person); 6] {
    [
        ("names_exports", exports()),
        ("names_browse", browse()),
        ("names_files", files()),
        ("names_preview", preview()),
        ("names_accounts", accounts()),
        ("names_history", history()),
    ]
}

#[test]
fn names_of_all_scripts() {
    for (name, person) in all() {
        pin_at(SIZES, name, &person);
    }
}

/// The rows of a terminal that adds up the characters of a sign, as most do, after drawing over an earlier screen.
fn on_terminal(before: &Person, person: &Person, (width, height): (u16, u16)) -> Vec<String> {
    let mut bytes = Vec::new();
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
    for person in [before, person, before, person] {
        terminal.draw(|frame| drop(drawing::draw(frame, &person.app, &Theme::color()))).unwrap();
    }
    drop(terminal);
    let size = |number| NonZero::new(number).unwrap();
    let mut screen = vt100::Parser::new(size(height), size(width), 0);
    screen.process(&bytes);
    screen.screen().rows(0, width).map(|row| row.trim_end().to_owned()).collect()
}

#[test]
fn a_terminal_shows_each_sign_where_it_was_put() {
    let empty = Person::at_home(Vec::new(), Vec::new());
    for (name, mut person) in all() {
        for step in 0..NAMES.len() {
            for size in [(80, 24), (100, 30), (60, 15), (47, 12), (133, 40)] {
                let text = person.text(size.0, size.1);
                let meant: Vec<&str> = text.lines().map(str::trim_end).collect();
                assert_eq!(on_terminal(&empty, &person, size), meant, "{name} {size:?} {step}");
            }
            person.press("Down").answer();
        }
    }
}

#[test]
fn the_columns_after_a_name_stay_in_line() {
    for (person, mark) in [(exports(), "✓"), (browse(), "own"), (files(), "84.2 MB"), (history(), "✗")] {
        for (width, height) in SIZES {
            let text = person.text(width, height);
            let column =
                |line: &str| line.find(mark).map(|at| writeback::testing::text::terminal_text::columns(&line[..at]));
            let columns: Vec<usize> = text.lines().skip(5).filter_map(column).collect();
            let rows = &columns[..columns.len().min(5)];
            assert!(rows.len() >= 5 && rows.iter().all(|column| *column == rows[0]), "{columns:?}\n{text}");
        }
    }
}

#[test]
fn the_rows_hold_at_every_width() {
    for (name, person) in all() {
        for width in 40..140 {
            let text = text_of(&person.buffer(width, 20, &Theme::color()));
            let widest = text.lines().map(writeback::testing::text::terminal_text::columns).max();
            assert!(widest <= Some(width.into()), "{name} {width}:\n{text}");
        }
    }
}
