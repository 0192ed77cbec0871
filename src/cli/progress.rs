//! Shows progress on standard error until something ends.

use std::time::Duration;

use indicatif::ProgressStyle;
use tokio::sync::watch;

/// The time between two samples for bars; the newest progress is enough.
const LOOK: Duration = Duration::from_millis(100);

pub(super) fn bar_style() -> ProgressStyle {
    let style = ProgressStyle::with_template("  {bar:32} {percent:>3} %  {msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─")
}

/// Shows `progress` after each change, for `bars` ten times a second at most, and once more after `end`. Returns the
/// result of `end`.
pub(super) async fn follow<P: Clone, T>(
    mut progress: watch::Receiver<P>,
    bars: bool,
    end: impl Future<Output = T>,
    mut show: impl FnMut(&P),
) -> T {
    let mut end = std::pin::pin!(end);
    let end = loop {
        let now = progress.borrow_and_update().clone();
        show(&now);
        let next = async {
            if bars {
                tokio::time::sleep(LOOK).await;
            }
            if progress.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            end = &mut end => break end,
            () = next => {}
        }
    };
    let last = progress.borrow().clone();
    show(&last);
    end
}
