//! Draws the screen: one file for each region, which opens with a drawing of it.
//!
//! ```text
//!  Writeback                                          Domo: acme · data.world: analyst    header
//!  ✓ Credentials  ›  2 Details  ›  3 Scheduling  ›  4 Name & Describe  ›  5 Review & run
//! ────────────────────────────────────────────────────────────────────────────────────
//!   form                                    │ about the focused field                   form, side_help, review,
//!                                           │                                           run, outcome, picker
//! ────────────────────────────────────────────────────────────────────────────────────
//!  Ctrl-N continue   Esc leave   F1 help                                                footer
//! ```
//!
//! Home has the same header, lines and footer, with tabs in place of the steps; what is between them is in `home`.
//!
//! Drawing takes the state and never changes it. It returns what can be pointed at, and where that stands.

mod footer;
mod form;
mod header;
mod hit_map;
mod home;
mod outcome;
mod overlay;
mod picker;
mod review;
mod run;
mod scheduling;
mod scroll_view;
mod side_help;
mod text;
mod theme;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

pub use hit_map::{HitMap, HitTarget, ScrollState};
pub use theme::Theme;

use crate::tui::app::App;
use crate::tui::dashboard::Home;
use crate::tui::state::Notice;
use crate::tui::state::actions::{self, Hint};
use crate::tui::wizard::{Field, Model, Origin, Overlay, Step, draft_question};
use form::Form;
use overlay::Help;
use text::{MARGIN, Rows, without_margins};

/// Minimum columns and rows: a smaller screen shows nothing useful.
const MIN_SIZE: (u16, u16) = (40, 8);
const WIDE: u16 = 100;
/// Columns of a form at most; the help beside it has the rest.
const FORM_WIDTH: u16 = 72;
const TALL: u16 = 20;
const ROOMY: u16 = 28;

struct Regions {
    title: Option<Rect>,
    steps: Rect,
    top_line: Rect,
    body: Rect,
    notice: Rect,
    bottom_line: Option<Rect>,
    keys: Rect,
}

pub fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme) -> HitMap {
    match &app.wizard {
        Some(wizard) if app.shows_wizard() => draw_wizard(frame, wizard, &home::header::running(&app.home), theme),
        wizard => draw_home(frame, &app.home, wizard.as_deref(), theme),
    }
}

/// Draws the wizard. `running` says what runs meanwhile.
pub fn draw_wizard(frame: &mut Frame<'_>, model: &Model, running: &str, theme: &Theme) -> HitMap {
    let notice = model.shell.notice.as_ref();
    let Some((regions, mut targets)) = Regions::draw_frame(frame, notice, &actions::footer(model), theme) else {
        return HitMap::default();
    };
    let buffer = frame.buffer_mut();
    if let Some(row) = regions.title {
        let about = header::title_subject(model, row.width, theme);
        let accounts = header::connected_accounts(model);
        let known = [running, &accounts].into_iter().find(|text| !text.is_empty());
        let right = known.unwrap_or("Domo → data.world");
        header::draw_title(buffer, row, model.demo, (&about, right), theme);
    }
    header::draw_steps(buffer, regions.steps, model, theme);
    let below = match (model.overlay, model.list) {
        (Some(Overlay::Help), _) => {
            let (keys, log) = (actions::help(model), model.shell.log.as_deref());
            overlay::draw_help(buffer, without_margins(regions.body), &Help { keys, terms: Vec::new(), log }, theme);
            HitMap::default()
        }
        (_, Some(list)) => picker::draw(frame, without_margins(regions.body), model, list, theme),
        _ => draw_pane(frame, regions.body, model, theme),
    };
    // An overlay covers the hit areas below.
    if model.overlay.is_none() {
        targets.extend(below);
    }
    if model.overlay == Some(Overlay::Leave) {
        let title = if model.origin == Origin::Home { "Leave the wizard?" } else { "Leave Writeback?" };
        let text = if model.keeps_draft() {
            "What you entered is kept, except for secrets, and offered next time."
        } else {
            "What you entered will be lost."
        };
        overlay::draw_question(frame.buffer_mut(), regions.body, title, text, theme);
    }
    if let (Some(Overlay::Draft), Some(draft)) = (model.overlay, &model.draft) {
        overlay::draw_question(frame.buffer_mut(), regions.body, "Continue?", &draft_question(draft), theme);
    }
    targets
}

/// Draws the dashboard. The page of a run may lie over the wizard, whose steps stay in sight.
fn draw_home(frame: &mut Frame<'_>, home: &Home, wizard: Option<&Model>, theme: &Theme) -> HitMap {
    let notice = home.shell.notice.as_ref();
    let Some((regions, mut targets)) = Regions::draw_frame(frame, notice, &actions::footer(home), theme) else {
        return HitMap::default();
    };
    let buffer = frame.buffer_mut();
    if let Some(row) = regions.title {
        header::draw_title(buffer, row, home.demo, ("", &home::header::running(home)), theme);
    }
    let mut below = match wizard {
        Some(wizard) => {
            header::draw_steps(buffer, regions.steps, wizard, theme);
            HitMap::default()
        }
        None => home::header::draw_tabs(buffer, regions.steps, home, theme),
    };
    match &home.overlay {
        Some(crate::tui::dashboard::Overlay::Help) => {
            let (keys, terms, log) = (actions::help(home), home::terms(home), home.shell.log.as_deref());
            overlay::draw_help(buffer, without_margins(regions.body), &Help { keys, terms, log }, theme);
        }
        _ => below.extend(home::draw(frame, without_margins(regions.body), home, theme)),
    }
    match &home.overlay {
        Some(crate::tui::dashboard::Overlay::Ask(question)) => {
            overlay::draw_question(frame.buffer_mut(), regions.body, &question.title, &question.text, theme);
        }
        Some(crate::tui::dashboard::Overlay::Choose(menu)) => {
            overlay::draw_menu(frame.buffer_mut(), regions.body, menu, theme);
        }
        Some(crate::tui::dashboard::Overlay::Prompt(entry)) => overlay::draw_prompt(frame, regions.body, entry, theme),
        Some(crate::tui::dashboard::Overlay::Help) => {}
        None => targets.extend(below),
    }
    targets
}

impl Regions {
    /// Divides the screen, and draws its lines, notice and keys; `None` if it is too small.
    fn draw_frame(
        frame: &mut Frame<'_>,
        notice: Option<&Notice>,
        keys: &[Hint],
        theme: &Theme,
    ) -> Option<(Self, HitMap)> {
        let area = frame.area();
        if area.width < MIN_SIZE.0 || area.height < MIN_SIZE.1 {
            draw_too_small(frame, area, theme);
            return None;
        }
        let regions = Self::divide(area, footer::notice_height(notice, area.width - 2));
        let buffer = frame.buffer_mut();
        for row in [Some(regions.top_line), regions.bottom_line].into_iter().flatten() {
            buffer.set_string(row.x, row.y, "─".repeat(row.width.into()), theme.line);
        }
        footer::draw_notice(buffer, regions.notice, notice, theme);
        let targets = footer::draw_keys(buffer, regions.keys, keys, theme);
        Some((regions, targets))
    }

    fn divide(area: Rect, notice: u16) -> Self {
        let mut free = area;
        let mut top = |height: u16| {
            let row = Rect { height, ..free };
            free.y += height;
            free.height -= height;
            row
        };
        let narrow = |row: Rect| Rect { x: row.x + 1, width: row.width - 2, ..row };
        let title = (area.height >= 12).then(|| narrow(top(1)));
        let steps = narrow(top(1));
        let top_line = top(1);
        if area.height >= ROOMY {
            top(1);
        }
        let mut bottom = |height: u16| {
            free.height -= height;
            Rect { y: free.bottom(), height, ..free }
        };
        let keys = narrow(bottom(1));
        let bottom_line = (area.height >= TALL).then(|| bottom(1));
        let notice = narrow(bottom(notice));
        Self { title, steps, top_line, body: free, notice, bottom_line, keys }
    }
}

fn draw_pane(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> HitMap {
    match model.step {
        Step::Credentials | Step::Details | Step::Scheduling | Step::Describe => draw_form(frame, area, model, theme),
        Step::Review => review::draw(frame, area, model, theme),
    }
}

/// Draws a form with the help for its focused field.
fn draw_form(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> HitMap {
    if area.width >= WIDE {
        let left = Rect { width: (area.width * 11 / 20).min(FORM_WIDTH), ..area };
        let right = Rect { x: left.right() + 2, width: area.width - left.width - 2 - MARGIN, ..area };
        let targets = Form::of_pane(model, left.width, false, theme).draw(frame, left);
        for y in area.top()..area.bottom() {
            frame.buffer_mut().set_string(left.right(), y, "│", theme.line);
        }
        side_help::draw_beside(frame.buffer_mut(), right, model, theme);
        return targets;
    }
    let form = Form::of_pane(model, area.width, true, theme);
    // The help gets the rows that the form leaves, or half of all if these are few; the focused field stays whole.
    let between = u16::from(area.height >= 14);
    let least = form.height().min((area.height / 2).max(form.focus_height() + 1));
    let most = area.height.saturating_sub(form.height().min(least + between));
    let lines = side_help::under(model, area.width - 2 * MARGIN, most, theme);
    let under = u16::try_from(lines.len()).unwrap_or(most);
    let upper = area.height.saturating_sub(under);
    // A row between them stays empty, unless the form just fits without it.
    let gap = if under > 0 && form.height() != upper { between } else { 0 };
    let targets = form.draw(frame, Rect { height: upper.saturating_sub(gap), ..area });
    let mut rows =
        Rows::new(frame.buffer_mut(), without_margins(Rect { y: area.bottom() - under, height: under, ..area }));
    lines.iter().for_each(|line| rows.line(line));
    targets
}

fn form_focus(model: &Model) -> Option<Field> {
    (model.overlay.is_none() && model.list.is_none()).then_some(model.focus)
}

fn draw_too_small(frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
    let mut rows = Rows::new(frame.buffer_mut(), area);
    rows.line(&Line::styled("Writeback", theme.heading));
    rows.sentences(&format!("needs {} columns and {} rows.", MIN_SIZE.0, MIN_SIZE.1), theme.hint);
}
