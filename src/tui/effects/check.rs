//! A check, from its first step to what is written down of it.

use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::shared::Shared;
use crate::accounts::{self, AccountRef};
use crate::check::{self, Checked, Plan, Source};
use crate::explain::{self, Explanation};
use crate::export::Service;
use crate::tui::state::{Answer, CheckReply, Request, Subject};

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
    let plan = plan(shared, &subject).await?;
    let mut checked = Checked::new(&plan, Utc::now());
    let mut results = check::start(plan);
    let say = |checked: &Checked| shared.reply(request, CheckReply::Progress(Box::new(checked.clone())));
    loop {
        checked.results.clone_from(&results.borrow_and_update());
        if checked.has_ended() {
            break;
        }
        say(&checked);
        if results.changed().await.is_err() {
            break;
        }
        tokio::time::sleep(SAMPLE).await;
    }
    // Before the end is shown: the list of accounts has the result by then.
    let kept = match &subject {
        Subject::Account(AccountRef::Account(service, name)) => keep(shared, *service, name, &checked).await,
        Subject::Account(AccountRef::Environment(_)) | Subject::Export(_) => Ok(()),
    };
    say(&checked);
    kept
}

async fn plan(shared: &Shared, subject: &Subject) -> Result<Plan, Explanation> {
    let book = shared.book().await?;
    let (environment, limits) = (&shared.tools.environment, shared.tools.limits.clone());
    let (vault, services) = (shared.vault().await, shared.services().await?);
    let source = Source { environment, book: &book, vault, services };
    Ok(match subject {
        Subject::Account(holder) => {
            let name = match holder {
                AccountRef::Account(_, name) => Some(name.as_str()),
                AccountRef::Environment(_) => None,
            };
            let lines = vec![source.line(holder.service(), name).await];
            Plan { lines, export: None, today: Utc::now().date_naive(), limits }
        }
        Subject::Export(export) => {
            let lines = source.lines_of(&export.credentials).await;
            let today = export.schedule.date_of(Utc::now());
            Plan { lines, export: Some((**export).clone()), today, limits }
        }
    })
}

/// Writes down whether the account is valid, where the service has said it.
async fn keep(shared: &Shared, service: Service, name: &str, checked: &Checked) -> Result<(), Explanation> {
    let Some(verdict) = checked.verdict() else { return Ok(()) };
    let mut book = shared.book().await?;
    let kept = accounts::record_test(&mut book, (service, name), verdict, Utc::now());
    kept.await.map(drop).map_err(|error| explain::account(&error))
}
