//! The files of a dataset, the beginning of one of them, and the download that goes on.

use std::cmp::Reverse;

use super::{View, login};
use crate::dataworld::{Dataset, File, Head, Listed};
use crate::download::Fetched;
use crate::explain::{Explanation, no_file_list};
use crate::home::Home;
use crate::state::{Effect, Picker, Request, Slot};

/// The files of the dataset that is open.
#[derive(Debug)]
pub struct Files {
    /// The dataset, as its list has it.
    pub of: Listed,
    /// What data.world says of it.
    pub dataset: Slot<Dataset>,
    /// Its files, the newest first.
    pub list: Picker<File>,
}

/// The file whose beginning is on screen.
#[derive(Debug)]
pub struct Opened {
    /// Its name.
    pub file: String,
    /// Its beginning.
    pub head: Slot<Head>,
    /// What of it is in sight.
    pub view: View,
}

/// A download that goes on.
#[derive(Debug)]
pub struct Fetching {
    /// Its number.
    pub request: Request,
    /// The file on data.world.
    pub file: String,
    /// How far it is.
    pub fetched: Fetched,
}

impl Files {
    /// Those of a dataset that is being asked for.
    pub(super) fn new(of: Listed) -> Self {
        let list = Picker::new(
            |file: &File| file.name.clone(),
            |a, b| (Reverse(a.updated), &a.name).cmp(&(Reverse(b.updated), &b.name)),
        );
        Self { of, dataset: Slot::idle(), list }
    }

    /// Takes what data.world says.
    pub(super) fn take(&mut self, request: Request, result: Result<Dataset, Explanation>) {
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

/// Asks for the files of the dataset that is open.
pub(super) fn load(home: &mut Home) -> Vec<Effect> {
    let request = home.request();
    let login = login(home);
    let Some(files) = &mut home.browse.files else { return Vec::new() };
    files.dataset.ask(request);
    vec![Effect::LookUpDataset { request, login, key: files.of.dataset.key.clone() }]
}
