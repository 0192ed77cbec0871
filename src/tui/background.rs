//! The terminal's background, asked of the terminal itself (OSC 11).
//!
//! The question goes out after the first frame, and nothing waits for the answer. It arrives among the keys, which
//! crossterm 0.29 reads it as, and is sifted from them here: no key that was typed meanwhile is lost, and an answer that
//! comes late, as over a slow connection, is typed into no field.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tokio::time::Instant;

use crate::tui::screen::Theme;

pub(super) const QUESTION: &str = "\x1b]11;?\x1b\\";

/// The longest answer: `11;rgba:` and four numbers of four digits.
const LONGEST: usize = 32;

/// The time in which a terminal answers, through SSH as well.
const ANSWER: Duration = Duration::from_millis(500);

/// The themes to choose from once the answer has come, and what has come of it.
#[derive(Debug, Default)]
pub struct Background {
    /// For a dark background, and for a light one. `None` if the terminal is not asked, or has answered.
    themes: Option<[Theme; 2]>,
    held: Vec<Event>,
    answer: String,
    /// The event before was Escape: crossterm takes `ESC ESC` for one, so that no Alt is left for an answer's `]`.
    escaped: bool,
    /// The time by which the answer is here if there is one; `None` if none is due.
    due: Option<Instant>,
}

impl Background {
    pub fn asked(themes: Option<[Theme; 2]>) -> Self {
        Self { themes, ..Self::default() }
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.themes.is_some()
    }

    pub(super) fn expect_answer(&mut self) {
        self.due = Some(Instant::now() + ANSWER);
    }

    /// Until when to wait for the answer before the terminal is given back: the shell would get it otherwise.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due.filter(|due| Instant::now() < *due)
    }

    /// The events that are no part of the answer, in their order, and the theme once the answer is whole.
    pub(super) fn sift(&mut self, event: Event) -> (Vec<Event>, Option<Theme>) {
        let Some([dark, light]) = self.themes else { return (vec![event], None) };
        let escaped = std::mem::replace(&mut self.escaped, event == Event::Key(KeyCode::Esc.into()));
        match Part::of(&event) {
            Some(Part::Start) if self.held.is_empty() => self.held.push(event),
            Some(Part::Text(']')) if escaped && self.held.is_empty() => self.held.push(event),
            Some(Part::Text(c)) if !self.held.is_empty() && self.goes_on_with(c) => {
                self.answer.push(c);
                self.held.push(event);
            }
            Some(Part::End) if let Some(is_light) = is_light(&self.answer) => {
                *self = Self::default();
                return (Vec::new(), Some(if is_light { light } else { dark }));
            }
            _ => {
                // It was typed.
                self.answer.clear();
                let mut typed = std::mem::take(&mut self.held);
                typed.push(event);
                return (typed, None);
            }
        }
        (Vec::new(), None)
    }

    fn goes_on_with(&self, c: char) -> bool {
        const BEGIN: &str = "11;rgb";
        match BEGIN.chars().nth(self.answer.len()) {
            Some(expected) => c == expected,
            None => self.answer.len() < LONGEST && (c.is_ascii_hexdigit() || matches!(c, ':' | '/')),
        }
    }
}

/// The keys as which crossterm reads an answer.
enum Part {
    /// `ESC ]`
    Start,
    Text(char),
    /// `ESC \`, or the bell.
    End,
}

impl Part {
    fn of(event: &Event) -> Option<Self> {
        let Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. }) = event else { return None };
        match (*c, *modifiers) {
            (']', KeyModifiers::ALT) => Some(Self::Start),
            ('\\', KeyModifiers::ALT) | ('g', KeyModifiers::CONTROL) => Some(Self::End),
            (c, KeyModifiers::NONE | KeyModifiers::SHIFT) => Some(Self::Text(c)),
            _ => None,
        }
    }
}

/// Judges `11;rgb:RRRR/GGGG/BBBB`, each of one to four hexadecimal digits, by its luminance.
fn is_light(answer: &str) -> Option<bool> {
    let numbers = answer.strip_prefix("11;rgb")?.trim_start_matches('a').strip_prefix(':')?;
    let part = |text: &str| {
        let most = 16_u32.checked_pow(u32::try_from(text.len()).ok()?)? - 1;
        Some(f64::from(u32::from_str_radix(text, 16).ok()?) / f64::from(most))
    };
    let parts: Vec<f64> = numbers.split('/').map(part).collect::<Option<_>>()?;
    let [red, green, blue, ..] = parts[..] else { return None };
    Some(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(c: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers))
    }

    fn typed(text: &str) -> Vec<Event> {
        text.chars().map(|c| key(c, KeyModifiers::NONE)).collect()
    }

    /// The answer as crossterm reads it.
    fn answer(text: &str, end: Event) -> Vec<Event> {
        [vec![key(']', KeyModifiers::ALT)], typed(text), vec![end]].concat()
    }

    fn st() -> Event {
        key('\\', KeyModifiers::ALT)
    }

    fn sifted(events: Vec<Event>) -> (Vec<Event>, Option<Theme>) {
        let mut background = Background::asked(Some([Theme::color(), Theme::light()]));
        let mut left = (Vec::new(), None);
        for event in events {
            let (keys, theme) = background.sift(event);
            left.0.extend(keys);
            left.1 = left.1.or(theme);
        }
        left
    }

    #[test]
    fn light_and_dark_are_told_apart_in_every_form_of_an_answer() {
        for (text, theme) in [
            ("11;rgb:ffff/ffff/ffff", Theme::light()),
            ("11;rgb:fd/f6/e3", Theme::light()),
            ("11;rgb:f/f/f", Theme::light()),
            ("11;rgba:eeee/eeee/eeee/ffff", Theme::light()),
            ("11;rgb:0000/0000/0000", Theme::color()),
            ("11;rgb:00/2b/36", Theme::color()),
        ] {
            for end in [st(), key('g', KeyModifiers::CONTROL)] {
                assert_eq!(sifted(answer(text, end)), (Vec::new(), Some(theme)), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_typed() {
        for text in
            ["11;rgb:", "11;rgb:xyz", "10;rgb:ff/ff/ff", "", "11;rgb:ff/ff", &format!("11;rgb:{}", "f".repeat(40))]
        {
            let events = answer(text, st());
            assert_eq!(sifted(events.clone()), (events, None), "{text}");
        }
        // One answer is all that is asked for.
        let again = answer("11;rgb:ff/ff/ff", st());
        assert_eq!(sifted([again.clone(), again.clone()].concat()), (again, Some(Theme::light())));
        // Nothing is held where nothing was asked.
        assert_eq!(Background::default().sift(key(']', KeyModifiers::ALT)).0.len(), 1);
    }

    #[test]
    fn escape_right_before_the_answer_is_a_key_and_the_answer_none() {
        let escape = Event::Key(KeyCode::Esc.into());
        let answer = [typed("]11;rgb:ff/ff/ff"), vec![st()]].concat();
        let theme = Some(Theme::light());
        assert_eq!(sifted([vec![escape.clone()], answer.clone()].concat()), (vec![escape.clone()], theme));
        // Without it they were typed, as was what goes on otherwise.
        assert_eq!(sifted(answer.clone()), (answer, None));
        let others = [vec![escape], typed("]x")].concat();
        assert_eq!(sifted(others.clone()), (others, None));
    }

    proptest! {
        #[test]
        fn no_key_is_lost_or_moved_wherever_the_answer_comes(before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
            let (before, after) = (typed(&before), typed(&after));
            let events = [before.clone(), answer("11;rgb:ffff/ffff/ffff", st()), after.clone()].concat();
            prop_assert_eq!(sifted(events), ([before, after].concat(), Some(Theme::light())));
        }
    }
}
