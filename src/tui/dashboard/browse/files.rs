//! The files of a dataset, the beginning of one of them, and the current download.

use std::cmp::Reverse;

use super::{View, login};
use crate::explain::{Explanation, no_file_list};
use crate::services::dataworld::{Dataset, File, Head, Listed};
use crate::transfer::download::Fetched;
use crate::tui::dashboard::Home;
use crate::tui::state::{Effect, Picker, Request, Slot};

#[derive(Debug)]
pub struct Files {
    pub listed: Listed,
    pub dataset: Slot<Dataset>,
    /// The newest first.
    pub list: Picker<File>,
}

#[derive(Debug)]
pub struct OpenedFile {
    pub file: String,
    pub head: Slot<Head>,
    pub view: View,
}

#[derive(Debug)]
pub struct ActiveDownload {
    pub request: Request,
    pub file: String,
    pub fetched: Fetched,
}

impl Files {
    pub(super) fn new(listed: Listed) -> Self {
        let list = Picker::new(
            |file: &File| file.name.clone(),
            |a, b| (Reverse(a.updated), &a.name).cmp(&(Reverse(b.updated), &b.name)),
        );
        Self { listed, dataset: Slot::idle(), list }
    }

    pub(super) fn take_dataset(&mut self, request: Request, result: Result<Dataset, Explanation>) {
        let result = result.and_then(|dataset| match dataset.files {
            Some(_) => Ok(dataset),
            None => Err(no_file_list()),
        });
        if !self.dataset.answer(request, result) {
            return;
        }
        let files = self.dataset.data.ready().and_then(|dataset| dataset.files.clone()).unwrap_or_default();
        let held = self.list.under_cursor().map(|file| file.name.clone());
        self.list.replace(files, |file| held.as_ref() == Some(&file.name));
    }
}

pub(super) fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request();
    let login = login(home);
    let Some(files) = &mut home.browse.files else { return Vec::new() };
    files.dataset.ask(request);
    vec![Effect::LookUpDataset { request, login, key: files.listed.dataset.key.clone() }]
}
