//! Adds, replaces, renames and removes accounts, and moves their exports. Credentials in the environment can only be
//! changed there.

use super::{AccountRow, AccountTask};
use crate::accounts::{Account, AccountRef};
use crate::export::Service;
use crate::text::terminal_text::name;
use crate::tui::dashboard::{ConfirmedAction, Home, MenuItem, PromptAction, TextPrompt};
use crate::tui::state::{AccountChange, Answer, Effect, HasShell as _, Opening, RequestId, Severity};

fn change_effect(home: &mut Home, (service, name): (Service, &str), change: AccountChange) -> Effect {
    let request = home.request(changed);
    let name = name.to_owned();
    home.accounts.begin_task(&request, AccountRef::Account(service, name.clone()), AccountTask::Changing);
    Effect::ChangeAccount { request, service, name, change }
}

fn changed(home: &mut Home, id: RequestId, result: Answer<String>) -> Vec<Effect> {
    if home.accounts.end(id).is_none() {
        return Vec::new();
    }
    match result {
        Ok(sentence) => home.notify(Severity::Info, sentence),
        Err(explanation) => home.notify(Severity::Warning, explanation.to_string()),
    }
    home.load()
}

/// The selected account. For one in the environment, a notice says why it cannot be `changed` here.
fn selected_account(home: &mut Home, changed: &str) -> Option<AccountRow> {
    let row = home.accounts.list.under_cursor()?.clone();
    let Some(variables) = row.variables else { return Some(row) };
    let text = format!(
        "These credentials are {variables} in the environment: they are never saved, and cannot be {changed} here. \
         Change them there, and start Writeback again."
    );
    home.notify(Severity::Warning, text);
    None
}

pub(super) fn ask_for_service(home: &mut Home) -> Vec<Effect> {
    let items = vec![
        MenuItem { key: 'w', label: "a data.world account", run: |_| add(Service::DataWorld) },
        MenuItem { key: 'd', label: "a Domo account", run: |_| add(Service::Domo) },
    ];
    home.choose("Add what?", items)
}

pub(super) fn ask_for_change(home: &mut Home) -> Vec<Effect> {
    let items = vec![
        MenuItem { key: 'c', label: "replace the credentials", run: replace },
        MenuItem { key: 'n', label: "rename it", run: ask_for_name },
        MenuItem { key: 'm', label: "move its exports to another account", run: ask_for_destination },
    ];
    home.choose("Change what?", items)
}

fn add(service: Service) -> Vec<Effect> {
    vec![Effect::OpenWizard(Opening::Credentials { service, replaces: None })]
}

fn replace(home: &mut Home) -> Vec<Effect> {
    let Some(AccountRow { account, .. }) = selected_account(home, "replaced") else { return Vec::new() };
    let (service, replaces) = (account.service, Some(Box::new(account)));
    vec![Effect::OpenWizard(Opening::Credentials { service, replaces })]
}

fn ask_for_name(home: &mut Home) -> Vec<Effect> {
    let Some(AccountRow { account, .. }) = selected_account(home, "renamed") else { return Vec::new() };
    let (title, text) = (format!("Rename {}", name(&account.name)), "The exports that use it are changed too.");
    let then = PromptAction::RenameAccount(account.service, account.name.clone());
    home.overlay = Some(TextPrompt::overlay(title, text, account.name, then));
    Vec::new()
}

/// Renames the account to the typed name.
///
/// # Errors
/// When the name is not allowed: a sentence.
pub(in crate::tui::dashboard) fn rename(
    home: &mut Home,
    account: (Service, &str),
    typed: &str,
) -> Result<Vec<Effect>, String> {
    let new = typed.trim();
    crate::accounts::check_name(new).map_err(|error| error.to_string())?;
    if new == account.1 {
        return Ok(Vec::new());
    }
    home.accounts.select_when_loaded(AccountRef::Account(account.0, new.to_owned()));
    Ok(vec![change_effect(home, account, AccountChange::Rename(new.to_owned()))])
}

fn other_accounts<'a>(home: &'a Home, (service, name): (Service, &'a str)) -> impl Iterator<Item = &'a str> {
    let same = move |account: &&Account| account.service == service && account.name != name;
    home.saved_accounts.iter().filter(same).map(|account| account.name.as_str())
}

fn ask_for_destination(home: &mut Home) -> Vec<Effect> {
    let Some(AccountRow { account, exports, variables, .. }) = home.accounts.list.under_cursor().cloned() else {
        return Vec::new();
    };
    if exports.is_empty() {
        let of = if variables.is_some() { "the credentials" } else { "the account" };
        home.notify(Severity::Idle, format!("No export uses {of} {}: there is nothing to move.", account.name));
        return Vec::new();
    }
    if variables.is_some() {
        let text = format!(
            "{} cannot be moved here: an export that uses the environment names no account. Edit it to give it one.",
            exports.join(", ")
        );
        home.notify(Severity::Warning, text);
        return Vec::new();
    }
    let names: Vec<&str> = other_accounts(home, (account.service, &account.name)).collect();
    let Some(first) = names.first() else {
        let text = format!("There is no other {} account. Add one first.", account.service);
        home.notify(Severity::Warning, text);
        return Vec::new();
    };
    let title = format!("Move the exports of {}", name(&account.name));
    let text = format!("{} will use the account that you enter: {}.", exports.join(", "), names.join(", "));
    let then = PromptAction::MoveExports(account.service, account.name.clone());
    home.overlay = Some(TextPrompt::overlay(title, text, (*first).to_owned(), then));
    Vec::new()
}

/// Moves the account's exports to the typed account.
///
/// # Errors
/// When that does not exist: a sentence.
pub(in crate::tui::dashboard) fn move_exports(
    home: &mut Home,
    account: (Service, &str),
    typed: &str,
) -> Result<Vec<Effect>, String> {
    let to = typed.trim();
    if !other_accounts(home, account).any(|name| name == to) {
        return Err(format!("There is no other {} account with that name.", account.0));
    }
    Ok(vec![change_effect(home, account, AccountChange::MoveTo(to.to_owned()))])
}

pub(super) fn ask_to_remove(home: &mut Home) -> Vec<Effect> {
    let Some(AccountRow { account, exports, .. }) = selected_account(home, "removed") else { return Vec::new() };
    let stops = match exports.as_slice() {
        [] => String::new(),
        [one] => format!("The export {one} stops working. "),
        several => format!("The exports {} stop working. ", several.join(", ")),
    };
    let unreadable = home.exports.list.all().filter(|row| row.export.is_err()).map(|row| row.name.as_str());
    let may_stop = match unreadable.collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [one] => format!("The export {one} cannot be read, and may use it too. "),
        several => format!("The exports {} cannot be read, and may use it too. ", several.join(", ")),
    };
    let revoke = crate::explain::revoke(account.service);
    let text = format!("{stops}{may_stop}Its secret is removed too. {revoke}");
    let (title, yes) =
        (format!("Remove {}?", name(&account.name)), ConfirmedAction::RemoveAccount(account.service, account.name));
    home.ask(title, text, yes);
    Vec::new()
}

pub(in crate::tui::dashboard) fn remove(home: &mut Home, service: Service, name: &str) -> Vec<Effect> {
    vec![change_effect(home, (service, name), AccountChange::Remove)]
}
