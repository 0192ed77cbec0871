//! Actions of the tab Browse.

use std::path::{Path, PathBuf};

use super::{ActiveDownload, Browse, Files, OpenedFile, View, account, accounts, files, is_here, load, login};
use crate::export::DatasetKey;
use crate::ops::local_file;
use crate::services::dataworld::{File, Head, dataset_link, file_link};
use crate::text::format::bytes;
use crate::text::terminal_text::{name, whole_name};
use crate::transfer::download::Fetched;
use crate::tui::dashboard::actions::Q;
use crate::tui::dashboard::{ConfirmedAction, Home, PromptAction, TextPrompt};
use crate::tui::state::actions::keys::*;
use crate::tui::state::actions::{Action, Place};
use crate::tui::state::{Answer, DownloadReply, Effect, HasShell as _, Opening, RequestId, Severity, Slot};

pub(in crate::tui::dashboard) static ACTIONS: [Action<Home>; 28] = [
    Action::new(&[ENTER], "files", Place::Browse, has_dataset, open_dataset),
    Action::new(&[letter('f', "f")], "other list", Place::Browse, at_datasets, next_list),
    Action::new(&[letter('a', "a")], "switch account", Place::Browse, has_accounts, next_account),
    Action::new(&[F5], "reload", Place::Browse, at_datasets, load).quiet(),
    Action::new(&[ENTER], "preview", Place::Browse, has_file, open_file),
    Action::new(&[letter('d', "d")], "download", Place::Browse, may_download, ask_download_path),
    Action::new(&[letter('c', "c")], "cancel the download", Place::Browse, is_fetching, cancel),
    Action::new(&[letter('x', "x"), DELETE], "delete", Place::Browse, has_file, ask_to_delete),
    Action::new(&[F5], "reload", Place::Browse, at_files, files::load).quiet(),
    Action::new(&[ESC], "back", Place::Browse, at_unfiltered_files, close_dataset),
    Action::new(&[Q], "back", Place::Browse, at_files, close_dataset),
    Action::new(&[letter('n', "n")], "new export here", Place::Browse, may_write, export_here).short("new"),
    Action::new(&[letter('o', "o")], "open in the browser", Place::Browse, has_selection, open_link),
    Action::new(&[letter('y', "y")], "copy", Place::Browse, has_selection, copy_link),
    Action::new(&[DOWN, letter('j', "j")], "down", Place::Opened, has_head, |home| step(home, 1, 0)).quiet(),
    Action::new(&[UP, letter('k', "k")], "up", Place::Opened, has_head, |home| step(home, -1, 0)).quiet(),
    Action::new(&[RIGHT], "right", Place::Opened, has_head, |home| step(home, 0, 1)),
    Action::new(&[LEFT], "left", Place::Opened, has_head, |home| step(home, 0, -1)),
    Action::new(&[PAGE_DOWN], "page down", Place::Opened, has_head, |home| step(home, PAGE, 0)).quiet(),
    Action::new(&[PAGE_UP], "page up", Place::Opened, has_head, |home| step(home, -PAGE, 0)).quiet(),
    Action::new(&[HOME, letter('g', "g")], "to the start", Place::Opened, has_head, |home| {
        step(home, isize::MIN, isize::MIN)
    })
    .quiet(),
    Action::new(&[END, letter('G', "G")], "to the end", Place::Opened, has_head, |home| step(home, isize::MAX, 0))
        .quiet(),
    Action::new(&[letter('d', "d")], "download", Place::Opened, may_download, ask_download_path),
    Action::new(&[letter('c', "c")], "cancel the download", Place::Opened, is_fetching, cancel),
    Action::new(&[letter('o', "o")], "open in the browser", Place::Opened, is_opened, open_link),
    Action::new(&[letter('y', "y")], "copy", Place::Opened, is_opened, copy_link),
    Action::new(&[F5], "reload", Place::Opened, is_opened, open_file).quiet(),
    Action::new(&[ESC, Q, ENTER], "back", Place::Opened, is_opened, close_file),
];

fn at_datasets(home: &Home) -> bool {
    is_here(home) && home.browse.files.is_none()
}

fn has_dataset(home: &Home) -> bool {
    at_datasets(home) && home.browse.list.under_cursor().is_some()
}

fn has_accounts(home: &Home) -> bool {
    at_datasets(home) && accounts(home).count() + usize::from(home.browse.in_environment) > 1
}

fn at_files(home: &Home) -> bool {
    is_here(home) && home.browse.files.is_some()
}

fn at_unfiltered_files(home: &Home) -> bool {
    at_files(home) && home.list().is_some_and(|list| list.filter.value().is_empty())
}

fn has_file(home: &Home) -> bool {
    is_here(home) && home.browse.file().is_some()
}

fn is_fetching(home: &Home) -> bool {
    is_here(home) && home.browse.fetching.is_some()
}

fn may_download(home: &Home) -> bool {
    has_file(home) && !is_fetching(home)
}

fn is_opened(home: &Home) -> bool {
    is_here(home) && home.browse.opened.is_some()
}

fn has_head(home: &Home) -> bool {
    is_opened(home) && home.browse.head().is_some()
}

fn has_selection(home: &Home) -> bool {
    is_here(home) && home.browse.dataset().is_some()
}

fn may_write(home: &Home) -> bool {
    is_here(home) && home.browse.dataset().is_some_and(|listed| listed.dataset.access.may_write())
}

impl Browse {
    /// The file that keys apply to: the selected one, which may be open.
    pub fn file(&self) -> Option<&File> {
        self.files.as_ref()?.list.under_cursor()
    }

    /// Proposes the folder of that file for the next one.
    fn remember_folder(&mut self, file: &Path) {
        self.download_folder = file.parent().map(Path::to_owned).unwrap_or_default();
    }

    fn head(&self) -> Option<&Head> {
        self.opened.as_ref()?.head.data.ready()
    }

    fn link(&self) -> Option<String> {
        let key = &self.dataset()?.dataset.key;
        let site = self.site.as_deref();
        match self.file() {
            Some(file) => file_link(site, key, &file.name),
            None => dataset_link(site, key),
        }
    }
}

fn open_dataset(home: &mut Home) -> Vec<Effect> {
    let Some(of) = home.browse.list.under_cursor().cloned() else { return Vec::new() };
    home.browse.files = Some(Files::new(of));
    files::load(home)
}

fn close_dataset(home: &mut Home) -> Vec<Effect> {
    home.browse.files = None;
    Vec::new()
}

fn next_list(home: &mut Home) -> Vec<Effect> {
    let browse = &mut home.browse;
    browse.shown = browse.shown.next();
    browse.list.show_only(browse.shown.predicate());
    Vec::new()
}

/// Switches to the next account: the environment first, if it has a token, then the saved ones in order.
fn next_account(home: &mut Home) -> Vec<Effect> {
    let environment = home.browse.in_environment.then_some(None);
    let all: Vec<Option<String>> =
        environment.into_iter().chain(accounts(home).map(|name| Some(name.to_owned()))).collect();
    let now = home.browse.account.clone();
    let at = all.iter().position(|account| *account == now).unwrap_or_default();
    home.browse.account = all[(at + 1) % all.len()].clone();
    home.browse.site = None;
    load(home)
}

fn open_file(home: &mut Home) -> Vec<Effect> {
    let request = home.request(head_read);
    let login = login(home);
    let browse = &mut home.browse;
    let (Some(files), Some(file)) = (&browse.files, browse.file()) else { return Vec::new() };
    let (key, file) = (files.listed.dataset.key.clone(), file.name.clone());
    let mut head = Slot::idle();
    head.ask(&request);
    browse.opened = Some(OpenedFile { file: file.clone(), head, view: View::default() });
    vec![Effect::ReadHead { request, login, key, file }]
}

fn head_read(home: &mut Home, id: RequestId, result: Answer<Head>) -> Vec<Effect> {
    if let Some(opened) = &mut home.browse.opened {
        opened.head.answer(id, result);
    }
    Vec::new()
}

fn close_file(home: &mut Home) -> Vec<Effect> {
    home.browse.opened = None;
    Vec::new()
}

fn step(home: &mut Home, rows: isize, columns: isize) -> Vec<Effect> {
    if let Some(opened) = &mut home.browse.opened
        && let Some(head) = opened.head.data.ready()
    {
        opened.view.step(head, rows, columns);
    }
    Vec::new()
}

fn export_here(home: &mut Home) -> Vec<Effect> {
    let Some(dataset) = home.browse.dataset().map(|listed| listed.dataset.key.clone()) else { return Vec::new() };
    vec![Effect::OpenWizard(Opening::To { dataset, account: account(home) })]
}

fn open_link(home: &mut Home) -> Vec<Effect> {
    link_or_notice(home).map(|link| home.open_link(link)).unwrap_or_default()
}

fn copy_link(home: &mut Home) -> Vec<Effect> {
    let link = link_or_notice(home);
    home.copy(link)
}

/// The link to the selection. A notice says so if its name has no address.
fn link_or_notice(home: &mut Home) -> Option<String> {
    let link = home.browse.link();
    if link.is_none() && home.browse.dataset().is_some() {
        home.notify(Severity::Warning, "This name has no address on data.world.");
    }
    link
}

fn ask_download_path(home: &mut Home) -> Vec<Effect> {
    let (Some(files), Some(file)) = (&home.browse.files, home.browse.file()) else { return Vec::new() };
    let own_name = local_file::name(&file.name).unwrap_or_default();
    let proposed = home.browse.download_folder.join(own_name).display().to_string();
    let title = format!("Download {}", name(&file.name));
    let text = "To which file or folder? A name alone means in the folder where Writeback was started.";
    let then =
        PromptAction::Download { key: files.listed.dataset.key.clone(), file: file.name.clone(), size: file.size };
    home.overlay = Some(TextPrompt::overlay(title, text, proposed, then));
    Vec::new()
}

/// Downloads the file to the typed path.
///
/// # Errors
/// When nothing was typed: a sentence.
pub(in crate::tui::dashboard) fn download(
    home: &mut Home,
    (key, file, size): (&DatasetKey, &str, Option<u64>),
    typed: &str,
) -> Result<Vec<Effect>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("Enter a file name.".to_owned());
    }
    Ok(fetch(home, (key.clone(), file.to_owned(), size), PathBuf::from(typed), false))
}

/// A file on data.world, and its size in bytes.
pub(in crate::tui::dashboard) type Wanted = (DatasetKey, String, Option<u64>);

pub(in crate::tui::dashboard) fn fetch(home: &mut Home, wanted: Wanted, to: PathBuf, replace: bool) -> Vec<Effect> {
    let again = wanted.clone();
    let request = home.request(move |home, id, reply| download_replied(home, id, reply, &again));
    let login = login(home);
    let (key, file, size) = wanted;
    home.browse.fetching = Some(ActiveDownload { id: request.id, file: file.clone(), fetched: Fetched::default() });
    vec![Effect::Download { request, login, key, file, size, to, replace }]
}

fn download_replied(home: &mut Home, id: RequestId, reply: DownloadReply, wanted: &Wanted) -> Vec<Effect> {
    let Some(fetching) = home.browse.fetching.as_mut().filter(|download| download.id == id) else {
        return Vec::new();
    };
    let result = match reply {
        DownloadReply::Progress(fetched) => {
            fetching.fetched = fetched;
            return Vec::new();
        }
        DownloadReply::Exists(to) => {
            home.browse.fetching = None;
            home.browse.remember_folder(&to);
            home.ask_to_replace(&to.clone(), ConfirmedAction::ReplaceDownload(wanted.clone(), to));
            return Vec::new();
        }
        DownloadReply::Ended(result) => result,
    };
    let file = std::mem::take(&mut fetching.file);
    home.browse.fetching = None;
    match result {
        Ok(Some((to, size))) => {
            home.browse.remember_folder(&to);
            let text = format!("{file} was downloaded: {}, to {}.", bytes(size), to.display());
            home.notify(Severity::Info, text);
        }
        Ok(None) => home.notify(Severity::Idle, "The download was cancelled. Nothing was kept."),
        Err(explanation) => home.notify(Severity::Warning, explanation.to_string()),
    }
    Vec::new()
}

fn cancel(home: &mut Home) -> Vec<Effect> {
    home.browse.fetching.as_ref().map(|fetching| Effect::Cancel(fetching.id)).into_iter().collect()
}

fn ask_to_delete(home: &mut Home) -> Vec<Effect> {
    let browse = &home.browse;
    let (Some(files), Some(file)) = (&browse.files, browse.file()) else { return Vec::new() };
    if !files.listed.dataset.access.may_write() {
        let text = format!("You can read {} but not change it.", files.listed.dataset.key);
        home.notify(Severity::Warning, text);
        return Vec::new();
    }
    let title = format!("Delete {}?", name(&file.name));
    let text = format!(
        "It will be deleted from {} on data.world, for everyone. To confirm, type its name.",
        files.listed.dataset.key
    );
    let then = PromptAction::DeleteFile { key: files.listed.dataset.key.clone(), file: file.name.clone() };
    home.overlay = Some(TextPrompt::overlay(title, text, String::new(), then));
    Vec::new()
}

/// Deletes the file if its name was typed.
///
/// # Errors
/// When something else was typed: a sentence.
pub(in crate::tui::dashboard) fn delete(
    home: &mut Home,
    (key, file): (&DatasetKey, &str),
    typed: &str,
) -> Result<Vec<Effect>, String> {
    // Characters that cannot be typed are compared as they are shown.
    let shown = whole_name(file);
    if whole_name(typed) != shown && whole_name(typed.trim()) != shown && typed.trim() != shown {
        return Err("That is not its name. Nothing was deleted.".to_owned());
    }
    let (key, file) = (key.clone(), file.to_owned());
    let name = file.clone();
    let request = home.request(move |home, _, result: Answer<()>| {
        match result {
            Ok(()) => home.notify(Severity::Info, format!("{name} was deleted.")),
            Err(explanation) => home.notify(Severity::Warning, explanation.to_string()),
        }
        files::load(home)
    });
    let login = login(home);
    Ok(vec![Effect::DeleteFile { request, login, key, file }])
}
