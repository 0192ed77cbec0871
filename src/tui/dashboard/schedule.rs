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
    /// Stays chosen when the options are sorted anew; before they are there, and where it is gone, it is the first.
    chosen: Option<SchedulerKind>,
    pub latest: LatestChange,
}

/// The latest change that was ordered on the page.
#[derive(Debug, PartialEq, Eq)]
pub enum LatestChange {
    /// None, or one that is read.
    None,
    Running(RequestId, SchedulerKind),
    /// Sentences on what was done.
    Done(Vec<String>),
    Failed(Explanation),
}

impl SchedulePage {
    pub fn options(&self) -> &[ScheduleOption] {
        self.schedules.data.ready().map(|schedules| &schedules.options[..]).unwrap_or_default()
    }

    pub fn option(&self) -> Option<&ScheduleOption> {
        self.options().get(self.row())
    }

    /// The row of the chosen scheduler.
    pub fn row(&self) -> usize {
        self.options().iter().position(|option| Some(option.target) == self.chosen).unwrap_or(0)
    }

    /// Chooses the scheduler of that row, or the last one.
    pub(super) fn point_at(&mut self, row: usize) {
        let option = self.options().get(row).or(self.options().last());
        let Some(target) = option.map(|option| option.target).filter(|target| Some(*target) != self.chosen) else {
            return;
        };
        self.chosen = Some(target);
        if !self.is_changing() {
            self.latest = LatestChange::None;
        }
    }

    fn is_changing(&self) -> bool {
        matches!(self.latest, LatestChange::Running(..))
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
    home.schedule =
        Some(SchedulePage { name, slug, schedules: Slot::idle(), chosen: None, latest: LatestChange::None });
    load(home)
}

/// Asks the schedulers, except in the demo, of which they have nothing.
fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request(|home, id, schedules: Answer<ExportSchedules>| {
        if let Some(page) = &mut home.schedule
            && page.schedules.answer(id, schedules)
        {
            page.chosen = page.option().map(|option| option.target);
        }
        Vec::new()
    });
    let demo = home.demo;
    let Some(page) = &mut home.schedule else { return Vec::new() };
    match page.schedules.data.ready() {
        Some(_) => page.schedules.ask_again(&request),
        None => page.schedules.ask(&request),
    }
    vec![Effect::PlanSchedules { request, slug: page.slug.clone(), demo }]
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
        page.point_at(page.row().saturating_add_signed(by));
    }
    Vec::new()
}

fn change(home: &mut Home, change: impl FnOnce(SchedulerKind) -> ScheduleChange) -> Vec<Effect> {
    let Some(target) = home.schedule_option().map(|option| option.target) else { return Vec::new() };
    if home.demo {
        let text = format!("The demo installs nothing. Outside the demo, this key changes {}.", target.title());
        home.notify(Severity::Idle, text);
        return Vec::new();
    }
    send(home, change(target))
}

fn send(home: &mut Home, change: ScheduleChange) -> Vec<Effect> {
    let target = change.target();
    let name = home.schedule.as_ref().map(|page| (page.name.clone(), page.slug.clone())).unwrap_or_default();
    let request = home.request(move |home, id, reply| changed(home, id, reply, target, &name));
    let Some(page) = &mut home.schedule else { return Vec::new() };
    page.latest = LatestChange::Running(request.id, target);
    vec![Effect::ChangeSchedule { request, slug: page.slug.clone(), change }]
}

fn changed(
    home: &mut Home,
    id: RequestId,
    reply: ScheduleReply,
    target: SchedulerKind,
    (name, slug): &(String, String),
) -> Vec<Effect> {
    let mut effects = Vec::new();
    let running = LatestChange::Running(id, target);
    let page = home.schedule.as_mut().filter(|page| page.latest == running);
    match (reply, page) {
        (ScheduleReply::Done { sentences, first_run }, page) => {
            match page {
                Some(page) => page.latest = LatestChange::Done(sentences),
                None => home.notify(Severity::Info, format!("{name}: {}", sentences.join(" "))),
            }
            effects.extend(first_run.into_iter().flat_map(|export| exports::start_first_run(home, slug, *export)));
        }
        (ScheduleReply::Failed(explanation), Some(page)) => page.latest = LatestChange::Failed(explanation),
        (ScheduleReply::Failed(explanation), None) => home.notify(Severity::Warning, format!("{name}: {explanation}")),
        (ScheduleReply::Exists(to), page) => {
            let is_awaited = page.map(|page| page.latest = LatestChange::None).is_some();
            // A question takes the place of no other one, and belongs to the page in sight.
            if is_awaited && home.open_schedule().is_some() && home.overlay.is_none() {
                home.ask_to_replace(&to.clone(), ConfirmedAction::ReplaceSchedule(target, to));
            } else {
                let text = format!("{name}: {} is there already, and stays as it is.", to.display());
                home.notify(Severity::Warning, text);
            }
        }
    }
    if home.schedule.is_some() {
        effects.extend(load(home));
    }
    effects.extend(exports::ask_schedulers(home));
    effects
}

fn ask_for_path(home: &mut Home) -> Vec<Effect> {
    let Some(ScheduleOption { target, written: Ok(written), .. }) = home.schedule_option() else { return Vec::new() };
    let proposed = written.documents.first().map(|document| document.name.clone()).unwrap_or_default();
    let title = format!("Write it for {}", target.title());
    let text = "To which file or folder? A name alone means in the folder where Writeback was started.";
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
