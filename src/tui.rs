//! The screen's front door: the terminal, the event loop, and what its effects do.
//!
//! [`terminal`] enters and leaves the modes, [`session`] turns keys, messages and progress into state and frames,
//! [`mouse`] clicks into messages, and [`effects`] does what the state asks for. [`form`] says what a field is. What is on
//! the screen is drawn in [`crate::tui::screen`].

pub mod app;
mod background;
mod browser;
mod clipboard;
pub mod dashboard;
mod draft;
pub mod effects;
pub mod form;
mod input;
pub mod mouse;
pub mod screen;
pub mod session;
pub mod state;
pub mod terminal;
pub mod wizard;

use std::io::{self, IsTerminal as _};

pub use crate::ops::Tools;
pub use background::Background;
pub use draft::read as read_drafts;
pub use effects::Effects;
pub(crate) use session::PATIENCE;
pub use session::{Ended, Session};
use terminal::Modes;

use crate::tui::app::App;
use crate::tui::screen::Theme;

/// Takes the terminal and shows `app` on it until the person leaves. The terminal is asked for its background, if that
/// decides between two themes, a dark one and a light one. The terminal is as it was when this returns.
///
/// # Errors
/// When there is no terminal, or a part of the program has failed.
pub async fn show(app: App, tools: Tools, theme: Theme, by_background: Option<[Theme; 2]>) -> io::Result<Ended> {
    terminal::install_panic_hook();
    let modes = Modes::enter()?;
    let session = Session {
        terminal: terminal::open()?,
        modes: Some(modes),
        theme,
        // Windows hands over each character of the answer as a key of its own, which nothing tells from typing.
        background: Background::asked(by_background.filter(|_| !cfg!(windows) && io::stdin().is_terminal())),
        input: input::read()?,
        effects: Effects::new(tools),
    };
    session.run(app).await
}
