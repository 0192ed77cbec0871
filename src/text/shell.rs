//! Quotes words and lines for a shell: for people to copy, and for schedulers.

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    /// bash, zsh, and every other POSIX shell.
    Sh,
    Fish,
    Cmd,
    Powershell,
}

impl Shell {
    /// The usual shell of this platform.
    pub(crate) const HERE: Self = if cfg!(windows) { Self::Powershell } else { Self::Sh };

    /// The line that sets a variable for programs started after it. `value` has no line breaks, and for cmd, which
    /// cannot escape them, neither `"` nor `%`.
    pub(crate) fn assignment(self, name: &str, value: &str) -> String {
        match self {
            Self::Sh => format!("export {name}={}", sh(value)),
            Self::Fish => format!("set -gx {name} {}", fish(value)),
            Self::Cmd => format!("set \"{name}={value}\""),
            Self::Powershell => format!("$env:{name}={}", powershell(value)),
        }
    }

    /// Quotes a name or path as one argument. Prefers double quotes, which people know.
    fn argument(self, text: &str) -> String {
        match self {
            Self::Cmd | Self::Powershell => {
                let is_plain = |c: char| c.is_alphanumeric() || r"._-/:\+".contains(c);
                if !text.is_empty() && text.chars().all(is_plain) {
                    return text.to_owned();
                }
                // PowerShell interprets these between double quotes, and cmd cannot escape the first.
                if text.contains(['"', '$', '`', '\u{201c}', '\u{201d}', '\u{201e}']) {
                    return powershell(text);
                }
                // A program takes `\"` for a quote, and `\\"` for the end of the quoted text.
                format!("\"{text}{}\"", if text.ends_with('\\') { "\\" } else { "" })
            }
            Self::Sh | Self::Fish => {
                let is_plain = |c: char| c.is_alphanumeric() || "._-/:@+,=".contains(c);
                if !text.is_empty() && text.chars().all(is_plain) {
                    return text.to_owned();
                }
                // These have a meaning between double quotes too, or would escape the closing one.
                if text.contains(['"', '$', '`', '!', '\n']) || text.contains(r"\\") || text.ends_with('\\') {
                    return in_single_quotes(text);
                }
                format!("\"{text}\"")
            }
        }
    }
}

/// Quotes a name or path as one argument, for the usual shell of this platform.
pub fn argument(text: &str) -> String {
    Shell::HERE.argument(text)
}

/// Quotes a word for a POSIX shell, in single quotes unless it is plain.
pub(crate) fn sh(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@+,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { in_single_quotes(text) }
}

fn in_single_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Quotes for fish, whose single quotes know two escapes.
fn fish(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// Quotes for PowerShell, which doubles single quotes (about_Quoting_Rules).
pub(crate) fn powershell(text: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let doubled = text.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 }));
    format!("'{}'", doubled.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_special_words_are_quoted() {
        for (text, quoted) in [
            ("daily-sales", "daily-sales"),
            ("/x/Größe.toml", "/x/Größe.toml"),
            ("ann b", "\"ann b\""),
            ("It's mine", "\"It's mine\""),
            ("R&D", "\"R&D\""),
            ("", "\"\""),
        ] {
            for shell in [Shell::Sh, Shell::Fish, Shell::Cmd, Shell::Powershell] {
                assert_eq!(shell.argument(text), quoted);
            }
        }
    }

    #[test]
    fn special_characters_are_quoted_for_each_shell() {
        for (text, in_sh, in_powershell) in [
            ("5 $", "'5 $'", "'5 $'"),
            ("It's 5 $", r"'It'\''s 5 $'", "'It''s 5 $'"),
            (r"C:\exports\a.toml", r#""C:\exports\a.toml""#, r"C:\exports\a.toml"),
            (r"C:\My exports\a.toml", r#""C:\My exports\a.toml""#, r#""C:\My exports\a.toml""#),
            (r"\\server\my share\a", r"'\\server\my share\a'", r#""\\server\my share\a""#),
            (r"C:\My exports\", r"'C:\My exports\'", r#""C:\My exports\\""#),
            ("a,b", "a,b", "\"a,b\""),
            ("5!", "'5!'", "\"5!\""),
        ] {
            assert_eq!(Shell::Sh.argument(text), in_sh);
            assert_eq!(Shell::Powershell.argument(text), in_powershell);
        }
    }

    #[test]
    fn each_shell_sets_a_variable_in_its_own_way() {
        let set = |value| [Shell::Sh, Shell::Fish, Shell::Cmd, Shell::Powershell].map(|it| it.assignment("A", value));
        let url = "http://127.0.0.1:8080";
        assert_eq!(
            set(url),
            [
                "export A=http://127.0.0.1:8080",
                "set -gx A 'http://127.0.0.1:8080'",
                "set \"A=http://127.0.0.1:8080\"",
                "$env:A='http://127.0.0.1:8080'"
            ]
        );
        assert_eq!(
            set(r"It's \"),
            [r"export A='It'\''s \'", r"set -gx A 'It\'s \\'", "set \"A=It's \\\"", r"$env:A='It''s \'"]
        );
    }

    #[cfg(unix)]
    mod in_a_shell {
        use std::process::Command;

        use proptest::prelude::*;

        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(256))]

            #[test]
            fn a_shell_reads_a_quoted_word_back(text in "[ab \\\\\"'$`!&;|<>()*?~#%{}\n\u{e9}-]{0,12}") {
                let shell = Command::new("sh").args(["-c", &format!("printf %s_ {}", Shell::Sh.argument(&text))]).output();
                prop_assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), format!("{text}_"));
            }

            #[test]
            fn a_shell_sets_the_exact_value(text in "[ab \\\\\"'$`!&;|<>()*?~#%{}\u{e9}-]{0,12}") {
                let script = format!("{}\nprintf %s_ \"$A\"", Shell::Sh.assignment("A", &text));
                let shell = Command::new("sh").args(["-c", &script]).output();
                prop_assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), format!("{text}_"));
            }
        }
    }
}
