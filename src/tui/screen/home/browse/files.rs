//! The files of a dataset, and the current download.
//!
//! ```text
//!   acme-analytics/sales-mart   Sales mart                                 4 files
//!   File                        Size  Updated        By          Sync
//!   daily-sales.csv          84.2 MB  21 Nov 06:00   analyst
//!   exchange-rates.csv        4.1 kB  20 Nov 06:00   analyst     synced
//!
//!   ● daily-sales.csv  ━━━━━━━━━━╸─────────  67 %   56.4 MB of 84.2 MB
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{GAP, draw_failure};
use crate::explain;
use crate::services::dataworld::File;
use crate::text::format::bytes;
use crate::text::terminal_text::{fit, name, pad, pad_left};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::browse::{ActiveDownload, Files};
use crate::tui::screen::home::list::{count_label, draw_head, draw_rows, nothing_matches};
use crate::tui::screen::run::push_bar;
use crate::tui::screen::text::{Rows, Sign};
use crate::tui::screen::{HitMap, Theme};
use crate::tui::state::Remote;

const SIZE: usize = 10;
const UPDATED: usize = 17;
const BY: usize = 14;
const SYNC: usize = 14;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, files: &Files, theme: &Theme) -> HitMap {
    let list = &files.list;
    let dataset = &files.listed.dataset;
    let key = name(&dataset.key.to_string()).into_owned();
    let room = usize::from(area.width).saturating_sub(key.len() + 12);
    let about = Line::from(vec![
        Span::styled(fit(&key, area.width.into()), theme.heading),
        Span::styled(format!("  {}", fit(&name(&dataset.title), room)), theme.hint),
    ]);
    let filtered = !list.search.filter.value().is_empty();
    // The number is unknown if data.world does not list the files.
    let is_here = files.dataset.data.ready().is_some() || list.total() > 0;
    let count = count_label(list, "file", filtered, is_here);
    draw_head(frame, Rect { height: 1, ..area }, &list.search, home.filtering, (about, &count), theme);
    let mut free = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if let Some(fetching) = &home.browse.fetching {
        let height = 2.min(free.height);
        let under = Rect { y: free.bottom() - height, height, ..free };
        draw_download(&mut Rows::new(frame.buffer_mut(), under), fetching, theme);
        free.height -= height;
    }
    if list.search.is_empty() {
        empty(&mut Rows::new(frame.buffer_mut(), free), home, files, theme);
        return HitMap::default();
    }
    let columns = Columns::fit(usize::from(area.width));
    if free.height >= 5 {
        frame.buffer_mut().set_line(free.x, free.y, &Line::styled(columns.headings(home), theme.hint), free.width);
        free = Rect { y: free.y + 1, height: free.height - 1, ..free };
    }
    draw_rows(frame, free, list, |file| columns.line(file, home), theme)
}

fn empty(rows: &mut Rows<'_>, home: &Home, files: &Files, theme: &Theme) {
    rows.blank();
    match &files.dataset.data {
        Remote::Failed(explanation) => draw_failure(rows, explanation, theme),
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
        Remote::Ready(_) if files.list.total() > 0 => {
            rows.sentences(&nothing_matches(home), theme.hint);
        }
        Remote::Ready(_) => {
            rows.sentences("The dataset has no files yet.", theme.heading);
            if files.listed.dataset.access.may_write() {
                let new = home.key("browse.new-export-here");
                rows.sentences(&format!("Press {new} to export a DataSet to it."), theme.hint);
            }
        }
    }
}

pub(super) fn draw_download(rows: &mut Rows<'_>, fetching: &ActiveDownload, theme: &Theme) {
    if rows.free_rows() > 1 {
        rows.blank();
    }
    let fetched = &fetching.fetched;
    if let Some(retry) = &fetched.retry {
        return rows.signed(Sign::Warning, &explain::retry(retry), Style::new(), theme);
    }
    let file = fit(&name(&fetching.file), usize::from(rows.width()).saturating_sub(40).max(12));
    let mut line = Line::from(vec![Sign::Running.span(theme), Span::raw(format!(" {file}  "))]);
    match fetched.total.filter(|total| *total > 0) {
        Some(total) => {
            push_bar(&mut line, 16, (fetched.bytes as f64 / total as f64).min(1.0), theme);
            line.push_span(Span::raw(format!("  {} of {}", bytes(fetched.bytes), bytes(total))));
        }
        None => line.push_span(Span::raw(bytes(fetched.bytes))),
    }
    rows.line(&line);
}

/// Columns of the cells that fit. Name and size always do.
struct Columns {
    name: usize,
    updated: bool,
    by: bool,
    sync: bool,
}

impl Columns {
    fn fit(width: usize) -> Self {
        let mut free = width.saturating_sub(SIZE + GAP.len());
        let mut fits = |columns: usize| {
            let fits = free >= columns + GAP.len() + 20;
            if fits {
                free -= columns + GAP.len();
            }
            fits
        };
        let (updated, sync, by) = (fits(UPDATED), fits(SYNC), fits(BY));
        Self { name: free, updated, by, sync }
    }

    fn cells(&self, [name, size, updated, by, sync]: [&str; 5]) -> String {
        let mut cells = vec![pad(name, self.name), pad_left(size, SIZE)];
        cells.extend(self.updated.then(|| pad(updated, UPDATED)));
        cells.extend(self.by.then(|| pad(by, BY)));
        cells.extend(self.sync.then(|| pad(sync, SYNC)));
        cells.join(GAP)
    }

    fn headings(&self, home: &Home) -> String {
        let updated = format!("Updated ({})", home.now.with_timezone(&home.zone).format("%Z"));
        self.cells(["File", "Size", &updated, "By", "Sync"])
    }

    fn line(&self, file: &File, home: &Home) -> Line<'static> {
        let size = file.size.map_or_else(|| "processing".to_owned(), bytes);
        let updated = file
            .updated
            .or(file.created)
            .map(|date| date.with_timezone(&home.zone).format("%-d %b %Y %H:%M").to_string());
        let by = file.updated_by.as_deref().unwrap_or_default();
        Line::raw(self.cells([
            &name(&file.name),
            &size,
            updated.as_deref().unwrap_or_default(),
            &name(by),
            file.sync().unwrap_or_default(),
        ]))
    }
}
