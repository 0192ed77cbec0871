//! `writeback run`: exports without the screen.

mod lines;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;

use super::context::Context;
use super::trouble::Trouble;
use crate::accounts::Vault;
use crate::export::{Export, saved};
use crate::run::{self, Job, Outcome, Running};

pub(super) use lines::Shown;
pub(super) use report::Ran;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Saved exports by name, or definition files.
    #[arg(required = true, value_name = "NAME|FILE")]
    exports: Vec<String>,
    /// Do everything but the upload, and say what it would replace.
    #[arg(long)]
    dry_run: bool,
    /// Print a JSON object a run on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs one export after the other. The exit code is that of the first that did not end well; an interruption ends all.
pub(super) async fn run(args: &RunArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let folder = context.paths.exports();
    let mut code = ExitCode::SUCCESS;
    let mut all_well = true;
    let shown = Shown::for_terminal(args.json);
    for name in &args.exports {
        let ran = match load(&folder, name) {
            Ok(export) => run_one(context, &export, args.dry_run, &shown).await,
            Err(trouble) => Err(trouble),
        };
        let ran = match ran {
            Ok(ran) => ran,
            // With --json, whoever reads standard output learns of this too.
            Err(trouble) if args.json || args.exports.len() > 1 => report::not_begun(name, &trouble, args.json)?,
            Err(trouble) => return Err(trouble),
        };
        if all_well && !ran.is_well() {
            all_well = false;
            code = ran.exit_code();
        }
        if ran.is_interrupted() {
            return Ok(ran.exit_code());
        }
    }
    Ok(code)
}

fn load(folder: &std::path::Path, name: &str) -> Result<Export, Trouble> {
    Ok(Export::load(&saved::find(folder, name))?)
}

/// Runs one export and shows how it goes.
pub(super) async fn run_one(context: &Context, export: &Export, dry_run: bool, shown: &Shown) -> Result<Ran, Trouble> {
    let job = job(context, export, dry_run).await?;
    let Running { progress, cancel, outcome } = run::start(job);
    let interrupted = tokio::spawn(super::interrupt::cancels(cancel));
    let outcome = shown.follow(&export.name, progress, outcome).await;
    let outcome = outcome.map_err(|error| Trouble::failed(format!("The run broke off: {error}.")))?;
    interrupted.abort();
    Ok(report::ended(&export.name, &outcome, shown)?)
}

async fn job(context: &Context, export: &Export, dry_run: bool) -> Result<Job, Trouble> {
    let names = &export.credentials;
    // The keyring is asked only when a secret has to come from it: a container has none.
    let vault = Vault::platform();
    Ok(Job {
        domo: context.domo(names.domo.as_deref(), &vault).await?,
        dataworld: context.dataworld(names.dataworld.as_deref(), &vault).await?,
        export: export.clone(),
        dry_run,
        limits: context.config.limits.clone(),
        spool_folder: spool_folder(context),
        today: export.schedule.date_of(Utc::now()),
    })
}

/// Where the spool's file goes.
fn spool_folder(context: &Context) -> PathBuf {
    context.config.spool_folder.clone().unwrap_or_else(std::env::temp_dir)
}

impl Outcome {
    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Done(_) => 0,
            Self::Failed { exit_code, .. } => *exit_code,
            Self::Cancelled { .. } => 130,
        }
    }
}
