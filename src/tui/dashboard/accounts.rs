//! The tab Accounts: the saved accounts of both services, and the credentials in the environment.

mod change;
mod testing;

pub(super) use change::{move_exports, remove, rename};
pub use testing::Round;
pub(in crate::tui) use testing::take_accepted;
pub(super) use testing::take_check;

use super::{Home, Tab, TabSpec};
use crate::accounts::{Account, AccountRef, Choice, FromEnvironment};
use crate::config::Environment;
use crate::export::Service;
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Place};
use crate::tui::state::{Picker, Request, RequestId};

pub(super) const SPEC: TabSpec = TabSpec {
    label: "Accounts",
    place: Place::Accounts,
    entered: |_| Vec::new(),
    list: |home| Some(&home.accounts.list.search),
    list_mut: |home| Some(&mut home.accounts.list.search),
    filtered: |home| {
        home.accounts.list.rematch();
        Vec::new()
    },
    moved: |_| Vec::new(),
    is_open: |_| false,
    is_animated: |home| !home.accounts.tasks.is_empty(),
};

pub(super) static ACTIONS: [Action<Home>; 5] = [
    Action::new(&[letter('t', "t"), ENTER], "test", Place::Accounts, has_account, testing::test_selected),
    Action::new(&[letter('n', "n")], "new", Place::Accounts, is_here, change::ask_for_service),
    Action::new(&[letter('e', "e")], "edit", Place::Accounts, has_account, change::ask_for_change),
    Action::new(&[letter('x', "x"), DELETE], "remove", Place::Accounts, has_account, change::ask_to_remove),
    Action::new(&[letter('a', "a")], "test all", Place::Accounts, has_account, testing::test_all),
];

#[derive(Debug)]
pub struct Accounts {
    pub list: Picker<AccountRow>,
    pub round: Option<Round>,
    from_environment: Vec<FromEnvironment>,
    tasks: Vec<(RequestId, AccountRef, AccountTask)>,
    problems: Vec<AccountProblem>,
    /// The account to select once it is loaded.
    wanted: Option<AccountRef>,
}

#[derive(Debug)]
struct AccountProblem {
    of: AccountRef,
    why: String,
    /// The account was refused, in this test or before.
    refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountTask {
    Testing,
    Changing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub holder: AccountRef,
    pub account: Account,
    pub exports: Vec<String>,
    pub variables: Option<&'static str>,
    pub wrong: Option<String>,
}

impl Accounts {
    pub(super) fn new(environment: &Environment) -> Self {
        let list = Picker::new(
            |row: &AccountRow| {
                let Account { name, service, user, instance, .. } = &row.account;
                let about = [user, instance].map(|text| text.as_deref().unwrap_or_default());
                format!("{name} {service} {}", about.join(" "))
            },
            |a, b| {
                let key = |row: &'_ AccountRow| {
                    (row.account.service == Service::Domo, row.variables.is_some(), row.account.name.clone())
                };
                key(a).cmp(&key(b))
            },
        );
        let from_environment = FromEnvironment::all(environment);
        Self { list, round: None, from_environment, tasks: Vec::new(), problems: Vec::new(), wanted: None }
    }

    pub fn task(&self, holder: &AccountRef) -> Option<AccountTask> {
        self.tasks.iter().find(|(_, of, _)| of == holder).map(|(.., doing)| *doing)
    }

    /// The problem that the latest test found, or the reason why the account cannot be used.
    pub fn problem<'a>(&'a self, row: &'a AccountRow) -> Option<&'a str> {
        let trouble = self.problems.iter().find(|trouble| trouble.of == row.holder).map(|trouble| trouble.why.as_str());
        trouble.or(row.wrong.as_deref())
    }

    /// Selects an account once it is loaded.
    pub(crate) fn select_when_loaded(&mut self, holder: AccountRef) {
        self.wanted = Some(holder);
    }

    fn begin_task<R>(&mut self, request: &Request<R>, holder: AccountRef, doing: AccountTask) {
        self.tasks.push((request.id, holder, doing));
    }

    /// Removes a task that has ended; returns its account.
    fn end(&mut self, id: RequestId) -> Option<AccountRef> {
        let at = self.tasks.iter().position(|(current, ..)| *current == id)?;
        Some(self.tasks.remove(at).1)
    }
}

/// Rebuilds the rows from the loaded accounts and the exports that use them.
pub(super) fn rebuild_rows(home: &mut Home) {
    let choice = Choice::new(&home.environment, &home.saved_accounts);
    let uses = |holder: &AccountRef| {
        let exports = home.exports.list.all().filter_map(|row| row.export.as_ref().ok());
        let users =
            exports.filter(|export| choice.choose(&export.credentials, holder.service()).as_ref() == Some(holder));
        users.map(|export| export.name.clone()).collect()
    };
    let saved = home.saved_accounts.iter().map(|account| {
        let holder = AccountRef::from(account);
        let exports = uses(&holder);
        AccountRow { holder, account: account.clone(), exports, variables: None, wrong: None }
    });
    let from_environment = home.accounts.from_environment.iter().cloned().map(|found| {
        let FromEnvironment { account, variables, wrong } = found;
        let holder = AccountRef::Environment(account.service);
        let exports = uses(&holder);
        AccountRow { holder, account, exports, variables: Some(variables), wrong: wrong.map(|error| error.to_string()) }
    });
    let rows: Vec<AccountRow> = saved.chain(from_environment).collect();
    // A test that was stopped here, or one by another program, may have found the account valid.
    let is_refused = |of: &AccountRef| rows.iter().any(|row| row.holder == *of && row.account.refused.is_some());
    home.accounts.problems.retain(|trouble| !trouble.refused || is_refused(&trouble.of));
    let wanted = home.accounts.wanted.take_if(|wanted| rows.iter().any(|row| row.holder == *wanted));
    let held = wanted.or_else(|| home.accounts.list.under_cursor().map(|row| row.holder.clone()));
    home.accounts.list.replace(rows, |row| Some(&row.holder) == held.as_ref());
}

fn is_here(home: &Home) -> bool {
    home.tab == Tab::Accounts
}

fn has_account(home: &Home) -> bool {
    is_here(home) && home.accounts.list.under_cursor().is_some()
}
