//! The tab Browse: the datasets on data.world.
//!
//! ```text
//!   all  own  contributing  organizations  liked  projects          12/340 datasets
//!   Dataset                          Title                 Where         Updated
//!   acme-analytics/sales-mart        Sales mart            organization  21 Nov 2026
//!   analyst/q4-forecast              Q4 forecast           own, project  19 Nov 2026
//!   ● loading…
//! ```

mod files;
mod head;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::{
    beside, choice_label, count_label, draw_exports, draw_head, draw_rows, frame_details, nothing_matches,
};
use crate::explain::Explanation;
use crate::services::dataworld::{Access, Listed, Shelf};
use crate::text::format::moment_and_utc;
use crate::text::terminal_text::{name, pad};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::browse::ListChoice;
use crate::tui::screen::text::{Rows, Sign};
use crate::tui::screen::{HitMap, Theme};
use crate::tui::state::{Remote, Slot};

const GAP: &str = "  ";
const WHERE: usize = 14;
const ACCESS: usize = 6;
const UPDATED: usize = 11;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> HitMap {
    let browse = &home.browse;
    match (&browse.files, &browse.opened) {
        (Some(files), Some(opened)) => head::draw(frame, area, files, opened, home, theme),
        (Some(files), None) => files::draw(frame, area, home, files, theme),
        (None, _) => draw_datasets(frame, area, home, theme),
    }
}

fn draw_datasets(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> HitMap {
    let browse = &home.browse;
    let list = &browse.list;
    let (area, details) = beside(area);
    if let (Some(place), Some(listed)) = (details, list.under_cursor()) {
        draw_beside(frame.buffer_mut(), place, home, listed, theme);
    }
    let head = Rect { height: 1, ..area };
    let is_filtered = !list.search.filter.value().is_empty();
    let is_here = matches!(list.load.data, Remote::Ready(()));
    let mut count = count_label(list, "dataset", is_filtered || browse.shown != ListChoice::All, is_here);
    if (is_filtered || home.filtering) && browse.shown != ListChoice::All {
        // The filter takes the place of the list's label.
        count = format!("{count} · {}", browse.shown.into_str());
    }
    let account = browse.account.as_ref().map(|name| format!(" · account {name}")).unwrap_or_default();
    let mut shown = choice_label("list", browse.shown, (area.width, &format!("{account}{count}")), theme);
    shown.push_span(Span::styled(account, theme.hint));
    draw_head(frame, head, &list.search, home.filtering, (shown, &count), theme);
    let mut free = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let columns = Columns::fit(usize::from(area.width));
    if free.height >= 5 && !list.search.is_empty() {
        frame.buffer_mut().set_line(free.x, free.y, &Line::styled(columns.headings(), theme.hint), free.width);
        free = Rect { y: free.y + 1, height: free.height - 1, ..free };
    }
    // A few rows stay free for the state of the list, so that it stays in place while items arrive.
    let says = if matches!(list.load.data, Remote::Ready(())) { 0 } else { 3.min(free.height / 2) };
    let place = Rect { height: free.height - says, ..free };
    let targets = draw_rows(frame, place, list, |listed| columns.line(listed, home.zone), theme);
    let drawn = u16::try_from(list.search.len()).unwrap_or(u16::MAX).min(place.height);
    let rest = Rect { y: free.y + drawn, height: free.height - drawn, ..free };
    let nothing = match browse.shown {
        ListChoice::All => "data.world lists no datasets for this account.".to_owned(),
        _ => format!("Nothing in this list. Press {} for another.", home.key("browse.other-list")),
    };
    draw_state(
        &mut Rows::new(frame.buffer_mut(), rest),
        &list.load,
        (list.search.is_empty(), list.total() == 0),
        &nothing,
        home,
        theme,
    );
    targets
}

/// Draws the dataset under the cursor beside the list: its facts, and the exports that write into it.
fn draw_beside(buffer: &mut Buffer, area: Rect, home: &Home, listed: &Listed, theme: &Theme) {
    let dataset = &listed.dataset;
    let inner = frame_details(buffer, area, &dataset.title, theme);
    let mut rows = Rows::new(buffer, inner);
    let sign = if dataset.access.may_write() { Sign::Done } else { Sign::Skipped };
    rows.signed(sign, dataset.access.words(), theme.heading, theme);
    rows.blank();
    let facts = [
        ("Owner", Some(dataset.key.owner().to_owned())),
        ("Id", Some(dataset.key.id().to_owned())),
        ("Where", Some(shelf_label(listed))),
        ("Visibility", dataset.visibility.map(|visibility| visibility.words().to_owned())),
        ("Updated", dataset.updated.map(|at| moment_and_utc(home.zone, at))),
    ];
    rows.facts(facts, theme);
    rows.blank();
    let exports = home.exports.list.all().filter_map(|row| row.export.as_deref().ok());
    let here = exports.filter(|export| export.output.dataset == dataset.key);
    draw_exports(&mut rows, here.map(|export| export.name.as_str()), "No export writes into it.", theme);
}

fn draw_state(
    rows: &mut Rows<'_>,
    load: &Slot<()>,
    (no_match, no_item): (bool, bool),
    nothing: &str,
    home: &Home,
    theme: &Theme,
) {
    match &load.data {
        Remote::Failed(explanation) if !no_item => {
            let what = format!("The list is not complete. {}", explanation.what);
            draw_failure(rows, &Explanation { what, ..explanation.clone() }, theme);
        }
        Remote::Failed(explanation) => draw_failure(rows, explanation, theme),
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
        Remote::Ready(()) if no_item || (no_match && home.browse.list.search.filter.value().is_empty()) => {
            rows.sentences(nothing, theme.hint);
        }
        Remote::Ready(()) if no_match => rows.sentences(&nothing_matches(home), theme.hint),
        Remote::Ready(()) => {}
    }
}

fn draw_failure(rows: &mut Rows<'_>, explanation: &Explanation, theme: &Theme) {
    rows.signed(Sign::Failed, &explanation.what, theme.failed, theme);
    rows.indented(&explanation.advice, Style::new());
}

/// Columns of the cells that fit. The key always does.
struct Columns {
    key: usize,
    title: usize,
    access: bool,
    updated: bool,
}

impl Columns {
    fn fit(width: usize) -> Self {
        let updated = width >= 72;
        let access = width >= 92;
        let right = WHERE + usize::from(updated) * (UPDATED + 2) + usize::from(access) * (ACCESS + 2) + 2;
        let free = width.saturating_sub(right);
        if free < 50 {
            return Self { key: free, title: 0, access, updated };
        }
        let key = (free - 2) * 11 / 20;
        Self { key, title: free - 2 - key, access, updated }
    }

    fn cells(&self, [key, title, shelf, access, updated]: [&str; 5]) -> String {
        let mut cells = vec![pad(key, self.key)];
        cells.extend((self.title > 0).then(|| pad(title, self.title)));
        cells.push(pad(shelf, WHERE));
        cells.extend(self.access.then(|| pad(access, ACCESS)));
        cells.extend(self.updated.then(|| pad(updated, UPDATED)));
        cells.join(GAP)
    }

    fn headings(&self) -> String {
        self.cells(["Dataset", "Title", "Where", "Access", "Updated"])
    }

    fn line(&self, listed: &Listed, zone: Tz) -> Line<'static> {
        let dataset = &listed.dataset;
        let (key, shelf, updated) = (dataset.key.to_string(), shelf_label(listed), date_label(dataset.updated, zone));
        Line::raw(self.cells([&name(&key), &name(&dataset.title), &shelf, access_label(dataset.access), &updated]))
    }
}

fn shelf_label(listed: &Listed) -> String {
    let shelf = match listed.shelf {
        Shelf::Own => "own",
        Shelf::Contributing => "contributing",
        Shelf::Organization => "organization",
        Shelf::Liked => "liked",
    };
    match (listed.dataset.is_project, listed.liked && listed.shelf != Shelf::Liked) {
        (true, _) => "project".to_owned(),
        (false, true) => format!("{shelf} ♥"),
        (false, false) => shelf.to_owned(),
    }
}

fn access_label(access: Access) -> &'static str {
    match access {
        Access::None => "–",
        Access::Read => "read",
        Access::Write => "write",
        Access::Admin => "admin",
        Access::Unknown => "?",
    }
}

fn date_label(date: Option<DateTime<Utc>>, zone: Tz) -> String {
    date.map(|date| date.with_timezone(&zone).format("%-d %b %Y").to_string()).unwrap_or_default()
}
