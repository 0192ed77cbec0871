//! `accounts remove`.

use std::io::Write;

use super::{AccountsError, Stores};
use crate::accounts::KeyringError;
use crate::service::Service;

/// Arguments of `accounts remove`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct RemoveArgs {
    /// Whose account it is.
    pub service: ServiceName,
    /// The account's name.
    #[arg(add = crate::cli::complete::accounts())]
    pub name: String,
    /// Do not ask.
    #[arg(long, short)]
    pub yes: bool,
}

/// A service, as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ServiceName {
    /// data.world
    #[value(name = "data.world", alias = "dataworld")]
    DataWorld,
    /// Domo
    Domo,
}

impl From<ServiceName> for Service {
    fn from(name: ServiceName) -> Self {
        match name {
            ServiceName::DataWorld => Self::DataWorld,
            ServiceName::Domo => Self::Domo,
        }
    }
}

/// Removes an account and its secret, after saying which exports stop working (`used_by`, by name) and asking with
/// `confirm`, which gets the question; with `--yes` it is not asked. What the service knows of the credentials stays.
///
/// # Errors
/// When there is no such account; when the person says no; when the keyring is locked or does not answer: then the
/// account stays too, so that removing it can be tried again.
pub async fn remove(
    args: &RemoveArgs,
    used_by: &[String],
    Stores { book, vault }: Stores<'_>,
    confirm: impl FnOnce(&str) -> bool,
    out: &mut dyn Write,
) -> Result<(), AccountsError> {
    let (service, name) = (Service::from(args.service), args.name.clone());
    if book.get(service, &name).is_none() {
        return Err(AccountsError::Unknown { service, name });
    }
    if !used_by.is_empty() {
        let (exports, it) = if used_by.len() == 1 { ("export", "it stops") } else { ("exports", "they stop") };
        writeln!(out, "The account is used by the {exports} {}; {it} working.", used_by.join(", "))?;
    }
    if !args.yes && !confirm(&format!("Remove the {service} account {name} and its secret? [y/N] ")) {
        return Err(AccountsError::NotConfirmed);
    }
    let left = match vault.delete(service, &name).await {
        Ok(_) => None,
        Err(source @ (KeyringError::Locked | KeyringError::Silent)) => {
            return Err(AccountsError::Delete { service, name, source });
        }
        Err(source) => Some(source),
    };
    book.remove(service, &name)?;
    match left {
        None => writeln!(out, "Removed the {service} account {name} and its secret.")?,
        Some(source) => writeln!(
            out,
            "Removed the {service} account {name}. If a keyring has its secret, it is still there, under service \
             writeback. {source}"
        )?,
    }
    writeln!(out, "{}", revoke(service))?;
    Ok(())
}

/// Removing an account here leaves its credential valid there.
fn revoke(service: Service) -> &'static str {
    match service {
        Service::DataWorld => "The token stays valid until you revoke it in data.world under Settings, Advanced.",
        Service::Domo => "The client or token stays valid until you delete it in Domo under Admin, Authentication.",
    }
}
