//! The tab Browse: a list of datasets, the files of one, the beginning of one file.

mod actions;
mod files;

use std::cmp::Ordering;
use std::path::PathBuf;

use strum::{IntoStaticStr, VariantArray};

pub(super) use actions::{ACTIONS, Wanted, delete, download, fetch};
pub use files::{ActiveDownload, Files, OpenedFile};

use super::{Home, Tab, TabSpec};
use crate::export::Service;
use crate::services::dataworld::{Head, Listed, Shelf};
use crate::tui::state::actions::Place;
use crate::tui::state::{BrowseReply, DataWorldLogin, Effect, HasShell as _, Login, Picker, Remote, RequestId};

pub(super) const SPEC: TabSpec = TabSpec {
    label: "Browse",
    place: Place::Browse,
    entered: |home| match home.browse.list.load.data {
        Remote::Idle => load(home),
        _ => Vec::new(),
    },
    list: |home| match &home.browse.files {
        Some(files) => Some(&files.list.search),
        None => Some(&home.browse.list.search),
    },
    list_mut: |home| match &mut home.browse.files {
        Some(files) => Some(&mut files.list.search),
        None => Some(&mut home.browse.list.search),
    },
    filtered: |home| {
        match &mut home.browse.files {
            Some(files) => files.list.narrow(),
            None => home.browse.list.narrow(),
        }
        Vec::new()
    },
    moved: |_| Vec::new(),
    is_open: |home| home.browse.opened.is_some(),
    is_animated: |home| {
        let Browse { list, files, opened, fetching, .. } = &home.browse;
        list.load.data.is_loading()
            || files.as_ref().is_some_and(|files| files.dataset.data.is_loading())
            || opened.as_ref().is_some_and(|opened| opened.head.data.is_loading())
            || fetching.is_some()
    },
};

#[derive(Debug)]
pub struct Browse {
    pub list: Picker<Listed>,
    pub shown: ListChoice,
    pub files: Option<Files>,
    pub opened: Option<OpenedFile>,
    pub fetching: Option<ActiveDownload>,
    /// The folder of the latest download; empty for the one where the program was started.
    download_folder: PathBuf,
    /// The account to list with; `None` is the environment, or the only account.
    pub account: Option<String>,
    in_environment: bool,
    site: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum ListChoice {
    #[default]
    All,
    Own,
    Contributing,
    Organizations,
    Liked,
    Projects,
}

impl ListChoice {
    fn predicate(self) -> fn(&Listed) -> bool {
        match self {
            Self::All => |_| true,
            Self::Own => |listed| listed.shelf == Shelf::Own,
            Self::Contributing => |listed| listed.shelf == Shelf::Contributing,
            Self::Organizations => |listed| listed.shelf == Shelf::Organization,
            Self::Liked => |listed| listed.liked,
            Self::Projects => |listed| listed.dataset.is_project,
        }
    }

    fn next(self) -> Self {
        Self::VARIANTS[(self as usize + 1) % Self::VARIANTS.len()]
    }
}

fn by_key(a: &Listed, b: &Listed) -> Ordering {
    a.dataset.key.cmp(&b.dataset.key)
}

impl Browse {
    pub(super) fn new(in_environment: bool) -> Self {
        Self {
            list: Picker::new(|listed| format!("{} {}", listed.dataset.key, listed.dataset.title), by_key),
            shown: ListChoice::default(),
            files: None,
            opened: None,
            fetching: None,
            download_folder: PathBuf::new(),
            account: None,
            in_environment,
            site: None,
        }
    }

    /// The dataset that keys apply to: the open one, or the selected one.
    pub fn dataset(&self) -> Option<&Listed> {
        match &self.files {
            Some(files) => Some(&files.listed),
            None => self.list.under_cursor(),
        }
    }
}

fn accounts(home: &Home) -> impl Iterator<Item = &str> {
    home.saved_accounts
        .iter()
        .filter(|account| account.service == Service::DataWorld)
        .map(|account| account.name.as_str())
}

/// The account to list with: the chosen one, else the environment or the first account.
fn account(home: &Home) -> Option<String> {
    let name = home.browse.account.as_deref();
    let first = || accounts(home).next().filter(|_| !home.browse.in_environment);
    name.or_else(first).map(str::to_owned)
}

fn login(home: &Home) -> DataWorldLogin {
    Login::Named(account(home))
}

fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request(listed);
    home.browse.list.ask(&request);
    let login = login(home);
    vec![Effect::Browse { request, login }]
}

fn listed(home: &mut Home, id: RequestId, reply: BrowseReply) -> Vec<Effect> {
    let browse = &mut home.browse;
    match reply {
        BrowseReply::Page(page) => browse.list.page(id, page),
        BrowseReply::Site(site) if browse.list.load.is_current(id) => browse.site = site,
        BrowseReply::Site(_) => {}
    }
    Vec::new()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    pub row: usize,
    pub column: usize,
}

impl View {
    fn step(&mut self, head: &Head, rows: isize, columns: isize) {
        let (height, width) = head.size();
        self.row = self.row.saturating_add_signed(rows).min(height.saturating_sub(1));
        self.column = self.column.saturating_add_signed(columns).min(width.saturating_sub(1));
    }
}

pub(super) fn scroll(home: &mut Home, top: usize) {
    if let (true, Some(opened)) = (is_here(home), &mut home.browse.opened)
        && let Some(head) = opened.head.data.ready()
    {
        opened.view.row = top.min(head.size().0.saturating_sub(1));
    }
}

fn is_here(home: &Home) -> bool {
    home.tab == Tab::Browse
}
