//! Tests accounts: one in visible steps, or all at once, each in its row.

use super::{AccountProblem, AccountTask, rebuild_rows};
use crate::accounts::{Account, AccountRef, CredentialOwner, Verdict, found_valid};
use crate::check::{AccountFinding, Checked};
use crate::explain;
use crate::export::Service;
use crate::tui::dashboard::{Home, check};
use crate::tui::state::{Effect, HasShell as _, RequestId, Severity, Subject, Tested};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    pub all: usize,
    valid: usize,
    refused: usize,
    untested: usize,
}

impl Round {
    pub fn ended(&self) -> usize {
        self.valid + self.refused + self.untested
    }

    fn sentence(&self) -> String {
        let parts = [(self.valid, "valid"), (self.refused, "not valid"), (self.untested, "could not be tested")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        let why = if self.valid < self.all { " What is wrong is said under the list." } else { "" };
        format!("Tested {}: {}.{why}", self.all, parts.join(", "))
    }
}

pub(super) fn test_selected(home: &mut Home) -> Vec<Effect> {
    let holder = home.accounts.list.under_cursor().map(|row| row.holder.clone());
    holder.map(|holder| check::start(home, Subject::Account(holder))).unwrap_or_default()
}

/// Tests all accounts, including those that the filter hides.
pub(super) fn test_all(home: &mut Home) -> Vec<Effect> {
    if let Some(round) = home.accounts.round {
        home.notify(Severity::Idle, format!("All {} are being tested.", round.all));
        return Vec::new();
    }
    let holders: Vec<AccountRef> = home.accounts.list.all().map(|row| row.holder.clone()).collect();
    home.accounts.round = Some(Round { all: holders.len(), ..Round::default() });
    let test = |holder: AccountRef| {
        let request = home.request(tested);
        home.accounts.begin_task(&request, holder.clone(), AccountTask::Testing);
        Effect::TestAccount { request, holder }
    };
    holders.into_iter().map(test).collect()
}

fn tested(home: &mut Home, id: RequestId, tested: Tested) -> Vec<Effect> {
    let Some(holder) = home.accounts.end(id) else { return Vec::new() };
    let mut round = home.accounts.round.unwrap_or_default();
    match tested {
        Tested::Valid(account) => {
            round.valid += 1;
            apply_result(home, &holder, None, |known| *known = *account);
        }
        Tested::Refused(explanation) => {
            round.refused += 1;
            let now = home.now;
            apply_result(home, &holder, Some(explanation.to_string()), |known| known.refused = Some(now));
        }
        Tested::Unknown(explanation) => {
            round.untested += 1;
            apply_result(home, &holder, Some(explanation.to_string()), |_| {});
        }
    }
    if round.ended() < round.all {
        home.accounts.round = Some(round);
        return Vec::new();
    }
    home.accounts.round = None;
    let severity = if round.valid == round.all { Severity::Info } else { Severity::Warning };
    home.notify(severity, round.sentence());
    home.load()
}

/// Takes what a check has found out about its accounts. For credentials in the environment it is kept nowhere else.
pub(in crate::tui::dashboard) fn take_check(home: &mut Home, checked: &Checked) {
    let now = home.now;
    for AccountFinding { account, verdict, failure } in checked.accounts() {
        let why = failure.map(|failure| explain::failure(failure).to_string());
        apply_result(home, &account, why, |known| match verdict {
            Some(Verdict::Valid(owner)) => *known = found_valid(known.clone(), owner, now),
            Some(Verdict::Refused) => known.refused = Some(now),
            None => {}
        });
    }
}

/// Takes a test of the environment's credentials in the wizard.
pub(in crate::tui) fn take_accepted(home: &mut Home, service: Service, owner: CredentialOwner) {
    let now = home.now;
    let account = AccountRef::Environment(service);
    apply_result(home, &account, None, |known| *known = found_valid(known.clone(), owner, now));
}

/// Applies the result of a test without reloading the accounts.
fn apply_result(home: &mut Home, holder: &AccountRef, trouble: Option<String>, change: impl FnOnce(&mut Account)) {
    let known = match holder {
        AccountRef::Account(..) => {
            home.saved_accounts.iter_mut().find(|account| AccountRef::from(&**account) == *holder)
        }
        AccountRef::Environment(service) => {
            let found = home.accounts.from_environment.iter_mut().find(|found| found.account.service == *service);
            found.map(|found| &mut found.account)
        }
    };
    let refused = known.is_some_and(|known| {
        change(known);
        known.refused.is_some()
    });
    home.accounts.problems.retain(|trouble| trouble.of != *holder);
    home.accounts.problems.extend(trouble.map(|why| AccountProblem { of: holder.clone(), why, refused }));
    rebuild_rows(home);
}
