//! `writeback history`: past runs, and a summary for one export.

use super::stderr::eprint_line;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anstyle::Style;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::context::Context;
use super::json;
use super::line::sign_style;
use super::out::{out, room};
use super::table::{Column, Table};
use super::trouble::Trouble;
use crate::explain;
use crate::export::schedule::Punctuality;
use crate::export::{Export, saved};
use crate::history::{History, HistoryError, Opened, Run, RunFilter, Statistics};
use crate::system::files::canonical;
use crate::system::log;
use crate::text::format;
use crate::text::terminal_text::printable;

#[derive(Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// Show the runs of one export only: a saved export by name, or a definition file.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports_and_files())]
    export: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Show at most this many runs, newest first.
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print the report on the newest run, for a support ticket.
    #[arg(long, conflicts_with_all = ["json", "limit"])]
    ticket: bool,
}

pub(super) fn history(args: &HistoryArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let state = &context.paths.state;
    let name = args.export.as_deref();
    let definition = canonical(&saved::find(&context.paths.exports(), name.unwrap_or_default()));
    // With a definition, only its own runs, because another file's export may have the same name. Without one (deleted,
    // or never saved) all runs under the name.
    let slug = name.filter(|_| !definition.exists()).map(saved::slug);
    let which = match (name, &slug) {
        (None, _) => RunFilter::All,
        (Some(_), None) => RunFilter::Definition(&definition),
        (Some(_), Some(slug)) => RunFilter::Export { slug, definition: &definition },
    };
    let listing = match History::existing(state, Utc::now()).map_err(unreadable)? {
        Some(opened) => match read(opened, context, which, args.limit) {
            Err(HistoryError::Damaged) => {
                let restored = History::restore(state, Utc::now()).map_err(unreadable)?;
                read(restored, context, which, args.limit).map_err(unreadable)?
            }
            read => read.map_err(unreadable)?,
        },
        None => Listing::default(),
    };
    if let Some(name) = name.filter(|_| listing.statistics.runs == 0 && !definition.exists()) {
        return Err(unknown(context, name));
    }
    if args.json {
        json::pretty(&mut out(), &as_json(name, &listing)).map_err(Trouble::unwritten)?;
    } else if let Some(newest) = listing.runs.first().filter(|_| args.ticket) {
        print_ticket(newest, Utc::now()).map_err(Trouble::unwritten)?;
    } else {
        print(name, &listing, Utc::now()).map_err(Trouble::unwritten)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::needless_pass_by_value, reason = "errors are mapped with it")]
fn unreadable(error: HistoryError) -> Trouble {
    Trouble::failed(explain::history_unreadable(&error))
}

/// The error if the name has neither a saved export nor a run.
fn unknown(context: &Context, name: &str) -> Trouble {
    let meant = saved::nearest_name(&context.paths.exports(), name);
    let hint = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    Trouble::usage(format!("There is no export `{name}`, and no run of it in the history.{hint}"))
}

#[derive(Default)]
struct Listing {
    runs: Vec<Run>,
    statistics: Statistics,
    /// Set for one export whose definition still exists.
    punctuality: Option<Punctuality>,
}

fn read(opened: Opened, context: &Context, which: RunFilter, most: u32) -> Result<Listing, HistoryError> {
    let Opened { history, damaged } = opened;
    if let Some(kept) = damaged {
        eprint_line(&format!("! {}", printable(&explain::history_damaged(&kept))));
    }
    // Without permission to write, the history can still be read.
    if let Err(HistoryError::Damaged) = history.find_interrupted(&context.paths.state, Utc::now(), explain::interrupted)
    {
        return Err(HistoryError::Damaged);
    }
    let punctuality = match which {
        RunFilter::Definition(definition) | RunFilter::Export { definition, .. } => match Export::load(definition) {
            Ok(export) => {
                let _ = history.find_moved([(definition, &export)]);
                Some(history.punctuality(definition, &export.schedule, Utc::now())?)
            }
            // The runs of a deleted export are still listed.
            Err(_) => None,
        },
        RunFilter::All => None,
    };
    Ok(Listing { runs: history.runs(which, most)?, statistics: history.statistics(which)?, punctuality })
}

fn as_json(name: Option<&str>, Listing { runs, statistics, punctuality }: &Listing) -> serde_json::Value {
    let mut object = json!({ "total": statistics.runs, "runs": runs });
    if name.is_some() {
        object["success_rate"] = json!(statistics.success_rate());
        object["average_seconds"] = json!(statistics.average.map(|average| average.as_secs_f64()));
        object["last_good"] = json!(statistics.last_good);
        object["state"] = json!(punctuality.map(Punctuality::words));
        object["late_since"] = json!(punctuality.and_then(Punctuality::late_since));
    }
    object
}

fn print(name: Option<&str>, listing: &Listing, now: DateTime<Utc>) -> io::Result<()> {
    let Listing { runs, statistics, .. } = listing;
    let mut out = out();
    if runs.is_empty() {
        let of = name.map(|name| format!(" of {}", printable(name))).unwrap_or_default();
        return out.line(&format!("There are no runs{of} in the history."));
    }
    if name.is_some() {
        summary_lines(listing, now).iter().try_for_each(|line| out.line(line))?;
        writeln!(out)?;
    }
    write!(out, "{}", runs_table(runs, name.is_some()).text(room()))?;
    let shown = runs.len() as u64;
    let all = format::counted(statistics.runs, "run");
    if shown < statistics.runs {
        writeln!(out, "\nthe last {} of {all}; --limit shows more", format::count(shown))?;
    } else {
        writeln!(out, "\n{all}")?;
    }
    Ok(())
}

/// Prints the report on a run, with the ids of its export as it is saved now.
fn print_ticket(run: &Run, now: DateTime<Utc>) -> io::Result<()> {
    let export = Export::load(Path::new(&run.definition)).ok();
    let log = log::file().and_then(|today| log::of_day(&today, run.ended.unwrap_or(run.started), now));
    let log = log.filter(|file| file.exists());
    let mut out = out();
    explain::run_report(run, export.as_ref(), None, log.as_deref())
        .iter()
        .try_for_each(|line| out.line(&line.to_string()))
}

/// The lines above the runs of one export: figures, a missing run, and the newest run's failure and notes.
fn summary_lines(Listing { runs, statistics, punctuality }: &Listing, now: DateTime<Utc>) -> Vec<String> {
    let name = runs.first().map(|run| printable(&run.export).into_owned()).unwrap_or_default();
    let last = statistics
        .last_good
        .map_or_else(|| "none has ended well".to_owned(), |then| format!("last good one {}", format::ago(now, then)));
    let mut lines = vec![format!("{name}: {} · {last}", statistics.summary())];
    if let Some(due) = punctuality.and_then(Punctuality::late_since) {
        lines.push(format!("! It is late: the run that was due on {} has not begun.", format::moment(due)));
        lines.push("  Look whether its scheduler still runs it.".to_owned());
    }
    if let Some(Run { reason: Some(reason), advice, file_now, support_id, .. }) = runs.first() {
        let id = support_id.as_ref().map(|id| format!("Support id {id}."));
        let more = [advice.as_ref(), file_now.as_ref(), id.as_ref()];
        lines.push(format!("! {}", printable(reason)));
        lines.extend(more.into_iter().flatten().map(|line| format!("  {}", printable(line))));
    }
    lines.extend(runs.iter().take(1).flat_map(|run| &run.notes).map(|note| format!("! {}", printable(note))));
    lines
}

fn runs_table(runs: &[Run], of_one: bool) -> Table<8> {
    let export = Column::new("Export").at_least(12).typed();
    let mut table = Table::new([
        Column::new("Start (UTC)"),
        // The lines above the table name the export.
        if of_one { export.spare(0) } else { export },
        Column::new("Kind").spare(2),
        Column::new("Result").colored(result_style),
        Column::new("Rows").right().spare(5),
        Column::new("Bytes").right().spare(1),
        Column::new("Time").right().spare(4),
        Column::new("File").at_least(20).spare(3),
    ]);
    for run in runs {
        table.row([
            format::date_and_time(run.started),
            run.export.clone(),
            run.kind.map_or("?", |kind| kind.into_str()).to_owned(),
            run.result_words(),
            run.came(run.rows).map(format::count).unwrap_or_default(),
            run.came(run.bytes).map(format::bytes).unwrap_or_default(),
            run.took().map(format::took).unwrap_or_default(),
            run.file.clone().unwrap_or_default(),
        ]);
    }
    table
}

/// The style of a result in words.
fn result_style(words: &str) -> Style {
    match words.split([' ', ',', ':']).next().unwrap_or_default() {
        "done" if words != "done" => sign_style("! "),
        "done" | "dry" | "skipped" => sign_style("✓ "),
        "cancelled" | "running" => sign_style("! "),
        _ => sign_style("✗ "),
    }
}
