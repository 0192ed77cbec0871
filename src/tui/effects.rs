//! Does what the state asks for, each thing on a task of its own, and gives back what came of it.
//!
//! What the services are asked for the wizard is in `lookups`, for browsing in `browse`. The progress of runs is taken
//! here, because it is sampled and not queued.

mod accounts;
mod browse;
mod check;
mod definitions;
mod history;
mod lookups;
mod runs;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;

use chrono::Utc;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{clipboard, draft};
use crate::explain;
use crate::ops::{Tools, Workspace, exports, schedules};
use crate::system::process::blocking;
use crate::transfer::Progress;
use crate::tui::state::{CheckReply, DatasetReply, Effect, Msg, Request, RequestId, RunReply};

/// What all tasks share.
#[derive(Debug)]
struct Shared {
    workspace: Workspace,
    messages: mpsc::UnboundedSender<TaskMessage>,
}

impl Shared {
    fn tell(&self, message: TaskMessage) {
        // Nobody listens any more when the screen is being left.
        let _ = self.messages.send(message);
    }

    fn reply<R: Send + 'static>(&self, request: &Request<R>, reply: R) {
        self.tell(TaskMessage::Message(request.reply(reply)));
    }

    /// Ends a task that can be cancelled, with its last reply if there is one.
    fn end<R: Send + 'static>(&self, request: &Request<R>, reply: Option<R>) {
        self.tell(TaskMessage::Ended(request.id, reply.map(|reply| request.reply(reply))));
    }
}

/// A message from a task to the screen.
#[derive(Debug)]
enum TaskMessage {
    Message(Msg),
    /// A run has begun.
    Started(RequestId, watch::Receiver<Progress>),
    /// What could be cancelled has ended, with this reply if there is one.
    Ended(RequestId, Option<Msg>),
}

/// A task that can be cancelled.
#[derive(Debug)]
struct Cancellable {
    cancel: CancellationToken,
    kind: TaskKind,
}

#[derive(Debug)]
enum TaskKind {
    Run(RunTask),
    Download,
    Check,
}

#[derive(Debug)]
struct RunTask {
    request: Request<RunReply>,
    since: Instant,
    progress: Option<watch::Receiver<Progress>>,
}

/// Performs effects, each on a task of its own.
#[derive(Debug)]
pub struct Effects {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
    messages: mpsc::UnboundedReceiver<TaskMessage>,
    /// Handed to the screen before the tasks' next message.
    ready: VecDeque<Msg>,
    cancellable: BTreeMap<RequestId, Cancellable>,
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
        let (sender, messages) = mpsc::unbounded_channel();
        Self {
            shared: Arc::new(Shared { workspace: Workspace::new(tools), messages: sender }),
            tasks: JoinSet::new(),
            messages,
            ready: VecDeque::new(),
            cancellable: BTreeMap::new(),
            lists: BTreeMap::new(),
        }
    }

    /// Begins to do what the state asks for.
    pub(crate) fn perform(&mut self, effect: Effect) {
        let shared = Arc::clone(&self.shared);
        match effect {
            Effect::FindVault { request } => {
                self.answer(request, async move { shared.workspace.tools.vault.probe().await });
            }
            Effect::TestDataWorld { request, login } => {
                self.answer(request, async move { lookups::user(&shared, login).await });
            }
            Effect::TestDomo { request, login } => {
                self.answer(request, async move { lookups::identity(&shared, login).await });
            }
            Effect::KeepAccount { request, account, secret } => {
                self.answer(request, async move { accounts::keep(&shared, account, &secret).await });
            }
            Effect::LookUpDataSet { request, login, id } => {
                self.task(async move { lookups::data_set(&shared, &request, login, id).await });
            }
            Effect::ListDataSets { request, login } => {
                self.list(List::DataSets, async move { lookups::data_sets(&shared, &request, login).await });
            }
            Effect::ListDatasets { request, login } => {
                self.list(List::Datasets, async move { lookups::datasets(&shared, &request, login).await });
            }
            Effect::ListOrganizations { request, login } => {
                self.answer(request, async move { lookups::organizations(&shared, login).await });
            }
            Effect::LookUpDataset { request, login, key } => self.task(async move {
                let numbers = history::numbers(&shared, key.clone()).await;
                shared.reply(&request, DatasetReply::Numbers(numbers));
                shared.reply(&request, DatasetReply::Dataset(lookups::dataset(&shared, login, &key).await));
            }),
            Effect::CreateDataset { request, login, new } => {
                self.answer(request, async move { lookups::create(&shared, login, &new).await });
            }
            Effect::StartRun { request, mut order } => {
                let run = RunTask { request: request.clone(), since: Instant::now(), progress: None };
                let cancel = self.cancellable(request.id, TaskKind::Run(run));
                order.entry.definition = shared.workspace.tools.exports.join(&order.entry.definition);
                self.task(async move { runs::run(&shared, &request, *order, &cancel).await });
            }
            Effect::Cancel(id) => {
                if let Some(task) = self.cancellable.get(&id) {
                    task.cancel.cancel();
                }
            }
            Effect::SaveExport { request, export, replaces } => {
                self.answer(request, async move { definitions::save(&shared, *export, replaces).await });
            }
            // Both are small and done at once, so that nothing is left to do when the program ends. A full disk keeps
            // nobody from leaving.
            Effect::KeepDraft(draft) => drop(draft::keep(&self.shared.workspace.tools.state, &draft)),
            Effect::DropDraft(began) => drop(draft::discard(&self.shared.workspace.tools.state, began)),
            Effect::Browse { request, login } => {
                self.list(List::Browse, async move { browse::everything(&shared, &request, login).await });
            }
            Effect::ReadHead { request, login, key, file } => {
                self.answer(request, async move { browse::head(&shared, login, &key, &file).await });
            }
            Effect::Download { request, login, key, file, size, to, replace } => {
                let cancel = self.cancellable(request.id, TaskKind::Download);
                let order = browse::DownloadOrder { login, key, file, size, to, replace };
                self.task(async move {
                    let ended = browse::download(&shared, &request, order, &cancel).await;
                    shared.end(&request, Some(ended));
                });
            }
            Effect::DeleteFile { request, login, key, file } => {
                self.answer(request, async move { browse::delete(&shared, login, &key, &file).await });
            }
            Effect::TestAccount { request, holder } => {
                self.answer(request, async move { accounts::test(&shared, &holder).await });
            }
            Effect::ChangeAccount { request, service, name, change } => {
                self.answer(request, async move { accounts::change(&shared, service, &name, change).await });
            }
            Effect::Check { request, subject } => {
                let stop = self.cancellable(request.id, TaskKind::Check);
                self.task(async move {
                    let ended = check::to_the_end(&shared, &request, subject, &stop).await;
                    shared.end(&request, ended.map(CheckReply::Ended));
                });
            }
            Effect::LoadHome { request } => self.answer(request, async move { definitions::kept(&shared).await }),
            Effect::AskSchedulers { request } => {
                self.answer(request, async move { Ok(schedules::find(&shared.workspace, None).await) });
            }
            Effect::PlanSchedules { request, slug, demo } => self.answer(request, async move {
                schedules::options(&shared.workspace, &slug, demo).await.map_err(|error| explain::in_its_words(&error))
            }),
            Effect::ChangeSchedule { request, slug, change } => {
                self.answer(request, async move { definitions::schedule(&shared, &slug, change).await });
            }
            Effect::ListRuns { request, definition, results, most } => {
                self.answer(request, async move { history::runs(&shared, definition, results, most).await });
            }
            Effect::ChangeExport { request, file, setting } => self.answer(request, async move {
                exports::change(file, setting).await.map_err(|error| explain::in_its_words(&error))
            }),
            Effect::RemoveExport { request, file } => {
                self.answer(request, async move {
                    exports::remove(&shared.workspace, file).await.map_err(|error| explain::in_its_words(&error))
                });
            }
            Effect::Copy { request, text } => self.task(async move {
                shared.reply(&request, blocking(move || clipboard::copy(&text)).await);
            }),
            // These belong to the session, which has the terminal, and to the root of the state.
            Effect::OpenLink { .. } | Effect::CopyInTerminal(_) | Effect::Announce(_) | Effect::CaptureMouse(_) => {}
            Effect::OpenWizard(_) | Effect::GoHome | Effect::GoToSchedule | Effect::LeaveWizard => {}
            Effect::OpenRun(_) | Effect::TakeDecision(..) | Effect::ToggleMouse | Effect::Quit => {}
        }
    }

    fn task(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.spawn(Box::pin(work));
    }

    /// Takes a boxed task: tokio's part of it is compiled once, and not for each effect.
    fn spawn(&mut self, work: BoxFuture<'static, ()>) -> AbortHandle {
        self.tasks.spawn(work)
    }

    /// Begins work whose result is the reply.
    fn answer<R: Send + 'static>(&mut self, request: Request<R>, work: impl Future<Output = R> + Send + 'static) {
        let shared = Arc::clone(&self.shared);
        self.task(async move { shared.reply(&request, work.await) });
    }

    /// Remembers a task until it has ended.
    fn cancellable(&mut self, id: RequestId, kind: TaskKind) -> CancellationToken {
        let cancel = CancellationToken::new();
        self.cancellable.insert(id, Cancellable { cancel: cancel.clone(), kind });
        cancel
    }

    /// Begins a list. Nobody looks at the one before any more, which may have thousands of pages to go: it is dropped.
    fn list(&mut self, list: List, work: impl Future<Output = ()> + Send + 'static) {
        let begun = self.spawn(Box::pin(work));
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
            let progress = runs(&mut self.cancellable).filter_map(|run| run.progress.as_mut()).filter(|_| sample);
            let message = tokio::select! {
                Some(message) = self.messages.recv() => message,
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
            self.take(message);
        }
    }

    fn take(&mut self, message: TaskMessage) {
        match message {
            TaskMessage::Message(message) => self.ready.push_back(message),
            TaskMessage::Started(id, progress) => {
                if let Some(Cancellable { kind: TaskKind::Run(run), .. }) = self.cancellable.get_mut(&id) {
                    run.progress = Some(progress);
                }
            }
            TaskMessage::Ended(id, reply) => {
                if let Some(Cancellable { kind: TaskKind::Run(mut run), .. }) = self.cancellable.remove(&id) {
                    // The last moment of a run comes before its end, and so does the time.
                    self.ready.extend(run.sample());
                    self.ready.push_back(Msg::Now(Utc::now()));
                }
                self.ready.extend(reply);
            }
        }
    }

    /// The runs as they are now. Time goes on in them even while nothing else does.
    pub(crate) fn samples(&mut self) -> Vec<Msg> {
        runs(&mut self.cancellable).filter_map(RunTask::sample).collect()
    }

    /// Tells if a run or a download is under way.
    pub(crate) fn is_running(&self) -> bool {
        self.runs_and_downloads().next().is_some()
    }

    /// Waits until no run and no download is under way.
    pub(crate) async fn runs_ended(&mut self) {
        while self.is_running() && self.next(false).await.is_ok() {}
    }

    /// Cancels all runs and downloads.
    pub(crate) fn cancel(&self) {
        self.runs_and_downloads().for_each(|task| task.cancel.cancel());
    }

    fn runs_and_downloads(&self) -> impl Iterator<Item = &Cancellable> {
        self.cancellable.values().filter(|task| !matches!(task.kind, TaskKind::Check))
    }
}

fn runs(tasks: &mut BTreeMap<RequestId, Cancellable>) -> impl Iterator<Item = &mut RunTask> {
    tasks.values_mut().filter_map(|task| match &mut task.kind {
        TaskKind::Run(run) => Some(run),
        TaskKind::Download | TaskKind::Check => None,
    })
}

impl RunTask {
    fn sample(&mut self) -> Option<Msg> {
        let mut progress = self.progress.as_mut()?.borrow_and_update().clone();
        progress.elapsed = self.since.elapsed();
        Some(self.request.reply(RunReply::Progress(progress)))
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
