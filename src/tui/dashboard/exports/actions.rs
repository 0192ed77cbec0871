//! Actions of the tab Exports.

use std::path::PathBuf;

use super::row::slug_of;
use super::{ExportRow, start_run};
use crate::explain;
use crate::export::{CredentialNames, Export};
use crate::schedulers::SchedulerStatus;
use crate::text::terminal_text::name;
use crate::tui::dashboard::actions::{Q, always};
use crate::tui::dashboard::{ConfirmedAction, Home, MenuItem, Tab, check, history, schedule};
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Binding, Place};
use crate::tui::state::{
    Answer, CANCEL_TITLE, Decision, Effect, HasShell as _, Login, Opening, Original, Run, Severity, Subject, order,
};

pub(in crate::tui::dashboard) static ACTIONS: [Action<Home>; 28] = [
    Action::new(&[ENTER], "open", Place::Exports, is_readable, open),
    Action::new(&[letter('r', "r")], "run", Place::Exports, is_readable, |home| start(home, false)),
    Action::new(&[letter('c', "c")], "cancel", Place::Exports, is_running, ask_to_cancel),
    Action::new(&[letter('n', "n")], "new", Place::Exports, always, |_| vec![Effect::OpenWizard(Opening::New)]),
    Action::new(&[letter('e', "e")], "edit", Place::Exports, is_readable, edit),
    Action::new(&[letter('D', "D")], "dry run", Place::Exports, is_readable, |home| start(home, true)),
    Action::new(&[letter('t', "t")], "check", Place::Exports, is_readable, begin_check),
    Action::new(&[letter('s', "s")], "schedule", Place::Exports, is_readable, open_schedule),
    Action::new(&[letter('p', "p")], "duplicate", Place::Exports, is_readable, duplicate),
    Action::new(&[letter('x', "x"), DELETE], "remove", Place::Exports, has_row, ask_to_remove),
    Action::new(&[letter('y', "y")], "copy", Place::Exports, may_copy, copy),
    Action::new(&[letter('h', "h")], "history", Place::Exports, has_row, show_history),
    Action::new(&[letter('c', "c")], "cancel", Place::Run, is_running, ask_to_cancel),
    decision(
        &[letter('f', "f")],
        Decision::Quote,
        |home| offers(home, Decision::Quote),
        |home| decide(home, Decision::Quote),
    ),
    decision(
        &[letter('a', "a")],
        Decision::Once,
        |home| offers(home, Decision::Once),
        |home| decide(home, Decision::Once),
    ),
    decision(
        &[letter('w', "w")],
        Decision::Always,
        |home| offers(home, Decision::Always),
        |home| decide(home, Decision::Always),
    ),
    decision(
        &[letter('w', "w")],
        Decision::ConfirmOwner,
        |home| offers(home, Decision::ConfirmOwner),
        |home| decide(home, Decision::ConfirmOwner),
    ),
    decision(
        &[letter('w', "w")],
        Decision::ConfirmSeesAll,
        |home| offers(home, Decision::ConfirmSeesAll),
        |home| decide(home, Decision::ConfirmSeesAll),
    ),
    Action::new(&[letter('r', "r")], "run", Place::Run, may_run_in_earnest, |home| repeat(home, false))
        .named("run-again"),
    Action::new(&[letter('r', "r")], "run again", Place::Run, may_run_again, |home| repeat(home, false)),
    Action::new(&[letter('D', "D")], "dry run", Place::Run, may_run_in_earnest, |home| repeat(home, true)),
    Action::new(&[letter('D', "D")], "dry run", Place::Run, may_run_again, |home| repeat(home, true)).quiet(),
    Action::new(&[letter('e', "e")], "edit", Place::Run, may_run_again, edit),
    Action::new(&[letter('s', "s")], "schedule", Place::Run, may_run_again, open_schedule),
    Action::new(&[letter('o', "o")], "open in the browser", Place::Run, has_link, open_link).short("open"),
    Action::new(&[letter('y', "y")], "copy", Place::Run, may_copy, copy),
    Action::new(&[letter('t', "t")], "check", Place::Run, may_run_again, begin_check),
    Action::new(&[ESC, Q, ENTER, LEFT], "back", Place::Run, has_row, close),
];

/// A decision on a refused run. The page lists them one under the other.
const fn decision(
    keys: &'static [Binding],
    decision: Decision,
    applies: fn(&Home) -> bool,
    run: fn(&mut Home) -> Vec<Effect>,
) -> Action<Home> {
    Action::new(keys, decision.label(), Place::Run, applies, run).listed()
}

fn has_row(home: &Home) -> bool {
    home.tab == Tab::Exports && home.exports.row().is_some()
}

/// No command finds an export of the demo, or one that is not saved as the page shows it.
fn has_command(home: &Home) -> bool {
    let is_shown = |row: &ExportRow| opened_run(home).is_none_or(|run| row.is_saved_as(run.export()));
    !home.demo && has_row(home) && home.exports.row().is_some_and(|row| row.is_saved && is_shown(row))
}

fn is_readable(home: &Home) -> bool {
    has_row(home) && home.exports.row().is_some_and(|row| row.export.is_ok())
}

fn is_running(home: &Home) -> bool {
    has_row(home) && home.exports.row().and_then(|row| home.exports.in_progress(row)).is_some()
}

fn may_run_again(home: &Home) -> bool {
    is_readable(home) && !is_running(home)
}

/// The page shows a dry run.
fn may_run_in_earnest(home: &Home) -> bool {
    may_run_again(home) && opened_run(home).is_some_and(Run::is_dry)
}

fn opened_run(home: &Home) -> Option<&Run> {
    let row = home.exports.opened_row().filter(|_| home.tab == Tab::Exports)?;
    home.exports.newest(row)
}

/// The newest run of the export that keys apply to, if it was made in this session.
fn shown_run(home: &Home) -> Option<&Run> {
    home.exports.newest(home.exports.row().filter(|_| home.tab == Tab::Exports)?)
}

fn offers(home: &Home, decision: Decision) -> bool {
    opened_run(home).is_some_and(|run| run.offers(decision))
}

/// The address of the file that the newest run has sent.
fn link(home: &Home) -> Option<String> {
    let summary = shown_run(home).and_then(Run::summary).filter(|summary| !summary.dry_run)?;
    Some(summary.link.clone())
}

fn has_link(home: &Home) -> bool {
    link(home).is_some()
}

fn has_report(home: &Home) -> bool {
    has_row(home) && report(home).is_some()
}

/// The report of the newest run: this session's, or else that of the history.
fn report(home: &Home) -> Option<String> {
    match shown_run(home) {
        Some(run) => run.report(home.shell.log.as_deref()),
        None => Some(home.report(home.exports.row()?.last.as_ref()?)),
    }
}

impl super::Exports {
    /// The export that keys apply to: the open one, or the selected one.
    pub(super) fn row(&self) -> Option<&ExportRow> {
        if self.opened.is_some() { self.opened_row() } else { self.list.under_cursor() }
    }
}

fn open(home: &mut Home) -> Vec<Effect> {
    let Some(row) = home.exports.row() else { return Vec::new() };
    if row.last.is_none() && home.exports.run_of(row).is_none() {
        home.notify(
            Severity::Idle,
            format!(
                "It has not run yet. Press {} to run it now, or {} for a dry run: everything but the upload.",
                home.key("exports.run"),
                home.key("exports.dry-run")
            ),
        );
    } else {
        home.exports.opened = Some(row.slug());
        home.top = 0;
    }
    Vec::new()
}

fn close(home: &mut Home) -> Vec<Effect> {
    home.exports.opened = None;
    Vec::new()
}

/// Runs the export, unless it is running here. The journal refuses one that is running elsewhere.
fn start(home: &mut Home, dry_run: bool) -> Vec<Effect> {
    let Some(row) = home.exports.row() else { return Vec::new() };
    if home.exports.in_progress(row).is_some() {
        let text = format!("{} is already running. Press {} to cancel it.", row.name, home.key("exports.cancel"));
        home.notify(Severity::Warning, text);
        return Vec::new();
    }
    let Ok(export) = row.export.clone() else { return Vec::new() };
    let before = home.exports.run_of(row).map(|run| &run.order);
    let CredentialNames { domo, dataworld } = export.credentials.clone();
    // Credentials that were entered for a run, and that no account keeps, hold for the next one.
    let logins = (
        login(domo, before.map(|order| order.domo.clone())),
        login(dataworld, before.map(|order| order.dataworld.clone())),
    );
    let order = order(*export, row.file.clone(), dry_run, logins);
    start_run(home, order, Vec::new())
}

/// Runs the export of the open page: the saved one, unless the run was of another, as the wizard may have one.
fn repeat(home: &mut Home, dry_run: bool) -> Vec<Effect> {
    let saved = home.exports.row().and_then(|row| row.export.as_deref().ok());
    let differs = |run: &&Run| home.over_wizard || !saved.is_some_and(|saved| saved.has_the_way_of(run.export()));
    let Some(mut order) = opened_run(home).filter(differs).map(|run| run.order.clone()) else {
        return start(home, dry_run);
    };
    order.entry.dry_run = dry_run;
    start_run(home, order, Vec::new())
}

fn login<C>(name: Option<String>, before: Option<Login<C>>) -> Login<C> {
    match (name, before) {
        (None, Some(entered @ Login::Entered { .. })) => entered,
        (name, _) => Login::Named(name),
    }
}

/// Runs an export whose schedule has just begun, also before its row is loaded.
pub(in crate::tui::dashboard) fn start_first_run(home: &mut Home, slug: &str, export: Export) -> Vec<Effect> {
    if home.exports.runs.get(slug).is_some_and(Run::is_running) {
        return Vec::new();
    }
    let row = home.exports.list.all().find(|row| row.slug() == slug);
    let file = row.map_or_else(|| PathBuf::from(format!("{slug}.toml")), |row| row.file.clone());
    let CredentialNames { domo, dataworld } = export.credentials.clone();
    let order = order(export, file, false, (Login::Named(domo), Login::Named(dataworld)));
    start_run(home, order, Vec::new())
}

fn open_schedule(home: &mut Home) -> Vec<Effect> {
    let Some(row) = home.exports.row() else { return Vec::new() };
    let (name, slug) = (row.name.clone(), row.slug());
    if !row.is_saved {
        home.notify(Severity::Idle, format!("{name} is not saved. Save it first, and then schedule it."));
        return Vec::new();
    }
    if home.exports.is_unscheduled(row) {
        let edit = home.key("exports.edit");
        let text = format!("{name} has no schedule: it runs only when someone runs it. Press {edit} to give it one.");
        home.notify(Severity::Idle, text);
        return Vec::new();
    }
    home.exports.opened = None;
    schedule::open(home, name, slug)
}

fn begin_check(home: &mut Home) -> Vec<Effect> {
    let export = home.exports.row().and_then(|row| row.export.clone().ok());
    export.map(|export| check::start(home, Subject::Export(export))).unwrap_or_default()
}

/// Cancels the run, after a question once a part of the file has been sent.
fn ask_to_cancel(home: &mut Home) -> Vec<Effect> {
    let Some(slug) = home.exports.row().map(ExportRow::slug) else { return Vec::new() };
    let Some(run) = home.exports.runs.get(&slug) else { return Vec::new() };
    if !run.has_sent() {
        return cancel(home, &slug);
    }
    let text = run.cancel_text();
    home.ask(CANCEL_TITLE, text, ConfirmedAction::CancelRun(slug));
    Vec::new()
}

pub(in crate::tui::dashboard) fn cancel(home: &mut Home, slug: &str) -> Vec<Effect> {
    home.exports.runs.get_mut(slug).and_then(Run::cancel).into_iter().collect()
}

pub(in crate::tui::dashboard) fn cancel_all(home: &mut Home) -> Vec<Effect> {
    home.exports.runs.values_mut().filter_map(Run::cancel).collect()
}

/// Runs the export again with the decision. A lasting one is saved in the definition, or in the wizard that has it.
fn decide(home: &mut Home, decision: Decision) -> Vec<Effect> {
    let Some((order, allowed_once, kept)) = opened_run(home).and_then(|run| run.decide(decision)) else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    if let Some(setting) = kept {
        let of = &order.entry.export;
        let saved = home.exports.opened_row().filter(|row| row.is_saved).map(|row| (row.file.clone(), &row.export));
        if home.over_wizard {
            effects.push(Effect::TakeDecision(setting, Box::new(of.clone())));
        } else if let Some((file, Ok(export))) = saved
            && export.has_the_way_of(of)
        {
            let request = home.request(|home, _, result: Answer<()>| match result {
                Ok(()) => home.reload(),
                Err(explanation) => {
                    home.notify(Severity::Warning, format!("The decision was not saved. {}", explanation.what));
                    Vec::new()
                }
            });
            effects.push(Effect::ChangeExport { request, file, setting });
        }
    }
    effects.extend(start_run(home, order, allowed_once));
    effects
}

fn edit(home: &mut Home) -> Vec<Effect> {
    if is_running(home) {
        home.notify(Severity::Warning, "It is running: edit it once it has ended, or cancel it.");
        return Vec::new();
    }
    let opening = home.exports.row().and_then(|row| {
        let export = row.export.clone().ok()?;
        Some(match row.is_saved {
            true => Opening::Edit(Original { export, stem: row.slug() }),
            false => Opening::Copy { export, of: None },
        })
    });
    close(home);
    // The wizard below the page has it already.
    opening.filter(|_| !home.over_wizard).map(Effect::OpenWizard).into_iter().collect()
}

fn duplicate(home: &mut Home) -> Vec<Effect> {
    let Some(mut export) = home.exports.row().and_then(|row| row.export.clone().ok()) else { return Vec::new() };
    let name = copy_of(&export.name, &home.exports.names());
    let of = std::mem::replace(&mut export.name, name);
    vec![Effect::OpenWizard(Opening::Copy { export, of: Some(of) })]
}

/// `NAME copy`, or `NAME copy 2` and so on if that is taken.
fn copy_of(name: &str, taken: &[String]) -> String {
    let first = format!("{name} copy");
    let others = (2..).map(|number| format!("{name} copy {number}"));
    std::iter::once(first).chain(others).find(|name| !taken.contains(name)).unwrap_or_default()
}

fn ask_to_remove(home: &mut Home) -> Vec<Effect> {
    if is_running(home) {
        home.notify(Severity::Warning, "It is running: remove it once it has ended, or cancel it.");
        return Vec::new();
    }
    let Some(row) = home.exports.row() else { return Vec::new() };
    if !row.is_saved {
        // There is nothing to lose but its row.
        home.exports.runs.remove(&row.slug());
        return home.reload();
    }
    let (title, file) = (format!("Remove {}?", name(&row.name)), row.file.clone());
    let text = "Its definition will be deleted. Its files stay on data.world, and its runs in the history.";
    let scheduled = match home.exports.scheduler_status(row) {
        Some(
            SchedulerStatus::Scheduler(target) | SchedulerStatus::Outdated(target) | SchedulerStatus::Leftover(target),
        ) => {
            format!(" {}", explain::left_with_scheduler(&row.slug(), target))
        }
        _ => String::new(),
    };
    home.ask(title, format!("{text}{scheduled}"), ConfirmedAction::RemoveExport(file));
    Vec::new()
}

pub(in crate::tui::dashboard) fn remove(home: &mut Home, file: PathBuf) -> Vec<Effect> {
    let row = home.exports.list.all().find(|row| row.file == file);
    let removed = row.map_or_else(|| slug_of(&file), |row| row.name.clone());
    let request = home.request(move |home, _, result: Answer<Option<String>>| {
        match result {
            Ok(None) => home.notify(Severity::Info, format!("{removed} was removed.")),
            Ok(Some(note)) => home.notify(Severity::Warning, note),
            Err(explanation) => home.notify(Severity::Warning, explanation.what),
        }
        home.reload()
    });
    home.exports.runs.remove(&slug_of(&file));
    vec![Effect::RemoveExport { request, file }]
}

fn show_history(home: &mut Home) -> Vec<Effect> {
    let name = home.exports.row().map(|row| row.name.clone()).unwrap_or_default();
    history::show_export(home, &name)
}

fn open_link(home: &mut Home) -> Vec<Effect> {
    link(home).map(|link| home.open_link(link)).unwrap_or_default()
}

/// What can be copied of an export.
fn copies(home: &Home) -> impl Iterator<Item = MenuItem> {
    let all = [
        (has_report(home), MenuItem { key: 'r', label: "the report of the run", run: copy_report }),
        (has_link(home), MenuItem { key: 'l', label: "the link to the file", run: copy_link }),
        (has_command(home), MenuItem { key: 'c', label: "the command that runs it", run: copy_command }),
    ];
    all.into_iter().filter_map(|(applies, item)| applies.then_some(item))
}

fn may_copy(home: &Home) -> bool {
    copies(home).next().is_some()
}

fn copy(home: &mut Home) -> Vec<Effect> {
    let items = copies(home).collect();
    home.choose("Copy what?", items)
}

fn copy_report(home: &mut Home) -> Vec<Effect> {
    let text = report(home);
    home.copy(text)
}

fn copy_link(home: &mut Home) -> Vec<Effect> {
    let link = link(home);
    home.copy(link)
}

fn copy_command(home: &mut Home) -> Vec<Effect> {
    let command = home.exports.row().map(ExportRow::command);
    home.copy(command)
}

#[cfg(test)]
mod tests {
    use super::copy_of;

    #[test]
    fn a_copy_has_a_name_of_its_own() {
        let taken = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(copy_of("Sales", &taken(&["Sales"])), "Sales copy");
        assert_eq!(copy_of("Sales", &taken(&["Sales", "Sales copy", "Sales copy 2"])), "Sales copy 3");
    }
}
