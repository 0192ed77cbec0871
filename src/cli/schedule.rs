//! `writeback schedule`: hands a saved export's schedule to a scheduler.

mod list;

use std::io::Write as _;
use std::process::ExitCode;

use chrono_tz::Tz;
use clap::ValueEnum as _;

use super::context::Context;
use super::out::out;
use super::run;
use super::stderr::{eprint_line, eprint_notes};
use super::trouble::Trouble;
use crate::explain;
use crate::export::saved;
use crate::export::schedule::parse_zone;
use crate::ops::schedules;
use crate::schedulers::{self, SchedulerKind};
use crate::text::terminal_text::printable;

#[derive(Debug, clap::Args)]
pub(super) struct ScheduleArgs {
    /// A saved export by name, or its file.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports(), required_unless_present = "list", conflicts_with = "list")]
    name: Option<String>,
    #[arg(
        long,
        value_name = "SCHEDULER",
        conflicts_with = "list",
        hide_possible_values = true,
        help = format!("The scheduler to write for: {}; if left out, this computer's", words())
    )]
    to: Option<SchedulerKind>,
    /// Install it in this computer's scheduler instead of printing it.
    #[arg(long, conflicts_with_all = ["remove", "list"])]
    install: bool,
    /// Remove it from this computer's scheduler.
    #[arg(long, conflicts_with = "list")]
    remove: bool,
    /// List what is installed, when it runs next, and whether it still matches the definition.
    #[arg(long)]
    list: bool,
    /// With --list, print JSON: an array with one object per export and scheduler, and per scheduler that could not be
    /// asked.
    #[arg(long, requires = "list")]
    pub(super) json: bool,
    /// The time zone that cron, launchd or Windows uses; if left out, this computer's.
    #[arg(long, value_name = "ZONE")]
    computer_zone: Option<String>,
}

pub(super) async fn schedule(args: &ScheduleArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let Some(name) = &args.name else { return list::list(args, context).await };
    if args.remove {
        return remove(name, args.to, context).await;
    }
    let (target, clock) = (args.to.map_or_else(proposed, Ok)?, clock(args)?);
    match args.install {
        true => install(name, target, clock, context).await,
        false => print(name, target, clock, context).await,
    }
}

fn proposed() -> Result<SchedulerKind, Trouble> {
    SchedulerKind::proposed().ok_or_else(|| {
        Trouble::usage(format!("No scheduler was found on this computer. Name one with --to: {}.", words()))
    })
}

/// Removes an export from the given scheduler, or else from all of this computer that have it.
async fn remove(name: &str, target: Option<SchedulerKind>, context: &Context) -> Result<ExitCode, Trouble> {
    let folder = context.paths.exports();
    let (installed, unasked) = schedulers::installed();
    // A scheduler may have an export without a definition.
    let is_there = installed.iter().any(|found| found.slug == name);
    let slug = if is_there { name.to_owned() } else { saved::find_stem(&folder, name)? };
    let meant = saved::nearest_name(&folder, name).filter(|_| !saved::definition_path(&folder, &slug).exists());
    let hint = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    let print = |line: String| out().line(&printable(&line)).map_err(Trouble::unwritten);
    if let Some(target) = target {
        let hint = if installed.iter().any(|found| found.target == target && found.slug == slug) { "" } else { &hint };
        print(format!("{}{hint}", schedules::remove(&context.workspace, &slug, target).await?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let home = context.workspace.tools.environment.home.as_deref();
    let named = installed.iter().filter(|found| found.slug == slug);
    let (others, own): (Vec<_>, Vec<_>) = named.partition(|found| found.is_of(home) == Some(false));
    // An export of another WRITEBACK_HOME is told where there is none of this one.
    let having: Vec<_> = if own.is_empty() { others } else { own }.iter().map(|found| found.target).collect();
    let mut troubles = Vec::new();
    for &target in &having {
        match schedules::remove(&context.workspace, &slug, target).await {
            Ok(sentence) => print(sentence)?,
            Err(error) => troubles.push(Trouble::from(error)),
        }
    }
    // Those that could not be asked may have it too.
    let unasked = unasked.iter().map(|(target, error)| list::not_asked(*target, error, "remove it"));
    if having.is_empty() {
        troubles.extend(unasked.map(Trouble::failed));
        if troubles.is_empty() {
            print(format!("No scheduler of this computer has {slug}; nothing was removed.{hint}"))?;
        }
    } else {
        unasked.for_each(|sentence| eprint_line(&format!("! {}", printable(&sentence))));
    }
    Ok(troubles.iter().fold(ExitCode::SUCCESS, |_, trouble| trouble.report()))
}

/// The schedulers, as the help of `--to` lists them.
fn words() -> String {
    let words: Vec<_> = SchedulerKind::value_variants().iter().map(|kind| kind.word()).collect();
    words.split_last().map(|(last, others)| format!("{} or {last}", others.join(", "))).unwrap_or_default()
}

/// The zone that replaces the one of this computer's clock.
fn clock(args: &ScheduleArgs) -> Result<Option<Tz>, Trouble> {
    Ok(args.computer_zone.as_deref().map(parse_zone).transpose()?)
}

async fn print(name: &str, target: SchedulerKind, clock: Option<Tz>, context: &Context) -> Result<ExitCode, Trouble> {
    let (task, written) = schedules::write(&context.workspace, name, target, clock).await?;
    for line in explain::install_steps(target, &task.slug) {
        eprint_line(&printable(&line));
    }
    let several = written.documents.len() > 1;
    let mut out = out();
    for (number, document) in written.documents.iter().enumerate() {
        if several {
            let gap = if number > 0 { "\n" } else { "" };
            writeln!(out, "{gap}#### {}", document.name).map_err(Trouble::unwritten)?;
        }
        out.write_all(document.text.as_bytes()).map_err(Trouble::unwritten)?;
    }
    out.flush().map_err(Trouble::unwritten)?;
    if !written.exact {
        eprint_line(explain::GUARDED);
    }
    eprint_notes(&schedules::warnings(&context.workspace, &task.slug, target).await);
    Ok(ExitCode::SUCCESS)
}

async fn install(name: &str, target: SchedulerKind, clock: Option<Tz>, context: &Context) -> Result<ExitCode, Trouble> {
    let installed = schedules::install(&context.workspace, name, target, clock).await?;
    for sentence in &installed.sentences {
        out().line(&printable(sentence)).map_err(Trouble::unwritten)?;
    }
    eprint_notes(&installed.warnings);
    if installed.first_run.is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out(), "The schedule starts at once, so the first run starts now.").map_err(Trouble::unwritten)?;
    run::scheduled(&installed.slug, context).await
}
