//! The SQL that both services need here: `SELECT * FROM t [LIMIT n]` and `SELECT COUNT(*) FROM t`.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Select {
    pub(crate) table: String,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// All columns, with the limit of rows.
    Rows(Option<u64>),
    Count,
}

/// Parses a statement; `None` for anything else.
pub(crate) fn parse(statement: &str) -> Option<Select> {
    let statement = statement.trim().trim_end_matches(';').replace("( * )", "(*)");
    let words: Vec<&str> = statement.split_whitespace().collect();
    let keyword =
        |index: usize, word: &str| words.get(index).is_some_and(|written: &&str| written.eq_ignore_ascii_case(word));
    let table = words.get(3)?.trim_matches(['`', '"', '[', ']']).to_owned();
    if !keyword(0, "select") || !keyword(2, "from") || table.is_empty() {
        return None;
    }
    let what = match words.len() {
        4 if keyword(1, "*") => What::Rows(None),
        4 if keyword(1, "count(*)") => What::Count,
        6 if keyword(1, "*") && keyword(4, "limit") => What::Rows(Some(words[5].parse().ok()?)),
        _ => return None,
    };
    Some(Select { table, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_statements_are_parsed() {
        let rows = |limit| Some(Select { table: "my_table".into(), what: What::Rows(limit) });
        assert_eq!(parse("SELECT * FROM my_table"), rows(None));
        assert_eq!(parse("select * from `my_table` limit 10;"), rows(Some(10)));
        let count = Select { table: "t".into(), what: What::Count };
        assert_eq!(parse("SELECT COUNT(*) FROM t"), Some(count));
        for refused in
            ["", "SELECT a FROM t", "DELETE FROM t", "SELECT * FROM t LIMIT x", "SELECT * FROM t WHERE a = 1"]
        {
            assert_eq!(parse(refused), None, "{refused}");
        }
    }
}
