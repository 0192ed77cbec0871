//! Prints a check on standard output: the steps, then the report for a support ticket if it is wanted, and the verdict.
//!
//! ```text
//! data.world
//!   ✓ Credentials      account analyst
//!   ✓ Connection       1.2.3.4:443 (0.1 s)
//!   ✗ API token        failed (0.2 s)
//!       data.world does not accept the API token (401).
//!       Copy the token again in data.world under Settings, Advanced: …
//!   – 3 steps          skipped: the API token was not accepted
//!
//! ✗ 1 step failed: API token of data.world.
//! ```
//!
//! In a terminal, sentences are broken between words and indented. Piped output is not broken, for it may be pasted to
//! where lines have another width.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;

use crate::check::{Checked, State, Step, StepResult, left_out};
use crate::cli::line::{hanging, sign_style};
use crate::cli::out::{out, room};
use crate::explain::{self, Explanation};
use crate::text::format;

/// The width of a step's title.
const TITLE: usize = 16;
/// The indent of sentences under their step.
const SENTENCES: usize = 6;

/// Prints a check on standard output. `anstream` removes colors outside terminals.
pub(super) struct Lines {
    printed: usize,
    room: Option<u16>,
}

impl Lines {
    pub(super) fn of_stdout() -> Self {
        Self { printed: 0, room: room() }
    }

    /// Prints steps that have ended since the last call, in their order.
    pub(super) fn steps(&mut self, results: &[StepResult]) -> io::Result<()> {
        let mut out = out();
        while let Some(result) = results.get(self.printed).filter(|result| result.has_ended()) {
            if result.step == Step::Credentials {
                let gap = if self.printed > 0 { "\n" } else { "" };
                let bold = Style::new().bold();
                writeln!(out, "{gap}{bold}{}{bold:#}", result.service)?;
            }
            let left_out = left_out(&results[self.printed..]);
            let title = match left_out {
                0 | 1 => explain::step(result.service, result.step).to_owned(),
                several => format::counted(several as u64, "step"),
            };
            self.step(&mut out, &title, result)?;
            self.printed += left_out.max(1);
        }
        Ok(())
    }

    fn step(&self, out: &mut impl Write, title: &str, result: &StepResult) -> io::Result<()> {
        let (sign, text) = match &result.state {
            State::Done(found) => ("✓ ", found.clone()),
            State::Warned(found, _) => ("! ", found.clone()),
            State::Failed(_) => ("✗ ", "failed".to_owned()),
            State::Skipped(reason) => ("– ", format!("skipped: {reason}")),
            State::Waiting | State::Running => return Ok(()),
        };
        let style = sign_style(sign);
        let took = result.took.filter(|took| *took >= Duration::from_millis(100));
        let took = took.map(|took| format!(" ({})", format::took(took))).unwrap_or_default();
        let label = format!("  {style}{}{style:#} {title:TITLE$} ", sign.trim_end());
        // Skipped steps are not emphasized.
        let words = if matches!(result.state, State::Skipped(_)) { style } else { Style::new() };
        self.hanging(out, &label, &format!("{text}{took}"), words)?;
        let label = " ".repeat(SENTENCES);
        for sentence in explain::result(result).iter().flat_map(sentences) {
            self.hanging(out, &label, &sentence, Style::new())?;
        }
        Ok(())
    }

    /// Prints the block for a support ticket.
    pub(super) fn ticket(&self, checked: &Checked) -> io::Result<()> {
        let mut out = out();
        let bold = Style::new().bold();
        writeln!(out, "\n{bold}For a support ticket{bold:#}")?;
        for line in explain::ticket(checked) {
            let label = format!("  {}", line.label);
            self.hanging(&mut out, &label, &line.text, Style::new())?;
        }
        Ok(())
    }

    /// Prints a text after its label; the rest of the text is indented to its beginning.
    fn hanging(&self, out: &mut impl Write, label: &str, text: &str, style: Style) -> io::Result<()> {
        let line = format!("{label}{style}{text}{style:#}");
        writeln!(out, "{}", hanging(&line, textwrap::core::display_width(label), self.room))
    }

    /// Prints the last line, after an empty one if it is not the only one.
    pub(super) fn verdict(&self, results: &[StepResult]) -> io::Result<()> {
        let failed = results.iter().filter(|result| matches!(result.state, State::Failed(_)));
        let failed: Vec<String> = failed
            .map(|result| format!("{} of {}", explain::step(result.service, result.step), result.service))
            .collect();
        let line = match (explain::verdict(results), results.iter().any(StepResult::is_problem)) {
            (words, _) if !failed.is_empty() => format!("✗ {words}: {}.", failed.join(", ")),
            (words, true) => format!("! Verdict: {words}."),
            (words, false) => format!("✓ Verdict: {words}."),
        };
        if self.printed > 0 {
            out().line("")?;
        }
        out().line(&line)
    }
}

fn sentences(explanation: &Explanation) -> Vec<String> {
    let Explanation { what, advice, support_id } = explanation.clone();
    let id = support_id.map(|id| format!("Support id {id}."));
    [Some(what), Some(advice).filter(|advice| !advice.is_empty()), id].into_iter().flatten().collect()
}
