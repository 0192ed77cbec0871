//! The screen: without a command, and with `new`, `edit` and `demo`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use super::context::Context;
use super::exit::Exit;
use super::stderr::eprint_line;
use super::trouble::Trouble;
use crate::cli::plain;
use crate::config::ConfigError;
use crate::export::saved;
use crate::history;
use crate::schedulers::clock;
use crate::system::variable;
use crate::tui::app::App;
use crate::tui::screen::Theme;
use crate::tui::state::Original;
use crate::tui::wizard::Start;
use crate::tui::{self, Ended};

#[derive(Debug, clap::Args)]
pub(super) struct EditArgs {
    #[command(flatten)]
    pub(super) how: How,
    /// A saved export by name, or its file.
    #[arg(value_name = "NAME|FILE", add = super::complete::exports())]
    name: String,
}

#[derive(Debug)]
pub(super) enum First {
    /// The dashboard; on a first start the wizard.
    Home,
    /// The wizard, with this export if there is one.
    Wizard(Option<Original>),
}

#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct How {
    /// Ask line by line, for screen readers and terminals that cannot draw.
    #[arg(long)]
    plain: bool,
}

/// Opens a saved export in the wizard.
pub(super) async fn edit(args: &EditArgs, context: Context) -> Result<ExitCode, Trouble> {
    let (stem, export) = saved::load_saved(&context.paths.exports(), &args.name)?;
    let original = Original { export: Box::new(export), stem };
    show(context, First::Wizard(Some(original)), false, args.how).await
}

/// Tells if the terminal can only write one line after the other. Without a terminal, the screen reports that itself.
fn is_dumb() -> bool {
    variable::get("TERM").is_some_and(|term| term == "dumb") && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Shows the screen until the person leaves.
pub(super) async fn show(context: Context, first: First, demo: bool, how: How) -> Result<ExitCode, Trouble> {
    let (config_file, wishes) = (context.paths.config_file(), context.config.keys.clone());
    let (mouse, zone) = (context.config.mouse, context.config.time_zone);
    let accounts = context.workspace.book().await?.all().to_vec();
    let all = saved::all(&context.paths.exports());
    let exports = saved::readable(&all).map(|(_, export)| export.clone()).collect();
    // An unreadable export counts too.
    let nothing = all.is_empty() && accounts.is_empty();
    let is_first = nothing && !history::file(&context.paths.state).exists();
    let (home, edit) = match first {
        First::Home => (!is_first, None),
        First::Wizard(edit) => (false, edit),
    };
    let drafts = if demo { Vec::new() } else { tui::read_drafts(&context.paths.state) };
    let get = |name: &str| Some(variable::get(name)?.to_string_lossy().into_owned());
    let invalid = |wrong| ConfigError::invalid_setting(&config_file, wrong);
    let theme = Theme::new(&context.config.theme, get).map_err(invalid)?;
    let by_background = Theme::by_background(&context.config.theme, get).map_err(invalid)?;
    let start = Start {
        environment: context.environment().clone(),
        accounts,
        exports,
        edit,
        drafts,
        today: chrono::Utc::now().date_naive(),
        now: chrono::Utc::now(),
        zone: clock(),
        demo,
    };
    let tools = context.workspace.tools;
    let ended = if how.plain {
        plain::ask(start, tools).await
    } else if is_dumb() {
        eprint_line("This terminal cannot draw a screen: the questions come line by line, as with --plain.");
        plain::ask(start, tools).await
    } else {
        let app = if home { App::at_home(&start) } else { App::in_wizard(start) };
        let app = app.with_keys(&wishes).map_err(invalid)?;
        let app = app.with_log(crate::system::log::file()).with_mouse(mouse).with_zone(zone);
        tui::show(app, tools, theme, by_background).await
    };
    match ended {
        Ok(Ended::Left) => Ok(ExitCode::SUCCESS),
        Ok(Ended::Interrupted) => Ok(Exit::Cancelled.into()),
        Err(error) => Err(Trouble::failed(error.to_string())),
    }
}
