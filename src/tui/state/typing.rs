//! Editing of a line of text by keys and pasted text.

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::{Input, InputRequest};

use crate::text::secret::Secret;

/// Enter again within this time is not meant for a new screen: a key that is held repeats after up to a second.
const HELD: TimeDelta = TimeDelta::milliseconds(1200);

/// The latest Enter, if no other key came after it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LastEnter(Option<DateTime<Utc>>);

impl LastEnter {
    /// Takes a key. Returns whether it is Enter that is held, or was pressed once too often.
    pub(crate) fn is_repeated_by(&mut self, key: KeyEvent, now: DateTime<Utc>) -> bool {
        let before = self.0.take();
        if key.code != KeyCode::Enter {
            return false;
        }
        self.0 = Some(now);
        key.kind == KeyEventKind::Repeat || before.is_some_and(|before| now - before < HELD)
    }
}

/// Maps a key to an edit; `None` if the key does not edit.
pub(crate) fn editing(key: KeyEvent) -> Option<InputRequest> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    // AltGr arrives as Ctrl+Alt on Windows and types a character.
    if let (KeyCode::Char(c), true) = (key.code, control == alt) {
        return (!c.is_control()).then_some(InputRequest::InsertChar(c));
    }
    Some(match (key.code, control, alt) {
        (KeyCode::Backspace, false, false) => InputRequest::DeletePrevChar,
        (KeyCode::Backspace, ..) | (KeyCode::Char('w'), true, false) => InputRequest::DeletePrevWord,
        (KeyCode::Delete, false, false) => InputRequest::DeleteNextChar,
        (KeyCode::Delete, true, false) => InputRequest::DeleteNextWord,
        (KeyCode::Left, false, false) => InputRequest::GoToPrevChar,
        (KeyCode::Left, true, false) | (KeyCode::Char('b'), false, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, false, false) => InputRequest::GoToNextChar,
        (KeyCode::Right, true, false) | (KeyCode::Char('f'), false, true) => InputRequest::GoToNextWord,
        (KeyCode::Home, false, false) | (KeyCode::Char('a'), true, false) => InputRequest::GoToStart,
        (KeyCode::End, false, false) | (KeyCode::Char('e'), true, false) => InputRequest::GoToEnd,
        (KeyCode::Char('u'), true, false) => InputRequest::DeleteLine,
        (KeyCode::Char('k'), true, false) => InputRequest::DeleteTillEnd,
        _ => return None,
    })
}

/// Inserts pasted text without control characters, because a line break would act as a key.
pub(crate) fn paste_text(input: &mut Input, pasted: &Secret) {
    for c in pasted.expose().trim().chars().filter(|c| !c.is_control()) {
        input.handle(InputRequest::InsertChar(c));
    }
}
