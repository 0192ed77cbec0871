//! A screen at work without terminal, services or clock: keys go in, effects are answered from sample data, and the screen
//! comes out as text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::{Frame, Terminal};
use writeback::testing::accounts::SecretHome;
use writeback::testing::services::domo::Ownership;
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::screen::{self, HitMap, Theme};
use writeback::testing::tui::state::Request;
use writeback::testing::tui::wizard::{Effect, Model, Msg, Origin, Start, update};

use crate::samples::{DATA_SET, sample_replies, start};

/// A token that must never be seen.
pub(crate) const TOKEN: &str = "eyJhbGciOi.c2VjcmV0LXRva2Vu.bm90LXRvLWJlLXNlZW4";
/// A client secret that must never be seen.
pub(crate) const CLIENT_SECRET: &str = "5a4dbca0c51d0e5a4dbca0c51d0e";

/// A screen with a person in front of it: the wizard or the dashboard.
pub(crate) trait Driver {
    /// Sends a message; its effects are left to be answered.
    fn tell(&mut self, message: Msg) -> &mut Self;

    fn draw(&self, frame: &mut Frame<'_>, theme: &Theme) -> HitMap;

    /// Presses keys by their names, with blanks between them.
    fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split(' ') {
            self.tell(Msg::Key(key(name)));
        }
        self
    }

    fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.tell(Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        }
        self
    }

    fn paste(&mut self, text: &str) -> &mut Self {
        self.tell(Msg::Paste(Secret::new(text)))
    }

    /// Draws a screen of that size, with its hit areas.
    fn drawn(&self, width: u16, height: u16, theme: &Theme) -> (Buffer, HitMap) {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
        let mut targets = HitMap::default();
        terminal.draw(|frame| targets = self.draw(frame, theme)).expect("it draws");
        (terminal.backend().buffer().clone(), targets)
    }

    fn buffer(&self, width: u16, height: u16, theme: &Theme) -> Buffer {
        self.drawn(width, height, theme).0
    }

    fn text(&self, width: u16, height: u16) -> String {
        text_of(&self.buffer(width, height, &Theme::color()))
    }
}

impl Driver for Wizard {
    fn tell(&mut self, message: Msg) -> &mut Self {
        let effects = update(&mut self.model, message);
        self.effects.extend(effects);
        self
    }

    fn draw(&self, frame: &mut Frame<'_>, theme: &Theme) -> HitMap {
        screen::draw_wizard(frame, &self.model, "", theme)
    }
}

/// A wizard and the effects that are not answered yet.
pub(crate) struct Wizard {
    pub(crate) model: Model,
    pub(crate) effects: Vec<Effect>,
    /// The sample Domo's answer to who owns the DataSet.
    pub(crate) ownership: Ownership,
    vault: Option<Request<SecretHome>>,
}

impl Wizard {
    /// A first start: no accounts, nothing in the environment, a keyring.
    pub(crate) fn first() -> Self {
        Self::with(start())
    }

    pub(crate) fn with(start: Start) -> Self {
        let mut model = Model::new(start);
        model.origin = Origin::Program;
        let mut wizard = Self { model, effects: Vec::new(), ownership: Ownership::Proven, vault: None };
        wizard.tell(Msg::Start);
        wizard.vault = wizard.effects.drain(..).find_map(|effect| match effect {
            Effect::FindVault { request } => Some(request),
            _ => None,
        });
        wizard.vault(SecretHome::Keyring("GNOME Keyring"));
        wizard
    }

    /// Credentials entered and tested, on Details.
    pub(crate) fn at_details() -> Self {
        let mut wizard = Self::first();
        wizard.enter_credentials();
        wizard.press("Ctrl-N").answer();
        wizard
    }

    /// Details filled in, with a file that exists, and all of it known.
    pub(crate) fn filled() -> Self {
        let mut wizard = Self::at_details();
        wizard.paste(DATA_SET).answer();
        wizard.press("Tab Space").answer();
        wizard.press("Tab").paste("acme-analytics/sales-mart").press("Tab").answer();
        wizard.press("Tab").type_text("daily-sales").answer();
        wizard
    }

    pub(crate) fn at_scheduling() -> Self {
        let mut wizard = Self::filled();
        wizard.press("Ctrl-N").answer();
        wizard
    }

    /// All panes are behind; what will happen is on screen.
    pub(crate) fn at_review() -> Self {
        let mut wizard = Self::at_scheduling();
        wizard.press("Ctrl-N Ctrl-N");
        wizard
    }

    pub(crate) fn enter_credentials(&mut self) {
        self.paste(TOKEN).press("Tab Tab Tab Tab").type_text("b0876cee-327b").press("Tab").paste(CLIENT_SECRET);
    }

    /// Answers all effects from the sample data, and those that the answers lead to.
    pub(crate) fn answer(&mut self) -> &mut Self {
        while !self.effects.is_empty() {
            for effect in std::mem::take(&mut self.effects) {
                for reply in sample_replies(&effect, self.ownership) {
                    self.tell(reply);
                }
            }
        }
        self
    }

    /// Answers the one effect that `pick` knows.
    pub(crate) fn reply(&mut self, pick: impl Fn(&Effect) -> Option<Msg>) -> &mut Self {
        let at = self.effects.iter().position(|effect| pick(effect).is_some());
        let at = at.unwrap_or_else(|| panic!("no such effect in {:?}", self.effects));
        let reply = pick(&self.effects.remove(at)).expect("it was just there");
        self.tell(reply)
    }

    /// Says where secrets are kept.
    pub(crate) fn vault(&mut self, home: SecretHome) -> &mut Self {
        let vault = self.vault.clone().expect("it was asked for");
        self.tell(vault.reply(home))
    }
}

/// Looks whether the last row of a screen names a way out, and the help unless that, or something to be answered first,
/// lies over the screen.
pub(crate) fn assert_names_the_way_out(name: &str, text: &str, covered: bool) {
    const OUT: [&str; 14] = [
        "back",
        "cancel",
        "clear",
        "clear the filter",
        "close",
        "close the list",
        "later",
        "leave",
        "no",
        "no, or Enter",
        "quit",
        "quit at once",
        "stay",
        "stop",
    ];
    let row = text.lines().last().expect("a row");
    let named: Vec<&str> =
        row.trim().split("   ").filter_map(|hint| hint.split_once(' ')).map(|(_, label)| label).collect();
    assert!(named.iter().any(|label| OUT.contains(label)), "{name} names no way out:\n{text}");
    assert!(covered || named.contains(&"help"), "{name} does not name the help:\n{text}");
}

/// The buffer's rows, without the blanks at their ends.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in area.top()..area.bottom() {
        let mut row = String::new();
        let mut skip = 0;
        for x in area.left()..area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            // A wide character stands in its first cell alone.
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            row.push_str(symbol);
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// A key by its name.
pub(crate) fn key(name: &str) -> KeyEvent {
    let (name, modifiers) = match name.split_once('-') {
        Some(("Ctrl", rest)) => (rest, KeyModifiers::CONTROL),
        Some(("Shift", rest)) => (rest, KeyModifiers::SHIFT),
        _ => (name, KeyModifiers::NONE),
    };
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" if modifiers == KeyModifiers::SHIFT => KeyCode::BackTab,
        "Tab" => KeyCode::Tab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Space" => KeyCode::Char(' '),
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgDn" => KeyCode::PageDown,
        "PgUp" => KeyCode::PageUp,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Delete" => KeyCode::Delete,
        "Backspace" => KeyCode::Backspace,
        "F5" => KeyCode::F(5),
        "F1" => KeyCode::F(1),
        "F2" => KeyCode::F(2),
        other if modifiers.is_empty() => KeyCode::Char(other.chars().next().expect("a key's name")),
        other => KeyCode::Char(other.to_ascii_lowercase().chars().next().expect("a key's name")),
    };
    KeyEvent::new(code, modifiers)
}
