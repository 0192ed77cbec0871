//! Does what the state asks for, each thing on a task of its own, and gives back what came of it.
//!
//! What the services are asked for the wizard is in `lookups`, for browsing in `browse`; `clients` makes the clients that
//! both use, and `shared` has what all tasks share. The progress of runs is taken here, because it is sampled and not
//! queued.

mod accounts;
mod browse;
mod check;
mod clients;
mod definitions;
mod history;
mod lookups;
mod runs;
mod shared;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::shared::Shared;
use super::{clipboard, draft};
use crate::accounts::Vault;
use crate::config::{Addresses, Environment, Limits, Network};
use crate::transfer::Progress;
use crate::tui::state::{Effect, Msg, Reply, Request};

#[derive(Debug)]
pub struct Tools {
    pub addresses: Addresses,
    pub limits: Limits,
    /// Proxies and certificates for the services.
    pub network: Network,
    pub environment: Environment,
    /// The file of accounts.
    pub accounts: PathBuf,
    /// The folder of saved exports.
    pub exports: PathBuf,
    /// The folder of the history.
    pub state: PathBuf,
    /// For files of spools.
    pub spool_folder: PathBuf,
    /// `None` is the platform's keyring, opened once the first frame is drawn.
    pub vault: Option<Vault>,
}

/// A message from a task to the screen.
#[derive(Debug)]
enum TaskMessage {
    Message(Msg),
    Started(Request, watch::Receiver<Progress>),
}

/// A run that is under way.
#[derive(Debug)]
struct RunTask {
    since: Instant,
    progress: Option<watch::Receiver<Progress>>,
    cancel: CancellationToken,
}

/// Performs effects, each on a task of its own.
#[derive(Debug)]
pub struct Effects {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
    notes: mpsc::UnboundedReceiver<TaskMessage>,
    /// Messages that come before the next note.
    ready: VecDeque<Msg>,
    runs: BTreeMap<Request, RunTask>,
    downloads: BTreeMap<Request, CancellationToken>,
    checks: BTreeMap<Request, CancellationToken>,
    lists: BTreeMap<List, AbortHandle>,
}

/// The lists that come page by page, of each of which there is one on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    DataSets,
    Datasets,
    Browse,
}

impl Effects {
    pub fn new(tools: Tools) -> Self {
        let (sender, notes) = mpsc::unbounded_channel();
        Self {
            shared: Arc::new(Shared::new(tools, sender)),
            tasks: JoinSet::new(),
            notes,
            ready: VecDeque::new(),
            runs: BTreeMap::new(),
            downloads: BTreeMap::new(),
            checks: BTreeMap::new(),
            lists: BTreeMap::new(),
        }
    }

    /// Begins to do what the state asks for.
    pub(crate) fn perform(&mut self, effect: Effect) {
        let shared = Arc::clone(&self.shared);
        match effect {
            Effect::FindVault => self.task(async move {
                let home = shared.vault().await.home();
                shared.tell(Msg::Vault(home));
            }),
            Effect::TestDataWorld { request, login } => self.task(async move {
                shared.reply(request, Reply::DataWorldTested(lookups::user(&shared, login).await));
            }),
            Effect::TestDomo { request, login } => self.task(async move {
                shared.reply(request, Reply::DomoTested(lookups::identity(&shared, login).await));
            }),
            Effect::KeepAccount { request, account, secret } => {
                self.task(async move { accounts::keep(&shared, request, account, secret).await });
            }
            Effect::LookUpDataSet { request, login, id } => {
                self.task(async move { lookups::data_set(&shared, request, login, id).await });
            }
            Effect::ListDataSets { request, login } => {
                self.list(List::DataSets, async move { lookups::data_sets(&shared, request, login).await });
            }
            Effect::ListDatasets { request, login } => {
                self.list(List::Datasets, async move { lookups::datasets(&shared, request, login).await });
            }
            Effect::ListOrganizations { request, login } => self.task(async move {
                shared.reply(request, Reply::Organizations(lookups::organizations(&shared, login).await));
            }),
            Effect::LookUpDataset { request, login, key } => self.task(async move {
                shared.reply(request, Reply::Numbers(history::numbers(&shared, key.clone()).await));
                shared.reply(request, Reply::Dataset(lookups::dataset(&shared, login, &key).await));
            }),
            Effect::CreateDataset { request, login, new } => self.task(async move {
                shared.reply(request, Reply::DatasetCreated(lookups::create(&shared, login, &new).await));
            }),
            Effect::StartRun { request, export, definition, dry_run, domo, dataworld } => {
                let cancel = CancellationToken::new();
                let run = RunTask { since: Instant::now(), progress: None, cancel: cancel.clone() };
                self.runs.insert(request, run);
                let order = runs::Order { export: *export, definition, dry_run, domo, dataworld };
                self.task(async move { runs::run(&shared, request, order, cancel).await });
            }
            Effect::CancelRun(request) => {
                if let Some(run) = self.runs.get(&request) {
                    run.cancel.cancel();
                }
            }
            Effect::SaveExport { request, export, replaces } => self.task(async move {
                shared.reply(request, definitions::save(&shared, *export, replaces).await);
            }),
            // Both are small and done at once, so that nothing is left to do when the program ends. A full disk keeps
            // nobody from leaving.
            Effect::KeepDraft(draft) => drop(draft::keep(&self.shared.tools.state, &draft)),
            Effect::DropDraft(began) => drop(draft::discard(&self.shared.tools.state, began)),
            Effect::Browse { request, login } => {
                self.list(List::Browse, async move { browse::everything(&shared, request, login).await });
            }
            Effect::ReadHead { request, login, key, file } => self.task(async move {
                shared.reply(request, Reply::Head(browse::head(&shared, login, &key, &file).await));
            }),
            Effect::Download { request, login, key, file, size, to } => {
                let cancel = CancellationToken::new();
                self.downloads.insert(request, cancel.clone());
                let order = browse::Order { login, key, file, size, to };
                self.task(async move {
                    let ended = browse::download(&shared, request, order, &cancel).await;
                    shared.reply(request, Reply::Downloaded(ended));
                });
            }
            Effect::CancelDownload(request) => {
                if let Some(cancel) = self.downloads.get(&request) {
                    cancel.cancel();
                }
            }
            Effect::DeleteFile { request, login, key, file } => self.task(async move {
                shared.reply(request, Reply::FileDeleted(browse::delete(&shared, login, &key, &file).await));
            }),
            Effect::TestAccount { request, holder } => self.task(async move {
                shared.reply(request, Reply::AccountTested(accounts::test(&shared, &holder).await));
            }),
            Effect::ChangeAccount { request, service, name, change } => self.task(async move {
                shared.reply(request, Reply::AccountChanged(accounts::change(&shared, service, &name, change).await));
            }),
            Effect::Check { request, subject } => {
                let stop = CancellationToken::new();
                self.checks.insert(request, stop.clone());
                self.task(async move { check::to_the_end(&shared, request, subject, &stop).await });
            }
            Effect::StopCheck(request) => {
                if let Some(stop) = self.checks.remove(&request) {
                    stop.cancel();
                }
            }
            Effect::LoadHome { request } => self.task(async move {
                shared.reply(request, Reply::Home(definitions::kept(&shared).await));
            }),
            Effect::AskSchedulers { request } => self.task(async move {
                shared.reply(request, Reply::LocalSchedules(definitions::local_schedules(&shared).await));
            }),
            Effect::ListRuns { request, definition, results, most } => self.task(async move {
                shared.reply(request, Reply::Runs(history::runs(&shared, definition, results, most).await));
            }),
            Effect::ChangeExport { request, file, setting } => self.task(async move {
                shared.reply(request, Reply::ExportSaved(definitions::change(file, setting).await));
            }),
            Effect::RemoveExport { request, file } => self.task(async move {
                shared.reply(request, Reply::ExportRemoved(definitions::remove(&shared, file).await));
            }),
            Effect::Copy { request, text } => self.task(async move {
                let copy = move || (clipboard::copy(&text), text);
                if let Ok((copied, text)) = shared::blocking(copy).await {
                    shared.reply(request, Reply::Copied(copied, text));
                }
            }),
            // These belong to the session, which has the terminal, and to the root of the state.
            Effect::OpenLink { .. } | Effect::CaptureMouse(_) | Effect::Quit => {}
            Effect::OpenWizard(_) | Effect::GoHome | Effect::ToggleMouse => {}
        }
    }

    fn task(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Begins a list. Nobody looks at the one before any more, which may have thousands of pages to go: it is dropped.
    fn list(&mut self, list: List, work: impl Future<Output = ()> + Send + 'static) {
        let begun = self.tasks.spawn(work);
        if let Some(before) = self.lists.insert(list, begun) {
            before.abort();
        }
    }

    /// The next answer, or, with `sample`, the latest progress of the runs.
    ///
    /// # Errors
    ///
    /// A task has panicked.
    pub(crate) async fn next(&mut self, sample: bool) -> io::Result<Msg> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(message);
            }
            let progress = self.runs.values_mut().filter_map(|run| run.progress.as_mut()).filter(|_| sample);
            let note = tokio::select! {
                Some(note) = self.notes.recv() => note,
                Some(done) = self.tasks.join_next() => {
                    done.or_else(|error| if error.is_cancelled() { Ok(()) } else { Err(panicked(&error)) })?;
                    continue;
                }
                () = any_changed(progress) => {
                    let samples = self.samples();
                    self.ready.extend(samples);
                    continue;
                }
            };
            self.take(note);
        }
    }

    fn take(&mut self, note: TaskMessage) {
        match note {
            TaskMessage::Started(request, progress) => {
                if let Some(run) = self.runs.get_mut(&request) {
                    run.progress = Some(progress);
                }
            }
            TaskMessage::Message(Msg::Reply(request, reply)) => {
                // The last moment of a run comes before its end.
                if matches!(*reply, Reply::Ended(_))
                    && let Some(mut run) = self.runs.remove(&request)
                {
                    self.ready.extend(run.sample(request));
                }
                if matches!(*reply, Reply::Downloaded(_)) {
                    self.downloads.remove(&request);
                }
                if matches!(*reply, Reply::CheckEnded(_)) {
                    self.checks.remove(&request);
                }
                self.ready.push_back(Msg::Reply(request, reply));
            }
            TaskMessage::Message(message) => self.ready.push_back(message),
        }
    }

    /// The runs as they are now. Time goes on in them even while nothing else does.
    pub(crate) fn samples(&mut self) -> Vec<Msg> {
        self.runs.iter_mut().filter_map(|(request, run)| run.sample(*request)).collect()
    }

    /// Tells if a run or a download is under way.
    pub(crate) fn is_running(&self) -> bool {
        !self.runs.is_empty() || !self.downloads.is_empty()
    }

    /// Waits until no run and no download is under way.
    pub(crate) async fn runs_ended(&mut self) {
        while self.is_running() && self.next(false).await.is_ok() {}
    }

    /// Cancels all runs and downloads.
    pub(crate) fn cancel(&self) {
        self.runs.values().for_each(|run| run.cancel.cancel());
        self.downloads.values().for_each(CancellationToken::cancel);
    }
}

impl RunTask {
    fn sample(&mut self, request: Request) -> Option<Msg> {
        let mut progress = self.progress.as_mut()?.borrow_and_update().clone();
        progress.elapsed = self.since.elapsed();
        Some(Msg::Reply(request, Box::new(Reply::Progress(progress))))
    }
}

/// Waits for the next moment of any run; for ever where there is none.
async fn any_changed(runs: impl Iterator<Item = &mut watch::Receiver<Progress>>) {
    let changes: FuturesUnordered<_> = runs.map(watch::Receiver::changed).collect();
    // The progress of a run that has ended changes no more; its outcome comes as a note.
    let mut changes = changes.filter(|changed| std::future::ready(changed.is_ok()));
    if changes.next().await.is_none() {
        std::future::pending::<()>().await;
    }
}

fn panicked(error: &JoinError) -> io::Error {
    io::Error::other(format!("A part of Writeback has failed: {error}. The message above says where."))
}
