use std::io::{self, Write};

use serde::Serialize;

use crate::accounts::{Account, AccountRef, Book, Choice, FromEnvironment, Uses};
use crate::cli::json;
use crate::cli::table::{Column, Table};
use crate::config::Environment;
use crate::explain;
use crate::text::format;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListArgs {
    /// Print JSON: an array with one object for each account, and for what the environment has of each service.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Serialize)]
struct AccountRow<'a> {
    #[serde(flatten)]
    account: &'a Account,
    origin: Origin,
    /// The error if the environment's credentials cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong: Option<String>,
    exports: Vec<String>,
}

/// The origin of credentials. The names are stable: programs may rely on them.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Origin {
    Account,
    Environment,
}

/// Prints the saved accounts and the environment's credentials, never a secret. The table fits into `room`, if given.
pub(super) fn list(
    args: &ListArgs,
    book: &Book,
    uses: &Uses,
    environment: &Environment,
    out: &mut dyn Write,
    room: Option<u16>,
) -> io::Result<()> {
    let choice = Choice::new(environment, book.all());
    let exports = |holder: &AccountRef| uses.exports_using(holder, &choice);
    let saved = |account| AccountRow {
        account,
        origin: Origin::Account,
        wrong: None,
        exports: exports(&AccountRef::from(account)),
    };
    let found = FromEnvironment::all(environment);
    let from_environment = found.iter().map(|FromEnvironment { account, wrong, .. }| AccountRow {
        account,
        origin: Origin::Environment,
        wrong: wrong.as_ref().map(ToString::to_string),
        exports: exports(&AccountRef::Environment(account.service)),
    });
    let rows: Vec<AccountRow> = book.all().iter().map(saved).chain(from_environment).collect();
    if args.json {
        return json::pretty(out, &rows);
    }
    if rows.is_empty() {
        return writeln!(out, "{}", explain::commands::NO_ACCOUNTS);
    }
    let mut table = Table::new([
        Column::new("Service"),
        Column::new("Name").at_least(12),
        Column::new("User").at_least(8).spare(2),
        Column::new("Instance").at_least(8).spare(1),
        Column::new("Exports"),
        Column::new("Last tested (UTC)"),
    ]);
    for row in rows {
        table.row(cells(&row));
    }
    write!(out, "{}", table.text(room))
}

fn cells(AccountRow { account, origin, wrong, exports }: &AccountRow<'_>) -> [String; 6] {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let tested = match (account.refused, account.tested) {
        _ if *origin == Origin::Environment => or_dash(wrong),
        (Some(at), _) => format!("{}, not valid", format::date_and_time(at)),
        (None, Some(at)) => format!("{}, valid", format::date_and_time(at)),
        (None, None) => "never".to_owned(),
    };
    [
        account.service.name().to_owned(),
        account.name.clone(),
        or_dash(&account.user),
        or_dash(&account.instance),
        exports.len().to_string(),
        tested,
    ]
}
