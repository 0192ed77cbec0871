//! Ctrl-C, and the signal by which a scheduler or a container ends a program.

use tokio_util::sync::CancellationToken;

/// A token that is cancelled at the first interruption; the second one ends the program at once.
pub(super) fn cancelled() -> CancellationToken {
    let cancel = CancellationToken::new();
    let cancelled = cancel.clone();
    tokio::spawn(async move {
        interruption().await;
        cancel.cancel();
        interruption().await;
        std::process::exit(130);
    });
    cancelled
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
