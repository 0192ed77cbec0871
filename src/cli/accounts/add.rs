//! `accounts add`: the secret is read, tested, and then kept in the keyring. It is never an argument, because arguments
//! are seen by every user of a computer and stay in the shell's history.

use std::io::{IsTerminal as _, Read, Write};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{AccountsError, EntryError, Stores};
use crate::accounts::{Account, SecretHome, check_name};
use crate::config::{Address, Addresses, parse_instance};
use crate::domo::DomoCredential;
use crate::http::ApiError;
use crate::secret::Secret;
use crate::service::Service;

/// No token is longer than this.
const SECRET_LIMIT: u64 = 64 * 1024;

/// How long a person may take to type the keyring's password.
const UNLOCK_PATIENCE: Duration = Duration::from_secs(120);

/// Arguments of `accounts add`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct AddArgs {
    /// Whose credentials they are.
    #[command(subcommand)]
    pub service: AddService,
}

/// The service of a new account. The secret is asked for, or read from standard input: it is never an argument.
#[derive(Debug, Clone, PartialEq, Eq, clap::Subcommand)]
pub enum AddService {
    /// An API token of data.world's, made there under Settings, Advanced.
    #[command(name = "data.world", visible_alias = "dataworld")]
    DataWorld(AddDataWorld),
    /// A client or a developer token of Domo's, made there under Admin, Authentication.
    Domo(AddDomo),
}

/// Arguments of `accounts add data.world`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct AddDataWorld {
    /// What to call the account, such as `analyst`.
    #[arg(long)]
    pub name: String,
    /// The address of the API, where it is not api.data.world.
    #[arg(long)]
    pub url: Option<String>,
}

/// Arguments of `accounts add domo`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(group = clap::ArgGroup::new("kind").required(true))]
pub struct AddDomo {
    /// What to call the account, such as `acme`.
    #[arg(long)]
    pub name: String,
    /// The id of a client; its secret is asked for.
    #[arg(long, group = "kind")]
    pub client_id: Option<String>,
    /// The instance, `acme` of acme.domo.com; its developer token is asked for.
    #[arg(long, group = "kind")]
    pub instance: Option<String>,
    /// The address of the API, where it is not the usual one.
    #[arg(long)]
    pub url: Option<String>,
}

/// A credential to be tested, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// For Domo.
    Domo {
        /// What to send.
        credential: DomoCredential,
        /// Where to.
        address: Address,
    },
    /// For data.world.
    DataWorld {
        /// What to send.
        token: Secret,
        /// Where to.
        address: Address,
    },
}

/// Whose credentials they are, as the service says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    /// The user.
    pub user: Option<String>,
    /// The instance, where Domo tells.
    pub instance: Option<String>,
}

/// Adds an account: checks the arguments and that there is a keyring, reads the secret with `read` (which gets the
/// prompt), tests it with `test`, keeps it in the keyring, writes the book, and says where it is and whose. An account
/// of the same name is replaced. `addresses` are those for accounts without one of their own; `now` is written down as
/// the time of the test.
///
/// # Errors
/// With a wrong argument; without a keyring, before anything is asked for; when the secret cannot be read or the service
/// refuses it; when keeping it fails. Then nothing is saved.
pub async fn add(
    args: &AddArgs,
    addresses: &Addresses,
    Stores { book, vault }: Stores<'_>,
    now: DateTime<Utc>,
    read: impl FnOnce(&str) -> Result<Secret, EntryError>,
    test: impl AsyncFnOnce(Candidate) -> Result<Whose, ApiError>,
    out: &mut dyn Write,
) -> Result<(), AccountsError> {
    let mut account = account_of(&args.service)?;
    let (service, name) = (account.service, account.name.clone());
    let no_keyring = |reason| AccountsError::NoKeyring { service, secret: secret_name(&args.service), reason };
    if vault.is_locked() {
        writeln!(out, "The keyring is locked. Answer its dialog to go on.")?;
        vault.unlock(UNLOCK_PATIENCE).await;
    }
    if let SecretHome::Session(reason) = vault.home() {
        return Err(no_keyring(reason));
    }

    let secret = read(&format!("{service} {}: ", secret_name(&args.service)))?;
    let whose = test(candidate_of(&account, secret.clone(), addresses)?).await.map_err(AccountsError::Test)?;
    let instance = whose.instance.as_deref().and_then(|text| parse_instance(text).ok());
    account.instance = account.instance.or(instance);
    account.user = whose.user;
    account.tested = Some(now);

    let keyring = match vault.set(service, &name, &secret).await {
        SecretHome::Keyring(name) | SecretHome::Environment(name) => name,
        SecretHome::Session(reason) => return Err(no_keyring(reason)),
    };
    let replaced = book.get(service, &name).is_some();
    if let Err(error) = book.put(account.clone()) {
        if !replaced {
            // A secret that no account names would stay there for ever.
            let _ = vault.delete(service, &name).await;
        }
        return Err(error.into());
    }
    let verb = if replaced { "Replaced" } else { "Added" };
    let of = account.user.map(|user| format!(", and {user}'s")).unwrap_or_default();
    let at = account.instance.map(|instance| format!(", at {instance}.domo.com")).unwrap_or_default();
    let kind = secret_name(&args.service);
    writeln!(out, "{verb} the {service} account {name}: valid{of}{at}. Its {kind} is in the {keyring}.")?;
    Ok(())
}

/// The account that the arguments describe, before it is tested.
fn account_of(service: &AddService) -> Result<Account, AccountsError> {
    let (service, name, client_id, instance, url) = match service {
        AddService::DataWorld(args) => (Service::DataWorld, &args.name, None, None, &args.url),
        AddService::Domo(args) => {
            let instance = args.instance.as_deref().map(parse_instance).transpose()?;
            let client_id = args.client_id.as_deref().map(|id| id.trim().to_owned());
            (Service::Domo, &args.name, client_id, instance, &args.url)
        }
    };
    check_name(name)?;
    let address = url.as_deref().map(Address::parse).transpose()?.map(String::from);
    Ok(Account { name: name.clone(), service, client_id, instance, address, user: None, tested: None })
}

fn candidate_of(account: &Account, secret: Secret, addresses: &Addresses) -> Result<Candidate, AccountsError> {
    let own = account.address.as_deref().map(Address::parse).transpose()?;
    if account.service == Service::DataWorld {
        return Ok(Candidate::DataWorld { token: secret, address: addresses.dataworld(own.as_ref()) });
    }
    let credential = match &account.client_id {
        Some(id) => DomoCredential::Client { id: id.clone(), secret },
        None => {
            DomoCredential::DeveloperToken { instance: account.instance.clone().unwrap_or_default(), token: secret }
        }
    };
    let address = addresses.domo(&credential, own.as_ref())?;
    Ok(Candidate::Domo { credential, address })
}

/// What the service calls the secret.
fn secret_name(service: &AddService) -> &'static str {
    match service {
        AddService::DataWorld(_) => "API token",
        AddService::Domo(AddDomo { client_id: Some(_), .. }) => "client secret",
        AddService::Domo(_) => "developer token",
    }
}

/// Reads a secret: at a prompt that does not show it, or, where standard input is no terminal, from there. It blocks.
///
/// # Errors
/// When nothing comes, or something that is no token.
pub fn read_secret(prompt: &str) -> Result<Secret, EntryError> {
    if std::io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(prompt).map_err(EntryError::Unreadable)?;
        return secret_of(&zeroize::Zeroizing::new(typed));
    }
    secret_from(std::io::stdin().lock())
}

pub(super) fn secret_from(input: impl Read) -> Result<Secret, EntryError> {
    let mut text = zeroize::Zeroizing::new(String::new());
    input.take(SECRET_LIMIT + 1).read_to_string(&mut text).map_err(EntryError::Unreadable)?;
    if text.len() as u64 > SECRET_LIMIT {
        return Err(EntryError::TooLong);
    }
    secret_of(&text)
}

fn secret_of(text: &str) -> Result<Secret, EntryError> {
    let secret = Secret::from_paste(text);
    if secret.is_empty() {
        return Err(EntryError::Empty);
    }
    if secret.expose().chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(EntryError::Blanks);
    }
    Ok(secret)
}
