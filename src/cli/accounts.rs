//! `writeback accounts`. The changes themselves are in [`crate::accounts`].

mod add;
mod change;
mod list;
mod test;

use std::io::Write;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::ask::{self, EntryError};
use super::context::Context;
use super::exit::Exit;
use super::interrupt::interruption;
use super::out::{out, room};
use super::trouble::Trouble;
use crate::accounts::{KeyringError, SecretHome};
use crate::export::Service;
use crate::ops::Workspace;
use crate::ops::accounts::uses;
use crate::text::secret::Secret;
use crate::text::terminal_text::printable;

/// The time for a person to type the keyring's password.
const UNLOCK_PATIENCE: Duration = Duration::from_secs(120);

#[derive(Debug, clap::Subcommand)]
pub(super) enum AccountsCommand {
    /// List the saved accounts, and the credentials in the environment.
    List(list::ListArgs),
    /// Test credentials and save them as an account.
    Add(add::AddArgs),
    /// Replace an account's credentials, after testing the new ones.
    Replace(add::ReplaceArgs),
    /// Test whether accounts, and the credentials in the environment, are still valid.
    Test(test::TestArgs),
    /// Rename an account, also in the exports that use it.
    Rename(change::RenameArgs),
    /// Make all exports of one account use another.
    Move(change::MoveArgs),
    /// Remove an account and its secret.
    Remove(change::RemoveArgs),
}

/// A service, as an argument. Its values have no help of their own, which would make a long list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ServiceName {
    #[value(name = "data.world", alias = "dataworld")]
    DataWorld,
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

/// The tools of the subcommands, and ways to talk to the person.
struct AccountsTools<'a> {
    workspace: &'a Workspace,
    /// Asks for a secret; takes the prompt.
    secret: &'a mut dyn FnMut(&str) -> Result<Secret, EntryError>,
    /// Asks a yes-or-no question.
    confirm: &'a mut dyn FnMut(&str) -> Result<bool, EntryError>,
    out: &'a mut dyn Write,
    /// The width of a terminal.
    room: Option<u16>,
}

pub(super) async fn accounts(command: &AccountsCommand, context: Context) -> Result<ExitCode, Trouble> {
    let (workspace, mut out) = (&context.workspace, out());
    let vault = &workspace.tools.vault;
    // A test may find everything in systemd's credentials, and then never wait for a keyring.
    if !matches!(command, AccountsCommand::List(_) | AccountsCommand::Test(_)) {
        vault.probe().await;
    }
    let changed = vault.changed();
    let (secret, confirm) = (&mut ask::secret, &mut ask::confirm);
    let tools = AccountsTools { workspace, secret, confirm, out: &mut out, room: room() };
    let mut run = pin!(tools.run(command));
    tokio::select! {
        done = &mut run => done,
        () = interruption() => match changed.load(Ordering::Relaxed) {
            // The accounts and the keyring would not fit together.
            true => run.await,
            false => Err(Trouble::cancelled("Cancelled.")),
        },
    }
    .map(ExitCode::from)
}

impl AccountsTools<'_> {
    async fn run(mut self, command: &AccountsCommand) -> Result<Exit, Trouble> {
        match command {
            AccountsCommand::List(args) => {
                let (book, uses) = (self.workspace.book().await?, uses(self.workspace).await);
                let environment = &self.workspace.tools.environment;
                list::list(args, &book, &uses, environment, self.out, self.room).map_err(Trouble::unwritten)?;
            }
            AccountsCommand::Add(args) => self.add(args).await?,
            AccountsCommand::Replace(args) => self.replace(args).await?,
            AccountsCommand::Test(args) => return self.test(args).await,
            AccountsCommand::Rename(args) => self.rename(args).await?,
            AccountsCommand::Move(args) => self.move_exports(args).await?,
            AccountsCommand::Remove(args) => self.remove(args).await?,
        }
        Ok(Exit::Done)
    }

    /// Prints a line, without control characters from a service or a file.
    fn print_line(&mut self, line: &str) -> Result<(), Trouble> {
        writeln!(self.out, "{}", printable(line)).map_err(Trouble::unwritten)
    }

    /// Returns the reason if there is no keyring for a secret. Unlocks a locked one first.
    async fn no_keyring(&mut self) -> Result<Option<KeyringError>, Trouble> {
        let vault = &self.workspace.tools.vault;
        if vault.is_locked() {
            self.print_line("The keyring is locked. Unlock it in its dialog to continue.")?;
            vault.unlock(UNLOCK_PATIENCE).await;
        }
        Ok(match vault.home() {
            SecretHome::Session(reason) => Some(reason),
            SecretHome::Keyring(_) | SecretHome::Environment(_) => None,
        })
    }
}

#[cfg(test)]
mod tests;
