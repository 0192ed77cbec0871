//! The event loop of the screen.
//!
//! Keys, messages of effects and the progress of a run become messages to the state; a frame is drawn when one of them
//! has come, 30 times a second at most. While nothing comes, nothing is done.

use std::io;
use std::time::Duration;

use chrono::Utc;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::{Stream, StreamExt};
use ratatui::backend::Backend;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep_until, timeout, timeout_at};

use super::background::Background;
use super::effects::Effects;
use super::terminal::{self, Modes};
use super::{browser, mouse};
use crate::system::process::signals::{Signal, Signals};
use crate::text::secret::Secret;
use crate::transfer::CANCEL_GRACE;
use crate::tui::app::{App, update};
use crate::tui::screen::{self, HitMap, Theme};
use crate::tui::state::{Effect, Msg};

/// The shortest time between two frames.
const FRAME: Duration = Duration::from_millis(33);
/// The time between two ticks, while something moves.
const TICK: Duration = Duration::from_millis(120);
/// The time between two looks at the clock while no key is pressed: "12 min ago" has to grow older.
const MINUTE: Duration = Duration::from_secs(60);
/// The time for tasks to stop.
#[cfg(unix)]
const STOP: Duration = Duration::from_millis(300);
/// The wait for a run to cancel before the program leaves.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
// A run that is cancelled by leaving says how it ended; else the history would find that it was killed.
const _: () = assert!(CANCEL_GRACE.as_millis() < PATIENCE.as_millis());

/// Everything that the screen needs from outside; tests bring a backend and keys of their own.
#[derive(Debug)]
pub struct Session<B: Backend, I> {
    pub terminal: ratatui::Terminal<B>,
    /// The modes of the terminal; `None` where there is no real one.
    pub modes: Option<Modes>,
    pub theme: Theme,
    /// Decides the theme, once the terminal has said what its background is.
    pub background: Background,
    /// Keys, pasted text, sizes, focus.
    pub input: I,
    /// Performs the effects that the state returns.
    pub effects: Effects,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The person left.
    Left,
    /// A signal, or a terminal that is gone.
    Interrupted,
}

/// Why the loop cannot go on.
enum Stop {
    /// The terminal cannot be read or drawn to any more: why.
    Gone(io::Error),
    /// A part of the program has failed.
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

/// The state of the loop itself; that of the screen is in [`App`].
struct LoopState {
    /// Set once the state has changed since the last frame.
    dirty: bool,
    /// Set until the input ends.
    listening: bool,
    last_frame: Instant,
    /// The targets of the mouse on the last frame.
    targets: HitMap,
    /// Set while the terminal has the focus, as far as it tells.
    watched: bool,
    /// Once the screen is being left: until when a run may take to cancel, and how the session will have ended.
    leaving: Option<(Instant, Ended)>,
}

impl<B, I> Session<B, I>
where
    B: Backend,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    /// Shows `app` until the person leaves.
    ///
    /// # Errors
    /// When a part of the program has failed.
    pub async fn run(mut self, mut app: App) -> io::Result<Ended> {
        let signals = Signals::listen()?;
        let shown = self.show(&mut app, signals).await;
        if !matches!(shown, Ok(Ended::Left)) {
            // Performs the last effects of the state; no frame follows.
            for effect in update(&mut app, Msg::Ending) {
                self.effects.perform(effect);
            }
        }
        // What is typed once the screen is left does nothing.
        let _ = self.take_answer().await;
        // Before the terminal is dropped, which shows the cursor and complains where it cannot.
        self.modes = None;
        match shown {
            Ok(ended) => Ok(ended),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::Gone(error)) => {
                gone(&error);
                self.effects.cancel();
                let _ = timeout(PATIENCE, self.effects.runs_ended()).await;
                Ok(Ended::Interrupted)
            }
        }
    }

    async fn show(&mut self, app: &mut App, mut signals: Signals) -> Result<Ended, Stop> {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut minute = interval_at(Instant::now() + MINUTE, MINUTE);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let targets = self.draw(app)?;
        if self.background.is_wanted() {
            self.modes.as_ref().map_or(Ok(()), Modes::ask_background)?;
            self.background.expect_answer();
        }
        let last_frame = Instant::now();
        let mut loop_state =
            LoopState { dirty: false, listening: true, last_frame, targets, watched: true, leaving: None };
        self.tell(app, &mut loop_state, Msg::Start)?;
        loop {
            let deadline = loop_state.leaving.map(|(until, _)| until);
            tokio::select! {
                event = self.input.next(), if loop_state.listening => match event {
                    #[cfg(unix)]
                    Some(Ok(Event::Key(key))) if is_control(key, 'z') => {
                        self.suspend(app, &mut loop_state, &mut signals).await?;
                    }
                    Some(Ok(event)) => self.sift(app, &mut loop_state, event)?,
                    ended @ (Some(Err(_)) | None) => {
                        gone(&ended.and_then(Result::err).unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
                        loop_state.listening = false;
                        self.leave(&mut loop_state, Ended::Interrupted);
                    }
                },
                signal = signals.next() => match signal {
                    Signal::End => self.leave(&mut loop_state, Ended::Interrupted),
                    #[cfg(unix)]
                    Signal::Continue => self.redraw(&mut loop_state, Modes::again)?,
                },
                // Samples a run's progress once a frame: the latest counts, the ones between are never seen.
                message = self.effects.next(!loop_state.dirty) => {
                    self.tell(app, &mut loop_state, message.map_err(Stop::Failed)?)?;
                }
                _ = minute.tick() => self.tell(app, &mut loop_state, Msg::Now(Utc::now()))?,
                _ = tick.tick(), if app.is_animated() => {
                    let samples = self.effects.samples();
                    for message in std::iter::once(Msg::Tick).chain(samples) {
                        self.tell(app, &mut loop_state, message)?;
                    }
                }
                () = sleep_until(loop_state.last_frame + FRAME), if loop_state.dirty => {
                    loop_state.targets = self.draw(app)?;
                    loop_state.dirty = false;
                    loop_state.last_frame = Instant::now();
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {}
            }
            if let Some((until, ended)) = loop_state.leaving
                && (!self.effects.is_running() || Instant::now() >= until)
            {
                return Ok(ended);
            }
        }
    }

    /// Takes the terminal's answer from among the keys; the others are for the state.
    fn sift(&mut self, app: &mut App, loop_state: &mut LoopState, event: Event) -> Result<(), Stop> {
        let (events, theme) = self.background.sift(event);
        if let Some(theme) = theme {
            loop_state.dirty |= theme != self.theme;
            self.theme = theme;
        }
        events.into_iter().try_for_each(|event| self.event(app, loop_state, event))
    }

    /// Waits for the terminal's answer if it is due, and returns what was typed before it.
    async fn take_answer(&mut self) -> Vec<Event> {
        let mut typed = Vec::new();
        while let Some(due) = self.background.due()
            && let Ok(Some(Ok(event))) = timeout_at(due, self.input.next()).await
        {
            let (events, theme) = self.background.sift(event);
            typed.extend(events);
            self.theme = theme.unwrap_or(self.theme);
        }
        typed
    }

    fn event(&mut self, app: &mut App, loop_state: &mut LoopState, event: Event) -> Result<(), Stop> {
        match event {
            // Some terminals also tell when a key is let go.
            Event::Key(key) if key.kind == KeyEventKind::Release => Ok(()),
            Event::Key(key) => {
                // A key scrolls on from what is in sight, however far beyond the last row the ones before it went.
                if let Some(top) = loop_state.targets.scroll_top().filter(|_| !loop_state.dirty) {
                    self.tell(app, loop_state, Msg::Scroll { row: top, top })?;
                }
                self.tell(app, loop_state, Msg::Now(Utc::now()))?;
                self.key(app, loop_state, key)
            }
            Event::Paste(text) => self.tell(app, loop_state, Msg::Paste(Secret::new(text))),
            // A frame may have been drawn at another size in between, even if the size is the old one again.
            Event::Resize(..) => self.redraw(loop_state, |_| Ok(())),
            Event::FocusGained => {
                loop_state.watched = true;
                Ok(())
            }
            Event::FocusLost => {
                loop_state.watched = false;
                Ok(())
            }
            Event::Mouse(event) if app.mouse => match mouse::meant(event, &loop_state.targets) {
                Some(message) => {
                    self.tell(app, loop_state, Msg::Now(Utc::now()))?;
                    self.tell(app, loop_state, message)
                }
                None => Ok(()),
            },
            Event::Mouse(_) => Ok(()),
        }
    }

    fn key(&mut self, app: &mut App, loop_state: &mut LoopState, key: KeyEvent) -> Result<(), Stop> {
        self.tell(app, loop_state, Msg::Key(key))?;
        // Ctrl-C interrupts, whether it comes as a key or as a signal.
        if let (true, Some((_, ended))) = (is_control(key, 'c'), &mut loop_state.leaving) {
            *ended = Ended::Interrupted;
        }
        Ok(())
    }

    /// Tells the state, and does what it asks for.
    fn tell(&mut self, app: &mut App, loop_state: &mut LoopState, message: Msg) -> Result<(), Stop> {
        loop_state.dirty = true;
        for effect in update(app, message) {
            match effect {
                Effect::Quit => self.leave(loop_state, Ended::Left),
                Effect::CaptureMouse(on) => {
                    if let Some(modes) = &self.modes {
                        modes.capture_mouse(on)?;
                    }
                }
                Effect::CopyInTerminal(text) => {
                    if let Some(modes) = &self.modes {
                        modes.copy(&text)?;
                    }
                }
                Effect::Announce(text) => {
                    if let (Some(modes), false) = (&self.modes, loop_state.watched) {
                        modes.notify(&text)?;
                    }
                }
                Effect::OpenLink { request, link } => {
                    self.tell(app, loop_state, request.reply(browser::open(&link)))?;
                }
                effect => self.effects.perform(effect),
            }
        }
        Ok(())
    }

    /// Begins to leave; asked for again, it does not wait any longer.
    fn leave(&mut self, loop_state: &mut LoopState, ended: Ended) {
        self.effects.cancel();
        let until = if loop_state.leaving.is_some() { Instant::now() } else { Instant::now() + PATIENCE };
        loop_state.leaving = Some((until, ended));
    }

    /// Draws a frame, and returns what can be pointed at on it.
    fn draw(&mut self, app: &App) -> Result<HitMap, Stop> {
        if let Some(modes) = &self.modes {
            if !terminal::is_entered() {
                return Err(Stop::Failed(panicked()));
            }
            modes.begin_frame()?;
        }
        let theme = &self.theme;
        let mut targets = HitMap::default();
        self.terminal.draw(|frame| targets = screen::draw(frame, app, theme)).map_err(undrawn)?;
        if let Some(modes) = &self.modes {
            modes.end_frame()?;
        }
        Ok(targets)
    }

    /// Stops the program until the shell continues it.
    #[cfg(unix)]
    async fn suspend(&mut self, app: &mut App, loop_state: &mut LoopState, signals: &mut Signals) -> Result<(), Stop> {
        let typed = self.take_answer().await;
        if let Some(modes) = &self.modes {
            modes.suspend()?;
            // Stopping may take a moment, and nothing may be written meanwhile. A job without a shell is never stopped, and
            // so never told to go on: hence the limit.
            let _ = timeout(STOP, signals.continued()).await;
        }
        self.redraw(loop_state, Modes::take)?;
        typed.into_iter().try_for_each(|event| self.event(app, loop_state, event))
    }

    /// Does something after which the terminal may show anything, and draws everything anew.
    fn redraw(&mut self, loop_state: &mut LoopState, act: impl Fn(&Modes) -> io::Result<()>) -> Result<(), Stop> {
        if let Some(modes) = &self.modes {
            act(modes)?;
        }
        // `Terminal::clear` would ask the terminal where its cursor is, and the answer would be read as input.
        let size = self.terminal.size().map_err(undrawn)?;
        self.terminal.resize(size.into()).map_err(undrawn)?;
        loop_state.dirty = true;
        Ok(())
    }
}

/// Why a frame could not be drawn, in the words of whatever draws.
fn undrawn(error: impl std::error::Error) -> Stop {
    Stop::Gone(io::Error::other(error.to_string()))
}

/// Says why the screen ends, where it can still be said.
fn gone(error: &io::Error) {
    tracing::error!("the terminal is gone: {error}");
}

fn is_control(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers == KeyModifiers::CONTROL
}

/// The panic hook has left the modes and printed what happened.
fn panicked() -> io::Error {
    io::Error::other("A part of Writeback has failed; the message above says where.")
}
