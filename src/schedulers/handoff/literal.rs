//! String literals for YAML and Python.

/// A string in double quotes, with escapes that both languages share. Invisible characters become numeric escapes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if is_plain(c) => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted + "\""
}

/// A YAML block scalar, indented, or a quoted string if YAML could read the lines differently.
pub(super) fn block(text: &str, indent: usize) -> String {
    let as_it_is = text.chars().all(|c| c == '\n' || is_plain(c))
        && text.ends_with(|c| c != '\n')
        && !text.starts_with([' ', '\n']);
    if !as_it_is {
        return quoted(text);
    }
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") });
    format!("|-\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Visible, and no part of the character before it.
fn is_plain(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().len() == 1
}
