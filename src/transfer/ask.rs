//! The first phase: asks both services, and decides whether the export may go ahead.

use chrono::{DateTime, Utc};

use super::count::{self, Counted, StatedCount};
use super::{Failure, Job, Refusal, RunNote, Unchanged};
use crate::export::{Append, DatasetKey, Input, file_name, next_number};
use crate::services::dataworld::{File, file_link};
use crate::services::domo::{DataSet, Hiding, Ownership};

pub(super) enum Asked {
    Plan(Box<TransferPlan>),
    Unchanged(Unchanged),
}

#[derive(Debug, Clone)]
pub(super) struct TransferPlan {
    pub(super) input: Counted,
    pub(super) ownership: Ownership,
    pub(super) target: Target,
    pub(super) files: Vec<File>,
    pub(super) notes: Vec<RunNote>,
}

#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) key: DatasetKey,
    pub(super) name: String,
    pub(super) number: Option<u64>,
    pub(super) existing: Option<File>,
    /// data.world had failed to process the dataset before: its status covers all files.
    pub(super) was_broken: bool,
    pub(super) site: Option<String>,
}

impl Target {
    /// `owner/id/name.csv`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.key, self.name)
    }

    pub(super) fn link(&self) -> String {
        file_link(self.site.as_deref(), &self.key, &self.name).unwrap_or_default()
    }
}

pub(super) async fn ask(job: &Job) -> Result<Asked, Failure> {
    let (input, output) = (&job.export.input, &job.export.output);
    let from_domo = async {
        let data_set = job.domo.data_set(&input.dataset).await?;
        count::check_exportable(&data_set)?;
        let ownership = job.domo.ownership(&data_set).await?;
        Ok::<_, Failure>((data_set, ownership))
    };
    let from_dataworld = async {
        let user = job.dataworld.user().await?;
        let dataset = job.dataworld.dataset(&output.dataset).await?;
        Ok::<_, Failure>((user, dataset))
    };
    let ((data_set, ownership), (user, dataset)) = tokio::try_join!(from_domo, from_dataworld)?;

    check_owner(ownership, &data_set, input)?;
    let counted = count::count_for(&job.domo, data_set, ownership, &job.export, StatedCount::Trusted).await?;
    let data_set = &counted.data_set;
    if !dataset.access.may_write() {
        return Err(Refusal::ReadOnly(output.dataset.clone()).into());
    }

    // A missing list is not an empty one: the file that would be replaced cannot be checked.
    let Some(files) = dataset.files else { return Err(Refusal::NoFileList.into()) };
    if let Some(unchanged) = unchanged(job, data_set, &files) {
        return Ok(Asked::Unchanged(unchanged));
    }
    let (name, number) = choose_name(job, &files).await?;
    let existing = files.iter().find(|file| file.is_called(&name)).cloned();
    // Keeps the spelling of the existing file: a server that does not normalize Unicode would keep both.
    let name = existing.as_ref().map_or(name, |file| file.name.clone());
    let mut notes = Vec::new();
    if user.token_may_write == Some(false) {
        notes.push(RunNote::ReadToken);
    }
    match (ownership, data_set.hiding()) {
        (Ownership::SeesAll, _) => notes.push(RunNote::NoOwner),
        (Ownership::Unknown, hiding) if hiding != Hiding::Nothing => notes.push(RunNote::OwnerConfirmed(hiding)),
        _ => {}
    }
    notes.extend(counted.missing.clone().map(RunNote::NotProven));
    notes.extend(job.dataworld.skew().filter(|_| output.append == Append::Date).map(RunNote::Clock));
    let was_broken = dataset.status.as_deref() == Some("SYSTEMERROR");
    let target = Target { key: output.dataset.clone(), name, number, existing, was_broken, site: user.base_url };
    Ok(Asked::Plan(Box::new(TransferPlan { input: counted, ownership, target, files, notes })))
}

/// Applies the connector's rule: only an owner or co-owner of the DataSet exports it. If the service does not tell, or
/// the account sees all rows without owning them, a person decides.
pub(crate) fn check_owner(ownership: Ownership, data_set: &DataSet, input: &Input) -> Result<(), Refusal> {
    match ownership {
        Ownership::Proven => Ok(()),
        Ownership::Denied => Err(Refusal::NotOwner),
        Ownership::SeesAll | Ownership::Unknown if input.owner_confirmed => Ok(()),
        Ownership::SeesAll => Err(Refusal::SeesAll),
        Ownership::Unknown => Err(Refusal::OwnerUnconfirmed(data_set.hiding())),
    }
}

pub(super) async fn choose_name(job: &Job, files: &[File]) -> Result<(String, Option<u64>), Refusal> {
    let output = &job.export.output;
    if output.append != Append::Number {
        return Ok((file_name(&output.file, output.append, job.today, 0), None));
    }
    let least = next_number(&output.file, files.iter().map(|file| file.name.as_str()), 0);
    let number = job.past.numbers.next(least).await;
    let name = file_name(&output.file, output.append, job.today, number);
    if files.iter().any(|file| file.is_called(&name)) {
        return Err(Refusal::NameTaken(name));
    }
    Ok((name, Some(number)))
}

/// A file with the size and date that it had when a run proved it. Times are kept in milliseconds.
pub(super) fn is_as_written(file: &File, name: &str, bytes: u64, updated: Option<DateTime<Utc>>) -> bool {
    let millis = |date: DateTime<Utc>| date.timestamp_millis();
    file.is_called(name) && file.size == Some(bytes) && file.updated.map(millis) == updated.map(millis)
}

/// *Only when updated*: the last good run wrote the same data, and its file is still there. Without a date of the data
/// from Domo, or a size from data.world, nothing counts as unchanged.
fn unchanged(job: &Job, data_set: &DataSet, files: &[File]) -> Option<Unchanged> {
    let last = job.past.last_good.as_ref()?;
    let same_data = data_set.data_date() == Some(last.data_date) && data_set.rows == Some(last.rows);
    let is_there = files.iter().any(|file| is_as_written(file, &last.file, last.bytes, last.updated));
    (same_data && is_there).then(|| Unchanged {
        input: data_set.name.clone(),
        file: format!("{}/{}", job.export.output.dataset, last.file),
        rows: last.rows,
        data_date: last.data_date,
    })
}
