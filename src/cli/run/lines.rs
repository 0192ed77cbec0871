//! The progress of a run without the screen: bars on a terminal, else a line for each phase.

use std::io::IsTerminal as _;

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};
use tokio::sync::watch;

use crate::cli::line::{room, styled};
use crate::cli::progress::{bar_style, follow};
use crate::cli::stderr::eprint_line;
use crate::explain;
use crate::history::Phase;
use crate::text::format;
use crate::text::terminal_text::printable;
use crate::transfer::{Pace, Pause, PhaseState, Progress, estimated_total};

/// The columns of a phase's label, with the gap after it.
const LABEL: usize = 13;

/// The way in which a run is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// Ends with a JSON object on standard output.
    pub(super) json: bool,
    bars: bool,
}

impl Shown {
    pub(crate) fn for_terminal(json: bool) -> Self {
        Self { json, bars: std::io::stderr().is_terminal() }
    }

    /// A person reads along.
    pub(super) fn is_watched(self) -> bool {
        self.bars && !self.json
    }

    /// Shows a run until it ends, and returns its result.
    pub(super) async fn follow<T>(
        &self,
        export: &str,
        progress: watch::Receiver<Progress>,
        end: impl Future<Output = T>,
    ) -> T {
        let mut view = View::new(export, self.bars);
        let end = follow(progress, self.bars, end, |now| view.show(now)).await;
        view.end();
        end
    }
}

/// The printed lines of a run, and the bars below them.
pub(crate) struct View {
    export: String,
    bars: Option<Bars>,
    /// Already printed.
    states: [PhaseState; 5],
    note: Option<Pause>,
    pace: Pace,
}

struct Bars {
    all: MultiProgress,
    bar: ProgressBar,
}

impl View {
    pub(crate) fn new(export: &str, bars: bool) -> Self {
        let bars = bars.then(|| {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            let bar = all.add(ProgressBar::new(0));
            bar.set_style(bar_style());
            Bars { all, bar }
        });
        Self {
            export: printable(export).into_owned(),
            bars,
            states: Default::default(),
            note: None,
            pace: Pace::default(),
        }
    }

    pub(crate) fn show(&mut self, progress: &Progress) {
        if self.states == <[PhaseState; 5]>::default() && progress.phases != self.states {
            self.line(&self.export.clone());
        }
        for phase in Phase::ALL {
            let (old, new) = (self.states[phase as usize], progress.phases[phase as usize]);
            if let (true, Some(line)) = (old != new, line(phase, new, progress)) {
                self.line(&line);
            }
        }
        self.states = progress.phases;
        if progress.note != self.note {
            self.note.clone_from(&progress.note);
            if let Some(note) = &progress.note {
                self.line(&format!("  ! {}", printable(&explain::pause(note))));
            }
        }
        self.pace.add(progress.elapsed, progress.bytes_moved());
        if let Some(Bars { bar, .. }) = &self.bars {
            let total = estimated_total(progress).unwrap_or(0);
            bar.set_length(total.max(1));
            // Each byte comes in and goes out: at once, or one after the other if a file is replaced.
            bar.set_position((progress.bytes_in / 2 + progress.bytes_out / 2).min(total));
            bar.set_message(message(progress, &self.pace));
        }
    }

    fn line(&self, text: &str) {
        match &self.bars {
            // A line that the terminal does not take is lost.
            Some(Bars { all, .. }) => drop(all.println(for_bars(text))),
            None => eprint_line(text),
        }
    }

    fn end(self) {
        if let Some(Bars { bar, .. }) = self.bars {
            bar.finish_and_clear();
        }
    }
}

/// The line of a phase; `None` until it has ended.
fn line(phase: Phase, state: PhaseState, progress: &Progress) -> Option<String> {
    let took = match state {
        PhaseState::Done(took) => took,
        PhaseState::Failed if phase == Phase::Ask => {
            return Some(format!("  ✗ {:LABEL$}{}", phase.label(), progress.ask_summary()));
        }
        PhaseState::Failed => return Some(format!("  ✗ {}", phase.label())),
        PhaseState::Stopped => return Some(format!("  – {:LABEL$}stopped", phase.label())),
        PhaseState::Waiting | PhaseState::Running | PhaseState::Skipped => return None,
    };
    let rows = format::counted(progress.rows, "row");
    let text = match phase {
        Phase::Ask => progress.ask_summary(),
        Phase::Export => format!("{rows}, {}", format::bytes(progress.bytes_in)),
        Phase::Upload => format::bytes(progress.bytes_out),
        Phase::Processing => "data.world has taken the file in".to_owned(),
        Phase::Proof => format!("{rows} and {}, as sent", format::bytes(progress.bytes_out)),
    };
    Some(format!("  ✓ {:LABEL$}{text}  ({})", phase.label(), format::took(took)))
}

/// A line that is printed above bars, which `anstream` does not see.
fn for_bars(line: &str) -> String {
    let stderr = std::io::stderr();
    let line = styled(line, room(&stderr));
    if AutoStream::choice(&stderr) == ColorChoice::Never { strip_str(&line).to_string() } else { line }
}

/// The text beside the bar. Without a byte for a while there is no speed, and no time left is guessed from an older one.
fn message(progress: &Progress, pace: &Pace) -> String {
    let rows = progress.rows_stated.map_or_else(
        || format::counted(progress.rows, "row"),
        |stated| format!("{} of {}", format::count(progress.rows), format::counted(stated, "row")),
    );
    let direction = if progress.upload_waits() { "down" } else { "up" };
    let moved = format!("{rows}  {} {direction}", format::bytes(progress.bytes_moved()));
    let rate = pace.rate();
    if rate < 1.0 {
        return moved;
    }
    let left = estimated_total(progress).and_then(|total| pace.time_left(total));
    let left = left.map(|left| format!("  {} left", format::clock(left))).unwrap_or_default();
    format!("{moved}  {}{left}", format::speed(rate))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_bar_says_speed_and_time_left_while_bytes_move() {
        let mut pace = Pace::default();
        let mut progress = Progress {
            rows_stated: Some(1000),
            rows: 100,
            bytes_in: 5_000_000,
            bytes_total: Some(50_000_000),
            ..Progress::default()
        };
        progress.phases[Phase::Upload as usize] = PhaseState::Running;
        for second in 0..=5 {
            pace.add(Duration::from_secs(second), second * 1_000_000);
        }
        progress.bytes_out = 5_000_000;
        assert_eq!(message(&progress, &pace), "100 of 1,000 rows  5.0 MB up  1.0 MB/s  0:45 left");
        // Nothing moves for a while.
        (6..20).for_each(|second| pace.add(Duration::from_secs(second), 5_000_000));
        assert_eq!(message(&progress, &pace), "100 of 1,000 rows  5.0 MB up");
    }
}
