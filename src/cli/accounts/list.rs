//! `accounts list`.

use std::io::Write;

use comfy_table::{Table, presets};

use super::AccountsError;
use crate::accounts::{Account, Book};
use crate::printable::printable;

/// Arguments of `accounts list`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct ListArgs {
    /// Print JSON: an array with an object an account.
    #[arg(long)]
    pub json: bool,
}

/// Prints the accounts of the book, never a secret.
///
/// # Errors
/// When `out` cannot be written.
pub fn list(args: &ListArgs, book: &Book, out: &mut dyn Write) -> Result<(), AccountsError> {
    if args.json {
        let text = serde_json::to_string_pretty(book.all()).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
        return Ok(());
    }
    if book.all().is_empty() {
        writeln!(out, "No accounts yet. `writeback accounts add data.world --name NAME` saves one.")?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["Service", "Name", "User", "Instance", "Last tested"]);
    for account in book.all() {
        table.add_row(row(account));
    }
    for line in table.to_string().lines() {
        writeln!(out, "{}", line.trim())?;
    }
    Ok(())
}

fn row(account: &Account) -> [String; 5] {
    let or_dash =
        |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), |text| printable(text).into_owned());
    // UTC, so that the same account reads the same on every machine.
    let tested = account.tested.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    [
        account.service.name().to_owned(),
        printable(&account.name).into_owned(),
        or_dash(&account.user),
        or_dash(&account.instance),
        tested.unwrap_or_else(|| "never".to_owned()),
    ]
}
