//! *File Name* and *Append Date or Number to Filename*.

use chrono::NaiveDate;

use crate::explain::Explanation;
use crate::export::saved::slug;
use crate::export::schedule::parse_zone;
use crate::export::{Append, Export, FileStem, Output, OutputError, file_name, next_number};
use crate::services::dataworld::File;
use crate::text::format;
use crate::tui::form::{Field, Note, Value};
use crate::tui::state::{Answer, Page, Picker, RequestId, split_reply};
use crate::tui::wizard::Model;

use super::Details;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextFile {
    pub name: String,
    /// The dataset's files are known. Otherwise a number may be taken, or a name may exist.
    pub certain: bool,
}

impl Details {
    /// The field for the file's name: a list, or text.
    pub(in crate::tui::wizard) fn file_field(&self) -> Field {
        if self.values.choice(Field::FILE_METHOD) == 0 { Field::FILES } else { Field::FILE_NAME }
    }

    fn entered_file(&self) -> Option<&str> {
        match self.file_field() {
            Field::FILES => self.values.picked(Field::FILES),
            field => Some(self.values.text(field)),
        }
    }

    pub fn stem(&self) -> Result<FileStem, OutputError> {
        let stem = self.entered_file().unwrap_or_default().parse::<FileStem>()?;
        stem.fits(self.append())?;
        Ok(stem)
    }

    pub(super) fn file_error(&self) -> Option<String> {
        match (self.file_field(), self.stem().err()?) {
            (Field::FILES, OutputError::NoName) => {
                Some("Choose a file from the list, or enter a name instead.".to_owned())
            }
            (_, error) => Some(error.to_string()),
        }
    }

    /// The file that the next run writes with `append`, on `today`.
    fn next_file(&self, append: Append, today: NaiveDate) -> Option<NextFile> {
        let stem = self.entered_file()?.parse::<FileStem>().ok()?;
        let files = self.output.dataset.data.ready().and_then(|dataset| dataset.files.as_deref());
        let names = files.unwrap_or_default().iter().map(|file| file.name.as_str());
        let number = next_number(&stem, names, self.output.numbers.get(stem.as_str()).copied().unwrap_or_default());
        Some(NextFile { name: file_name(&stem, append, today, number), certain: files.is_some() })
    }
}

/// Lists the files whose names a run would write unchanged.
pub(super) fn set_files(list: &mut Picker<File>, id: RequestId, files: Answer<Vec<File>>) {
    let is_plain_name = |file: &File| {
        file.name
            .parse::<FileStem>()
            .is_ok_and(|stem| file.is_called(&file_name(&stem, Append::None, NaiveDate::default(), 0)))
    };
    let (files, load) = split_reply(files);
    list.page(id, Page::More(files.into_iter().flatten().filter(is_plain_name).collect()));
    list.page(id, load.map_or_else(Page::Failed, |()| Page::End));
}

pub(super) fn next_file_note(model: &Model) -> Vec<Note> {
    let append = model.details.append();
    let note = |next: NextFile| {
        let is_sure = next.certain || append != Append::Number;
        let about = if is_sure { "" } else { ", or the next number that is free" };
        Note::Hint(format!("next file: {}{about}", next.name))
    };
    model.next_file(append).map(note).into_iter().collect()
}

pub(super) fn spoken_next_file(model: &Model) -> Vec<Note> {
    let next = model.next_file(model.details.append());
    next.map(|next| Note::Fact(format!("Next file: {}.", next.name))).into_iter().collect()
}

/// Proposes the DataSet's name for the file, in place of nothing or of an earlier proposal.
pub(super) fn propose_name(model: &mut Model) {
    let details = &mut model.details;
    let Some(data_set) = details.input.dataset.data.ready().filter(|_| model.focus != Field::FILE_NAME) else { return };
    let entered = details.values.text(Field::FILE_NAME);
    if entered.is_empty() || Some(entered) == details.proposed_file.as_deref() {
        let name = slug(&data_set.name);
        details.values.set(Field::FILE_NAME, Value::text(&name));
        details.proposed_file = Some(name);
    }
}

pub(super) fn warnings(model: &Model) -> Vec<Explanation> {
    let sentences = [replaced_file(model), shared_file(model), other_format(model)];
    sentences.into_iter().flatten().map(Explanation::from).collect()
}

/// Another saved export writes the same file.
pub fn shared_file(model: &Model) -> Option<String> {
    let details = &model.details;
    let (dataset, stem, append) = (details.key().ok()?, details.stem().ok()?, details.append());
    let is_same = |other: &&Export| {
        let Output { dataset: of, file, append: how, .. } = &other.output;
        (of, file, how) == (&dataset, &stem, &append) && Some(&other.name) != model.saved_as.as_ref()
    };
    let other = &model.exports.iter().find(is_same)?.name;
    Some(match append {
        Append::Number => format!("The export {other} writes files of that name too: both share its numbers."),
        _ => format!("The export {other} writes that file too: each of the two replaces what the other one wrote."),
    })
}

/// The name ends like a file of another format.
fn other_format(model: &Model) -> Option<String> {
    /// Formats that people export tables to.
    const FORMATS: [&str; 9] = ["xlsx", "xls", "xlsm", "json", "txt", "tsv", "parquet", "zip", "gz"];
    let stem = model.details.stem().ok()?;
    let (_, ending) = stem.as_str().rsplit_once('.')?;
    let is_format = FORMATS.iter().any(|format| ending.eq_ignore_ascii_case(format));
    is_format.then(|| format!("The file is a CSV: it will be called {}.csv.", stem.as_str()))
}

pub fn replaced_file(model: &Model) -> Option<String> {
    let file = model.replaced_file()?;
    let date = file.updated.or(file.created);
    let known = format::in_brackets([file.size.map(format::bytes), date.map(format::moment)]);
    Some(format!("{} exists{known}: it will be replaced.", file.name))
}

impl Model {
    /// The file that the next run writes with `append`.
    pub fn next_file(&self, append: Append) -> Option<NextFile> {
        let zone = parse_zone(self.scheduling.values.text(Field::TIME_ZONE)).unwrap_or_default();
        self.details.next_file(append, self.now.with_timezone(&zone).date_naive())
    }

    pub fn replaced_file(&self) -> Option<&File> {
        let name = self.next_file(self.details.append())?.name;
        self.details.output.dataset.data.ready()?.files.as_ref()?.iter().find(|file| file.is_called(&name))
    }
}
