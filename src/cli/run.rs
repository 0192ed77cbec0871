//! `writeback run`: exports without the screen.

mod again;
mod due;
mod lines;
mod report;

use std::cell::OnceCell;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use futures_util::future::join_all;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use super::ask::choose;
use super::context::Context;
use super::exit::Exit;
use super::json::JsonForm;
use super::out::out;
use super::stderr::{eprint_line, eprint_notes};
use super::trouble::Trouble;
use crate::explain;
use crate::export::{Export, saved};
use crate::history::Kind;
use crate::ops::Login;
use crate::ops::run::{RunEnd, RunEntry, RunOrder, run_export};
use crate::schedulers::IntendedStart;
use crate::text::shell::argument;
use crate::text::terminal_text::printable;
use crate::transfer::Progress;

pub(super) use lines::Shown;
pub(crate) use lines::View;
pub(super) use report::Ran;
pub(crate) use report::done_lines;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunArgs {
    /// Saved exports by name, or definition files; if left out, a terminal asks.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports_and_files())]
    exports: Vec<String>,
    /// Do everything except the upload, and say what it would replace.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object per run on standard output.
    #[arg(long)]
    json: bool,
    /// Record the run as started by a scheduler, and retry as the export says.
    #[arg(long)]
    scheduled: bool,
    /// Like --scheduled, but only if a run is due that no scheduler has started; otherwise say so and exit with 0.
    #[arg(long)]
    if_due: bool,
    /// Like --if-due, for a scheduler that says when the run was meant to start: a time, or the name of a CronJob's Job. A
    /// run that a person has started is always due.
    #[arg(long, value_name = "WHEN", conflicts_with = "if_due", value_parser = |text: &str| IntendedStart::parse(text, Utc::now()))]
    if_due_at: Option<IntendedStart>,
    /// With --scheduled: do not retry, because the scheduler does.
    #[arg(long)]
    no_retry: bool,
}

impl RunArgs {
    pub(super) fn json(&self) -> Option<JsonForm> {
        self.json.then(|| match self.exports.is_empty() {
            true => JsonForm::Object,
            false => JsonForm::Runs(self.exports.clone()),
        })
    }

    fn kind(&self) -> Kind {
        let by_scheduler = self.scheduled || self.if_due || self.if_due_at.is_some();
        if by_scheduler { Kind::Scheduled } else { Kind::Manual }
    }

    /// The command that runs these exports alike; `None` without exports, or if a scheduler wrote the command.
    fn command(&self, exports: &[&str]) -> Option<String> {
        if exports.is_empty() || self.if_due_at.is_some() {
            return None;
        }
        let flags = [
            (self.dry_run, "--dry-run"),
            (self.scheduled, "--scheduled"),
            (self.if_due, "--if-due"),
            (self.no_retry, "--no-retry"),
        ];
        let exports = exports.iter().map(|export| argument(export));
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.to_owned());
        Some(explain::commands::run(&exports.chain(flags).collect::<Vec<_>>().join(" ")))
    }
}

/// Runs a saved export as its scheduler does.
pub(super) async fn scheduled(slug: &str, context: &Context) -> Result<ExitCode, Trouble> {
    let exports = vec![slug.to_owned()];
    let args = RunArgs {
        exports,
        dry_run: false,
        json: false,
        scheduled: true,
        if_due: false,
        if_due_at: None,
        no_retry: false,
    };
    run(&args, context).await
}

/// Runs one export after the other; while a failed one waits for its retry, the next has its turn. All definitions are
/// read first, so that a mistyped name is reported at once and not after an hour. The exit code is that of the first
/// run that did not end well; an interruption ends all.
pub(super) async fn run(args: &RunArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let exports = match args.exports.is_empty() {
        true => choose_export(args, context)?.into_iter().collect(),
        false => args.exports.clone(),
    };
    let args = &RunArgs { exports, ..args.clone() };
    let read = |name: &String| saved::load(&context.paths.exports(), name).map_err(Trouble::from);
    let read = args.exports.iter().map(read).collect::<Vec<_>>();
    if read.iter().any(Result::is_err) {
        return none_begun(args, &read).map_err(Trouble::unwritten);
    }
    let shown = Shown::for_terminal(args.json);
    let cancel = super::interrupt::cancelled();
    // The mutex is fair, so exports run in the order of their requests.
    let turn = Mutex::new(());
    let named = args.exports.iter().zip(read.into_iter().flatten());
    let ends = named.map(|(name, read)| run_named(args, context, name, read, &shown, &turn, &cancel));
    let ends = join_all(ends).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    if ends.len() > 1 && !args.json {
        let summary = summary(&args.exports, &ends);
        out().line("").and_then(|()| out().line(&summary)).map_err(Trouble::unwritten)?;
    }
    let ran = || ends.iter().flatten();
    let bad = ran().find(|ran| ran.is_cancelled()).or_else(|| ran().find(|ran| !ran.is_well()));
    Ok(bad.map_or(ExitCode::SUCCESS, Ran::exit_code))
}

/// Asks which saved export to run; `None` if the answer is none of them.
fn choose_export(args: &RunArgs, context: &Context) -> Result<Option<String>, Trouble> {
    let saved = saved::all(&context.paths.exports());
    let names: Vec<String> = saved::readable(&saved)
        .filter_map(|(path, _)| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    if names.is_empty() {
        let unreadable = saved.into_iter().find_map(|(_, export)| export.err()).map(Trouble::from);
        return Err(unreadable.unwrap_or_else(|| Trouble::usage(explain::commands::NO_EXPORT_TO_RUN)));
    }
    if args.json || !io::stdin().is_terminal() {
        return Err(Trouble::usage(explain::commands::WHICH_EXPORT));
    }
    Ok(choose("Which export? A number:", &names)?.cloned())
}

/// Says how several runs ended, and which not well: `3 exports: 2 done, 1 refused (returns).`
fn summary(exports: &[String], ends: &[Option<Ran>]) -> String {
    let mut named: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for (export, end) in exports.iter().zip(ends) {
        let word = end.map_or("not due", |ran| ran.exit().word());
        match named.iter_mut().find(|(known, _)| *known == word) {
            Some((_, exports)) => exports.push(export),
            None => named.push((word, vec![export])),
        }
    }
    let ends = named.into_iter().map(|(word, exports)| match word {
        "done" | "not due" => format!("{} {word}", exports.len()),
        _ => format!("{} {word} ({})", exports.len(), exports.join(", ")),
    });
    printable(&format!("{} exports: {}.", exports.len(), ends.collect::<Vec<_>>().join(", "))).into_owned()
}

/// Runs an export and its retries, each in its turn. `None` if it is not due.
async fn run_named(
    args: &RunArgs,
    context: &Context,
    name: &str,
    (definition, export): (PathBuf, Export),
    shown: &Shown,
    turn: &Mutex<()>,
    cancel: &CancellationToken,
) -> Result<Option<Ran>, Trouble> {
    let first = turn.lock().await;
    let ran = if cancel.is_cancelled() {
        Err(Trouble::cancelled(format!("Cancelled before {name} was run.")))
    } else {
        if !due::is_due(args, &context.paths.state, &definition, &export) {
            return Ok(None);
        }
        let kind = args.kind();
        let is_retried = kind == Kind::Scheduled && !args.no_retry && !args.dry_run;
        let retry = export.retry.filter(|_| is_retried);
        let entry =
            |kind| RunEntry { export: export.clone(), definition: definition.clone(), kind, dry_run: args.dry_run };
        let mut first = Some(first);
        let run = async |kind| {
            let _turn = match first.take() {
                Some(turn) => turn,
                None => turn.lock().await,
            };
            run_one(context, entry(kind), shown, cancel).await
        };
        again::until_done(kind, retry, cancel, run, |ran, next| report::again(&export.name, ran, next, shown)).await
    };
    match ran {
        // With --json, the reader of standard output gets the error too.
        Err(trouble) if args.json || args.exports.len() > 1 => {
            report::not_begun(name, &trouble, args.json).map(Some).map_err(Trouble::unwritten)
        }
        ran => ran.map(Some),
    }
}

/// Reports wrong definitions, and how to run the others. With `--json`, every export gets an object, even if its own
/// definition is right.
fn none_begun<T>(args: &RunArgs, read: &[Result<T, Trouble>]) -> io::Result<ExitCode> {
    let named = || args.exports.iter().zip(read);
    let wrong: Vec<&str> = named().filter(|(_, read)| read.is_err()).map(|(name, _)| name.as_str()).collect();
    let right: Vec<&str> = named().filter(|(_, read)| read.is_ok()).map(|(name, _)| name.as_str()).collect();
    let because = format!("Nothing was run, because of {}.", wrong.join(", "));
    for (name, read) in named() {
        match read {
            Err(trouble) => report::not_begun(name, trouble, args.json)?,
            Ok(_) if args.json => report::not_begun(name, &Trouble::usage(because.as_str()), true)?,
            Ok(_) => continue,
        };
    }
    if !args.json && args.exports.len() > 1 {
        eprint_line(&printable(&because));
        if let Some(command) = args.command(&right) {
            eprint_line(&format!("To run what is right: {}", printable(&command)));
        }
    }
    Ok(Exit::Usage.into())
}

/// Runs one export, shows its progress, and keeps it in the history.
pub(super) async fn run_one(
    context: &Context,
    entry: RunEntry,
    shown: &Shown,
    cancel: &CancellationToken,
) -> Result<Ran, Trouble> {
    let (name, names) = (entry.export.name.clone(), entry.export.credentials.clone());
    context.tell_choice(&names);
    let logins = (Login::Named(names.domo), Login::Named(names.dataworld));
    let order = RunOrder { entry, domo: logins.0, dataworld: logins.1, even_if_unchanged: false };
    let (export, seen) = (order.entry.export.clone(), OnceCell::new());
    let follow = |progress: watch::Receiver<Progress>, end| {
        let _ = seen.set(progress.clone());
        shown.follow(&name, progress, end)
    };
    let RunEnd { result, mut notes, closing } = run_export(&context.workspace, order, cancel, follow).await;
    if let Some(closing) = closing {
        notes.extend(closing.await.unwrap_or_default());
    }
    match result {
        Ok(outcome) => {
            let ran = report::ended(&name, &outcome, &notes, shown).map_err(Trouble::unwritten)?;
            let progress = seen.get().map(|seen| seen.borrow().clone()).unwrap_or_default();
            if ran.exit() == Exit::Failed && shown.is_watched() {
                report::print_ticket(&export, &outcome, &progress);
            }
            Ok(ran)
        }
        Err(why) => {
            eprint_notes(&notes);
            Err(why.into())
        }
    }
}
