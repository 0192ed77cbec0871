//! `writeback schedule`: hands a saved export's schedule to a scheduler.

mod list;

use std::io::Write as _;
use std::process::ExitCode;

use chrono::Utc;
use chrono_tz::Tz;
use clap::ValueEnum as _;

use super::context::Context;
use super::out::out;
use super::run;
use super::stderr::eprint_line;
use super::trouble::Trouble;
use crate::explain;
use crate::export::schedule::{Advanced, Rhythm, parse_zone};
use crate::export::{Export, saved};
use crate::schedulers::{self, SchedulerKind, Task, WrittenTask};
use crate::text::format;
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
        return remove(name, args.to, context);
    }
    let target = args.to.map_or_else(proposed, Ok)?;
    let (stem, export) = saved::load_saved(&context.paths.exports(), name)?;
    let clock = if target.goes_by_clock() { clock(args)? } else { export.schedule.zone };
    let task = task(stem, export, clock, context)?;
    if args.install { install(&task, target, context).await } else { print(&task, target) }
}

fn proposed() -> Result<SchedulerKind, Trouble> {
    SchedulerKind::proposed().ok_or_else(|| {
        Trouble::usage(format!("No scheduler was found on this computer. Name one with --to: {}.", words()))
    })
}

/// Removes an export from the given scheduler, or else from all of this computer that have it.
fn remove(name: &str, target: Option<SchedulerKind>, context: &Context) -> Result<ExitCode, Trouble> {
    let folder = context.paths.exports();
    let (installed, unasked) = schedulers::installed();
    // A scheduler may have an export without a definition.
    let is_there = installed.iter().any(|found| found.slug == name);
    let slug = if is_there { name.to_owned() } else { saved::find_stem(&folder, name)? };
    let meant = saved::nearest_name(&folder, name).filter(|_| !saved::definition_path(&folder, &slug).exists());
    let hint = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    let print = |line: String| out().line(&printable(&line)).map_err(Trouble::unwritten);
    if let Some(target) = target {
        let removed = schedulers::remove(&slug, target)?;
        print(if removed {
            gone(&slug, target)
        } else {
            format!("{slug} is not in {}; nothing was removed.{hint}", target.title())
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let having: Vec<_> = installed.iter().filter(|found| found.slug == slug).map(|found| found.target).collect();
    let removed: Vec<_> = having.iter().map(|target| (*target, schedulers::remove(&slug, *target))).collect();
    let mut troubles = Vec::new();
    for (target, removed) in removed {
        match removed {
            Ok(_) => print(gone(&slug, target))?,
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

fn gone(slug: &str, target: SchedulerKind) -> String {
    format!("{slug} is no longer in {}.", target.title())
}

fn task(slug: String, export: Export, clock: Tz, context: &Context) -> Result<Task, Trouble> {
    let task = schedulers::task(slug, export, clock, context.environment().home.as_deref());
    task.map_err(|error| {
        Trouble::failed(format!("The path of this program, or the current folder, could not be found: {error}."))
    })
}

/// The schedulers, as the help of `--to` lists them.
fn words() -> String {
    let words: Vec<_> = SchedulerKind::value_variants().iter().map(|kind| kind.word()).collect();
    words.split_last().map(|(last, others)| format!("{} or {last}", others.join(", "))).unwrap_or_default()
}

/// The zone of the computer's clock.
fn clock(args: &ScheduleArgs) -> Result<Tz, Trouble> {
    match &args.computer_zone {
        Some(zone) => Ok(parse_zone(zone)?),
        None => schedulers::clock().ok_or_else(|| {
            Trouble::failed("This computer's time zone could not be found. Pass it as --computer-zone Area/City.")
        }),
    }
}

fn print(task: &Task, target: SchedulerKind) -> Result<ExitCode, Trouble> {
    let written = schedulers::write(task, target)?;
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
    explain_guard(&written);
    Ok(ExitCode::SUCCESS)
}

/// Says why the command has a guard, if it has one.
fn explain_guard(written: &WrittenTask) {
    if !written.exact {
        eprint_line(explain::GUARDED);
    }
}

async fn install(task: &Task, target: SchedulerKind, context: &Context) -> Result<ExitCode, Trouble> {
    for sentence in explain::handed_over(target, &task.slug, &schedulers::install(task, target)?) {
        out().line(&printable(&sentence)).map_err(Trouble::unwritten)?;
    }
    explain_guard(&schedulers::write(task, target)?);
    let schedule = &task.export.schedule;
    if let Some(next) = schedule.next_runs(Utc::now()).next() {
        writeln!(out(), "The next run is on {}.", format::moment_in(schedule.zone, next))
            .map_err(Trouble::unwritten)?;
    }
    if !matches!(schedule.rhythm, Rhythm::Advanced(Advanced { start_at_once: true, .. })) {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out(), "The schedule starts at once, so the first run starts now.").map_err(Trouble::unwritten)?;
    run::scheduled(&task.slug, context).await
}
