//! Styles by what they mean, never by what they look like.
//!
//! Only the terminal's own 16 colours are used, so that its owner's choice of them holds on a light background as on a
//! dark one; text that must be read is in the default colour. Colour never says anything alone: a sign and a word say it
//! too, and the monochrome theme says all of it with modifiers.

use ratatui::style::{Color, Modifier, Style};

/// How the parts of the screen look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// What moves or wants the eye: the current step, the bar, names of keys.
    pub accent: Style,
    /// Headings and labels of the focused field.
    pub heading: Style,
    /// What can be left unread: hints, units, what is not reached yet.
    pub hint: Style,
    /// Done, allowed.
    pub done: Style,
    /// Worth a look before going on.
    pub warning: Style,
    /// Failed, refused.
    pub failed: Style,
    /// The row of a list that Enter takes.
    pub selected: Style,
    /// The mark beside the field that has the keys.
    pub focus: Style,
    /// Lines between regions.
    pub line: Style,
}

impl Theme {
    /// With the terminal's colours.
    pub const fn colour() -> Self {
        let plain = Style::new();
        Self {
            accent: plain.fg(Color::Cyan),
            heading: plain.add_modifier(Modifier::BOLD),
            hint: plain.add_modifier(Modifier::DIM),
            done: plain.fg(Color::Green),
            warning: plain.fg(Color::Yellow),
            failed: plain.fg(Color::Red),
            selected: plain.add_modifier(Modifier::REVERSED),
            focus: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            line: plain.add_modifier(Modifier::DIM),
        }
    }

    /// With modifiers alone. There is no colour at all in it, not even the default one set by name: under `NO_COLOR`,
    /// crossterm turns a cell's colour into a reset, which takes the modifiers with it.
    pub const fn monochrome() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            accent: bold,
            heading: bold,
            hint: plain.add_modifier(Modifier::DIM),
            done: plain,
            warning: bold,
            failed: bold,
            selected: plain.add_modifier(Modifier::REVERSED),
            focus: bold,
            line: plain.add_modifier(Modifier::DIM),
        }
    }

    /// The theme that the environment asks for: monochrome when `NO_COLOR` is set to anything (no-color.org) or the
    /// terminal says that it is dumb.
    pub fn for_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let no_color = get("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = get("TERM").is_some_and(|term| term == "dumb");
        if no_color || dumb { Self::monochrome() } else { Self::colour() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(theme: &Theme) -> [Style; 9] {
        [
            theme.accent,
            theme.heading,
            theme.hint,
            theme.done,
            theme.warning,
            theme.failed,
            theme.selected,
            theme.focus,
            theme.line,
        ]
    }

    #[test]
    fn monochrome_has_no_colour_and_still_marks_what_matters() {
        let theme = Theme::monochrome();
        for style in all(&theme) {
            assert_eq!((style.fg, style.bg, style.underline_color), (None, None, None));
        }
        assert!(theme.selected.add_modifier.contains(Modifier::REVERSED));
        assert!(!theme.focus.add_modifier.is_empty());
    }

    #[test]
    fn colours_are_the_terminals_own_and_never_a_background() {
        for style in all(&Theme::colour()) {
            assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))));
            assert_eq!(style.bg, None);
        }
    }

    #[test]
    fn the_environment_decides() {
        let with = |name: &'static str, value: &'static str| {
            Theme::for_environment(move |asked| (asked == name).then(|| value.to_owned()))
        };
        assert_eq!(with("NO_COLOR", "1"), Theme::monochrome());
        assert_eq!(with("NO_COLOR", ""), Theme::colour());
        assert_eq!(with("TERM", "dumb"), Theme::monochrome());
        assert_eq!(with("TERM", "xterm-256color"), Theme::colour());
    }
}
