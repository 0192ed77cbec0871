//! Ctrl-C, and the signal by which a scheduler or a container ends a program.

use tokio_util::sync::CancellationToken;

/// Cancels at the first interruption; the second one ends the program at once.
pub(super) async fn cancels(cancel: CancellationToken) {
    interruption().await;
    cancel.cancel();
    interruption().await;
    std::process::exit(130);
}

/// Waits for an interruption.
#[cfg(unix)]
pub(super) async fn interruption() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hangup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

/// Waits for an interruption.
#[cfg(not(unix))]
pub(super) async fn interruption() {
    let _ = tokio::signal::ctrl_c().await;
}
