//! Standard output, whose reader may go before a command has said all: `writeback history | head -1`.
//!
//! Nobody misses what nobody reads. So the command goes on to its end without a complaint, and its exit code is what it
//! would have been: an export that was begun is made, whether or not somebody reads how it went.

use std::io::{self, ErrorKind, IsTerminal as _, Stdout, Write};

use anstream::AutoStream;

/// A terminal that does not say how wide it is.
const USUAL: u16 = 80;
/// Nothing is made to fit into less.
const LEAST: u16 = 40;

/// How wide the terminal is that standard output goes to; `None` where it goes elsewhere.
pub(super) fn room() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let told = crossterm::terminal::size().map(|(columns, _)| columns);
    Some(told.ok().filter(|columns| *columns > 0).unwrap_or(USUAL).max(LEAST))
}

/// Standard output.
pub(super) fn out() -> Out {
    Out(anstream::stdout())
}

/// Standard output, on which what nobody reads counts as written.
pub(super) struct Out(AutoStream<Stdout>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unread(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unread(self.0.flush(), ())
    }
}

/// What was done, or `instead` where the reader has gone.
fn unread<T>(done: io::Result<T>, instead: T) -> io::Result<T> {
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(instead),
        done => done,
    }
}
