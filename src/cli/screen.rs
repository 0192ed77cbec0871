//! Without a command, and with `new` and `demo`: the screen.

use std::process::ExitCode;

use super::context::Context;
use super::trouble::Trouble;
use crate::accounts::Vault;
use crate::tui::{self, Ended, Tools};
use crate::wizard::Start;

/// What a signal or a lost terminal leaves as exit code.
const INTERRUPTED: u8 = 130;

/// Shows the wizard until the person leaves. Without a `vault`, secrets are in the platform's keyring.
pub(super) async fn wizard(context: Context, vault: Option<Vault>, demo: bool) -> Result<ExitCode, Trouble> {
    let start = Start {
        environment: context.environment.clone(),
        accounts: context.book()?.all().to_vec(),
        today: chrono::Utc::now().date_naive(),
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
