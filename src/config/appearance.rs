//! How the screen looks and which keys it listens to, as the file has it. What the words mean is known where the screen
//! is drawn and where its actions are, so that each is kept with its line, for the error that may come there.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// Something that the file says, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish<T> {
    /// What it says.
    pub value: T,
    /// The line, from 1.
    pub line: usize,
}

/// A wish that cannot be fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfulfilled {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// The themes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    /// For the background that the terminal says it has.
    #[default]
    Auto,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// Without colors.
    Monochrome,
}

/// `[theme]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appearance {
    /// `name`.
    pub theme: ThemeName,
    /// The other keys: a meaning, and the color for it.
    pub colours: BTreeMap<String, Wish<String>>,
}

/// The form of `[theme]`.
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
    /// With the lines of `text`, which it was read from.
    pub(super) fn read(self, text: &str) -> Appearance {
        let colours = [
            ("accent", self.accent),
            ("done", self.done),
            ("warning", self.warning),
            ("failed", self.failed),
            ("hint", self.hint),
        ];
        let given = colours.into_iter().filter_map(|(meaning, colour)| Some((meaning.to_owned(), wish(colour?, text))));
        Appearance { theme: self.name, colours: given.collect() }
    }
}

/// The keys that an action shall have, of `[keys]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWish {
    /// Its name, `form.continue`.
    pub action: String,
    /// The keys, the one to show first.
    pub keys: Vec<String>,
    /// The line, from 1.
    pub line: usize,
}

/// The form of `[keys]`: places, and in each the keys of its actions.
pub(super) type KeysForm = BTreeMap<String, BTreeMap<String, Spanned<Vec<String>>>>;

/// With the lines of `text`, in their order.
pub(super) fn keys(form: KeysForm, text: &str) -> Vec<KeyWish> {
    let named = form.into_iter().flat_map(|(place, actions)| {
        actions.into_iter().map(move |(action, keys)| (format!("{place}.{action}"), keys))
    });
    let mut wishes: Vec<KeyWish> = named
        .map(|(action, keys)| {
            let Wish { value: keys, line } = wish(keys, text);
            KeyWish { action, keys, line }
        })
        .collect();
    wishes.sort_by_key(|wish| wish.line);
    wishes
}

fn wish<T>(spanned: Spanned<T>, text: &str) -> Wish<T> {
    let line = 1 + text[..spanned.span().start].matches('\n').count();
    Wish { value: spanned.into_inner(), line }
}
