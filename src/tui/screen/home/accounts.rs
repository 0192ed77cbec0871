//! The tab Accounts. Secrets are never shown.
//!
//! ```text
//!   ● testing, 1 of 3                                        3 accounts
//!   Name              Service      User       Exports   Last tested
//!   analyst           data.world   analyst          2   ✗ not valid
//!   from environment  data.world                    0   ● testing…
//!   acme              Domo         Ana Lyst         2   ✓ 3 d ago
//!
//!   data.world does not accept the API token (401). Copy the token again …
//!   Used by Daily sales, Costs
//! ```

use chrono::{DateTime, Utc};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::{beside, count_label, draw_exports, draw_head, draw_rows, frame_details, nothing_matches};
use crate::accounts::FromEnvironment;
use crate::explain::Explanation;
use crate::export::Service;
use crate::text::format::{ago_in_short, moment_and_utc};
use crate::text::terminal_text::{columns, name, pad, pad_left};
use crate::tui::dashboard::Home;
use crate::tui::dashboard::accounts::{AccountRow, AccountTask};
use crate::tui::screen::text::{Rows, Sign, wrap};
use crate::tui::screen::{HitMap, Theme};
use crate::tui::state::Remote;

const GAP: &str = "  ";
const SERVICE: usize = 10;
const INSTANCE: usize = 12;
const EXPORTS: usize = 7;
const TESTED: usize = 22;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, home: &Home, theme: &Theme) -> HitMap {
    let list = &home.accounts.list;
    let (area, details) = beside(area);
    if let (Some(place), Some(row)) = (details, list.under_cursor()) {
        draw_beside(frame.buffer_mut(), place, home, row, theme);
    }
    let is_filtered = !list.search.filter.value().is_empty();
    let count = count_label(list, "account", is_filtered, list.total() > 0 || home.loaded.data.ready().is_some());
    let head = Rect { height: 1, ..area };
    draw_head(frame, head, &list.search, home.filtering, (summary(home, theme), &count), theme);
    let mut free = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if list.search.is_empty() {
        empty(&mut Rows::new(frame.buffer_mut(), free), home, theme);
        return HitMap::default();
    }
    let columns = Columns::fit(usize::from(area.width));
    if free.height >= 5 {
        frame.buffer_mut().set_line(free.x, free.y, &Line::styled(columns.headings(), theme.hint), free.width);
        free = Rect { y: free.y + 1, height: free.height - 1, ..free };
    }
    let said = list
        .under_cursor()
        .filter(|_| details.is_none())
        .map(|row| (home.accounts.problem(row).unwrap_or_default(), usage(home, row)));
    let lines: usize =
        said.iter().flat_map(|(trouble, used)| [trouble, used.as_str()]).map(|text| wrap(text, free.width).len()).sum();
    let about = match (free.height, u16::try_from(lines)) {
        _ if said.is_none() => 0,
        (..7, _) | (_, Err(_)) => 0,
        // The list keeps the larger part.
        (height, Ok(lines)) => (1 + lines).clamp(3, height / 2 + 1),
    };
    let place = Rect { height: free.height - about, ..free };
    let targets = draw_rows(frame, place, list, |row| columns.line(home, row, theme), theme);
    if let Some((trouble, used)) = said {
        let under = Rect { y: free.bottom() - about, height: about, ..free };
        let rows = &mut Rows::new(frame.buffer_mut(), under);
        rows.blank();
        rows.sentences(trouble, Style::new());
        rows.sentences(&used, theme.hint);
    }
    targets
}

fn summary(home: &Home, theme: &Theme) -> Line<'static> {
    match home.accounts.round {
        Some(round) => Line::from(vec![
            Sign::Running.span(theme),
            Span::raw(format!(" testing, {} of {}", round.ended(), round.all)),
        ]),
        None if home.demo => Line::styled("Accounts last until the demo ends.", theme.hint),
        None => Line::default(),
    }
}

fn usage(home: &Home, AccountRow { exports, variables, .. }: &AccountRow) -> String {
    let used = match exports.as_slice() {
        [] => "No export uses it.".to_owned(),
        exports => format!("Used by {}", exports.join(", ")),
    };
    match variables {
        Some(variables) if !home.demo => format!("Set in {variables}. {used}"),
        _ => used,
    }
}

/// Draws the account under the cursor beside the list: whether it is valid, its facts, and the exports that use it.
fn draw_beside(buffer: &mut Buffer, area: Rect, home: &Home, row: &AccountRow, theme: &Theme) {
    let AccountRow { account, exports, variables, .. } = row;
    let inner = frame_details(buffer, area, &account.name, theme);
    let mut rows = Rows::new(buffer, inner);
    let (sign, tested) = test_label(home, row);
    rows.signed(sign, &tested, theme.heading, theme);
    rows.indented(home.accounts.problem(row).unwrap_or_default(), Style::new());
    rows.blank();
    let credentials = match (account.service, &account.client_id) {
        (Service::DataWorld, _) => "API token",
        (Service::Domo, Some(_)) => "client id and secret",
        (Service::Domo, None) => "access token",
    };
    let secret = match variables {
        _ if home.demo => "in memory, until the demo ends".to_owned(),
        Some(variables) => format!("set in {variables}"),
        None => "in the keyring".to_owned(),
    };
    let moment = |at: Option<DateTime<Utc>>| at.map(|at| moment_and_utc(home.zone, at));
    let facts = [
        ("Service", Some(account.service.name().to_owned())),
        ("User", account.user.clone()),
        ("Instance", account.instance.clone()),
        ("Address", account.address.clone()),
        ("Credentials", Some(credentials.to_owned())),
        ("Client id", account.client_id.clone()),
        ("Secret", Some(secret)),
        ("Valid", moment(account.tested)),
        ("Refused", moment(account.refused)),
    ];
    rows.facts(facts, theme);
    rows.blank();
    draw_exports(&mut rows, exports.iter().map(String::as_str), "No export uses it.", theme);
}

fn empty(rows: &mut Rows<'_>, home: &Home, theme: &Theme) {
    rows.blank();
    match &home.loaded.data {
        Remote::Failed(Explanation { what, advice, .. }) => {
            rows.signed(Sign::Failed, what, theme.failed, theme);
            rows.indented(advice, Style::new());
        }
        _ if home.accounts.list.total() > 0 => {
            rows.sentences(&nothing_matches(home), theme.hint);
        }
        Remote::Ready(()) => {
            rows.sentences("There are no saved accounts.", theme.heading);
            let new = home.key("accounts.new");
            rows.sentences(&format!("Press {new} to add one. Secrets go into the keyring."), theme.hint);
        }
        Remote::Idle | Remote::Loading => rows.signed(Sign::Running, "loading…", theme.hint, theme),
    }
}

/// Columns of the cells that fit. Name, service and test always do.
struct Columns {
    name: usize,
    user: usize,
    instance: bool,
    exports: bool,
}

impl Columns {
    fn fit(width: usize) -> Self {
        let mut free = width.saturating_sub(SERVICE + TESTED + 2 * GAP.len());
        let mut fits = |columns: usize, left: usize| {
            let fits = free >= columns + GAP.len() + left;
            if fits {
                free -= columns + GAP.len();
            }
            fits
        };
        let exports = fits(EXPORTS, columns(FromEnvironment::NAME));
        let instance = fits(INSTANCE, 24);
        if free < 26 {
            return Self { name: free, user: 0, instance, exports };
        }
        let name = ((free - 2) / 2).max(columns(FromEnvironment::NAME));
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

    fn line(&self, home: &Home, row: &AccountRow, theme: &Theme) -> Line<'static> {
        let AccountRow { account, exports, .. } = row;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (user, instance, exports) = (text(&account.user), text(&account.instance), exports.len().to_string());
        let (sign, tested) = test_label(home, row);
        Line::from(vec![
            Span::raw(self.cells([&name(&account.name), account.service.name(), &name(&user), &instance, &exports])),
            sign.span(theme),
            Span::raw(format!(" {}", pad(&tested, TESTED - 2))),
        ])
    }
}

fn test_label(home: &Home, row: &AccountRow) -> (Sign, String) {
    match (home.accounts.task(&row.holder), row.account.refused, row.account.tested) {
        (Some(AccountTask::Testing), ..) => (Sign::Running, "testing…".to_owned()),
        (Some(AccountTask::Changing), ..) => (Sign::Running, "changing…".to_owned()),
        (_, Some(at), _) => (Sign::Failed, format!("not valid {}", ago_in_short(home.now, at))),
        _ if row.wrong.is_some() => (Sign::Failed, "cannot be used".to_owned()),
        _ if home.accounts.problem(row).is_some() => (Sign::Warning, "could not be tested".to_owned()),
        (_, _, Some(at)) => (Sign::Done, ago_in_short(home.now, at)),
        (_, _, None) => (Sign::Waiting, "not tested yet".to_owned()),
    }
}
