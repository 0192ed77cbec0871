//! *File Name* and *Append Date or Number to Filename*: which file of the dataset.

use chrono::NaiveDate;
use tui_input::Input as Line;

use crate::dataworld::File;
use crate::explain::Explanation;
use crate::export::{Append, FileStem, NameError, file_name, next_number};
use crate::state::{Page, Picker, Request, apart};
use crate::wizard::Field;

use super::{Method, Output};

/// The file that is written.
#[derive(Debug)]
pub struct FileName {
    /// *Select File Name Method*.
    pub method: Method,
    /// *Files*, selected: the name with its extension.
    pub selected: Option<String>,
    /// *File Name*, entered, without extension.
    pub name: Line,
    /// *Append Date or Number to Filename*.
    pub append: Append,
    /// The `.csv` files of the dataset.
    pub list: Picker<File>,
}

/// The file that the next run will write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextFile {
    /// Its name.
    pub name: String,
    /// Whether the dataset's files are known: else a number may be taken, and any other name be a file's already.
    pub certain: bool,
}

impl Default for FileName {
    fn default() -> Self {
        Self {
            // As in the connector both ways are there; a new file is what people make first.
            method: Method::Enter,
            selected: None,
            name: Line::default(),
            append: Append::None,
            list: Picker::new(|file| file.name.clone(), |a, b| a.name.cmp(&b.name)),
        }
    }
}

impl FileName {
    /// The name without extension and suffix.
    ///
    /// # Errors
    /// What is wrong with it.
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
    pub fn next(&self, append: Append, today: NaiveDate, output: &Output) -> Option<NextFile> {
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

    /// The field that the name is chosen or entered in.
    pub(super) fn field(&self) -> Field {
        match self.method {
            Method::Select => Field::Files,
            Method::Enter => Field::FileName,
        }
    }

    /// What is wrong with the name.
    pub(super) fn wrong(&self) -> Option<(Field, String)> {
        let error = self.stem().err()?;
        let sentence = match (self.method, error) {
            (Method::Select, NameError::Empty) => "Choose a file from the list, or enter a name instead.".to_owned(),
            (_, error) => error.to_string(),
        };
        Some((self.field(), sentence))
    }
}

/// Takes the dataset's files: those that a run would write under exactly their name.
pub(super) fn list(file: &mut FileName, request: Request, files: Result<Vec<File>, Explanation>) {
    let ours = |file: &File| {
        FileStem::parse(&file.name)
            .is_ok_and(|stem| file.is_called(&file_name(&stem, Append::None, NaiveDate::default(), 0)))
    };
    let (files, load) = apart(files);
    file.list.page(request, Page::More(files.into_iter().flatten().filter(ours).collect()));
    file.list.page(request, load.map_or_else(Page::Failed, |()| Page::End));
}
