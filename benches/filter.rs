//! Measures a key in the filter of 100,000 datasets, from the key to the drawn frame, beside the same keys given to
//! `nucleo-matcher` alone: every item scored anew for every key, and all matches sorted, without a screen.
//!
//! The bar: 16 ms for 99 of 100 keys, and less than 100 MiB of memory for all of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has failed, and says what it finds"
)]

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use writeback::testing::config::{Appearance, Environment};
use writeback::testing::export::DatasetKey;
use writeback::testing::services::dataworld::{Access, Dataset, Listed, Shelf};
use writeback::testing::tui::app::{App, update};
use writeback::testing::tui::screen::{self, Theme};
use writeback::testing::tui::state::{BrowseReply, Effect, Msg, Page};
use writeback::testing::tui::wizard::Start;

const DATASETS: usize = 100_000;
/// The bar.
const FRAME: Duration = Duration::from_millis(16);
const MEMORY: u64 = 100 << 20;

/// Filters that match much, little, several words, or nothing.
const TYPED: [&str; 8] =
    ["sales", "daily sales", "acme-analytics/returns-2024", "e", "sls mart", "Store", "zzzz", "web traffic 17"];

fn datasets() -> Vec<Listed> {
    let owners = ["acme-analytics", "acme-finance", "analyst", "jo-steward", "city-open-data"];
    let topics = ["sales", "returns", "inventory", "web-traffic", "store-visits", "campaigns", "loyalty", "pricing"];
    let periods = ["daily", "weekly", "2023", "2024", "2025", "2026"];
    let listed = |at: usize| {
        let (owner, topic) = (owners[at % owners.len()], topics[at / 5 % topics.len()]);
        let period = periods[at / 40 % periods.len()];
        let dataset = Dataset {
            key: DatasetKey::new(owner, format!("{topic}-{period}-{at}")),
            title: format!("{} of {owner}, {period}, part {at}", topic.replace('-', " ")),
            access: Access::Write,
            visibility: None,
            is_project: false,
            updated: Some(now()),
            status: None,
            files: None,
        };
        Listed { dataset, shelf: Shelf::Organization, liked: at.is_multiple_of(50) }
    };
    (0..DATASETS).map(listed).collect()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_300_000, 0).unwrap()
}

/// Browse, with all datasets in it, and the filter open.
fn browse() -> App {
    let start = Start {
        environment: Environment::default(),
        accounts: Vec::new(),
        exports: Vec::new(),
        edit: None,
        drafts: Vec::new(),
        today: now().date_naive(),
        now: now(),
        zone: None,
        demo: false,
    };
    let mut app = App::at_home(&start);
    update(&mut app, Msg::Start);
    let effects = press(&mut app, KeyCode::Char('2'));
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Browse { request, .. } => Some(request.clone()),
        _ => None,
    });
    let request = request.unwrap();
    for page in datasets().chunks(100) {
        update(&mut app, request.reply(BrowseReply::Page(Page::More(page.to_vec()))));
    }
    update(&mut app, request.reply(BrowseReply::Page(Page::End)));
    press(&mut app, KeyCode::Char('/'));
    app
}

fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    update(app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

/// The keys of a text, there and back.
fn keys(text: &str) -> impl Iterator<Item = KeyCode> + '_ {
    text.chars().map(KeyCode::Char).chain(text.chars().map(|_| KeyCode::Backspace))
}

fn of_writeback(app: &mut App) -> Vec<Duration> {
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let theme = Theme::new(&Appearance::default(), |_| None).unwrap();
    let mut times = Vec::new();
    for key in TYPED.into_iter().flat_map(keys) {
        let start = Instant::now();
        press(app, key);
        terminal.draw(|frame| drop(screen::draw(frame, app, &theme))).unwrap();
        times.push(start.elapsed());
    }
    times
}

fn of_nucleo() -> Vec<Duration> {
    let text = |it: Listed| Utf32String::from(format!("{} {}", it.dataset.key, it.dataset.title));
    let items: Vec<Utf32String> = datasets().into_iter().map(text).collect();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut times = Vec::new();
    for typed in TYPED {
        let ends: Vec<usize> = typed.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        for end in ends.iter().chain(ends.iter().rev()) {
            let start = Instant::now();
            let pattern =
                Pattern::new(typed[..*end].trim(), CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
            let score = |item: &Utf32String| pattern.score(item.slice(..), &mut matcher);
            let mut matches: Vec<(u32, &Utf32String)> = items
                .iter()
                .filter_map({
                    let mut score = score;
                    move |item| Some((score(item)?, item))
                })
                .collect();
            matches.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            std::hint::black_box(matches.len());
            times.push(start.elapsed());
        }
    }
    times
}

fn say(name: &str, times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize];
    println!("{name:<18} median {:>8.2?}   99 % {:>8.2?}   worst {:>8.2?}", at(0.5), at(0.99), at(1.0));
    at(0.99)
}

/// The most memory that the program had, as Linux tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()? << 10)
}

fn main() {
    let mut app = browse();
    let mut times: Vec<Duration> = (0..5).flat_map(|_| of_writeback(&mut app)).collect();
    let slowest = say("writeback", &mut times);
    let memory = peak();
    println!("memory             {}", memory.map_or("unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20)));
    drop(app);
    say("nucleo, no screen", &mut of_nucleo());
    assert!(slowest <= FRAME, "99 of 100 keys have to be drawn within {FRAME:?}");
    assert!(memory.is_none_or(|bytes| bytes < MEMORY), "all of it has to fit in 100 MiB");
}
