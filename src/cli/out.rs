//! Standard output, whose reader may go before the end: `writeback history | head -1`.
//!
//! The command goes on without an error then, and its exit code does not change: an export is finished even if nobody
//! reads the rest of its report.

use std::io::{self, ErrorKind, IsTerminal as _, Stdout, Write};

use anstream::AutoStream;

/// The width of a terminal that does not tell its own.
const USUAL: u16 = 80;
/// The least width that tables and lines are fitted to.
const LEAST: u16 = 40;

/// The width of the terminal behind standard output; `None` for a pipe or a file.
pub(super) fn room() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let size = crossterm::terminal::size().map(|(columns, _)| columns);
    Some(size.ok().filter(|columns| *columns > 0).unwrap_or(USUAL).max(LEAST))
}

pub(super) fn out() -> Out {
    Out(anstream::stdout())
}

/// Counts as written what its reader no longer reads.
pub(super) struct Out(AutoStream<Stdout>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ignore_broken_pipe(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        ignore_broken_pipe(self.0.flush(), ())
    }
}

/// Replaces a broken pipe by success.
fn ignore_broken_pipe<T>(done: io::Result<T>, instead: T) -> io::Result<T> {
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(instead),
        done => done,
    }
}
