//! Reads the errors of `toml`, which have a text and a place, and no other type.

/// A mistake in a TOML file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// An unknown key, and the known ones.
    Key(String, Vec<String>),
    /// An unknown value, and the known ones.
    Value(String, Vec<String>),
    Missing(String),
    Type {
        key: String,
        found: Kind,
        wanted: Kind,
        example: String,
    },
    /// In the words of the library, or a sentence of the type that reads the value.
    Other(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Whole,
    Boolean,
    List,
    Section,
}

/// Reads the error at the byte `at` of a file's text.
pub(super) fn read(message: &str, text: &str, at: usize) -> Mistake {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let found = match quoted.as_slice() {
        [unknown, known @ ..] if message.starts_with("unknown") => {
            let (unknown, known) = ((*unknown).to_owned(), known.iter().map(|known| (*known).to_owned()).collect());
            Some(match message.starts_with("unknown variant") {
                true => Mistake::Value(unknown, known),
                false => Mistake::Key(unknown, known),
            })
        }
        [missing] if message.starts_with("missing field") => Some(Mistake::Missing((*missing).to_owned())),
        _ => another_type(message, text, at),
    };
    found.unwrap_or_else(|| Mistake::Other(message.trim_end().replace('\n', " ")))
}

/// Reads the error about a value of a wrong type, with an example of the right one.
fn another_type(message: &str, text: &str, at: usize) -> Option<Mistake> {
    let (found, wanted) = message.trim_end().strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let key = key_before(text, at)?.to_owned();
    let value = found.split_once(['`', '"']).map_or("", |(_, value)| value.trim_end_matches(['`', '"']));
    let found = match found.split([' ', ',']).next()? {
        "string" => Kind::Text,
        "integer" | "floating" => Kind::Number,
        "boolean" => Kind::Boolean,
        "sequence" => Kind::List,
        "map" => Kind::Section,
        _ => return None,
    };
    let (wanted, example) = match wanted {
        "a boolean" => (Kind::Boolean, if value == "false" { "false".to_owned() } else { "true".to_owned() }),
        "a string" if value.is_empty() => (Kind::Text, "\"…\"".to_owned()),
        "a string" => (Kind::Text, format!("\"{value}\"")),
        "a sequence" => (Kind::List, "[\"…\"]".to_owned()),
        number if number.starts_with(['u', 'i']) && number[1..].parse::<u8>().is_ok() => {
            (Kind::Whole, value.parse::<u32>().map_or_else(|_| "3".to_owned(), |value| value.to_string()))
        }
        section if section.starts_with("struct ") => (Kind::Section, String::new()),
        _ => return None,
    };
    Some(Mistake::Type { key, found, wanted, example })
}

/// The key whose value begins there.
fn key_before(text: &str, at: usize) -> Option<&str> {
    let key = text.get(..at)?.trim_end().strip_suffix('=')?.rsplit(['\n', '{', ',', '.']).next()?.trim();
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::export::Export;

    #[test]
    fn an_unknown_key_or_value_lists_the_known_ones() {
        let good = "name = \"Sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n[output]\n\
                    dataset = \"acme/sales\"\nfile = \"sales\"\n";
        for (more, said) in [
            ("append = \"hourly\"", "7: `hourly` is not a valid value here; possible are `none`, `date` and `number`"),
            ("append = \"dtae\"", "7: `dtae` is not a valid value here. Did you mean `date`?"),
            ("[log]\nxyz = 1", "8: there is no key `xyz` here; only `update` is possible"),
            (
                "[checks]\nxyz = 1",
                "8: there is no key `xyz` here; possible are `allow_empty`, `allow_shrink`, `allow_unproven` and `allow_unreadable`",
            ),
        ] {
            let error = Export::parse(&format!("{good}{more}"), Path::new("x.toml")).unwrap_err().to_string();
            assert_eq!(error, format!("x.toml, line {said}"));
        }
    }

    #[test]
    fn a_value_of_a_wrong_type_is_reported_with_its_key_and_an_example() {
        let good = "name = \"Sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n[output]\n\
                    dataset = \"acme/sales\"\nfile = \"sales\"\n";
        for (text, said) in [
            (
                good.replace("\"Sales\"", "5"),
                "1: `name` is a number; a text in quotes is wanted here, as in `name = \"5\"`",
            ),
            (
                format!("{good}append = \"date\"\nkeep = \"14\""),
                "8: `keep` is a text; a whole number is wanted here, as in `keep = 14`",
            ),
            (
                format!("{good}[checks]\nallow_empty = \"yes\""),
                "8: `allow_empty` is a text; true or false is wanted here, as in `allow_empty = true`",
            ),
            (
                format!("checks = {{ allow_empty = \"false\" }}\n{good}"),
                "1: `allow_empty` is a text; true or false is wanted here, as in `allow_empty = false`",
            ),
            (
                format!("{good}labels = \"report\""),
                "7: `labels` is a text; a list is wanted here, as in `labels = [\"…\"]`",
            ),
            (format!("csv = 1\n{good}"), "1: `csv` is a number; a section is wanted here, as in `[csv]`"),
            (good.replace("file = \"sales\"\n", ""), "4: `file` is missing"),
        ] {
            let error = Export::parse(&text, Path::new("x.toml")).unwrap_err().to_string();
            assert_eq!(error, format!("x.toml, line {said}"));
        }
    }
}
