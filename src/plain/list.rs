//! A list to choose from: numbered, a page at a time, narrowed by words.

use crossterm::event::KeyCode;

use super::question::{self, Answer};
use super::{Stop, Talk};
use crate::explain::Explanation;
use crate::figures::{bytes, counted};
use crate::secret::Secret;
use crate::wizard::{Field, List, Model, Msg, Picker, Remote, Value};

/// Rows of a page.
const PAGE: usize = 20;

const HELP: &str =
    "Enter a number to choose. Other words narrow the list, and - shows all of it again. \"more\" shows the next page.";

const NEW: &str = "\"new\" makes a dataset on data.world.";

/// Opens the list of a field, and lets the person choose.
pub(super) async fn choose(talk: &mut Talk, field: Field, value: &Value) -> Result<Answer, Stop> {
    talk.plain_key(KeyCode::Down).await?;
    let (mut first, mut is_new) = (0, true);
    loop {
        // A list may be refused, and it closes when something is chosen.
        let Some(page) = page(&talk.model, first) else {
            return Ok(Answer::Given);
        };
        // Twenty rows are long to listen to, and were heard.
        if std::mem::take(&mut is_new) {
            show(talk, &page, first)?;
        }
        ask(talk, field, value, &page)?;
        let answer = talk.answer().await?;
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match (answer.as_str(), number) {
            ("back", _) => {
                talk.plain_key(KeyCode::Esc).await?;
                // Where the field can be typed into, it is asked for again.
                return Ok(Answer::Back);
            }
            ("help", _) => {
                talk.lines.say(&question::help(field))?;
                talk.lines.say(HELP)?;
                if field == Field::Dataset {
                    talk.lines.say(NEW)?;
                }
            }
            ("more", _) => (first, is_new) = (if first + PAGE < page.matches { first + PAGE } else { 0 }, true),
            ("new", _) if field == Field::Dataset => {
                talk.plain_key(KeyCode::Esc).await?;
                talk.plain_key(KeyCode::F(2)).await?;
                return Ok(Answer::Given);
            }
            ("", _) if talk.model.wrong(field).is_none() => {
                talk.plain_key(KeyCode::Esc).await?;
                return Ok(Answer::Given);
            }
            ("", _) => talk.say_known(field).map(drop)?,
            (_, Some(at)) if at < page.matches => {
                talk.tell(Msg::Point { row: at, top: first })?;
                talk.plain_key(KeyCode::Enter).await?;
            }
            (filter, _) => {
                (first, is_new) = (0, true);
                talk.key(KeyCode::Char('u')).await?;
                if filter != "-" {
                    talk.settled(Msg::Paste(Secret::new(filter))).await?;
                }
            }
        }
    }
}

/// A part of an open list.
struct Page {
    rows: Vec<String>,
    matches: usize,
    total: usize,
    filter: String,
    failed: Option<Explanation>,
}

fn page(model: &Model, first: usize) -> Option<Page> {
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
        List::Files => rows(&details.file.list, first, |file| {
            let size = file.size.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
            format!("{}{size}", file.name)
        }),
    })
}

fn rows<T>(list: &Picker<T>, first: usize, words: impl Fn(&T) -> String) -> Page {
    let failed = match &list.load.data {
        Remote::Failed(explanation) => Some(explanation.clone()),
        _ => None,
    };
    let rows = list.matches(first).take(PAGE).map(words).collect();
    let filter = list.search.filter.value().to_owned();
    Page { rows, matches: list.search.len(), total: list.total(), filter, failed }
}

fn show(talk: &mut Talk, page: &Page, first: usize) -> Result<(), Stop> {
    if let Some(explanation) = &page.failed {
        talk.explain(explanation)?;
    }
    for (at, row) in page.rows.iter().enumerate() {
        talk.lines.say(&format!("  {}. {row}", first + at + 1))?;
    }
    Ok(())
}

fn ask(talk: &mut Talk, field: Field, value: &Value, page: &Page) -> Result<(), Stop> {
    let Page { matches, total, filter, .. } = page;
    let kept = match value {
        Value::Selected(Some(name)) if talk.model.wrong(field).is_none() => format!(" [{name}]"),
        _ => String::new(),
    };
    let more = if *matches > PAGE { ", \"more\"" } else { "" };
    let new = if field == Field::Dataset { ", \"new\"" } else { "" };
    let count = match (filter.is_empty(), matches) {
        (true, _) => format!("all {total}"),
        (false, 0) => format!("none of {total} for \"{filter}\", - shows all"),
        (false, _) => format!("{matches} of {total} for \"{filter}\""),
    };
    let name = question::name(field);
    Ok(talk.lines.say(&format!("{name}, a number, or words that narrow the list ({count}){more}{new}{kept}:"))?)
}
