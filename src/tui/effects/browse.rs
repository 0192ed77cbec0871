//! Requests to data.world from the Browse tab: lists, the beginning of a file, downloads, deletions.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::explain::{self, Explanation};
use crate::export::DatasetKey;
use crate::ops::local_file;
use crate::services::dataworld::Head;
use crate::transfer::download::{DownloadError, Fetched, Source};
use crate::tui::state::{BrowseReply, DataWorldLogin, DownloadReply, Page, Request};

/// Between two moments of a download, at least.
const SAMPLE: Duration = Duration::from_millis(100);

/// A download to begin.
#[derive(Debug)]
pub(super) struct DownloadOrder {
    pub(super) login: DataWorldLogin,
    pub(super) key: DatasetKey,
    pub(super) file: String,
    pub(super) size: Option<u64>,
    pub(super) to: PathBuf,
    pub(super) replace: bool,
}

/// Everything that the person may browse, page by page, and the address of their site.
pub(super) async fn everything(shared: &Shared, request: &Request<BrowseReply>, login: DataWorldLogin) {
    let say = |page| shared.reply(request, BrowseReply::Page(page));
    let dataworld = match shared.workspace.dataworld(login).await {
        Ok(dataworld) => dataworld,
        Err(why) => return say(Page::Failed(why.into())),
    };
    // Links work without it: they lead to data.world itself then.
    if let Ok(user) = dataworld.user().await {
        shared.reply(request, BrowseReply::Site(user.base_url));
    }
    match dataworld.everything(|page| say(Page::More(page))).await {
        Ok(None) => say(Page::End),
        Ok(Some(error)) | Err(error) => say(Page::Failed(error.into())),
    }
}

/// The beginning of a file.
pub(super) async fn head(
    shared: &Shared,
    login: DataWorldLogin,
    key: &DatasetKey,
    file: &str,
) -> Result<Head, Explanation> {
    let dataworld = shared.workspace.dataworld(login).await?;
    Ok(dataworld.head(key, file, shared.workspace.tools.limits.stall).await?)
}

/// Downloads a file, and says how far it is. Gives where it is, with all folders, and its size; `None` when it was
/// cancelled: then nothing of it is kept.
pub(super) async fn download(
    shared: &Shared,
    request: &Request<DownloadReply>,
    order: DownloadOrder,
    cancel: &CancellationToken,
) -> DownloadReply {
    let DownloadOrder { login, key, file, size, to, replace } = order;
    let Some(to) = local_file::path(&to, &file) else {
        return DownloadReply::Ended(Err(explain::download(&DownloadError::Name(file))));
    };
    let to = std::path::absolute(&to).unwrap_or(to);
    let (sender, mut progress) = watch::channel(Fetched::default());
    let work = async {
        let dataworld = match shared.workspace.dataworld(login).await {
            Ok(dataworld) => dataworld,
            Err(why) => return DownloadReply::Ended(Err(why.into())),
        };
        let source = Source { dataworld, key, file, size, stall: shared.workspace.tools.limits.stall };
        match source.to_file(&to, replace, &sender).await {
            Ok(bytes) => DownloadReply::Ended(Ok(Some((to.clone(), bytes)))),
            Err(DownloadError::Exists(to)) => DownloadReply::Exists(to),
            Err(error) => DownloadReply::Ended(Err(explain::download(&error))),
        }
    };
    let tell = async {
        while progress.changed().await.is_ok() {
            let fetched = progress.borrow_and_update().clone();
            shared.reply(request, DownloadReply::Progress(fetched));
            tokio::time::sleep(SAMPLE).await;
        }
        std::future::pending().await
    };
    tokio::select! {
        ended = work => ended,
        () = cancel.cancelled() => DownloadReply::Ended(Ok(None)),
        ended = tell => ended,
    }
}

/// Deletes a file.
pub(super) async fn delete(
    shared: &Shared,
    login: DataWorldLogin,
    key: &DatasetKey,
    file: &str,
) -> Result<(), Explanation> {
    Ok(shared.workspace.dataworld(login).await?.delete_file(key, file).await?)
}
