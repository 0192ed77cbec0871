//! The root of the screen's state: home, and the wizard while it is open.
//!
//! [`update`] is the only place where it changes. Effects that concern the state alone, such as opening the wizard, are
//! applied here. Home and each wizard have request ids of their own, so a reply finds its sender, and one for a closed
//! wizard is dropped.

use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::accounts::AccountRef;
use crate::config::{Environment, InvalidSetting, KeyBinding};
use crate::system::log;
use crate::tui::dashboard::{self, Home, accounts, schedule};
use crate::tui::state::actions::{self, Keymap};
use crate::tui::state::{Effect, Msg, Notice, Opening, Original, RunOrder, Severity, Shell};
use crate::tui::wizard::{self, Draft, Model, Origin, Start, Step};

#[derive(Debug)]
pub struct App {
    /// Stays alive while the wizard is open.
    pub home: Home,
    pub wizard: Option<Box<Model>>,
    /// Clicks and the wheel go to Writeback; otherwise the terminal selects text with them.
    pub mouse: bool,
    environment: Environment,
    zone: Option<Tz>,
    /// Drafts of wizards that were left unfinished.
    drafts: Vec<Draft>,
    /// Count of opened wizards, from which each takes its range of request ids.
    opened: u32,
}

impl App {
    /// Opens on home. Send [`Msg::Start`] next.
    pub fn at_home(start: &Start) -> Self {
        let (environment, drafts) = (start.environment.clone(), start.drafts.clone());
        let (home, zone) = (Home::new(start), start.zone);
        let mut app = Self { home, wizard: None, mouse: false, environment, zone, drafts, opened: 0 };
        app.offer_latest_draft();
        app
    }

    /// Opens in the wizard. Send [`Msg::Start`] next.
    pub fn in_wizard(start: Start) -> Self {
        let mut app = Self::at_home(&start);
        app.opened = 1;
        let mut wizard = Model::new(start);
        (wizard.shell, wizard.origin) = (Shell::new(app.opened), Origin::Program);
        app.wizard = Some(Box::new(wizard));
        app
    }

    /// Applies the key bindings of `config.toml`.
    ///
    /// # Errors
    /// When an action or key does not exist, or the key is taken there.
    pub fn with_keys(mut self, wishes: &[KeyBinding]) -> Result<Self, InvalidSetting> {
        let keymap = Keymap::new(wishes, &[actions::known_actions::<Home>(), actions::known_actions::<Model>()])?;
        self.home.shell.keymap = Arc::new(keymap);
        if let Some(wizard) = &mut self.wizard {
            wizard.shell.keymap = Arc::clone(&self.home.shell.keymap);
        }
        Ok(self)
    }

    #[must_use]
    pub fn with_log(mut self, log: Option<PathBuf>) -> Self {
        if let Some(wizard) = &mut self.wizard {
            wizard.shell.log.clone_from(&log);
        }
        self.home.shell.log = log;
        self
    }

    #[must_use]
    pub fn with_mouse(self, mouse: bool) -> Self {
        Self { mouse, ..self }
    }

    /// Shows times in this zone, if there is one, instead of this computer's.
    #[must_use]
    pub fn with_zone(mut self, zone: Option<Tz>) -> Self {
        self.home.zone = zone.unwrap_or(self.home.zone);
        self
    }

    /// Something on screen is animated, so ticks are needed.
    pub fn is_animated(&self) -> bool {
        self.home.is_animated() || self.wizard.as_ref().is_some_and(|wizard| wizard.moves())
    }

    fn offer_latest_draft(&mut self) {
        let offered = self.drafts.iter().filter(|_| !self.home.demo).max_by_key(|draft| draft.rank());
        self.home.unfinished = offered.map(|draft| draft.began);
    }

    fn open(&mut self, opening: Opening) -> Vec<Effect> {
        self.opened += 1;
        let drafts = match opening {
            Opening::New | Opening::Edit(_) => self.drafts.clone(),
            Opening::Copy { .. } | Opening::To { .. } | Opening::Credentials { .. } => Vec::new(),
        };
        let (mut edit, mut is_new, mut copy_of, mut to, mut alone) = (None, false, None, None, None);
        match opening {
            Opening::New => {}
            Opening::Edit(original) => edit = Some(original),
            Opening::Copy { export, of } => {
                edit = Some(Original::new(*export));
                (is_new, copy_of) = (true, of);
            }
            Opening::To { dataset, account } => to = Some((dataset, account)),
            Opening::Credentials { service, replaces } => alone = Some((service, replaces)),
        }
        let start = Start {
            environment: self.environment.clone(),
            accounts: self.home.saved_accounts.clone(),
            exports: self.home.exports.saved().cloned().collect(),
            edit,
            drafts,
            today: self.home.now.date_naive(),
            now: self.home.now,
            zone: self.zone,
            demo: self.home.demo,
        };
        let mut wizard = Model::new(start);
        (wizard.shell, wizard.origin) = (self.home.shell.beside(self.opened), Origin::Home);
        if is_new {
            // A copy leaves the original's file alone.
            (wizard.saved_as, wizard.saved_in, wizard.saved_over) = (None, None, None);
            wizard.copy_of = copy_of;
            wizard.touched = true;
        }
        if let Some((service, replaces)) = alone {
            wizard.ask_for_account(service, replaces.as_deref());
        }
        let mut effects = start_wizard(&mut wizard);
        if let Some((dataset, account)) = to {
            effects.extend(wizard.open_to(&dataset, account));
        }
        if wizard.copy_of.is_some() {
            effects.extend(wizard.open_at_file());
        }
        self.wizard = Some(Box::new(wizard));
        effects
    }

    /// Closes the wizard. Home selects what was saved in it, an export or an account, and shows its notice.
    fn go_home(&mut self) -> Vec<Effect> {
        let Some(wizard) = self.wizard.take() else { return Vec::new() };
        self.home.over_wizard = false;
        if wizard.shell.notice.is_some() {
            self.home.shell.notice = wizard.shell.notice;
        }
        for (service, owner) in wizard.credentials.accepted_from_environment() {
            owner.into_iter().for_each(|owner| accounts::take_accepted(&mut self.home, service, owner));
        }
        if let Some((service, name)) = wizard.credentials.new_account() {
            self.home.accounts.select_when_loaded(AccountRef::Account(service, name));
        }
        dashboard::enter_home(&mut self.home, wizard.saved_as)
    }

    /// The wizard has the screen and the keys.
    pub fn shows_wizard(&self) -> bool {
        self.wizard.is_some() && !(self.home.over_wizard && self.home.exports.opened.is_some())
    }

    /// Leaves the wizard for the dashboard, or for the shell where the program was started in the wizard.
    fn leave_wizard(&mut self) -> Vec<Effect> {
        let from_home = self.wizard.as_ref().is_some_and(|wizard| wizard.origin == Origin::Home);
        if from_home { self.go_home() } else { vec![Effect::Quit] }
    }

    fn open_run(&mut self, order: RunOrder) -> Vec<Effect> {
        self.home.over_wizard = self.wizard.is_some();
        if let Some(wizard) = &mut self.wizard {
            // The dashboard has something to show now: the run, without what was said before the wizard was opened.
            wizard.origin = Origin::Home;
            self.home.shell.notice = None;
        }
        dashboard::open_run(&mut self.home, order)
    }

    fn toggle_mouse(&mut self) -> Effect {
        self.mouse = !self.mouse;
        let text = match self.mouse {
            true => "The mouse is on. Shift-drag still selects text, in most terminals.",
            false => "The mouse is off: the terminal selects text as usual.",
        };
        let shows_wizard = self.shows_wizard();
        let notice = match &mut self.wizard {
            Some(wizard) if shows_wizard => &mut wizard.shell.notice,
            _ => &mut self.home.shell.notice,
        };
        *notice = Some(Notice { severity: Severity::Info, text: text.to_owned() });
        Effect::CaptureMouse(self.mouse)
    }

    /// Applies the effects that concern the state alone and returns the others.
    fn apply_own_effects(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut left = Vec::new();
        for effect in effects {
            match effect {
                Effect::OpenWizard(opening) => left.extend(self.open(opening)),
                Effect::GoHome => left.extend(self.go_home()),
                Effect::LeaveWizard => left.extend(self.leave_wizard()),
                Effect::OpenRun(order) => left.extend(self.open_run(*order)),
                Effect::TakeDecision(setting, of) => {
                    if let Some(wizard) = &mut self.wizard {
                        left.extend(wizard::take_decision(wizard, setting, &of));
                    }
                }
                Effect::GoToSchedule => {
                    let saved = self.wizard.as_ref().and_then(|it| Some((it.saved_as.clone()?, it.saved_in.clone()?)));
                    // The Enter that has pressed the button may still be held.
                    let last_enter = self.wizard.as_ref().map(|wizard| wizard.last_enter);
                    self.home.last_enter = last_enter.unwrap_or_default();
                    left.extend(self.go_home());
                    left.extend(saved.into_iter().flat_map(|(name, slug)| schedule::open(&mut self.home, name, slug)));
                }
                Effect::ToggleMouse => left.push(self.toggle_mouse()),
                Effect::KeepDraft(draft) => {
                    self.drafts.retain(|other| other.began != draft.began);
                    self.drafts.push((*draft).clone());
                    self.offer_latest_draft();
                    left.push(Effect::KeepDraft(draft));
                }
                Effect::DropDraft(began) => {
                    self.drafts.retain(|draft| draft.began != began);
                    self.offer_latest_draft();
                    left.push(Effect::DropDraft(began));
                }
                effect => left.push(effect),
            }
        }
        left
    }
}

/// Handles a message and returns the effects to perform.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let captures = app.mouse && matches!(msg, Msg::Start);
    let (shown, running, before) = (app.shows_wizard(), app.home.exports.running(), app.home.shell.notice.clone());
    let was_covered = app.wizard.is_some() && !shown;
    let App { home, wizard, .. } = app;
    let mut effects = match (msg, wizard) {
        (Msg::Reply(reply), wizard) => match wizard {
            _ if home.shell.asked(&reply) => dashboard::update(home, Msg::Reply(reply)),
            Some(wizard) if wizard.shell.asked(&reply) => reply.deliver(&mut **wizard),
            _ => Vec::new(),
        },
        (Msg::Now(now), wizard) => {
            home.shell.log = home.shell.log.as_deref().and_then(|log| log::of_day(log, now, now));
            if let Some(wizard) = wizard {
                wizard.shell.log.clone_from(&home.shell.log);
            }
            update_both(home, wizard, || Msg::Now(now))
        }
        (Msg::Tick, wizard) => update_both(home, wizard, || Msg::Tick),
        (Msg::Start, Some(wizard)) => start_wizard(wizard),
        (Msg::Ending, Some(wizard)) => wizard::update(wizard, Msg::Ending),
        (msg, Some(wizard)) if shown => wizard::update(wizard, msg),
        (msg, _) => dashboard::update(home, msg),
    };
    effects.extend(captures.then_some(Effect::CaptureMouse(true)));
    let has_ended = app.home.exports.running() < running;
    let mut effects = app.apply_own_effects(effects);
    if let (true, Some(wizard)) = (app.shows_wizard(), &mut app.wizard) {
        // What has ended or failed is said here, and nowhere else again.
        let is_new = |notice: &Notice| notice.severity == Severity::Warning && before.as_ref() != Some(notice);
        let notice = app.home.shell.notice.take_if(|notice| has_ended || is_new(notice));
        wizard.shell.notice = notice.or(wizard.shell.notice.take());
        // It may have changed the dataset that Review tells of.
        if was_covered || has_ended && wizard.step == Step::Review {
            effects.extend(wizard.look_again());
        }
    }
    effects
}

fn start_wizard(wizard: &mut Model) -> Vec<Effect> {
    let mut effects = wizard::update(wizard, Msg::Start);
    effects.extend(wizard.open_at_review());
    effects
}

fn update_both(home: &mut Home, wizard: &mut Option<Box<Model>>, msg: impl Fn() -> Msg) -> Vec<Effect> {
    let mut effects = wizard.as_mut().map(|wizard| wizard::update(wizard, msg())).unwrap_or_default();
    effects.extend(dashboard::update(home, msg()));
    effects
}

/// The table of all keys for `docs/keys.md`, in Markdown.
pub fn keys_markdown() -> String {
    let mut rows = actions::markdown::<Home>();
    for row in actions::markdown::<Model>() {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    format!("| where | keys | what they do | name |\n|---|---|---|---|\n{}\n", rows.join("\n"))
}
