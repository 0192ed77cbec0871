//! The tab Accounts: the saved accounts of both services.

use super::{Entry, Home, Page, Question, Tab, Then, Yes, check};
use crate::accounts::{Account, Choice, Holder};
use crate::service::Service;
use crate::state::actions::keys::*;
use crate::state::actions::{Action, Place};
use crate::state::{AccountChange, Effect, Opening, Picker, Reply, Request, Subject, Weight};

pub(super) const PAGE: Page = Page {
    label: "Accounts",
    place: Place::Accounts,
    entered: |_| Vec::new(),
    reply,
    list: |home| Some(&home.accounts.list.search),
    list_mut: |home| Some(&mut home.accounts.list.search),
    filtered: |home| {
        home.accounts.list.rematch();
        Vec::new()
    },
    moved: |_| Vec::new(),
    is_open: |_| false,
    moves: |home| !home.accounts.changing.is_empty(),
};

/// What keys do on the tab Accounts.
pub(super) static ACTIONS: [Action<Home>; 8] = [
    Action::new(&[letter('t', "t"), ENTER], "test", Place::Accounts, has_account, test),
    Action::new(&[letter('w', "w")], "add data.world", Place::Accounts, is_here, |_| add(Service::DataWorld)),
    Action::new(&[letter('d', "d")], "add Domo", Place::Accounts, is_here, |_| add(Service::Domo)),
    Action::new(&[letter('p', "p")], "replace the credentials", Place::Accounts, has_account, replace),
    Action::new(&[letter('n', "n")], "rename", Place::Accounts, has_account, ask_for_name),
    Action::new(&[letter('m', "m")], "move its exports", Place::Accounts, has_exports, ask_where_to),
    Action::new(&[DELETE], "remove", Place::Accounts, has_account, ask_to_remove),
    Action::new(&[letter('a', "a")], "test all", Place::Accounts, has_account, test_all).quiet(),
];

/// The tab Accounts.
#[derive(Debug)]
pub struct Accounts {
    /// The accounts.
    pub list: Picker<Row>,
    /// What is being done with which.
    changing: Vec<(Request, Service, String)>,
}

/// An account, and which exports use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The account.
    pub account: Account,
    /// The names of the exports that use it.
    pub exports: Vec<String>,
}

impl Default for Accounts {
    fn default() -> Self {
        let list = Picker::new(
            |row: &Row| {
                let Account { name, service, user, instance, .. } = &row.account;
                let about = [user, instance].map(|text| text.as_deref().unwrap_or_default());
                format!("{name} {service} {}", about.join(" "))
            },
            |a, b| {
                let key = |row: &'_ Row| (row.account.service == Service::Domo, row.account.name.clone());
                key(a).cmp(&key(b))
            },
        );
        Self { list, changing: Vec::new() }
    }
}

impl Accounts {
    /// Whether something is being done with an account, such as a test.
    pub fn is_changing(&self, account: &Account) -> bool {
        self.changing.iter().any(|(_, service, name)| *service == account.service && *name == account.name)
    }
}

/// Takes what was read, with the exports that use each account.
pub(super) fn take(home: &mut Home) {
    let choice = Choice::new(&home.environment, &home.kept_accounts);
    let uses = |account: &Account| {
        let exports = home.exports.list.all().filter_map(|row| row.export.as_ref().ok());
        let holder = Some(Holder::from(account));
        let users = exports.filter(|export| choice.of(&export.credentials, account.service) == holder);
        users.map(|export| export.name.clone()).collect()
    };
    let row = |account: &Account| Row { account: account.clone(), exports: uses(account) };
    let rows: Vec<Row> = home.kept_accounts.iter().map(row).collect();
    let held = home.accounts.list.under_cursor().map(|row| (row.account.service, row.account.name.clone()));
    let is_held = |row: &Row| {
        held.as_ref().is_some_and(|(service, name)| row.account.service == *service && row.account.name == *name)
    };
    home.accounts.list.replace(rows, is_held);
}

fn reply(home: &mut Home, request: Request, reply: Box<Reply>) -> Result<Vec<Effect>, Box<Reply>> {
    let Reply::AccountChanged(result) = *reply else { return Err(reply) };
    let accounts = &mut home.accounts;
    let before = accounts.changing.len();
    accounts.changing.retain(|(current, ..)| *current != request);
    if accounts.changing.len() == before {
        return Ok(Vec::new());
    }
    match result {
        Ok(sentence) => home.say(Weight::Info, sentence),
        Err(explanation) => home.say(Weight::Warning, explanation.to_string()),
    }
    Ok(home.load())
}

fn is_here(home: &Home) -> bool {
    home.tab == Tab::Accounts
}

fn has_account(home: &Home) -> bool {
    is_here(home) && home.accounts.list.under_cursor().is_some()
}

fn has_exports(home: &Home) -> bool {
    is_here(home) && home.accounts.list.under_cursor().is_some_and(|row| !row.exports.is_empty())
}

/// Asks for a change of an account.
fn change(home: &mut Home, (service, name): (Service, &str), change: AccountChange) -> Effect {
    let request = home.request();
    let name = name.to_owned();
    home.accounts.changing.push((request, service, name.clone()));
    Effect::ChangeAccount { request, service, name, change }
}

fn test(home: &mut Home) -> Vec<Effect> {
    let Some(Row { account, .. }) = home.accounts.list.under_cursor().cloned() else { return Vec::new() };
    check::begin(home, Subject::Account(account.service, account.name))
}

fn test_all(home: &mut Home) -> Vec<Effect> {
    let all: Vec<Account> = home.kept_accounts.clone();
    all.iter().map(|account| change(home, (account.service, &account.name), AccountChange::Test)).collect()
}

fn add(service: Service) -> Vec<Effect> {
    vec![Effect::OpenWizard(Opening::Credentials { service, replaces: None })]
}

fn replace(home: &mut Home) -> Vec<Effect> {
    let Some(Row { account, .. }) = home.accounts.list.under_cursor() else { return Vec::new() };
    let replaces = Some(Box::new(account.clone()));
    vec![Effect::OpenWizard(Opening::Credentials { service: account.service, replaces })]
}

fn ask_for_name(home: &mut Home) -> Vec<Effect> {
    let Some(Row { account, .. }) = home.accounts.list.under_cursor() else { return Vec::new() };
    let (title, text) = (format!("Rename {}", account.name), "The exports that use it are changed too.");
    let then = Then::RenameAccount(account.service, account.name.clone());
    home.overlay = Some(Entry::over(title, text, account.name.clone(), then));
    Vec::new()
}

/// Renames the account to what was typed.
///
/// # Errors
/// When no account may be called that: a sentence.
pub(super) fn rename(home: &mut Home, account: (Service, &str), typed: &str) -> Result<Vec<Effect>, String> {
    let new = typed.trim();
    crate::accounts::check_name(new).map_err(|error| error.to_string())?;
    if new == account.1 {
        return Ok(Vec::new());
    }
    Ok(vec![change(home, account, AccountChange::Rename(new.to_owned()))])
}

/// The other accounts of the same service.
fn others<'a>(home: &'a Home, (service, name): (Service, &'a str)) -> impl Iterator<Item = &'a str> {
    let same = move |it: &&Account| it.service == service && it.name != name;
    home.kept_accounts.iter().filter(same).map(|it| it.name.as_str())
}

fn ask_where_to(home: &mut Home) -> Vec<Effect> {
    let Some(Row { account, exports }) = home.accounts.list.under_cursor() else { return Vec::new() };
    let names: Vec<&str> = others(home, (account.service, &account.name)).collect();
    let Some(first) = names.first() else {
        let text = format!("There is no other {} account. Add one first.", account.service);
        home.say(Weight::Warning, text);
        return Vec::new();
    };
    let title = format!("Move the exports of {}", account.name);
    let text = format!("{} will use the account that you enter: {}.", exports.join(", "), names.join(", "));
    let then = Then::MoveExports(account.service, account.name.clone());
    home.overlay = Some(Entry::over(title, text, (*first).to_owned(), then));
    Vec::new()
}

/// Moves the exports of the account to the one that was typed.
///
/// # Errors
/// When there is none: a sentence.
pub(super) fn move_exports(home: &mut Home, account: (Service, &str), typed: &str) -> Result<Vec<Effect>, String> {
    let to = typed.trim();
    if !others(home, account).any(|name| name == to) {
        return Err(format!("There is no other {} account with that name.", account.0));
    }
    Ok(vec![change(home, account, AccountChange::MoveTo(to.to_owned()))])
}

fn ask_to_remove(home: &mut Home) -> Vec<Effect> {
    let Some(Row { account, exports }) = home.accounts.list.under_cursor().cloned() else { return Vec::new() };
    let stops = match exports.as_slice() {
        [] => String::new(),
        [one] => format!("The export {one} stops working. "),
        several => format!("The exports {} stop working. ", several.join(", ")),
    };
    let text = format!("{stops}Its secret is removed too. {}", crate::accounts::revoke(account.service));
    let (title, yes) = (format!("Remove {}?", account.name), Yes::RemoveAccount(account.service, account.name));
    home.overlay = Some(super::Overlay::Ask(Question { title, text, yes }));
    Vec::new()
}

/// Removes an account.
pub(super) fn remove(home: &mut Home, service: Service, name: &str) -> Vec<Effect> {
    vec![change(home, (service, name), AccountChange::Remove)]
}
