//! The dashboard with a person in front of it, and a computer that keeps exports, runs and accounts of the test.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::Frame;
use writeback::testing::accounts::Account;
use writeback::testing::export::Export;
use writeback::testing::history::{Kind, Phase, Run, RunResult, Statistics};
use writeback::testing::ops::schedules::{ExportSchedules, Presence, ScheduleOption};
use writeback::testing::schedulers::{
    LocalSchedule, LocalSchedules, ScheduleState, SchedulerError, SchedulerKind, Task, write,
};
use writeback::testing::transfer::{Outcome, Progress, Summary};
use writeback::testing::tui::app::{App, update};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::screen::{self as drawing, HitMap, Theme};
pub(crate) use writeback::testing::tui::state::{Answer, DownloadReply, Request, RunReply};
use writeback::testing::tui::state::{Copied, Effect, LocalData, Msg, Runs, SavedExport};
use writeback::testing::tui::wizard::{Field, Start};

use crate::requests::request;
use crate::samples::{DATA_SET, now, start, summary};
use crate::screen::{Driver, Wizard};

/// The dashboard, and the effects that are not answered yet.
pub(crate) struct Person {
    pub(crate) app: App,
    pub(crate) effects: Vec<Effect>,
    pub(crate) saved: Vec<SavedExport>,
    pub(crate) runs: Vec<Run>,
    pub(crate) accounts: Vec<Account>,
    /// The exports in this computer's schedulers: at first all that have a schedule, as saved.
    pub(crate) handed: LocalSchedules,
}

impl Driver for Person {
    fn tell(&mut self, message: Msg) -> &mut Self {
        let effects = update(&mut self.app, message);
        self.effects.extend(effects);
        self
    }

    fn draw(&self, frame: &mut Frame<'_>, theme: &Theme) -> HitMap {
        drawing::draw(frame, &self.app, theme)
    }
}

impl Person {
    /// The dashboard with these exports, and these runs in the history.
    pub(crate) fn at_home(saved: Vec<SavedExport>, runs: Vec<Run>) -> Self {
        Self::starting(&start(), saved, runs)
    }

    /// A first start, in the wizard: Review is on screen, with all of it known.
    pub(crate) fn at_review() -> Self {
        let mut person = Self::at_home(Vec::new(), Vec::new());
        person.app.wizard = Some(Box::new(Wizard::at_review().model));
        person
    }

    /// Presses a button of Review.
    pub(crate) fn button(&mut self, button: Field) -> &mut Self {
        self.tell(Msg::Intent(Intent::Choose(button, 0)))
    }

    /// The same, with accounts or an environment.
    pub(crate) fn starting(start: &Start, saved: Vec<SavedExport>, runs: Vec<Run>) -> Self {
        let app = App::at_home(start);
        let handed = LocalSchedules {
            all: saved.iter().map(|saved| has(saved, true)).collect(),
            unasked: Vec::new(),
            proposed: Some(SchedulerKind::Systemd),
        };
        let accounts = start.accounts.clone();
        let mut person = Self { app, effects: Vec::new(), saved, runs, accounts, handed };
        person.tell(Msg::Start);
        person.answer();
        person
    }

    /// The dashboard with the accounts of `start`, and no exports.
    pub(crate) fn keeping(start: &Start) -> Self {
        Self::starting(start, Vec::new(), Vec::new())
    }

    /// The request of an effect that is not answered yet; it counts as answered from then on.
    pub(crate) fn asked<R: 'static>(&mut self, is_it: impl Fn(&Effect) -> bool) -> Request<R> {
        let effect = self.taken(is_it);
        request(&effect).unwrap_or_else(|| panic!("{effect:?} has no such reply"))
    }

    /// An effect that is not answered yet, and will not be.
    pub(crate) fn taken(&mut self, is_it: impl Fn(&Effect) -> bool) -> Effect {
        let at = self.effects.iter().position(is_it).expect("it is asked for");
        self.effects.remove(at)
    }

    /// Home of somebody with four exports: one is well, one fails, one never ran, and one cannot be read.
    pub(crate) fn usual() -> Self {
        let good = run("Daily sales", RunResult::Done, 2);
        let failed = Run {
            phase: Some(Phase::Upload),
            reason: Some("data.world refused the upload: the token is read-only (403).".to_owned()),
            advice: Some("Use a \"Read/Write\" token from data.world under Settings › Advanced.".to_owned()),
            file_now: Some("The old costs.csv (84.2 MB) is untouched.".to_owned()),
            support_id: Some("b6267b6a-92de-4f15-b02d-10b073e76b83".to_owned()),
            ..run("Costs", RunResult::Failed, 3)
        };
        let saved = vec![
            SavedExport { last: Some(failed.clone()), ..export("Costs", "") },
            SavedExport {
                last: Some(good.clone()),
                ..export("Daily sales", "[schedule]\nevery = \"day\"\nat = \"16:30\"")
            },
            SavedExport {
                export: Err("/x/exports/broken.toml, line 1: unknown key `nmae`; did you mean `name`?".to_owned()),
                ..export("broken", "")
            },
            export("Weekly \u{1b}[31mreport\u{202e} 売上データ", ""),
        ];
        Self::at_home(saved, vec![good, failed, run("Daily sales", RunResult::Done, 26)])
    }

    pub(crate) fn on(&mut self, name: &str) -> &mut Self {
        self.press("Home");
        for _ in 0..=self.app.home.exports.list.total() {
            if self.under_cursor() == name {
                return self;
            }
            self.press("Down");
        }
        panic!("no export is called {name}");
    }

    pub(crate) fn under_cursor(&self) -> &str {
        self.app.home.exports.list.under_cursor().map_or("", |row| &row.name)
    }

    /// Answers the requests to this computer, and those that follow. Runs go on.
    pub(crate) fn answer(&mut self) -> &mut Self {
        loop {
            let (asked, left): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.effects).into_iter().partition(is_of_computer);
            self.effects = left;
            if asked.is_empty() {
                return self;
            }
            for effect in asked {
                self.answer_one(effect);
            }
        }
    }

    /// Answers the request for kept exports and accounts, and returns the effects that follow.
    pub(crate) fn answer_home(&mut self) -> Vec<Effect> {
        let at = self.effects.iter().position(|effect| matches!(effect, Effect::LoadHome { .. })).expect("it is asked");
        let effect = self.effects.remove(at);
        self.answer_one(effect);
        std::mem::take(&mut self.effects)
    }

    fn answer_one(&mut self, effect: Effect) {
        match effect {
            Effect::LoadHome { request } => {
                let kept = LocalData { exports: self.saved.clone(), accounts: self.accounts.clone() };
                self.reply(&request, Answer::Ok(kept));
            }
            Effect::AskSchedulers { request } => {
                self.reply(&request, Answer::Ok(self.handed.clone()));
            }
            Effect::PlanSchedules { request, slug, demo } => {
                let plan = self.planned(&slug, demo);
                self.reply(&request, Answer::Ok(plan));
            }
            Effect::ListRuns { request, definition, results, most } => {
                let runs = self.listed(definition.as_deref(), results, most);
                self.reply(&request, Answer::Ok(runs));
            }
            Effect::RemoveExport { request, file } => {
                self.saved.retain(|saved| saved.file != file);
                self.reply(&request, Answer::Ok(None));
            }
            Effect::ChangeExport { request, file, setting } => {
                if let Some(saved) = self.saved.iter_mut().find(|saved| saved.file == file)
                    && let Ok(export) = &mut saved.export
                {
                    setting.apply(export);
                }
                self.reply(&request, Answer::Ok(()));
            }
            _ => {}
        }
    }

    /// The schedulers of the computer, systemd and cron, and Kubernetes; what is handed is there.
    fn planned(&self, slug: &str, demo: bool) -> ExportSchedules {
        let is_meant = |saved: &&SavedExport| saved.file.file_stem().is_some_and(|stem| stem == slug);
        let saved = self.saved.iter().find(is_meant).expect("it is saved");
        let export = Export::clone(saved.export.as_ref().unwrap());
        let option = |target: SchedulerKind| {
            let has = self.handed.all.iter().find(|has| !demo && has.slug == slug && has.target == target);
            let presence = match (has, target) {
                (Some(LocalSchedule { state: ScheduleState::OtherHome { has_home }, .. }), _) => {
                    let (slug, has_home) = (slug.to_owned(), *has_home);
                    Presence::Taken(SchedulerError::OtherHome { scheduler: target, slug, has_home })
                }
                (Some(has), _) => Presence::Installed(has.state.clone()),
                (None, SchedulerKind::Kubernetes) => Presence::Elsewhere,
                (None, _) => Presence::NotInstalled,
            };
            let task = Task {
                slug: slug.to_owned(),
                export: export.clone(),
                program: PathBuf::from("/usr/bin/writeback"),
                home: None,
                clock: export.schedule.zone,
                begins: now(),
            };
            let warnings = match target {
                SchedulerKind::Cron if !demo => vec!["Runs by cron may not reach your keyring.".to_owned()],
                _ => Vec::new(),
            };
            ScheduleOption { target, presence, written: write(&task, target), warnings }
        };
        let targets = [SchedulerKind::Systemd, SchedulerKind::Cron, SchedulerKind::Kubernetes];
        let mut options = Vec::from(targets.map(option));
        options.sort_by_key(|option| !matches!(option.presence, Presence::Installed(_)));
        ExportSchedules { options, export }
    }

    fn listed(&self, definition: Option<&Path>, results: &[RunResult], most: u32) -> Runs {
        let of_export = |run: &&Run| definition.is_none_or(|file| Path::new(&run.definition) == file);
        let wanted = |run: &&Run| results.is_empty() || run.result.is_some_and(|result| results.contains(&result));
        let all: Vec<&Run> = self.runs.iter().filter(of_export).collect();
        let good = all.iter().filter(|run| run.result == Some(RunResult::Done)).count() as u64;
        let statistics = Statistics {
            runs: all.len() as u64,
            tried: all.len() as u64,
            good,
            average: Some(std::time::Duration::from_secs(10)),
            last_good: None,
        };
        let fits: Vec<Run> = all.into_iter().filter(wanted).cloned().collect();
        let total = fits.len() as u64;
        Runs { runs: fits.into_iter().take(most as usize).collect(), total, statistics: definition.map(|_| statistics) }
    }

    pub(crate) fn reply<R: Send + 'static>(&mut self, request: &Request<R>, reply: R) -> &mut Self {
        self.tell(request.reply(reply))
    }

    /// The numbers of the runs that were started, and whether each is a dry one.
    pub(crate) fn started(&self) -> Vec<(Request<RunReply>, String, bool)> {
        let started = |effect: &Effect| match effect {
            Effect::StartRun { request, order } => {
                Some((request.clone(), order.entry.export.name.clone(), order.entry.dry_run))
            }
            _ => None,
        };
        self.effects.iter().filter_map(started).collect()
    }

    fn run_of(&self, name: &str) -> Request<RunReply> {
        let started = self.started().into_iter().rev().find(|(_, of, _)| of == name);
        started.unwrap_or_else(|| panic!("{name} was not started")).0
    }

    /// Says how far the newest run of an export is.
    pub(crate) fn progress(&mut self, name: &str, progress: Progress) -> &mut Self {
        let request = self.run_of(name);
        self.reply(&request, RunReply::Progress(progress))
    }

    /// Ends the newest run of an export, half a minute after the last key.
    pub(crate) fn end(&mut self, name: &str, outcome: Outcome) -> &mut Self {
        let request = self.run_of(name);
        let now = self.app.home.now + TimeDelta::seconds(30);
        self.tell(Msg::Now(now)).reply(&request, RunReply::Ended(outcome))
    }

    pub(crate) fn notice(&self) -> &str {
        self.app.home.shell.notice.as_ref().map_or("", |notice| &notice.text)
    }

    pub(crate) fn has_quit(&self) -> bool {
        self.effects.contains(&Effect::Quit)
    }

    /// Says that the text that was to be copied last has gone to the clipboard.
    pub(crate) fn is_copied(&mut self, copied: Copied) {
        let text = self.copied().to_owned();
        let request = self.asked(|effect| matches!(effect, Effect::Copy { text: it, .. } if *it == text));
        self.reply(&request, copied);
    }

    pub(crate) fn copied(&self) -> &str {
        let copied = |effect: &Effect| matches!(effect, Effect::Copy { .. });
        match self.effects.iter().rfind(|effect| copied(effect)) {
            Some(Effect::Copy { text, .. }) => text,
            _ => "",
        }
    }

    pub(crate) fn line(&self, with: &str) -> String {
        let text = self.text(80, 24);
        text.lines().find(|line| line.contains(with)).unwrap_or_else(|| panic!("no {with:?} on\n{text}")).to_owned()
    }
}

pub(crate) fn three_hours_ago() -> DateTime<Utc> {
    now() - TimeDelta::hours(3)
}

fn is_of_computer(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::LoadHome { .. }
            | Effect::AskSchedulers { .. }
            | Effect::PlanSchedules { .. }
            | Effect::ListRuns { .. }
            | Effect::RemoveExport { .. }
            | Effect::ChangeExport { .. }
    )
}

/// An export in systemd, in the form that is saved or in another.
pub(crate) fn has(saved: &SavedExport, matches: bool) -> LocalSchedule {
    let slug = saved.file.file_stem().unwrap().to_string_lossy().into_owned();
    let state = if matches { ScheduleState::Matches } else { ScheduleState::Differs };
    LocalSchedule { slug, target: SchedulerKind::Systemd, state, next: None }
}

pub(crate) fn file(name: &str) -> PathBuf {
    let slug: String = name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    PathBuf::from(format!("/x/exports/{slug}.toml"))
}

/// A saved export, with more in its definition.
pub(crate) fn export(name: &str, more: &str) -> SavedExport {
    let text = format!(
        "name = \"unnamed\"\n[input]\ndataset = \"{DATA_SET}\"\n[output]\ndataset = \"acme-analytics/sales-mart\"\n\
         file = \"{}\"\n{more}",
        stem(name)
    );
    let mut export = Export::parse(&text, Path::new("x.toml")).unwrap();
    export.name = name.to_owned();
    SavedExport { file: file(name), export: Ok(Box::new(export)), last: None, punctuality: None }
}

/// A file name of the letters that every file system knows.
fn stem(name: &str) -> String {
    let letters: String = name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    if letters.is_empty() { "unnamed".to_owned() } else { letters }
}

/// A run that began so many hours ago and took 10.4 s.
pub(crate) fn run(name: &str, result: RunResult, hours: i64) -> Run {
    let started = now() - TimeDelta::hours(hours);
    Run {
        export: name.to_owned(),
        definition: file(name).display().to_string(),
        kind: Some(Kind::Scheduled),
        result: Some(result),
        started,
        ended: Some(started + TimeDelta::milliseconds(10_400)),
        phase: Some(Phase::Proof),
        rows: Some(1_204_331 - hours.unsigned_abs() * 100),
        bytes: Some(84_712_345),
        row_count: None,
        file: Some("acme-analytics/sales-mart/daily-sales.csv".to_owned()),
        attempts: 1,
        reason: None,
        advice: None,
        file_now: None,
        support_id: None,
        notes: Vec::new(),
    }
}

pub(crate) fn done(dry_run: bool) -> Outcome {
    Outcome::Done(Summary { dry_run, ..summary() })
}
