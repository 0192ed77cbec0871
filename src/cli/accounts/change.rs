//! `accounts rename`, `accounts move` and `accounts remove`.

use super::{AccountsTools, ServiceName};
use crate::accounts::{self, AccountRef, Stores};
use crate::cli::trouble::Trouble;
use crate::explain;
use crate::export::Service;
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
        let (service, name, new) = (Service::from(args.service), &args.name, args.new.trim());
        let stores = Stores { book: &mut self.book, vault: &self.vault };
        let (exports, left) = accounts::rename(stores, &self.uses, (service, name), new).await?;
        self.print_lines(&explain::renamed(service, (name, new), &exports, left.as_ref()))
    }

    /// Moves all exports from one account to another; the accounts stay. The first may be gone already.
    pub(super) async fn move_exports(&mut self, args: &MoveArgs) -> Result<(), Trouble> {
        let service = Service::from(args.service);
        let to = accounts::find_account(&self.book, service, &args.to)?;
        let from = self.book.get(service, &args.from).cloned();
        let exports = self.uses.reassign(&self.book, service, &args.from, &to.name).await?;
        if exports.is_empty() {
            // Without any account or export of that name, it is most likely mistyped.
            accounts::find_account(&self.book, service, &args.from)?;
        }
        self.print_lines(&explain::moved(service, (&args.from, &to.name), &exports, (from.as_ref(), Some(&to))))
    }

    /// Removes an account and its secret, after naming the exports that stop working and asking.
    pub(super) async fn remove(&mut self, args: &RemoveArgs) -> Result<(), Trouble> {
        let (service, name) = (Service::from(args.service), &args.name);
        let account = accounts::find_account(&self.book, service, name)?;
        let used_by = self.uses.exports_using(&AccountRef::from(&account), &self.choice());
        if !used_by.is_empty() {
            let it = if used_by.len() == 1 { "it stops" } else { "they stop" };
            self.print_line(&format!("The account is used by {}; {it} working.", explain::listed(&used_by)))?;
        }
        let unreadable: Vec<String> = self.uses.unreadable().iter().map(ToString::to_string).collect();
        for error in unreadable {
            self.print_line(&format!("An export that cannot be read may use it too. {error}"))?;
        }
        if !args.yes && !(self.confirm)(&format!("Remove the {service} account {} and its secret?", shown(name)))? {
            return Err(Trouble::usage("Nothing was removed. To remove it without confirmation, add --yes."));
        }
        let removed = accounts::remove(self.stores(), (service, name)).await?;
        self.print_line(&explain::removed(service, name, &removed))?;
        self.print_line(explain::revoke(service))
    }

    fn print_lines(&mut self, lines: &[String]) -> Result<(), Trouble> {
        lines.iter().try_for_each(|line| self.print_line(line))
    }
}
