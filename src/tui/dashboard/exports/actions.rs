//! Actions of the tab Exports.

use std::path::{Path, PathBuf};

use super::{ExportRow, SessionRun, run_replied};
use crate::explain;
use crate::schedulers::SchedulerStatus;
use crate::text::terminal_text::name;
use crate::transfer::Remedy;
use crate::tui::dashboard::actions::always;
use crate::tui::dashboard::{ConfirmedAction, Home, Tab, check, history};
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Place};
use crate::tui::state::{
    Answer, CANCEL_TITLE, Decided, Decision, Effect, Login, Opening, Original, RequestId, Run, Severity, Subject,
};

pub(in crate::tui::dashboard) static ACTIONS: [Action<Home>; 24] = [
    Action::new(&[ENTER], "open", Place::Exports, is_readable, open),
    Action::new(&[letter('r', "r")], "run", Place::Exports, is_readable, |home| start(home, false)),
    Action::new(&[letter('c', "c")], "cancel", Place::Exports, is_running, ask_to_cancel),
    Action::new(&[letter('n', "n")], "new", Place::Exports, always, |_| vec![Effect::OpenWizard(Opening::New)]),
    Action::new(&[letter('e', "e")], "edit", Place::Exports, is_readable, edit),
    Action::new(&[letter('d', "d")], "dry run", Place::Exports, is_readable, |home| start(home, true)),
    Action::new(&[letter('t', "t")], "check", Place::Exports, is_readable, begin_check),
    Action::new(&[letter('p', "p")], "duplicate", Place::Exports, is_readable, duplicate),
    Action::new(&[letter('x', "x"), DELETE], "remove", Place::Exports, has_row, ask_to_remove),
    Action::new(&[letter('k', "k")], "copy the command", Place::Exports, has_command, copy_command),
    Action::new(&[letter('h', "h")], "history", Place::Exports, has_row, show_history),
    Action::new(&[letter('c', "c")], "cancel", Place::Opened, is_running, ask_to_cancel),
    Action::new(&[letter('f', "f")], "quote these fields", Place::Opened, has_hash_rows, |home| {
        decide(home, Decision::Quote)
    })
    .short("quote"),
    Action::new(&[letter('a', "a")], "allow this time", Place::Opened, may_allow, |home| decide(home, Decision::Once))
        .short("allow once"),
    Action::new(&[letter('w', "w")], "always allow", Place::Opened, may_allow, |home| decide(home, Decision::Always))
        .short("always"),
    Action::new(&[letter('o', "o")], "I am an owner or co-owner", Place::Opened, may_confirm, |home| {
        decide(home, Decision::Always)
    }),
    Action::new(&[letter('o', "o")], "export it all the same", Place::Opened, may_export_unowned, |home| {
        decide(home, Decision::Always)
    })
    .short("export"),
    Action::new(&[letter('r', "r")], "run again", Place::Opened, may_run_again, |home| start(home, false)),
    Action::new(&[letter('d', "d")], "dry run", Place::Opened, may_run_again, |home| start(home, true)).quiet(),
    Action::new(&[letter('e', "e")], "edit", Place::Opened, may_run_again, edit),
    Action::new(&[letter('l', "l")], "copy the link", Place::Opened, has_link, copy_link),
    Action::new(&[letter('k', "k")], "copy the command", Place::Opened, has_command, copy_command).quiet(),
    Action::new(&[letter('y', "y")], "copy the report", Place::Opened, has_report, copy_report),
    Action::new(&[ESC, ENTER, LEFT], "back", Place::Opened, has_row, close),
];

fn has_row(home: &Home) -> bool {
    home.tab == Tab::Exports && home.exports.row().is_some()
}

/// No command finds an export of the demo.
fn has_command(home: &Home) -> bool {
    !home.demo && has_row(home)
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

fn opened_run(home: &Home) -> Option<&Run> {
    let row = home.exports.opened_row().filter(|_| home.tab == Tab::Exports)?;
    Some(&home.exports.newest(row)?.run)
}

fn has_hash_rows(home: &Home) -> bool {
    opened_run(home).and_then(Run::remedy) == Some(Remedy::HashRows)
}

fn may_allow(home: &Home) -> bool {
    let remedy = opened_run(home).and_then(Run::remedy);
    remedy.is_some_and(Remedy::may_be_allowed)
}

fn may_confirm(home: &Home) -> bool {
    opened_run(home).and_then(Run::remedy) == Some(Remedy::ConfirmOwner)
}

fn may_export_unowned(home: &Home) -> bool {
    opened_run(home).and_then(Run::remedy) == Some(Remedy::ConfirmSeesAll)
}

fn has_link(home: &Home) -> bool {
    opened_run(home).and_then(Run::summary).is_some_and(|summary| !summary.dry_run)
}

fn has_report(home: &Home) -> bool {
    has_row(home) && report(home).is_some()
}

/// The report of the open run: this session's, or else the newest of the history.
fn report(home: &Home) -> Option<String> {
    match opened_run(home) {
        Some(run) => run.report(),
        None => Some(home.exports.row()?.last.as_ref()?.support_report()),
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
    let file = row.file.clone();
    if row.last.is_none() && !home.exports.runs.contains_key(&file) {
        home.notify(
            Severity::Idle,
            "It has not run yet. Press r to run it now, or d for a dry run: everything but the \
                                upload.",
        );
    } else {
        home.exports.opened = Some(file);
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
        let text = format!("{} is already running. Press c to cancel it.", row.name);
        home.notify(Severity::Warning, text);
        return Vec::new();
    }
    let (Ok(export), file) = (row.export.clone(), row.file.clone()) else { return Vec::new() };
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    start_run(home, Run::of_saved(*export, name), file, dry_run)
}

fn start_run(home: &mut Home, mut run: Run, file: PathBuf, dry_run: bool) -> Vec<Effect> {
    let Some(export) = run.export_for_run() else { return Vec::new() };
    let request = home.request(run_replied);
    run.mark_started(&request);
    home.top = 0;
    home.exports.runs.insert(file.clone(), SessionRun { run, dry_run, started: home.now, ended: None });
    let (domo, dataworld) = (export.credentials.domo.clone(), export.credentials.dataworld.clone());
    vec![Effect::StartRun {
        request,
        export: Box::new(export),
        definition: Some(file),
        dry_run,
        domo: Login::Named(domo),
        dataworld: Login::Named(dataworld),
    }]
}

fn begin_check(home: &mut Home) -> Vec<Effect> {
    let export = home.exports.row().and_then(|row| row.export.clone().ok());
    export.map(|export| check::start(home, Subject::Export(export))).unwrap_or_default()
}

/// Cancels the run, after a question once a part of the file has been sent.
fn ask_to_cancel(home: &mut Home) -> Vec<Effect> {
    let Some(file) = home.exports.row().map(|row| row.file.clone()) else { return Vec::new() };
    let Some(live) = home.exports.runs.get(&file) else { return Vec::new() };
    if !live.run.has_sent() {
        return cancel(home, &file);
    }
    let text = live.run.cancel_text();
    home.ask(CANCEL_TITLE, text, ConfirmedAction::CancelRun(file));
    Vec::new()
}

pub(in crate::tui::dashboard) fn cancel(home: &mut Home, file: &Path) -> Vec<Effect> {
    home.exports.runs.get_mut(file).and_then(|live| live.run.cancel()).into_iter().collect()
}

pub(in crate::tui::dashboard) fn cancel_all(home: &mut Home) -> Vec<Effect> {
    home.exports.runs.values_mut().filter_map(|live| live.run.cancel()).collect()
}

/// Runs the export again with the decision; a permanent one is saved in the definition.
fn decide(home: &mut Home, decision: Decision) -> Vec<Effect> {
    let Some(file) = home.exports.opened.clone() else { return Vec::new() };
    let Some(live) = home.exports.runs.get_mut(&file) else { return Vec::new() };
    let Some(decided) = live.run.decide(decision) else { return Vec::new() };
    let mut effects = Vec::new();
    if let Decided::Kept(setting) = decided {
        let request = home.request(|home, _, result: Answer<()>| match result {
            Ok(()) => home.reload(),
            Err(explanation) => {
                home.notify(Severity::Warning, format!("The decision was not saved. {}", explanation.what));
                Vec::new()
            }
        });
        effects.push(Effect::ChangeExport { request, file: file.clone(), setting });
    }
    if let Some(SessionRun { run, dry_run, .. }) = home.exports.runs.remove(&file) {
        effects.extend(start_run(home, run, file, dry_run));
    }
    effects
}

fn edit(home: &mut Home) -> Vec<Effect> {
    if is_running(home) {
        home.notify(Severity::Warning, "It is running: edit it once it has ended, or cancel it.");
        return Vec::new();
    }
    let original = home.exports.row().and_then(|row| {
        let export = row.export.clone().ok()?;
        Some(Original { export, stem: row.slug() })
    });
    home.exports.opened = None;
    original.map(|original| Effect::OpenWizard(Opening::Edit(original))).into_iter().collect()
}

fn duplicate(home: &mut Home) -> Vec<Effect> {
    let Some(mut export) = home.exports.row().and_then(|row| row.export.clone().ok()) else { return Vec::new() };
    let name = copy_of(&export.name, &home.exports.names());
    let of = std::mem::replace(&mut export.name, name);
    vec![Effect::OpenWizard(Opening::Copy { export, of })]
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
    let (title, file) = (format!("Remove {}?", name(&row.name)), row.file.clone());
    let text = "Its definition will be deleted. Its files stay on data.world, and its runs in the history.";
    let scheduled = match home.exports.scheduler_status(row) {
        Some(SchedulerStatus::Scheduler(target) | SchedulerStatus::Outdated(target)) => {
            format!(" {}", explain::left_with_scheduler(&row.slug(), target))
        }
        _ => String::new(),
    };
    home.ask(title, format!("{text}{scheduled}"), ConfirmedAction::RemoveExport(file));
    Vec::new()
}

pub(in crate::tui::dashboard) fn remove(home: &mut Home, file: PathBuf) -> Vec<Effect> {
    let request = home.request(removed);
    home.exports.runs.remove(&file);
    vec![Effect::RemoveExport { request, file }]
}

fn removed(home: &mut Home, _: RequestId, result: Answer<Option<String>>) -> Vec<Effect> {
    if let Some(note) = result.unwrap_or_else(|explanation| Some(explanation.what)) {
        home.notify(Severity::Warning, note);
    }
    home.reload()
}

fn copy_command(home: &mut Home) -> Vec<Effect> {
    let command = home.exports.row().map(ExportRow::command);
    home.copy(command)
}

fn show_history(home: &mut Home) -> Vec<Effect> {
    let name = home.exports.row().map(|row| row.name.clone()).unwrap_or_default();
    history::show_export(home, &name)
}

fn copy_link(home: &mut Home) -> Vec<Effect> {
    let link = opened_run(home).and_then(Run::summary).map(|summary| summary.link.clone());
    home.copy(link)
}

fn copy_report(home: &mut Home) -> Vec<Effect> {
    let text = report(home);
    home.copy(text)
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
