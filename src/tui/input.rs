//! Keys, pasted text, sizes and focus, as the terminal tells them.

use std::io;

use crossterm::event::{self, Event};
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

/// Reads the terminal on a thread of its own.
///
/// crossterm 0.29 reads a terminal whose window was closed for ever, without giving control back (its `EventStream` does
/// so too, in the middle of the loop that waits for it). Here that happens beside the loop, which hears of the closed
/// window, and ends: by a signal, or, when it is not the terminal that sends this program signals, from [`until_closed`].
///
/// # Errors
/// When there is no thread to be had.
pub(super) fn read() -> io::Result<impl Stream<Item = io::Result<Event>> + Unpin> {
    let (sender, mut events) = mpsc::unbounded_channel();
    #[cfg(unix)]
    {
        let sender = sender.clone();
        std::thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            let _ = sender.send(Err(until_closed()));
        })?;
    }
    std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
        loop {
            let event = event::read();
            let failed = event.is_err();
            if sender.send(event).is_err() || failed {
                return;
            }
        }
    })?;
    Ok(poll_fn(move |context| events.poll_recv(context)))
}

/// Waits until the terminal that is standard input is gone, and says so.
#[cfg(unix)]
fn until_closed() -> io::Error {
    use rustix::event::{PollFd, PollFlags, poll};
    let stdin = io::stdin();
    // Nothing is asked for: a hang-up is told all the same, and keys wake nobody.
    let mut terminal = [PollFd::new(&stdin, PollFlags::empty())];
    loop {
        match poll(&mut terminal, None) {
            Ok(_) if !terminal[0].revents().is_empty() => return io::ErrorKind::UnexpectedEof.into(),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return error.into(),
        }
    }
}
