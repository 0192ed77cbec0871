use std::fmt::Display;

/// A CSV record being written. Quotes cells only if necessary (RFC 4180).
#[derive(Debug)]
pub(crate) struct Cells {
    line: String,
    escape: bool,
    first: bool,
}

impl Cells {
    /// With `escape`, a cell that starts with `=`, `+`, `-` or `@` gets a `'` in front, as Domo's Java SDK describes
    /// `disableFormulaInterpretation`. Numbers do not: Domo's Python SDK, which never sets the option, reads negative
    /// ones.
    pub(crate) fn new(escape: bool) -> Cells {
        Cells { line: String::new(), escape, first: true }
    }

    pub(crate) fn cell(&mut self, value: impl Display) -> &mut Cells {
        self.put(&value.to_string(), false)
    }

    /// Adds a cell, in quotes even if unnecessary.
    pub(crate) fn quoted(&mut self, value: &str) -> &mut Cells {
        self.put(value, true)
    }

    /// Adds an amount in cents, as a decimal.
    pub(crate) fn cents(&mut self, cents: i64) -> &mut Cells {
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        self.cell(format_args!("{sign}{}.{:02}", cents / 100, cents % 100))
    }

    /// The record, without a line end.
    pub(crate) fn into_line(self) -> Vec<u8> {
        self.line.into_bytes()
    }

    fn put(&mut self, value: &str, quote: bool) -> &mut Cells {
        if !self.first {
            self.line.push(',');
        }
        self.first = false;
        let formula = value.starts_with(['=', '+', '-', '@']) && value.parse::<f64>().is_err();
        let apostrophe = if self.escape && formula { "'" } else { "" };
        if quote || value.contains([',', '"', '\n', '\r']) {
            let doubled = value.replace('"', "\"\"");
            self.line.extend(["\"", apostrophe, &doubled, "\""]);
        } else {
            self.line.extend([apostrophe, value]);
        }
        self
    }
}
