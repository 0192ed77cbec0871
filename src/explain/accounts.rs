//! Credentials, the keyring, and changed accounts with their exports.

use std::fmt::{self, Display, Formatter};

use crate::accounts::{
    Account, AccountKey, ChangeError, CredentialError, CredentialOrigin, KeyringError, Named, Removed, key_of,
};
use crate::export::{CredentialNames, Service};
use crate::system::files::PathError;
use crate::text::shell::argument;

sentences! { CredentialError:
    Missing(service) =>
        "There are no {service} credentials. Set {}, or save an account with `{}`.",
        variables(*service), add_command(*service, "NAME");
    Variable(error) => "{error}";
    HalfSet { set, unset } => "{set} is set, but {unset} is not. Domo needs both.";
    Unknown { service, name, nearest } =>
        "There is no {service} account `{name}`.{} Save it with `{}`.",
        meant(nearest.as_deref()), add_command(*service, name);
    Several { service, names } => "{}", several(*service, names, "Name one under [credentials] in the export");
    NoSecret(AccountKey { service, name }) =>
        "The secret of the {service} account `{name}` is not in the keyring. Enter it again with `{}`.",
        replace_command(*service, name);
    Keyring(AccountKey { service, name }, source) =>
        "The secret of the {service} account `{name}` cannot be read. {source} To do without a keyring, name no \
         account and set {}.", variables(*service);
    Systemd(PathError { path, source }) => "The systemd credential {} cannot be read: {source}.", path.display();
    NoSecretIn { path, error } => "The systemd credential {} is not a token: {error}", path.display();
    Incomplete(name) =>
        "The Domo account `{name}` has neither client_id nor instance in accounts.toml. Say which with `{} \
         --client-id ID`.", replace_command(Service::Domo, name);
    Address(AccountKey { service, name }, source) =>
        "The {service} account `{name}` has a wrong address in accounts.toml. {source}";
    ClientId { name, source } => "The Domo account `{name}`: {source}";
    Instance { name, source } => "{}: {source}", instance_of(name.as_deref());
    EnteredAddress(error) => "{error}";
    EnteredInstance(error) => "{error}";
}

// The words after "with": `account analyst`.
sentences! { CredentialOrigin:
    Account(name) => "account {name}";
    OnlyAccount(name) => "account {name}, the only one there is";
    Environment => "credentials from the environment";
    DeveloperToken => "the access token from the environment, not the client there";
    Systemd { file, .. } => "systemd credential {file}";
}

/// The same for a command without an export, which has the option `--account`.
pub fn no_credential_without_export(error: &CredentialError) -> String {
    match error {
        CredentialError::Several { service, names } => several(*service, names, "Choose one with --account NAME"),
        other => other.to_string(),
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default()
}

fn instance_of(name: Option<&str>) -> String {
    name.map_or_else(|| "DOMO_INSTANCE".to_owned(), |name| format!("The Domo account `{name}`"))
}

fn several(service: Service, names: &[String], choose: &str) -> String {
    let (count, names) = (names.len(), names.join(", "));
    format!("There are {count} {service} accounts: {names}. {choose}, or set {}.", variables(service))
}

fn variables(service: Service) -> &'static str {
    match service {
        Service::DataWorld => "DW_AUTH_TOKEN",
        Service::Domo => "DOMO_CLIENT_ID and DOMO_CLIENT_SECRET, or DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN",
    }
}

fn replace_command(service: Service, name: &str) -> String {
    format!("writeback accounts replace {} {}", key_of(service), argument(name))
}

pub(super) fn add_command(service: Service, name: &str) -> String {
    let kind = match service {
        Service::DataWorld => "",
        Service::Domo => " --client-id ID",
    };
    format!("writeback accounts add {} --name {}{kind}", key_of(service), argument(name))
}

/// A new account with the name of a saved one.
pub fn account_exists(service: Service, name: &str) -> String {
    let replace = replace_command(service, name);
    format!("There is already a {service} account `{name}`. `{replace}` replaces its credentials.")
}

sentences! { ChangeError:
    Book(error) => "{error}";
    Network(error) => "{error}";
    Name(error) => "{error}";
    Credential(error) => "{error}";
    Test(error) => "{error}";
    NoKeyring { service, secret, reason } =>
        "Nothing was saved, because the {service} {secret} could not be stored in a keyring. {reason} To do without a \
         keyring, set {} instead of saving an account.", variables(*service);
    Move(AccountKey { service, name }, source) =>
        "The {service} account `{name}` was not renamed, because its secret cannot be moved. {source}";
    Delete(AccountKey { service, name }, source) =>
        "The {service} account `{name}` was not removed, because its secret would stay in the keyring. {source}";
    Unknown { account: AccountKey { service, name }, nearest } =>
        "There is no {service} account `{name}`.{} `writeback accounts list` names the saved ones.",
        meant(nearest.as_deref());
    Taken(AccountKey { service, name }) => "There is already a {service} account `{name}`. Choose another name.";
    Unread(error) => "Nothing was changed, because an export cannot be read, and it may use the account. {error}";
    Definition(error) => "{error}";
}

sentences! { KeyringError:
    NoBus => "There is no keyring here: no session bus, as over SSH, under cron or in a container.";
    NoProgram =>
        "There is no keyring here: no program on the session bus keeps secrets. Install and start GNOME Keyring, \
         KWallet or KeePassXC.";
    NoDefault =>
        "The Secret Service has no default keyring yet. Create one, with a password, in Passwords and Keys or your \
         desktop's settings.";
    Locked => "The keyring is locked. Unlock it, or answer its dialog, and try again.";
    Silent =>
        "The keyring does not answer. If it shows a dialog, answer it and try again; otherwise restart the keyring.";
    TooLong(limit) => "The secret is longer than the {limit} characters that the keyring accepts.";
    Several(count) =>
        "The keyring has {count} entries for this account. Remove those called `writeback` in the keyring's own \
         program, and replace the account's credentials.";
    NotText => "What the keyring has for this account is not a token. Replace the account's credentials.";
    NoThread(error) => "The keyring failed: {error}.";
    NoAnswer => "The keyring failed: its call ended without an answer.";
    NotKept => "The keyring failed: it does not return what was stored in it.";
    Failed(reason) => "The keyring failed: {reason}.";
}

/// How to revoke a credential: removing an account here leaves it valid at the service.
pub fn revoke(service: Service) -> &'static str {
    match service {
        Service::DataWorld => "The token stays valid until you revoke it in data.world under Settings, Advanced.",
        Service::Domo => "The client or token stays valid until you delete it in Domo under Admin, Authentication.",
    }
}

/// The precedence between two Domo credentials in the environment.
pub const TOKEN_BEFORE_CLIENT: &str =
    "DOMO_DEVELOPER_TOKEN is used. DOMO_CLIENT_ID and DOMO_CLIENT_SECRET are set too, and are used only without it.";

pub fn renamed(
    service: Service,
    (name, new): (&str, &str),
    exports: &[String],
    left: Option<&KeyringError>,
) -> Vec<String> {
    let also = if exports.is_empty() { String::new() } else { format!(", also in {}", listed(exports)) };
    let left =
        left.map(|reason| format!("Its secret is still in the keyring under the old name, {name}, as well. {reason}"));
    std::iter::once(format!("Renamed the {service} account {name} to {new}{also}.")).chain(left).collect()
}

pub fn moved(
    service: Service,
    (from, to): (&str, &str),
    exports: &[String],
    accounts: (Option<&Account>, Option<&Account>),
) -> Vec<String> {
    if exports.is_empty() {
        return vec![format!("No export uses the {service} account {from}: nothing was moved.")];
    }
    let moved = format!("Moved {} from the {service} account {from} to {to}.", listed(exports));
    let instance = |account: Option<&Account>| account.and_then(|account| account.instance.clone());
    let instances = instance(accounts.0).zip(instance(accounts.1)).filter(|(from, to)| from != to);
    let elsewhere = instances.map(|(from, to)| {
        format!("{from}.domo.com and {to}.domo.com are different: check that {to} has the DataSets.")
    });
    std::iter::once(moved).chain(elsewhere).collect()
}

pub fn removed(service: Service, name: &str, removed: &Removed) -> String {
    explained! { removed;
        Removed::WithSecret => "Removed the {service} account {name} and its secret.";
        Removed::SecretLeft(reason) =>
            "Removed the {service} account {name}. If a keyring has its secret, it is still there, under service \
             writeback. {reason}";
    }
}

/// Exports that used the only account of a service without naming it, after a second one was added.
pub fn named(named: &Named) -> Vec<String> {
    let Named { service, account, exports, cron, failed, unreadable } = named;
    let line = format!("{} = \"{account}\"", CredentialNames::key(*service));
    // Required actions come first, because a screen may cut the rest.
    let mut said: Vec<String> = failed
        .iter()
        .map(|(export, why)| {
            format!(
                "Write {line} under [credentials] in the definition of {export}: it used the only {service} account \
                 without naming it, could not be changed, and does not run any more. {why}"
            )
        })
        .collect();
    if !exports.is_empty() {
        let (of, names) = match exports.as_slice() {
            [one] => (format!("The export {one}"), "its definition names"),
            several => (format!("The exports {}", several.join(", ")), "their definitions name"),
        };
        said.push(format!("{of} used the only {service} account without naming it: {names} {account} now."));
    }
    if !cron.is_empty() {
        let (of, it) = match cron.as_slice() {
            [one] => (format!("{one} names"), "it"),
            several => (format!("{} name", several.join(", ")), "them"),
        };
        said.push(format!(
            "{of} no account, and cron has {it}: variables in the crontab count only then. Where there are none, write \
             {line} under [credentials]."
        ));
    }
    if let Some(why) = unreadable.first() {
        said.push(format!("What cannot be read has to name an account too, such as {line} under [credentials]. {why}"));
    }
    said
}

pub fn listed(exports: &[String]) -> String {
    let noun = if exports.len() == 1 { "the export" } else { "the exports" };
    format!("{noun} {}", exports.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_instance_may_not_have_the_data_sets() {
        let of = |instance: Option<&str>| {
            let account = Account::new(Service::Domo, "x");
            Account { instance: instance.map(str::to_owned), ..account }
        };
        let said = |from: Option<&str>, to: Option<&str>| {
            let (from, to) = (of(from), of(to));
            moved(Service::Domo, ("old", "new"), &["Sales".to_owned()], (Some(&from), Some(&to)))
        };
        let moved = "Moved the export Sales from the Domo account old to new.";
        let check = "acme.domo.com and other.domo.com are different: check that other has the DataSets.";
        assert_eq!(said(Some("acme"), Some("other")), [moved, check]);
        for (from, to) in [(Some("acme"), Some("acme")), (None, Some("acme")), (Some("acme"), None)] {
            assert_eq!(said(from, to), [moved], "{from:?} {to:?}");
        }
    }
}
