//! The shells: how each hands over the word before the cursor, and takes a name.
//!
//! zsh, fish and elvish quote completions themselves; bash and PowerShell insert them as they are, and would run a
//! command that stands in the name of a file. Their scripts are our own: the usual one has bash look for files that the
//! names match as patterns, and has PowerShell run the line that is still being typed.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap_complete::engine::complete;
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use crate::text::shell;

pub(super) const SHELLS: Shells<'static> = Shells(&[
    &Shell(&Bash, Kind::Bash),
    &Shell(&Elvish, Kind::Elvish),
    &Shell(&Fish, Kind::Fish),
    &Shell(&Powershell, Kind::PowerShell),
    &Shell(&Zsh, Kind::Zsh),
]);

/// A shell, and its completer.
struct Shell(&'static dyn EnvCompleter, Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bash,
    Elvish,
    Fish,
    PowerShell,
    Zsh,
}

/// bash hands over the word before the cursor without its opening quote. Names come back one a line.
const BASH: &str = r#"
_clap_complete_NAME() {
    local candidate words=("${COMP_WORDS[@]}")
    words[COMP_CWORD]="$2"
    compopt +o nospace 2>/dev/null
    COMPREPLY=()
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(VAR=bash _CLAP_COMPLETE_INDEX="$COMP_CWORD" WRITEBACK_QUOTE="${COMP_WORDS[COMP_CWORD]:0:1}" \
        COMPLETER -- "${words[@]}" 2>/dev/null)
    if [[ "${COMPREPLY-}" =~ [=/:]$ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _clap_complete_NAME BIN
else
    complete -o nospace -o bashdefault -F _clap_complete_NAME BIN
fi
"#;

/// PowerShell hands over each word before the cursor as text, a plain one without its quotes. Before version 7.3 it
/// passes no empty argument to a program, so the number of the last word goes along.
const POWERSHELL: &str = r#"
Register-ArgumentCompleter -Native -CommandName BIN -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @(foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.StartOffset -lt $cursorPosition) {
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                $element.Value
            } else {
                $element.Extent.Text
            }
        }
    })
    if ($wordToComplete -eq '') {
        $words += ''
    }

    $before = $env:VAR, $env:_CLAP_COMPLETE_INDEX
    try {
        $env:VAR = 'powershell'
        $env:_CLAP_COMPLETE_INDEX = $words.Count - 1
        $candidates = @(& COMPLETER '--' $words 2>$null)
    } finally {
        $env:VAR, $env:_CLAP_COMPLETE_INDEX = $before
    }

    foreach ($candidate in $candidates) {
        $value, $help = $candidate.Split("`t", 2)
        if (-not $help) {
            $help = $value
        }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
"#;

impl EnvCompleter for Shell {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is(&self, name: &str) -> bool {
        self.0.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let (script, completer) = match self.1 {
            Kind::Bash => (BASH, shell::sh(completer)),
            Kind::PowerShell => (POWERSHELL, shell::powershell(completer)),
            Kind::Elvish | Kind::Fish | Kind::Zsh => {
                return self.0.write_registration(var, name, bin, completer, buf);
            }
        };
        let script = script.replace("NAME", &name.replace('-', "_")).replace("BIN", bin).replace("VAR", var);
        buf.write_all(script.replace("COMPLETER", &completer).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        mut args: Vec<OsString>,
        here: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let variable = |name: &str| crate::system::variable::get(name)?.into_string().ok();
        let index = variable("_CLAP_COMPLETE_INDEX").and_then(|index| index.parse().ok());
        let index = index.unwrap_or(args.len().saturating_sub(1));
        if args.len() == index {
            args.push(OsString::new());
        }
        let kind = self.1;
        let quote = variable("WRITEBACK_QUOTE").and_then(|quote| quote.chars().next()).filter(|_| kind == Kind::Bash);
        if let Some(word) = args.get_mut(index).filter(|_| kind.hands_over_quotes()) {
            *word = unquoted(word, quote);
        }
        let mut candidates = complete(command, args, index, here)?;
        // A name with a line break would look like two names.
        candidates.retain(|candidate| !candidate.get_value().to_string_lossy().chars().any(char::is_control));
        let names: Vec<_> = candidates.iter().map(|candidate| candidate.get_value().to_string_lossy()).collect();
        if let Some(start) = kind.undivided(&names, quote) {
            writeln!(buf, "{start}")?;
        }
        for (name, candidate) in names.iter().zip(&candidates) {
            let Some(name) = kind.quoted(name, quote) else { continue };
            let help = candidate.get_help().map(|help| help.to_string().lines().next().unwrap_or_default().to_owned());
            match (kind, help) {
                (Kind::Fish | Kind::PowerShell, Some(help)) => writeln!(buf, "{name}\t{help}")?,
                (Kind::Zsh, Some(help)) => writeln!(buf, "{name}:{}", help.replace('\\', r"\\"))?,
                _ => writeln!(buf, "{name}")?,
            }
        }
        Ok(())
    }
}

impl Kind {
    /// Tells if the word arrives as it was typed, quotes and all.
    fn hands_over_quotes(self) -> bool {
        matches!(self, Self::Bash | Self::Fish | Self::Zsh)
    }

    /// The common beginning of all names, if the shell would insert one character more: the backslash before the
    /// characters in which they differ. Offered as a candidate, it prevents that. zsh does so with every file.
    fn undivided(self, names: &[impl AsRef<str>], quote: Option<char>) -> Option<String> {
        if !matches!(self, Self::Bash | Self::Zsh) {
            return None;
        }
        // zsh escapes at least these characters.
        let quoted: Vec<String> = names.iter().filter_map(|name| Self::Bash.quoted(name.as_ref(), quote)).collect();
        let start = common(&quoted);
        let backslashes = start.len() - start.trim_end_matches('\\').len();
        let is_divided = quoted.len() > 1 && backslashes % 2 == 1;
        let start = common(names);
        // zsh ignores an empty name.
        (is_divided && (self == Self::Bash || !start.is_empty())).then(|| self.quoted(start, quote)).flatten()
    }

    /// A name as the shell takes it; `None` if it cannot be written within the opening quote.
    fn quoted(self, name: &str, quote: Option<char>) -> Option<String> {
        let is_plain = |c: char| c.is_alphanumeric() || "-_.@+/,".contains(c);
        // `~/` is not quoted, so that it stays the home folder.
        let (home, rest) = name.strip_prefix("~/").map_or(("", name), |rest| ("~/", rest));
        let escaped = |text: &str, is_plain: &dyn Fn(char) -> bool| -> String {
            text.chars().flat_map(|c| (!is_plain(c)).then_some('\\').into_iter().chain([c])).collect()
        };
        Some(match (self, quote) {
            (Self::Elvish | Self::Fish, _) => name.to_owned(),
            // In zsh's format, a colon comes before the help.
            (Self::Zsh, _) => name.replace('\\', r"\\").replace(':', r"\:"),
            (Self::PowerShell, _) if name.chars().all(|c| c.is_alphanumeric() || "-_./\\:".contains(c)) => {
                name.to_owned()
            }
            (Self::PowerShell, _) => shell::powershell(name),
            (Self::Bash, Some('\'')) => name.replace('\'', r"'\''"),
            // Between double quotes, `!` always expands the history.
            (Self::Bash, Some('"')) if name.contains('!') => return None,
            (Self::Bash, Some('"')) => escaped(name, &|c| !"\\\"$`".contains(c)),
            (Self::Bash, _) => home.to_owned() + &escaped(rest, &is_plain),
        })
    }
}

/// The common beginning of all.
fn common(names: &[impl AsRef<str>]) -> &str {
    let Some((first, others)) = names.split_first() else { return "" };
    others.iter().fold(first.as_ref(), |start, name| {
        let same = start.chars().zip(name.as_ref().chars()).take_while(|(one, other)| one == other);
        &start[..same.map(|(c, _)| c.len_utf8()).sum()]
    })
}

/// Removes a word's quotes, the last of which may be missing. Expands nothing.
fn unquoted(word: &OsStr, quote: Option<char>) -> OsString {
    // A word that is not Unicode matches no offered name.
    let Some(word) = word.to_str() else { return word.to_owned() };
    let mut quote = quote.filter(|c| ['\'', '"'].contains(c) && !word.starts_with(*c));
    let (mut plain, mut rest) = (String::new(), word.chars());
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None | Some('"'), '\\') => plain.extend(rest.next()),
            (_, c) => plain.push(c),
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_the_shell_would_read_it() {
        for (word, quote, plain) in [
            (r"My\ an", None, "My an"),
            ("'My an", None, "My an"),
            ("My an", Some('\''), "My an"),
            (r#""a\$b"c"#, None, "a$bc"),
            (r"a'\'b", None, r"a\b"),
            ("daily", Some('d'), "daily"),
        ] {
            assert_eq!(unquoted(OsStr::new(word), quote), plain, "{word}");
        }
    }

    #[test]
    fn names_are_quoted_for_shells_that_insert_them_raw() {
        let name = "a $(id)'s ;.toml";
        for (kind, quote, quoted) in [
            (Kind::Bash, None, Some(r"a\ \$\(id\)\'s\ \;.toml")),
            (Kind::Bash, Some('\''), Some(r"a $(id)'\''s ;.toml")),
            (Kind::Bash, Some('"'), Some(r"a \$(id)'s ;.toml")),
            (Kind::PowerShell, None, Some("'a $(id)''s ;.toml'")),
            (Kind::Fish, None, Some(name)),
            (Kind::Elvish, None, Some(name)),
            (Kind::Zsh, None, Some(name)),
        ] {
            assert_eq!(kind.quoted(name, quote).as_deref(), quoted, "{kind:?}");
        }
        assert_eq!(Kind::Bash.quoted("a!b", Some('"')), None);
        assert_eq!(Kind::Bash.quoted("~/a b", None).as_deref(), Some(r"~/a\ b"));
        assert_eq!(Kind::Zsh.quoted("a:b", None).as_deref(), Some(r"a\:b"));
        assert_eq!(Kind::PowerShell.quoted(r"exports/daily.toml", None).as_deref(), Some("exports/daily.toml"));
    }

    #[test]
    fn a_beginning_that_names_share_does_not_end_in_half_an_escape() {
        for (names, quote, start) in [
            (["a b", "a(b"], None, Some("a")),
            (["x y b", "x y;b"], None, Some(r"x\ y")),
            (["~/a b", "~/a(b"], None, Some("~/a")),
            (["a$b", "a`b"], Some('"'), Some("a")),
            ([" a", "(a"], None, Some("")),
            (["a b", "a c"], None, None),
            (["ab", "a(b"], None, None),
            ([r"a\b", r"a\c"], None, None),
            (["a b", "a(b"], Some('\''), None),
            (["a'b", "a(b"], Some('\''), None),
        ] {
            assert_eq!(Kind::Bash.undivided(&names, quote).as_deref(), start, "{names:?} {quote:?}");
        }
        assert_eq!(Kind::Bash.undivided(&["a b"], None), None);
        assert_eq!(Kind::Zsh.undivided(&["a: b", "a:(b"], None).as_deref(), Some(r"a\:"));
        assert_eq!(Kind::Zsh.undivided(&[" a", "(a"], None), None);
        assert_eq!(Kind::Fish.undivided(&["a b", "a(b"], None), None);
    }

    #[test]
    fn powershell_evaluates_nothing_of_the_line() {
        let mut script = Vec::new();
        Shell(&Powershell, Kind::PowerShell)
            .write_registration("VARIABLE", "writeback", "writeback", "C:/it's here/writeback.exe", &mut script)
            .unwrap();
        let script = String::from_utf8(script).unwrap();
        for evaluating in ["Invoke-Expression", "iex", "@\"", "& {", "ScriptBlock]"] {
            assert!(!script.contains(evaluating), "{script}");
        }
        assert!(script.contains("& 'C:/it''s here/writeback.exe' '--' $words 2>$null"), "{script}");
    }

    #[cfg(unix)]
    mod in_bash {
        use std::process::Command;

        use proptest::prelude::*;

        use super::super::Kind;

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(128))]

            #[test]
            fn sh_reads_back_what_was_offered(name in "[ab \\\\\"'$`!&;|<>()*?~#%{}\u{e9}-]{1,12}") {
                let plain = Kind::Bash.quoted(&name, None).unwrap();
                let single = format!("'{}'", Kind::Bash.quoted(&name, Some('\'')).unwrap());
                let double = Kind::Bash.quoted(&name, Some('"')).map(|inside| format!("\"{inside}\""));
                for word in [plain, single].into_iter().chain(double) {
                    let shell = Command::new("sh").args(["-c", &format!("printf %s_ {word}")]).output();
                    prop_assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), format!("{name}_"));
                }
            }
        }
    }
}
