//! Styles by meaning.
//!
//! Only the terminal's own 16 colors are used, so that its owner's choice of them holds on a light background as on a
//! dark one; text that must be read is in the default color. Color never says anything alone: a sign and a word say it
//! too, and the monochrome theme says all of it with modifiers.

use ratatui::style::{Color, Modifier, Style};

use crate::config::{Appearance, InvalidSetting, Located, ThemeName};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    pub accent: Style,
    pub heading: Style,
    pub hint: Style,
    pub done: Style,
    pub warning: Style,
    pub failed: Style,
    pub selected: Style,
    /// Characters that match a filter.
    pub matched: Style,
    pub focus: Style,
    pub line: Style,
}

impl Theme {
    pub const fn color() -> Self {
        let plain = Style::new();
        Self {
            accent: plain.fg(Color::Cyan),
            heading: plain.add_modifier(Modifier::BOLD),
            hint: plain.add_modifier(Modifier::DIM),
            done: plain.fg(Color::Green),
            warning: plain.fg(Color::Yellow),
            failed: plain.fg(Color::Red),
            selected: plain.add_modifier(Modifier::REVERSED),
            matched: plain.add_modifier(Modifier::UNDERLINED),
            focus: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            line: plain.add_modifier(Modifier::DIM),
        }
    }

    /// Has no color at all, not even the default one set by name: under `NO_COLOR`, crossterm turns a cell's color into
    /// a reset, which takes the modifiers with it.
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
            matched: plain.add_modifier(Modifier::UNDERLINED),
            focus: bold,
            line: plain.add_modifier(Modifier::DIM),
        }
    }

    /// For a light background, on which most terminals' cyan, green and yellow are hard to read, and some make dim text
    /// lighter still.
    pub const fn light() -> Self {
        let plain = Style::new();
        Self {
            accent: plain.fg(Color::Blue),
            hint: plain.fg(Color::DarkGray),
            line: plain.fg(Color::DarkGray),
            done: plain.add_modifier(Modifier::BOLD),
            warning: plain.fg(Color::Magenta),
            focus: plain.fg(Color::Blue).add_modifier(Modifier::BOLD),
            ..Self::color()
        }
    }

    /// The theme by environment and configuration. Monochrome wins when `NO_COLOR` is set to anything (no-color.org) or
    /// the terminal is dumb.
    ///
    /// Until the terminal has said what its background is ([`Self::by_background`]), the environment counts: some
    /// terminals state it in `COLORFGBG`.
    ///
    /// # Errors
    /// When a configured color is invalid.
    pub fn new(wanted: &Appearance, get: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidSetting> {
        let no_color = get("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = get("TERM").is_some_and(|term| term == "dumb");
        let mut theme = match wanted.theme {
            ThemeName::Light => Self::light(),
            ThemeName::Auto if get("COLORFGBG").is_some_and(|colors| is_light(&colors)) => Self::light(),
            ThemeName::Auto | ThemeName::Dark => Self::color(),
            ThemeName::Monochrome => Self::monochrome(),
        };
        for (meaning, Located { value, line }) in &wanted.colors {
            let color = value.parse().map_err(|_| InvalidSetting {
                line: *line,
                reason: format!("`{value}` is not a color. Use a name like red or lightblue, #rrggbb, or 0 to 255"),
            })?;
            match meaning.as_str() {
                "accent" => (theme.accent, theme.focus) = (theme.accent.fg(color), theme.focus.fg(color)),
                "done" => theme.done = theme.done.fg(color),
                "warning" => theme.warning = theme.warning.fg(color),
                "failed" => theme.failed = theme.failed.fg(color),
                _ => theme.hint = Style::new().fg(color),
            }
        }
        Ok(if no_color || dumb || wanted.theme == ThemeName::Monochrome { Self::monochrome() } else { theme })
    }
}

impl Theme {
    /// The themes for a dark and a light background, if the terminal's decides between them.
    ///
    /// # Errors
    /// When a configured color is invalid.
    pub fn by_background(
        wanted: &Appearance,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<[Self; 2]>, InvalidSetting> {
        if wanted.theme != ThemeName::Auto || Self::new(wanted, &get)? == Self::monochrome() {
            return Ok(None);
        }
        let themed = |theme| Self::new(&Appearance { theme, ..wanted.clone() }, &get);
        Ok(Some([themed(ThemeName::Dark)?, themed(ThemeName::Light)?]))
    }
}

/// Parses `COLORFGBG`, such as `0;15` or `0;default;15`, which rxvt, Konsole and others set. White and colors that are
/// not dark are light.
fn is_light(colors: &str) -> bool {
    colors
        .rsplit(';')
        .next()
        .and_then(|background| background.parse().ok())
        .is_some_and(|background: u8| !matches!(background, 0..=6 | 8))
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
    fn monochrome_has_no_color_and_still_marks_what_matters() {
        let theme = Theme::monochrome();
        for style in all(&theme) {
            assert_eq!((style.fg, style.bg, style.underline_color), (None, None, None));
        }
        assert!(theme.selected.add_modifier.contains(Modifier::REVERSED));
        assert!(!theme.focus.add_modifier.is_empty());
    }

    #[test]
    fn colors_are_the_terminals_own_and_never_a_background() {
        for style in [Theme::color(), Theme::light()].iter().flat_map(all) {
            assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))));
            assert_eq!(style.bg, None);
        }
    }

    /// The relative luminance of a color (WCAG 2.2).
    fn luminance(color: u32) -> f64 {
        let part = |shift: u32| {
            let part = f64::from(color >> shift & 0xff) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    #[test]
    fn a_light_background_has_contrast_in_the_colors_of_usual_terminals() {
        // Red, green, blue, magenta and dark gray, then the background.
        let terminals = [
            ("xterm", [0xcd0000, 0x00cd00, 0x0000ee, 0xcd00cd, 0x7f7f7f], 0xffffff),
            ("GNOME", [0xc01c28, 0x26a269, 0x12488b, 0xa347ba, 0x5e5c64], 0xffffff),
            ("macOS", [0x990000, 0x00a600, 0x0000b2, 0xb200b2, 0x666666], 0xffffff),
            ("Windows", [0xc50f1f, 0x13a10e, 0x0037da, 0x881798, 0x767676], 0xffffff),
            ("kitty", [0xcc0403, 0x19cb00, 0x0d73cc, 0xcb1ed1, 0x767676], 0xffffff),
            ("Solarized", [0xdc322f, 0x859900, 0x268bd2, 0xd33682, 0x002b36], 0xfdf6e3),
        ];
        for style in all(&Theme::light()) {
            assert!(!style.add_modifier.contains(Modifier::DIM), "how light dim is, each terminal decides");
            let Some(color) = style.fg else { continue };
            let colors = [Color::Red, Color::Green, Color::Blue, Color::Magenta, Color::DarkGray];
            let at = colors.iter().position(|other| *other == color).unwrap_or_else(|| panic!("{color:?}"));
            for (terminal, values, background) in terminals {
                let contrast = (luminance(background) + 0.05) / (luminance(values[at]) + 0.05);
                assert!(contrast >= 3.2, "{color:?} has {contrast:.1} in {terminal}");
            }
        }
    }

    #[test]
    fn the_environment_chooses_the_theme() {
        let with = |name: &'static str, value: &'static str| {
            let get = move |asked: &str| (asked == name).then(|| value.to_owned());
            Theme::new(&Appearance::default(), get).unwrap()
        };
        assert_eq!(with("NO_COLOR", "1"), Theme::monochrome());
        assert_eq!(with("NO_COLOR", ""), Theme::color());
        assert_eq!(with("TERM", "dumb"), Theme::monochrome());
        assert_eq!(with("TERM", "xterm-256color"), Theme::color());
        for (colors, theme) in [
            ("15;0", Theme::color()),
            ("0;15", Theme::light()),
            ("0;default;7", Theme::light()),
            ("7;8", Theme::color()),
            ("default;default", Theme::color()),
        ] {
            assert_eq!(with("COLORFGBG", colors), theme, "{colors}");
        }
    }

    #[test]
    fn the_terminal_is_asked_where_its_background_decides() {
        let asked = |theme, name: &'static str, value: &'static str| {
            let wanted = Appearance { theme, ..Appearance::default() };
            Theme::by_background(&wanted, move |asked| (asked == name).then(|| value.to_owned())).unwrap()
        };
        let both = Some([Theme::color(), Theme::light()]);
        assert_eq!(asked(ThemeName::Auto, "TERM", "xterm"), both);
        assert_eq!(asked(ThemeName::Auto, "COLORFGBG", "0;15"), both, "the terminal itself knows best");
        for (theme, name, value) in [
            (ThemeName::Auto, "NO_COLOR", "1"),
            (ThemeName::Auto, "TERM", "dumb"),
            (ThemeName::Dark, "", ""),
            (ThemeName::Light, "", ""),
            (ThemeName::Monochrome, "", ""),
        ] {
            assert_eq!(asked(theme, name, value), None, "{theme:?} {name}");
        }
    }

    #[test]
    fn the_configuration_wins_over_the_terminal_and_no_color_over_both() {
        let wanted = |theme, meaning: &str, color: &str| Appearance {
            theme,
            colors: [(meaning.to_owned(), Located { value: color.to_owned(), line: 7 })].into(),
        };
        let light = |asked: &str| (asked == "COLORFGBG").then(|| "0;15".to_owned());
        let theme = Theme::new(&wanted(ThemeName::Dark, "accent", "#ff8800"), light).unwrap();
        let orange = Some(Color::Rgb(255, 136, 0));
        assert_eq!((theme.accent.fg, theme.focus.fg, theme.warning), (orange, orange, Theme::color().warning));
        let theme = Theme::new(&wanted(ThemeName::Monochrome, "done", "green"), light).unwrap();
        assert_eq!(theme, Theme::monochrome());
        let no_color = |asked: &str| (asked == "NO_COLOR").then(|| "1".to_owned());
        assert_eq!(Theme::new(&wanted(ThemeName::Light, "hint", "8"), no_color).unwrap(), Theme::monochrome());
        let error = Theme::new(&wanted(ThemeName::Auto, "hint", "greenish"), light).unwrap_err();
        assert_eq!(error.line, 7);
        assert!(error.reason.starts_with("`greenish` is not a color."), "{}", error.reason);
    }
}
