use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::ask::confirm;
use super::context::Context;
use super::json;
use super::line::sign_style;
use super::out::{out, room};
use super::stderr::{eprint_line, eprint_notes};
use super::table::{Column, Table};
use super::trouble::Trouble;
use crate::explain;
use crate::export::schedule::Punctuality;
use crate::export::{Export, check_export_name, saved};
use crate::ops::exports::{self, Listed};
use crate::ops::schedules;
use crate::schedulers::{self, LocalSchedules, ScheduleState, SchedulerStatus};
use crate::text::format;
use crate::text::terminal_text::{name as shown, printable};

const EXAMPLE: &str = include_str!("../../assets/example.toml");

#[derive(Debug, clap::Subcommand)]
pub(super) enum ExportsCommand {
    /// List the saved exports, when each runs next, and whether it is late or no scheduler has it.
    List {
        /// Print JSON: an array with one object per export.
        #[arg(long)]
        json: bool,
    },
    /// Print the definition of an export.
    Show {
        /// A saved export by name, or a definition file.
        #[arg(value_name = "NAME|FILE", required_unless_present = "example", add = super::complete::exports_and_files())]
        name: Option<String>,
        /// Print an example with every key and its meaning instead.
        #[arg(long)]
        example: bool,
    },
    /// Rename an export; its history moves with it.
    Rename {
        /// A saved export by name, or its file.
        #[arg(value_name = "NAME|FILE", add = super::complete::exports())]
        name: String,
        /// The new name.
        new: String,
    },
    /// Delete an export's definition; exported files and past runs stay.
    Remove {
        /// A saved export by name, or its file.
        #[arg(value_name = "NAME|FILE", add = super::complete::exports())]
        name: String,
        /// Do not ask for confirmation.
        #[arg(long, short)]
        yes: bool,
    },
}

#[derive(Serialize)]
struct ExportRow {
    /// The name for `writeback run`.
    file: String,
    #[serde(flatten)]
    state: State,
}

#[derive(Serialize)]
#[serde(untagged)]
enum State {
    Good {
        name: String,
        input: String,
        output: String,
        schedule: String,
        next: Option<DateTime<Utc>>,
        /// `manual`, `no scheduled run yet`, `on time` or `late`; `None` if the history cannot be read.
        #[serde(rename = "state", serialize_with = "words")]
        punctuality: Option<Punctuality>,
        late_since: Option<DateTime<Utc>>,
        schedulers: Vec<LocalScheduleJson>,
        #[serde(skip)]
        scheduler_status: Option<SchedulerStatus>,
    },
    Bad {
        error: String,
    },
}

fn words<S: Serializer>(punctuality: &Option<Punctuality>, serializer: S) -> Result<S::Ok, S::Error> {
    punctuality.map(Punctuality::words).serialize(serializer)
}

/// A scheduler's copy of an export: its state, and if it matches the definition.
#[derive(Serialize)]
struct LocalScheduleJson {
    scheduler: String,
    matches: bool,
}

pub(super) async fn exports(command: &ExportsCommand, context: &Context) -> Result<ExitCode, Trouble> {
    let folder = context.paths.exports();
    match command {
        ExportsCommand::List { json } => return list(context, *json).await,
        ExportsCommand::Show { example: true, .. } | ExportsCommand::Show { name: None, .. } => print(EXAMPLE)?,
        ExportsCommand::Show { name: Some(name), .. } => {
            let (_, text) = saved::load_text(&folder, name)?;
            print(&if std::io::stdout().is_terminal() { line_by_line(&text) } else { text })?;
        }
        ExportsCommand::Rename { name, new } => rename(context, name, new).await?,
        ExportsCommand::Remove { name, yes } => {
            let path = saved::definition_path(&folder, &saved::find_stem(&folder, name)?);
            // A broken definition can be removed, a missing one cannot.
            if let Ok(false) = path.try_exists() {
                return Err(saved::unknown(&folder, name).into());
            }
            let left = left_with_schedulers(context, &path);
            let stays = left.iter().map(|sentence| format!(" {sentence}")).collect::<String>();
            if !yes
                && !confirm(&format!("Remove the export {}? Exported files stay on data.world.{stays}", shown(name)))?
            {
                return Err(Trouble::usage("Nothing was removed. To remove it without confirmation, add --yes."));
            }
            if let Some(note) = exports::remove(&context.workspace, path.clone()).await? {
                eprint_line(&format!("! {}", printable(&note)));
            }
            writeln!(out(), "{}", printable(&format!("Removed {}.", path.display()))).map_err(Trouble::unwritten)?;
            // A person who was not asked has not read these sentences yet.
            left.iter().filter(|_| *yes).for_each(|sentence| eprint_line(&format!("! {}", printable(sentence))));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Sentences on schedulers that go on starting a removed export, with the commands that stop them.
fn left_with_schedulers(context: &Context, path: &Path) -> Vec<String> {
    let slug = path.file_stem().unwrap_or_default().to_string_lossy();
    let (installed, _) = schedulers::installed();
    let home = context.workspace.tools.environment.home.as_deref();
    let of_export = installed.iter().filter(|found| found.slug == slug && found.is_of(home) != Some(false));
    of_export.map(|found| explain::left_with_scheduler(&slug, found.target)).collect()
}

async fn rename(context: &Context, name: &str, new: &str) -> Result<(), Trouble> {
    let new = new.trim();
    check_export_name(new)?;
    let saved = exports::rename(&context.workspace, name, new).await?;
    eprint_notes(&saved.notes);
    print(&format!("{}\n", explain::commands::export_renamed(&saved.slug())))?;
    for (has_new_name, sentence) in saved.schedulers() {
        match has_new_name {
            true => print(&format!("{}\n", printable(&sentence)))?,
            false => eprint_notes(&[sentence]),
        }
    }
    Ok(())
}

/// Lists the readable exports, then reports errors of the others, which set the exit code.
async fn list(context: &Context, json: bool) -> Result<ExitCode, Trouble> {
    let now = Utc::now();
    let (saved, notes) = exports::list(&context.workspace).await;
    eprint_notes(&notes);
    let schedules = local_schedules(context, &saved).await;
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for Listed { file, export, punctuality, .. } in saved {
        let file = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let state = match export {
            Ok(export) => good(&export, punctuality, (&schedules, &file), now),
            Err(error) => {
                let state = State::Bad { error: error.to_string() };
                wrong.push(Trouble::from(error));
                state
            }
        };
        rows.push(ExportRow { file, state });
    }
    if json {
        json::pretty(&mut out(), &rows).map_err(Trouble::unwritten)?;
    } else if rows.is_empty() {
        print(&format!("{}\n", explain::commands::NO_EXPORTS))?;
    } else if rows.len() > wrong.len() {
        print(&table_of(rows, now).text(room()))?;
    }
    Ok(wrong.iter().fold(ExitCode::SUCCESS, |_, trouble| trouble.report()))
}

fn table_of(rows: Vec<ExportRow>, now: DateTime<Utc>) -> Table<6> {
    let mut table = Table::new([
        Column::new("Run as").at_least(18).typed(),
        Column::new("Name").at_least(12).spare(1),
        Column::new("To").at_least(16).spare(3),
        Column::new("Schedule").at_least(20).spare(2),
        Column::new("Next run (UTC)").spare(4),
        Column::new("State").at_least(12).colored(sign_style),
    ]);
    for ExportRow { file, state } in rows {
        if let State::Good { name, output, schedule, next, punctuality, scheduler_status, .. } = state {
            let (next, state) = standing(next, punctuality, scheduler_status.as_ref(), now);
            table.row([file, name, output, schedule, next, state]);
        }
    }
    table
}

/// Asks the schedulers. Prints why one could not be asked, unless all schedules are manual.
async fn local_schedules(context: &Context, saved: &[Listed]) -> LocalSchedules {
    let schedules = schedules::find(&context.workspace, None).await;
    if saved.iter().any(|listed| listed.export.as_ref().is_ok_and(|export| !export.schedule.is_manual())) {
        schedules.unasked.iter().for_each(|(_, why)| eprint_line(&format!("! {}", printable(&why.to_string()))));
    }
    schedules
}

/// The next run and the state. An export that no scheduler has, as far as is known, has no next run.
fn standing(
    next: Option<DateTime<Utc>>,
    punctuality: Option<Punctuality>,
    scheduler_status: Option<&SchedulerStatus>,
    now: DateTime<Utc>,
) -> (String, String) {
    let next = match (scheduler_status, next) {
        (Some(SchedulerStatus::Unknown(_)), _) => "?".to_owned(),
        (Some(SchedulerStatus::Scheduler(_) | SchedulerStatus::Other), Some(next)) => format::date_and_time(next),
        _ => "-".to_owned(),
    };
    let state = match (punctuality, scheduler_status) {
        (Some(Punctuality::Late(due)), _) => format!("! late: due {}", format::ago_in_short(now, due)),
        (_, Some(SchedulerStatus::Nobody)) => "! not scheduled here".to_owned(),
        (_, Some(SchedulerStatus::Outdated(target))) => format!("! outdated in {}", target.title()),
        (_, Some(SchedulerStatus::Leftover(target))) => format!("! still in {}", target.title()),
        (Some(Punctuality::OnTime), _) => "✓ on time".to_owned(),
        (punctuality, _) => punctuality.map_or("?", Punctuality::words).to_owned(),
    };
    (next, state)
}

fn good(
    export: &Export,
    punctuality: Option<Punctuality>,
    (schedules, file): (&LocalSchedules, &str),
    now: DateTime<Utc>,
) -> State {
    let of_export = schedules.all.iter().filter(|has| has.slug == file && !has.is_of_other_home());
    State::Good {
        name: export.name.clone(),
        input: export.input.dataset.to_string(),
        output: format!("{}/{}", export.output.dataset, export.output.file),
        schedule: export.schedule.describe(),
        next: export.schedule.next_runs(now).next(),
        punctuality,
        late_since: punctuality.and_then(Punctuality::late_since),
        schedulers: of_export
            .map(|has| LocalScheduleJson { scheduler: has.target.word(), matches: has.state == ScheduleState::Matches })
            .collect(),
        scheduler_status: schedules.status(file, &export.schedule, punctuality),
    }
}

/// A file made safe for the terminal: its author is not known.
fn line_by_line(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", printable(line))).collect()
}

fn print(text: &str) -> Result<(), Trouble> {
    out().write_all(text.as_bytes()).map_err(Trouble::unwritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of a definition, with their tables: `output.keep`.
    fn keys(text: &str) -> Vec<String> {
        let table: toml::Table = toml::from_str(text).unwrap();
        let mut keys = Vec::new();
        for (key, value) in table {
            match value.as_table() {
                Some(inner) => keys.extend(inner.keys().map(|inner| format!("{key}.{inner}"))),
                None => keys.push(key),
            }
        }
        keys
    }

    #[test]
    fn the_example_is_a_definition_with_every_key() {
        Export::parse(EXAMPLE, Path::new("example.toml")).unwrap();
        let mut there = keys(EXAMPLE);
        // Keys that exclude others are commented out.
        let behind = EXAMPLE.lines().filter_map(|line| line.strip_prefix("# ")).collect::<Vec<_>>();
        for key in ["from", "to", "start_at_once", "cron"] {
            assert!(behind.iter().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
            there.push(format!("schedule.{key}"));
        }
        for name in known() {
            assert!(TABLES.contains(&name.as_str()) || there.contains(&name), "{name} is missing");
        }
    }

    #[test]
    fn commented_examples_are_valid_schedules() {
        let forms = EXAMPLE.lines().filter_map(|line| line.strip_prefix("#   "));
        let mut read = 0;
        for form in forms {
            // The text after the last value explains the key.
            let end = form.rfind(['"', ']']).map_or(0, |at| at + 1);
            let keys = form[..end].replace("    ", "\n").replace("\" on", "\"\non");
            let schedule = toml::from_str::<crate::export::Schedule>(&keys);
            assert!(schedule.is_ok(), "{form}: {schedule:?}");
            read += 1;
        }
        assert_eq!(read, 9);
    }

    const TABLES: [&str; 8] = ["input", "output", "credentials", "schedule", "retry", "log", "csv", "checks"];

    /// All keys, as the error for an unknown one lists them.
    fn known() -> Vec<String> {
        let listed = |table: &str| {
            let (text, prefix) = match table {
                "" => (format!("zzz = 1\n{EXAMPLE}"), String::new()),
                _ => {
                    let text = EXAMPLE.replace(&format!("\n[{table}]"), &format!("\n[{table}]\nzzz = 1 "));
                    (text, format!("{table}."))
                }
            };
            let error = toml::from_str::<Export>(&text).unwrap_err();
            let known: Vec<String> =
                error.message().split('`').skip(1).step_by(2).skip(1).map(|key| format!("{prefix}{key}")).collect();
            assert!(!known.is_empty(), "{table}: {error}");
            known
        };
        std::iter::once("").chain(TABLES).flat_map(listed).collect()
    }
}
