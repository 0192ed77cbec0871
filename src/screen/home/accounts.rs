//! The saved accounts. Secrets are never shown.
//!
//! ```text
//!                                                                       2 accounts
//!   Name       Service      User       Instance   Exports   Last tested
//!   acme       Domo         Ana Lyst   acme             2   ✓ 3 d ago
//!   analyst    data.world   analyst                     2   ✗ not valid
//!
//!   Used by Daily sales, Costs
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::{draw_head, draw_rows, how_many};
use crate::explain::Explanation;
use crate::figures::ago_in_short;
use crate::home::Home;
use crate::home::accounts::Row;
use crate::printable::{pad, pad_left};
use crate::screen::text::{Rows, Sign};
use crate::screen::{Targets, Theme};
use crate::state::Remote;

/// Between two columns.
const GAP: &str = "  ";
/// Columns of each part of a row but name and user.
const SERVICE: usize = 10;
const INSTANCE: usize = 12;
const EXPORTS: usize = 7;
const TESTED: usize = 22;

/// Draws the tab Accounts.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> Targets {
    let list = &home.accounts.list;
    let is_filtered = !list.search.filter.value().is_empty();
    let count = how_many(list, "account", is_filtered, list.total() > 0 || home.kept.data.ready().is_some());
    draw_head(frame, Rect { height: 1, ..area }, &list.search, home.filtering, (Line::default(), &count), theme);
    let mut free = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if list.search.is_empty() {
        empty(&mut Rows::new(frame.buffer_mut(), free), home, theme);
        return Targets::default();
    }
    let columns = Columns::of(usize::from(area.width));
    if free.height >= 5 {
        frame.buffer_mut().set_line(free.x, free.y, &Line::styled(columns.headings(), theme.hint), free.width);
        free = Rect { y: free.y + 1, height: free.height - 1, ..free };
    }
    let about = if free.height >= 7 { 3 } else { 0 };
    let place = Rect { height: free.height - about, ..free };
    let targets = draw_rows(frame, place, list, |row| columns.line(home, row, theme), theme);
    if let Some(row) = list.under_cursor() {
        let under = Rect { y: free.bottom() - about, height: about, ..free };
        let rows = &mut Rows::new(frame.buffer_mut(), under);
        rows.blank();
        let used = match row.exports.as_slice() {
            [] => "No export uses it.".to_owned(),
            exports => format!("Used by {}", exports.join(", ")),
        };
        rows.sentences(&used, theme.hint);
    }
    targets
}

fn empty(rows: &mut Rows<'_>, home: &Home, theme: &Theme) {
    rows.blank();
    match &home.kept.data {
        Remote::Failed(Explanation { what, advice, .. }) => {
            rows.signed(Sign::Failed, what, theme.failed, theme);
            rows.indented(advice, Style::new());
        }
        _ if home.accounts.list.total() > 0 => {
            rows.sentences("Nothing matches. Press Esc to clear the filter.", theme.hint);
        }
        Remote::Ready(()) => {
            rows.sentences("There are no saved accounts.", theme.heading);
            rows.sentences("Press w to add data.world, or d for Domo. Secrets go into the keyring.", theme.hint);
        }
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
    }
}

/// Which parts of a row there is room for. Name, service and test always are.
struct Columns {
    name: usize,
    user: usize,
    instance: bool,
    exports: bool,
}

impl Columns {
    fn of(width: usize) -> Self {
        let mut free = width.saturating_sub(SERVICE + TESTED + 2 * GAP.len());
        let mut fits = |columns: usize, left: usize| {
            let fits = free >= columns + GAP.len() + left;
            if fits {
                free -= columns + GAP.len();
            }
            fits
        };
        let exports = fits(EXPORTS, 12);
        let instance = fits(INSTANCE, 24);
        if free < 26 {
            return Self { name: free, user: 0, instance, exports };
        }
        let name = (free - 2) / 2;
        Self { name, user: free - 2 - name, instance, exports }
    }

    fn cells(&self, [name, service, user, instance, exports]: [&str; 5]) -> String {
        let mut cells = vec![pad(name, self.name), pad(service, SERVICE)];
        cells.extend((self.user > 0).then(|| pad(user, self.user)));
        cells.extend(self.instance.then(|| pad(instance, INSTANCE)));
        cells.extend(self.exports.then(|| pad_left(exports, EXPORTS)));
        format!("{}{GAP}", cells.join(GAP))
    }

    fn headings(&self) -> String {
        format!("{}Last tested", self.cells(["Name", "Service", "User", "Instance", "Exports"]))
    }

    fn line(&self, home: &Home, row: &Row, theme: &Theme) -> Line<'static> {
        let Row { account, exports } = row;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (user, instance, exports) = (text(&account.user), text(&account.instance), exports.len().to_string());
        let (sign, tested) = tested(home, row);
        Line::from(vec![
            Span::raw(self.cells([&account.name, account.service.name(), &user, &instance, &exports])),
            sign.span(theme),
            Span::raw(format!(" {}", pad(&tested, TESTED - 2))),
        ])
    }
}

/// Whether an account is valid, and since when that is known.
fn tested(home: &Home, row: &Row) -> (Sign, String) {
    let account = &row.account;
    match (account.refused, account.tested) {
        _ if home.accounts.is_changing(account) => (Sign::Running, "testing…".to_owned()),
        (Some(at), _) => (Sign::Failed, format!("not valid {}", ago_in_short(home.now, at))),
        (None, Some(at)) => (Sign::Done, ago_in_short(home.now, at)),
        (None, None) => (Sign::Waiting, "not tested yet".to_owned()),
    }
}
