//! Commands that a person copies into a shell.

/// A name or path as it arrives as one argument. In double quotes, wherever they do, as Windows knows no others.
pub fn argument(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/:@+,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    // What has a meaning between double quotes too, and what would take the last one away.
    if text.contains(['"', '$', '`', '!', '\n']) || text.contains(r"\\") || text.ends_with('\\') {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_not_quoted_and_the_rest_as_every_shell_has_it() {
        for (text, quoted) in [
            ("daily-sales", "daily-sales"),
            ("/x/Größe.toml", "/x/Größe.toml"),
            ("ann b", "\"ann b\""),
            ("It's mine", "\"It's mine\""),
            (r"C:\My exports\a.toml", r#""C:\My exports\a.toml""#),
            ("R&D", "\"R&D\""),
            ("", "\"\""),
            ("5 $", "'5 $'"),
            ("It's 5 $", r"'It'\''s 5 $'"),
        ] {
            assert_eq!(argument(text), quoted);
        }
    }

    #[cfg(unix)]
    mod in_a_shell {
        use std::process::Command;

        use proptest::prelude::*;

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(256))]

            #[test]
            fn a_shell_reads_back_what_was_meant(text in "[ab \\\\\"'$`!&;|<>()*?~#%{}\n\u{e9}-]{0,12}") {
                let shell = Command::new("sh").args(["-c", &format!("printf %s_ {}", super::argument(&text))]).output();
                prop_assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), format!("{text}_"));
            }
        }
    }
}
