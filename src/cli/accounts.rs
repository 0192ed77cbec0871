//! The command `accounts`: the saved accounts, and adding and removing one.

mod add;
mod list;
mod remove;

pub use add::{AddArgs, AddDataWorld, AddDomo, AddService, Candidate, Whose, add, read_secret};
pub use list::{ListArgs, list};
pub use remove::{RemoveArgs, ServiceName, remove};

use crate::accounts::{AccountNameError, Book, BookError, KeyringError, Vault, variables};
use crate::config::{AddressError, InstanceError};
use crate::explain;
use crate::http::ApiError;
use crate::service::Service;

/// What `accounts` does.
#[derive(Debug, Clone, PartialEq, Eq, clap::Subcommand)]
pub enum AccountsCommand {
    /// List the saved accounts.
    List(ListArgs),
    /// Test credentials and save them as an account.
    Add(AddArgs),
    /// Remove an account and its secret.
    Remove(RemoveArgs),
}

/// What a command changes: the book, and the vault with its secrets.
#[derive(Debug)]
pub struct Stores<'a> {
    /// The accounts.
    pub book: &'a mut Book,
    /// Their secrets.
    pub vault: &'a Vault,
}

/// Why `accounts` failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The book of accounts.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The name of the account.
    #[error(transparent)]
    Name(#[from] AccountNameError),
    /// `--url`.
    #[error("--url: {0}")]
    Address(#[from] AddressError),
    /// `--instance`.
    #[error("--instance: {0}")]
    Instance(#[from] InstanceError),
    /// The secret that was entered.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The service's answer to the test.
    #[error("{}", explain::api(.0))]
    Test(ApiError),
    /// No keyring: an account without its secret would be of no use.
    #[error("Nothing was saved, because there is no keyring to keep the {service} {secret} in. {reason} Or set {} instead of saving an account.", variables(*service))]
    NoKeyring {
        /// Whose.
        service: Service,
        /// What could not be kept.
        secret: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// The keyring failed while the account was removed.
    #[error("The {service} account `{name}` was not removed, because its secret would stay in the keyring. {source}")]
    Delete {
        /// Whose.
        service: Service,
        /// The account.
        name: String,
        /// Why.
        source: KeyringError,
    },
    /// No account of that name.
    #[error("There is no {service} account `{name}`. `writeback accounts list` names the saved ones.")]
    Unknown {
        /// Whose.
        service: Service,
        /// The name.
        name: String,
    },
    /// Removing was not confirmed.
    #[error("Nothing was removed. To remove the account without being asked, add --yes.")]
    NotConfirmed,
    /// Writing to standard output.
    #[error("The answer could not be written: {0}.")]
    Output(#[from] std::io::Error),
}

/// Why what was entered is no secret.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Nothing.
    #[error(
        "No secret was entered. Paste it at the prompt, or give it on standard input: `writeback accounts add … < FILE`."
    )]
    Empty,
    /// Something else was pasted, or along with it.
    #[error("What was entered has blanks or line breaks in it, so it is no token. Copy the token alone.")]
    Blanks,
    /// Far more than any token.
    #[error("What was entered is over 64 KiB, so it is no token.")]
    TooLong,
    /// The terminal or standard input.
    #[error("The secret could not be read: {0}.")]
    Unreadable(#[source] std::io::Error),
}

#[cfg(test)]
mod tests;
