//! `accounts rename`, `accounts move` and `accounts remove`.

use super::{AccountsTools, ServiceName};
use crate::accounts::{AccountRef, Choice, find_account};
use crate::cli::trouble::Trouble;
use crate::explain;
use crate::export::Service;
use crate::ops::accounts;
use crate::text::terminal_text::name as shown;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RenameArgs {
    /// The account's service.
    service: ServiceName,
    /// The account's name.
    name: String,
    /// The new name.
    new: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MoveArgs {
    /// The accounts' service.
    service: ServiceName,
    /// The account that the exports use now.
    #[arg(long)]
    from: String,
    /// The account that they will use.
    #[arg(long)]
    to: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RemoveArgs {
    /// The account's service.
    service: ServiceName,
    /// The account's name.
    #[arg(add = crate::cli::complete::accounts())]
    name: String,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
}

impl AccountsTools<'_> {
    /// Renames an account, in its exports too.
    pub(super) async fn rename(&mut self, args: &RenameArgs) -> Result<(), Trouble> {
        let (service, new) = (Service::from(args.service), args.new.trim());
        self.print_lines(&accounts::rename(self.workspace, (service, &args.name), new).await?)
    }

    /// Moves all exports from one account to another; the accounts stay. The first may be gone already.
    pub(super) async fn move_exports(&mut self, args: &MoveArgs) -> Result<(), Trouble> {
        let moved = accounts::move_exports(self.workspace, args.service.into(), &args.from, &args.to);
        self.print_lines(&moved.await?)
    }

    /// Removes an account and its secret, after naming the exports that stop working and asking.
    pub(super) async fn remove(&mut self, args: &RemoveArgs) -> Result<(), Trouble> {
        let (service, name) = (Service::from(args.service), &args.name);
        let (book, uses) = (self.workspace.book().await?, accounts::uses(self.workspace).await);
        let account = find_account(&book, service, name)?;
        let choice = Choice::new(&self.workspace.tools.environment, book.all());
        let used_by = uses.exports_using(&AccountRef::from(&account), &choice);
        if !used_by.is_empty() {
            let it = if used_by.len() == 1 { "it stops" } else { "they stop" };
            self.print_line(&format!("The account is used by {}; {it} working.", explain::listed(&used_by)))?;
        }
        for error in uses.unreadable() {
            self.print_line(&format!("An export that cannot be read may use it too. {error}"))?;
        }
        if !args.yes && !(self.confirm)(&format!("Remove the {service} account {} and its secret?", shown(name)))? {
            return Err(Trouble::usage("Nothing was removed. To remove it without confirmation, add --yes."));
        }
        let removed = accounts::remove(self.workspace, (service, name)).await?;
        self.print_line(&removed)?;
        self.print_line(explain::revoke(service))
    }

    fn print_lines(&mut self, lines: &[String]) -> Result<(), Trouble> {
        lines.iter().try_for_each(|line| self.print_line(line))
    }
}
