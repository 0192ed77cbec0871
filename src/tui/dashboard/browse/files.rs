//! The files of a dataset, the beginning of one of them, and the current download.

use std::cmp::Reverse;

use super::{View, login};
use crate::explain::no_file_list;
use crate::services::dataworld::{Dataset, File, Head, Listed};
use crate::transfer::download::Fetched;
use crate::tui::dashboard::Home;
use crate::tui::state::{Answer, DatasetReply, Effect, HasShell as _, Picker, RequestId, Slot};

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
    pub(super) id: RequestId,
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

    fn take_dataset(&mut self, id: RequestId, result: Answer<Dataset>) {
        let result = result.and_then(|dataset| match dataset.files {
            Some(_) => Ok(dataset),
            None => Err(no_file_list()),
        });
        if !self.dataset.answer(id, result) {
            return;
        }
        let files = self.dataset.data.ready().and_then(|dataset| dataset.files.clone()).unwrap_or_default();
        let held = self.list.under_cursor().map(|file| file.name.clone());
        self.list.replace(files, |file| held.as_ref() == Some(&file.name));
    }
}

pub(super) fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request(loaded);
    let login = login(home);
    let Some(files) = &mut home.browse.files else { return Vec::new() };
    files.dataset.ask(&request);
    vec![Effect::LookUpDataset { request, login, key: files.listed.dataset.key.clone() }]
}

fn loaded(home: &mut Home, id: RequestId, reply: DatasetReply) -> Vec<Effect> {
    if let (DatasetReply::Dataset(result), Some(files)) = (reply, &mut home.browse.files) {
        files.take_dataset(id, result);
    }
    Vec::new()
}
