//! The user's own keys, which override those of the tables.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyModifiers};

use super::{Action, Binding, Keyed, Place, table};
use crate::config::{InvalidSetting, KeyBinding};
use crate::system::files::nearest;
use crate::tui::state::typing::editing;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keymap(BTreeMap<String, Vec<Binding>>);

/// An action by its name. Several rows of a table may share a name.
#[derive(Debug, Clone)]
pub(crate) struct KnownAction {
    name: String,
    place: Place,
    keys: Vec<Binding>,
}

pub(crate) fn known_actions<S: Keyed>() -> Vec<KnownAction> {
    let mut known: Vec<KnownAction> = Vec::new();
    for action in table::<S>() {
        let name = action.name();
        match known.iter_mut().find(|other| other.name == name) {
            Some(other) => other.keys.extend(action.keys),
            None => known.push(KnownAction { name, place: action.place, keys: action.keys.to_vec() }),
        }
    }
    known
}

impl Keymap {
    pub(super) fn keys_of<S>(&self, action: &Action<S>) -> &[Binding] {
        if self.0.is_empty() {
            return action.keys;
        }
        self.0.get(&action.name()).map_or(action.keys, Vec::as_slice)
    }

    /// Builds the keymap. `known` holds the actions of each state separately: keys of different states never conflict.
    ///
    /// # Errors
    /// When an action or a key is unknown, or a key does something else there already.
    pub(crate) fn new(overrides: &[KeyBinding], known: &[Vec<KnownAction>]) -> Result<Self, InvalidSetting> {
        let mut keymap = Self::default();
        for wanted in overrides {
            let bindings = wanted.keys.iter().map(|key| parse_binding(key).ok_or_else(|| no_key(wanted, key)));
            let bindings = bindings.collect::<Result<Vec<_>, _>>()?;
            let actions: Vec<&KnownAction> =
                known.iter().flatten().filter(|action| action.name == wanted.action).collect();
            if actions.is_empty() {
                return Err(no_action(wanted, known));
            }
            for binding in &bindings {
                actions.iter().try_for_each(|action| check_binding(wanted, action, binding))?;
            }
            keymap.0.insert(wanted.action.clone(), bindings);
        }
        // Conflicts depend on all overrides, so they are looked for last.
        for wanted in overrides {
            for actions in known {
                for action in actions.iter().filter(|action| action.name == wanted.action) {
                    keymap.find_conflict(wanted, action, actions)?;
                }
            }
        }
        Ok(keymap)
    }

    fn find_conflict(
        &self,
        wanted: &KeyBinding,
        action: &KnownAction,
        actions: &[KnownAction],
    ) -> Result<(), InvalidSetting> {
        let may_meet = |other: &&KnownAction| {
            other.name != action.name && (other.place.covers(action.place) || action.place.covers(other.place))
        };
        for other in actions.iter().filter(may_meet) {
            let theirs = self.0.get(&other.name).unwrap_or(&other.keys);
            // Actions with the same keys never apply at once: one continues, another starts.
            let take_turns = same_keys(&action.keys, &other.keys);
            for binding in self.0.get(&action.name).into_iter().flatten().filter(|binding| theirs.contains(binding)) {
                let shared_before = action.keys.contains(binding) && other.keys.contains(binding);
                if !take_turns && !shared_before {
                    let (key, name) = (&binding.name, &other.name);
                    return Err(invalid(wanted, format!("{key} already does `{name}`; give that another key first")));
                }
            }
        }
        Ok(())
    }
}

fn same_keys(some: &[Binding], others: &[Binding]) -> bool {
    some.iter().all(|key| others.contains(key)) && others.iter().all(|key| some.contains(key))
}

/// Rejects reserved keys, and keys that type text.
fn check_binding(wanted: &KeyBinding, action: &KnownAction, binding: &Binding) -> Result<(), InvalidSetting> {
    let key = &binding.name;
    let ends = binding.modifiers == KeyModifiers::CONTROL && matches!(binding.code, KeyCode::Char('c' | 'z'));
    if ends || action.name.ends_with(".quit-at-once") {
        return Err(invalid(wanted, "Ctrl-C always quits, and Ctrl-Z always suspends".to_owned()));
    }
    let types = matches!(action.place, Place::Form | Place::List | Place::Filter | Place::Entry | Place::Anywhere);
    if types && !action.keys.contains(binding) && editing(binding.event()).is_some() {
        return Err(invalid(wanted, format!("{key} types or edits text, and cannot be `{}`", action.name)));
    }
    Ok(())
}

/// Actions whose names are gone, each with the one that does the same now.
const RENAMED: [(&str, &str); 48] = [
    ("form.start", "form.press-the-button"),
    ("form.save-without-running", "form.save"),
    ("run.retry", "run.run-again"),
    ("run.back-to-details", "run.back"),
    ("run.save-the-export", "form.save"),
    ("run.new-export", "exports.new"),
    ("run.home", "run.back"),
    ("run.quit", "run.back"),
    ("run.copy-the-link", "run.copy"),
    ("run.copy-the-command", "run.copy"),
    ("run.copy-the-report", "run.copy"),
    ("opened.cancel", "run.cancel"),
    ("opened.allow-this-time", "run.allow-this-time"),
    ("opened.always-allow", "run.always-allow"),
    ("opened.run-again", "run.run-again"),
    ("opened.dry-run", "run.dry-run"),
    ("opened.edit", "run.edit"),
    ("opened.copy-the-report", "run.copy"),
    ("cancel.cancel-it", "question.yes"),
    ("cancel.let-it-go-on", "question.no"),
    ("exports.copy-the-command", "exports.copy"),
    ("browse.switch-list", "browse.other-list"),
    ("browse.export-here", "browse.new-export-here"),
    ("accounts.add-data-world", "accounts.new"),
    ("accounts.add-domo", "accounts.new"),
    ("accounts.rename", "accounts.edit"),
    ("accounts.replace-the-credentials", "accounts.edit"),
    ("accounts.move-its-exports", "accounts.edit"),
    ("browse.copy-the-link", "browse.copy"),
    ("check.copy-the-report", "check.copy"),
    ("history.copy-as-text", "history.copy"),
    ("opened.copy-as-text", "history.copy"),
    ("opened.copy-the-command", "run.copy"),
    ("opened.copy-the-link", "run.copy"),
    ("opened.export-it-all-the-same", "run.export-it-all-the-same"),
    ("opened.i-am-an-owner-or-co-owner", "run.i-am-an-owner-or-co-owner"),
    ("opened.quote-these-fields", "run.quote-these-fields"),
    ("run.go-on", "run.back"),
    ("run.quit-at-once", "anywhere.quit-at-once"),
    ("run.scroll-down", "opened.scroll-down"),
    ("run.scroll-up", "opened.scroll-up"),
    ("run.scroll-page-down", "opened.scroll-page-down"),
    ("run.scroll-page-up", "opened.scroll-page-up"),
    ("run.scroll-first", "opened.scroll-first"),
    ("run.scroll-last", "opened.scroll-last"),
    ("unsaved.save-it", "form.save"),
    ("unsaved.do-not-save-it", "leave.leave"),
    ("unsaved.stay", "leave.stay"),
];

fn no_action(wanted: &KeyBinding, known: &[Vec<KnownAction>]) -> InvalidSetting {
    if let Some((before, now)) = RENAMED.iter().find(|(before, _)| *before == wanted.action) {
        return invalid(wanted, format!("`{before}` is called `{now}` now"));
    }
    let names = known.iter().flatten().map(|action| action.name.as_str());
    let suggestion = nearest(&wanted.action, names).map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
    invalid(wanted, format!("there is no action `{}`.{suggestion}", wanted.action))
}

fn no_key(wanted: &KeyBinding, key: &str) -> InvalidSetting {
    invalid(wanted, format!("`{key}` is not a key. Keys have names like ctrl-n, alt-left, f5, enter, pgup and q"))
}

fn invalid(wanted: &KeyBinding, reason: String) -> InvalidSetting {
    InvalidSetting { line: wanted.line, reason }
}

/// Parses a key's name, in any case; a letter alone is the one that is typed.
fn parse_binding(name: &str) -> Option<Binding> {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name.trim();
    let mut shown = String::new();
    // A lone minus is a key.
    while let Some((modifier, after)) = rest.split_once('-').filter(|(modifier, _)| !modifier.is_empty()) {
        let (flag, word) = match modifier.to_ascii_lowercase().as_str() {
            "ctrl" => (KeyModifiers::CONTROL, "Ctrl-"),
            "alt" => (KeyModifiers::ALT, "Alt-"),
            "shift" => (KeyModifiers::SHIFT, "Shift-"),
            _ => return None,
        };
        modifiers |= flag;
        shown.push_str(word);
        rest = after;
    }
    let lower = rest.to_lowercase();
    let (mut code, word) = match lower.as_str() {
        "up" | "↑" => (KeyCode::Up, "↑".to_owned()),
        "down" | "↓" => (KeyCode::Down, "↓".to_owned()),
        "left" | "←" => (KeyCode::Left, "←".to_owned()),
        "right" | "→" => (KeyCode::Right, "→".to_owned()),
        "enter" => (KeyCode::Enter, "Enter".to_owned()),
        "esc" => (KeyCode::Esc, "Esc".to_owned()),
        "space" => (KeyCode::Char(' '), "Space".to_owned()),
        "tab" => (KeyCode::Tab, "Tab".to_owned()),
        "home" => (KeyCode::Home, "Home".to_owned()),
        "end" => (KeyCode::End, "End".to_owned()),
        "del" => (KeyCode::Delete, "Del".to_owned()),
        "ins" => (KeyCode::Insert, "Ins".to_owned()),
        "pgup" => (KeyCode::PageUp, "PgUp".to_owned()),
        "pgdn" => (KeyCode::PageDown, "PgDn".to_owned()),
        _ => match (lower.strip_prefix('f').and_then(|number| number.parse().ok()), single_char(&lower)) {
            (Some(number @ 1..=12), _) => (KeyCode::F(number), format!("F{number}")),
            (_, Some(_)) if modifiers.is_empty() => {
                let c = single_char(rest)?;
                (KeyCode::Char(c), c.to_string())
            }
            (_, Some(c)) => (KeyCode::Char(c), c.to_uppercase().to_string()),
            _ => return None,
        },
    };
    if (code, modifiers) == (KeyCode::Tab, KeyModifiers::SHIFT) {
        code = KeyCode::BackTab;
    }
    // For characters, terminals report Shift in the character, if at all.
    modifiers.remove(KeyModifiers::SHIFT);
    if shown.contains("Shift") && code != KeyCode::BackTab {
        return None;
    }
    // Names of keys are `'static`; the few that are parsed at startup are leaked.
    Some(Binding { code, modifiers, name: format!("{shown}{word}").leak() })
}

fn single_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|c| chars.next().is_none() && !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::dashboard::Home;
    use crate::tui::wizard::Model;

    fn read(overrides: &[(&str, &[&str])]) -> Result<Keymap, String> {
        let overrides: Vec<KeyBinding> = overrides
            .iter()
            .enumerate()
            .map(|(at, (action, keys))| KeyBinding {
                action: (*action).to_owned(),
                keys: keys.iter().map(|&key| key.to_owned()).collect(),
                line: at + 1,
            })
            .collect();
        let known = [known_actions::<Home>(), known_actions::<Model>()];
        Keymap::new(&overrides, &known).map_err(|wrong| format!("{}: {}", wrong.line, wrong.reason))
    }

    #[test]
    fn every_key_of_the_tables_has_a_name_that_can_be_parsed() {
        let keys =
            [known_actions::<Home>(), known_actions::<Model>()].concat().into_iter().flat_map(|action| action.keys);
        for key in keys {
            assert_eq!(parse_binding(key.name), Some(key), "{}", key.name);
        }
        for name in ["", "ctrl-", "strg-n", "f13", "shift-n", "nn", "ctrl--n"] {
            assert_eq!(parse_binding(name), None, "{name}");
        }
        assert_eq!(parse_binding("-").map(|key| key.code), Some(KeyCode::Char('-')));
        assert_eq!(parse_binding("CTRL-alt-X").map(|key| key.name), Some("Ctrl-Alt-X"));
    }

    #[test]
    fn the_default_keys_may_be_configured() {
        for action in [known_actions::<Home>(), known_actions::<Model>()].concat() {
            let keys: Vec<&str> = action.keys.iter().map(|key| key.name).collect();
            if !action.name.ends_with(".quit-at-once") {
                assert!(read(&[(&action.name, &keys)]).is_ok(), "{}", action.name);
            }
        }
    }

    #[test]
    fn a_name_that_is_gone_is_told_with_one_that_is_there() {
        let known = [known_actions::<Home>(), known_actions::<Model>()].concat();
        for (before, now) in RENAMED {
            assert!(known.iter().any(|action| action.name == now) && known.iter().all(|action| action.name != before));
        }
    }

    #[test]
    fn a_letter_is_one_verb_on_every_tab() {
        let verbs: BTreeMap<&str, &[&str]> = BTreeMap::from([
            ("n", &["new", "new export here"][..]),
            ("e", &["edit"]),
            ("r", &["run", "run again"]),
            ("D", &["dry run"]),
            ("c", &["cancel", "cancel the download"]),
            ("t", &["check", "test", "test again"]),
            ("o", &["open in the browser"]),
            ("y", &["copy"]),
            ("x", &["remove", "delete"]),
            ("q", &["back", "quit", "stop"]),
            ("/", &["filter"]),
            ("?", &["help"]),
        ]);
        let asks = |place| matches!(place, Place::Help | Place::Question | Place::Menu | Place::Entry);
        for action in table::<Home>().filter(|action| !asks(action.place)) {
            for key in action.keys {
                let is_verb = verbs.get(key.name).is_none_or(|labels| labels.contains(&action.label));
                assert!(is_verb, "{} is {}, and {} elsewhere", key.name, action.label, verbs[key.name][0]);
            }
        }
    }

    #[test]
    fn only_rows_that_do_the_same_share_a_name() {
        let home = table::<Home>().map(|action| (action.name(), action.keys));
        let wizard = table::<Model>().map(|action| (action.name(), action.keys));
        let mut rows: Vec<(String, &[Binding])> = home.chain(wizard).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let twice: Vec<&str> = rows.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| &*pair[0].0).collect();
        let known = [
            // Both states have these.
            "anywhere.help",
            "anywhere.mouse-on-or-off",
            "anywhere.quit-at-once",
            "help.close",
            // A run of the history, and a file.
            "opened.back",
            "opened.copy",
            // The page of a dry run, and of another.
            "run.run-again",
            "run.dry-run",
            // Datasets and files; one way back for filtered files too.
            "browse.reload",
            "browse.back",
            // The field and its button; its own key, and a key that does something else elsewhere.
            "form.choose",
            // Named in the footer where an export is edited.
            "form.save",
            "form.next-field",
        ];
        for name in twice {
            assert!(known.contains(&name), "{name} is two things: give them names");
        }
    }

    #[test]
    fn keys_that_cannot_be_are_refused_with_the_reason() {
        for (overrides, expected) in [
            (
                &[("form.contine", &["ctrl-g"][..])][..],
                "1: there is no action `form.contine`. Did you mean `form.continue`?",
            ),
            (&[("form.continue", &["ctrl-ü-x"])], "1: `ctrl-ü-x` is not a key."),
            (&[("form.start", &["f2"])], "1: `form.start` is called `form.press-the-button` now"),
            (&[("form.continue", &["ctrl-s"])], "1: Ctrl-S already does `form.save`"),
            (&[("form.continue", &["f1"])], "1: F1 already does `anywhere.help`"),
            (&[("form.continue", &["x"])], "1: x types or edits text"),
            (&[("form.continue", &["ctrl-a"])], "1: Ctrl-A types or edits text"),
            (&[("form.continue", &["ctrl-z"])], "1: Ctrl-C always quits"),
            (&[("anywhere.quit-at-once", &["f10"])], "1: Ctrl-C always quits"),
            (&[("run.edit", &["f9"]), ("run.cancel", &["f9"])], "1: F9 already does `run.cancel`"),
            (&[("unsaved.stay", &["f9"])], "1: `unsaved.stay` is called `leave.stay` now"),
            (&[("run.retry", &["f9"])], "1: `run.retry` is called `run.run-again` now"),
        ] {
            let error = read(overrides).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        // Two actions may swap keys, and two that take turns may share one.
        assert!(read(&[("run.run-again", &["e"]), ("run.edit", &["r"])]).is_ok());
        let turns: &[(&str, &[&str])] = &[("form.continue", &["ctrl-g"]), ("form.create", &["ctrl-g"])];
        assert!(read(turns).is_ok());
    }
}
