//! The page that gives an export to a scheduler. It covers the tab Exports.

use std::path::PathBuf;

use super::actions::Q;
use super::{ConfirmedAction, Home, PromptAction, Tab, TextPrompt, exports};
use crate::explain::Explanation;
use crate::ops::schedules::{ExportSchedules, Presence, ScheduleOption};
use crate::schedulers::{ScheduleState, SchedulerKind};
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Place};
use crate::tui::state::{Answer, Effect, HasShell as _, RequestId, ScheduleChange, ScheduleReply, Severity, Slot};

pub(super) static ACTIONS: [Action<Home>; 9] = [
    Action::new(&[ENTER], "install", Place::Schedule, may_install, |home| change(home, ScheduleChange::Install)),
    Action::new(&[ENTER], "update", Place::Schedule, is_outdated, |home| change(home, ScheduleChange::Install)),
    Action::new(&[ENTER], "write to a file", Place::Schedule, takes_file, ask_for_path).short("write"),
    Action::new(&[letter('x', "x"), DELETE], "remove", Place::Schedule, is_installed, |home| {
        change(home, ScheduleChange::Remove)
    }),
    Action::new(&[letter('y', "y")], "copy", Place::Schedule, has_text, copy),
    Action::new(&[DOWN], "move", Place::Schedule, has_options, |home| step(home, 1)).quiet().named("down"),
    Action::new(&[UP], "move", Place::Schedule, has_options, |home| step(home, -1)).quiet().named("up"),
    Action::new(&[F5], "reload", Place::Schedule, is_here, load).quiet(),
    Action::new(&[ESC, Q, LEFT], "back", Place::Schedule, is_here, close),
];

#[derive(Debug)]
pub struct SchedulePage {
    /// The export's name.
    pub name: String,
    slug: String,
    pub schedules: Slot<ExportSchedules>,
    pub chosen: usize,
    /// What the latest change has done.
    pub done: Vec<String>,
    pub failed: Option<Explanation>,
    changing: Option<RequestId>,
}

impl SchedulePage {
    pub fn options(&self) -> &[ScheduleOption] {
        self.schedules.data.ready().map(|schedules| &schedules.options[..]).unwrap_or_default()
    }

    pub fn option(&self) -> Option<&ScheduleOption> {
        self.options().get(self.chosen)
    }

    pub fn is_changing(&self) -> bool {
        self.changing.is_some()
    }
}

impl Home {
    pub fn open_schedule(&self) -> Option<&SchedulePage> {
        self.schedule.as_ref().filter(|_| self.tab == Tab::Exports)
    }

    fn schedule_option(&self) -> Option<&ScheduleOption> {
        self.open_schedule().filter(|page| !page.is_changing())?.option()
    }
}

/// Opens the page of the export `name`, whose file is `slug` without `.toml`.
pub(crate) fn open(home: &mut Home, name: String, slug: String) -> Vec<Effect> {
    home.tab = Tab::Exports;
    home.schedule = Some(SchedulePage {
        name,
        slug,
        schedules: Slot::idle(),
        chosen: 0,
        done: Vec::new(),
        failed: None,
        changing: None,
    });
    load(home)
}

/// Asks the schedulers. Nobody runs the demo's exports: what this computer has belongs to others of the same name.
fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request(|home, id, schedules: Answer<ExportSchedules>| {
        if let Some(page) = &mut home.schedule
            && page.schedules.answer(id, schedules)
        {
            page.chosen = page.chosen.min(page.options().len().saturating_sub(1));
        }
        Vec::new()
    });
    let asked = !home.demo;
    let Some(page) = &mut home.schedule else { return Vec::new() };
    match page.schedules.data.ready() {
        Some(_) => page.schedules.ask_again(&request),
        None => page.schedules.ask(&request),
    }
    vec![Effect::PlanSchedules { request, slug: page.slug.clone(), asked }]
}

fn is_here(home: &Home) -> bool {
    home.open_schedule().is_some()
}

fn has_options(home: &Home) -> bool {
    home.open_schedule().is_some_and(|page| page.options().len() > 1)
}

fn has_text(home: &Home) -> bool {
    home.schedule_option().is_some_and(|option| option.written.is_ok())
}

fn may_install(home: &Home) -> bool {
    let is_free = |option: &ScheduleOption| matches!(option.presence, Presence::NotInstalled | Presence::Unknown(_));
    has_text(home) && home.schedule_option().is_some_and(is_free)
}

fn is_installed(home: &Home) -> bool {
    home.schedule_option().is_some_and(|option| matches!(option.presence, Presence::Installed(_)))
}

fn is_outdated(home: &Home) -> bool {
    let matches = |option: &ScheduleOption| option.presence == Presence::Installed(ScheduleState::Matches);
    has_text(home) && is_installed(home) && !home.schedule_option().is_some_and(matches)
}

fn takes_file(home: &Home) -> bool {
    has_text(home) && home.schedule_option().is_some_and(|option| option.presence == Presence::Elsewhere)
}

fn step(home: &mut Home, by: isize) -> Vec<Effect> {
    if let Some(page) = &mut home.schedule {
        let row = page.chosen.saturating_add_signed(by);
        point_at(page, row);
    }
    Vec::new()
}

/// Chooses the scheduler of that row.
pub(super) fn point_at(page: &mut SchedulePage, row: usize) {
    page.chosen = row.min(page.options().len().saturating_sub(1));
    (page.done, page.failed) = (Vec::new(), None);
}

fn change(home: &mut Home, change: impl FnOnce(SchedulerKind) -> ScheduleChange) -> Vec<Effect> {
    let Some(target) = home.schedule_option().map(|option| option.target) else { return Vec::new() };
    if home.demo {
        let text = format!("The demo installs nothing. Outside the demo, Enter installs it in {}.", target.title());
        home.notify(Severity::Info, text);
        return Vec::new();
    }
    send(home, change(target))
}

fn send(home: &mut Home, change: ScheduleChange) -> Vec<Effect> {
    let before = change.clone();
    let request = home.request(move |home, id, reply| changed(home, id, reply, &before));
    let Some(page) = &mut home.schedule else { return Vec::new() };
    (page.done, page.failed, page.changing) = (Vec::new(), None, Some(request.id));
    vec![Effect::ChangeSchedule { request, slug: page.slug.clone(), change }]
}

fn changed(home: &mut Home, id: RequestId, reply: ScheduleReply, change: &ScheduleChange) -> Vec<Effect> {
    let Some(page) = home.schedule.as_mut().filter(|page| page.changing == Some(id)) else {
        // The page was left. Only an error still matters.
        if let ScheduleReply::Failed(explanation) = reply {
            home.notify(Severity::Warning, explanation.to_string());
        }
        return exports::ask_schedulers(home);
    };
    page.changing = None;
    let mut effects = Vec::new();
    match (reply, change) {
        (ScheduleReply::Done { sentences, starts_now }, _) => {
            page.done = sentences;
            if starts_now {
                let slug = page.slug.clone();
                effects.extend(exports::start_first_run(home, &slug));
            }
        }
        (ScheduleReply::Failed(explanation), _) => page.failed = Some(explanation),
        (ScheduleReply::Exists(to), ScheduleChange::Write { target, .. }) => {
            home.ask_to_replace(&to.clone(), ConfirmedAction::ReplaceSchedule(*target, to));
        }
        (ScheduleReply::Exists(_), _) => {}
    }
    effects.extend(load(home));
    effects.extend(exports::ask_schedulers(home));
    effects
}

fn ask_for_path(home: &mut Home) -> Vec<Effect> {
    let Some(ScheduleOption { target, written: Ok(written), .. }) = home.schedule_option() else { return Vec::new() };
    let proposed = written.documents.first().map(|document| document.name.clone()).unwrap_or_default();
    let title = format!("Write it for {}", target.title());
    let text = "To which file? A name alone means in the folder where Writeback was started.";
    home.overlay = Some(TextPrompt::overlay(title, text, proposed, PromptAction::WriteSchedule(*target)));
    Vec::new()
}

/// Writes the file that was typed.
///
/// # Errors
/// When nothing was typed: a sentence.
pub(super) fn write(home: &mut Home, target: SchedulerKind, typed: &str) -> Result<Vec<Effect>, String> {
    match typed.trim() {
        "" => Err("Enter a file name.".to_owned()),
        typed => Ok(send(home, ScheduleChange::Write { target, to: PathBuf::from(typed), replace: false })),
    }
}

pub(super) fn replace(home: &mut Home, target: SchedulerKind, to: PathBuf) -> Vec<Effect> {
    send(home, ScheduleChange::Write { target, to, replace: true })
}

fn copy(home: &mut Home) -> Vec<Effect> {
    let text = home.schedule_option().and_then(|option| Some(option.written.as_ref().ok()?.text()));
    home.copy(text)
}

fn close(home: &mut Home) -> Vec<Effect> {
    home.schedule = None;
    Vec::new()
}
