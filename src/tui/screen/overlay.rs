//! Overlays: the help, questions, and text prompts.
//!
//! ```text
//!   Keys                                        ┌ Leave Writeback? ──────────────────────┐
//!                                               │                                        │
//!   Ctrl-N            continue                  │ What you entered is kept, …            │
//!   Tab Enter ↓       next field                │                                        │
//!   Esc               leave                     └────────────────────────────────────────┘
//! ```

use std::path::Path;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::Theme;
use super::text::{Rows, Sign, draw_frame, visible_input, wrap};
use crate::text::terminal_text::{columns, pad};
use crate::tui::dashboard::{Menu, MenuItem, TextPrompt};
use crate::tui::state::actions::Hint;

const BOX_WIDTH: u16 = 46;

/// The help of a page.
pub(super) struct Help<'a> {
    pub keys: Vec<Hint>,
    /// Words on the page and their meanings.
    pub terms: Vec<(&'static str, &'static str)>,
    pub log: Option<&'a Path>,
}

/// Draws the keys for the help, in two columns if one is too short. If two are, well-known keys are left out. Below them
/// stand the terms, where two columns of keys leave room, and the path of the log.
pub(super) fn draw_help(buffer: &mut Buffer, area: Rect, help: &Help<'_>, theme: &Theme) {
    let Help { keys: hints, terms, log } = help;
    let mut rows = Rows::new(buffer, area);
    // On a low screen a key is worth more than the heading, and so is a column.
    let columns_in = |height: u16| hints.len().div_ceil(usize::from(height).max(1));
    if columns_in(area.height.saturating_sub(1)) <= columns_in(area.height).min(2) {
        rows.text("Keys", theme.heading);
    }
    if area.height > 12 {
        rows.blank();
    }
    let log = log.filter(|_| area.height > 12);
    let free = usize::from(rows.free_rows()).saturating_sub(if log.is_some() { 2 } else { 0 }).max(1);
    let term_rows = if terms.is_empty() { 0 } else { terms.len() + 1 };
    let has_room = free > term_rows && hints.len() <= 2 * (free - term_rows);
    let height = if has_room { free - term_rows } else { free };
    let mut too_many = hints.len().saturating_sub(2 * height);
    let mut is_left_out = |hint: &Hint| {
        let out = hint.quiet && too_many > 0;
        too_many -= usize::from(out);
        out
    };
    let hints: Vec<&Hint> = hints.iter().filter(|hint| !is_left_out(hint)).collect();
    let parts: Vec<&[&Hint]> = hints.chunks(height).collect();
    let width = rows.width() / u16::try_from(parts.len()).unwrap_or(1).max(1);
    let top = area.y + (area.height - rows.free_rows());
    for (part, x) in parts.into_iter().zip((area.x..).step_by(usize::from(width.max(1)))) {
        let names = fitting_key_names(part, width.into());
        let keys = names.iter().map(|name| columns(name)).max().unwrap_or(0) + 2;
        for ((hint, name), y) in part.iter().zip(names).zip(top..area.bottom()) {
            let line = Line::from(vec![Span::styled(pad(name, keys), theme.accent), Span::raw(hint.label)]);
            rows.buffer().set_line(x, y, &line, width);
        }
    }
    if has_room {
        let bottom = top + u16::try_from(free).unwrap_or(u16::MAX);
        draw_terms(rows.buffer(), Rect { height: bottom - area.y, ..area }, terms, theme);
    }
    if let Some(log) = log {
        let last = Rect { y: area.bottom() - 1, height: 1, ..area };
        Rows::new(buffer, last).text(&format!("Log: {}", log.display()), theme.hint);
    }
}

/// Draws words and their meanings at the bottom of an area.
fn draw_terms(buffer: &mut Buffer, area: Rect, terms: &[(&str, &str)], theme: &Theme) {
    let names = terms.iter().map(|(name, _)| columns(name)).max().unwrap_or(0) + 2;
    for ((name, meaning), y) in terms.iter().rev().zip((area.top()..area.bottom()).rev()) {
        let line = Line::from(vec![Span::styled(pad(name, names), theme.heading), Span::raw(*meaning)]);
        buffer.set_line(area.x, y, &line, area.width);
    }
}

/// All keys of each hint, or only the first if a label would be cut otherwise.
fn fitting_key_names<'h>(part: &[&'h Hint], width: usize) -> Vec<&'h str> {
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(columns).max().unwrap_or(0);
    let all: Vec<&str> = part.iter().map(|hint| hint.keys.as_str()).collect();
    let labels = widest(&mut part.iter().map(|hint| hint.label));
    match widest(&mut all.iter().copied()) + 2 + labels <= width {
        true => all,
        false => part.iter().map(|hint| hint.first.name).collect(),
    }
}

pub(super) fn draw_question(buffer: &mut Buffer, area: Rect, title: &str, text: &str, theme: &Theme) {
    let width = BOX_WIDTH.min(area.width);
    let lines = wrap(text, width.saturating_sub(4));
    let inner = draw_box(buffer, area, title, lines.len(), theme);
    let mut rows = Rows::new(buffer, inner);
    for line in lines {
        rows.text(&line, Style::new());
    }
}

/// Draws what a key asks for next, one under the other with its letter.
pub(super) fn draw_menu(buffer: &mut Buffer, area: Rect, menu: &Menu, theme: &Theme) {
    let inner = draw_box(buffer, area, menu.title, menu.items.len(), theme);
    let mut rows = Rows::new(buffer, inner);
    for (at, MenuItem { key, label, .. }) in menu.items.iter().enumerate() {
        let (bar, style) = if at == menu.cursor { ("▌ ", theme.heading) } else { ("  ", Style::new()) };
        let key = Span::styled(format!("{key}  "), theme.accent);
        rows.line(&Line::from(vec![Span::styled(bar, theme.focus), key, Span::styled(*label, style)]));
    }
}

pub(super) fn draw_prompt(frame: &mut Frame<'_>, area: Rect, entry: &TextPrompt, theme: &Theme) {
    let width = BOX_WIDTH.min(area.width).saturating_sub(4);
    let about = wrap(&entry.text, width);
    let wrong = entry.wrong.as_deref().map(|text| wrap(text, width.saturating_sub(2))).unwrap_or_default();
    let inner = draw_box(frame.buffer_mut(), area, &entry.title, about.len() + 2 + wrong.len(), theme);
    let mut rows = Rows::new(frame.buffer_mut(), inner);
    for line in about {
        rows.text(&line, Style::new());
    }
    if rows.free_rows() > 1 + wrong.len() as u16 {
        rows.blank();
    }
    let row = rows.take();
    if let Some(row) = row {
        let (shown, cursor) = visible_input(&entry.typed, usize::from(row.width.saturating_sub(3)));
        let line = Line::from(vec![Span::styled("> ", theme.focus), Span::raw(shown)]);
        rows.buffer().set_line(row.x, row.y, &line, row.width);
        if let Some(text) = &entry.wrong {
            rows.signed(Sign::Failed, text, theme.failed, theme);
        }
        frame.set_cursor_position(Position { x: row.x + 2 + u16::try_from(cursor).unwrap_or(0), y: row.y });
    }
}

fn draw_box(buffer: &mut Buffer, area: Rect, title: &str, lines: usize, theme: &Theme) -> Rect {
    let width = BOX_WIDTH.min(area.width);
    let height = u16::try_from(lines + 4).unwrap_or(u16::MAX).min(area.height);
    let frame = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(frame, buffer);
    // Half of a wide character would take the border with it.
    for y in frame.top()..frame.bottom() {
        let left = buffer.cell_mut((frame.x.saturating_sub(1), y)).filter(|cell| columns(cell.symbol()) > 1);
        if let (Some(cell), true) = (left, frame.x > area.x) {
            cell.set_symbol(" ");
        }
    }
    draw_frame(buffer, frame, &Block::bordered(), title, theme);
    // On a low screen text is worth more than padding.
    let above = if usize::from(height) < lines + 4 { 1 } else { 2 };
    Rect {
        x: frame.x + 2,
        y: frame.y + above,
        width: width.saturating_sub(4),
        height: height.saturating_sub(above + 1),
    }
}
