//! Does what the state asks for, each thing on a task of its own, and gives back what came of it.
//!
//! Look-ups and lists are in `lookups`, accounts and their secrets in `keep`, what is kept on this computer in `shelf`,
//! a run in `course`, a check in `check`. The progress of runs is taken here, because it is sampled and not queued.

mod accounts;
mod browse;
mod check;
mod course;
mod keep;
mod lookups;
mod shelf;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{OnceCell, mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::draft;
use crate::accounts::Vault;
use crate::config::{Addresses, Environment, Limits, Network};
use crate::explain::Explanation;
use crate::run::Progress;
use crate::services::Services;
use crate::state::{Effect, Msg, Reply, Request};

/// What effects are done with.
#[derive(Debug)]
pub struct Tools {
    /// Where the services are.
    pub addresses: Addresses,
    /// How patient runs are.
    pub limits: Limits,
    /// What the way to the services needs.
    pub network: Network,
    /// What the environment says.
    pub environment: Environment,
    /// The file of accounts.
    pub accounts: PathBuf,
    /// The folder of saved exports.
    pub exports: PathBuf,
    /// The folder of the history.
    pub state: PathBuf,
    /// Where a spool's file is made.
    pub spool_folder: PathBuf,
    /// Where secrets are kept; `None` is the platform's keyring, looked for when the first frame is drawn.
    pub vault: Option<Vault>,
}

/// The tools as tasks share them.
#[derive(Debug)]
struct Shared {
    tools: Tools,
    keyring: OnceCell<Vault>,
    services: OnceCell<Services>,
    notes: mpsc::UnboundedSender<Note>,
}

/// What a task has to say.
#[derive(Debug)]
enum Note {
    Message(Msg),
    Started(Request, watch::Receiver<Progress>),
}

/// A run that is under way.
#[derive(Debug)]
struct Course {
    since: Instant,
    progress: Option<watch::Receiver<Progress>>,
    cancel: CancellationToken,
}

/// Does effects.
#[derive(Debug)]
pub struct Effects {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
    notes: mpsc::UnboundedReceiver<Note>,
    /// Messages that come before the next note.
    ready: VecDeque<Msg>,
    runs: BTreeMap<Request, Course>,
    downloads: BTreeMap<Request, CancellationToken>,
    checks: BTreeMap<Request, CancellationToken>,
}

impl Effects {
    /// Effects that are done with `tools`.
    pub fn new(tools: Tools) -> Self {
        let (sender, notes) = mpsc::unbounded_channel();
        let shared = Shared { tools, keyring: OnceCell::new(), services: OnceCell::new(), notes: sender };
        Self {
            shared: Arc::new(shared),
            tasks: JoinSet::new(),
            notes,
            ready: VecDeque::new(),
            runs: BTreeMap::new(),
            downloads: BTreeMap::new(),
            checks: BTreeMap::new(),
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
            Effect::KeepAccount { request, account, secret } => self.task(async move {
                shared.reply(request, Reply::AccountKept(keep::account(&shared, account, secret).await));
            }),
            Effect::LookUpDataSet { request, login, id } => {
                self.task(async move { lookups::data_set(&shared, request, login, id).await });
            }
            Effect::ListDataSets { request, login } => {
                self.task(async move { lookups::data_sets(&shared, request, login).await });
            }
            Effect::ListDatasets { request, login } => {
                self.task(async move { lookups::datasets(&shared, request, login).await });
            }
            Effect::ListOrganizations { request, login } => self.task(async move {
                shared.reply(request, Reply::Organizations(lookups::organizations(&shared, login).await));
            }),
            Effect::LookUpDataset { request, login, key } => self.task(async move {
                shared.reply(request, Reply::Numbers(keep::numbers(&shared, key.clone()).await));
                shared.reply(request, Reply::Dataset(lookups::dataset(&shared, login, &key).await));
            }),
            Effect::CreateDataset { request, login, new } => self.task(async move {
                shared.reply(request, Reply::DatasetCreated(lookups::create(&shared, login, &new).await));
            }),
            Effect::StartRun { request, export, definition, dry_run, domo, dataworld } => {
                let cancel = CancellationToken::new();
                let course = Course { since: Instant::now(), progress: None, cancel: cancel.clone() };
                self.runs.insert(request, course);
                let order = course::Order { export: *export, definition, dry_run, domo, dataworld };
                self.task(async move { course::to_the_end(&shared, request, order, cancel).await });
            }
            Effect::CancelRun(request) => {
                if let Some(run) = self.runs.get(&request) {
                    run.cancel.cancel();
                }
            }
            Effect::SaveExport { request, export, replaces } => self.task(async move {
                shared.reply(request, Reply::ExportSaved(keep::export(&shared, *export, replaces).await));
            }),
            // Both are small, and nothing may be left to do when the program ends. Whoever wants to leave is not kept from
            // it by a disk that takes no more.
            Effect::KeepDraft(draft) => drop(draft::keep(&self.shared.tools.state, &draft)),
            Effect::DropDraft(began) => drop(draft::discard(&self.shared.tools.state, began)),
            Effect::Browse { request, login } => {
                self.task(async move { browse::everything(&shared, request, login).await });
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
                shared.reply(request, Reply::Home(shelf::kept(&shared).await));
            }),
            Effect::ListRuns { request, definition, results, most } => self.task(async move {
                shared.reply(request, Reply::Runs(shelf::runs(&shared, definition, results, most).await));
            }),
            Effect::ChangeExport { request, file, setting } => self.task(async move {
                shared.reply(request, Reply::ExportSaved(shelf::change(file, setting).await));
            }),
            Effect::RemoveExport { request, file } => self.task(async move {
                shared.reply(request, Reply::ExportRemoved(shelf::remove(&shared, file).await));
            }),
            // These belong to the session, which has the terminal, and to the root of the state.
            Effect::Copy(_) | Effect::OpenLink { .. } | Effect::CaptureMouse(_) | Effect::Quit => {}
            Effect::OpenWizard(_) | Effect::GoHome | Effect::ToggleMouse => {}
        }
    }

    fn task(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// What comes next: an answer, or, if `sample`, the latest progress of the runs.
    ///
    /// # Errors
    /// When a task has panicked.
    pub(crate) async fn next(&mut self, sample: bool) -> io::Result<Msg> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(message);
            }
            let progress = self.runs.values_mut().filter_map(|run| run.progress.as_mut()).filter(|_| sample);
            let note = tokio::select! {
                Some(note) = self.notes.recv() => note,
                Some(done) = self.tasks.join_next() => {
                    done.map_err(|error| panicked(&error))?;
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

    fn take(&mut self, note: Note) {
        match note {
            Note::Started(request, progress) => {
                if let Some(run) = self.runs.get_mut(&request) {
                    run.progress = Some(progress);
                }
            }
            Note::Message(Msg::Reply(request, reply)) => {
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
            Note::Message(message) => self.ready.push_back(message),
        }
    }

    /// The runs as they are now. Time goes on in them even while nothing else does.
    pub(crate) fn samples(&mut self) -> Vec<Msg> {
        self.runs.iter_mut().filter_map(|(request, run)| run.sample(*request)).collect()
    }

    /// Whether a run or a download is under way.
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

impl Course {
    fn sample(&mut self, request: Request) -> Option<Msg> {
        let mut progress = self.progress.as_mut()?.borrow_and_update().clone();
        progress.elapsed = self.since.elapsed();
        Some(Msg::Reply(request, Box::new(Reply::Progress(progress))))
    }
}

impl Shared {
    fn tell(&self, message: Msg) {
        // Nobody listens any more when the screen is being left.
        let _ = self.notes.send(Note::Message(message));
    }

    fn reply(&self, request: Request, reply: Reply) {
        self.tell(Msg::Reply(request, Box::new(reply)));
    }

    /// Both services. Made when they are first asked for, beside the loop: reading what the system trusts takes longer
    /// than the screen takes to appear.
    async fn services(&self) -> Result<&Services, Explanation> {
        let make = || async {
            let Tools { addresses, limits, network, .. } = &self.tools;
            let (addresses, limits, network) = (addresses.clone(), limits.clone(), network.clone());
            let made = tokio::task::spawn_blocking(move || Services::new(addresses, &limits, &network)).await;
            made.map_err(|error| error.to_string()).and_then(|made| made)
        };
        self.services.get_or_try_init(make).await.map_err(|reason| {
            Explanation::new(format!("No secure connection can be made on this computer: {reason}."), "")
        })
    }

    async fn vault(&self) -> &Vault {
        match &self.tools.vault {
            Some(vault) => vault,
            None => self.keyring.get_or_init(Vault::open).await,
        }
    }
}

/// Waits for the next moment of any run; for ever where there is none.
async fn any_changed(runs: impl Iterator<Item = &mut watch::Receiver<Progress>>) {
    let changes: FuturesUnordered<_> = runs.map(watch::Receiver::changed).collect();
    // A run that has ended changes no more; its outcome comes by itself.
    let mut changes = changes.filter(|changed| std::future::ready(changed.is_ok()));
    if changes.next().await.is_none() {
        std::future::pending::<()>().await;
    }
}

fn panicked(error: &JoinError) -> io::Error {
    io::Error::other(format!("A part of Writeback has failed: {error}. The message above says where."))
}
