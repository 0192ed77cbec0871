//! Numbered lists, page by page, with a filter.

use super::{Answer, Dialog, Stop};
use crate::explain::Explanation;
use crate::text::format::{bytes, counted};
use crate::text::secret::Secret;
use crate::tui::form::lines::{help, number};
use crate::tui::form::{FieldSpec, Intent, Value};
use crate::tui::wizard::{List, Model, Picker, Remote};

const PAGE: usize = 20;

const HELP: &str =
    "Enter a number to choose. Other words narrow the list, and - shows all of it again. \"more\" shows the next page.";

pub(super) async fn choose_from_list(dialog: &mut Dialog, spec: &'static FieldSpec<Model>) -> Result<Answer, Stop> {
    dialog.intend(Intent::Open(spec.field)).await?;
    let (mut first, mut is_unread) = (0, true);
    loop {
        // The list may not open, and it closes after a choice.
        let Some(page) = page(&dialog.model, first) else {
            return Ok(Answer::Given);
        };
        // A page takes long to listen to, so it is printed only once.
        if std::mem::take(&mut is_unread) {
            print_page(dialog, &page, first)?;
        }
        print_question(dialog, spec, &page)?;
        let answer = dialog.read_answer().await?;
        match (answer.as_str(), number(&answer)) {
            ("back", _) => {
                dialog.intend(Intent::Close).await?;
                // The caller repeats the question if the field also takes text.
                return Ok(Answer::Back);
            }
            ("help", _) => {
                dialog.lines.print(&help(spec))?;
                dialog.lines.print(HELP)?;
                if let Some(new) = spec.creates {
                    dialog.lines.print(new)?;
                }
            }
            ("more", _) => (first, is_unread) = (if first + PAGE < page.matches { first + PAGE } else { 0 }, true),
            ("new", _) if spec.creates.is_some() => {
                dialog.intend(Intent::Create).await?;
                return Ok(Answer::Given);
            }
            ("", _) if dialog.model.input_error(spec.field).is_none() => {
                dialog.intend(Intent::Close).await?;
                return Ok(Answer::Given);
            }
            ("", _) => dialog.print_notes(spec.field).map(drop)?,
            (_, Some(at)) if at < page.matches => dialog.intend(Intent::Pick(at)).await?,
            (filter, _) => {
                (first, is_unread) = (0, true);
                let filter = if filter == "-" { "" } else { filter };
                dialog.intend(Intent::Filter(Secret::new(filter))).await?;
            }
        }
    }
}

struct ListPage {
    rows: Vec<String>,
    matches: usize,
    total: usize,
    filter: String,
    failed: Option<Explanation>,
}

fn page(model: &Model, first: usize) -> Option<ListPage> {
    let details = &model.details;
    Some(match model.list? {
        List::DataSets => rows(&details.input.list, first, |data_set| {
            let rows = data_set.rows.map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
            format!("{}{rows}", data_set.name)
        }),
        List::Datasets => rows(&details.output.list, first, |dataset| {
            let access = if dataset.access.may_write() { "" } else { ", read only" };
            format!("{}, {}{access}", dataset.key, dataset.title)
        }),
        List::Files => rows(&details.files, first, |file| {
            let size = file.size.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
            format!("{}{size}", file.name)
        }),
        List::Zones => rows(&model.scheduling.zones, first, |row| {
            let here = if row.is_here { ", this computer's" } else { "" };
            format!("{}{here}, {}", row.zone.name(), row.time)
        }),
    })
}

fn rows<T>(list: &Picker<T>, first: usize, words: impl Fn(&T) -> String) -> ListPage {
    let failed = match &list.load.data {
        Remote::Failed(explanation) => Some(explanation.clone()),
        _ => None,
    };
    let rows = list.matches(first).take(PAGE).map(words).collect();
    let filter = list.search.filter.value().to_owned();
    ListPage { rows, matches: list.search.len(), total: list.total(), filter, failed }
}

fn print_page(dialog: &mut Dialog, page: &ListPage, first: usize) -> Result<(), Stop> {
    if let Some(explanation) = &page.failed {
        dialog.print_error(explanation)?;
    }
    for (at, row) in page.rows.iter().enumerate() {
        dialog.lines.print(&format!("  {}. {row}", first + at + 1))?;
    }
    Ok(())
}

fn print_question(dialog: &mut Dialog, spec: &FieldSpec<Model>, page: &ListPage) -> Result<(), Stop> {
    let ListPage { matches, total, filter, .. } = page;
    let current = match dialog.model.value(spec.field) {
        Value::Picked(Some(name)) if dialog.model.input_error(spec.field).is_none() => format!(" [{name}]"),
        _ => String::new(),
    };
    let more = if *matches > PAGE { ", \"more\"" } else { "" };
    let new = if spec.creates.is_some() { ", \"new\"" } else { "" };
    let count = match (filter.is_empty(), matches) {
        (true, _) => format!("all {total}"),
        (false, 0) => format!("none of {total} for \"{filter}\", - shows all"),
        (false, _) => format!("{matches} of {total} for \"{filter}\""),
    };
    let name = spec.spoken_label();
    Ok(dialog
        .lines
        .print(&format!("{name}, a number, or words that narrow the list ({count}){more}{new}{current}:"))?)
}
