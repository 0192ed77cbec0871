//! A check, from its first step to what is written down of it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::explain;
use crate::ops::check::{Check, Subject};
use crate::tui::state::{Answer, CheckReply, Request};

/// Between two moments of a check, at least.
const SAMPLE: Duration = Duration::from_millis(100);

/// Checks, and says how far it is, until it has ended; `None` if it was stopped.
pub(super) async fn to_the_end(
    shared: &Shared,
    request: &Request<CheckReply>,
    subject: Subject,
    stop: &CancellationToken,
) -> Option<Answer<()>> {
    // Nobody looks at a check that was stopped. Dropping it here closes its connections.
    tokio::select! {
        ended = checked(shared, request, subject) => Some(ended),
        () = stop.cancelled() => None,
    }
}

async fn checked(shared: &Shared, request: &Request<CheckReply>, subject: Subject) -> Answer<()> {
    let mut check = Check::begin(&shared.workspace, Some(subject)).await?;
    let show = |check: &Check| shared.reply(request, CheckReply::Progress(Box::new(check.checked.clone())));
    show(&check);
    while check.changed().await && !check.checked.has_ended() {
        show(&check);
        tokio::time::sleep(SAMPLE).await;
    }
    // Before the end is shown: the list of accounts has the result by then.
    let recorded = check.record(&shared.workspace).await;
    show(&check);
    recorded.map_err(|error| explain::account(&error))
}
