//! Recognizes a line that sets a variable, pasted whole instead of its value.

/// The variables that this program reads, but for those that only libraries do.
const NAMES: [&str; 17] = [
    "DW_AUTH_TOKEN",
    "DOMO_CLIENT_ID",
    "DOMO_CLIENT_SECRET",
    "DOMO_DEVELOPER_TOKEN",
    "DOMO_INSTANCE",
    "WRITEBACK_HOME",
    "WRITEBACK_DATAWORLD_URL",
    "WRITEBACK_DOMO_URL",
    "WRITEBACK_LOG",
    "CREDENTIALS_DIRECTORY",
    "TMPDIR",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// The variable that `text` sets: `NAME=value`, with or without a shell's keyword. Any of ours counts, for a
/// neighboring line is as easily pasted.
pub(crate) fn assigned(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let after_word = ["export ", "set ", "setx ", "$env:"].into_iter().find_map(|word| {
        let (start, rest) = text.split_at_checked(word.len())?;
        start.eq_ignore_ascii_case(word).then(|| rest.trim_start())
    });
    let text = after_word.unwrap_or(text).trim_start_matches(['"', '\'']);
    let sets = |name: &&str| text.strip_prefix(*name).is_some_and(|rest| rest.trim_start().starts_with('='));
    NAMES.into_iter().find(sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_sets_a_variable_is_known_by_its_name() {
        for line in [
            "DOMO_CLIENT_ID=abc",
            "export DOMO_CLIENT_ID='abc'",
            "  Export  DOMO_CLIENT_ID = abc",
            "$env:DOMO_CLIENT_ID = \"abc\"",
            "set \"DOMO_CLIENT_ID=abc\"",
            "DOMO_CLIENT_ID=",
        ] {
            assert_eq!(assigned(line), Some("DOMO_CLIENT_ID"), "{line}");
        }
        for other in
            ["", "abc", "DOMO_CLIENT_ID", "abc=", "https://host/?DOMO_CLIENT_ID=x", "DOMO_CLIENT_IDS=x", "ABC=x", "é="]
        {
            assert_eq!(assigned(other), None, "{other}");
        }
    }
}
