//! `accounts list`.

use std::io::{self, Write};

use serde::Serialize;

use crate::accounts::{Account, Book, Uses};
use crate::cli::{json, table};
use crate::printable::printable;

/// Arguments of `accounts list`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListArgs {
    /// Print JSON: an array with one object per account.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    account: &'a Account,
    exports: Vec<String>,
}

/// Prints the accounts of the book, never a secret.
pub(super) fn list(args: &ListArgs, book: &Book, uses: &Uses, out: &mut dyn Write) -> io::Result<()> {
    let exports = |account: &Account| uses.of(account.service, &account.name);
    let rows: Vec<Row> = book.all().iter().map(|account| Row { account, exports: exports(account) }).collect();
    if args.json {
        return json::pretty(out, &rows);
    }
    if rows.is_empty() {
        return writeln!(out, "No accounts yet. `writeback accounts add data.world --name NAME` saves one.");
    }
    let mut table = table::new(&["Service", "Name", "User", "Instance", "Exports", "Last tested"]);
    for row in rows {
        table.add_row(cells(&row));
    }
    write!(out, "{}", table::text(&table))
}

fn cells(Row { account, exports }: &Row<'_>) -> [String; 6] {
    let or_dash =
        |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), |text| printable(text).into_owned());
    // UTC, so that the same account reads the same on every machine.
    let date = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let tested = match (account.refused, account.tested) {
        (Some(at), _) => format!("{}, not valid", date(at)),
        (None, Some(at)) => format!("{}, valid", date(at)),
        (None, None) => "never".to_owned(),
    };
    [
        account.service.name().to_owned(),
        printable(&account.name).into_owned(),
        or_dash(&account.user),
        or_dash(&account.instance),
        exports.len().to_string(),
        tested,
    ]
}
