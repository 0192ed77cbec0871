//! The tab Browse: datasets, files, the beginning of one, download, delete, links, and on to the wizard.

use ratatui::buffer::Cell;
use ratatui::style::Modifier;
use writeback::testing::accounts::Account;
use writeback::testing::export::{DatasetKey, Service};
use writeback::testing::services::dataworld::{Access, Dataset, File, Head, Listed, Shelf};
use writeback::testing::services::domo::Ownership;
use writeback::testing::transfer::download::Fetched;
use writeback::testing::tui::dashboard::Overlay;
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::state::{
    Answer, BrowseReply, Copied, DatasetReply, DownloadReply, Effect, Login, Opening, Page, Request,
};
use writeback::testing::tui::wizard::{Field, Start, Step};

use crate::dashboard::support::{Person, three_hours_ago};
use crate::requests;
use crate::samples::{account, sample_replies, start};
use crate::screen::Driver as _;

pub(crate) fn listed(key: &str, title: &str, shelf: Shelf) -> Listed {
    let dataset = Dataset {
        key: key.parse().unwrap(),
        title: title.to_owned(),
        access: if key.starts_with("acme-finance") { Access::Read } else { Access::Write },
        visibility: None,
        is_project: key.ends_with("forecast"),
        updated: Some(three_hours_ago()),
        status: None,
        files: None,
    };
    Listed { dataset, shelf, liked: shelf == Shelf::Liked }
}

pub(crate) fn file(name: &str, size: Option<u64>) -> File {
    let (by, sync) = (Some("analyst".to_owned()), size.is_none().then(|| "INPROGRESS".to_owned()));
    File {
        name: name.to_owned(),
        size,
        created: None,
        updated: Some(three_hours_ago()),
        updated_by: by,
        sync_status: sync,
    }
}

pub(crate) fn browsing() -> Person {
    let mut person = Person::at_home(Vec::new(), Vec::new());
    person.press("2");
    listing(&mut person);
    person
}

/// Answers the latest request for the list.
fn listing(person: &mut Person) -> &mut Person {
    let at = person.effects.iter().rposition(|effect| matches!(effect, Effect::Browse { .. })).unwrap();
    let request: Request<BrowseReply> = requests::request(&person.effects.remove(at)).unwrap();
    let page = vec![
        listed("acme-analytics/sales-mart", "Sales \u{1b}[31mMart\u{202e}", Shelf::Organization),
        listed("acme-finance/closed-books", "Closed books 2025", Shelf::Organization),
        listed("analyst/scratch", "売上データ", Shelf::Own),
        listed("analyst/q4-forecast", "Q4 forecast", Shelf::Own),
        listed("city-open-data/transit-stops", "Transit stops", Shelf::Liked),
    ];
    person.reply(&request, BrowseReply::Page(Page::More(page)));
    person.reply(&request, BrowseReply::Page(Page::End))
}

pub(crate) fn at_files() -> Person {
    let mut person = browsing();
    person.press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
    let mut dataset = listed("acme-analytics/sales-mart", "Sales Mart", Shelf::Organization).dataset;
    dataset.files = Some(vec![file("daily-sales.csv", Some(84_234_567)), file("pending\u{9b}2J.csv", None)]);
    person.reply(&request, DatasetReply::Dataset(Ok(dataset)));
    person
}

/// The beginning of a file of many columns, with wide characters.
pub(crate) fn at_head() -> Person {
    let mut person = at_files();
    person.press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::ReadHead { .. }));
    let mut text = (1..=14).map(|column| format!("column {column}")).collect::<Vec<_>>().join(",");
    for row in 1..=40 {
        text.push_str(&format!("\n{row},売上データ,\u{1b}[2Jclear,cafe\u{301},{}", "x,".repeat(9)));
    }
    person.reply(&request, Answer::Ok(Head::read("a.csv", text.as_bytes(), true)));
    person
}

pub(crate) fn fetching() -> (Person, Request<DownloadReply>) {
    let mut person = at_files();
    person.press("d Enter");
    let request = person.asked(|effect| matches!(effect, Effect::Download { .. }));
    let fetched = Fetched { bytes: 56_400_000, total: Some(84_234_567), retry: None };
    person.reply(&request, DownloadReply::Progress(fetched));
    (person, request)
}

fn notice(person: &Person) -> &str {
    person.app.home.shell.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn the_lists_are_shown_one_by_one_and_narrowed() {
    let mut person = browsing();
    let keys = |person: &Person| {
        let list = &person.app.home.browse.list;
        list.matches(0).map(|it| it.dataset.key.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&person).len(), 5);
    person.press("f");
    assert_eq!(keys(&person), ["analyst/q4-forecast", "analyst/scratch"]);
    person.press("f f f");
    assert_eq!(keys(&person), ["city-open-data/transit-stops"]);
    person.press("f");
    assert_eq!(keys(&person), ["analyst/q4-forecast"]);
    person.press("f / s a l");
    assert_eq!(keys(&person), ["acme-analytics/sales-mart"], "what grows narrows");
    person.press("Backspace Backspace Backspace");
    assert_eq!(keys(&person).len(), 5, "and what shrinks widens again");
}

/// The row above the list, without what stands at its sides.
fn head(person: &Person, (width, height): (u16, u16)) -> String {
    let text = person.text(width, height);
    let at = if height >= 28 { 4 } else { 3 };
    text.lines().nth(at).unwrap_or_else(|| panic!("{text}")).split_whitespace().collect::<Vec<_>>().join(" ")
}

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (60, 15)];

const LISTS: &str = "all own contributing organizations liked projects";

#[test]
fn which_list_is_shown_is_said_and_still_while_it_is_narrowed() {
    let mut person = browsing();
    // Where not all lists fit, as on the low screen, only the shown one is named.
    let lists = [
        ("", "list 1 of 6: all", "5 datasets"),
        ("f", "list 2 of 6: own", "2/5 datasets"),
        ("f", "list 3 of 6: contributing", "0/5 datasets"),
        ("f", "list 4 of 6: organizations", "2/5 datasets"),
        ("f", "list 5 of 6: liked", "1/5 datasets"),
        ("f", "list 6 of 6: projects", "1/5 datasets"),
    ];
    for (keys, shown, count) in lists {
        if !keys.is_empty() {
            person.press(keys);
        }
        let all = format!("{LISTS} {count}");
        assert_eq!(SIZES.map(|size| head(&person, size)), [all.clone(), all, format!("{shown} {count}")], "{keys}");
    }
    person.press("f f f f");
    for (keys, said) in [("/ s", "> s 2/5"), ("a l", "> sal 1/5"), ("Enter", "/ sal 1/5")] {
        person.press(keys);
        let said = format!("{said} datasets · organizations");
        assert_eq!(SIZES.map(|size| head(&person, size)), [said.clone(), said.clone(), said], "{keys}");
    }
}

#[test]
fn the_shown_list_is_marked_without_color_too() {
    let mut person = browsing();
    person.press("f");
    let screen = person.buffer(80, 24, &Theme::monochrome());
    let row = screen.content.chunks(80).nth(3).unwrap();
    let marked: String =
        row.iter().filter(|cell| cell.modifier.contains(Modifier::UNDERLINED)).map(Cell::symbol).collect();
    assert_eq!(marked, "own");
}

#[test]
fn how_many_datasets_there_are_is_not_said_before_it_is_known() {
    let mut person = Person::at_home(Vec::new(), Vec::new());
    person.press("2");
    assert_eq!(SIZES.map(|size| head(&person, size)), [LISTS; 3]);
    let request = person.asked(|effect| matches!(effect, Effect::Browse { .. }));
    person.reply(&request, BrowseReply::Page(Page::More(vec![listed("acme/sales", "Sales", Shelf::Own)])));
    let on_low_screen = |person: &Person| head(person, (60, 15));
    assert_eq!(on_low_screen(&person), "list 1 of 6: all 1 dataset so far");
    person.reply(&request, BrowseReply::Page(Page::End));
    assert_eq!(on_low_screen(&person), "list 1 of 6: all 1 dataset");
}

#[test]
fn how_many_files_there_are_is_not_said_where_it_is_not_known() {
    let mut person = browsing();
    person.press("Enter");
    let none = |person: &Person| SIZES.iter().all(|size| !head(person, *size).contains("file"));
    assert!(none(&person), "they load: {}", person.text(80, 24));
    let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
    let untold = listed("acme-analytics/sales-mart", "Sales Mart", Shelf::Organization).dataset;
    person.reply(&request, DatasetReply::Dataset(Ok(untold.clone())));
    assert!(none(&person), "data.world does not tell them: {}", person.text(80, 24));
    person.press("F5");
    let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
    person.reply(&request, DatasetReply::Dataset(Ok(Dataset { files: Some(Vec::new()), ..untold })));
    assert!(SIZES.iter().all(|size| head(&person, *size).ends_with(" 0 files")), "{}", person.text(80, 24));
    let mut person = at_files();
    assert!(head(&person, (80, 24)).ends_with(" 2 files"), "{}", head(&person, (80, 24)));
    person.press("/ d");
    assert_eq!(head(&person, (60, 15)), "> d 2/2 files");
}

#[test]
fn the_account_is_the_environments_or_the_first_and_another_can_be_chosen() {
    let account = |name: &str| Account::new(Service::DataWorld, name);
    let mut with_accounts = start();
    with_accounts.accounts = vec![account("analyst"), account("other")];
    let mut person = Person::keeping(&with_accounts);
    let login = |person: &mut Person| {
        let found = person.effects.iter().rev().find_map(|effect| match effect {
            Effect::Browse { login, .. } => Some(login.clone()),
            _ => None,
        });
        found.unwrap()
    };
    person.press("2");
    assert_eq!(login(&mut person), Login::Named(Some("analyst".to_owned())));
    person.press("a");
    assert_eq!(login(&mut person), Login::Named(Some("other".to_owned())));
}

#[test]
fn files_that_are_not_told_are_not_shown_as_none() {
    let mut person = at_files();
    person.press("F5");
    let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
    let dataset = listed("acme-analytics/sales-mart", "Sales Mart", Shelf::Organization).dataset;
    person.reply(&request, DatasetReply::Dataset(Ok(dataset)));
    let text = person.text(80, 24);
    assert!(text.contains("data.world does not list the files of this dataset."), "{text}");
    assert!(text.contains("Try again in a few minutes."), "{text}");
    assert!(!text.contains("no files yet") && !text.contains("daily-sales.csv"), "{text}");
}

#[test]
fn a_file_is_deleted_only_by_its_name() {
    let mut person = at_files();
    person.press("Delete").type_text("daily").press("Enter");
    assert!(matches!(&person.app.home.overlay, Some(Overlay::Prompt(entry)) if entry.wrong.is_some()));
    assert!(!person.effects.iter().any(|effect| matches!(effect, Effect::DeleteFile { .. })));
    person.press("Esc");
    assert!(person.app.home.overlay.is_none());
    person.press("Delete").type_text("daily-sales.csv").press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::DeleteFile { file, .. } if file == "daily-sales.csv"));
    person.reply(&request, Answer::Ok(()));
    assert_eq!(notice(&person), "daily-sales.csv was deleted.");
    person.taken(|effect| matches!(effect, Effect::LookUpDataset { .. }));
}

#[test]
fn files_that_look_alike_are_told_apart_in_the_list_and_before_one_is_deleted() {
    let token = writeback::testing::sandbox::samples::READ_WRITE;
    let names = [
        ("daily sales.csv", "daily sales.csv"),
        ("daily\u{a0}sales.csv", "daily<U+00A0>sales.csv"),
        ("daily\u{2003}sales.csv", "daily<U+2003>sales.csv"),
        ("daily\u{2800}sales.csv", "daily<U+2800>sales.csv"),
        ("daily\tsales.csv", "daily<U+0009>sales.csv"),
        ("daily sales.csv ", "daily sales.csv<U+0020>"),
        ("\u{202d}daily sales.csv", "<U+202D>daily sales.csv"),
        ("\u{202e}daily sales.csv", "<U+202E>daily sales.csv"),
    ];
    for (name, shown) in names.into_iter().chain([(token, "…")]) {
        let mut person = browsing();
        person.press("Enter");
        let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
        let mut dataset = listed("acme-analytics/sales-mart", "Sales Mart", Shelf::Organization).dataset;
        dataset.files = Some(vec![file(name, Some(1))]);
        person.reply(&request, DatasetReply::Dataset(Ok(dataset)));
        assert!(person.text(100, 30).contains(&format!("▌ {shown}  ")), "{}", person.text(100, 30));
        person.press("Delete");
        assert!(person.text(100, 30).contains(&format!(" Delete {shown}? ")), "{}", person.text(100, 30));
        for (other, _) in names.into_iter().filter(|(other, _)| *other != name && other.trim() != name) {
            person.type_text(&other.replace('\t', "")).press("Enter");
            assert!(
                !person.effects.iter().any(|effect| matches!(effect, Effect::DeleteFile { .. })),
                "{name:?} {other:?}"
            );
            person.press("Ctrl-U");
        }
        // A masked token is typed as it is, other names as they are shown.
        person.type_text(if name == token { name } else { shown }).press("Enter");
        person.taken(|effect| matches!(effect, Effect::DeleteFile { file, .. } if file == name));
    }
}

#[test]
fn what_is_typed_is_for_the_file_that_it_was_asked_for() {
    for (key, typed) in [("d", ""), ("Delete", "daily-sales.csv")] {
        let mut person = at_files();
        person.press("F5").press(key).type_text(typed);
        let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
        // Meanwhile the file is gone, and the cursor is on another one.
        let mut dataset = listed("acme-analytics/sales-mart", "Sales Mart", Shelf::Organization).dataset;
        dataset.files = Some(vec![file("other.csv", Some(1))]);
        person.reply(&request, DatasetReply::Dataset(Ok(dataset))).press("Enter");
        person.taken(|effect| match effect {
            Effect::Download { file, .. } | Effect::DeleteFile { file, .. } => file == "daily-sales.csv",
            _ => false,
        });
    }
}

#[test]
fn what_may_only_be_read_is_not_deleted() {
    let mut person = browsing();
    person.press("Down Enter");
    let request = person.asked(|effect| matches!(effect, Effect::LookUpDataset { .. }));
    let mut dataset = listed("acme-finance/closed-books", "Closed books", Shelf::Organization).dataset;
    dataset.files = Some(vec![file("ledger.csv", Some(10))]);
    person.reply(&request, DatasetReply::Dataset(Ok(dataset))).press("Delete");
    assert!(person.app.home.overlay.is_none());
    assert!(notice(&person).starts_with("You can read acme-finance/closed-books"), "{}", notice(&person));
}

#[test]
fn a_download_shows_how_far_it_is_and_can_be_cancelled() {
    let (mut person, request) = fetching();
    assert!(person.text(80, 24).contains("56.4 MB of 84.2 MB"));
    person.press("q q");
    assert!(matches!(person.app.home.overlay, Some(Overlay::Ask(_))), "leaving would cancel it");
    person.press("n c");
    assert!(person.effects.contains(&Effect::Cancel(request.id)));
    person.reply(&request, DownloadReply::Ended(Ok(None)));
    assert!(person.app.home.browse.fetching.is_none());
    assert!(notice(&person).contains("Nothing was kept."));
}

#[test]
fn a_download_onto_a_file_that_is_there_asks_whether_to_replace_it() {
    let (mut person, request) = fetching();
    person.reply(&request, DownloadReply::Exists("/home/ada/daily-sales.csv".into()));
    let text = person.text(80, 24);
    assert!(text.contains("Replace daily-sales.csv?") && text.contains("/home/ada/daily-sales.csv is there"), "{text}");
    person.effects.clear();
    person.press("y");
    let Some(Effect::Download { to, replace: true, file, .. }) = person.effects.first() else {
        panic!("{:?}", person.effects)
    };
    assert_eq!((to.to_str(), file.as_str()), (Some("/home/ada/daily-sales.csv"), "daily-sales.csv"));
}

#[test]
fn a_typed_path_replaces_the_proposed_one_and_its_folder_is_proposed_the_next_time() {
    let mut person = at_files();
    // A folder was typed, in which the file has its own name.
    person.press("d").type_text("/data").press("Enter");
    let request = person.asked(|effect| matches!(effect, Effect::Download { to, .. } if to.as_os_str() == "/data"));
    person.reply(&request, DownloadReply::Exists("/data/daily-sales.csv".into())).press("Enter");
    assert_eq!(notice(&person), "Nothing was downloaded: /data/daily-sales.csv is as it was.");
    person.press("d");
    let proposed = std::path::Path::new("/data").join("daily-sales.csv").display().to_string();
    assert!(person.text(80, 24).contains(&proposed), "{}", person.text(80, 24));
    person.press("End").type_text(".old").press("Enter");
    let kept = format!("{proposed}.old");
    person.taken(|effect| matches!(effect, Effect::Download { to, .. } if to.as_os_str() == kept.as_str()));
}

#[test]
fn after_a_download_it_is_said_where_the_file_is() {
    let (mut person, request) = fetching();
    person.reply(&request, DownloadReply::Ended(Ok(Some(("/home/ada/daily-sales.csv".into(), 84_234_567)))));
    assert_eq!(notice(&person), "daily-sales.csv was downloaded: 84.2 MB, to /home/ada/daily-sales.csv.");
}

#[test]
fn links_are_data_worlds_own_and_copied_where_there_is_no_browser() {
    let mut person = at_files();
    person.press("y");
    let link = "https://data.world/acme-analytics/sales-mart/workspace/file?filename=daily-sales.csv";
    assert_eq!(person.copied(), link);
    person.is_copied(Copied::Clipboard);
    assert_eq!(notice(&person), "Copied.");
    person.press("o");
    let request = person.asked(|effect| matches!(effect, Effect::OpenLink { link: it, .. } if it == link));
    person.reply(&request, false);
    person.is_copied(Copied::Terminal);
    assert_eq!(notice(&person), format!("No browser can be opened here. Sent to the terminal: {link}"));
}

#[test]
fn only_the_latest_copy_is_told() {
    let mut person = at_files();
    person.press("y");
    let earlier = person.asked(|effect| matches!(effect, Effect::Copy { .. }));
    person.press("y");
    person.reply(&earlier, Copied::Terminal);
    assert_eq!(notice(&person), "");
    person.is_copied(Copied::Clipboard);
    assert_eq!(notice(&person), "Copied.");
}

#[test]
fn the_wizard_starts_with_the_dataset() {
    let mut person = at_files();
    person.press("n");
    let wizard = person.app.wizard.as_ref().unwrap();
    assert_eq!(wizard.details.key(), Ok(DatasetKey::new("acme-analytics", "sales-mart")));
    assert!(
        !person.effects.iter().any(|it| matches!(it, Effect::OpenWizard(Opening::To { .. }))),
        "it is open already"
    );
    assert_eq!((wizard.step, wizard.errors.len()), (Step::Credentials, 0), "there is no account");
}

#[test]
fn the_wizard_starts_where_something_is_left_to_enter() {
    let opened = |of_domo: &[&str]| {
        let of_domo = of_domo.iter().map(|name| account(Service::Domo, name));
        let accounts = ["analyst", "other"].map(|name| account(Service::DataWorld, name)).into_iter().chain(of_domo);
        let mut person = Person::keeping(&Start { accounts: accounts.collect(), ..start() });
        person.press("2 a");
        listing(&mut person).press("n");
        for _ in 0..2 {
            for effect in std::mem::take(&mut person.effects) {
                for reply in sample_replies(&effect, Ownership::Proven) {
                    person.tell(reply);
                }
            }
        }
        let wizard = person.app.wizard.take().unwrap();
        assert_eq!(wizard.credentials.saved_name(Service::DataWorld).as_deref(), Some("other"), "as in Browse");
        (wizard.step, wizard.focus)
    };
    assert_eq!(opened(&["acme"]), (Step::Details, Field::INPUT_DATA_SET));
    assert_eq!(opened(&["acme", "beta"]), (Step::Credentials, Field::DOMO_ACCOUNT), "one is to be chosen");
    assert_eq!(opened(&[]), (Step::Credentials, Field::DOMO_CLIENT_ID), "one is to be entered");
}

#[test]
fn columns_and_rows_scroll_and_stay_in_line() {
    let mut person = at_head();
    let text = person.text(80, 24);
    assert!(text.contains("columns 1–"), "{text}");
    assert!(!text.contains('\u{1b}'));
    person.press("Right Right Down Down");
    let text = person.text(80, 24);
    assert!(text.contains("from row 3 · columns 3–"), "{text}");
    person.press("Home");
    assert!(person.text(80, 24).contains("  columns 1–"));
    person.press("Esc Esc");
    assert!(person.app.home.browse.files.is_none());
}
