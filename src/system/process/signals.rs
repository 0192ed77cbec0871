//! The signals that end the program, and the one that brings a screen back.

use std::io;
#[cfg(windows)]
use std::sync::atomic::{AtomicUsize, Ordering};

#[cfg(windows)]
use tokio::signal::windows;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// `kill`, a closed window, or Ctrl-C from elsewhere.
    End,
    /// The program was stopped and goes on.
    #[cfg(unix)]
    Continue,
}

impl Signals {
    /// Waits for a signal to end. One that came before the call is kept.
    pub(crate) async fn end(&mut self) {
        while self.next().await != Signal::End {}
    }
}

#[cfg(unix)]
pub(crate) struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    go_on: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            go_on: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    pub(crate) async fn continued(&mut self) {
        self.go_on.recv().await;
    }

    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::End,
            _ = self.hang_up.recv() => Signal::End,
            _ = self.interrupt.recv() => Signal::End,
            _ = self.go_on.recv() => Signal::Continue,
        }
    }
}

/// Listens for console events. Keeps the program from ending until it is dropped, or after a signal came.
#[cfg(windows)]
pub(crate) struct Signals {
    events: Events,
    came: bool,
}

/// The parts of the program that handle signals themselves.
#[cfg(windows)]
static HANDLERS: AtomicUsize = AtomicUsize::new(0);

#[cfg(windows)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        let events = Events::listen()?;
        HANDLERS.fetch_add(1, Ordering::SeqCst);
        Ok(Self { events, came: false })
    }

    pub(crate) async fn next(&mut self) -> Signal {
        self.events.next().await;
        self.came = true;
        Signal::End
    }

    pub(crate) async fn unhandled() {
        let Ok(mut events) = Events::listen() else { return std::future::pending().await };
        loop {
            events.next().await;
            if HANDLERS.load(Ordering::SeqCst) == 0 {
                return;
            }
        }
    }
}

#[cfg(windows)]
impl Drop for Signals {
    fn drop(&mut self) {
        // Once a signal came, its handler ends the program.
        if !self.came {
            HANDLERS.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Ctrl-C, Ctrl-Break, the closed window, and the end of the session.
///
/// In raw mode Ctrl-C arrives as a key, Ctrl-Break never does. After the last three Windows ends the program, as soon
/// as it has ended itself or some seconds later (5 for a window: learn.microsoft.com, "HandlerRoutine").
#[cfg(windows)]
struct Events {
    interrupt: windows::CtrlC,
    stop: windows::CtrlBreak,
    close: windows::CtrlClose,
    log_off: windows::CtrlLogoff,
    shut_down: windows::CtrlShutdown,
}

#[cfg(windows)]
impl Events {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: windows::ctrl_c()?,
            stop: windows::ctrl_break()?,
            close: windows::ctrl_close()?,
            log_off: windows::ctrl_logoff()?,
            shut_down: windows::ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.stop.recv() => {}
            _ = self.close.recv() => {}
            _ = self.log_off.recv() => {}
            _ = self.shut_down.recv() => {}
        }
    }
}
