//! `writeback man`: the manual, made from the same description of the commands as `--help`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory as _;

use super::out::out;
use super::trouble::Trouble;

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write one page per command into this folder instead of printing the main page.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

pub(super) fn man(args: &ManArgs) -> Result<ExitCode, Trouble> {
    let mut command = super::Cli::command().disable_help_subcommand(true);
    command.build();
    match &args.dir {
        None => page(&command).and_then(|page| out().write_all(&page)).map_err(Trouble::unwritten)?,
        Some(folder) => {
            let written = std::fs::create_dir_all(folder).and_then(|()| write_pages(&command, folder));
            written.map_err(|error| {
                Trouble::failed(format!("The pages could not be written to {}: {error}.", folder.display()))
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of a command and its subcommands.
fn write_pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write_pages(below, folder)?;
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    std::fs::write(folder.join(format!("{name}.1")), page(command)?)
}

fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // A blank for the date: an empty one is left out, and the next field would take its place.
    let man = clap_mangen::Man::new(command.clone()).date(" ").source(concat!("Writeback ", env!("CARGO_PKG_VERSION")));
    man.manual("Writeback").render(&mut page)?;
    Ok(page)
}
