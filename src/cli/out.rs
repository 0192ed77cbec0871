//! Standard output, whose reader may go before the end: `writeback history | head -1`.
//!
//! The command goes on without an error then, and its exit code does not change: an export is finished even if nobody
//! reads the rest of its report.

use std::io::{self, ErrorKind, Stdout, Write};

use anstream::AutoStream;

use super::line;

/// The width of the terminal behind standard output; `None` for a pipe or a file.
pub(super) fn room() -> Option<u16> {
    line::room(&io::stdout())
}

pub(super) fn out() -> Out {
    Out(anstream::stdout())
}

/// Counts as written what its reader no longer reads.
pub(super) struct Out(AutoStream<Stdout>);

impl Out {
    /// Writes a line for people.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self, "{}", line::styled(line, room()))
    }
}

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
