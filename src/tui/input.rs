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
/// window by a signal, and ends.
///
/// # Errors
/// When there is no thread to be had.
pub(super) fn read() -> io::Result<impl Stream<Item = io::Result<Event>> + Unpin> {
    let (sender, mut events) = mpsc::unbounded_channel();
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
