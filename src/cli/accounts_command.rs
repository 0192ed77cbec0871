//! `writeback accounts`: hands the person's files, keyring and services to [`super::accounts`].

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use chrono::Utc;

use super::accounts::{AccountsCommand, Candidate, RemoveArgs, Stores, Whose, add, list, read_secret, remove};
use super::context::Context;
use super::trouble::Trouble;
use crate::accounts::Vault;
use crate::dataworld::DataWorld;
use crate::domo::Domo;
use crate::export::saved;
use crate::http::ApiError;
use crate::service::Service;
use crate::services::Services;

pub(super) async fn accounts(command: &AccountsCommand, context: Context) -> Result<ExitCode, Trouble> {
    let mut book = context.book()?;
    let mut out = anstream::stdout();
    match command {
        AccountsCommand::List(args) => list(args, &book, &mut out)?,
        AccountsCommand::Add(args) => {
            let vault = Vault::open().await;
            let stores = Stores { book: &mut book, vault: &vault };
            let services = context.services()?;
            let test = async |candidate| whose(services, candidate).await;
            add(args, &context.addresses, stores, Utc::now(), read_secret, test, &mut out).await?;
        }
        AccountsCommand::Remove(args) => {
            let vault = Vault::open().await;
            let used_by = used_by(&context, args);
            let stores = Stores { book: &mut book, vault: &vault };
            remove(args, &used_by, stores, confirm, &mut out).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn whose(services: &Services, candidate: Candidate) -> Result<Whose, ApiError> {
    match candidate {
        Candidate::Domo { credential, address } => {
            let identity = Domo::new(services.http(&address), address.as_str(), credential).identity().await?;
            Ok(Whose {
                user: identity.user_name.or(identity.user_id.map(|id| format!("user {id}"))),
                instance: identity.instance,
            })
        }
        Candidate::DataWorld { token, address } => {
            let user = DataWorld::new(services.http(&address), address.as_str(), token).user().await?;
            Ok(Whose { user: Some(user.id), instance: None })
        }
    }
}

/// The names of the exports that use an account.
fn used_by(context: &Context, args: &RemoveArgs) -> Vec<String> {
    let name = Some(&args.name);
    let uses = |export: &crate::export::Export| match Service::from(args.service) {
        Service::Domo => export.credentials.domo.as_ref() == name,
        Service::DataWorld => export.credentials.dataworld.as_ref() == name,
    };
    let exports = saved::all(&context.paths.exports()).into_iter().filter_map(|(_, export)| export.ok());
    exports.filter(uses).map(|export| export.name).collect()
}

/// Asks a question that is answered with yes or no; without a terminal the answer is no.
pub(super) fn confirm(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    anstream::eprint!("{question}");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
