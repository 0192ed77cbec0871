//! Ctrl-C, and the signals by which a scheduler, a container, a window or the end of a session ends a program.

#[cfg(unix)]
use std::sync::LazyLock;

use tokio_util::sync::CancellationToken;

use super::exit::Exit;
#[cfg(windows)]
use crate::system::process::signals::Signals;

/// A token that the first interruption cancels; the second one ends the program at once.
pub(super) fn cancelled() -> CancellationToken {
    let cancel = CancellationToken::new();
    let cancelled = cancel.clone();
    tokio::spawn(async move {
        interruption().await;
        cancel.cancel();
        interruption().await;
        std::process::exit(Exit::Cancelled.code().into());
    });
    cancelled
}

#[cfg(unix)]
pub(super) async fn interruption() {
    use tokio::signal::unix::{SignalKind, signal};
    // `nohup` ignores the signal of a closed terminal; listening for it would undo that.
    let hangup = async {
        if hangup_was_ignored() {
            return std::future::pending().await;
        }
        match signal(SignalKind::hangup()) {
            Ok(mut hangup) => drop(hangup.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        () = hangup => {}
    }
}

/// Tells if the signal of a closed terminal was ignored when the program started. Without unsafe code only Linux tells
/// (proc_pid_status(5): the mask `SigIgn`, whose lowest bit is signal 1); elsewhere `nohup` has no effect.
#[cfg(unix)]
fn hangup_was_ignored() -> bool {
    static IGNORED: LazyLock<bool> = LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
        mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask & 1 == 1)
    });
    *IGNORED
}

#[cfg(windows)]
pub(super) async fn interruption() {
    match Signals::listen() {
        Ok(mut signals) => drop(signals.next().await),
        Err(_) => std::future::pending().await,
    }
}

/// Ends the program at an interruption that no command handles. Windows itself would use an exit code of its own
/// (0xC000013A).
#[cfg(windows)]
pub(super) fn end_as_interrupted() {
    tokio::spawn(async {
        Signals::unhandled().await;
        std::process::exit(Exit::Cancelled.code().into());
    });
}
