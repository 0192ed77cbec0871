//! `writeback get`: downloads a file of a data.world dataset to a file or to standard output.

use std::io::{ErrorKind, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget};
use tokio::sync::watch;

use super::ask::confirm;
use super::context::Context;
use super::progress::{bar_style, follow};
use super::stderr::{eprint_line, retry_line};
use super::trouble::Trouble;
use crate::explain;
use crate::export::{DatasetKey, parse_file_address};
use crate::ops::local_file;
use crate::services::dataworld::DataWorld;
use crate::services::http::OnRetry;
use crate::system::files::nearest;
use crate::text::format;
use crate::text::terminal_text::{name, printable};
use crate::transfer::download::{self, DownloadError, Fetched, Source};

#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    /// The dataset: OWNER/DATASET, or its address; or a file: OWNER/DATASET/FILE, or its address.
    #[arg(value_name = "DATASET|FILE")]
    place: String,
    /// The file's name, if the address does not name it.
    #[arg(value_name = "NAME")]
    file: Option<String>,
    #[arg(
        long,
        short,
        value_name = "PATH",
        value_hint = clap::ValueHint::AnyPath,
        help = "Where to write it: a file, a folder, or - for standard output; if left out, a file of the same name here"
    )]
    output: Option<PathBuf>,
    /// Replace an existing file; with -o -, print even to a terminal.
    #[arg(long)]
    force: bool,
    /// The data.world account to use; if left out, the credentials in the environment.
    #[arg(long, add = super::complete::dataworld_accounts())]
    account: Option<String>,
}

pub(super) async fn get(args: &GetArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let (key, file) = named(args)?;
    if file.contains(char::is_control) {
        return Err(Trouble::usage(format!("There is no file `{file}`: no name has control characters.")));
    }
    let target = target(args, &file)?;
    let mut replace = args.force;
    match &target {
        Some(path) => {
            let checked = download::check_target(path, replace).or_else(|error| match error {
                DownloadError::Exists(there) if may_replace(&there)? => {
                    replace = true;
                    download::check_target(path, true).map_err(|error| Trouble::not_downloaded(&error))
                }
                error => Err(Trouble::not_downloaded(&error)),
            });
            checked?;
        }
        // A file may hold escape sequences, which a terminal obeys.
        None if std::io::stdout().is_terminal() && !args.force => {
            return Err(Trouble::usage(
                "The file is not printed to a terminal, because control characters in it could take effect there. Pipe it \
                 into a program, choose a file with -o, or add --force.",
            ));
        }
        None => {}
    }
    let cancel = super::interrupt::cancelled();
    let (sender, progress) = watch::channel(Fetched::default());
    let sender = Arc::new(sender);
    let asking = sender.clone();
    let on_retry: OnRetry = Arc::new(move |retry| asking.send_modify(|progress| progress.retry = Some(retry.clone())));
    let work = async {
        let dataworld = context.browse(args.account.as_deref(), on_retry).await?;
        let (file, size) = listed(&dataworld, &key, &file).await?;
        let stall = context.config.limits.stall;
        let source = Source { dataworld, key: key.clone(), file, size, stall };
        let bytes = match &target {
            Some(path) => source.to_file(path, replace, &sender).await,
            None => match source.to_output(&mut tokio::io::stdout(), &sender).await {
                // The reader has gone, so the rest is not fetched.
                Err(DownloadError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => return Ok(None),
                bytes => bytes,
            },
        };
        bytes.map(Some).map_err(|error| Trouble::not_downloaded(&error))
    };
    let start = Instant::now();
    let bytes = tokio::select! {
        bytes = show_progress(progress, work) => bytes?,
        () = cancel.cancelled() => {
            let rest = if target.is_some() { "Nothing was kept." } else { "What was written is incomplete." };
            return Err(Trouble::cancelled(format!("Cancelled. {rest}")));
        }
    };
    let Some(bytes) = bytes else { return Ok(ExitCode::SUCCESS) };
    let to = target.map(|path| format!("  →  {}", path.display())).unwrap_or_default();
    let (size, took) = (format::bytes(bytes), format::took(start.elapsed()));
    eprint_line(&printable(&format!("✓ {}  {size}  ({took}){to}", name(&file))));
    Ok(ExitCode::SUCCESS)
}

/// Asks a person whether a file may be replaced.
fn may_replace(there: &Path) -> Result<bool, Trouble> {
    if !std::io::stdin().is_terminal() || there.is_dir() {
        return Ok(false);
    }
    Ok(confirm(&format!("{} is there already. Replace it?", there.display()))?)
}

/// The dataset and the file.
fn named(args: &GetArgs) -> Result<(DatasetKey, String), Trouble> {
    match &args.file {
        Some(file) => Ok((args.place.parse()?, file.clone())),
        None => match parse_file_address(&args.place)? {
            (key, Some(file)) => Ok((key, file)),
            (key, None) => Err(Trouble::usage(explain::commands::which_file(&key))),
        },
    }
}

/// `None` is standard output.
fn target(args: &GetArgs, file: &str) -> Result<Option<PathBuf>, Trouble> {
    match args.output.as_deref() {
        Some(path) if path == Path::new("-") => Ok(None),
        path => {
            let to = local_file::path(path.unwrap_or(Path::new("")), file);
            to.map(Some).ok_or_else(|| Trouble::not_downloaded(&DownloadError::Name(file.to_owned())))
        }
    }
}

/// Finds the file in the dataset: its name and stated size.
async fn listed(dataworld: &DataWorld, key: &DatasetKey, file: &str) -> Result<(String, Option<u64>), Trouble> {
    // Without a list of files the download itself will tell.
    let Some(files) = dataworld.dataset(key).await?.files else { return Ok((file.to_owned(), None)) };
    if let Some(found) = files.iter().find(|known| known.is_called(file)) {
        return Ok((found.name.clone(), found.size));
    }
    let hint = match nearest(file, files.iter().map(|file| file.name.as_str())) {
        Some(nearest) => format!("Did you mean `{nearest}`?"),
        None => explain::commands::list_files_hint(key),
    };
    Err(Trouble::failed(format!("There is no file `{file}` in {key}. {hint}")))
}

/// Shows a download's progress until it ends: a bar on a terminal, else only retries.
async fn show_progress<T>(progress: watch::Receiver<Fetched>, end: impl Future<Output = T>) -> T {
    let bar = std::io::stderr().is_terminal().then(|| {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
        bar.set_style(bar_style());
        bar
    });
    let mut retry = None;
    let end = follow(progress, bar.is_some(), end, |now| {
        if now.retry != retry {
            retry.clone_from(&now.retry);
            if let Some(retry) = &retry {
                let line = retry_line(retry);
                bar.as_ref().map_or_else(|| eprint_line(&line), |bar| bar.println(&line));
            }
        }
        if let Some(bar) = &bar {
            bar.set_length(now.total.unwrap_or(0).max(1));
            bar.set_position(if now.total.is_some() { now.bytes } else { 0 });
            bar.set_message(match now.total {
                Some(total) => format!("{} of {}", format::bytes(now.bytes), format::bytes(total)),
                None => format::bytes(now.bytes),
            });
        }
    })
    .await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    end
}
