//! Without a command, and with `new` and `demo`: the screen.

use std::process::ExitCode;

use super::context::Context;
use super::trouble::Trouble;
use crate::accounts::Vault;
use crate::export::{Export, saved};
use crate::tui::{self, Ended, Tools};
use crate::wizard::Start;

/// Arguments of `edit`.
#[derive(Debug, clap::Args)]
pub(super) struct EditArgs {
    /// The saved export's name.
    name: String,
}

/// Shows the wizard with a saved export in it.
pub(super) async fn edit(args: &EditArgs, context: Context) -> Result<ExitCode, Trouble> {
    let export = Export::load(&saved::file_of(&context.paths.exports(), &args.name))?;
    wizard(context, None, Some(Box::new(export)), false).await
}

/// What a signal or a lost terminal leaves as exit code.
const INTERRUPTED: u8 = 130;

/// Shows the wizard, with `edit` in it if there is one, until the person leaves. Without a `vault`, secrets are in the platform's keyring.
pub(super) async fn wizard(
    context: Context,
    vault: Option<Vault>,
    edit: Option<Box<Export>>,
    demo: bool,
) -> Result<ExitCode, Trouble> {
    // What was begun goes with what is opened: a new export, or the saved one that it changes.
    let draft = tui::read_draft(&context.paths.state).filter(|draft| match &edit {
        _ if demo => false,
        Some(export) => draft.edits.as_ref() == Some(&export.name),
        None => true,
    });
    let start = Start {
        environment: context.environment.clone(),
        accounts: context.book()?.all().to_vec(),
        exports: saved::names(&context.paths.exports()),
        draft: draft.map(Box::new),
        edit,
        today: chrono::Utc::now().date_naive(),
        now: chrono::Utc::now(),
        demo,
    };
    let tools = Tools {
        addresses: context.addresses,
        spool_folder: context.config.spool_folder.clone().unwrap_or_else(std::env::temp_dir),
        limits: context.config.limits,
        environment: context.environment,
        accounts: context.paths.accounts(),
        exports: context.paths.exports(),
        state: context.paths.state,
        vault,
    };
    match tui::show(start, tools).await {
        Ok(Ended::Left) => Ok(ExitCode::SUCCESS),
        Ok(Ended::Interrupted) => Ok(ExitCode::from(INTERRUPTED)),
        Err(error) => Err(Trouble::failed(error.to_string())),
    }
}
