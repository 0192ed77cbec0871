//! The sections `[theme]` and `[keys]`. Their values are checked later, by the screen and the actions, so each keeps
//! its line for error messages.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A value of the file with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub line: usize,
}

/// A value that the screen or the actions reject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetting {
    pub line: usize,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    /// Follows the background that the terminal reports.
    #[default]
    Auto,
    Dark,
    Light,
    Monochrome,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appearance {
    pub theme: ThemeName,
    pub colors: BTreeMap<String, Located<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AppearanceForm {
    name: ThemeName,
    accent: Option<Spanned<String>>,
    done: Option<Spanned<String>>,
    warning: Option<Spanned<String>>,
    failed: Option<Spanned<String>>,
    hint: Option<Spanned<String>>,
}

impl AppearanceForm {
    pub(super) fn into_appearance(self, text: &str) -> Appearance {
        let colors = [
            ("accent", self.accent),
            ("done", self.done),
            ("warning", self.warning),
            ("failed", self.failed),
            ("hint", self.hint),
        ];
        let given = colors.into_iter().filter_map(|(meaning, color)| Some((meaning.to_owned(), located(color?, text))));
        Appearance { theme: self.name, colors: given.collect() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// For example `form.continue`.
    pub action: String,
    /// The first one is shown.
    pub keys: Vec<String>,
    pub line: usize,
}

pub(super) type KeysForm = BTreeMap<String, BTreeMap<String, Spanned<Vec<String>>>>;

/// Lists the bindings in the order of `text`, which the form was read from.
pub(super) fn key_bindings(form: KeysForm, text: &str) -> Vec<KeyBinding> {
    let named = form.into_iter().flat_map(|(place, actions)| {
        actions.into_iter().map(move |(action, keys)| (format!("{place}.{action}"), keys))
    });
    let mut wishes: Vec<KeyBinding> = named
        .map(|(action, keys)| {
            let Located { value: keys, line } = located(keys, text);
            KeyBinding { action, keys, line }
        })
        .collect();
    wishes.sort_by_key(|wish| wish.line);
    wishes
}

fn located<T>(spanned: Spanned<T>, text: &str) -> Located<T> {
    let line = 1 + text[..spanned.span().start].matches('\n').count();
    Located { value: spanned.into_inner(), line }
}
