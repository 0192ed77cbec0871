//! *File Name* and *Append Date or Number to Filename*.

use chrono::NaiveDate;
use tui_input::Input;

use crate::export::{Append, FileStem, NameError, file_name, next_number};
use crate::services::dataworld::File;
use crate::tui::state::{Answer, Page, Picker, RequestId, split_reply};
use crate::tui::wizard::Field;

use super::{Method, OutputFields};

#[derive(Debug)]
pub struct FileFields {
    pub method: Method,
    pub selected: Option<String>,
    pub name: Input,
    pub append: Append,
    pub list: Picker<File>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextFile {
    pub name: String,
    /// The dataset's files are known. Otherwise a number may be taken, or a name may exist.
    pub certain: bool,
}

impl Default for FileFields {
    fn default() -> Self {
        Self {
            // The connector offers both; a new file is the more common wish.
            method: Method::Enter,
            selected: None,
            name: Input::default(),
            append: Append::None,
            list: Picker::new(|file| file.name.clone(), |a, b| a.name.cmp(&b.name)),
        }
    }
}

impl FileFields {
    pub fn stem(&self) -> Result<FileStem, NameError> {
        let text = match self.method {
            Method::Select => self.selected.as_deref().unwrap_or_default(),
            Method::Enter => self.name.value(),
        };
        let stem = FileStem::parse(text)?;
        stem.fits(self.append)?;
        Ok(stem)
    }

    /// The file that the next run writes with `append`, on `today`, to the dataset of `output`.
    pub fn next(&self, append: Append, today: NaiveDate, output: &OutputFields) -> Option<NextFile> {
        let stem = FileStem::parse(match self.method {
            Method::Select => self.selected.as_deref()?,
            Method::Enter => self.name.value(),
        })
        .ok()?;
        let files = output.dataset.data.ready().and_then(|dataset| dataset.files.as_deref());
        let names = files.unwrap_or_default().iter().map(|file| file.name.as_str());
        let number = next_number(&stem, names, output.numbers.get(stem.as_str()).copied().unwrap_or_default());
        Some(NextFile { name: file_name(&stem, append, today, number), certain: files.is_some() })
    }

    pub(super) fn field(&self) -> Field {
        match self.method {
            Method::Select => Field::Files,
            Method::Enter => Field::FileName,
        }
    }

    pub(super) fn validate(&self) -> Option<(Field, String)> {
        let error = self.stem().err()?;
        let sentence = match (self.method, error) {
            (Method::Select, NameError::Empty) => "Choose a file from the list, or enter a name instead.".to_owned(),
            (_, error) => error.to_string(),
        };
        Some((self.field(), sentence))
    }
}

/// Lists the files whose names a run would write unchanged.
pub(super) fn set_files(file: &mut FileFields, id: RequestId, files: Answer<Vec<File>>) {
    let is_plain_name = |file: &File| {
        FileStem::parse(&file.name)
            .is_ok_and(|stem| file.is_called(&file_name(&stem, Append::None, NaiveDate::default(), 0)))
    };
    let (files, load) = split_reply(files);
    file.list.page(id, Page::More(files.into_iter().flatten().filter(is_plain_name).collect()));
    file.list.page(id, load.map_or_else(Page::Failed, |()| Page::End));
}
