//! `writeback demo`: the whole program on a sandbox of its own. Uses no account and no network, and keeps nothing.

use std::process::ExitCode;

use super::context::Context;
use super::run::{Ran, Shown, run_one};
use super::screen::First;
use super::trouble::Trouble;
use crate::accounts::Vault;
use crate::config::Environment;
use crate::export::{Append, CredentialNames, Export, Input, Output, Schedule, saved};
use crate::history::Kind;
use crate::ops::run::RunEntry;
use crate::sandbox::{Options, Sandbox, samples};

/// In bytes a second; slow enough to be watched.
const BANDWIDTH: u64 = 5 << 19;

#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    /// Run one export without the screen.
    #[arg(long)]
    run: bool,
    #[command(flatten)]
    how: super::screen::How,
}

pub(super) async fn demo(args: &DemoArgs) -> Result<ExitCode, Trouble> {
    let failed = |error: std::io::Error| Trouble::failed(format!("The sandbox could not start: {error}."));
    let options = Options { bandwidth: Some(BANDWIDTH), ..Options::default() };
    let sandbox = Sandbox::start(options).await.map_err(failed)?;
    // Everything that the demo writes is deleted with this folder.
    let home = tempfile::tempdir().map_err(failed)?;
    let variables = sandbox.environment();
    let environment = Environment {
        is_demo: true,
        ..Environment::read(|name| {
            let from_sandbox = variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| value.clone());
            from_sandbox.or_else(|| (name == "WRITEBACK_HOME").then(|| home.path().display().to_string()))
        })
    };
    // Accounts can be saved as usual, in a folder and a keyring that end with the demo.
    let context = Context::new(environment, Vault::in_memory("memory until the demo ends"))?;
    if !args.run {
        return super::screen::show(context, First::Wizard(None), true, args.how).await;
    }
    let shown = Shown::for_terminal(false);
    let export = daily_sales()?;
    let definition = saved::new_file(&context.paths.exports(), &export.name);
    let entry = RunEntry { export, definition, kind: Kind::Manual, dry_run: false };
    let ran = run_one(&context, entry, &shown, &super::interrupt::cancelled()).await?;
    Ok(Ran::exit_code(&ran))
}

fn daily_sales() -> Result<Export, Trouble> {
    let key = format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART);
    Ok(Export {
        name: "Daily sales".to_owned(),
        description: None,
        input: Input { dataset: samples::DAILY_SALES.parse()?, owner_confirmed: false, only_when_updated: false },
        output: Output {
            dataset: key.parse()?,
            file: "daily-sales-demo".parse()?,
            append: Append::None,
            keep: None,
            description: None,
            labels: Vec::new(),
        },
        credentials: CredentialNames::default(),
        schedule: Schedule::default(),
        retry: None,
        log: crate::export::Log::default(),
        csv: crate::export::Csv::default(),
        checks: crate::export::Checks::default(),
    })
}
